"""The journal, from an account to its postings, their orders, and the log on chain: HTTP only."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import RowMapping

from fenrun.chain.client import to_hex
from fenrun.kit.days import require_sensible
from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.ledger.endpoints import account_number, id_of
from fenrun.registry.access import Finance, visible_partner
from fenrun.settlement import posting_reads
from fenrun.settlement.filters import Id, Search
from fenrun.settlement.posting_reads import Narrowed, Place
from fenrun.settlement.posting_schemas import AccountEnd, PostingOut, TransactionOut

router = APIRouter(prefix="/v1", tags=["books"], responses=problems(UnauthorizedError, ForbiddenError))

_HASHES = ("hash", "previous_hash", "chain_head", "transaction_hash")
_MOST = 2**63 - 1

Number = Annotated[int, Path(ge=1, le=_MOST)]


@router.get("/postings", responses=problems(NotFoundError))
def postings(
    viewer: Finance,
    session: InSession,
    paging: Paging,
    account: Id = None,
    partner: Id = None,
    transaction: Annotated[int | None, Query(ge=1, le=_MOST)] = None,
    from_: Annotated[dt.date | None, Query(alias="from", description="First day, UTC")] = None,
    to: Annotated[dt.date | None, Query(description="Last day, UTC; included")] = None,
    search: Search = None,
) -> Page[PostingOut]:
    """Postings of the final journal, the newest first: all, or those of an account, a partner, a transaction."""
    for day in (from_, to):
        if day is not None:
            require_sensible(day)
    if from_ is not None and to is not None and to < from_:
        raise MalformedError(f"{to} is before {from_}; give the earlier day as from")
    narrowed = Narrowed(
        account=account_number(account) if account else None,
        partner=visible_partner(session, viewer, partner) if partner else None,
        transaction=transaction,
        first_day=from_,
        last_day=to,
        search=search or None,
    )
    after, before = (_place(id_) if id_ else None for id_ in (paging.starting_after, paging.ending_before))
    rows = posting_reads.postings(session, narrowed, after, before, paging.limit + 1)
    return page_of([_posting(row) for row in rows], paging)


@router.get("/transactions/{number}", responses=problems(NotFoundError))
def transaction(number: Number, _: Finance, session: InSession) -> TransactionOut:
    """A transaction of the journal, and the log of the chain that it comes from."""
    row = posting_reads.transaction(session, number)
    if row is None:
        raise NotFoundError(f"No transaction {number}")
    hashes = {name: None if row[name] is None else to_hex(bytes(row[name])) for name in _HASHES}
    return TransactionOut.model_validate({**row, **hashes, "on": row["effective_on"], "amount": str(row["amount"])})


def _posting(row: RowMapping) -> PostingOut:
    return PostingOut(
        id=f"ps_{row['transaction_number']}_{row['position']}",
        transaction=row["transaction_number"],
        source=_end(row, "source"),
        destination=_end(row, "destination"),
        amount=str(row["amount"]),
        **{name: row[name] for name in ("kind", "on", "currency", "order_id", "order_external_id")},
    )


def _end(row: RowMapping, side: str) -> AccountEnd:
    return AccountEnd(
        id=id_of(row[side]),
        kind=row[f"{side}_kind"],
        partner_id=row[f"{side}_partner"],
        partner_name=row[f"{side}_name"],
    )


def _place(id_: str) -> Place:
    parts = id_.removeprefix("ps_").split("_")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise NotFoundError(f"No such id to page from: {id_}")
    return Place(int(parts[0]), int(parts[1]))
