"""The audit: everything again from the chain's logs alone, compared with contract, books and payments.

It shares nothing with the indexer but the decoding of a log: it fetches the logs anew, checks that none is missing,
reckons every share by the published plans, and keeps its own balances.
"""

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.codec import Ints, Leaves, merkle_root
from fenrun.chain.contracts import VAULT, Deployment, artifact, first_head, next_head
from fenrun.chain.indexer import height
from fenrun.chain.verification import read_heads
from fenrun.ledger import repository as ledger_repository
from fenrun.plans.split import Terms
from fenrun.settlement import audit_books, audit_tables, audit_vault
from fenrun.settlement.audit_accounts import Accounts
from fenrun.settlement.audit_orders import OrderAudit
from fenrun.settlement.audit_vault import VaultRecord
from fenrun.settlement.models import Audit

LEDGER = "SettlementLedger"
_PAGE_BLOCKS = 100


@dataclass
class Check:
    """One promise: how many things were compared, how many differ, and the first that does.

    `erased` are those of which a part could not be compared, because it was keyed for somebody who was erased.
    """

    name: str
    compared: int = 0
    differences: int = 0
    first_difference: str | None = None
    erased: int = 0

    def compare(self, what: str, expected: object, found: object) -> None:
        """Compares one thing."""
        self.compared += 1
        if expected != found:
            self.differences += 1
            if self.first_difference is None:
                self.first_difference = f"{what}: expected {expected}, found {found}"

    def compare_rows(self, what: str, keys: Ints, expected: Ints, found: Ints) -> None:
        """Compares two tables of numbers, row by row."""
        self.compared += len(keys)
        wrong = np.flatnonzero((expected != found).any(axis=1))
        self.differences += len(wrong)
        if len(wrong) and self.first_difference is None:
            first = int(wrong[0])
            pair = f"expected {tuple(expected[first].tolist())}, found {tuple(found[first].tolist())}"
            self.first_difference = f"{what} {keys[first]}: {pair}"

    def compare_all(self, what: str, expected: Mapping[Any, object], found: Mapping[Any, object]) -> None:
        """Compares two maps, key by key, in the order of the keys."""
        for key in sorted(expected.keys() | found.keys()):
            self.compare(f"{what} {key}", expected.get(key), found.get(key))


class Attribution(NamedTuple):
    """Who earned a customer from a moment on, and until another (zero for no end)."""

    referrer: int
    implementer: int
    trainer: int
    plan: int
    since: int
    until: int


NOBODY = Attribution(0, 0, 0, 0, 0, 0)


@dataclass
class Rebuilt:
    """What the logs say, and nothing else."""

    terms: dict[int, Terms] = field(default_factory=dict)
    referrals: dict[bytes, list[Attribution]] = field(default_factory=lambda: defaultdict(list))
    """By customer, one after the other."""
    accounts: Accounts = field(default_factory=Accounts)
    roots: dict[int, bytes] = field(default_factory=dict)
    partners: int = 0
    ledger_heads: dict[int, bytes] = field(default_factory=dict)
    posted_to: int = 0
    """The last log that is in the journal; later ones are not final yet."""
    posted: dict[str, dict[int, int]] = field(default_factory=dict)
    """What the books should show after that log, by kind of account and partner."""
    vault: VaultRecord = field(default_factory=VaultRecord)
    returned: int = 0
    """What the bank had sent back by then."""


def snapshot(factory: "sessionmaker[Session]", engine: Engine) -> Session:
    """A session that sees one moment of the database, whatever the indexer writes meanwhile."""
    return factory(bind=engine.execution_options(isolation_level="REPEATABLE READ"))


def run(session: Session, client: Client, deployment: Deployment, reference_key: bytes) -> dict[str, Any]:
    """Runs every check, as of the last block that was read; stores the result and names the first difference.

    The session should see one moment of the database: see `snapshot`.
    """
    started = time.monotonic()
    complete, rules, roots = Check("logs_complete"), Check("shares_follow_plans"), Check("roots")
    through = OrderAudit(session, reference_key, rules, Check("orders"), Check("commissions"))
    # What the tables know, and no more: a block that came a moment ago is the next audit's.
    tip = client.call("eth_getBlockByNumber", hex(max(height(session), 0)), False)
    rebuilt = Rebuilt(posted_to=ledger_repository.last_transaction(session)[0])
    _replay_logs(client, deployment, tip, rebuilt, complete, roots, through)
    through.finish()
    checks = [
        complete,
        rules,
        roots,
        *_against_contract(client, deployment, tip["hash"], rebuilt),
        through.orders,
        through.legs,
        *audit_tables.checks(session, rebuilt, reference_key),
        *audit_vault.checks(session, client, deployment, tip, rebuilt),
        *audit_books.checks(session, Check, rebuilt.ledger_heads, rebuilt.returned),
    ]
    result = {
        "ok": not any(check.differences for check in checks),
        "seconds": round(time.monotonic() - started, 3),
        "block_number": int(tip["number"], 16),
        "checks": [{**asdict(check), "ok": check.differences == 0} for check in checks],
    }
    audit = Audit(ok=result["ok"], result=result)
    session.add(audit)
    session.flush()
    session.refresh(audit)
    return {"ran_at": audit.ran_at.astimezone(dt.UTC).isoformat(), **result}


# --- From the logs ------------------------------------------------------------------------------------


