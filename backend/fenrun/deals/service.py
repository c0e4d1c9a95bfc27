"""Decisions about registrations: what may be handed in, who was first, how long it is protected.

Times are those of our clock, in UTC: a partner's own is never asked.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.compliance import personal_data
from fenrun.deals import company_fields, conflicts, repository, states
from fenrun.deals.conflicts import Finding
from fenrun.deals.errors import (
    CustomerTakenError,
    DealConflictError,
    DealDuplicateError,
    DealInvalidError,
    DealTransitionError,
)
from fenrun.deals.models import Deal
from fenrun.kit import audit_log, changes
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.storage import Store
from fenrun.registry import notices

ANSWER_WITHIN = dt.timedelta(hours=48)
PROTECTED_FOR = dt.timedelta(days=90)
EXTENDED_BY = dt.timedelta(days=60)
RETURNED_FOR = dt.timedelta(days=30)
"""How long a returned registration waits for its correction."""
REMINDED_BEFORE = dt.timedelta(days=14)

Decision = Literal["approve", "reject", "return"]
_COMPANY = ("legal_name", "country", "domain", "credit_code", "products", "region")
"""What a registration is about: when one of these changes, it is another one, and as old as that."""


@dataclass(frozen=True)
class Fields:
    """What a partner writes down; see `models.Deal`."""

    legal_name: str
    country: str
    domain: str | None
    credit_code: str | None
    contact_name: str
    contact_email: str
    value: str
    quarter: str
    stage: str
    compelling_event: str
    products: list[str]
    region: str
    partner_contact: str
    contacted_on: dt.date


@dataclass(frozen=True)
class Attribution:
    """The customer of the CRM that an approved registration becomes, and the plan version it earns by."""

    customer_id: str
    plan_id: str


def create(session: Session, key: bytes, partner_number: int, fields: Fields, member_id: str, now: dt.datetime) -> Deal:
    """Writes a registration down as a draft, which claims nothing yet.

    Raises:
        DealInvalidError: the name, the domain or the code names no company.
    """
    deal = Deal(id=new_id("dl"), partner_number=partner_number, status="draft", created_by=member_id)
    _write(deal, key, fields, now)
    repository.add(session, deal)
    _record(session, "deal.created", deal, None)
    return deal


def edit(session: Session, key: bytes, deal: Deal, fields: Fields, now: dt.datetime) -> None:
    """Changes a registration that is with the partner. About another company or scope, it is as young as that.

    Raises:
        DealTransitionError: it is with the staff, or was answered.
        DealInvalidError: as in `create`.
    """
    if deal.status not in states.EDITABLE:
        raise DealTransitionError(f"The registration is {deal.status}; withdraw it, and register it anew")
    before = {name: getattr(deal, name) for name in _COMPANY}
    _write(deal, key, fields, now)
    after = {name: getattr(deal, name) for name in _COMPANY}
    if after != before:
        deal.registered_at = None
    session.flush()
    _record(session, "deal.changed", deal, before)


def submit(session: Session, deal: Deal, now: dt.datetime) -> None:
    """Hands a registration in: from now on, or from when it was first handed in, it is first or second.

    Raises:
        DealTransitionError: it was handed in already.
        DealDuplicateError: the partner's own registration of the company and scope stands.
    """
    status = states.after(_status(deal), "submit")
    repository.lock_company(session)
    own = next((f for f in conflicts.findings(session, deal, now) if f.kind == "own" and f.likeness == "same"), None)
    if own is not None:
        raise DealDuplicateError(f"Your registration {own.id} of {own.legal_name} stands; go on with that one")
    deal.status, deal.submitted_at, deal.answer_due_at = status, now, now + ANSWER_WITHIN
    deal.registered_at = deal.registered_at or now
    deal.answered_at = deal.answered_by = deal.reason = None
    session.flush()
    _record(session, "deal.submitted", deal, None)


def decide(
    session: Session,
    key: bytes,
    deal: Deal,
    decision: Decision,
    reason: str | None,
    member_id: str,
    now: dt.datetime,
    attribution_: Attribution | None = None,
    *,
    signs: bool = False,
) -> None:
    """Answers a registration.

    Args:
        session: the transaction.
        key: the installation's.
        deal: what was handed in, locked.
        decision: to approve it, to reject it, or to return it for a correction.
        reason: why, in words that the partner reads; needed for the last two.
        member_id: who decides.
        now: our clock.
        attribution_: the customer that it is, where that is known by now.
        signs: whether the partner has a wallet on the chain, which then signs the claim itself.

    Raises:
        DealTransitionError: it does not wait for an answer.
        DealInvalidError: a reason is missing.
        DealConflictError: somebody was before it, or the vendor sells to the company itself.
        CustomerTakenError: the customer is attributed already.
        NotFoundError: there is no such plan.
    """
    status = states.after(_status(deal), decision)
    if decision != "approve":
        if not reason:
            raise DealInvalidError(f"reason: say why, for the partner reads it; without it you cannot {decision}")
        if attribution_ is not None:
            raise DealInvalidError("attribution: only an approved registration becomes a customer")
    else:
        repository.lock_company(session)
        _require_free(session, deal, now)
        deal.protected_until = now + PROTECTED_FOR
        if attribution_ is not None:
            _attribute(session, key, deal, attribution_, signs=signs)
    deal.status, deal.reason = status, reason
    deal.answered_at, deal.answered_by = now, member_id
    if decision == "reject":
        deal.ended_at = now
    session.flush()
    _record(session, f"deal.{status}", deal, None, reason=reason)
    variables = {"company": deal.legal_name, "path": f"/deals/{deal.id}"}
    notices.to_partners(session, key, [deal.partner_number], f"deal_{status}", variables, now)


def extend(session: Session, files: Store, deal: Deal, note: str, evidence: bytes, now: dt.datetime) -> None:
    """Protects a registration for another 60 days, once, by what shows that the customer is being worked on.

    Raises:
        DealTransitionError: it is not protected, or was extended before.
        DealInvalidError: there is no evidence.
    """
    states.after(_status(deal), "extend")
    assert deal.protected_until is not None
    if deal.extended_at is not None:
        raise DealTransitionError("The registration was extended before, and that can be done once")
    if deal.protected_until <= now:
        raise DealTransitionError("The protection is over; register the deal anew")
    if not evidence:
        raise DealInvalidError("The evidence is empty: send what shows that the customer is being worked on")
    deal.extension_file, deal.extension_note, deal.extended_at = files.put(evidence), note, now
    deal.protected_until += EXTENDED_BY
    deal.reminded_at = None
    session.flush()
    _record(session, "deal.extended", deal, None, evidence=deal.extension_file)


def withdraw(session: Session, deal: Deal, now: dt.datetime) -> None:
    """Gives a registration up.

    Raises:
        DealTransitionError: it is over, or became a customer.
    """
    if deal.customer_number is not None:
        raise DealTransitionError("The registration became a customer; there is nothing to withdraw any more")
    deal.status, deal.ended_at = states.after(_status(deal), "withdraw"), now
    session.flush()
    _record(session, "deal.withdrawn", deal, None)


def expire_due(session: Session, now: dt.datetime) -> int:
    """Ends what is no longer protected; returns how many. What became a customer stays."""
    due = repository.to_expire(session, now, now - RETURNED_FOR)
    for deal in due:
        deal.status = states.after(_status(deal), "expire")
        deal.ended_at = now
        _tell(session, deal)
    session.flush()
    return len(due)


def remind_due(session: Session, key: bytes, now: dt.datetime) -> int:
    """Tells partners whose protection ends within two weeks; returns how many."""
    due = repository.to_remind(session, now + REMINDED_BEFORE)
    for deal in due:
        assert deal.protected_until is not None
        deal.reminded_at = now
        variables = {
            "company": deal.legal_name,
            "until": notices.spelled(deal.protected_until),
            "path": f"/deals/{deal.id}",
        }
        notices.to_partners(session, key, [deal.partner_number], "deal_expiring", variables, now)
    session.flush()
    return len(due)


def contact(key: bytes, deal: Deal) -> tuple[str, str]:
    """The person at the customer's: name and address."""
    name, email = msgspec.json.decode(decrypt(key, f"deal {deal.id}", deal.contact), type=tuple[str, str])
    return name, email


