#!/usr/bin/env python3
"""Installs what Fenrun needs into this folder: standard library only, and old Pythons can start it.

    make setup        what the demo needs: Python packages, chain and compiler, the portal
    make setup-test   in addition what the tests need: Brownie, a browser

Each step is skipped while its inputs (lock files, sources) are those of the last success, so a
second run takes well under a second. The output of the tools goes to .tools/setup.log.

Nothing outside this folder is touched, with two exceptions, both only where nothing else works:
`apt-get install` of python3-venv (to get uv) and of chromium (for the tests, see browser.py).
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
LOG = TOOLS / "setup.log"
PORTAL = ROOT / "portal"
PORTAL_BUILT = PORTAL / "dist" / "index.html"
BROWNIE = ROOT / "tests" / "contracts" / "brownie"

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)  # the newest that all our packages have wheels for
OLDEST_NODE = (20, 19)  # what Vite asks for
NODE_WORDS = ".".join(str(part) for part in OLDEST_NODE)
OLDEST_UV = (0, 8)
UV_VERSION = "0.13.9"
DISK_MB = 1500

# What the tools' last words mean, and what to do about it. The first that matches is said.
ADVICE = [
    (
        r"No space left|ENOSPC|disk quota",
        "The disk is full: free about 2 GB and run the same command again.",
    ),
    (
        r"certificate|CERT_|self.signed|UnknownIssuer",
        "A proxy replaces certificates here: point SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to its "
        "certificate and run the same command again.",
    ),
    (
        r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
        r"|dns error|name resolution|Could not resolve|Network is unreachable|Connection refused"
        r"|error sending request|[Cc]onnection timed out|tcp connect error|Failed to fetch"
        r"|NewConnectionError|[Rr]ead timed out",
        "The package registries (pypi.org, registry.npmjs.org) cannot be reached: check the "
        "network or the proxy settings and run the same command again.",
    ),
    (
        r"EACCES|Permission denied|EPERM",
        "A file here belongs to another user: run the command as the owner of this folder, or give "
        "the folder to you with `sudo chown -R $USER .`.",
    ),
    (
        r"lockfile .* needs to be updated|package\.json and package-lock\.json .* in sync|EUSAGE",
        "A lock file does not match its project file: run `uv lock` (Python) or `npm install` "
        "(Node) and commit the result.",
    ),
]


class SetupError(Exception):
    """A step cannot be done; the message is one sentence for the person at the terminal."""


# --- Steps --------------------------------------------------------------------------------------


def check_machine() -> None:
    """Says what is missing before anything is downloaded."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise SetupError(
            f"Fenrun needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer, and found only "
            f"{platform.python_version()}: install one, for example with `apt-get install python3`."
        )
    missing = [name for name in ("node", "npm", "git") if not shutil.which(name)]
    if missing:
        raise SetupError(
            f"Not found: {', '.join(missing)}. Install Node {NODE_WORDS} or newer with npm "
            "(https://nodejs.org) and git, then run the same command again."
        )
    version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found or (int(found.group(1)), int(found.group(2))) < OLDEST_NODE:
        raise SetupError(
            f"Fenrun needs Node {NODE_WORDS} or newer, and `node` is {version or 'broken'}: "
            "install a newer one from https://nodejs.org, then run the same command again."
        )
    free = shutil.disk_usage(str(ROOT)).free // 1_000_000
    if free < DISK_MB and not (ROOT / ".venv").exists():
        raise SetupError(f"The disk has {free} MB left, and Fenrun needs {DISK_MB}: free some.")


def find_uv() -> Path | None:
    """The `uv` of this machine if it is new enough."""
    for candidate in (shutil.which("uv"), TOOLS / "uv" / "bin" / "uv"):
        if not candidate or Path(candidate).absolute() == BIN / "uv":
            continue
        try:
            text = subprocess.run(
                [str(candidate), "--version"], stdout=subprocess.PIPE, text=True,
                check=False,
            ).stdout  # fmt: skip
        except OSError:
            continue
        found = re.match(r"uv (\d+)\.(\d+)", text)
        if found and (int(found.group(1)), int(found.group(2))) >= OLDEST_UV:
            return Path(candidate)
    return None


