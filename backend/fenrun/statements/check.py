"""What a statement proves by itself: no chain, no database, and the same as `page.html` does in a browser.

Each order is read from its leaf again, its shares are reckoned by the stated plan, its proof is followed to the stated
root; each other movement is read from its log again; sums must meet; and the whole must be what the closed month's
checkpoint was made of. Whether roots, logs, plans and checkpoint are those of the chain, only the chain can say: that
is `verify`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from pydantic import ValidationError

from fenrun.chain.client import hex_bytes, to_hex
from fenrun.chain.codec import KINDS, LEAF_BYTES, Leaf, merkle_root_of_proof, unpack_leaf
from fenrun.chain.contracts import artifact
from fenrun.kit.calendar import day_of, first_of_next_month
from fenrun.plans.split import ROLES, Terms, shares
from fenrun.statements import checkpoint
from fenrun.statements.checkpoint import ACCOUNTS, Figures
from fenrun.statements.errors import CheckError
from fenrun.statements.movements import lines_of
from fenrun.statements.schemas import FORMAT, Statement, StatementLog, StatementMovement, StatementOrder

LEDGER = "SettlementLedger"


@dataclass
class Check:
    """A promise of a statement: how many things were compared, and the first that is wrong, in words."""

    name: str
    compared: int = 0
    wrong: str | None = None

    def equal(self, what: str, said: object, expected: object, source: str) -> None:
        """Compares a thing with what it should be by some source, such as `its leaf`."""
        self.that(said == expected, f"{what}: the statement says {said}, {source} says {expected}")

    def that(self, holds: bool, otherwise: str) -> None:
        """Compares a thing; `otherwise` is the sentence when it does not hold."""
        self.compared += 1
        if not holds and self.wrong is None:
            self.wrong = otherwise


def read(text: str | bytes) -> Statement:
    """A statement from its file.

    Raises:
        CheckError: it is cut off, is no statement, or is of a form that this program does not know.
    """
    try:
        statement = Statement.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise CheckError(f"The file is no whole JSON document, it may be cut off: {first['msg']}") from error
        where = ".".join(str(part) for part in first["loc"])
        raise CheckError(f"The file is no statement: {where}: {first['msg']}") from error
    if statement.format != FORMAT:
        raise CheckError(f"The statement is of the form {statement.format}; this program reads {FORMAT}")
    if LEDGER not in statement.contracts:
        raise CheckError("The file is no statement: it does not name its ledger")
    return statement


def checks(statement: Statement) -> list[Check]:
    """All checks that need nothing but the statement, in an order in which the first wrong one says most."""
    return [
        _checked(name, check, statement)
        for name, check in (
            ("orders_are_the_partners", _orders),
            ("shares_follow_plans", _shares),
            ("orders_are_in_their_batches", _proofs),
            ("movements_follow_logs", _movements),
            ("sums", _sums),
            ("checkpoint", _checkpoint),
        )
    ]


def _checked(name: str, check: Callable[[Statement, Check], None], statement: Statement) -> Check:
    result = Check(name)
    try:
        check(statement, result)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        result.that(holds=False, otherwise=f"Something in it cannot be read: {type(error).__name__}, {error}")
    return result


def order_name(order: StatementOrder) -> str:
    """An order as sentences name it."""
    return f"Order {order.order_no}" + (f" ({order.external_id})" if order.external_id else "")


# --- Orders ---------------------------------------------------------------------------------------------


def _orders(statement: Statement, check: Check) -> None:
    """Every order is what its leaf says, is this partner's, is of this month, and stands once."""
    first = dt.date.fromisoformat(f"{statement.period.month}-01")
    last = first_of_next_month(first) - dt.timedelta(days=1)
    check.equal("First day of the period", statement.period.first_day, first, "its month")
    check.equal("Last day of the period", statement.period.last_day, last, "its month")
    seen: set[int] = set()
    for order in statement.orders:
        name = order_name(order)
        check.that(order.order_no not in seen, f"{name} stands twice in the statement")
        seen.add(order.order_no)
        data = hex_bytes(order.leaf)
        check.that(len(data) == LEAF_BYTES, f"{name}: its leaf has {len(data)} bytes, not {LEAF_BYTES}")
        if len(data) == LEAF_BYTES:
            _order(statement, order, unpack_leaf(data), check)


