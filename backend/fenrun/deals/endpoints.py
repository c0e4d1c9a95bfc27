"""Registrations of deals, and the companies that the vendor knows itself: HTTP only."""

import datetime as dt
from contextlib import closing
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from sqlalchemy.orm import Session

from fenrun.chain.client import hex_bytes
from fenrun.chain.errors import ChainUnavailableError, RpcError
from fenrun.deals import claims, companies_service, conflicts, repository, service
from fenrun.deals.errors import (
    ClaimRefusedError,
    CustomerTakenError,
    DealConflictError,
    DealDuplicateError,
    DealInvalidError,
    DealTransitionError,
)
from fenrun.deals.models import Deal, KnownCompany
from fenrun.deals.schemas import (
    ClaimIn,
    ClaimOut,
    ContactOut,
    DealDetail,
    DealFindingOut,
    DealIn,
    DealOut,
    DecisionIn,
    KnownCompanyIn,
    KnownCompanyOut,
    NewDealIn,
)
from fenrun.deals.states import DealStatus
from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.payouts.wallets import on_chain
from fenrun.registry import repository as partners
from fenrun.registry.access import AnyViewer, SignedIn, Staff, Viewer, scope_of, visible_partner
from fenrun.registry.models import Partner

router = APIRouter(prefix="/v1", tags=["deals"], responses=problems(UnauthorizedError, ForbiddenError))

Id = Annotated[str | None, Query(max_length=64)]


def _visible(session: Session, viewer: Viewer, deal_id: str, *, lock: bool = False) -> Deal:
    found = repository.by_id(session, deal_id, lock=lock)
    if found is None or not viewer.may_see(found.partner_number):
        raise NotFoundError(f"No registration {deal_id}")
    return found


def _the_deal(deal_id: str, viewer: AnyViewer, session: InSession) -> Deal:
    return _visible(session, viewer, deal_id, lock=True)


TheDeal = Annotated[Deal, Depends(_the_deal)]
"""The registration that a request is about, locked. Whose it is comes before what is asked of it."""


@router.get("/deals", responses=problems(NotFoundError))
def deals(
    viewer: SignedIn, session: InSession, paging: Paging, partner: Id = None, status: DealStatus | None = None
) -> Page[DealOut]:
    """Registrations, newest first. A partner's member sees its own."""
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        found = repository.by_id(session, id_) if id_ else None
        if id_ and (found is None or not viewer.may_see(found.partner_number)):
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(found.number if found else None)
    rows = repository.page(
        session, scope_of(session, viewer, partner), status, positions[0], positions[1], paging.limit + 1
    )
    names = partners.names(session, [row.partner_number for row in rows])
    return page_of([DealOut.model_validate(_fields(row, names)) for row in rows], paging)


@router.post("/deals", status_code=201, responses=problems(NotFoundError, DealInvalidError))
def create(body: NewDealIn, viewer: SignedIn, request: Request, session: InSession) -> DealDetail:
    """Writes a registration down as a draft, which claims nothing yet."""
    if body.partner_id is not None:
        partner = visible_partner(session, viewer, body.partner_id)
    elif viewer.partner_number is not None:
        partner = viewer.partner_number
    else:
        raise MalformedError("partner_id: say whose registration it is")
    key, now = request.app.state.reference_key, dt.datetime.now(dt.UTC)
    return _detail(request, session, viewer, service.create(session, key, partner, _of(body), viewer.member_id, now))


@router.get("/deals/{deal_id}", responses=problems(NotFoundError))
def deal(deal_id: str, viewer: SignedIn, request: Request, session: InSession) -> DealDetail:
    """A registration."""
    return _detail(request, session, viewer, _visible(session, viewer, deal_id))


