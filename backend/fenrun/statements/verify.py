"""A statement against the chain: needs a node, and nothing of our server or database.

Reads every log of the ledger, knows that none is missing, rebuilds the partner's month (`rebuild`), and compares order
by order, movement by movement. So it finds also what the statement leaves out.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fenrun.chain.client import Call, Client, hex_bytes, to_hex
from fenrun.chain.codec import KINDS, merkle_root
from fenrun.chain.contracts import artifact
from fenrun.chain.errors import RpcError
from fenrun.kit.calendar import day_of, first_of_next_month, start_of
from fenrun.plans.split import ROLES, Terms
from fenrun.statements import check as offline
from fenrun.statements import ledger_logs
from fenrun.statements.check import Check, compare_movements, expected_movements, order_name, stated_movement
from fenrun.statements.checkpoint import ACCOUNTS
from fenrun.statements.errors import CheckError
from fenrun.statements.ledger_logs import VerifiedChain, VerifiedLog
from fenrun.statements.rebuild import Rebuilt, SettledOrder, rebuild
from fenrun.statements.schemas import Statement, StatementLog, StatementOrder

LEDGER, PLANS, CHECKPOINTS = "SettlementLedger", "PlanRegistry", "CheckpointRegistry"


@dataclass
class Report:
    """What was checked, against which ledger, and what is wrong first."""

    checks: list[Check]
    ledger: str
    chain_id: int
    block_number: int | None = None
    """Up to which block the chain was read; None when it was not."""
    notes: list[str] = field(default_factory=list)
    what: str = "statement"

    @property
    def wrong(self) -> str | None:
        """The first thing that is wrong, in words."""
        return next((check.wrong for check in self.checks if check.wrong), None)


def by_itself(statement: Statement) -> Report:
    """The checks that need no chain."""
    report = Report(offline.checks(statement), statement.contracts[LEDGER], statement.chain_id)
    report.notes.append(
        "Without --rpc, roots, logs, plans and the checkpoint are taken as the statement has them: whether they are the"
        " ledger's, and whether an order was left out, only the chain can say"
    )
    return report


def failed(name: str, why: str, statement: Statement | None = None) -> Report:
    """A statement of which not more can be said than why."""
    check = Check(name)
    check.that(holds=False, otherwise=why)
    if statement is None:
        return Report([check], "–", 0)
    return Report([check], statement.contracts[LEDGER], statement.chain_id)


def against_chain(statement: Statement, client: Client, ledger: str | None = None) -> Report:
    """All checks.

    Args:
        ledger: The address that the ledger must have; None to take the statement's.

    Raises:
        CheckError: the chain cannot be read as a whole, or is another one.
        ChainUnavailableError, RpcError: the node did not answer, or refuses.
    """
    report = by_itself(statement)
    report.notes.clear()
    chain = _read(statement, client, ledger, report)
    report.ledger, report.block_number = chain.addresses[LEDGER], chain.block_number
    first_day = dt.date.fromisoformat(f"{statement.period.month}-01")
    last_day = first_of_next_month(first_day) - dt.timedelta(days=1)
    rebuilt = rebuild(chain.logs[LEDGER], statement.partner.number, first_day, last_day)
    over = chain.block_time >= start_of(last_day + dt.timedelta(days=1)).timestamp()
    # From what the ledger says to what the statement says of itself: the first wrong one is the cause of the rest.
    report.checks = [
        _complete_chain(chain),
        _orders(statement, rebuilt),
        _plans(statement, chain),
        _tiers(statement, rebuilt),
        _movements(statement, chain, rebuilt),
        _balances(statement, client, chain, rebuilt),
        _span(statement, rebuilt, report, over=over),
        _checkpoint(statement, client, chain, report),
        *report.checks,
    ]
    return report


def _read(statement: Statement, client: Client, ledger: str | None, report: Report) -> VerifiedChain:
    chain_id = int(client.call("eth_chainId"), 16)
    if chain_id != statement.chain_id:
        raise CheckError(f"The statement is of chain {statement.chain_id}, the node is of chain {chain_id}")
    stated = statement.contracts[LEDGER].lower()
    if ledger is not None and ledger.lower() != stated:
        raise CheckError(f"The statement is of the ledger {stated}, and not of {ledger.lower()}")
    if ledger is None:
        report.notes.append(
            f"The ledger's address, {stated}, is the statement's own; if you know it from elsewhere, pin it by --ledger"
        )
    keeps, plans, authority = _ledger_says(client, stated, chain_id)
    if keeps != statement.currency:
        raise CheckError(f"The statement is in {statement.currency}, the ledger keeps {keeps}")
    # Which plans apply, the ledger says, and not the statement.
    addresses = {LEDGER: stated, PLANS: plans}
    if statement.checkpoint is not None:
        addresses[CHECKPOINTS] = _registry(statement, client, authority)
    return ledger_logs.read(client, chain_id, addresses, statement.ledger.first_block)


def _ledger_says(client: Client, address: str, chain_id: int) -> tuple[str, str, str]:
    """Its currency, its registry of plans, and whom it obeys."""
    code = artifact(LEDGER)
    names = ("currency", "PLANS", "authority")
    calls: list[Call] = [("eth_call", [{"to": address, "data": to_hex(code.call(name))}, "latest"]) for name in names]
    try:
        answers = [hex_bytes(answer) for answer in client.batch(calls)]
    except RpcError:
        answers = [b""]
    if not all(answers):
        raise CheckError(f"There is no ledger at {address} on chain {chain_id}")
    [[currency], [plans], [authority]] = [code.result(*pair) for pair in zip(names, answers, strict=True)]
    return currency.rstrip(b"\0").decode(), plans.lower(), authority.lower()


def _registry(statement: Statement, client: Client, authority: str) -> str:
    """The registry of checkpoints, which must obey whom the ledger obeys, and have the code that we know."""
    address = statement.contracts.get(CHECKPOINTS, "").lower()
    code = artifact(CHECKPOINTS)
    call = {"to": address, "data": to_hex(code.call("authority"))}
    try:
        deployed, answer = client.batch([("eth_getCode", [address, "latest"]), ("eth_call", [call, "latest"])])
    except RpcError:
        deployed, answer = "0x", "0x"
    if deployed != to_hex(code.deployed) or code.result("authority", hex_bytes(answer))[0].lower() != authority:
        raise CheckError(f"At {address} there is no registry of checkpoints that obeys whom the ledger obeys")
    return address


# --- The ledger -----------------------------------------------------------------------------------------


def _complete_chain(chain: VerifiedChain) -> Check:
    """That none is missing was found while reading; that every batch's root is that of its leaves, here."""
    check = Check("ledger_logs_are_complete", sum(len(logs) for logs in chain.logs.values()))
    for log in chain.logs[LEDGER]:
        if log.event == "BatchSettled":
            root = merkle_root(log.fields["leaves"])
            check.that(
                root == log.fields["root"], f"Batch {log.fields['batchId']}: its leaves do not have the root it logged"
            )
    return check


