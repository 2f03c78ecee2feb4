"""What the checks share: the tracked files and a way to report."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def from_git(patterns):
    """Names that git tracks or would track; nothing where there is no git, or no repository."""
    try:
        listed = subprocess.run(["git", "-C", str(ROOT), "-c", "safe.directory=*", "ls-files", "-co",
                                 "--exclude-standard", "-z", "--", *patterns],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return []
    return [name for name in listed.stdout.decode().split("\0") if name]


def from_disk(patterns):
    """A source tree from an archive: all there is, without what is built or run there."""
    found = (path for pattern in patterns or ("*",) for path in ROOT.rglob(pattern))
    names = (str(path.relative_to(ROOT)) for path in found if path.is_file())
    return [name for name in names if not name.startswith(("build/", "run/", ".git/"))]


def tracked(*patterns):
    """Files of the checkout that match, as sorted paths relative to the root."""
    names = from_git(patterns) or from_disk(patterns)
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
