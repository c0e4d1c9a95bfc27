"""The books, for finance."""

from typing import Annotated

from fastapi import APIRouter, Query

from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.ledger import repository
from fenrun.ledger.models import Account
from fenrun.ledger.schemas import AccountOut, AccountType, TrialBalance, TrialBalanceLine
from fenrun.registry import repository as registry
from fenrun.registry.access import Finance

router = APIRouter(prefix="/v1", tags=["books"], responses=problems(UnauthorizedError, ForbiddenError))

_TYPES: dict[str, AccountType] = {"expense": "expense", "payable": "liability", "asset": "asset", "equity": "equity"}


@router.get("/accounts", responses=problems(NotFoundError))
def accounts(
    _: Finance,
    session: InSession,
    paging: Paging,
    kind: Annotated[str | None, Query(max_length=64)] = None,
    partner: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[AccountOut]:
    """The accounts, by kind and partner."""
    owner = registry.by_id(session, partner) if partner else None
    if partner and owner is None:
        raise NotFoundError(f"No partner {partner}")
    found = repository.accounts(
        session,
        kind,
        owner.number if owner else None,
        _number(paging.starting_after),
        _number(paging.ending_before),
        paging.limit + 1,
    )
    owners = registry.names(session, [a.partner_number for a in found if a.partner_number])
    return page_of([_out(a, owners[a.partner_number].id if a.partner_number else None) for a in found], paging)


@router.get("/trial-balance")
def trial_balance(_: Finance, session: InSession) -> TrialBalance:
    """What was debited and credited, by kind of account; both sums are the same, or `balanced` is false."""
    totals = repository.totals_by_kind(session)
    number, head = repository.last_transaction(session)
    lines = [
        TrialBalanceLine(
            code=t.kind,
            type=type_of(t.kind),
            debits=str(t.debits),
            credits=str(t.credits),
            balance=str(_balance(t.kind, int(t.debits), int(t.credits))),
        )
        for t in totals
    ]
    debits, credits = sum(int(t.debits) for t in totals), sum(int(t.credits) for t in totals)
    return TrialBalance(
        currency=totals[0].currency if totals else "",
        as_of=repository.last_effective_day(session),
        lines=lines,
        debits=str(debits),
        credits=str(credits),
        balanced=debits == credits,
        transactions=number,
        journal_head=head.hex(),
    )


def type_of(kind: str) -> AccountType:
    """What an account of this kind is: the first part of its name says."""
    return _TYPES[kind.split(":", 1)[0]]


def _balance(kind: str, debits: int, credits: int) -> int:
    return credits - debits if type_of(kind) in ("liability", "equity") else debits - credits


def _out(account: Account, partner_id: str | None) -> AccountOut:
    debits, credits = int(account.debits), int(account.credits)
    return AccountOut(
        id=f"ac_{account.id}",
        kind=account.kind,
        type=type_of(account.kind),
        partner_id=partner_id,
        currency=account.currency,
        debits=str(debits),
        credits=str(credits),
        balance=str(_balance(account.kind, debits, credits)),
    )


def _number(id_: str | None) -> int:
    if id_ is None:
        return 0
    text = id_.removeprefix("ac_")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError(f"No account {id_}")
    return int(text)
