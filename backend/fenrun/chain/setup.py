"""Set-up of an installation on its chain: contracts, roles, and the deployer's farewell.

A job that may be cut short anywhere and goes on: every transaction has a key of its own, and is intended once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.chain import deploy, sender
from fenrun.chain.client import Client, hex_bytes
from fenrun.chain.contracts import Deployment
from fenrun.chain.deploy import Step, Token, contract_addresses
from fenrun.chain.gas import GAS_CAP, Call, estimate
from fenrun.chain.keys import PANEL, Keys
from fenrun.chain.models import Block, Cursor, Intent
from fenrun.kit.db import get_fact, set_fact
from fenrun.kit.errors import SetupError

FACT = "installation"
SENDING_ROLES = ("deployer", "governor", "registrar", "operator", "treasurer", "refunder", "arbiter", *PANEL)


@dataclass(frozen=True)
class Installation:
    """What an installation is, once and for all."""

    chain_id: int
    currency: str
    genesis_time: int | None
    """Unix seconds of the embedded chain's block 0; None on a chain of somebody else's."""
    deployer: str
    """Whose first transactions created the contracts."""
    attestor: str
    holders: dict[str, str]
    """Addresses by role, as they were at set-up."""
    token: Token | None = None
    """What partners can be paid in beside the bank rail."""

    @property
    def deployment(self) -> Deployment:
        """Where the contracts are."""
        return Deployment(self.chain_id, contract_addresses(self.deployer, vault=self.token is not None))


def load(session: Session) -> Installation | None:
    """The installation of this database; None when nothing was set up yet."""
    fact = get_fact(session, FACT)
    if fact is None:
        return None
    token = fact.pop("token", None)
    return Installation(**fact, token=Token(**token) if token else None)


def found(
    session: Session,
    keys: Keys,
    currency: str,
    chain_id: int,
    genesis_time: int | None,
    token: Token | None = None,
) -> Installation:
    """Writes down what this installation is: before any transaction, and once, whoever comes first."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('installation', 0))"))
    known = load(session)
    if known is not None:
        return known
    made = Installation(
        chain_id=chain_id,
        currency=currency,
        genesis_time=genesis_time,
        deployer=keys.address("deployer"),
        attestor=keys.address("attestor"),
        holders={role: keys.address(role) for role in SENDING_ROLES if role != "deployer"},
        token=token,
    )
    set_fact(session, FACT, asdict(made))
    return made


def found_on(
    client: Client, session: Session, keys: Keys, currency: str, confirmations: int, token: Token | None = None
) -> Installation:
    """As `found`, on a chain that is older than we are: the indexer begins at its present.

    Raises:
        SetupError: the deployer's key was used on this chain before, so the contracts would have other addresses.
    """
    made = found(session, keys, currency, int(client.call("eth_chainId"), 16), None, token)
    if session.get(Cursor, 1) is not None:
        return made
    used = int(client.call("eth_getTransactionCount", made.deployer, "latest"), 16)
    if used:
        raise SetupError(
            f"The deployer {made.deployer} has sent {used} transactions on this chain already; set up with fresh keys"
        )
    tip = int(client.call("eth_blockNumber"), 16)
    block = client.call("eth_getBlockByNumber", hex(max(tip - confirmations, 0)), False)
    number = int(block["number"], 16)
    session.add(
        Block(
            number=number,
            hash=hex_bytes(block["hash"]),
            parent_hash=hex_bytes(block["parentHash"]),
            timestamp=int(block["timestamp"], 16),
        )
    )
    session.add(Cursor(id=1, block_number=number, checked_block=number))
    session.flush()
    return made


def is_done(session: Session) -> bool:
    """Whether a block holds the last transaction of the set-up."""
    return session.scalar(select(Intent.state).where(Intent.key == "renounce")) == "mined"


def bind_next(session: Session, client: Client, keys: Keys, currency: str, at: int | None = None) -> bool:
    """Binds the transactions that the set-up needs next; those before them must be in blocks first.

    Args:
        at: Unix seconds of the block they are for; None for the node's own next one.

    Returns:
        Whether blocks hold all of it.

    Raises:
        SetupError: one was reverted; the chain's history cannot be mended, a new installation is needed.
    """
    if is_done(session):
        return True
    deployer = keys.address("deployer")
    holders = {role: keys.address(role) for role in SENDING_ROLES if role != "deployer"}
    installation = load(session)
    token = installation.token if installation else None
    # Another payer's wallet approves the vault by itself.
    approvals = [deploy.approval(deployer, token)] if token and token.payer == holders["treasurer"] else []
    phases: Sequence[tuple[list[Step], int | None]] = (
        # What does not exist yet cannot be asked for an estimate of what calls it.
        (deploy.creations(deployer, keys.address("attestor"), currency, token), GAS_CAP // 2),
        ([*deploy.grants(deployer, holders, vault=token is not None), *approvals], None),
        ([deploy.renunciation(deployer)], None),
    )
    for steps, gas in phases:
        states = _states(session, [step.key for step in steps])
        reverted = next((key for key, state in states.items() if state == "reverted"), None)
        if reverted is not None:
            raise SetupError(f"The set-up's transaction {reverted} was reverted; begin anew with fresh keys")
        for step in steps:
            if step.key not in states:
                call = Call(step.key, keys.address(step.role), step.to, step.data)
                sender.bind(session, call, gas or estimate(client, call, "AccessManager", at))
        if len(states) < len(steps) or set(states.values()) != {"mined"}:
            return False
    return True


def _states(session: Session, keys: list[str]) -> dict[str, str]:
    intents = session.scalars(select(Intent).where(Intent.key.in_(keys)))
    return {intent.key: intent.state for intent in intents}
