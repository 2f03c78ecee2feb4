#!/bin/sh
# Installs the distribution's packages that weir is built, run and tested with. (The tests fetch two things more, with
# npm: node-postgres and Prisma, in the versions that tests/integration/drivers/*/package-lock.json name.)
#
#   deploy/packages.sh build   compiler, CMake and the libraries
#   deploy/packages.sh run     + PostgreSQL (server and client) and openssl, for `make run`
#   deploy/packages.sh test    + what the tests use (default)
#   deploy/packages.sh all     + clang, linters and benches, for `make check`, `make bench` and CI
#
# Debian 12 and 13; the names of Ubuntu 24.04 are meant to be covered too. Needs root or sudo only when something is missing; without a missing package
# no apt command is run. Names separated by `|` are alternatives: one of them is enough, the first one the
# distribution knows is installed. `@program` behind them: not needed where that program is on the PATH anyway,
# as Node, Java and Go often come from elsewhere.
set -eu

BUILD="g++ make cmake ninja-build pkg-config|pkgconf python3
    libuv1-dev libssl-dev libpq-dev libxxhash-dev libc-ares-dev libidn-dev|libidn11-dev libsystemd-dev
    libpam0g-dev libldap-dev|libldap2-dev libspdlog-dev libexpected-dev libcli11-dev nlohmann-json3-dev
    libcpp-httplib-dev catch2"
RUN="postgresql postgresql-client util-linux openssl"
TEST="python3-psycopg python3-psycopg2 libpg-query-dev slapd prometheus
    libpostgresql-jdbc-java default-jdk-headless@javac nodejs@node npm@npm
    golang-go@go golang-github-jackc-pgx-v4-dev"
ALL="clang clang-format clang-tidy libclang-rt-dev|libclang-rt-14-dev|libclang-rt-18-dev lld
    libbenchmark-dev pgbouncer ccache git"

say() { printf 'packages: %s\n' "$*" >&2; }

wanted() {
    case "${1:-test}" in
        build) echo "$BUILD" ;;
        run) echo "$BUILD $RUN" ;;
        test) echo "$BUILD $RUN $TEST" ;;
        all) echo "$BUILD $RUN $TEST $ALL" ;;
        *) say "unknown mode '$1': build, run, test or all"; exit 2 ;;
    esac
}

# Names of the installed packages, one a line, without the architecture.
installed() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^[ih]i  *//p'; }

# Prints those of the arguments of which no alternative is in the list of installed packages ($have).
missing() {
    for entry in "$@"; do
        found=no
        case "$entry" in *@*) ! command -v "${entry#*@}" >/dev/null || found=yes ;; esac
        for name in $(echo "${entry%@*}" | tr '|' ' '); do
            if printf '%s\n' "$have" | grep -qxF "$name"; then found=yes; break; fi
        done
        [ "$found" = yes ] || echo "$entry"
    done
}

# The first alternative that apt can install.
choose() {
    for name in $(echo "${1%@*}" | tr '|' ' '); do
        if apt-cache policy "$name" 2>/dev/null | grep -q '^  Candidate: [^(]'; then
            echo "$name"
            return
        fi
    done
    say "no package named $1 in this distribution's archive (on Ubuntu: is 'universe' enabled?)"
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Mirrors fail now and then: three tries, a little apart.
retry() {
    for wait in 2 10 0; do
        as_root env DEBIAN_FRONTEND=noninteractive "$@" </dev/null && return 0
        [ "$wait" = 0 ] || { say "failed, trying again in ${wait}s: $*"; sleep "$wait"; }
    done
    return 1
}

entries=$(wanted "${1:-test}")
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "not a Debian system, nothing installed; weir needs the equivalents of:" $entries
    exit 0
fi
have=$(installed)
lack=$(missing $entries)
[ -n "$lack" ] || exit 0

if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "missing, and neither root nor sudo to install with:" $lack
    exit 1
fi
say "missing:" $lack
retry apt-get -q -o Acquire::Retries=3 update || say "apt-get update failed; trying with the lists at hand"
names=
for entry in $lack; do
    names="$names $(choose "$entry")" || exit 1
done
retry apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
    --no-install-recommends install $names
have=$(installed)
lack=$(missing $entries)
[ -z "$lack" ] || { say "still missing after the installation:" $lack; exit 1; }
say "installed:$names"
