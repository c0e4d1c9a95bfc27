"""One installation on this machine: a folder with keys, an embedded PostgreSQL and an embedded chain."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain import devnet, indexer
from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment
from fenrun.chain.deploy import contract_addresses
from fenrun.chain.keys import Keys, load_keystore, load_or_make
from fenrun.kit import migrations, postgres
from fenrun.kit.db import connect, ensure_database, get_fact, sessions
from fenrun.kit.errors import SetupError
from fenrun.kit.settings import Settings
from fenrun.settlement.tasks import Road

SENDING_ROLES = ("deployer", "governor", "registrar", "operator", "treasurer")


class Instance:
    """Opens the folder, the database and the chain; `stop` ends them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder / "lock")
        try:
            self.keys: Keys = _keys(folder, settings)
        except SetupError:
            self._lock.close()
            raise
        self._devnet = devnet.Devnet(folder)
        self.engine: Engine = _connect(folder, settings)
        migrations.upgrade(self.engine)
        self.sessions: sessionmaker[Session] = sessions(self.engine)
        self.client: Client | None = None

    def fact(self, name: str) -> dict[str, object] | None:
        """A stored fact, read in a transaction of its own."""
        with self.sessions() as session:
            return get_fact(session, name)

    def start_chain(self, genesis_time: int) -> Client:
        """Starts or joins the chain, and makes again what the database knows and the chain lacks."""
        funded = [self.keys.address(role) for role in SENDING_ROLES]
        if self.client is not None:
            self.client.close()
        url, _ = self._devnet.start(funded, genesis_time)
        client = self.client = Client(url)
        tip = int(client.call("eth_blockNumber"), 16)
        with self.sessions() as session:
            missing = indexer.stored_chain(session, above=tip)
        devnet.rebuild(client, tip, missing)
        return client

    def road(self, currency: str) -> Road:
        """The settlement road over this installation's own contracts. The chain must run."""
        assert self.client is not None
        return Road(
            engine=self.engine,
            sessions=self.sessions,
            client=self.client,
            keys=self.keys,
            deployment=Deployment(devnet.CHAIN_ID, contract_addresses(self.keys.address("deployer"))),
            currency=currency,
            confirmations=self.settings.confirmations,
            batch_orders=self.settings.batch_orders,
        )

    def credentials(self) -> dict[str, str]:
        """Passwords and keys to sign in with, made once and kept where only the owner reads."""
        path = self.folder / "credentials.json"
        if not path.exists():
            content = {
                "finance": secrets.token_urlsafe(9),
                "partner": secrets.token_urlsafe(9),
                "api_key": "frk_" + secrets.token_urlsafe(24),
            }
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(content, file)
        loaded: dict[str, str] = json.loads(path.read_text())
        return loaded

    def stop(self) -> None:
        """Ends the chain and the database server, and lets go."""
        if self.client is not None:
            self.client.close()
        self._devnet.stop()
        self.engine.dispose()
        if self.settings.database_url is None:
            postgres.stop((self.folder / "pg").resolve())
        self._lock.close()


@contextmanager
def open_database(folder: Path, settings: Settings) -> Iterator["sessionmaker[Session]"]:
    """An installation's database alone, beside the processes that run it or without them.

    Raises:
        SetupError: there is no installation in the folder.
    """
    if not folder.is_dir():
        raise SetupError(f"There is no installation in {folder} yet: run `fenrun demo` first")
    try:
        lock: IO[str] | None = _lock(folder / "lock")
    except SetupError:
        lock = None  # somebody runs it, the database server too
    engine = _connect(folder, settings)
    try:
        if lock is not None:
            migrations.upgrade(engine)
        yield sessions(engine)
    finally:
        engine.dispose()
        if lock is not None:
            if settings.database_url is None:
                postgres.stop((folder / "pg").resolve())
            lock.close()


def _connect(folder: Path, settings: Settings) -> Engine:
    """The embedded server, or a database of this installation's own on the server that was given."""
    given = settings.database_url
    if given is None:
        return connect(postgres.start((folder / "pg").resolve()))
    return connect(ensure_database(given.get_secret_value(), f"fenrun_{folder.name}"))


def _keys(folder: Path, settings: Settings) -> Keys:
    """The operator's keystore, or plain keys that are made here."""
    if settings.keystore is not None:
        return load_keystore(settings.keystore, settings.password_of_keystore())
    return load_or_make(folder / "keys.json")


def _lock(path: Path) -> IO[str]:
    """Holds a folder for this process; a killed process lets go of it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise SetupError(f"Another fenrun uses {path.parent}; end it first, or choose another FENRUN_HOME") from error
    return file
