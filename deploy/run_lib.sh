# Shell functions of deploy/run.sh: child processes, ports, deadlines and what an earlier run left behind.
# Sourced by bash; uses $dir (the run folder) and $run_user (empty, or whom to become when root).

say() { printf '%s\n' "run: $*" >&2 || true; }

die() {
    say "$*"
    exit 1
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first port from there on that nobody listens on.
free_port() {
    local port
    for ((port = $1; port < $1 + 500 && port < 32768; port++)); do
        port_taken "$port" || { echo "$port"; return 0; }
    done
    return 1
}

# as_user COMMAND...: as the ordinary user.
as_user() {
    if [ -n "$run_user" ]; then
        setpriv --reuid="$run_user" --regid="$(id -g "$run_user")" --init-groups env HOME="$dir" "$@"
    else
        "$@"
    fi
}

# start_child NAME COMMAND...: in the background, its output in $dir/NAME.log, its pid in $child.
# It gets a session of its own, so that Ctrl-C reaches only this script, which ends its children in order; should this
# script be killed, the kernel sends them SIGINT. The lock (descriptor 9) is not theirs.
start_child() {
    local name=$1 become=()
    shift
    [ -z "$run_user" ] || become=(--reuid="$run_user" --regid="$(id -g "$run_user")" --init-groups)
    : >"$dir/$name.log"
    setsid setpriv "${become[@]}" --pdeathsig INT env HOME="$dir" "$@" \
        </dev/null >>"$dir/$name.log" 2>&1 9>&- &
    child=$!
    children+=("$name:$child")
}

# forget_child PID: it is gone.
forget_child() {
    local entry kept=()
    for entry in "${children[@]}"; do
        [ "${entry#*:}" = "$1" ] || kept+=("$entry")
    done
    children=("${kept[@]}")
}

# gone_within TENTHS PID: waits until the process has ended.
gone_within() {
    local tenths=$1
    while ((tenths-- > 0)); do
        kill -0 "$2" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

# end_process PID: asks, insists, kills. The three signals mean the same to weir, PostgreSQL and CockroachDB.
end_process() {
    local step
    for step in INT:100 QUIT:50 KILL:50; do
        kill -s "${step%:*}" "$1" 2>/dev/null || return 0
        gone_within "${step#*:}" "$1" && return 0
    done
}

# Last started, first ended: weir before its servers, the replica before the primary.
stop_children() {
    local index
    for ((index = ${#children[@]} - 1; index >= 0; index--)); do
        end_process "${children[index]#*:}"
    done
    children=()
}

# ready_within SECONDS PID COMMAND...: until the command succeeds. Fails when the process ends or time is up.
ready_within() {
    local deadline=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || return 1
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

show_log() {
    say "end of $dir/$1.log:"
    tail -n 15 "$dir/$1.log" >&2 2>/dev/null || true
}

# end_leftover PIDFILE PATH: ends the process of a pid file if it is really ours, working in or started from PATH.
end_leftover() {
    local pid="" cwd exe
    [ -f "$1" ] || return 0
    read -r pid <"$1" || true
    if [[ $pid =~ ^[0-9]+$ ]] && kill -0 "$pid" 2>/dev/null; then
        cwd=$(readlink "/proc/$pid/cwd" || true)
        exe=$(readlink "/proc/$pid/exe" || true)
        if [[ $cwd = "$2" || $exe = "$2" || $exe = "$2 (deleted)" ]]; then
            say "ending process $pid, left by an earlier run"
            end_process "$pid"
        fi
    fi
    rm -f "$1"
}
