# Shell functions of deploy/run.sh that bring up a database server. Sourced by bash after run_lib.sh.
# Each sets: databases (the lines for [databases]), server_text (for people), server_sslmode.

server_sslmode=disable

newest_postgres() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || found=$(command -v postgres || true)
    [ -n "$found" ] || die "no PostgreSQL server found"
    dirname "$(readlink -f "$found")"
}

# Both servers need the same values here: a standby refuses to start with less than its primary has.
postgres_options=(-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100
    -c wal_level=replica -c max_wal_senders=5 -c shared_buffers=32MB -c fsync=off -c full_page_writes=off
    -c password_encryption=scram-sha-256 -c wal_keep_size=64MB)

pg_psql() {
    PGPASSFILE=$dir/pgpass PGCONNECT_TIMEOUT=3 psql -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -U postgres "$@"
}

# A password that exists only here: the superuser of a server may run programs as the user it runs as.
init_primary() {
    rm -rf "$dir/primary"
    head -c 18 /dev/urandom | base64 | tr -d '/+=\n' >"$dir/secret"
    hand_over "$dir/secret"
    as_user "$pg_bin/initdb" -D "$dir/primary" -U postgres -A scram-sha-256 --pwfile="$dir/secret" \
        --no-locale -E UTF8 -N >"$dir/initdb.log" 2>&1 || { show_log initdb; die "initdb failed"; }
}

write_pgpass() {
    printf '127.0.0.1:*:*:postgres:%s\n' "$(cat "$dir/secret")" >"$dir/pgpass"
    hand_over "$dir/pgpass"
}

# start_postgres NAME FIRST_PORT: the port it got is in $port. Another program may take a port before us: then the next.
start_postgres() {
    local name=$1 try
    port=$2
    for try in 1 2 3; do
        port=$(free_port "$port") || die "no free port from $2 on"
        start_child "$name" "$pg_bin/postgres" -D "$dir/$name" -p "$port" "${postgres_options[@]}"
        ready_within 30 "$child" pg_psql -p "$port" -d postgres -c 'select 1' && return 0
        end_process "$child"
        forget_child "$child"
        port=$((port + 1))
    done
    return 1
}

start_primary() {
    if [ "$(cat "$dir/primary/PG_VERSION" 2>/dev/null)" = "$pg_major" ] && [ -s "$dir/secret" ]; then
        write_pgpass
        start_postgres primary "$1" && return 0
        say "the data of an earlier run cannot be used; making new"
    fi
    init_primary
    write_pgpass
    start_postgres primary "$1" || { show_log primary; die "PostgreSQL did not start"; }
}

create_demo() {
    local password
    password=$(cat "$dir/secret")
    pg_psql -p "$1" -d postgres >/dev/null <<SQL
SELECT 'CREATE ROLE app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \gexec
ALTER ROLE app PASSWORD '$password';
SELECT 'CREATE DATABASE app OWNER app' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \gexec
SQL
}

# The primary's port may be another one than last time, so the replica is always made anew (a second or two).
start_replica() {
    rm -rf "$dir/replica"
    as_user env PGPASSFILE="$dir/pgpass" "$pg_bin/pg_basebackup" -D "$dir/replica" -R -X stream -c fast -N \
        -h 127.0.0.1 -p "$1" -U postgres >"$dir/basebackup.log" 2>&1 ||
        { show_log basebackup; die "pg_basebackup failed"; }
    start_postgres replica "$(($1 + 1))" || { show_log replica; die "the replica did not start"; }
}

# replica_keys PORT: reads of the database go there. PgBouncer, which this script can run too, has no such keys.
replica_keys() {
    [ "$console" = pgbouncer ] || printf " replicas='postgresql://127.0.0.1:%s/' replica_kind=streaming" "$1"
}

serve_postgres() {
    local primary_port password
    pg_bin=$(newest_postgres)
    pg_major=$("$pg_bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    end_leftover "$dir/replica/postmaster.pid" "$dir/replica"
    end_leftover "$dir/primary/postmaster.pid" "$dir/primary"
    say "starting PostgreSQL $pg_major: primary and streaming replica"
    start_primary "$((20000 + $$ % 10000))"
    primary_port=$port
    create_demo "$primary_port"
    start_replica "$primary_port"
    password=$(cat "$dir/secret")
    databases="app = host=127.0.0.1 port=$primary_port dbname=app user=app password=$password$(replica_keys "$port")
app_replica = host=127.0.0.1 port=$port dbname=app user=app password=$password"
    server_text="PostgreSQL $pg_major on port $primary_port, its replica on port $port (database app_replica)"
    [ "$console" = pgbouncer ] || replicated=yes
}

start_cockroach() {
    local port=$1 http
    http=$(free_port "$((port + 1))")
    start_child cockroach cockroach start-single-node --insecure --store="$dir/cockroach" \
        --listen-addr="127.0.0.1:$port" --http-addr="127.0.0.1:$http" --pid-file="$dir/cockroach.pid"
    ready_within 60 "$child" psql -X -h 127.0.0.1 -p "$port" -U root -d defaultdb -c 'select 1'
}

serve_cockroach() {
    local port
    end_leftover "$dir/cockroach.pid" "$(readlink -f "$(command -v cockroach)")"
    port=$(free_port "$((20000 + $$ % 10000))")
    say "starting CockroachDB: a single node, insecure, on loopback"
    start_cockroach "$port" || { show_log cockroach; die "CockroachDB did not start"; }
    psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U root -d defaultdb >/dev/null \
        -c 'CREATE DATABASE IF NOT EXISTS app' -c 'CREATE USER IF NOT EXISTS app' \
        -c 'GRANT ALL ON DATABASE app TO app'
    databases="app = host=127.0.0.1 port=$port dbname=app user=app"
    server_text="CockroachDB on port $port"
}

# The parts of a URL as a connection string of the ini, one line, then its sslmode.
url_parts() {
    DATABASE_URL=$1 python3 - <<'PY'
import os, sys
from urllib.parse import parse_qs, unquote, urlsplit
url = urlsplit(os.environ["DATABASE_URL"])
if url.scheme not in ("postgres", "postgresql"):
    sys.exit("DATABASE_URL is not a postgresql:// URL")
options = {key: values[-1] for key, values in parse_qs(url.query).items()}
parts = {"host": url.hostname or options.get("host", "127.0.0.1"), "port": str(url.port or options.get("port", 5432)),
         "dbname": unquote(url.path[1:]) or options.get("dbname", ""), "user": unquote(url.username or ""),
         "password": unquote(url.password or "")}
parts["dbname"] = parts["dbname"] or parts["user"]
quote = lambda text: "'" + text.replace("'", "''") + "'"
print(" ".join(f"{key}={quote(value)}" for key, value in parts.items() if value))
print(options.get("sslmode", "prefer"))
PY
}

serve_url() {
    local parts
    parts=$(url_parts "$DATABASE_URL") || die "DATABASE_URL cannot be read"
    PGCONNECT_TIMEOUT=5 psql -X -q -A -t -c 'select 1' "$DATABASE_URL" >/dev/null ||
        die "the server of DATABASE_URL does not answer"
    databases="app = ${parts%%$'\n'*}"
    server_sslmode=${parts##*$'\n'}
    server_text="the server of DATABASE_URL"
}
