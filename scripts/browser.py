#!/usr/bin/env python3
"""Finds a Chromium for the browser tests, or installs one, and writes its path to .tools/chromium.

In this order: FENRUN_CHROMIUM, one that is installed, the package manager (as an administrator),
Playwright's own download. When all fail it says how each one failed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / ".tools" / "chromium"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SECONDS = 600


class UnusableError(Exception):
    """This way leads to no browser; the message says why."""


def given() -> str:
    """The one that FENRUN_CHROMIUM names."""
    path = os.environ.get("FENRUN_CHROMIUM")
    if not path:
        raise UnusableError("not set")
    return works(path)


def installed() -> str:
    """One that is on this machine."""
    reasons = []
    for name in NAMES:
        path = shutil.which(name)
        if path:
            try:
                return works(path)
            except UnusableError as error:
                reasons.append(f"{path}: {error}")
    raise UnusableError("; ".join(reasons) or "none found")


def packaged() -> str:
    """Debian's, by apt-get. (Ubuntu's package of that name is a snap and may not start.)"""
    if not shutil.which("apt-get"):
        raise UnusableError("no apt-get here")
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and succeeds("sudo", "-n", "true"):
        prefix = ["sudo", "-n"]
    else:
        raise UnusableError("needs root, or sudo without a password")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*apt, "install", "--yes", "--no-install-recommends", "chromium"]
    if not succeeds(*install):  # many images have no list of packages
        if not succeeds(*apt, "update"):
            raise UnusableError("`apt-get update` failed")
        if not succeeds(*install):
            raise UnusableError("`apt-get install chromium` failed")
    return installed()


def downloaded() -> str:
    """Playwright's own build, in its cache."""
    if not succeeds(sys.executable, "-m", "playwright", "install", "chromium"):
        raise UnusableError("`playwright install chromium` failed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return works(playwright.chromium.executable_path)


def works(path: str) -> str:
    """The path of a browser, if it starts."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnusableError(f"does not start ({error})") from error
    if done.returncode != 0:
        raise UnusableError(f"does not start: {done.stderr.strip()[-200:]}")
    return path


def succeeds(*command: str) -> bool:
    """Whether a command succeeds; what it says goes to our own output."""
    print("$", *command, flush=True)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)
        return False
    return done.returncode == 0


def main() -> int:
    """The exit status."""
    FOUND.unlink(missing_ok=True)
    failures = []
    for title, way in (
        ("FENRUN_CHROMIUM", given),
        ("An installed Chromium or Chrome", installed),
        ("The package manager", packaged),
        ("Playwright's download", downloaded),
    ):
        try:
            path = way()
        except UnusableError as error:
            failures.append(f"{title}: {error}.")
            continue
        FOUND.parent.mkdir(exist_ok=True)
        FOUND.write_text(path + "\n")
        print(path)
        return 0
    print("No browser for the tests.", *failures, sep="\n  ", file=sys.stderr)
    print(
        "Install Chromium or Chrome, or set FENRUN_CHROMIUM to its program, then run the same command again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
