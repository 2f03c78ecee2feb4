#!/usr/bin/env bash
# `make run`: builds weir, starts a throw-away database with weir in front, and says how to connect. Ctrl-C, TERM or HUP
# ends all of it. CONTRIBUTING.md describes which database is used.
#
#   deploy/run.sh            run until stopped
#   deploy/run.sh --clean    remove what earlier runs left on disk
#   deploy/run.sh --reads    of the running one: how many reads go to the replica, and /health
#
# Environment: DATABASE_URL (use that server), WEIR_DEMO=postgres (no CockroachDB even if installed), WEIR_PORT (first port
# to try), WEIR_RUN_DIR (where the data lives), WEIR_BINARY (run this program instead of building),
# WEIR_CONSOLE (name of its console database), TLS=1 (PostgreSQL of its own, not with
# DATABASE_URL, and TLS to verify-full on both sides of weir).
set -euo pipefail
umask 077

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
children=()
run_user=
replicated=no
reads_text=
console=${WEIR_CONSOLE:-weir}
# shellcheck source=deploy/run_lib.sh
. "$root/deploy/run_lib.sh"
# shellcheck source=deploy/run_servers.sh
. "$root/deploy/run_servers.sh"
# shellcheck source=deploy/run_tls.sh
. "$root/deploy/run_tls.sh"
# shellcheck source=deploy/run_reads.sh
. "$root/deploy/run_reads.sh"

# Gives a file or folder to the ordinary user.
hand_over() {
    [ -z "$run_user" ] || chown "$run_user:$(id -g "$run_user")" "$1"
}

choose_user() {
    [ "$(id -u)" = 0 ] || return 0
    run_user=nobody
    id postgres >/dev/null 2>&1 && run_user=postgres
    return 0
}

# ./run, unless that cannot be reached by the user who must live there: then a folder of the temporary directory.
choose_dir() {
    dir=${WEIR_RUN_DIR:-$root/run}
    if [ -z "${WEIR_RUN_DIR:-}" ] && ! { dir=/ as_user test -x "$root" && { [ -d "$dir" ] || [ -w "$root" ]; }; }; then
        dir=${TMPDIR:-/tmp}/weir-run-$(id -u)-$(printf '%s' "$root" | cksum | cut -d ' ' -f 1)
    fi
}

make_dir() {
    local owner
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    owner=$(stat -c %U "$dir")
    [[ $owner = "$(id -un)" || $owner = "$run_user" ]] || die "$dir belongs to $owner"
    hand_over "$dir"
    chmod 700 "$dir"
    exec 9>"$dir/lock"
    flock -n 9 || die "another 'make run' of this checkout is running ($dir is locked)"
    rm -f "$dir"/{weir.ini,userlist.txt,pgpass,reads.env}
}

clean() {
    [ -d "$dir" ] || return 0
    make_dir
    end_all_leftovers
    rm -rf "$dir"
}

end_all_leftovers() {
    local name
    end_leftover "$dir/weir.pid" "$dir/weir"
    for name in replica primary; do
        end_leftover "$dir/$name/postmaster.pid" "$dir/$name"
    done
}

install_packages() {
    if [[ -n ${DATABASE_URL:-} || $server = cockroach ]] && command -v psql >/dev/null; then
        "$root/deploy/packages.sh" build
    else
        "$root/deploy/packages.sh" run
    fi
}

build() {
    local launcher=()
    ! command -v ccache >/dev/null || launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    (
        cd "$root"
        umask 022
        cmake --preset release --log-level=WARNING "${launcher[@]}" >/dev/null
        cmake --build build/release --target weir -j"$(nproc)"
    ) || die "the build failed"
}

# The ordinary user may not be able to reach the build folder, so the program is copied.
install_binary() {
    local binary=${WEIR_BINARY:-$root/build/release/pooler/weir}
    [ -x "$binary" ] || die "$binary is not there"
    rm -f "$dir/weir"
    install -m 755 "$binary" "$dir/weir"
    hand_over "$dir/weir"
}