# --- In common ------------------------------------------------------------------------------------------


def _write(deal: Deal, key: bytes, fields: Fields, now: dt.datetime) -> None:
    if fields.contacted_on > now.date() + dt.timedelta(days=1):
        raise DealInvalidError(f"contacted_on: {fields.contacted_on} has not come yet")
    deal.legal_name, deal.name_key = fields.legal_name, company_fields.checked_name(fields.legal_name)
    deal.country, deal.domain = fields.country, company_fields.checked_domain(fields.domain)
    deal.credit_code = company_fields.checked_credit_code(fields.credit_code)
    if deal.domain is None and deal.credit_code is None:
        raise DealInvalidError(
            "domain: give the company's domain, or its unified social credit code; a name may be two"
        )
    deal.contact = encrypt(key, f"deal {deal.id}", msgspec.json.encode((fields.contact_name, fields.contact_email)))
    for name in ("value", "quarter", "stage", "compelling_event", "products", "region", "partner_contact",
                 "contacted_on"):  # fmt: skip
        setattr(deal, name, getattr(fields, name))
    if deal.region.partition("-")[0] != deal.country:
        raise DealInvalidError(f"region: {deal.region} is not in {deal.country}")


def _require_free(session: Session, deal: Deal, now: dt.datetime) -> None:
    barring: Finding | None = next(iter(conflicts.findings(session, deal, now)), None)
    if barring is None or not barring.bars:
        return
    why = {
        "own": "the partner's own registration {0} of it stands",
        "protected": "{0} of another partner is protected",
        "earlier": "{0} of another partner was handed in earlier; answer that one first",
        "customer": "it is a customer already ({0})",
        "direct_only": "the vendor sells to it itself ({0})",
    }[barring.kind].format(barring.id)
    raise DealConflictError(f"{deal.legal_name} cannot be approved: {why}")


