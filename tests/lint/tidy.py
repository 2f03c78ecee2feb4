#!/usr/bin/env python3
"""clang-tidy on the sources that changed, newest change first, until the time is up.

    tidy.py BUILD [--base COMMIT] [--seconds N] [--jobs N] [--all]

BUILD is configured with clang (preset tidy or clang). The base is where this branch left origin/main; when that is
this very commit, as in a fresh clone, the last 40 commits count as changed. Files that the time did not suffice for are
named, not hidden. A changed header is checked through one source that includes it.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from sources import ROOT, read, tracked

RECENT_COMMITS = 40


def git(*arguments):
    done = subprocess.run(["git", "-C", str(ROOT), "-c", "safe.directory=*", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    return done.stdout.decode().split("\n")[:-1] if done.returncode == 0 else None


def base_commit():
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    if base and base != head:
        return base[0]
    recent = git("rev-list", "--first-parent", f"--max-count={RECENT_COMMITS}", "HEAD")
    return recent[-1] if recent else None


def changed_files(base):
    """Newest change first: uncommitted, then by commit."""
    names = (git("diff", "--name-only", "HEAD") or []) + (git("ls-files", "-o", "--exclude-standard") or [])
    names += git("log", "--name-only", "--format=", f"{base}..HEAD") or [] if base else []
    return list(dict.fromkeys(name for name in names if name and (ROOT / name).is_file()))


def source_of(header, sources, texts):
    """A source that is compiled with the header: the one of its name, else the first that includes it."""
    own = re.sub(r"\.h$", ".cc", header)
    if own in sources:
        return own
    return next((name for name in sources if f'#include "{header}"' in texts[name]), None)


def chosen(names, sources):
    texts = {name: read(name) for name in sources}
    picked = [source_of(name, sources, texts) if name.endswith(".h") else name for name in names
              if name.endswith((".h", ".cc"))]
    return [name for name in dict.fromkeys(picked) if name in sources]


def check(tool, build, name):
    done = subprocess.run([tool, "-p", str(build), "--quiet", str(ROOT / name)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(errors="replace")


def run_all(tool, build, names, seconds, jobs):
    """(faulty names, unchecked names)"""
    deadline = time.monotonic() + seconds
    faulty, unchecked = [], []

    def one(name):
        return None if time.monotonic() > deadline else check(tool, build, name)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, result in zip(names, pool.map(one, names)):
            if result is None:
                unchecked.append(name)
            elif result[0] != 0:
                faulty.append(name)
                print(result[1], flush=True)
    return faulty, unchecked


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--base")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()

    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if not tool:
        sys.exit("tidy: no clang-tidy found")
    compiled = {str(pathlib.Path(entry["file"])) for entry in
                json.loads((options.build / "compile_commands.json").read_text())}
    sources = [str(name) for name in tracked("*.cc") if str(ROOT / name) in compiled]
    names = sources if options.all else chosen(changed_files(options.base or base_commit()), sources)
    faulty, unchecked = run_all(tool, options.build, names, options.seconds, options.jobs)
    if unchecked:
        print(f"tidy: no time for {len(unchecked)} files: {' '.join(unchecked)}")
    print(f"tidy: {len(names) - len(unchecked)} files checked, {len(faulty)} with faults{': ' if faulty else ''}"
          f"{' '.join(faulty)}")
    sys.exit(1 if faulty else 0)


if __name__ == "__main__":
    main()
