"""Rows into answers: a commission with the rule that gave its amount, a partner with its months."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.chain.client import to_hex
from fenrun.kit.calendar import first_of_next_month, move_months
from fenrun.kit.errors import NotFoundError
from fenrun.kit.money import Currency
from fenrun.plans.split import ROLES
from fenrun.registry.models import Partner
from fenrun.settlement import reads
from fenrun.settlement.schemas import (
    AsOf,
    BatchOut,
    CommissionOut,
    EarningsOut,
    MonthOut,
    OrderOut,
    PartnerOut,
    PartnerWithBalance,
    PlanOut,
    RefusalOut,
    ReleaseOut,
)

_MONEY = ("earned", "clawed_back", "held", "available", "frozen", "paid", "debt")


def month_end(start: dt.date) -> dt.date:
    """The first day after a month."""
    return first_of_next_month(start)


def commission_position(session: Session, commission_id: str) -> int:
    """Where a commission stands in the list of all: `cm_<order>_<role>`.

    Raises:
        NotFoundError: no such order, or no such role.
    """
    body, _, role = commission_id.removeprefix("cm_").rpartition("_")
    number = reads.position_of(session, "orders", f"ord_{body}") if role in ROLES else None
    if number is None:
        raise NotFoundError(f"Nothing has the id {commission_id}")
    return number * 4 + 3 - ROLES.index(role)


def commissions(session: Session, rows: Sequence[RowMapping]) -> list[CommissionOut]:
    """Commissions with the volume of the month before, which gave each its tier."""
    if not rows:
        return []
    months = [move_months(row["settled_on"].replace(day=1), -1) for row in rows]
    volumes = reads.volumes(
        session,
        sorted({row["partner_number"] for row in rows}),
        min(months),
        first_of_next_month(max(months)),
    )
    return [
        _commission(row, f"{month:%Y-%m}", volumes.get((row["partner_number"], f"{month:%Y-%m}"), 0))
        for row, month in zip(rows, months, strict=True)
    ]


def _commission(row: RowMapping, month: str, volume: int) -> CommissionOut:
    role = ROLES[row["role"]]
    same = {
        name: row[name]
        for name in (
            "order_id", "order_external_id", "customer_external_id", "partner_id", "partner_name", "kind", "rate_bps",
            "currency", "tier", "order_paid_on", "settled_on", "payable_on", "status", "paid_on",
            "batch_id", "block_number", "finalized",
        )
    }  # fmt: skip
    return CommissionOut(
        **same,
        id=f"cm_{row['order_id'].removeprefix('ord_')}_{role}",
        role=role,
        base=str(row["base"]),
        amount=str(row["amount"]),
        clawed_back=str(row["clawed_back"]),
        tier_volume=str(volume),
        tier_month=month,
        plan=PlanOut(
            id=row["plan_id"],
            code=row["plan_code"],
            version=row["plan_version"],
            tier_thresholds=[str(threshold) for threshold in row["tier_thresholds"]],
            hold_days=row["hold_days"],
        ),
        transaction_hash=to_hex(bytes(row["transaction_hash"])),
    )


def order(row: RowMapping) -> OrderOut:
    """An order."""
    return OrderOut.model_validate(
        {name: row[name] for name in OrderOut.model_fields if name != "base"} | {"base": str(row["base"])}
    )


def batch(row: RowMapping) -> BatchOut:
    """A batch."""
    hashes = {
        name: to_hex(bytes(row[name])) if row[name] is not None else None for name in ("root", "transaction_hash")
    }
    return BatchOut.model_validate({**row, **hashes})


def refusal(row: RowMapping) -> RefusalOut:
    """A refused row."""
    return RefusalOut.model_validate({**row, "id": f"rf_{row['id']}"})


def partner(found: Partner) -> PartnerOut:
    """A partner."""
    return PartnerOut.model_validate({name: getattr(found, name) for name in PartnerOut.model_fields})


def with_balances(session: Session, partners: Sequence[Partner], currency: Currency) -> list[PartnerWithBalance]:
    """Partners and their balances."""
    numbers = [found.number for found in partners]
    balances = reads.balances(session, numbers)
    return [
        PartnerWithBalance(
            **partner(found).model_dump(),
            **{name: str(int(balances[found.number][name])) for name in _MONEY},
            currency=currency.code,
        )
        for found in partners
    ]


def earnings(session: Session, found: Partner, currency: Currency, confirmations: int) -> EarningsOut:
    """A partner's earnings, month by month."""
    balance = reads.balances(session, [found.number])[found.number]
    release = reads.next_release(session, found.number)
    block = reads.newest_block(session)
    return EarningsOut(
        partner=partner(found),
        currency=currency.code,
        **{name: str(int(balance[name])) for name in _MONEY},
        next_release=ReleaseOut(on=release["on"], amount=str(release["amount"])) if release else None,
        months=[
            MonthOut.model_validate({k: v if k in ("month", "orders") else str(int(v)) for k, v in row.items()})
            for row in reads.months(session, found.number)
        ],
        as_of=AsOf(
            block_number=block.number if block else -1,
            block_time=dt.datetime.fromtimestamp(block.timestamp, dt.UTC) if block else None,
            finalized_block=block.number - confirmations if block else -1,
        ),
    )
