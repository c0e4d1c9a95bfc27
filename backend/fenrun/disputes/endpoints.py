"""Disputes: HTTP only."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from fenrun.deals import repository as deals
from fenrun.disputes import arbiters, case_file, evidence_service, reads, repository, service
from fenrun.disputes.errors import (
    ConflictedError,
    DisputeTransitionError,
    EvidenceError,
    NoGroundError,
    NothingToDisputeError,
    NotPartyError,
    TooLateError,
    WalletNeededError,
)
from fenrun.disputes.models import Dispute
from fenrun.disputes.schemas import (
    AnswerIn,
    DisputeDetail,
    DisputeIn,
    DisputeOut,
    EvidenceOut,
    RecusalIn,
    RulingIn,
    WordsIn,
    YourSide,
)
from fenrun.disputes.service import Room
from fenrun.disputes.states import DisputeStatus
from fenrun.kit.errors import ForbiddenError, MalformedError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.kit.storage import FileDamagedError
from fenrun.payouts.wallets import on_chain
from fenrun.plans.split import ROLES
from fenrun.registry import members_repository
from fenrun.registry import repository as partners
from fenrun.registry.access import AnyViewer, Arbiter, Compliance, Disputes, Staff, Viewer, visible_partner
from fenrun.statements.pdf import Language

router = APIRouter(prefix="/v1", tags=["disputes"], responses=problems(UnauthorizedError, ForbiddenError))

_STEPPING = (NotFoundError, NotPartyError, DisputeTransitionError)
_STEP = problems(*_STEPPING)
Line = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


def _visible(session: Session, viewer: Viewer, dispute_id: str, *, lock: bool = False) -> Dispute:
    found = repository.by_id(session, dispute_id, lock=lock)
    if found is None or reads.side_of(viewer, found) is None:
        raise NotFoundError(f"No dispute {dispute_id}")
    return found


def _the_dispute(dispute_id: str, viewer: AnyViewer, session: InSession) -> Dispute:
    return _visible(session, viewer, dispute_id, lock=True)


TheDispute = Annotated[Dispute, Depends(_the_dispute)]
"""The dispute that a request is about, locked. Whose it is comes before what is asked of it."""


@router.get("/disputes", responses=problems(NotFoundError))
def disputes(
    viewer: Disputes, session: InSession, paging: Paging, status: DisputeStatus | None = None
) -> Page[DisputeOut]:
    """Disputes, newest first. A partner's member sees those in which it is a party."""
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        found = repository.by_id(session, id_) if id_ else None
        if id_ and (found is None or reads.side_of(viewer, found) is None):
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(found.number if found else None)
    rows = repository.page(session, viewer.partner_number, status, positions[0], positions[1], paging.limit + 1)
    return page_of(reads.listed(session, viewer, rows), paging)


@router.post("/disputes", status_code=201, responses=problems(NotFoundError, NothingToDisputeError, WalletNeededError))
def draft(body: DisputeIn, viewer: Disputes, request: Request, session: InSession) -> DisputeDetail:
    """Writes a claim down, for evidence to be added before it is opened."""
    claimant = _claimant(session, viewer, body.partner_id)
    deal = deals.by_id(session, body.deal_id) if body.deal_id else None
    if body.deal_id and (deal is None or deal.partner_number != claimant):
        raise NotFoundError(f"No registration {body.deal_id} of the claimant's")
    room, role = _room(request, session, viewer), ROLES.index(body.role)
    number = deal.number if deal else None
    made = service.draft(room, claimant, body.orders, role, body.ground, body.statement, number)
    return reads.detail(session, viewer, made)


@router.get("/disputes/{dispute_id}", responses=problems(NotFoundError))
def dispute(dispute_id: str, viewer: Disputes, session: InSession) -> DisputeDetail:
    """A dispute, and what the reader may do now."""
    return reads.detail(session, viewer, _visible(session, viewer, dispute_id))


