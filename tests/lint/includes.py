#!/usr/bin/env python3
"""Includes follow the arrows of docs/architecture.md, and each heavy header is compiled in one place only.

conf, protocol and tls know neither pooler nor each other. Inside pooler a folder includes only folders below
it; folders of one level may know each other in one direction.
"""
import re
import sys

from sources import finish, read, tracked

LEAVES = ("conf", "protocol", "tls")
SHIPPED = LEAVES + ("pooler",)
# Top first. Files directly in pooler/ are `process` when named in PROCESS, else `base`, which all may include.
LEVELS = [("process",), ("worker",), ("console", "metrics"), ("session",), ("replay", "route", "pool"),
          ("health",), ("server", "auth"), ("net",), ("uv",), ("base", "log", "sql")]
# Pure folders: what they must not know although it lies below them.
STRANGERS = {"replay": ("net", "pool", "server", "auth", "health", "log")}
LEVEL_OF = {name: level for level, names in enumerate(LEVELS) for name in names}
PROCESS = re.compile(r"^(main|process\w*|options|arguments|daemon|reload|takeover|service)\.(h|cc)$")
HEAVY = {"spdlog": "spdlog/", "cpp-httplib": "httplib.h", "nlohmann-json": "nlohmann/", "CLI11": "CLI/"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def place(path):
    """(top folder, folder inside pooler or None) of a file or of an include of ours."""
    parts = path.split("/")
    if parts[0] != "pooler":
        return parts[0], None
    if len(parts) == 2:
        return "pooler", "process" if PROCESS.match(parts[1]) else "base"
    return "pooler", parts[1]


def leaf_fault(top, target_top):
    if top in LEAVES and target_top != top:
        return f"{top}/ knows only itself"
    if target_top in ("tests", "bench", "fuzz"):
        return "shipped code includes nothing of the tests"
    return None


def arrow_fault(folder, target):
    if target not in LEVEL_OF:
        return f"pooler/{target} has no place in the arrows (tests/lint/includes.py, docs/architecture.md)"
    if folder in LEVEL_OF and LEVEL_OF[target] < LEVEL_OF[folder]:
        return f"pooler/{folder} is below pooler/{target}"
    if target in STRANGERS.get(folder, ()):
        return f"pooler/{folder} is pure: it does not know pooler/{target}"
    return None


def check_file(path, text, edges):
    """Faults of one file; adds (folder, folder of the same level) pairs to edges."""
    faults = []
    top, folder = place(path)
    if folder is not None and folder not in LEVEL_OF:
        return [f"{path}: {arrow_fault('process', folder)}"]
    for kind, target in INCLUDE.findall(text):
        if kind == "<":
            continue
        target_top, target_folder = place(target)
        fault = leaf_fault(top, target_top)
        if not fault and folder and target_folder:
            fault = arrow_fault(folder, target_folder)
            if folder != target_folder and LEVEL_OF.get(folder) == LEVEL_OF.get(target_folder):
                edges.setdefault((folder, target_folder), path)
        if fault:
            faults.append(f'{path}: includes "{target}": {fault}')
    return faults


def heavy_faults(texts):
    faults = []
    for name, prefix in HEAVY.items():
        users = [path for path, text in texts.items()
                 if any(kind == "<" and target.startswith(prefix) for kind, target in INCLUDE.findall(text))]
        faults += [f"{path}: {name} belongs in a .cc, this is a header" for path in users if path.endswith(".h")]
        sources = [path for path in users if path.endswith(".cc")]
        if len(sources) > 1:
            faults.append(f"{name} is included in {len(sources)} places, one is allowed: {', '.join(sources)}")
    return faults


def check(texts):
    """All faults of {path: text}."""
    edges, faults = {}, []
    for path, text in texts.items():
        faults += check_file(path, text, edges)
    for (one, other), path in edges.items():
        if one < other and (other, one) in edges:
            faults.append(f"pooler/{one} and pooler/{other} include each other: {path}, {edges[(other, one)]}")
    return faults + heavy_faults(texts)


SAMPLES = [  # (what is wrong, files): each must be found, so that the check cannot rot
    ("knows only itself", {"conf/a.h": '#include "protocol/frame.h"'}),
    ("knows only itself", {"tls/a.cc": '#include "pooler/net/socket.h"'}),
    ("is below", {"pooler/net/a.cc": '#include "pooler/pool/pool.h"'}),
    ("is below", {"pooler/log.h": '#include "pooler/net/socket.h"'}),
    ("nothing of the tests", {"pooler/net/a.cc": '#include "tests/support/catch.h"'}),
    ("no place", {"pooler/misc/a.cc": ""}),
    ("include each other", {"pooler/pool/a.h": '#include "pooler/route/b.h"',
                            "pooler/route/b.h": '#include "pooler/pool/c.h"'}),
    ("this is a header", {"pooler/log.h": "#include <spdlog/spdlog.h>"}),
    ("in 2 places", {"pooler/a.cc": "#include <httplib.h>", "pooler/b.cc": "#include <httplib.h>"}),
]
GOOD = {"pooler/session/a.cc": '#include "pooler/pool/pool.h"\n#include "conf/units.h"\n#include <vector>',
        "pooler/main.cc": '#include "pooler/worker/worker.h"', "conf/a.cc": '#include "conf/a.h"',
        "pooler/log.cc": "#include <spdlog/spdlog.h>"}


def self_check():
    for expected, files in SAMPLES:
        found = check(files)
        if len(found) != 1 or expected not in found[0]:
            sys.exit(f"includes.py is broken: expected '{expected}', found {found}")
    if check(GOOD):
        sys.exit(f"includes.py is broken: {check(GOOD)}")


if __name__ == "__main__":
    self_check()
    names = [str(name) for name in tracked("*.h", "*.cc") if name.parts[0] in SHIPPED]
    finish("includes", check({name: read(name) for name in names}), len(names))