write_configuration() {
    local text
    text=$(cat "$root/deploy/demo.ini.in")
    text=${text//@DATABASES@/"$databases"}
    text=${text//@PORT@/"$1"}
    text=${text//@DIR@/"$dir"}
    text=${text//@SERVER_SSLMODE@/"$server_sslmode"}
    text=${text//@TLS@/"$tls_settings"}
    text=${text//@HTTP@/"$http_setting"}
    printf '%s\n' "$text" >"$dir/weir.ini"
    printf '"%s" ""\n' app weir_admin weir_stats >"$dir/userlist.txt"
    hand_over "$dir/weir.ini"
    hand_over "$dir/userlist.txt"
}

answers() { PGCONNECT_TIMEOUT=2 psql -X -A -t -c 'select 1' -h 127.0.0.1 -p "$1" -U app "dbname=app$tls_psql"; }

# start_weir FIRST_PORT: the port it got is in $port.
start_weir() {
    local try
    port=$1
    end_leftover "$dir/weir.pid" "$dir/weir"
    install_binary
    for try in 1 2 3; do
        port=$(free_port "$port") || die "no free port from $1 on"
        choose_http "$((port + 1))"
        write_configuration "$port"
        start_child weir "$dir/weir" "$dir/weir.ini"
        ready_within 20 "$child" answers "$port" && return 0
        end_process "$child"
        forget_child "$child"
        port=$((port + 1))
    done
    show_log weir
    die "weir did not answer a query"
}

# The last word of a psql line.
quoted_name() {
    if [ -z "$tls_psql" ]; then printf %s "$1"; else printf '"dbname=%s%s"' "$1" "$tls_psql"; fi
}

announce() {
    cat <<TEXT

weir is ready, in front of $server_text.

  database:  psql -h 127.0.0.1 -p $port -U app $(quoted_name app)
  console:   psql -h 127.0.0.1 -p $port -U weir_admin $(quoted_name "$console")
  files:     $dir (weir.ini, weir.log)
$reads_text

Stop everything with Ctrl-C.
TEXT
}

# choose_http FIRST_PORT: a port for /health, if there is a replica to show.
choose_http() {
    http_port=
    http_setting=
    [ "$replicated" = yes ] || return 0
    http_port=$(free_port "$1") || die "no free port from $1 on"
    http_setting="http_listen = 127.0.0.1:$http_port"
    reads_text="  reads:     ${WEIR_RUN_DIR:+WEIR_RUN_DIR=$dir }$root/deploy/run.sh --reads    (share on the replica, and /health)"
}

# Runs until a child ends on its own, which is an error.
watch_children() {
    local entry
    wait -n || true
    for entry in "${children[@]}"; do
        kill -0 "${entry#*:}" 2>/dev/null && continue
        show_log "${entry%%:*}"
        die "${entry%%:*} has ended"
    done
    die "a process has ended"
}

cleanup() {
    local code=$?
    trap '' INT TERM HUP
    trap - EXIT
    [ ${#children[@]} -eq 0 ] || say "stopping"
    stop_children
    rm -f "$dir"/{weir.pid,cockroach.pid,pgpass,reads.env}
    [ ${started:-no} = no ] || say "stopped, nothing is left running"
    exit "$code"
}

choose_user
choose_dir
if [ "${1:-}" = --clean ]; then
    clean
    exit 0
fi
if [ "${1:-}" = --reads ]; then
    show_reads
    exit 0
fi
server=postgres
if [ "${WEIR_DEMO:-}" != postgres ] && command -v cockroach >/dev/null; then server=cockroach; fi
[ "${TLS:-0}" != 1 ] || server=postgres
[ -z "${DATABASE_URL:-}" ] || server=url

[[ ${TLS:-0} != 1 || $server != url ]] ||
    die "TLS=1 is for a PostgreSQL that make run starts itself; with DATABASE_URL, say sslmode=... in the URL and leave TLS out"

install_packages
[ -n "${WEIR_BINARY:-}" ] || build
make_dir
trap cleanup EXIT
trap 'exit 0' INT TERM HUP
[[ ${TLS:-0} != 1 || $server != postgres ]] || use_tls
"serve_$server"
start_weir "${WEIR_PORT:-6432}"
started=yes
remember_run
announce
watch_children
