"""What can become of a registration. The only place that says so."""

from collections.abc import Mapping
from typing import Literal, get_args

from fenrun.deals.errors import DealTransitionError

DealStatus = Literal["draft", "submitted", "returned", "approved", "rejected", "withdrawn", "expired"]
DealEvent = Literal["submit", "return", "approve", "reject", "withdraw", "extend", "expire"]
STATUSES: tuple[DealStatus, ...] = get_args(DealStatus)

DEAL: Mapping[DealStatus, Mapping[DealEvent, DealStatus]] = {
    "draft": {"submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"return": "returned", "approve": "approved", "reject": "rejected", "withdraw": "withdrawn"},
    "returned": {"submit": "submitted", "withdraw": "withdrawn", "expire": "expired"},
    "approved": {"extend": "approved", "withdraw": "withdrawn", "expire": "expired"},
    "rejected": {},
    "withdrawn": {},
    "expired": {},
}
"""Written; with the staff, who have 48 hours; back with the partner for a correction; protected; over."""

EDITABLE: tuple[DealStatus, ...] = ("draft", "returned")
"""While a registration is in one of these, the partner may change it."""


def after(status: DealStatus, event: DealEvent) -> DealStatus:
    """The status after an event.

    Raises:
        DealTransitionError: the event cannot happen in this status.
    """
    following = DEAL[status].get(event)
    if following is None:
        possible = ", ".join(DEAL[status]) or "nothing any more"
        raise DealTransitionError(f"The registration is {status}, so you cannot {event} it; possible: {possible}")
    return following
