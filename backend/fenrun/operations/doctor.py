"""`fenrun doctor`: looks at everything that an installation needs; each finding is well, or says what to do."""

import datetime as dt
import importlib.metadata
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fenrun.chain import deploy, setup
from fenrun.chain.client import Call, Client, to_hex
from fenrun.chain.contracts import VAULT, artifact
from fenrun.chain.deploy import Token
from fenrun.chain.gas import GAS_CAP
from fenrun.chain.keys import Keys
from fenrun.chain.setup import Installation
from fenrun.chain.token import allowance, balance_of
from fenrun.instance import Instance, real
from fenrun.kit.errors import FenrunError, SetupError
from fenrun.kit.settings import Settings
from fenrun.mail import repository as mail
from fenrun.mail.sending import Server
from fenrun.operations import repository
from fenrun.operations.service import Finding, readiness

LEAST_DISK_BYTES = 2 * 1024**3
MOST_SKEW_SECONDS = 30
_STUCK_SECONDS = 600
_MIN_POSTGRES = 14
_TRANSACTIONS_AHEAD = 20


def examine(settings: Settings) -> list[Finding]:
    """Every finding; later ones are left out where earlier ones make them impossible."""
    found = [
        Finding("versions", ok=True, detail=f"fenrun {importlib.metadata.version('fenrun')}, "
                f"Python {platform.python_version()}"),
        _disk(settings),
    ]  # fmt: skip
    try:
        instance = real(settings)
    except (FenrunError, SQLAlchemyError) as error:
        detail = error.detail if isinstance(error, FenrunError) else str(error).partition("\n")[0]
        return [*found, Finding("database", ok=False, detail=detail)]
    try:
        return found + list(_of_installation(instance))
    finally:
        instance.stop()