def _orders(statement: Statement, rebuilt: Rebuilt) -> Check:
    """The partner's orders of the month are those of the statement: none missing, none added, none changed."""
    check = Check("every_order_of_the_ledger")
    stated = {order.order_no: order for order in statement.orders}
    for number, order in stated.items():
        settled = rebuilt.orders.get(number)
        check.that(settled is not None, _added(order, statement, rebuilt))
        if settled is not None:
            _order(check, order, settled)
    for number, settled in rebuilt.orders.items():
        roles = " and ".join(
            role for role, p in zip(ROLES, settled.leaf.partners, strict=True) if p == statement.partner.number
        )
        shares = sum(
            share for share, p in zip(settled.leaf.shares, settled.leaf.partners, strict=True)
            if p == statement.partner.number
        )  # fmt: skip
        check.that(
            number in stated,
            f"Order {number} is missing: the ledger settled it on {day_of(settled.leaf.settled_day)} (batch"
            f" {settled.batch}, log {settled.log.seq}) with this partner as {roles}, {shares} minor units",
        )
    return check


def _added(order: StatementOrder, statement: Statement, rebuilt: Rebuilt) -> str:
    when = rebuilt.elsewhere.get(order.order_no)
    if when is None:
        return f"{order_name(order)} was added: the ledger never settled an order of this number"
    if f"{when:%Y-%m}" != statement.period.month:
        return f"{order_name(order)} is of another period: the ledger settled it on {when}, not in" \
               f" {statement.period.month}"  # fmt: skip
    return (
        f"{order_name(order)} is another partner's: on the ledger, partner {statement.partner.number} has no role in it"
    )


def _order(check: Check, order: StatementOrder, settled: SettledOrder) -> None:
    name, log = order_name(order), settled.log
    for what, said, expected in (
        ("leaf", order.leaf, to_hex(settled.data)),
        ("batch", order.batch, settled.batch),
        ("position", order.position, settled.position),
        (f"root of batch {settled.batch}", order.root, to_hex(settled.root)),
        ("log", order.seq, log.seq),
        ("block", order.block_number, log.block_number),
        ("transaction", order.transaction_hash, to_hex(log.transaction_hash)),
    ):
        check.equal(f"{name}, {what}", said, expected, "the ledger")


