"""One installation: a folder with keys, a database and a chain, embedded ones or those that settings name."""

import datetime as dt
import fcntl
import json
import os
import secrets
import time
from pathlib import Path
from typing import IO

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain import devnet, indexer, setup
from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment
from fenrun.chain.deploy import Token, contract_addresses
from fenrun.chain.errors import WrongChainError
from fenrun.chain.keys import Keys, load_keystore, load_or_make
from fenrun.chain.sender import Fees
from fenrun.chain.setup import SENDING_ROLES, Installation
from fenrun.chain.token import read_token
from fenrun.compliance import rules_service
from fenrun.kit import migrations, postgres
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.db import connect, ensure_database, get_fact, sessions
from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency
from fenrun.kit.settings import Settings
from fenrun.kit.storage import Store
from fenrun.privacy.restoring import give_keys
from fenrun.settlement.projection import bring_up_to_date
from fenrun.settlement.tasks import Road

_CLOCK_BEHIND_SECONDS = 3 * 86_400
"""How far back an embedded chain begins: the governor's delay fits between, so that the first plans need not wait."""


class Instance:
    """Opens the folder, the database and the chain; `stop` ends what was started here.

    With `joins`, the embedded servers are somebody else's: they must run, and are left running. Only with `migrates`
    is the schema brought up to date.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        joins: bool = False,
        migrates: bool = True,
        shares_server: bool = True,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self._joins, self._migrates = joins, migrates
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = None if joins else _lock(folder / "lock")
        self._devnet = devnet.Devnet(folder)
        self.client: Client | None = None
        try:
            self.engine: Engine = self._connect(shares_server)
        except Exception:
            if self._lock is not None:
                self._lock.close()
            raise
        try:
            if migrates:
                migrations.upgrade(self.engine)
            elif waiting := migrations.pending(self.engine):
                raise SetupError(f"The database lacks {', '.join(waiting)}: run `fenrun migrate`")
            self.sessions: sessionmaker[Session] = sessions(self.engine)
            self.keys: Keys = self._load_keys(folder / "keys.json")
            if migrates:
                with self.sessions.begin() as session:
                    give_keys(session, self.keys.reference_key)
        except Exception:
            self.stop()
            raise

    def _connect(self, shares_server: bool) -> Engine:
        """The embedded server, the database that was given, or one of this installation's own on its server."""
        given = self.settings.database_url
        if given is not None:
            address = given.get_secret_value()
            return connect(ensure_database(address, f"fenrun_{self.folder.name}") if shares_server else address)
        data = (self.folder / "pg").resolve()
        if not self._joins:
            return connect(postgres.start(data))
        url = postgres.running(data)
        if url is None:
            raise SetupError("The embedded database does not run: start `fenrun up`, or set FENRUN_DATABASE_URL")
        return connect(url)

    def _load_keys(self, path: Path) -> Keys:
        """The operator's keystore, or plain keys that are made here."""
        if self.settings.keystore is not None:
            return load_keystore(self.settings.keystore, self.settings.password_of_keystore())
        if not path.exists() and self.fact(setup.FACT) is not None:
            raise SetupError(f"{path} is missing; copy it from where this installation was set up")
        return load_or_make(path)

    def fact(self, name: str) -> dict[str, object] | None:
        """A stored fact, read in a transaction of its own."""
        with self.sessions() as session:
            return get_fact(session, name)

    @property
    def currency(self) -> str:
        """ISO 4217 code of the currency in which the books are kept.

        Raises:
            SetupError: nothing was set up.
        """
        installation = self.installation()
        if installation is not None:
            return installation.currency
        fact = self.fact("scenario")
        if fact is None:
            raise SetupError("Nothing is set up here yet: start `fenrun up`, or run `fenrun demo`")
        return str(fact["currency"])

    # --- A real installation --------------------------------------------------------------------------

    def installation(self) -> Installation | None:
        """What was set up here; None when nothing was.

        Raises:
            SetupError: the keys in the folder are another installation's.
        """
        with self.sessions() as session:
            found = setup.load(session)
        if found is not None and found.deployer != self.keys.address("deployer"):
            raise SetupError(
                f"{self.folder / 'keys.json'} holds other keys than this database was set up with "
                f"(deployer {found.deployer}); copy the right file there"
            )
        return found

    def found(self) -> Installation:
        """Writes down what this installation is, if that was not done; nothing goes on chain yet."""
        known = self.installation()
        if known is not None:
            return known
        code = self.settings.currency
        currency = Currency.of(code)
        if currency is None:
            raise SetupError(f"FENRUN_CURRENCY: “{code}” is no ISO 4217 code, such as CNY")
        if self.settings.rpc_url is None:
            if self.settings.token is not None:
                raise SetupError("FENRUN_TOKEN names a token, and the embedded chain has none; set FENRUN_RPC_URL too")
            with self.sessions.begin() as session:
                genesis = int(time.time()) - _CLOCK_BEHIND_SECONDS
                return setup.found(session, self.keys, code, devnet.CHAIN_ID, genesis)
        client = Client(self.settings.rpc_url.get_secret_value())
        try:
            token = self._token(client, currency)
            with self.sessions.begin() as session:
                return setup.found_on(client, session, self.keys, code, self.settings.confirmations, token)
        finally:
            client.close()

    def _token(self, client: Client, currency: Currency) -> Token | None:
        if self.settings.token is None:
            return None
        payer = self.settings.token_payer or self.keys.address("treasurer")
        return read_token(client, self.settings.token, payer, currency)

    def open_road(self, installation: Installation, *, check: bool = True) -> Road:
        """The road of a real installation, over its chain, which is started, joined or connected to.

        Args:
            check: Whether the node must answer, and be of the right chain. What never asks it can do without.

        Raises:
            SetupError: the embedded chain does not run, and is not ours to start.
            WrongChainError: the node is another chain's.
        """
        if installation.genesis_time is not None and not self._joins:
            self.start_chain(installation.genesis_time)
        else:
            self.client = Client(self._node(installation))
        assert self.client is not None
        found = int(self.client.call("eth_chainId"), 16) if check else installation.chain_id
        if found != installation.chain_id:
            raise WrongChainError(
                f"The node is of chain {found}, and this installation's contracts are on chain "
                f"{installation.chain_id}; correct FENRUN_RPC_URL"
            )
        return self._road(
            installation.deployment, installation.currency, installation.genesis_time is not None, installation.token
        )

    def _node(self, installation: Installation) -> str:
        if installation.genesis_time is None:
            if self.settings.rpc_url is None:
                raise SetupError(f"Set FENRUN_RPC_URL to a node of chain {installation.chain_id}")
            return self.settings.rpc_url.get_secret_value()
        if self.settings.rpc_url is not None:
            raise SetupError("This installation is on its embedded chain, and FENRUN_RPC_URL is set; unset it")
        url = self._devnet.address()
        if url is None:
            raise SetupError("The embedded chain does not run: start `fenrun up`")
        return url

    def revive_database(self) -> None:
        """Starts the embedded database again when it is gone."""
        if self.settings.database_url is None:
            postgres.start((self.folder / "pg").resolve())

    def revive_chain(self, genesis_time: int) -> bool:
        """Starts the embedded chain again when it is gone; returns whether it was."""
        if self._devnet.running() is not None:
            return False
        self.start_chain(genesis_time)
        return True

    # --- The embedded chain ---------------------------------------------------------------------------

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
        """The settlement road over this installation's own contracts on the embedded chain, which must run."""
        return self._road(
            Deployment(devnet.CHAIN_ID, contract_addresses(self.keys.address("deployer"))), currency, mines=True
        )

    def _road(self, deployment: Deployment, currency: str, mines: bool, token: Token | None = None) -> Road:
        assert self.client is not None
        if self._migrates:
            with self.sessions.begin() as session:
                bring_up_to_date(session, currency, token)
                rules_service.install_shipped(session, dt.datetime.now(dt.UTC))
        return Road(
            engine=self.engine,
            sessions=self.sessions,
            client=self.client,
            keys=self.keys,
            deployment=deployment,
            currency=currency,
            token=token,
            confirmations=self.settings.confirmations,
            batch_orders=self.settings.batch_orders,
            hours=BusinessHours.of(self.settings.business_zone, self.settings.business_hours),
            files=Store.of(self.settings.storage, self.folder),
            mines=mines,
            webhooks_internal=self.settings.webhooks_internal,
            fees=Fees(self.settings.max_fee_gwei and self.settings.max_fee_gwei * 10**9, self.settings.stuck_seconds),
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
        """Ends the servers that were started here, and lets go."""
        if self.client is not None:
            self.client.close()
        self.engine.dispose()
        if self._lock is None:
            return
        self._devnet.stop()
        if self.settings.database_url is None:
            postgres.stop((self.folder / "pg").resolve())
        self._lock.close()


def real(settings: Settings, *, joins: bool = True, migrates: bool = False) -> Instance:
    """The real installation of this home.

    Raises:
        SetupError: the database is not there, or its schema is older than this program's.
    """
    try:
        return Instance(settings.home / "main", settings, joins=joins, migrates=migrates, shares_server=False)
    except OperationalError as error:
        raise SetupError(f"FENRUN_DATABASE_URL: {str(error.orig).strip()}") from error


def _lock(path: Path) -> IO[str]:
    """Holds a folder for this process; a killed process lets go of it."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise SetupError(f"Another fenrun uses {path.parent}; end it first, or choose another FENRUN_HOME") from error
    return file
