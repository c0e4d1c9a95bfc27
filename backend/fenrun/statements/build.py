"""A partner's statement of a month: from the kept logs, and held against the books.

Orders and movements are read from logs, opening and closing from postings. A statement on which the two do not agree
to the unit is not made.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from eth_utils.crypto import keccak
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.chain.client import to_hex
from fenrun.chain.codec import KINDS, LEAF_BYTES, Leaf, merkle_proof, unpack_leaf
from fenrun.chain.contracts import Deployment, artifact
from fenrun.compliance import record
from fenrun.kit.calendar import day_of, first_of_next_month, start_of
from fenrun.kit.money import Currency
from fenrun.kit.security import reference
from fenrun.plans import service as plans
from fenrun.plans.split import ROLES
from fenrun.registry import person_keys
from fenrun.registry.models import Partner
from fenrun.statements import checkpoint, repository
from fenrun.statements.checkpoint import ACCOUNTS, Figures
from fenrun.statements.errors import StatementError
from fenrun.statements.movements import Line, lines_of
from fenrun.statements.repository import LEDGER, Span
from fenrun.statements.schemas import (
    FORMAT,
    Accounts,
    CommissionProof,
    LedgerSpan,
    Statement,
    StatementCheckpoint,
    StatementLeg,
    StatementLog,
    StatementMovement,
    StatementOrder,
    StatementPartner,
    StatementPeriod,
    StatementPlan,
    StatementTotals,
)


@dataclass(frozen=True)
class Source:
    """Where statements come from: which chain and contracts, in which currency, with which secret for salts."""

    deployment: Deployment
    currency: Currency
    reference_key: bytes


class Movement(NamedTuple):
    """A line and the log that it is from."""

    seq: int
    day: dt.date
    line: Line


def statement(session: Session, source: Source, partner: Partner, month: dt.date) -> Statement:
    """The statement of a partner for the month that begins on a day.

    Raises:
        StatementError: logs and books do not agree; nothing was made.
    """
    end = first_of_next_month(month)
    at = repository.span(session, month, end)
    opening = repository.balance(session, partner.number, source.currency.code, at.before)
    closing = repository.balance(session, partner.number, source.currency.code, at.last)
    orders = _orders(session, partner.number, month, end, at)
    by_log = repository.moved(session, partner.number, source.currency.code, at)
    other = repository.logs(session, sorted(by_log.keys() - {order.seq for order in orders}))
    movements = [m for row in other for m in movements_of(row) if m.line.partner == partner.number]
    _require_agreement(partner, opening, closing, orders, movements, by_log)

    closed = repository.period(session, month, source.currency.code)
    key = person_keys.of_all(session, source.reference_key, [partner.number])[partner.number]
    return Statement(
        format=FORMAT,
        chain_id=source.deployment.chain_id,
        contracts=source.deployment.addresses,
        partner=StatementPartner(
            number=partner.number,
            id=partner.id,
            external_id=partner.external_id,
            name=partner.name,
            erased=key is None,
        ),
        currency=source.currency.code,
        decimals=source.currency.decimals,
        period=StatementPeriod(
            month=f"{month:%Y-%m}",
            first_day=month,
            last_day=end - dt.timedelta(days=1),
            status="open" if closed is None else "closed" if closed.status == "closed" else "locked",
            complete=is_complete(session, end),
        ),
        ledger=LedgerSpan(
            before=at.before,
            last=at.last,
            head=to_hex(repository.head(session, at.last) or b""),
            first_block=repository.first_block(session),
        ),
        opening=_accounts(opening),
        orders=orders,
        movements=[_movement(movement) for movement in movements],
        closing=_accounts(closing),
        totals=StatementTotals(
            orders=len(orders),
            legs=sum(len(order.legs) for order in orders),
            earned=str(sum(_earned(order) for order in orders)),
            movements=len(movements),
        ),
        plans=_plans(session, {order.plan for order in orders}),
        logs=[_log(row) for row in other],
        checkpoint=_checkpoint(session, source, partner.number, month, key) if key is not None else None,
    )


def is_complete(session: Session, end: dt.date) -> bool:
    """Whether the days before one are over on chain, final, and in the journal to the last log."""
    moment = int(start_of(end).timestamp())
    return repository.first_block_from(session, moment) is not None and not repository.unsealed_before(session, moment)


def figures(session: Session, source: Source, month: dt.date, at: Span) -> dict[int, Figures]:
    """Every partner's figures of a month, from the logs, held against the books; none that are all zero.

    Raises:
        StatementError: logs and books do not agree for a partner.
    """
    opening = repository.balances(session, source.currency.code, at.before)
    closing = repository.balances(session, source.currency.code, at.last)
    nothing = dict.fromkeys(ACCOUNTS, 0)
    active = [partner for partner, balance in opening.items() if any(balance.values())]
    found = {partner: Figures(opening[partner], closing[partner]) for partner in active}

    def of(partner: int) -> Figures:
        return found.setdefault(partner, Figures(opening.get(partner, nothing), closing.get(partner, nothing)))

    for row in repository.all_logs(session, at):
        for partner, share, line in _legs_of(row):
            of(partner).add_leg(share, line)
        for _, _, moved in movements_of(row):
            of(moved.partner).add_movement(moved.amounts, _digest_line(row["seq"], moved))
    for partner, mine in found.items():
        if gap := mine.gap():
            raise StatementError(f"Partner {partner}, {month:%Y-%m}, {gap} in the books; run an audit")
    return dict(sorted(found.items()))


def movements_of(row: RowMapping) -> Iterator[Movement]:
    """The movements that a kept log is about, of all partners."""
    event, fields = _event(row)
    day = day_of(row["timestamp"] // 86_400)
    for line in lines_of(event, fields):
        yield Movement(row["seq"], day, line)


def salt(source: Source, month: dt.date, revision: int, partner: int, key: bytes) -> bytes:
    """What keeps a partner's leaf from being guessed: known to us and, in its statement, to the partner.

    `key` is the partner's own; in months that were closed before partners had one, the installation's.
    """
    return reference(key, "checkpoint", f"{month:%Y-%m} {source.currency.code} {revision} {partner}")


def leaf(source: Source, month: dt.date, revision: int, partner: int, mine: Figures, key: bytes) -> bytes:
    """A partner's leaf in the tree of a month. `key` as in `salt`."""
    return checkpoint.leaf_hash(
        source.deployment.chain_id, source.deployment.addresses[LEDGER], f"{month:%Y-%m}", source.currency.code,
        revision, partner, mine, salt(source, month, revision, partner, key),
    )  # fmt: skip


