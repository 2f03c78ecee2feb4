# Shell functions of deploy/run.sh --reads: what a running `make run` does with reads. Sourced by bash after run_lib.sh.

# remember_run: what show_reads needs of this run. ($http_port is empty where there is no replica to show.)
remember_run() {
    printf 'port=%q http_port=%q console=%q tls_psql=%q\n' "$port" "$http_port" "$console" "$tls_psql" >"$dir/reads.env"
}

run_psql() {
    PGCONNECT_TIMEOUT=5 psql -X -q -A -t -h 127.0.0.1 -p "$port" -U "$1" "dbname=$2$tls_psql"
}

# health_page: the body of /health.
health_page() {
    exec 4<>"/dev/tcp/127.0.0.1/$http_port"
    printf 'GET /health HTTP/1.0\r\n\r\n' >&4
    sed '1,/^\r*$/d' <&4
    exec 4>&-
}

# Some reads, so that there is something to see; then how many of all there were went to the replica, and /health.
show_reads() {
    local count
    [ -r "$dir/reads.env" ] || die "no 'make run' of this checkout is running"
    # shellcheck disable=SC1091
    . "$dir/reads.env"
    [ -n "$http_port" ] || die "this run has no replica; it needs the PostgreSQL that make run starts itself"
    for ((count = 0; count < 200; count++)); do echo 'select count(*) from pg_catalog.pg_class;'; done |
        run_psql app app >/dev/null || die "weir does not answer"
    echo 'SHOW ROUTES' | run_psql weir_admin "$console" | awk -F '|' '
        $1 == "app" && $3 ~ /^read/ && $5 !~ /^(hint primary|refused as a write)$/ {
            if ($4 ~ /^replica/) replica += $6; else primary += $6
        }
        END {
            all = replica + primary
            printf "reads of database app: %d, on the replica %d (%d %%)\n", all, replica, all ? 100 * replica / all : 0
        }'
    echo "/health:"
    health_page
    echo
}