def _order(statement: Statement, order: StatementOrder, leaf: Leaf, check: Check) -> None:
    name, period, own = order_name(order), statement.period, statement.partner.number
    holders = ", ".join(str(partner) for partner in leaf.partners if partner)
    check.that(own in leaf.partners, f"{name} is not this partner's: its roles are held by {holders}, not by {own}")
    settled = day_of(leaf.settled_day)
    check.that(
        period.first_day <= settled <= period.last_day,
        f"{name} is of another period: it was settled on {settled}, not in {period.month}",
    )
    for what, said, expected in (
        ("order number", order.order_no, leaf.order.order_no),
        ("base", order.base, str(leaf.order.base)),
        ("kind", order.kind, KINDS[leaf.order.kind]),
        ("paid at", int(order.paid_at.timestamp()), leaf.order.paid_at),
        ("plan", order.plan, leaf.plan),
        ("settled on", order.settled_on, settled),
        ("payable on", order.payable_on, day_of(leaf.release_day)),
        ("roles", [leg.role for leg in order.legs], [r for r, p in zip(ROLES, leaf.partners, strict=True) if p == own]),
    ):
        check.equal(f"{name}, {what}", said, expected, "its leaf")
    for leg in order.legs:
        role = ROLES.index(leg.role)
        check.equal(f"{name}, {leg.role}, share", leg.share, str(leaf.shares[role]), "its leaf")
        check.equal(f"{name}, {leg.role}, tier", leg.tier, leaf.tiers[role], "its leaf")


def terms(statement: Statement) -> dict[int, Terms]:
    """The plans that a statement says were in force."""
    return {
        plan.number: Terms(
            tuple(int(threshold) for threshold in plan.tier_thresholds),
            plan.hold_days,
            tuple(map(tuple, plan.new_bps)),
            tuple(map(tuple, plan.renewal_bps)),
        )
        for plan in statement.plans
    }


def _shares(statement: Statement, check: Check) -> None:
    """Base × rate = share, by the plan that the statement says; and the hold is the plan's."""
    plans = terms(statement)
    tiers: dict[int, set[int]] = {}
    for order in statement.orders:
        name, leaf = order_name(order), unpack_leaf(hex_bytes(order.leaf))
        plan = plans.get(leaf.plan)
        check.that(plan is not None, f"{name} follows plan {leaf.plan}, which the statement does not have")
        if plan is None:
            continue
        kind = KINDS[leaf.order.kind]
        rates = [plan.rate(kind, r, leaf.tiers[r]) if p else 0 for r, p in enumerate(leaf.partners)]
        expected = shares(leaf.order.base, rates)
        for leg in order.legs:
            role = ROLES.index(leg.role)
            where = f"{name}, {leg.role}"
            check.equal(f"{where}, rate in basis points", leg.rate_bps, rates[role], f"plan {leaf.plan}")
            check.equal(
                f"{where}, share", leg.share, str(expected[role]), f"{leaf.order.base} × {rates[role]} basis points"
            )
            tiers.setdefault(leaf.plan, set()).add(leaf.tiers[role])
        check.equal(f"{name}, days held", leaf.release_day - leaf.settled_day - 1, plan.hold_days, f"plan {leaf.plan}")
    for number, found in sorted(tiers.items()):
        check.that(len(found) == 1, f"Plan {number}: tiers {sorted(found)} in one month; a month has one tier")


def _proofs(statement: Statement, check: Check) -> None:
    """Every leaf belongs to the root that is stated for its batch, and a batch has one root."""
    roots: dict[int, str] = {}
    for order in statement.orders:
        root = merkle_root_of_proof(keccak(hex_bytes(order.leaf)), [hex_bytes(sibling) for sibling in order.proof])
        check.that(
            to_hex(root) == order.root,
            f"{order_name(order)}: its proof does not lead to the root of batch {order.batch}: it leads to"
            f" {to_hex(root)}, the statement says {order.root}",
        )
        check.equal(
            f"Root of batch {order.batch}", order.root, roots.setdefault(order.batch, order.root), "it elsewhere"
        )


# --- Movements and sums ---------------------------------------------------------------------------------


def expected_movements(log: StatementLog, partner: int) -> Iterator[tuple[Any, ...]]:
    """What a log says of a partner: kind, order, number, withheld and the changes of the accounts."""
    ledger = artifact(LEDGER)
    event = ledger.event_names[hex_bytes(log.topic)]
    for line in lines_of(event, ledger.event(event, hex_bytes(log.data))):
        if line.partner == partner:
            yield (line.kind, line.order_no, line.number, line.withheld, *line.amounts)


