#!/usr/bin/env python3
"""Fails when a file of the repository holds a secret, or names a place on somebody's machine.

scripts/hygiene.py             every file in git
scripts/hygiene.py FILE …      these files
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THIS = Path(__file__).resolve()

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bgithub_pat_[A-Za-z0-9_]{40}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{20}"
    r"|\bwhsec_[A-Za-z0-9+/=]{24}"
    r"|\bsk_live_[A-Za-z0-9]{16}"
)
# A path with somebody's name in it, or of a build machine; not a URL's path, not inside a word.
PLACES = re.compile(r"(?<![\w.:/$}~>-])/(?:home/[a-z]\w*|Users/\w+|root|work)/[\w.-]+")
OUTSIDE = re.compile(r"(?<![\w./])(?:\.\./)+shared\b")
# Where the lock files may send people.
REGISTRIES = re.compile(
    r'(?:registry = |\burl = |"resolved": )"'
    r"(?!https://(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org)/)([^\"]+)\""
)
LOCKS = ("uv.lock", "package-lock.json")


def complaints(path: Path) -> list[str]:
    """What is wrong with a file, a sentence each."""
    try:
        text = path.read_text("utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return []
    rules = [("holds what looks like a secret", SECRETS)]
    if path.name in LOCKS:
        rules.append(("names a registry that others cannot reach", REGISTRIES))
    else:
        rules.append(("names a place on one machine", PLACES))
        rules.append(("names a folder outside the repository", OUTSIDE))
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1} {words}"
        for words, pattern in rules
        for match in pattern.finditer(text)
    ]


def main() -> int:
    """The exit status."""
    names = sys.argv[1:]
    if not names:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        names = listed.stdout.rstrip("\0").split("\0")
    paths = [(ROOT / name).resolve() for name in names]
    found = [line for path in paths if path != THIS for line in complaints(path)]
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