@router.put("/deals/{deal_id}", responses=problems(NotFoundError, DealTransitionError, DealInvalidError))
def edit(body: DealIn, viewer: SignedIn, found: TheDeal, request: Request, session: InSession) -> DealDetail:
    """Changes a registration that is a draft, or was returned."""
    service.edit(session, request.app.state.reference_key, found, _of(body), dt.datetime.now(dt.UTC))
    return _detail(request, session, viewer, found)


@router.post("/deals/{deal_id}/submit", responses=problems(NotFoundError, DealTransitionError, DealDuplicateError))
def submit(viewer: SignedIn, found: TheDeal, request: Request, session: InSession) -> DealDetail:
    """Hands a registration in. The staff answers within 48 hours."""
    service.submit(session, found, dt.datetime.now(dt.UTC))
    return _detail(request, session, viewer, found)


@router.post("/deals/{deal_id}/withdraw", responses=problems(NotFoundError, DealTransitionError))
def withdraw(viewer: SignedIn, found: TheDeal, request: Request, session: InSession) -> DealDetail:
    """Gives a registration up."""
    service.withdraw(session, found, dt.datetime.now(dt.UTC))
    return _detail(request, session, viewer, found)


@router.post("/deals/{deal_id}/extension", responses=problems(NotFoundError, DealTransitionError, DealInvalidError))
def extend(
    viewer: SignedIn,
    found: TheDeal,
    request: Request,
    session: InSession,
    note: Annotated[str, Query(min_length=1, max_length=500, pattern=r"^[^\x00]*$")],
    data: Annotated[bytes, Body(media_type="application/octet-stream")] = b"",
) -> DealDetail:
    """Protects a registration for another 60 days, once, by a file that shows that the customer is worked on."""
    service.extend(session, request.app.state.files, found, note, data, dt.datetime.now(dt.UTC))
    return _detail(request, session, viewer, found)


@router.post(
    "/deals/{deal_id}/decision",
    responses=problems(NotFoundError, DealTransitionError, DealInvalidError, DealConflictError, CustomerTakenError),
)
def decide(body: DecisionIn, viewer: Staff, found: TheDeal, request: Request, session: InSession) -> DealDetail:
    """Answers a registration: approves it, rejects it, or returns it for a correction."""
    wanted = body.attribution
    service.decide(
        session,
        request.app.state.reference_key,
        found,
        body.decision,
        body.reason,
        viewer.member_id,
        dt.datetime.now(dt.UTC),
        service.Attribution(wanted.customer_id, wanted.plan_id) if wanted else None,
        signs=wanted is not None and _wallet(session, found.partner_number) is not None,
    )
    return _detail(request, session, viewer, found)


@router.get("/deals/{deal_id}/claim", responses=problems(NotFoundError, DealTransitionError))
def claim(deal_id: str, viewer: SignedIn, request: Request, session: InSession) -> ClaimOut:
    """What the partner's wallet signs, for the claim to go on chain as its own."""
    found, state = _visible(session, viewer, deal_id), request.app.state
    deadline = dt.datetime.now(dt.UTC) + claims.SIGNED_FOR
    data = claims.typed_data(found, state.deployment, state.reference_key, deadline)
    return ClaimOut(typed_data=data, deadline=int(deadline.timestamp()))


@router.post(
    "/deals/{deal_id}/claim",
    status_code=202,
    responses=problems(NotFoundError, DealTransitionError, ClaimRefusedError, ChainUnavailableError, RpcError),
)
def make_claim(body: ClaimIn, viewer: SignedIn, found: TheDeal, request: Request, session: InSession) -> DealDetail:
    """Brings a signed claim to the chain; the partner needs no coin for it."""
    state = request.app.state
    with closing(state.new_client()) as client:
        claims.make(
            session, client, state.registrar, state.deployment, state.reference_key, found, body.deadline,
            hex_bytes(body.signature),
        )  # fmt: skip
    return _detail(request, session, viewer, found)


# --- Known companies ------------------------------------------------------------------------------------


