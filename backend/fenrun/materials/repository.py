"""All SQL of materials."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlalchemy.orm import Session

from fenrun.kit.db import among
from fenrun.materials.models import Material, MaterialDownload, MaterialVersion

# In which roles a partner has customers.
_ROLES = """
SELECT 'referrer' WHERE EXISTS (SELECT FROM referrals WHERE referrer = :partner)
UNION ALL SELECT 'implementer' WHERE EXISTS (SELECT FROM referrals WHERE implementer = :partner)
UNION ALL SELECT 'trainer' WHERE EXISTS (SELECT FROM referrals WHERE trainer = :partner)
"""
_IN_ROLES = """
SELECT DISTINCT number FROM referrals r
CROSS JOIN LATERAL (VALUES ('referrer', r.referrer), ('implementer', r.implementer), ('trainer', r.trainer))
  AS held (role, number)
WHERE number IS NOT NULL AND role = ANY(:roles)
"""


def by_id(session: Session, id_: str, *, lock: bool = False) -> Material | None:
    """A material by its id; locked, so that versions follow one another."""
    query = select(Material).where(Material.id == id_)
    return session.scalar(query.with_for_update() if lock else query)


def visible_to(session: Session, partner: int) -> ColumnElement[bool]:
    """Of which materials a partner may know: of those that are for it, have a file and are not withdrawn."""
    roles = list(session.scalars(text(_ROLES), {"partner": partner}))
    for_all = (func.cardinality(Material.roles) == 0) & (func.cardinality(Material.partner_numbers) == 0)
    named = Material.partner_numbers.contains([partner])
    by_role = Material.roles.overlap(roles) if roles else Material.number.is_(None)
    has_file = Material.number.in_(select(MaterialVersion.material_number))
    return has_file & Material.withdrawn_at.is_(None) & or_(for_all, named, by_role)


def page(
    session: Session,
    visible: ColumnElement[bool] | None,
    search: str | None,
    language: str | None,
    after: int | None,
    before: int | None,
    limit: int,
) -> list[Material]:
    """A page of materials, newest first, whose title, summary or a file's name has a text in it."""
    query = select(Material)
    if visible is not None:
        query = query.where(visible)
    if language is not None:
        query = query.where(Material.language == language)
    if search:
        query = query.where(_matches(search))
    return _page(session, query, after, before, limit)


def _page(
    session: Session, query: Select[Material], after: int | None, before: int | None, limit: int
) -> list[Material]:
    if before is not None:
        found = session.scalars(query.where(Material.number > before).order_by(Material.number).limit(limit)).all()
        return list(reversed(found))
    if after is not None:
        query = query.where(Material.number < after)
    return list(session.scalars(query.order_by(Material.number.desc()).limit(limit)))


def _matches(search: str) -> ColumnElement[bool]:
    files = select(MaterialVersion.material_number).where(MaterialVersion.file_name.icontains(search, autoescape=True))
    return or_(
        Material.title.icontains(search, autoescape=True),
        Material.summary.icontains(search, autoescape=True),
        Material.number.in_(files),
    )


def versions(session: Session, numbers: Sequence[int]) -> dict[int, list[MaterialVersion]]:
    """The versions of materials, newest first."""
    query = select(MaterialVersion).where(among(MaterialVersion.material_number, numbers))
    found: dict[int, list[MaterialVersion]] = {number: [] for number in numbers}
    for version in session.scalars(query.order_by(MaterialVersion.version.desc())):
        found[version.material_number].append(version)
    return found


def downloads(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """How often partners' members fetched a file of materials."""
    query = (
        select(MaterialVersion.material_number, func.count())
        .join(MaterialDownload, MaterialDownload.version_number == MaterialVersion.number)
        .where(among(MaterialVersion.material_number, numbers), MaterialDownload.partner_number.is_not(None))
        .group_by(MaterialVersion.material_number)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def download_page(
    session: Session, material: int, after: str | None, before: str | None, limit: int
) -> list[tuple[MaterialDownload, int]]:
    """A page of who fetched a file of a material, newest first, with the version."""
    query = select(MaterialDownload, MaterialVersion.version).join(
        MaterialVersion, MaterialDownload.version_number == MaterialVersion.number
    )
    query = query.where(MaterialVersion.material_number == material)
    if before:
        later = query.where(MaterialDownload.id > before).order_by(MaterialDownload.id).limit(limit)
        return [(row[0], row[1]) for row in reversed(session.execute(later).all())]
    if after:
        query = query.where(MaterialDownload.id < after)
    newest = query.order_by(MaterialDownload.id.desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(newest)]


def audience(session: Session, material: Material) -> list[int]:
    """The partners whom a material is for."""
    if not material.roles and not material.partner_numbers:
        return list(session.scalars(text("SELECT number FROM partners")))
    in_roles = session.scalars(text(_IN_ROLES), {"roles": list(material.roles)}) if material.roles else ()
    return sorted({*in_roles, *material.partner_numbers})
