"""The books, for finance."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.ledger import repository
from fenrun.ledger.models import Account
from fenrun.ledger.schemas import AccountOut, AccountType, TrialBalance, TrialBalanceLine
from fenrun.registry import repository as registry
from fenrun.registry.access import Finance
from fenrun.registry.models import Partner

router = APIRouter(prefix="/v1", tags=["books"], responses=problems(UnauthorizedError, ForbiddenError))

_TYPES: dict[str, AccountType] = {"expense": "expense", "payable": "liability", "asset": "asset", "equity": "equity"}


@router.get("/accounts", responses=problems(NotFoundError))
def accounts(
    _: Finance,
    session: InSession,
    paging: Paging,
    kind: Annotated[str | None, Query(max_length=64)] = None,
    partner: Annotated[str | None, Query(max_length=64)] = None,
    search: Annotated[str | None, Query(max_length=100, description="In the partner's name or id in the CRM")] = None,
) -> Page[AccountOut]:
    """The accounts, by kind and partner."""
    owner = registry.by_id(session, partner) if partner else None
    if partner and owner is None:
        raise NotFoundError(f"No partner {partner}")
    found = repository.accounts(
        session,
        kind,
        owner.number if owner else None,
        search or None,
        account_number(paging.starting_after),
        account_number(paging.ending_before),
        paging.limit + 1,
    )
    return page_of(_out(session, found), paging)


@router.get("/accounts/{account_id}", responses=problems(NotFoundError))
def account(account_id: str, _: Finance, session: InSession) -> AccountOut:
    """An account, with its totals."""
    found = repository.account(session, account_number(account_id))
    if found is None:
        raise NotFoundError(f"No account {account_id}")
    return _out(session, [found])[0]


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


def id_of(number: int) -> str:
    """An account's public id."""
    return f"ac_{number}"


def account_number(id_: str | None) -> int:
    """The number of an account by its public id; 0 for none.

    Raises:
        NotFoundError: this is the id of no account.
    """
    if id_ is None:
        return 0
    text = id_.removeprefix("ac_")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError(f"No account {id_}")
    return int(text)


def _out(session: Session, found: Sequence[Account]) -> list[AccountOut]:
    owners = registry.names(session, [a.partner_number for a in found if a.partner_number])
    return [_one(account, owners[account.partner_number] if account.partner_number else None) for account in found]


def _one(account: Account, owner: Partner | None) -> AccountOut:
    debits, credits = int(account.debits), int(account.credits)
    return AccountOut(
        id=id_of(account.id),
        kind=account.kind,
        type=type_of(account.kind),
        partner_id=owner.id if owner else None,
        partner_name=owner.name if owner else None,
        currency=account.currency,
        debits=str(debits),
        credits=str(credits),
        balance=str(_balance(account.kind, debits, credits)),
    )
