"""What stands in a registration's way, or might: everything that a person who decides has to see.

Only what is certainly the same company in an overlapping scope bars an approval; the rest is shown.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.deals import repository
from fenrun.deals.models import Deal, KnownCompany
from fenrun.kit.company_identity import Identity, Likeness, Scope, likeness, overlap, product_key

DIRECT_CONTACT = dt.timedelta(days=60)
"""How long the vendor's own talk with a company counts against a partner's registration."""

FindingKind = Literal["own", "protected", "earlier", "later", "customer", "direct_only", "direct_contact"]


@dataclass(frozen=True)
class Finding:
    """Something else that concerns the same company, or perhaps the same."""

    kind: FindingKind
    likeness: Likeness
    bars: bool
    """Whether the registration cannot be approved while this stands."""
    id: str
    """Of the other registration (`dl_`) or of the known company (`kc_`)."""
    legal_name: str
    since: dt.datetime | dt.date | None
    partner_number: int | None = None


def identity_of(row: Deal | KnownCompany) -> Identity:
    """What a row says of which company it is about."""
    return Identity(row.name_key, row.country, row.domain, row.credit_code)


def scope_of(deal: Deal) -> Scope:
    """The products and the region of a registration."""
    return Scope(frozenset(map(product_key, deal.products)), deal.region)


def findings(session: Session, deal: Deal, now: dt.datetime) -> list[Finding]:
    """What concerns the same company: what bars an approval first, and then by age."""
    found = [*_registrations(session, deal, now), *_companies(session, deal, now)]
    return sorted(found, key=lambda finding: not finding.bars)


def _registrations(session: Session, deal: Deal, now: dt.datetime) -> Iterator[Finding]:
    for other in repository.candidates(session, Deal, identity_of(deal)):
        if other.number == deal.number or other.status not in repository.CLAIMING:
            continue
        alike = likeness(identity_of(deal), identity_of(other))
        if alike == "different" or not overlap(scope_of(deal), scope_of(other)):
            continue
        kind = _kind(deal, other, now)
        if kind is not None:
            bars = alike == "same" and kind != "later"
            yield Finding(kind, alike, bars, other.id, other.legal_name, other.registered_at, other.partner_number)


def _kind(deal: Deal, other: Deal, now: dt.datetime) -> FindingKind | None:
    if other.status == "approved" and (other.protected_until is None or other.protected_until <= now):
        return None
    if other.partner_number == deal.partner_number:
        return "own"
    if other.status == "approved":
        return "protected"
    if other.registered_at is None:
        return None
    return "earlier" if deal.registered_at is None or other.registered_at <= deal.registered_at else "later"


def _companies(session: Session, deal: Deal, now: dt.datetime) -> Iterator[Finding]:
    for company in repository.candidates(session, KnownCompany, identity_of(deal)):
        alike = likeness(identity_of(deal), identity_of(company))
        if alike == "different":
            continue
        if company.direct_only:
            bars = alike == "same"
            yield Finding("direct_only", alike, bars, company.id, company.legal_name, company.created_at)
        if company.contacted_on is not None and now.date() - company.contacted_on <= DIRECT_CONTACT:
            yield Finding("direct_contact", alike, False, company.id, company.legal_name, company.contacted_on)
        since = company.customer_number and attribution.attributed_since(session, company.customer_number)
        if since:
            yield Finding("customer", alike, alike == "same", company.id, company.legal_name, since)
