"""A replayed slice of real orders, opened in this process, and a client of its API."""

import datetime as dt
import fcntl
import json
import os
import subprocess
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.backend.happenings import eventful
from tests.backend.people import ORIGIN, People
from tests.conftest import fenrun, summary_of
from tests.worlds import slice_of_cdnow

from fenrun.api import create_app
from fenrun.demo import run as demo_run
from fenrun.instance import Instance
from fenrun.kit import migrations, postgres
from fenrun.kit.db import connect
from fenrun.kit.settings import Settings


@pytest.fixture(scope="session")
def replayed(tmp_path_factory):
    """A slice that the command line replayed: folder, home, output and summary."""
    base = tmp_path_factory.mktemp("slice") / "replayed"
    # The lanes of one run share it; each has a copy, for some run it again.
    shared = Path(os.environ.get("FENRUN_SHARED") or tmp_path_factory.mktemp("shared"))
    with (shared / "replayed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "replayed").exists():
            replay(shared / "replaying").rename(shared / "replayed")
    subprocess.run(["cp", "-a", shared / "replayed", base], check=True)  # the database's files keep their owner
    return base / "scenario", base / "home", base / "out", json.loads((base / "summary.json").read_text())


def replay(base):
    """Replays a slice in a folder, and keeps the summary there."""
    folder = slice_of_cdnow(base / "scenario", orders=250)
    done = fenrun(base / "home", "demo", "--scenario", folder, "--exit", "--json", "--out", base / "out")
    (base / "summary.json").write_text(json.dumps(summary_of(done)))
    return base


@pytest.fixture(scope="session")
def people(replayed, tmp_path_factory):
    """Somebody of every role, signed in to a copy of the replayed slice. Tests that spoil a member add their own."""
    [source] = (replayed[1] / "scenarios").iterdir()
    copy = tmp_path_factory.mktemp("people") / "copy"
    subprocess.run(["cp", "-a", source, copy], check=True)  # the database's files keep their owner
    # A client within the process gets an answer when it is complete: what is live ends at once.
    settings = Settings(home=copy.parent, public_url=ORIGIN, sign_ins_per_minute=100_000, live_seconds=0)
    opened = Instance(copy, settings)
    try:
        fact = opened.fact("scenario")
        opened.start_chain(fact["genesis_time"])
        key = demo_run.sign_ins(opened).api_key
        with opened.sessions() as session:
            # Two partners who never share an order, so that whatever one sees of the other's is a leak.
            rows = session.connection().exec_driver_sql(
                "SELECT partner_number, array_agg(order_number) FROM commissions GROUP BY 1 ORDER BY count(*) DESC"
            ).all()  # fmt: skip
        rich, orders = rows[0]
        other = next(number for number, own in rows[1:] if not set(own) & set(orders))
        road = opened.road(fact["currency"])
        yield People(create_app(road, settings), road, rich, other, key)
    finally:
        opened.stop()


def open_copy(replayed, folder):
    """The replayed slice, open in this process, on a copy that may be spoiled."""
    _, home, _, _ = replayed
    [source] = (home / "scenarios").iterdir()
    copy = folder / "copy"
    subprocess.run(["cp", "-a", source, copy], check=True)  # the database's files keep their owner
    return Instance(copy, Settings(home=folder))


@pytest.fixture
def instance(replayed, tmp_path):
    opened = open_copy(replayed, tmp_path)
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def replayed_copy(replayed, tmp_path_factory):
    """For a module whose tests leave nothing behind."""
    opened = open_copy(replayed, tmp_path_factory.mktemp("copy"))
    yield opened
    opened.stop()


@pytest.fixture
def road(instance):
    """The settlement road of the replayed slice, its chain running."""
    fact = instance.fact("scenario")
    instance.start_chain(fact["genesis_time"])
    return instance.road(fact["currency"])


@pytest.fixture
def sign_ins(instance):
    return demo_run.sign_ins(instance)


@pytest.fixture
def api(road, sign_ins):
    """A client of the API that nobody has signed in with."""
    with TestClient(create_app(road)) as client:
        yield client


@pytest.fixture
def as_finance(api, sign_ins):
    login, password = sign_ins.finance
    assert api.post("/v1/session", json={"login": login, "password": password}).status_code == 200
    return api


@pytest.fixture
def as_partner(api, sign_ins):
    login, password = sign_ins.partner
    assert api.post("/v1/session", json={"login": login, "password": password}).status_code == 200
    return api


@pytest.fixture
def now():
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="session")
def books(replayed, tmp_path_factory):
    """A replayed slice whose complete months are closed, and in which then everything happened to shares that can.

    Tests take what they change back.
    """
    world = eventful(replayed[1], tmp_path_factory.mktemp("books") / "copy")
    yield world
    world.instance.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with the newest schema and nothing in it, for tests that need no chain."""
    folder = tmp_path_factory.mktemp("empty") / "pg"
    engine = connect(postgres.start(folder))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()
    postgres.stop(folder)


@pytest.fixture(scope="session")
def town(replayed, tmp_path_factory):
    """A replayed slice with a person of whom a key is kept; it is erased when a test asks for `erased`."""
    from tests.backend.erasure import open_town  # it is made of other tests' parts

    with open_town(open_copy(replayed, tmp_path_factory.mktemp("town"))) as opened:
        yield opened


@pytest.fixture(scope="session")
def erased(town):
    """The town after the person was erased."""
    from tests.backend.erasure import erase_from

    erase_from(town)
    return town