def _event(row: RowMapping) -> tuple[str, dict[str, Any]]:
    contract = artifact(LEDGER)
    event = contract.event_names[bytes(row["topic"])]
    return event, contract.event(event, bytes(row["data"]))


def compliance_leaf(session: Session, source: Source, month: dt.date, revision: int) -> bytes:
    """The leaf of what compliance checked, found and decided in a month that is over."""
    digest = record.digest(session, month, start_of(month), start_of(first_of_next_month(month)))
    return checkpoint.compliance_leaf(
        source.deployment.chain_id, source.deployment.addresses[LEDGER], f"{month:%Y-%m}", source.currency.code,
        revision, digest,
    )  # fmt: skip


def _leg_lines(leaf_: Leaf, data: bytes, batch: int) -> Iterator[tuple[int, int, str]]:
    hashed = keccak(data)
    for role, (partner, share) in enumerate(zip(leaf_.partners, leaf_.shares, strict=True)):
        if partner:
            yield partner, share, checkpoint.leg_line(leaf_.order.order_no, role, batch, hashed)


def _legs_of(row: RowMapping) -> Iterator[tuple[int, int, str]]:
    event, fields = _event(row)
    if event == "BatchSettled":
        for start in range(0, len(fields["leaves"]), LEAF_BYTES):
            data = fields["leaves"][start : start + LEAF_BYTES]
            yield from _leg_lines(unpack_leaf(data), data, fields["batchId"])


