"""What a ruling may rest on, read from the books: the order, who the record names, who registered the customer."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.deals import repository as deals
from fenrun.deals.conflicts import identity_of, scope_of
from fenrun.deals.models import Deal
from fenrun.disputes import repository
from fenrun.disputes.models import Dispute
from fenrun.disputes.provenance import Facts, Ground, Registration, Role
from fenrun.disputes.repository import Share
from fenrun.kit.company_identity import Identity
from fenrun.plans.split import ROLES

_GROUNDS: dict[str, Ground] = {"record": "record", "registration": "registration", "evidence": "evidence"}
_ROLES: tuple[Role, ...] = ("referrer", "implementer", "trainer")
assert _ROLES == ROLES


def gather(session: Session, dispute: Dispute, share: Share) -> Facts:
    """All that is on record about one share of a dispute."""
    role = _ROLES[dispute.role]
    holder, since = attribution.holder_at(session, share.customer_number, role, share.paid_at)
    company = deals.company_of_customer(session, share.customer_number)
    linked = deals.of_customer(session, share.customer_number)
    customer = identity_of(company) if company else identity_of(linked[0]) if linked else None
    filed = repository.evidence(session, dispute.number)
    return Facts(
        claimant=dispute.claimant_number,
        respondent=dispute.respondent_number,
        role=role,
        ground=_GROUNDS[dispute.ground],
        order=share.order_id,
        paid_at=share.paid_at,
        holder=holder,
        holder_since=since,
        customer=customer,
        registrations=tuple(map(registration_of, _registrations(session, dispute, customer, linked))),
        claimant_evidence=sum(file.side == "claimant" for file in filed),
        direct_account=company is not None and company.direct_only,
    )


def registration_of(deal: Deal) -> Registration:
    """A registration as a ruling reads it."""
    assert deal.registered_at is not None
    return Registration(
        id=deal.id,
        partner=deal.partner_number,
        identity=identity_of(deal),
        scope=scope_of(deal),
        registered_at=deal.registered_at,
        approved=deal.protected_until is not None,
        undecided=deal.status in ("submitted", "returned"),
        valid_until=_valid_until(deal),
    )


def _valid_until(deal: Deal) -> dt.datetime | None:
    if deal.customer_number is not None:
        return None
    ends = [moment for moment in (deal.protected_until, deal.ended_at) if moment is not None]
    return min(ends, default=None)


def _registrations(session: Session, dispute: Dispute, customer: Identity | None, linked: list[Deal]) -> list[Deal]:
    """Registrations that may be of the customer: the one that the claim names, and all that look alike."""
    found = {deal.number: deal for deal in linked}
    named = session.get(Deal, dispute.deal_number) if dispute.deal_number is not None else None
    if named is not None:
        found[named.number] = named
    looks = customer or (identity_of(named) if named else None)
    if looks is not None:
        found |= {deal.number: deal for deal in deals.candidates(session, Deal, looks)}
    return [deal for deal in found.values() if deal.registered_at is not None]
