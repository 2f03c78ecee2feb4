#!/usr/bin/env python3
"""Writes pooler/sql/postgres_builtins.cc from the catalogue of a PostgreSQL server.

    builtins.py CONNINFO [psql arguments]

The server's version should be 15, against which tests/integration/sql/builtins_test.cc compares the result.
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parents[2] / "pooler" / "sql" / "postgres_builtins.cc"
WIDTH = 110
HEAD = """// Generated from PostgreSQL 15's catalogue by tests/integration/sql/builtins.py; see function_list.h.
#include "pooler/sql/postgres_builtins.h"

#include <array>

namespace pooler {

namespace {

// clang-format off
"""
ACCESSOR = """
std::span<const std::string_view> postgres_{list}s() {{ return k{title}s; }}
"""


def catalogue(conninfo):
    text = subprocess.run(["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-f", HERE / "builtins.sql", conninfo], check=True,
                          capture_output=True, text=True).stdout
    lists = {}
    for line in text.splitlines():
        kind, name = line.split("\t")
        lists.setdefault(kind, []).append(name)
    return lists


def array(kind, names):
    """The names as an array, sorted by bytes, in lines of at most WIDTH columns."""
    lines, line = [], "   "
    for name in sorted(names, key=str.encode):
        item = ' "%s",' % name
        if len(line) + len(item) > WIDTH:
            lines.append(line)
            line = "   "
        line += item
    lines.append(line)
    body = "\n".join(lines)
    return f"constexpr auto k{kind.capitalize()}s = std::to_array<std::string_view>({{\n{body}\n}});\n"


def main():
    lists = catalogue(sys.argv[1])
    parts = [HEAD] + ["\n".join(array(kind, names) for kind, names in sorted(lists.items()))]
    parts.append("// clang-format on\n\n}  // namespace\n")
    parts += [ACCESSOR.format(list=kind, title=kind.capitalize()) for kind in sorted(lists)]
    TARGET.write_text("".join(parts) + "\n}  // namespace pooler\n", encoding="utf-8")


if __name__ == "__main__":
    main()
