"""Decisions about materials: whom they are for, which version comes next."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from fenrun.compliance import service as compliance
from fenrun.compliance.service import Subject, Verdict
from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.sniffing import media_type_of
from fenrun.kit.storage import Store
from fenrun.materials import repository
from fenrun.materials.errors import MaterialVersionError
from fenrun.materials.models import Material, MaterialDownload, MaterialVersion
from fenrun.registry import notices
from fenrun.registry import repository as partners
from fenrun.registry.access import Viewer


def add(session: Session, fields: dict[str, Any]) -> Material:
    """Adds a material; partners know of it once it has a file.

    Args:
        session: the transaction.
        fields: `title`, `summary`, `language`, `roles`, `partner_ids`.

    Raises:
        NotFoundError: no such partner.
    """
    numbers = _numbers(session, fields.pop("partner_ids"))
    made = Material(id=new_id("mt"), **fields, partner_numbers=numbers, withdrawn_at=None)
    session.add(made)
    session.flush()
    session.refresh(made)
    audit_log.record(session, "material.added", made.id, after={**fields, "partner_numbers": numbers})
    return made


def change(session: Session, material_id: str, changes: dict[str, Any], now: dt.datetime) -> Material:
    """Changes what a material is called, whom it is for, or whether it is withdrawn.

    Args:
        session: the transaction.
        material_id: which.
        changes: any of `title`, `summary`, `language`, `roles`, `partner_ids`, `withdrawn`.
        now: the time.

    Raises:
        NotFoundError: no such material, or no such partner.
    """
    found = one(session, material_id, lock=True)
    before = _values(found)
    for name in ("title", "summary", "language", "roles"):
        setattr(found, name, changes.get(name, getattr(found, name)))
    if "partner_ids" in changes:
        found.partner_numbers = _numbers(session, changes["partner_ids"])
    if "withdrawn" in changes:
        found.withdrawn_at = (found.withdrawn_at or now) if changes["withdrawn"] else None
    session.flush()
    audit_log.record(session, "material.changed", found.id, before, _values(found))
    _judge(session, found, now)
    return found


def publish(
    session: Session,
    files: Store,
    key: bytes,
    by: Viewer,
    material_id: str,
    version: int,
    file_name: str,
    content: bytes,
    now: dt.datetime,
) -> Material:
    """Publishes a file as the next version. The same again changes nothing. Whom it is for is told.

    Raises:
        NotFoundError: no such material.
        FileRefusedError: it is of no kind that is taken in, or not what its name says.
        MaterialVersionError: it is not the next version, or is there already with another file.
        ComplianceBlockedError: a rule holds or blocks what it says of itself.
    """
    found = one(session, material_id, lock=True)
    _judge(session, found, now).require_pass()
    kind = media_type_of(file_name, content)
    known = repository.versions(session, [found.number])[found.number]
    digest = bytes.fromhex(files.put(content))
    expected = known[0].version + 1 if known else 1
    same = next((one for one in known if one.version == version), None)
    if same is not None and (same.sha256, same.file_name) == (digest, file_name):
        return found
    if version != expected:
        raise MaterialVersionError(f"What is published is never changed; the next version is {expected}")
    session.add(
        MaterialVersion(
            material_number=found.number,
            version=version,
            file_name=file_name,
            media_type=kind,
            sha256=digest,
            size=len(content),
            published_by=by.member_id,
        )
    )
    session.flush()
    after = {"version": version, "file_name": file_name, "sha256": digest.hex()}
    audit_log.record(session, "material.published", found.id, after=after)
    if found.withdrawn_at is None:
        about = {"title": found.title, "path": "/materials"}
        notices.to_partners(session, key, repository.audience(session, found), "material_published", about, now)
    return found


def fetch(
    session: Session,
    files: Store,
    viewer: Viewer,
    material_id: str,
    version: int | None,
    address: str,
    now: dt.datetime,
) -> tuple[MaterialVersion, bytes]:
    """A file of a material, the newest or a version, and a line of who fetched it.

    Raises:
        NotFoundError: no such material that the viewer may know of, or no such version.
        FileDamagedError: the store has lost it.
        ComplianceBlockedError: compliance upheld what it found of the material.
    """
    material = visible(session, viewer, material_id)
    known = repository.versions(session, [material.number])[material.number]
    found = next((one for one in known if version in (None, one.version)), None)
    if found is None:
        raise NotFoundError(f"No such version of {material_id}")
    _require_fetchable(session, material, now)
    session.add(
        MaterialDownload(
            id=new_id("md"),
            version_number=found.number,
            member_id=viewer.member_id,
            login=viewer.login,
            partner_number=viewer.partner_number,
            address=address,
            at=now,
        )
    )
    return found, files.get(found.sha256.hex())


def visible(session: Session, viewer: Viewer, material_id: str) -> Material:
    """A material that a viewer may know of.

    Raises:
        NotFoundError: there is none, or it is for others.
    """
    found = one(session, material_id)
    if viewer.may("rows:all"):
        return found
    assert viewer.partner_number is not None
    mine = repository.visible_to(session, viewer.partner_number) & (Material.number == found.number)
    if not repository.page(session, mine, None, None, None, None, 1):
        raise NotFoundError(f"No material {material_id}")
    return found


def one(session: Session, material_id: str, *, lock: bool = False) -> Material:
    """A material by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = repository.by_id(session, material_id, lock=lock)
    if found is None:
        raise NotFoundError(f"No material {material_id}")
    return found


def _numbers(session: Session, ids: Sequence[str]) -> list[int]:
    numbers = set()
    for id_ in ids:
        partner = partners.by_id(session, id_)
        if partner is None:
            raise NotFoundError(f"No partner {id_}")
        numbers.add(partner.number)
    return sorted(numbers)


def _values(found: Material) -> dict[str, Any]:
    names = ("title", "summary", "language", "roles", "partner_numbers")
    return {**{name: getattr(found, name) for name in names}, "withdrawn": found.withdrawn_at is not None}


def _judge(session: Session, material: Material, now: dt.datetime) -> Verdict:
    """What the rules say of what a material says of itself."""
    subject = Subject(
        "material", material.id, {"title": material.title, "description": material.summary}, material.title
    )
    [verdict] = compliance.judge(session, "content.publish", [subject], now)
    return verdict


def _require_fetchable(session: Session, material: Material, now: dt.datetime) -> None:
    states = compliance.states_of(session, "material", material.id, "content.publish")
    finding = "upheld" if "upheld" in states else "open" if states else "none"
    subject = Subject("material", material.id, {"finding": finding}, material.title)
    [verdict] = compliance.judge(session, "content.fetch", [subject], now)
    verdict.require_pass()
