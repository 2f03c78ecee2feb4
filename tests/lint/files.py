#!/usr/bin/env python3
"""Files are short, say what they are, and hold nothing that only makes sense on one person's machine."""
import re

from sources import ROOT, finish, tracked

MAX_LINES = 600
# Data and licences may be long; so may recorded dialogues and fuzz corpora.
NO_LIMIT = re.compile(r"^(LICENSE$|fuzz/corpus/|tests/wire/|tests/.*\.(hex|txt|sql|csv)$|docs/.*\.svg$)")
CODE = (".h", ".cc", ".py", ".sh")
# Split so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"\b(" + "TO" + "DO|" + "FIX" + "ME|" + "X" + r"XX)\b"), "unfinished work belongs in an issue"),
    (re.compile(r"\bst" + r"ubs?\b", re.I), "real code only"),
    (re.compile(r"(?<![\w$}.-])/(wo" + r"rk|ho" + r"me/\w+|ro" + r"ot/\w+)/"), "a path of one machine"),
    (re.compile(r"^(<{7}|>{7}) ", re.M), "a merge conflict"),
]
WITHOUT_HEAD = re.compile(r"^fuzz/corpus/")


def text_of(name):
    """The text, or None for a binary file."""
    data = (ROOT / name).read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def head_fault(name, lines):
    """A file of code opens with a comment (after #! and #pragma once)."""
    for line in lines[:4]:
        if line.startswith("#!") or line.strip() in ("", "#pragma once"):
            continue
        return None if line.startswith(("//", "/*", "#", '"""')) else f"{name}:1: no comment at the head"
    return f"{name}:1: no comment at the head"


def faults_of(name):
    text = text_of(name)
    if text is None or not text:
        return []
    lines = text.split("\n")
    faults = []
    if len(lines) - 1 > MAX_LINES and not NO_LIMIT.match(str(name)):
        faults.append(f"{name}: {len(lines) - 1} lines, {MAX_LINES} are allowed")
    for pattern, why in FORBIDDEN:
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            faults.append(f"{name}:{line}: '{found.group(0).strip()}': {why}")
    if name.suffix in CODE and not WITHOUT_HEAD.match(str(name)):
        fault = head_fault(name, lines)
        faults += [fault] if fault else []
    if name.suffix == ".h" and "#pragma once" not in text:
        faults.append(f"{name}: no #pragma once")
    return faults


if __name__ == "__main__":
    names = [name for name in tracked() if not str(name).startswith("fuzz/corpus/")]
    finish("files", [fault for name in names for fault in faults_of(name)], len(names))