@router.get("/known-companies", responses=problems(NotFoundError))
def known_companies(_: Staff, session: InSession, paging: Paging) -> Page[KnownCompanyOut]:
    """Companies that the vendor is in touch with itself, in the order in which they were written down."""
    positions = []
    for id_ in (paging.starting_after, paging.ending_before):
        found = repository.company_by_id(session, id_) if id_ else None
        if id_ and found is None:
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(found.number if found else 0)
    rows = repository.companies(session, positions[0], positions[1], paging.limit + 1)
    return page_of([_company(session, row) for row in rows], paging)


@router.post(
    "/known-companies", status_code=201, responses=problems(NotFoundError, DealInvalidError, CustomerTakenError)
)
def add_company(body: KnownCompanyIn, _: Staff, session: InSession) -> KnownCompanyOut:
    """Writes down a company that the vendor is in touch with itself, or that a customer of the CRM is."""
    made = companies_service.add(
        session,
        body.legal_name,
        body.country,
        body.domain,
        body.credit_code,
        body.customer_id,
        direct_only=body.direct_only,
        contacted_on=body.contacted_on,
    )
    return _company(session, made)


@router.delete("/known-companies/{company_id}", status_code=204, responses=problems(NotFoundError))
def remove_company(company_id: str, _: Staff, session: InSession) -> None:
    """Forgets a company."""
    companies_service.remove(session, company_id)


# --- In common ------------------------------------------------------------------------------------------


def _wallet(session: Session, partner_number: int) -> str | None:
    found = on_chain(session).get(partner_number)
    return found.now if found else None


def _of(body: DealIn) -> service.Fields:
    return service.Fields(
        **body.company.model_dump(),
        contact_name=body.contact.name,
        contact_email=body.contact.email,
        value=body.value,
        quarter=body.quarter,
        stage=body.stage,
        compelling_event=body.compelling_event,
        products=body.products,
        region=body.region,
        partner_contact=body.partner_contact.name,
        contacted_on=body.partner_contact.contacted_on,
    )


def _fields(row: Deal, names: dict[int, Partner]) -> dict[str, object]:
    partner = names[row.partner_number]
    columns = {column.key: getattr(row, column.key) for column in Deal.__mapper__.column_attrs}
    can_extend = row.status == "approved" and row.extended_at is None and row.customer_number is None
    return {**columns, "partner_id": partner.id, "partner_name": partner.name, "can_extend": can_extend}


def _detail(request: Request, session: Session, viewer: Viewer, row: Deal) -> DealDetail:
    found = None
    if viewer.may("rows:all") and row.status in ("submitted", "approved"):
        found = conflicts.findings(session, row, dt.datetime.now(dt.UTC))
    numbers = {row.partner_number, *(f.partner_number for f in found or () if f.partner_number is not None)}
    names = partners.names(session, sorted(numbers))
    name, email = service.contact(request.app.state.reference_key, row)
    return DealDetail.model_validate(
        {
            **_fields(row, names),
            "contact": ContactOut(name=name, email=email),
            "extension_sha256": row.extension_file,
            "customer_id": row.customer_external_id,
            "findings": None if found is None else [_finding(f, names) for f in found],
        }
    )


def _finding(found: conflicts.Finding, names: dict[int, Partner]) -> DealFindingOut:
    partner = names[found.partner_number] if found.partner_number is not None else None
    return DealFindingOut(
        kind=found.kind, likeness=found.likeness, bars=found.bars, id=found.id, legal_name=found.legal_name,
        partner_name=partner.name if partner else None, since=found.since,
    )  # fmt: skip


def _company(session: Session, row: KnownCompany) -> KnownCompanyOut:
    columns = {column.key: getattr(row, column.key) for column in KnownCompany.__mapper__.column_attrs}
    customer = repository.external_id(session, row.customer_number) if row.customer_number is not None else None
    return KnownCompanyOut.model_validate({**columns, "customer_id": customer})
