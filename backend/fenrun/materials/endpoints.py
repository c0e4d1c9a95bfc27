"""Materials: HTTP only."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Query, Request, Response
from sqlalchemy.orm import Session

from fenrun.compliance.errors import ComplianceBlockedError
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, Paging, page_of, problems
from fenrun.kit.sniffing import EXTENSIONS, FileRefusedError
from fenrun.kit.storage import FileDamagedError
from fenrun.mail.wording import Language
from fenrun.materials import repository, service
from fenrun.materials.errors import MaterialVersionError
from fenrun.materials.models import Material
from fenrun.materials.schemas import (
    AudienceOut,
    Line,
    MaterialChange,
    MaterialDownloadOut,
    MaterialIn,
    MaterialOut,
    MaterialVersionOut,
)
from fenrun.registry import repository as partners
from fenrun.registry.access import SignedIn, Staff, Viewer

router = APIRouter(prefix="/v1/materials", tags=["materials"], responses=problems(UnauthorizedError, ForbiddenError))

Version = Annotated[int, Path(ge=1, le=9_999)]


@router.get("", responses=problems(NotFoundError))
def materials(
    viewer: SignedIn,
    session: InSession,
    paging: Paging,
    search: Annotated[str | None, Query(max_length=100)] = None,
    language: Language | None = None,
) -> Page[MaterialOut]:
    """Materials, newest first: a partner's member sees what is for its partner, the vendor's staff all."""
    after, before = (
        service.visible(session, viewer, id_).number if id_ else None
        for id_ in (paging.starting_after, paging.ending_before)
    )
    number = viewer.partner_number
    mine = None if number is None else repository.visible_to(session, number)
    found = repository.page(session, mine, search, language, after, before, paging.limit + 1)
    return page_of(_out(session, viewer, found), paging)


@router.post("", status_code=201, responses=problems(NotFoundError))
def add(body: MaterialIn, viewer: Staff, session: InSession) -> MaterialOut:
    """Adds a material; partners know of it once it has a file. Each call adds one."""
    return _out(session, viewer, [service.add(session, body.model_dump())])[0]


@router.get("/{material_id}", responses=problems(NotFoundError))
def material(material_id: str, viewer: SignedIn, session: InSession) -> MaterialOut:
    """A material and its versions."""
    return _out(session, viewer, [service.visible(session, viewer, material_id)])[0]


@router.patch("/{material_id}", responses=problems(NotFoundError))
def change(material_id: str, body: MaterialChange, viewer: Staff, session: InSession) -> MaterialOut:
    """Changes what a material is called, whom it is for, or whether it is withdrawn."""
    changes = body.model_dump(exclude_unset=True)
    return _out(session, viewer, [service.change(session, material_id, changes, _now())])[0]


@router.put(
    "/{material_id}/versions/{version}/content",
    responses=problems(NotFoundError, FileRefusedError, MaterialVersionError, ComplianceBlockedError),
)
def publish(
    material_id: str,
    version: Version,
    file_name: Annotated[Line, Query()],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    viewer: Staff,
    request: Request,
    session: InSession,
) -> MaterialOut:
    """Publishes a file as the next version; it must be what its name says. The same again changes nothing."""
    state = request.app.state
    made = service.publish(
        session, state.files, state.reference_key, viewer, material_id, version, file_name, content, _now()
    )
    return _out(session, viewer, [made])[0]


@router.get(
    "/{material_id}/content",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in EXTENSIONS}},
        **problems(NotFoundError, FileDamagedError, ComplianceBlockedError),
    },
)
def content(
    material_id: str,
    viewer: SignedIn,
    request: Request,
    session: InSession,
    version: Annotated[int | None, Query(ge=1, le=9_999, description="The newest where none is named")] = None,
) -> Response:
    """A file of a material. Who fetched it is noted."""
    address = request.client.host if request.client else ""
    found, file = service.fetch(session, request.app.state.files, viewer, material_id, version, address, _now())
    # RFC 6266: whatever the name is written in.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"}
    return Response(file, media_type=found.media_type, headers=headers)


@router.get("/{material_id}/downloads", responses=problems(NotFoundError))
def downloads(material_id: str, _: Staff, session: InSession, paging: Paging) -> Page[MaterialDownloadOut]:
    """Who fetched a file of a material, newest first."""
    found = service.one(session, material_id)
    rows = repository.download_page(
        session, found.number, paging.starting_after, paging.ending_before, paging.limit + 1
    )
    named = partners.names(session, [row.partner_number for row, _ in rows if row.partner_number is not None])
    out = [
        MaterialDownloadOut.model_validate(
            {
                **vars(row),
                "version": version,
                "partner_id": partner.id if partner is not None else None,
                "partner_name": partner.name if partner is not None else None,
            }
        )
        for row, version in rows
        for partner in [named.get(row.partner_number) if row.partner_number is not None else None]
    ]
    return page_of(out, paging)


def _out(session: Session, viewer: Viewer, found: Sequence[Material]) -> list[MaterialOut]:
    numbers = [material.number for material in found]
    versions = repository.versions(session, numbers)
    staff = viewer.may("rows:all")
    fetched = repository.downloads(session, numbers) if staff else {}
    named = partners.names(session, [number for material in found for number in material.partner_numbers])
    return [
        MaterialOut.model_validate(
            {
                **vars(material),
                "versions": [
                    MaterialVersionOut.model_validate({**vars(one), "sha256": one.sha256.hex()})
                    for one in versions[material.number]
                ],
                "audience": AudienceOut.model_validate(
                    {
                        "roles": material.roles,
                        "partner_ids": [named[number].id for number in material.partner_numbers],
                    }
                )
                if staff
                else None,
                "downloads": fetched.get(material.number, 0) if staff else None,
            }
        )
        for material in found
    ]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