def _digest_line(seq: int, line: Line) -> str:
    return checkpoint.movement_line(seq, line.kind, line.order_no, line.number, line.amounts)


# --- Parts of one statement -----------------------------------------------------------------------------


def _orders(session: Session, partner: int, start: dt.date, end: dt.date, at: Span) -> list[StatementOrder]:
    """The orders in which a partner has a role, in the order of the ledger's logs."""
    legs: dict[int, list[RowMapping]] = {}
    for leg in repository.legs(session, partner, start, end):
        legs.setdefault(leg["order_number"], []).append(leg)
    blocks = {leg["block_number"] for own in legs.values() for leg in own}
    # What is left is in a block, and not in the journal yet: it is no part of what is final.
    return _with_proofs(repository.batch_logs(session, sorted(blocks), at.last), legs)


def _with_proofs(rows: Iterable[RowMapping], legs: Mapping[int, Sequence[RowMapping]]) -> list[StatementOrder]:
    """Those orders that logs of batches settled, of whose legs some are given."""
    orders = []
    for row in rows:
        _, fields = _event(row)
        leaves = fields["leaves"]
        for position in range(len(leaves) // LEAF_BYTES):
            data = leaves[position * LEAF_BYTES : (position + 1) * LEAF_BYTES]
            own = legs.get(int.from_bytes(data[:6]))
            if own is not None:
                orders.append(_order(row, fields, unpack_leaf(data), data, position, own))
    return orders


def proof(session: Session, source: Source, partner: int, order_number: int) -> CommissionProof | None:
    """The proof of an order in which a partner has a role; None while no block holds it."""
    legs = repository.legs_of_order(session, partner, order_number)
    if not legs:
        return None
    rows = repository.batch_logs(session, [legs[0]["block_number"]], 2**62)
    [order] = _with_proofs(rows, {order_number: legs})
    return CommissionProof(
        chain_id=source.deployment.chain_id, contract=source.deployment.addresses[LEDGER], order=order
    )


def _order(
    row: RowMapping, batch: dict[str, Any], leaf_: Leaf, data: bytes, position: int, legs: Sequence[RowMapping]
) -> StatementOrder:
    return StatementOrder(
        order_no=leaf_.order.order_no,
        order_id=legs[0]["order_id"],
        external_id=legs[0]["external_id"],
        kind="new" if KINDS[leaf_.order.kind] == "new" else "renewal",
        base=str(leaf_.order.base),
        paid_at=dt.datetime.fromtimestamp(leaf_.order.paid_at, dt.UTC),
        plan=leaf_.plan,
        settled_on=day_of(leaf_.settled_day),
        payable_on=day_of(leaf_.release_day),
        legs=[
            StatementLeg.model_validate(
                {
                    "role": ROLES[leg["role"]],
                    "tier": leaf_.tiers[leg["role"]],
                    "rate_bps": leg["rate_bps"],
                    "share": str(leaf_.shares[leg["role"]]),
                }
            )
            for leg in legs
        ],
        leaf=to_hex(data),
        batch=batch["batchId"],
        position=position,
        root=to_hex(batch["root"]),
        proof=[to_hex(sibling) for sibling in merkle_proof(batch["leaves"], position)],
        seq=row["seq"],
        block_number=row["block_number"],
        transaction_hash=to_hex(bytes(row["transaction_hash"])),
    )


def _plans(session: Session, used: set[int]) -> list[StatementPlan]:
    published = {}
    for row in repository.plan_logs(session):
        fields = artifact("PlanRegistry").event("PlanPublished", bytes(row["data"]))
        published[fields["planId"]] = row, fields["terms"]
    out = []
    for plan in plans.all_plans(session):
        if plan.number in used:
            row, (_, thresholds, new, renewal, hold) = published[plan.number]
            out.append(
                StatementPlan(
                    number=plan.number,
                    code=plan.code,
                    version=plan.version,
                    tier_thresholds=[str(threshold) for threshold in thresholds],
                    hold_days=hold,
                    new_bps=[list(rates) for rates in new],
                    renewal_bps=[list(rates) for rates in renewal],
                    seq=row["seq"],
                    block_number=row["block_number"],
                    transaction_hash=to_hex(bytes(row["transaction_hash"])),
                )
            )
    return out


def _movement(movement: Movement) -> StatementMovement:
    line = movement.line
    return StatementMovement(
        seq=movement.seq, on=movement.day, kind=line.kind, order_no=line.order_no, number=line.number,
        withheld=str(line.withheld), **dict(zip(ACCOUNTS, map(str, line.amounts), strict=True)),
    )  # fmt: skip


def _log(row: RowMapping) -> StatementLog:
    return StatementLog(
        contract=LEDGER,
        seq=row["seq"],
        block_number=row["block_number"],
        transaction_hash=to_hex(bytes(row["transaction_hash"])),
        topic=to_hex(bytes(row["topic"])),
        data=to_hex(bytes(row["data"])),
    )


def _checkpoint(
    session: Session, source: Source, partner: int, month: dt.date, own: bytes
) -> StatementCheckpoint | None:
    closed = repository.period(session, month, source.currency.code)
    anchored = repository.checkpoint(session, month, source.currency.code)
    if closed is None or anchored is None:
        return None
    leaves = repository.leaves(session, anchored)
    index = next((at for at, (number, _) in enumerate(leaves) if number == partner), None)
    if index is None:
        return None
    intent = repository.anchoring(session, anchored)
    key = own if anchored.salted_by_person else source.reference_key
    return StatementCheckpoint(
        revision=anchored.revision,
        root=to_hex(anchored.root),
        journal_hash=to_hex(closed.journal_hash),
        ledger_head=to_hex(anchored.ledger_head),
        salt=to_hex(salt(source, month, anchored.revision, partner, key)),
        index=index,
        size=len(leaves),
        path=[to_hex(sibling) for sibling in checkpoint.path([hash_ for _, hash_ in leaves], index)],
        block_number=intent.block_number if intent else None,
        transaction_hash=to_hex(intent.transaction_hash) if intent and intent.transaction_hash else None,
    )


def _require_agreement(
    partner: Partner,
    opening: dict[str, int],
    closing: dict[str, int],
    orders: Sequence[StatementOrder],
    movements: Sequence[Movement],
    by_log: dict[int, dict[str, int]],
) -> None:
    """Log by log, the lines are what was posted; and opening + movements = closing."""
    logs: dict[int, Figures] = defaultdict(lambda: Figures({}, {}))
    whole = Figures(opening, closing)
    for order in orders:
        for figures_ in (logs[order.seq], whole):
            figures_.add_leg(_earned(order), "")
    for movement in movements:
        for figures_ in (logs[movement.seq], whole):
            figures_.add_movement(movement.line.amounts, "")
    nothing = dict.fromkeys(ACCOUNTS, 0)
    for seq in sorted(logs.keys() | by_log.keys()):
        said, posted = logs[seq].moved, by_log.get(seq, nothing)
        if said != posted:
            raise StatementError(
                f"Partner {partner.external_id}, transaction {seq}: the log moves {said}, the books {posted}; run an"
                " audit"
            )
    if gap := whole.gap():
        raise StatementError(f"Partner {partner.external_id}, {gap} in the books; run an audit")


def _earned(order: StatementOrder) -> int:
    return sum(int(leg.share) for leg in order.legs)


def _accounts(balance: dict[str, int]) -> Accounts:
    return Accounts(**{name: str(amount) for name, amount in balance.items()})