def _replay_logs(
    client: Client,
    deployment: Deployment,
    tip: dict[str, Any],
    rebuilt: Rebuilt,
    complete: Check,
    roots: Check,
    through: OrderAudit,
) -> None:
    heads = {name: (0, first_head(deployment.chain_id, deployment.addresses[name])) for name in deployment.journals}
    for name, seq, topic, data in _logs(client, deployment, int(tip["number"], 16)):
        last, head = heads[name]
        complete.compare(f"{name} log number", last + 1, seq)
        heads[name] = (seq, next_head(head, seq, topic, data))
        if name == LEDGER:
            rebuilt.ledger_heads[seq] = heads[name][1]
        event = artifact(name).event_names[topic]
        fields = artifact(name).event(event, data)
        if event == "BatchSettled":
            roots.compare(f"root of batch {fields['batchId']}", fields["root"], merkle_root(fields["leaves"]))
            rebuilt.roots[fields["batchId"]] = fields["root"]
            leaves = Leaves(fields["leaves"])
            if len(leaves):
                through.take_in(leaves, rebuilt)
                rebuilt.accounts.settle(leaves)
        elif name == LEDGER:
            known = rebuilt.accounts.take_in(seq, event, fields)
            complete.compare(f"{name} log {seq}, {event}, is understood", expected=True, found=known)
        elif name == VAULT:
            rebuilt.vault.take_in(seq, event, fields)
        else:
            take_in(event, fields, rebuilt)
        if name == LEDGER and seq == rebuilt.posted_to:
            rebuilt.posted, rebuilt.returned = rebuilt.accounts.by_kind(), rebuilt.accounts.returned
    on_chain = read_heads(client, deployment, tip["hash"])
    for name, state in heads.items():
        complete.compare(f"head of {name}", _shown(on_chain.get(name, (0, b""))), _shown(state))


def _logs(client: Client, deployment: Deployment, tip: int) -> Iterable[tuple[str, int, bytes, bytes]]:
    addresses = [deployment.addresses[name] for name in deployment.journals]
    for start in range(0, tip + 1, _PAGE_BLOCKS):
        end = min(start + _PAGE_BLOCKS - 1, tip)
        window = {"fromBlock": hex(start), "toBlock": hex(end), "address": addresses}
        for raw in client.call("eth_getLogs", window):
            name = deployment.name_of(raw["address"])
            # OpenZeppelin's own logs have one topic; ours have two, the second being the number.
            if name is not None and len(raw["topics"]) == 2:
                yield (
                    name,
                    int(raw["topics"][1], 16),
                    hex_bytes(raw["topics"][0]),
                    hex_bytes(raw["data"]),
                )


def take_in(event: str, fields: dict[str, Any], rebuilt: Rebuilt) -> None:
    """Takes in a log of a registry."""
    match event:
        case "PartnersRegistered":
            rebuilt.partners = fields["firstId"] + len(fields["partners"]) - 1
        case "PlanPublished":
            _, thresholds, new, renewal, hold = fields["terms"]
            rebuilt.terms[fields["planId"]] = Terms(
                tuple(thresholds), hold, tuple(map(tuple, new)), tuple(map(tuple, renewal))
            )
        case "ReferralsRegistered":
            for key, *attribution in fields["referrals"]:
                rebuilt.referrals[bytes(key)].append(Attribution(*attribution))
        case "ReferralClaimed":
            key, *attribution = fields["referral"]
            rebuilt.referrals[bytes(key)].append(Attribution(*attribution))
        case "ReferralReassigned":
            attribution, version = _referral_word(fields["to"])
            # One that has not begun is replaced.
            rebuilt.referrals[bytes(fields["customerKey"])][version:] = [attribution]


def _referral_word(word: int) -> tuple[Attribution, int]:
    """An attribution and its version, by the layout of `contracts/libraries/ReferralWord.sol`."""
    values, at = [], 0
    for width in (32, 32, 32, 24, 40, 40):
        values.append(word >> at & (1 << width) - 1)
        at += width
    return Attribution(*values), word >> at + 1 & 0xFFFF


def in_force(attributions: list[Attribution], moment: int) -> Attribution:
    """The attribution in whose time a moment is."""
    for attribution in reversed(attributions):
        if attribution.since <= moment:
            return attribution if moment < attribution.until or not attribution.until else NOBODY
    return NOBODY


# --- Against the contract -----------------------------------------------------------------------------


def _against_contract(client: Client, deployment: Deployment, block_hash: str, rebuilt: Rebuilt) -> list[Check]:
    held, balances = Check("held_on_chain"), Check("balances_on_chain")
    accounts = rebuilt.accounts
    buckets = sorted(key for key in accounts.held if key[0])
    for (partner, day), result in zip(buckets, _view(client, deployment, block_hash, "heldOf", buckets), strict=True):
        held.compare(f"held for partner {partner} until day {day}", accounts.held[partner, day], result[0])
    partners = range(1, rebuilt.partners + 1)
    views = _view(client, deployment, block_hash, "balanceOf", [(number,) for number in partners])
    for partner, (available, debt, frozen) in zip(partners, views, strict=True):
        balances.compare(f"available to partner {partner}", accounts.available[partner], available)
        balances.compare(f"debt of partner {partner}", accounts.debt[partner], debt)
        balances.compare(f"frozen for partner {partner}", accounts.frozen[partner], frozen)
    return [held, balances]


def _view(
    client: Client, deployment: Deployment, block_hash: str, function: str, arguments: list[Any]
) -> Iterable[tuple[Any, ...]]:
    ledger = artifact(LEDGER)
    at = {"blockHash": block_hash}
    calls: list[Call] = [
        (
            "eth_call",
            [{"to": deployment.addresses[LEDGER], "data": to_hex(ledger.call(function, *args))}, at],
        )
        for args in arguments
    ]
    for result in client.batch(calls):
        yield ledger.result(function, hex_bytes(result))


def _shown(state: tuple[int, bytes]) -> str:
    return f"{state[0]} {state[1].hex()}"