def _published(chain: VerifiedChain) -> dict[int, tuple[Terms, VerifiedLog]]:
    found = {}
    for log in chain.logs[PLANS]:
        if log.event == "PlanPublished":
            _, thresholds, new, renewal, hold = log.fields["terms"]
            terms = Terms(tuple(thresholds), hold, tuple(map(tuple, new)), tuple(map(tuple, renewal)))
            found[log.fields["planId"]] = terms, log
    return found


def _plans(statement: Statement, chain: VerifiedChain) -> Check:
    """The terms that the statement reckons by are those that were published."""
    check, published = Check("plans_are_as_published"), _published(chain)
    for plan in statement.plans:
        name = f"Plan {plan.number} ({plan.code}, version {plan.version})"
        check.that(plan.number in published, f"{name} was never published")
        if plan.number not in published:
            continue
        terms, log = published[plan.number]
        said = offline.terms(statement)[plan.number]
        check.equal(f"{name}, tier thresholds", said.thresholds, terms.thresholds, "its publication")
        check.equal(f"{name}, days held", said.hold_days, terms.hold_days, "its publication")
        check.equal(f"{name}, transaction", plan.transaction_hash, to_hex(log.transaction_hash), "the chain")
        for kind in KINDS:
            for role, role_name in enumerate(ROLES):
                for tier in range(len(terms.thresholds) + 1):
                    check.equal(
                        f"{name}, {kind}, {role_name}, tier {tier}, basis points",
                        _rate(said, kind, role, tier), _rate(terms, kind, role, tier), "its publication",
                    )  # fmt: skip
    return check


def _rate(terms: Terms, kind: str, role: int, tier: int) -> int | None:
    try:
        return terms.rate(kind, role, tier)
    except IndexError:
        return None


def _tiers(statement: Statement, rebuilt: Rebuilt) -> Check:
    """The partner's tier is the one that its volume of the month before reached."""
    check, plans = Check("tiers_follow_volume"), offline.terms(statement)
    for order in statement.orders:
        settled = rebuilt.orders.get(order.order_no)
        if settled is None or order.plan not in plans:
            continue
        tier = plans[order.plan].tier(settled.volume)
        for leg in order.legs:
            what = f"{order_name(order)}, {leg.role}, tier"
            check.equal(what, leg.tier, tier, f"the volume of the month before, {settled.volume},")
    return check


# --- Movements, balances, span --------------------------------------------------------------------------