@router.post(
    "/disputes/{dispute_id}/evidence",
    status_code=201,
    responses=problems(NotFoundError, NotPartyError, EvidenceError, TooLateError),
)
def file_evidence(
    viewer: Disputes,
    found: TheDispute,
    request: Request,
    session: InSession,
    name: Line,
    description: Line,
    data: Annotated[bytes, Body(media_type="application/octet-stream")] = b"",
    signature: Annotated[str | None, Query(pattern=r"^0x[0-9a-fA-F]{130}$")] = None,
) -> EvidenceOut:
    """Takes a file in, and hashes it. `signature` is the submitter's wallet's, over the message with the hash."""
    side = _require(session, viewer, found, "evidence")
    member = members_repository.member(session, viewer.member_id)
    who = evidence_service.Submitter(
        side=side,
        partner_number=viewer.partner_number,
        member_id=viewer.member_id,
        login=viewer.login,
        address=request.client.host if request.client else "",
        wallet=member.wallet if member else None,
    )
    now = dt.datetime.now(dt.UTC)
    made = evidence_service.take_in(
        session, request.app.state.files, found, who, data, name, description, signature, now
    )
    columns = {column.key: getattr(made, column.key) for column in type(made).__mapper__.column_attrs}
    return EvidenceOut.model_validate(columns)


@router.get(
    "/evidence/{evidence_id}",
    response_class=Response,
    responses={
        **problems(NotFoundError, FileDamagedError),
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
    },
)
def evidence_file(evidence_id: str, viewer: Disputes, request: Request, session: InSession) -> Response:
    """A file of evidence, as it was handed in; a changed one is not given out."""
    file = repository.evidence_by_id(session, evidence_id)
    if file is None or reads.side_of(viewer, repository.of_evidence(session, file)) is None:
        raise NotFoundError(f"No evidence {evidence_id}")
    # Never shown in the page: what somebody else sent is saved, not run.
    headers = {"Content-Disposition": f'attachment; filename="{file.id}"', "Fenrun-SHA256": file.sha256}
    return Response(request.app.state.files.get(file.sha256), media_type=file.media_type, headers=headers)


@router.get(
    "/disputes/{dispute_id}/case-file",
    response_class=Response,
    responses={**problems(NotFoundError), 200: {"description": "The PDF", "content": {"application/pdf": {}}}},
)
def case_pdf(
    dispute_id: str, viewer: Disputes, request: Request, session: InSession, language: Language = "en"
) -> Response:
    """Everything about a dispute as one PDF, with the same as data inside it; `fenrun verify` checks it."""
    found = _visible(session, viewer, dispute_id)
    content = case_file.render(case_file.gather(session, found, request.app.state.deployment), language)
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.id}.pdf"'},
    )


# --- The parties ----------------------------------------------------------------------------------------


