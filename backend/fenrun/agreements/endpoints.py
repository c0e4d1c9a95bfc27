"""Agreements: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Query, Request, Response
from sqlalchemy.orm import Session

from fenrun.agreements import repository, service
from fenrun.agreements.errors import OtherTextError, VersionError
from fenrun.agreements.models import Agreement, Signature
from fenrun.agreements.schemas import AgreementOut, AgreementStandingOut, Line, SignatureIn, SignatureOut
from fenrun.agreements.service import Standing
from fenrun.kit.days import require_sensible
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.kit.sniffing import PDF, FileRefusedError
from fenrun.kit.storage import FileDamagedError
from fenrun.mail.wording import Language
from fenrun.registry.access import Owner, SignedIn, Staff, Viewer, visible_partner

router = APIRouter(prefix="/v1", tags=["agreements"], responses=problems(UnauthorizedError, ForbiddenError))

Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$", description="The same for all versions and languages")]
Version = Annotated[int, Path(ge=1, le=9_999)]


@router.get("/agreements", responses=problems(NotFoundError))
def agreements(viewer: SignedIn, session: InSession, paging: Paging) -> Page[AgreementOut]:
    """All versions in all languages, newest first."""
    after, before = (
        service.one(session, id_).number if id_ else None for id_ in (paging.starting_after, paging.ending_before)
    )
    found = repository.page(session, after, before, paging.limit + 1)
    return page_of(_out(session, viewer, found), paging)


@router.put("/agreements/{name}/{version}/{language}/content", responses=problems(FileRefusedError, VersionError))
def publish(
    name: Name,
    version: Version,
    language: Language,
    title: Annotated[Line, Query()],
    effective_on: Annotated[dt.date, Query(description="The first day, in UTC, on which it is asked for")],
    content: Annotated[bytes, Body(media_type="application/octet-stream", description="Markdown in UTF-8, or a PDF")],
    viewer: Staff,
    request: Request,
    session: InSession,
) -> AgreementOut:
    """Publishes a version in a language. What is published is never changed: the same again changes nothing, and
    another text is another version, which is asked of every partner anew.
    """
    require_sensible(effective_on)
    state = request.app.state
    text = service.Text(name, version, language, title, effective_on)
    made = service.publish(session, state.files, state.reference_key, viewer, text, content, _now())
    return _out(session, viewer, [made])[0]


@router.get(
    "/agreements/{agreement_id}/content",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}, "text/plain": {}}},
        **problems(NotFoundError, FileDamagedError),
    },
)
def content(agreement_id: str, _: SignedIn, request: Request, session: InSession) -> Response:
    """The text, to the byte: its SHA-256 is what is signed."""
    found = service.one(session, agreement_id)
    extension = "pdf" if found.media_type == PDF else "md"
    name = quote(f"{found.name}-{found.version}-{found.language}.{extension}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(request.app.state.files.get(found.sha256.hex()), media_type=found.media_type, headers=headers)


@router.post("/agreements/{agreement_id}/signatures", responses=problems(NotFoundError, OtherTextError))
def sign(agreement_id: str, body: SignatureIn, viewer: Owner, request: Request, session: InSession) -> SignatureOut:
    """Signs a text for one's partner. A repetition changes nothing: the first signature stands."""
    address = request.client.host if request.client else ""
    return _signature(*service.sign(session, agreement_id, viewer, body.signer, body.sha256, address, _now()))


@router.get("/partners/{partner_id}/agreements", responses=problems(NotFoundError))
def standings(partner_id: str, viewer: SignedIn, session: InSession) -> list[AgreementStandingOut]:
    """How a partner stands to every agreement: what is to be signed, and what was."""
    number = visible_partner(session, viewer, partner_id)
    return [_standing(session, viewer, found) for found in service.standings(session, number, _now().date())]


def _standing(session: Session, viewer: Viewer, found: Standing) -> AgreementStandingOut:
    texts = _out(session, viewer, found.texts)
    signatures = [_signature(agreement, signature) for agreement, signature in found.signatures]
    return AgreementStandingOut(name=texts[0].name, state=found.state, texts=texts, signatures=signatures)


def _out(session: Session, viewer: Viewer, found: Sequence[Agreement]) -> list[AgreementOut]:
    signed = repository.signers(session, [agreement.number for agreement in found]) if viewer.may("rows:all") else None
    return [
        AgreementOut.model_validate(
            {
                **vars(agreement),
                "sha256": agreement.sha256.hex(),
                "signed": signed.get(agreement.number, 0) if signed is not None else None,
            }
        )
        for agreement in found
    ]


def _signature(agreement: Agreement, found: Signature) -> SignatureOut:
    about = {"agreement_id": agreement.id, "version": agreement.version, "language": agreement.language}
    return SignatureOut.model_validate({**vars(found), **about, "sha256": found.sha256.hex()})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