def _movements(statement: Statement, chain: VerifiedChain, rebuilt: Rebuilt) -> Check:
    """Each log moved the partner's accounts by what the statement lists for it: line by line by its amounts, and as a
    whole by the contract's own balances before and after it."""
    check, own = Check("every_movement_of_the_ledger"), statement.partner.number
    said: dict[int, list[tuple[Any, ...]]] = {}
    sums: dict[int, list[int]] = {}
    for movement in statement.movements:
        line = stated_movement(movement)
        said.setdefault(movement.seq, []).append(line)
        _sum(sums, movement.seq, line[4:])
    for order in statement.orders:
        _sum(sums, order.seq, (sum(int(leg.share) for leg in order.legs), 0, 0, 0))
    logs = {log.seq: log for log in chain.logs[LEDGER][rebuilt.before : rebuilt.last]}
    for seq in sorted(said.keys() - logs.keys()):
        check.that(holds=False, otherwise=f"Log {seq} is not of {statement.period.month}, or does not exist")
    for seq in sorted(rebuilt.moved.keys() | sums.keys()):
        log = logs.get(seq)
        if log is None:
            continue
        expected = list(expected_movements(_as_stated(log), own))
        on = day_of(log.time // 86_400)
        if expected and seq not in said:
            check.that(
                holds=False, otherwise=f"Log {seq} ({log.event}, {on}) moved this partner's accounts and is missing"
            )
        compare_movements(check, seq, said.get(seq, []), expected)
        check.equal(
            f"Log {seq} ({log.event}, {on}), {', '.join(ACCOUNTS)}",
            tuple(sums.get(seq, (0, 0, 0, 0))), rebuilt.moved.get(seq, (0, 0, 0, 0)), "the contract's balance",
        )  # fmt: skip
    _raw_logs(check, statement, logs)
    return check


def _raw_logs(check: Check, statement: Statement, logs: dict[int, VerifiedLog]) -> None:
    for movement in statement.movements:
        if movement.seq in logs:
            on = day_of(logs[movement.seq].time // 86_400)
            check.equal(f"Log {movement.seq}, {movement.kind}, day", movement.on, on, "its block")
    for stated in statement.logs:
        log = logs.get(stated.seq)
        if log is not None:
            check.equal(f"Log {stated.seq} as it is", stated.model_dump(), _as_stated(log).model_dump(), "the chain")


def _as_stated(log: VerifiedLog) -> StatementLog:
    return StatementLog(
        contract=LEDGER,
        seq=log.seq,
        block_number=log.block_number,
        transaction_hash=to_hex(log.transaction_hash),
        topic=to_hex(log.topic),
        data=to_hex(log.data),
    )


def _sum(sums: dict[int, list[int]], seq: int, amounts: Iterable[int]) -> None:
    sums[seq] = [a + b for a, b in zip(sums.get(seq, (0, 0, 0, 0)), amounts, strict=True)]


def _balances(statement: Statement, client: Client, chain: VerifiedChain, rebuilt: Rebuilt) -> Check:
    """Opening and closing are the ledger's; and what was rebuilt ends where the contract stands."""
    check, own = Check("balances_of_the_ledger"), statement.partner.number
    for name, opening, closing in zip(ACCOUNTS, rebuilt.opening, rebuilt.closing, strict=True):
        check.equal(f"Opening, {name}", int(getattr(statement.opening, name)), opening, "the ledger")
        check.equal(f"Closing, {name}", int(getattr(statement.closing, name)), closing, "the ledger")
    [(available, debt, frozen)] = ledger_logs.views(client, chain, LEDGER, "balanceOf", [(own,)])
    days = sorted(rebuilt.held)
    buckets = ledger_logs.views(client, chain, LEDGER, "heldOf", [(own, day) for day in days]) if days else []
    held = dict(zip(days, (amount for (amount,) in buckets), strict=True))
    check.that(
        rebuilt.held == held and rebuilt.now[1:] == (available, frozen, debt),
        f"The ledger's logs make {rebuilt.now}, the contract has {(sum(held.values()), available, frozen, debt)}"
        f" ({', '.join(ACCOUNTS)})",
    )
    return check


def _span(statement: Statement, rebuilt: Rebuilt, report: Report, *, over: bool) -> Check:
    """The statement knows of all logs of the month."""
    check, said = Check("the_whole_month"), statement.ledger
    check.equal("First log of the month", said.before + 1, rebuilt.before + 1, "the ledger")
    if over:
        check.equal("Last log of the month", said.last, rebuilt.last, "the ledger")
    else:
        report.notes.append(f"{statement.period.month} is not over: the statement covers logs up to {said.last}")
    return check


def _checkpoint(statement: Statement, client: Client, chain: VerifiedChain, report: Report) -> Check:
    """The root is the one that was anchored when the month was closed."""
    check, stated = Check("checkpoint_is_anchored"), statement.checkpoint
    if stated is None:
        why = "its partner was erased" if statement.partner.erased else "its month is open, or it has no figures"
        report.notes.append(f"The statement has no checkpoint: {why}")
        return check
    month = int(statement.period.month[:4]) * 12 + int(statement.period.month[5:]) - 1
    key = (chain.addresses[LEDGER], month, stated.revision)
    [anchored] = ledger_logs.view(client, chain, CHECKPOINTS, "checkpointOf", *key)
    root, journal_hash, head, _, partners = anchored
    if not any(root) and stated.transaction_hash is None:
        report.notes.append("The checkpoint is not on chain yet; ask for the statement again in a while")
        return check
    for what, said, expected in (
        ("root", stated.root, to_hex(root)),
        ("journal's hash", stated.journal_hash, to_hex(journal_hash)),
        ("ledger's head", stated.ledger_head, to_hex(head)),
        ("size", stated.size, partners),
    ):
        check.equal(f"Checkpoint of {statement.period.month}, {what}", said, expected, "the registry")
    return check


def as_json(report: Report) -> dict[str, Any]:
    """A report for machines."""
    return {
        "ok": report.wrong is None,
        "first_wrong": report.wrong,
        "ledger": report.ledger,
        "chain_id": report.chain_id,
        "block_number": report.block_number,
        "checks": [
            {"name": check.name, "ok": check.wrong is None, "compared": check.compared, "wrong": check.wrong}
            for check in report.checks
        ],
        "notes": report.notes,
    }
