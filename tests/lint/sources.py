"""What the checks share: the tracked files and a way to report."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked(*patterns):
    """Files of the checkout that match, as paths relative to the root; new ones that git does not ignore too."""
    listed = subprocess.run(["git", "-C", str(ROOT), "-c", "safe.directory=*", "ls-files", "-co",
                             "--exclude-standard", "-z", "--", *patterns],
                            stdout=subprocess.PIPE, check=False).stdout.decode()
    names = [name for name in listed.split("\0") if name]
    if not names:  # a source tree without git, from an archive
        names = [str(path.relative_to(ROOT)) for pattern in (patterns or ["*"]) for path in ROOT.rglob(pattern)
                 if not str(path.relative_to(ROOT)).startswith(("build/", "run/", ".git/"))]
    return sorted(pathlib.PurePosixPath(name) for name in set(names) if (ROOT / name).is_file())


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def finish(check, faults, seen):
    """Prints the faults; ends the process. A check that saw no file is a fault of its own."""
    if not seen:
        faults = faults + [f"{check}: found no file to look at"]
    for fault in faults:
        print(fault)
    print(f"{check}: {seen} files, {len(faults)} faults")
    sys.exit(1 if faults else 0)
