"""What can become of a run and of a payout. The only place that says so."""

from collections.abc import Mapping
from typing import Literal

from fenrun.payouts.errors import TransitionError

RunStatus = Literal["prepared", "approved", "sent", "closed", "rejected", "canceled"]
PayoutStatus = Literal["pending", "processing", "sent", "completed", "failed", "canceled", "returned"]
Outcome = Literal["paid", "failed", "returned"]
"""What a bank says of a payment."""
Rail = Literal["bank", "token"]
Effect = Literal["paid", "failed", "bounced", "unchanged"]

Machine = Mapping[str, Mapping[str, str]]

RUN: Machine = {
    "prepared": {"approve": "approved", "reject": "rejected", "cancel": "canceled"},
    "approved": {"send": "sent", "cancel": "canceled"},
    "sent": {"close": "closed"},
    "closed": {},
    "rejected": {},
    "canceled": {},
}
"""A run: prepared, approved by somebody else, with the bank or the vault, answered."""

PAYOUT: Machine = {
    "pending": {"approve": "processing", "cancel": "canceled"},
    "processing": {"send": "sent", "cancel": "canceled"},
    "sent": {"record": "completed", "fail": "failed"},
    "completed": {"return": "returned", "forget": "sent"},
    "returned": {"forget": "completed"},
    "failed": {},
    "canceled": {},
}
"""A payout. `record` and `return` are logs of the chain; `forget` is a block that the chain took back."""

OPEN: tuple[PayoutStatus, ...] = ("pending", "processing", "sent")
"""While a payout is in one of these, its amount is reserved: it is neither available nor paid."""


def after(machine: Machine, status: str, event: str) -> str:
    """The status after an event.

    Raises:
        TransitionError: the event cannot happen in this status.
    """
    following = machine[status].get(event)
    if following is None:
        possible = ", ".join(machine[status]) or "nothing any more"
        raise TransitionError(f"It is {status}, so you cannot {event} it; possible: {possible}")
    return following


def effect_of(status: str, paid_before: bool, outcome: Outcome) -> Effect | None:
    """What a bank's answer changes; None when it contradicts what is known.

    Args:
        status: The payout's.
        paid_before: Whether the bank said earlier that it was paid.
        outcome: What it says now.
    """
    if status not in ("sent", "completed", "failed", "returned"):
        return None
    if outcome == "paid":
        if paid_before:
            return "unchanged"
        return "paid" if status == "sent" else None
    if status in ("failed", "returned"):
        return "unchanged"
    if paid_before:
        return "bounced"
    return "failed" if status == "sent" else None
