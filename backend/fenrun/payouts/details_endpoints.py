"""Where partners are paid, and how they change it: HTTP only."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, problem_response, problems
from fenrun.payouts import change_service, details, details_service, repository
from fenrun.payouts.details import Account, Document
from fenrun.payouts.errors import (
    ChangeMissingError,
    DetailsInvalidError,
    DetailsMissingError,
    RailError,
    SamePersonError,
)
from fenrun.payouts.models import PayoutDetails, PayoutDetailsChange
from fenrun.payouts.schemas import (
    BankAccountOut,
    BankAccountsOut,
    ChangeIn,
    ChangeOut,
    DetailsIn,
    DetailsOut,
    DocumentModel,
)
from fenrun.payouts.service import Actor
from fenrun.payouts.settings import load_payout_settings
from fenrun.registry import members_service, person_keys, sessions_service
from fenrun.registry.access import Finance, FinanceAlone, Owner, SignedIn, visible_partner
from fenrun.registry.errors import ErasedError, LockedOutError, PasswordWrongError

router = APIRouter(
    prefix="/v1/partners/{partner_id}/payout-details",
    tags=["payouts"],
    responses=problems(UnauthorizedError, ForbiddenError),
)


def get_payee(partner_id: str, viewer: SignedIn, session: InSession) -> int:
    """The number of the partner that the path names, which the viewer may see."""
    return visible_partner(session, viewer, partner_id)


Payee = Annotated[int, Depends(get_payee)]


@router.get("", responses=problems(NotFoundError))
def payout_details(partner_id: str, number: Payee, session: InSession) -> DetailsOut:
    """Where a partner is paid, which documents are there, and what change waits."""
    return _details(session, partner_id, number)


@router.put("", responses=problems(NotFoundError, DetailsInvalidError, RailError, ErasedError))
def set_payout_details(
    partner_id: str, body: DetailsIn, viewer: Finance, number: Payee, request: Request, session: InSession
) -> DetailsOut:
    """Writes a partner's payout details down; nothing is paid by them until another member verified them."""
    details_service.set_details(
        session,
        number,
        body.country,
        body.payee_type,
        Account(**body.account.model_dump()) if body.account else None,
        body.wallet,
        _documents(body.documents),
        Actor.of(viewer),
        request.app.state.reference_key,
        _now(),
    )
    return _details(session, partner_id, number)


@router.post("/verify", responses=problems(NotFoundError, DetailsMissingError, SamePersonError))
def verify_payout_details(partner_id: str, viewer: Finance, number: Payee, session: InSession) -> DetailsOut:
    """Notes that the details were checked against the documents, by another member than who wrote them."""
    details_service.verify(session, number, Actor.of(viewer), _now())
    return _details(session, partner_id, number)


@router.get("/accounts", responses=problems(NotFoundError, ErasedError))
def accounts(partner_id: str, _: FinanceAlone, number: Payee, request: Request, session: InSession) -> BankAccountsOut:
    """The accounts as they are, to be held against the documents. Who looks is noted in the audit log."""
    audit_log.record(session, "payout_accounts.seen", partner_id)
    known, change = repository.details(session, number), repository.waiting_change(session, number)
    key = person_keys.of(session, request.app.state.reference_key, number)
    return BankAccountsOut(present=_account(key, number, known), asked_for=_account(key, number, change))


# --- What a partner asks for ------------------------------------------------------------------------


@router.put(
    "/change",
    response_model=DetailsOut,
    responses=problems(NotFoundError, DetailsInvalidError, PasswordWrongError, LockedOutError, ErasedError),
)
def ask_for_change(
    partner_id: str, body: ChangeIn, viewer: Owner, number: Payee, request: Request, session: InSession
) -> Any:
    """Asks for other payout details. They are in force once they have cooled off and finance verified them; until
    then payouts go where they went before.
    """
    member = members_service.one(session, viewer.member_id)
    refusal = sessions_service.check_password(session, member, body.password, _now())
    if refusal is not None:
        return problem_response(refusal)  # returned: it has been counted
    change_service.ask(
        session,
        number,
        body.country,
        body.payee_type,
        Account(**body.account.model_dump()),
        _documents(body.documents),
        Actor.of(viewer),
        dt.timedelta(hours=load_payout_settings().cooling_hours),
        request.app.state.reference_key,
        _now(),
    )
    return _details(session, partner_id, number)


@router.delete("/change", status_code=204, responses=problems(NotFoundError, ChangeMissingError))
def undo_change(viewer: SignedIn, number: Payee, request: Request, session: InSession) -> None:
    """Calls off a change that waits: any member of the partner may, and the vendor's staff."""
    change_service.undo(session, number, Actor.of(viewer), request.app.state.reference_key, _now())


@router.post("/change/verify", responses=problems(NotFoundError, ChangeMissingError, SamePersonError))
def verify_change(partner_id: str, viewer: Finance, number: Payee, request: Request, session: InSession) -> DetailsOut:
    """Notes that a change was checked against the documents; it is in force at once if it has cooled off."""
    change_service.verify(session, number, Actor.of(viewer), request.app.state.reference_key, _now())
    return _details(session, partner_id, number)


def _documents(models: list[DocumentModel]) -> list[Document]:
    return [Document(**model.model_dump()) for model in models]


def _account(key: bytes, number: int, known: PayoutDetails | PayoutDetailsChange | None) -> BankAccountOut | None:
    if known is None or known.account is None:
        return None
    account = details.unseal(key, number, known.account)
    return BankAccountOut.model_validate({name: getattr(account, name) for name in BankAccountOut.model_fields})


def _details(session: Session, partner_id: str, number: int) -> DetailsOut:
    known, change = repository.details(session, number), repository.waiting_change(session, number)
    return DetailsOut(
        partner_id=partner_id,
        country=known.country if known else None,
        payee_type=known.payee_type if known else None,
        account_hint=(known.account_hint or None) if known else None,
        wallet=known.wallet if known else None,
        documents=[DocumentModel.model_validate(document) for document in known.documents] if known else [],
        verified=known is not None and known.verified_at is not None,
        changed_at=known.changed_at if known else None,
        change=_change(change) if change is not None else None,
    )


def _change(change: PayoutDetailsChange) -> ChangeOut:
    about = {"asked_by": change.asked_by_login, "verified": change.verified_at is not None}
    return ChangeOut.model_validate({**vars(change), **about})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
