"""What every lane uses: real servers, in folders of their own, ended by id."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def fenrun(home, *arguments, timeout=600, check=True):
    """Runs the command line in its own process; returns the finished process."""
    done = subprocess.run(
        [sys.executable, "-m", "fenrun", *map(str, arguments)],
        env={**os.environ, "FENRUN_HOME": str(home), "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stderr[-4000:]
    return done


def empty(session, tables):
    """Empties tables and all that refers to them. The triggers that keep what is append-only look away meanwhile."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(f"TRUNCATE {tables} CASCADE"))
    session.execute(text("SET LOCAL session_replication_role = origin"))


def summary_of(done):
    """The JSON object on the last line of what the demo printed."""
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def today():
    return dt.datetime.now(dt.UTC).date()