def install_uv() -> None:
    """Gets uv from PyPI by whichever way to pip this Python has; Debian's often has none."""
    wanted = f"uv=={UV_VERSION}"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    target = ["install", *quiet, "--upgrade", "--target", str(TOOLS / "uv"), wanted]

    if attempt(sys.executable, "-m", "pip", "--version"):
        run(sys.executable, "-m", "pip", *target)
        return
    if not attempt(sys.executable, "-m", "venv", "--clear", str(TOOLS / "venv")):
        # No ensurepip. Debian keeps it in a package of its own.
        prefix = privilege()
        if prefix is None or not shutil.which("apt-get"):
            raise SetupError(
                "This Python has neither pip nor venv, so uv cannot be installed: install uv "
                "(https://docs.astral.sh/uv/) or, as an administrator, "
                "`apt-get install python3-venv`, then run the same command again."
            )
        package = f"python3.{sys.version_info[1]}-venv"
        apt_install(prefix, [package], ["python3-venv"])
        run(sys.executable, "-m", "venv", "--clear", str(TOOLS / "venv"))
    run(str(TOOLS / "venv" / "bin" / "python"), "-m", "pip", *target)


def provide_uv() -> None:
    """Makes .tools/bin/uv, which everything else here calls."""
    uv = find_uv()
    if uv is None:
        step("uv, the Python package manager", install_uv)
        uv = find_uv()
        if uv is None:
            raise SetupError("uv was installed but does not start on this machine.")
    link(uv, BIN / "uv")


def sync_python() -> None:
    """Our Python packages."""
    run(BIN / "uv", "sync", "--locked", *interpreter(ROOT))


def install_node_packages() -> None:
    """Anvil, forge, solc and OpenZeppelin."""
    npm_ci(ROOT)
    link_tools()


def link_tools() -> None:
    """Makes .tools/bin/anvil and forge, and solc under the name that Brownie looks for.

    The links go to the programs themselves. The packages' own launchers are Node scripts that leave
    the program running when they are killed, and npm 10 does not even link them.
    """
    machine = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine())
    for tool in ("anvil", "forge"):
        package = f"{tool}-{platform.system().lower()}-{machine}"
        program = ROOT / "node_modules" / "@foundry-rs" / package / "bin" / tool
        if not program.exists():
            raise SetupError(
                f"There is no {tool} for this machine ({platform.system()} {platform.machine()}): "
                "Fenrun runs on Linux and macOS, on 64-bit Intel or ARM."
            )
        link(program, BIN / tool)
    link(ROOT / "scripts" / "solc", TOOLS / "solcx" / "solc-v0.8.28")


def install_portal() -> None:
    """The portal's packages."""
    npm_ci(PORTAL)


def build_portal() -> None:
    """The portal's files as the API serves them."""
    run("npm", "run", "build", cwd=PORTAL)


def interpreter(project: Path) -> list[str]:
    """For uv: a new environment gets the Python that runs this script, an old one keeps its own."""
    return [] if attempt(project / ".venv" / "bin" / "python", "-V") else ["--python", sys.executable]


def portal_sources() -> list[Path]:
    """What the built portal depends on: everything of its folder that is in git or could be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "portal"],
        cwd=str(ROOT), stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.splitlines()]
    made = {"node_modules", PORTAL_BUILT.parent.name}  # a copy without git
    return [path for path in sorted(PORTAL.iterdir()) if path.name not in made]


def sync_brownie() -> None:
    """Brownie, in an environment of its own: it pins eighty packages exactly."""
    run(BIN / "uv", "sync", "--locked", "--project", BROWNIE, *interpreter(BROWNIE))


def find_browser() -> None:
    """A Chromium for the browser tests; scripts/browser.py says where it looks."""
    run(ROOT / ".venv" / "bin" / "python", ROOT / "scripts" / "browser.py")


# --- Running things -----------------------------------------------------------------------------


def step(
    title: str,
    action: Callable[[], None],
    inputs: Iterable[Path] = (),
    products: Iterable[Path] = (),
) -> None:
    """Does one step unless its inputs are those of its last success; shows one line."""
    stamp = TOOLS / "stamps" / action.__name__
    key = fingerprint(inputs)
    if inputs and stamp.exists() and stamp.read_text() == key and all(p.exists() for p in products):
        return
    print(f"  {title:<42}", end="", flush=True)
    started = time.monotonic()
    with LOG.open("a") as log:
        log.write(f"\n=== {title}\n")
    try:
        action()
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:6.1f} s", flush=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def fingerprint(inputs: Iterable[Path]) -> str:
    """One hash over files and folders."""
    digest = hashlib.sha256()
    for path in inputs:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Runs a command with its output in the log; raises with advice when it fails."""
    if not attempt(*command, cwd=cwd):
        name = Path(str(command[0])).name
        tail = re.sub(r"\x1b\[[0-9;]*m", "", LOG.read_text(errors="replace").rsplit("\n$ ", 1)[-1])
        advice = next((words for pattern, words in ADVICE if re.search(pattern, tail)), None)
        last = "\n".join("    " + line for line in tail.strip().splitlines()[-25:])
        where = f"`{name}` failed; the whole output is in .tools/setup.log."
        raise SetupError(f"{last}\n\n{(advice if name != 'python' else None) or where}")