def _attribute(session: Session, key: bytes, deal: Deal, wanted: Attribution, *, signs: bool) -> None:
    """Makes the registration a customer: at once, or, for a partner with a wallet, when it has signed the claim."""
    plan = repository.plan(session, wanted.plan_id)
    if plan is None:
        raise NotFoundError(f"No plan {wanted.plan_id}")
    kind = personal_data.kind_of(wanted.customer_id)
    if kind is not None:
        raise DealInvalidError(f"customer_id is {kind.en} (rule PRV-01); give an id that says nothing of a person")
    if repository.customer(session, wanted.customer_id) is not None:
        raise CustomerTakenError(f"{wanted.customer_id} has an attribution already; its first touch stays")
    deal.customer_external_id, deal.plan_number = wanted.customer_id, plan.number
    if signs:
        deal.claim = "awaits_signature"
    else:
        make_attribution(session, key, deal)


def make_attribution(session: Session, key: bytes, deal: Deal) -> None:
    """Attributes the customer of an approved registration to its partner, from when it was registered on."""
    assert deal.customer_external_id is not None and deal.plan_number is not None and deal.registered_at is not None  # noqa: PT018
    new = attribution.NewCustomer(
        deal.customer_external_id, deal.partner_number, None, None, deal.plan_number, deal.registered_at
    )
    attribution.add_customers(session, key, [new])
    customer = repository.customer(session, deal.customer_external_id)
    assert customer is not None
    deal.customer_number, deal.claim = customer.number, "made"


def _status(deal: Deal) -> states.DealStatus:
    found: states.DealStatus = next(status for status in states.STATUSES if status == deal.status)
    return found


def _record(session: Session, action: str, deal: Deal, before: Mapping[str, Any] | None, **more: Any) -> None:
    after = {name: getattr(deal, name) for name in ("status", *_COMPANY)}
    audit_log.record(session, action, deal.id, before=before, after={**after, **more})
    _tell(session, deal)


def _tell(session: Session, deal: Deal) -> None:
    changes.tell(session, {"deals": {deal.partner_number}})