def _of_installation(instance: Instance) -> Iterator[Finding]:
    with instance.sessions() as session:
        version = int(session.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        skew = repository.clock(session) - time.time()
    yield Finding("database", version >= _MIN_POSTGRES, f"PostgreSQL {version}, no migration is pending")
    yield _skew("clock of the database", skew)
    installation = instance.installation()
    if installation is None:
        yield Finding("installation", ok=False, detail="Nothing is set up: start `fenrun up` or `fenrun worker`")
        return
    try:
        road = instance.open_road(installation)
        yield Finding("node", ok=True, detail=f"Chain {installation.chain_id}, as set up")
        yield from _of_chain(road.client, instance.keys, installation)
    except FenrunError as error:
        yield Finding("node", ok=False, detail=error.detail)
        return
    yield from _of_work(instance, road.client.another)


def _of_chain(client: Client, keys: Keys, installation: Installation) -> Iterator[Finding]:
    latest = client.call("eth_getBlockByNumber", "latest", False)
    if installation.genesis_time is None:
        yield _skew("clock of the chain", min(int(latest["timestamp"], 16) - time.time(), 0) / 20)
    addresses = installation.deployment.addresses
    codes = client.batch([("eth_getCode", [address, "latest"]) for address in addresses.values()])
    missing = [name for name, code in zip(addresses, codes, strict=True) if code == "0x"]
    if missing:
        yield Finding(
            "contracts", ok=False, detail=f"Not there: {', '.join(missing)}; is the set-up done (a worker does it)?"
        )
        return
    yield Finding("contracts", ok=True, detail=f"{len(addresses)} at their addresses")
    yield _roles(client, installation)
    if installation.token is not None:
        yield _payer(client, installation.token, addresses[VAULT])
    yield from _balances(client, keys, installation.holders, latest)


def _roles(client: Client, installation: Installation) -> Finding:
    manager, at = artifact("AccessManager"), installation.deployment.addresses["AccessManager"]
    holders = {**installation.holders, "ledger": installation.deployment.addresses["SettlementLedger"],
               "court": installation.deployment.addresses["DisputeCourt"]}  # fmt: skip
    if installation.deployment.vault is not None:
        holders["vault"] = installation.deployment.vault
    asked = [(role, deploy.role_number(role), holder, True) for role, holder in holders.items()]
    asked.append(("administrator: the deployer", 0, installation.deployer, False))
    calls: list[Call] = [
        ("eth_call", [{"to": at, "data": to_hex(manager.call("hasRole", number, holder))}, "latest"])
        for _, number, holder, _ in asked
    ]
    wrong = []
    for (role, _, _, expected), answer in zip(asked, client.batch(calls), strict=True):
        has, delay = manager.result("hasRole", bytes.fromhex(answer[2:]))
        late = role == "governor" and delay != deploy.GOVERNING_DELAY_SECONDS
        if has is not expected or late:
            wrong.append(role)
    detail = f"Not as set up: {', '.join(wrong)}; grant or revoke them with the governor's key" if wrong else ""
    return Finding("roles", not wrong, detail or f"{len(holders)} granted, and the deployer keeps none")


def _payer(client: Client, token: Token, vault: str) -> Finding:
    has, lets = balance_of(client, token.address, token.payer), allowance(client, token.address, token.payer, vault)
    detail = f"{token.payer} has {has} units of the token {token.address}, of which the vault may collect {lets}"
    if min(has, lets) > 0:
        return Finding("payer of the vault", ok=True, detail=detail)
    remedy = f"approve {vault} with its wallet" if has else "send it tokens"
    return Finding("payer of the vault", ok=False, detail=f"{detail}; orders wait: {remedy}")


def _balances(client: Client, keys: Keys, holders: Iterable[str], latest: dict[str, str]) -> Iterator[Finding]:
    fee = int(latest.get("baseFeePerGas") or "0x0", 16) * 2
    need = fee * GAS_CAP * _TRANSACTIONS_AHEAD
    roles = list(holders)
    for role, answer in zip(
        roles, client.batch([("eth_getBalance", [keys.address(role), "latest"]) for role in roles]), strict=True
    ):
        has = int(answer, 16)
        if has < need:
            detail = (
                f"{keys.address(role)} has {has} wei; {_TRANSACTIONS_AHEAD} large transactions cost {need}: send more"
            )
            yield Finding(f"coin of the {role}", ok=False, detail=detail)
        else:
            yield Finding(f"coin of the {role}", ok=True, detail=f"{has} wei")


def _of_work(instance: Instance, new_client: Callable[[], Client]) -> Iterator[Finding]:
    yield from (f for f in readiness(instance.sessions, new_client) if f.name in ("indexer", "audit"))
    with instance.sessions() as session:
        done = setup.is_done(session)
        progress = repository.progress(session)
        given_up = repository.given_up(session)
        failures = repository.failures(session)
        waiting = repository.open_intents(session)
        now = repository.clock(session)
        letters = mail.queue(session, dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    yield Finding("set-up", done, "Done" if done else "Not done yet: a worker does it; see its log")
    behind = progress.logs - progress.sealed
    yield Finding(
        "journal", behind < 10_000, f"{behind} logs are not posted yet" + ("; does a worker run?" if behind else "")
    )
    wrong = [
        f"{intent.waiting} of {intent.signer} wait, the oldest for {intent.seconds:.0f} seconds: see the sender's log"
        for intent in waiting
        if intent.seconds > _STUCK_SECONDS
    ]
    wrong += [f"{key} was reverted and given up: see the worker's log" for key in given_up]
    yield Finding("transactions", not wrong, "; ".join(wrong) or "None is stuck, none was given up")
    yield _mail(instance.settings, letters)
    recent = [f for f in failures if now - f.last_at.timestamp() < 600]
    yield Finding("worker", not recent, "; ".join(f"{f.role}: {f.detail}" for f in recent) or "No step failed lately")


def _mail(settings: Settings, letters: mail.Queue) -> Finding:
    try:
        server = Server.of(settings)
    except SetupError as error:
        return Finding("mail", ok=False, detail=error.detail)
    if server is None:
        detail = f"FENRUN_SMTP_URL is not set: {letters.waiting} letters wait until it is"
        return Finding("mail", letters.waiting == 0, detail)
    detail = f"{server.host}:{server.port}; {letters.waiting} letters wait, {letters.failed} failed in a day"
    if letters.reason is not None:
        detail += f"; the last that did not go: {letters.reason}"
    return Finding("mail", letters.failed == 0, detail)


def _disk(settings: Settings) -> Finding:
    folder = settings.home if settings.home.exists() else settings.home.absolute().parent
    free = shutil.disk_usage(folder).free
    return Finding("disk", free > LEAST_DISK_BYTES, f"{free // 1024**2:,} MiB are free where FENRUN_HOME is")


def _skew(name: str, seconds: float) -> Finding:
    well = abs(seconds) <= MOST_SKEW_SECONDS
    return Finding(name, well, f"{seconds:+.1f} seconds against ours" + ("" if well else ": set the clocks by NTP"))