def attempt(*command: str | Path, cwd: Path = ROOT) -> bool:
    """Runs a command with its output in the log; whether it succeeded."""
    words = [str(word) for word in command]
    # A virtual environment that happens to be active is not ours.
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment.update(CI="1", NO_COLOR="1")
    if CERTIFICATES.exists():  # what the administrator trusts, for example a company's proxy
        environment.setdefault("UV_SYSTEM_CERTS", "true")
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(words)}\n")
        log.flush()
        try:
            done = subprocess.run(
                words, cwd=str(cwd), env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        except OSError as error:
            log.write(f"{error}\n")
            return False
    return done.returncode == 0


def npm_ci(folder: Path) -> None:
    """Exactly what the lock file says. No package may run a program of its own on the way."""
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def privilege() -> list[str] | None:
    """The words before a command that needs an administrator; None when there is no way."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and attempt("sudo", "-n", "true") else None


def apt_install(prefix: list[str], *choices: list[str]) -> None:
    """Installs the first choice of Debian packages that can be had."""
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for update in (False, True):  # a list of packages that is there is used; many images have none
        if update:
            attempt(*command, "update")
        for names in choices:
            if attempt(*command, "install", "--yes", "--no-install-recommends", *names):
                return
    run("false")


def link(target: Path, name: Path) -> None:
    """Makes or corrects a symbolic link."""
    name.parent.mkdir(parents=True, exist_ok=True)
    if name.is_symlink() and os.readlink(name) == str(target):  # noqa: PTH115 - Python 3.8
        return
    if name.is_symlink() or name.exists():
        name.unlink()
    name.symlink_to(target)


def best_python() -> str | None:
    """Another interpreter of this machine that fits better than the one running, or None."""
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return None
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], check=False).returncode == 0:
            return found
    return None


# --- All of it ----------------------------------------------------------------------------------


def setup(*, for_tests: bool) -> None:
    """Everything, in order."""
    check_machine()
    provide_uv()
    locks = [ROOT / "pyproject.toml", ROOT / "uv.lock"]
    made = [ROOT / ".venv" / "bin" / name for name in ("python", "fenrun")]
    step("Python packages", sync_python, locks, made)
    step(
        "Chain and compiler (Anvil, forge, solc)",
        install_node_packages,
        [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve()],
        [BIN / "anvil", BIN / "forge", ROOT / "node_modules" / "solc"],
    )
    if (PORTAL / "package.json").exists():
        locks = [PORTAL / "package.json", PORTAL / "package-lock.json"]
        step("Portal: packages", install_portal, locks, [PORTAL / "node_modules" / ".bin" / "vite"])
        step("Portal: build", build_portal, portal_sources(), [PORTAL_BUILT])
    if for_tests:
        brownie = [BROWNIE / "pyproject.toml", BROWNIE / "uv.lock"]
        made = [BROWNIE / ".venv" / "bin" / name for name in ("python", "brownie")]
        step("Brownie", sync_brownie, brownie, made)
        browser = TOOLS / "chromium"
        step("Browser for the tests", find_browser, [ROOT / "scripts" / "browser.py"], [browser])


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Installs what Fenrun needs into this folder.")
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    for_tests = parser.parse_args().tests

    better = best_python()
    if better:
        os.execv(better, [better, *sys.argv])  # noqa: S606

    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would tread on each other's files
        LOG.write_text("")
        try:
            setup(for_tests=for_tests)
        except SetupError as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    if not shutil.which("uv") and not for_tests:
        print("  uv is not on your PATH; use .tools/bin/uv run fenrun …")
    return 0


if __name__ == "__main__":
    sys.exit(main())
