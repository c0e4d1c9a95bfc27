"""What happened to a commission, from the customer's payment to the partner's."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.chain.client import to_hex
from fenrun.settlement import reads
from fenrun.settlement.schemas import HappeningOut

_TAKEN = ("from_held", "from_available", "from_frozen", "to_debt")


def of(session: Session, leg: RowMapping) -> list[HappeningOut]:
    """Everything that happened to a commission, as `reads.COMMISSION` gives it, in the order of the days."""
    return sorted(_happenings(session, leg), key=lambda happening: happening.on)


def _happenings(session: Session, leg: RowMapping) -> Iterator[HappeningOut]:
    yield _happening("customer_paid", leg["order_paid_on"])
    yield _happening("settled", leg["settled_on"], leg, amount=str(leg["amount"]))
    for row in reads.clawbacks(session, leg["position"] // 4, leg["role"]):
        taken = {name: str(row[name]) for name in _TAKEN}
        yield _happening("clawed_back", row["clawed_on"], row, amount=str(sum(row[name] for name in _TAKEN)), **taken)
    maturity = reads.maturity(session, leg["partner_number"], leg["payable_on"]) if leg["amount"] else None
    if maturity is not None:
        yield _happening("released", maturity["matured_on"], maturity)
    if leg["status"] == "paid" and leg["paid_on"] is not None:
        yield _happening("paid", leg["paid_on"])


def _happening(kind: str, on: dt.date, at: RowMapping | None = None, **amounts: str) -> HappeningOut:
    hash_ = at.get("transaction_hash") if at is not None else None
    nothing = dict.fromkeys(("amount", *_TAKEN), "0")
    return HappeningOut.model_validate(
        {
            "kind": kind,
            "on": on,
            "block_number": at["block_number"] if at is not None else None,
            "transaction_hash": to_hex(bytes(hash_)) if hash_ is not None else None,
            **nothing,
            **amounts,
        }
    )
