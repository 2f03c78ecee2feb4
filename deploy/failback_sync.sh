#!/bin/sh
# An example of a failback_command: brings tables of the primary up to date with what was written on the secondary,
# by a column that says when a row was written last. Exit code 0: in sync.
#
# weir runs it while clients work on the secondary (WEIR_STAGE=sync), then once more while they wait and nobody
# writes (WEIR_STAGE=last): that run reads again what was written within OVERLAP before the mark, so that
# transactions that were open while an earlier run passed them are not missed. Deleted rows are not seen: mark rows
# as deleted instead.
#
# Set in the environment of weir, or at the top of a copy of this file:
#   SECONDARY_URL, PRIMARY_URL   connection strings for psql
#   SYNC_TABLES                  tables, separated by blanks; each with the key below as its primary key
#   SYNC_KEY (id), SYNC_COLUMN (updated_at), SYNC_BATCH (1000 rows), OVERLAP (10 minutes)
#   SYNC_SINCE                   nothing older was written on the secondary (default: everything is compared)
#   SYNC_STATE                   file that keeps the marks between runs (default: none; each run begins anew)
set -eu
: "${SECONDARY_URL:?}" "${PRIMARY_URL:?}" "${SYNC_TABLES:?}"
key=${SYNC_KEY:-id} column=${SYNC_COLUMN:-updated_at} batch=${SYNC_BATCH:-1000}
overlap=${OVERLAP:-10 minutes} since=${SYNC_SINCE:--infinity} state=${SYNC_STATE:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

# The mark of a table as "time|key"; later batches begin behind it.
mark_of() {
    mark=
    if [ -n "$state" ] && [ -f "$state.$1" ]; then mark=$(cat "$state.$1"); fi
    if [ -z "$mark" ]; then mark="$since|"; fi
    if [ "${WEIR_STAGE:-last}" = last ] && [ "${mark%%|*}" != -infinity ]; then
        mark=$(ask "$SECONDARY_URL" "SELECT timestamptz '${mark%%|*}' - interval '$overlap'")"|"
    fi
    echo "$mark"
}

sync_table() {
    table=$1 mark=$(mark_of "$1") total=0
    # What is written while this runs is left to the last run, or there would be no end.
    bound=
    if [ "${WEIR_STAGE:-last}" = sync ]; then bound=" AND $column <= '$(ask "$SECONDARY_URL" "SELECT now()")'"; fi
    columns=$(ask "$SECONDARY_URL" "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped")
    while :; do
        behind="$column >= '${mark%%|*}'"
        if [ -n "${mark#*|}" ]; then behind="($column, $key) > ('${mark%%|*}', '${mark#*|}')"; fi
        rows="SELECT $columns FROM $table WHERE $behind$bound ORDER BY $column, $key LIMIT $batch"
        ask "$SECONDARY_URL" "COPY ($rows) TO STDOUT" > "$work/rows"
        [ -s "$work/rows" ] || break
        mark=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$PRIMARY_URL" <<SQL
BEGIN;
CREATE TEMP TABLE incoming (LIKE $table) ON COMMIT DROP;
\\copy incoming ($columns) FROM '$work/rows'
INSERT INTO $table ($columns) SELECT $columns FROM incoming
    ON CONFLICT ($key) DO UPDATE SET ($columns) = (SELECT $columns FROM incoming AS i WHERE i.$key = EXCLUDED.$key)
    WHERE $table.$column < EXCLUDED.$column;
SELECT $column || '|' || $key FROM incoming ORDER BY $column DESC, $key DESC LIMIT 1;
COMMIT;
SQL
)
        total=$((total + $(wc -l < "$work/rows")))
        if [ -n "$state" ]; then echo "$mark" > "$state.$table"; fi
    done
    echo "$table: $total rows compared, up to ${mark%%|*}"
}

for table in $SYNC_TABLES; do sync_table "$table"; done
