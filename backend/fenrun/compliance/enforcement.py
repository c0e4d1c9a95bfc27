"""What a finding does: a partner is suspended, a customer's orders wait. Undone when the last finding is."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.compliance import repository
from fenrun.compliance.models import RuleFinding
from fenrun.kit.changes import tell
from fenrun.registry import repository as partners
from fenrun.registry import standings_service
from fenrun.registry.standings_service import COMPLIANCE

_OF_PARTNERS = ("partner.activate",)


def apply(session: Session, key: bytes, found: RuleFinding, now: dt.datetime) -> None:
    """Makes what a finding is about be as its state says."""
    if found.subject_kind == "partner" and found.partner_number is not None:
        hold_partner(session, key, found.partner_number, now)
    if found.subject_kind == "customer" and found.customer_number is not None:
        hold_customer(session, found.customer_number, now)
    tell(session, {"findings": ()})


def hold_partner(session: Session, key: bytes, number: int, now: dt.datetime) -> None:
    """Suspends a partner while a finding holds it, and reinstates it when none does; no person's suspension is touched.

    A suspended partner goes on earning and is paid by no rail.
    """
    stopping = repository.stopping_partner(session, number, _OF_PARTNERS)
    partners.hold(session, number, now if stopping else None)
    newest = partners.standing(session, number)
    status = newest.status if newest is not None else partners.names(session, [number])[number].status
    if stopping and status != "suspended":
        rules = ", ".join(dict.fromkeys(one.rule_code for one in stopping))
        reason = f"{stopping[0].says_en} / {stopping[0].says_zh} ({rules})"
        standings_service.change(session, key, COMPLIANCE, number, "suspended", reason, now)
    elif not stopping and newest is not None and newest.status == "suspended" and newest.by_member == COMPLIANCE:
        reason = "Compliance has lifted what it had found / 合规已解除此前的认定"
        standings_service.change(session, key, COMPLIANCE, number, "active", reason, now)


def hold_customer(session: Session, number: int, now: dt.datetime) -> None:
    """Keeps a customer's orders from the chain while a finding holds it."""
    if repository.stopping_customer(session, number):
        repository.hold_customer(session, number, now)
    else:
        repository.release_customer(session, number)