def stated_movement(movement: StatementMovement) -> tuple[Any, ...]:
    """A movement of a statement in the form of `expected_movements`."""
    amounts = (int(getattr(movement, name)) for name in ("withheld", *ACCOUNTS))
    return (movement.kind, movement.order_no, movement.number, *amounts)


def compare_movements(check: Check, seq: int, said: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> None:
    """Line by line and field by field, so that the sentence names the one that is wrong."""
    fields = ("kind", "order", "number", "withheld", *ACCOUNTS)
    check.equal(f"Log {seq}, how many movements", len(said), len(expected), "the log")
    for said_line, line in zip(said, expected, strict=False):
        for field, value, right in zip(fields, said_line, line, strict=True):
            check.equal(f"Log {seq}, {line[0]}, {field}", value, right, "the log")


def _movements(statement: Statement, check: Check) -> None:
    """Every movement is what its log says, and every log that is there is in the movements."""
    said: dict[int, list[tuple[Any, ...]]] = {}
    for movement in statement.movements:
        said.setdefault(movement.seq, []).append(stated_movement(movement))
        day, period = movement.on, statement.period
        check.that(period.first_day <= day <= period.last_day, f"Log {movement.seq} is of {day}, not of {period.month}")
    logs = {log.seq: log for log in statement.logs}
    for seq in sorted(said.keys() | logs.keys()):
        check.that(seq in logs, f"Log {seq} is named by a movement, and the statement does not have it")
        if seq in logs:
            expected = list(expected_movements(logs[seq], statement.partner.number))
            compare_movements(check, seq, said.get(seq, []), expected)


def figures(statement: Statement) -> Figures:
    """The figures of a statement as its lines give them."""
    accounts = {
        name: (int(getattr(statement.opening, name)), int(getattr(statement.closing, name))) for name in ACCOUNTS
    }
    found = Figures(
        {name: both[0] for name, both in accounts.items()}, {name: both[1] for name, both in accounts.items()}
    )
    at_seq: list[tuple[int, int, int, Callable[[], None]]] = []
    for order in statement.orders:
        for leg in order.legs:
            role = ROLES.index(leg.role)
            line = checkpoint.leg_line(order.order_no, role, order.batch, keccak(hex_bytes(order.leaf)))
            at_seq.append((order.seq, order.position, role, _adder(found.add_leg, int(leg.share), line)))
    for position, movement in enumerate(statement.movements):
        kind, order_no, number, _, *amounts = stated_movement(movement)
        line = checkpoint.movement_line(movement.seq, kind, order_no, number, amounts)
        at_seq.append((movement.seq, position, 0, _adder(found.add_movement, amounts, line)))
    for *_, add in sorted(at_seq, key=lambda entry: entry[:3]):
        add()
    return found


def _adder(add: Callable[[Any, str], None], what: Any, line: str) -> Callable[[], None]:
    return lambda: add(what, line)


def _sums(statement: Statement, check: Check) -> None:
    """Opening + movements = closing for each account, and the totals are those of the lines."""
    found = figures(statement)
    for name in ACCOUNTS:
        opening, moved, closing = found.opening[name], found.moved[name], found.closing[name]
        check.that(
            opening + moved == closing,
            f"{name}: opening {opening} and movements {moved} make {opening + moved}, the statement closes with"
            f" {closing}",
        )
    totals = statement.totals
    for what, said, expected in (
        ("orders", totals.orders, len(statement.orders)),
        ("legs", totals.legs, found.legs),
        ("earned", totals.earned, str(found.earned)),
        ("movements", totals.movements, found.movements),
    ):
        check.equal(f"Total of {what}", said, expected, "the sum of its lines")


def _checkpoint(statement: Statement, check: Check) -> None:
    """The whole is what the closed month was anchored with: one line more, less or other, and it is not."""
    anchored = statement.checkpoint
    if anchored is None:
        return
    leaf = checkpoint.leaf_hash(
        statement.chain_id, statement.contracts[LEDGER], statement.period.month, statement.currency,
        anchored.revision, statement.partner.number, figures(statement), hex_bytes(anchored.salt),
    )  # fmt: skip
    path = [hex_bytes(sibling) for sibling in anchored.path]
    root = checkpoint.root_of_path(leaf, anchored.index, anchored.size, path)
    check.that(
        root == hex_bytes(anchored.root),
        "The checkpoint was made of other figures or lines than these: they lead to"
        f" {to_hex(root) if root else 'no root'}, the checkpoint is {anchored.root}",
    )
