#!/bin/sh
# Checks that every C++ file is formatted as .clang-format says; `--fix` formats in place.
# Releases of clang-format differ in detail, so only version 14 (Debian 12's) judges.
set -eu
cd "$(dirname "$0")/../.."

version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != 14 ] && command -v clang-format-14 >/dev/null; then
    tool=clang-format-14
elif [ "$version" = 14 ]; then
    tool=clang-format
else
    echo "skipped: formatting is judged by clang-format 14, found ${version:-none}"
    exit 0
fi

files() { git ls-files -co --exclude-standard -- '*.h' '*.cc' | while read -r f; do [ -f "$f" ] && echo "$f"; done; }
[ -n "$(files)" ] || { echo "format: found no file to look at"; exit 1; }
if [ "${1:-}" = --fix ]; then
    files | xargs -r "$tool" -i
else
    files | xargs -r "$tool" --dry-run --Werror
    echo "format: $(files | wc -l) files as .clang-format says"
fi