@router.post("/disputes/{dispute_id}/open", responses=problems(*_STEPPING, NothingToDisputeError, NoGroundError))
def open_(viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """Opens a dispute: its shares are frozen on the chain, and the record rules at once where it leaves no doubt."""
    _require(session, viewer, found, "open")
    service.open_(_room(request, session, viewer), found)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/withdraw", responses=_STEP)
def withdraw(body: WordsIn, viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """The claimant gives its claim up."""
    _require(session, viewer, found, "withdraw")
    service.withdraw(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/response", responses=_STEP)
def respond(body: WordsIn, viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """The respondent answers."""
    _require(session, viewer, found, "respond")
    service.respond(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/concession", responses=_STEP)
def concede(body: WordsIn, viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """The respondent gives the share up."""
    _require(session, viewer, found, "concede")
    service.concede(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/answer", responses=_STEP)
def answer(body: AnswerIn, viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """A party accepts what was proposed, or does not; when both do, that ends it."""
    _require(session, viewer, found, "answer")
    side = reads.side_of(viewer, found)
    assert side is not None
    service.answer(_room(request, session, viewer), found, side, body.accepts, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/appeal", responses=problems(*_STEPPING, TooLateError))
def appeal(body: WordsIn, viewer: Disputes, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """A party brings the ruling before the panel."""
    _require(session, viewer, found, "appeal")
    room, side = _room(request, session, viewer), reads.side_of(viewer, found)
    assert side is not None and viewer.partner_number is not None  # noqa: PT018
    if not reads.still_open(found, room.now):
        raise TooLateError("The time for an appeal is over; the ruling stands")
    service.appeal(room, found, side, viewer.partner_number, body.words)
    return reads.detail(session, viewer, found)


# --- The staff, and arbiters ------------------------------------------------------------------------------


@router.post("/disputes/{dispute_id}/proposal", responses=_STEP)
def propose(body: RulingIn, viewer: Staff, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """Channel operations propose how to end it; both parties are asked."""
    _require(session, viewer, found, "propose")
    service.propose(_room(request, session, viewer), found, body.ruling, body.reason)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/ruling", responses=problems(*_STEPPING, ConflictedError))
def rule(body: RulingIn, viewer: Arbiter, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """An arbiter who has no part in the matter rules."""
    arbiters.require_free(session, found, viewer.member_id)
    service.rule(_room(request, session, viewer), found, body.ruling, body.reason)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/vote", responses=problems(NotFoundError, ConflictedError, TooLateError))
def vote(body: RulingIn, viewer: Arbiter, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """A member of the panel votes over an appealed ruling; two equal votes decide."""
    arbiters.vote(_room(request, session, viewer), found, viewer.login, body.ruling, body.reason)
    return reads.detail(session, viewer, found)


@router.post("/recusals", status_code=204, responses=problems(NotFoundError))
def recuse(body: RecusalIn, viewer: Arbiter, request: Request, session: InSession) -> None:
    """An arbiter says that it has a part in a partner's matters; it rules on none of them from now on."""
    partner = partners.by_id(session, body.partner_id)
    if partner is None:
        raise NotFoundError(f"No partner {body.partner_id}")
    room = _room(request, session, viewer)
    arbiters.recuse(room, viewer.member_id, partner.number, partner.id, body.reason)


@router.post("/disputes/{dispute_id}/hold", responses=_STEP)
def hold(body: WordsIn, viewer: Compliance, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """Compliance stops the clocks of the hearing. Those of the chain do not stop."""
    service.hold(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/resume", responses=_STEP)
def resume(body: WordsIn, viewer: Compliance, found: TheDispute, request: Request, session: InSession) -> DisputeDetail:
    """Compliance lets the clocks run again, from the beginning of the step."""
    service.resume(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


@router.post("/disputes/{dispute_id}/escalation", responses=_STEP)
def escalate(
    body: WordsIn, viewer: Compliance, found: TheDispute, request: Request, session: InSession
) -> DisputeDetail:
    """The matter goes to a court outside; the shares stay frozen until the chain's own deadline."""
    service.escalate(_room(request, session, viewer), found, body.words)
    return reads.detail(session, viewer, found)


# --- In common ------------------------------------------------------------------------------------------


def _room(request: Request, session: Session, viewer: Viewer) -> Room:
    state = request.app.state
    return Room(session, state.reference_key, state.hours, dt.datetime.now(dt.UTC), viewer.member_id)


def _require(session: Session, viewer: Viewer, found: Dispute, action: str) -> YourSide:
    """The side of somebody to whom a step is open now.

    Raises:
        NotPartyError: it is another's, or nobody's any more.
    """
    side, possible = reads.side_of(viewer, found), reads.actions(session, viewer, found)
    assert side is not None
    if action not in possible:
        raise NotPartyError(
            f"The dispute is {found.status}; as {side} you can now: {', '.join(possible) or 'only read it'}"
        )
    return side


def _claimant(session: Session, viewer: Viewer, partner_id: str | None) -> int:
    if partner_id is not None:
        number = visible_partner(session, viewer, partner_id)
    elif viewer.partner_number is not None:
        number = viewer.partner_number
    else:
        raise MalformedError("partner_id: say whose claim it is")
    wallet = on_chain(session).get(number)
    if wallet is not None and wallet.now is not None:
        raise WalletNeededError(
            f"The wallet {wallet.now} speaks for this partner on the chain: open the dispute with it there, by"
            " DisputeCourt.open"
        )
    return number
