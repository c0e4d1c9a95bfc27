"""An installation on a PostgreSQL server of one's own."""

from sqlalchemy import text
from tests.conftest import ROOT, fenrun, summary_of
from tests.worlds import random_world

from fenrun.kit import postgres
from fenrun.kit.db import connect


def test_a_server_of_ones_own(tmp_path, monkeypatch):
    url = postgres.start(tmp_path / "server")
    try:
        monkeypatch.setenv("FENRUN_DATABASE_URL", url)
        folder = random_world(tmp_path / "world", seed=7, orders=30)
        done = fenrun(tmp_path / "home", "demo", "--scenario", folder, "--exit", "--json")
        assert summary_of(done)["audit_ok"] is True
        [home] = (tmp_path / "home" / "scenarios").iterdir()
        assert not (home / "pg").exists()
        engine = connect(url)
        with engine.connect() as connection:
            names = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
        engine.dispose()
        assert f"fenrun_{home.name}" in names
    finally:
        postgres.stop(tmp_path / "server")


def test_keys_and_credentials_are_the_owners_alone(replayed):
    _, home, _, _ = replayed
    [folder] = (home / "scenarios").iterdir()
    assert (folder / "keys.json").stat().st_mode & 0o077 == 0
    assert not any(path.name == "keys.json" for path in ROOT.glob("examples/**/*"))
