"""What a caller may narrow a list of commissions by: the same for the list and for its file."""

import datetime as dt
from typing import Annotated

from fastapi import Depends, Query

from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.http import InSession
from fenrun.plans.split import ROLES
from fenrun.registry.access import SignedIn, scope_of
from fenrun.settlement import reads
from fenrun.settlement.schemas import CommissionStatus, Role

Search = Annotated[str | None, Query(max_length=100)]
Id = Annotated[str | None, Query(max_length=64)]
Month = Annotated[str | None, Query(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", description="YYYY-MM, UTC")]


def get_commission_filters(
    viewer: SignedIn,
    session: InSession,
    partner: Id = None,
    order: Id = None,
    customer: Annotated[str | None, Query(max_length=200, description="As the order's source calls it")] = None,
    month: Month = None,
    role: Role | None = None,
    status: CommissionStatus | None = None,
    search: Annotated[str | None, Query(max_length=100, description="In the order's or the customer's id")] = None,
) -> reads.Filters:
    """The conditions of a list of commissions; a partner's member gets its own.

    Raises:
        NotFoundError: the partner asked for is none that the caller may know of.
    """
    start = dt.date.fromisoformat(f"{month}-01") if month else None
    return reads.Filters.of(
        partner=scope_of(session, viewer, partner),
        order=order,
        customer=customer or None,
        month_start=start,
        month_end=first_of_next_month(start) if start else None,
        role=ROLES.index(role) if role else None,
        commission_status=status,
        search=search or None,
    )


CommissionFilters = Annotated[reads.Filters, Depends(get_commission_filters)]
