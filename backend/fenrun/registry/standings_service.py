"""Suspending partners and reinstating them, with a reason: the partner reads it, and the chain keeps its hash."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from sqlalchemy.orm import Session

from fenrun.chain.contracts import artifact
from fenrun.chain.gas import Call
from fenrun.kit import audit_log, changes
from fenrun.kit.ids import new_id
from fenrun.registry import notices, person_keys, repository
from fenrun.registry.errors import StandingError
from fenrun.registry.models import StandingChange

COMPLIANCE = "compliance"
"""Who suspends and reinstates where rules do."""

STATUSES = ("pending", "active", "suspended")
"""The contract's `Status`, in our words."""


def change(
    session: Session,
    key: bytes,
    by: str,
    number: int,
    status: Literal["suspended", "active"],
    reason: str,
    now: dt.datetime,
) -> StandingChange:
    """Suspends a partner, or reinstates it. The partner's members are told, and the chain as soon as it can be.

    A suspended partner goes on earning and is not paid: from here on where we pay, and from its block on where the
    contract does.

    Args:
        session: the transaction.
        key: the installation's.
        by: the id of the member who does it, or `COMPLIANCE`.
        number: the partner's.
        status: what it is to be.
        reason: in words that the partner reads.
        now: the time.

    Raises:
        StandingError: the partner is that already, or compliance holds it.
    """
    partner = repository.lock(session, number)
    newest = repository.standing(session, number)
    wanted = newest.status if newest is not None else partner.status
    if (wanted == "suspended") == (status == "suspended"):
        raise StandingError(f"{partner.name} is {wanted} already")
    if status == "active" and repository.is_held(session, number):
        raise StandingError(f"Compliance holds {partner.name}: decide what it found in the risk queue")
    made = StandingChange(id=new_id("psc"), partner_number=number, status=status, reason=reason, by_member=by, at=now)
    session.add(made)
    session.flush()
    action = "partner.suspended" if status == "suspended" else "partner.reinstated"
    audit_log.record(session, action, partner.id, after={"reason": reason})
    kind = action.replace(".", "_")
    notices.to_partners(session, key, [number], kind, {"at": notices.spelled(now), "reason": reason}, now)
    changes.tell(session, {"partners": [number]})
    return made


def calls(session: Session, key: bytes, signer: str, to: str) -> Iterator[tuple[StandingChange, Call]]:
    """The calls that make the chain say what was decided last."""
    to_tell = repository.standings_to_tell(session)
    keys = person_keys.of_all(session, key, [found.partner_number for found in to_tell])
    for found in to_tell:
        hashed = person_keys.stands_for(keys[found.partner_number], "standing", f"{found.id}\0{found.reason}")
        data = artifact("PartnerRegistry").call("setStatus", found.partner_number, STATUSES.index(found.status), hashed)
        yield found, Call(f"standing:{found.number}", signer, to, data)
