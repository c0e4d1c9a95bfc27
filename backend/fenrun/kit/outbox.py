"""Announcements: what happened, written in the transaction in which it happened, and sent after it.

Nobody announces what is not certain: a message cannot be taken back. What happened on chain is announced when final.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.kit.ids import new_id
from fenrun.kit.models import Subscription

KEPT = dt.timedelta(days=30)
"""How long messages, and with them their keys, are kept."""

_INSERT = text(
    "INSERT INTO messages (id, key, type, partner_numbers, body)"
    # A ragged array is no array: the partners travel as text.
    " SELECT id, key, type, CAST(partner_numbers AS bigint[]), body FROM unnest(CAST(:ids AS text[]),"
    " CAST(:keys AS text[]), CAST(:types AS text[]), CAST(:partners AS text[]), CAST(:bodies AS text[]))"
    " AS new(id, key, type, partner_numbers, body) ON CONFLICT (key) DO NOTHING"
)


class Announcement(NamedTuple):
    """Something that happened."""

    type: str
    data: Mapping[str, Any]
    """What the event type's schema says; texts, numbers, lists and further mappings."""
    key: str
    """What happened, in our own words; unique for ever, as in `payout.completed:17`."""
    at: dt.datetime
    """When it happened."""
    partners: Collection[int] = ()
    """The numbers of the partners whose own matter it is."""


@dataclass(frozen=True)
class Wanted:
    """What is subscribed to, as of one moment: by the staff for all partners, by partners for themselves."""

    by_staff: frozenset[str]
    by_partner: frozenset[tuple[str, int]]

    def wants(self, type: str, partners: Collection[int] = ()) -> bool:
        """Whether anybody who may know of it wants to."""
        return type in self.by_staff or any((type, partner) in self.by_partner for partner in partners)

    @property
    def types(self) -> frozenset[str]:
        """What anybody wants."""
        return self.by_staff | {type for type, _ in self.by_partner}

    def __bool__(self) -> bool:
        return bool(self.by_staff or self.by_partner)


def wanted(session: Session) -> Wanted:
    """Who wants what. Ask once for many announcements, and make none that are not wanted."""
    rows = session.execute(select(Subscription.type, Subscription.partner_number).distinct()).all()
    return Wanted(
        frozenset(type for type, partner in rows if partner is None),
        frozenset((type, partner) for type, partner in rows if partner is not None),
    )


def announce(
    session: Session,
    type: str,
    data: Mapping[str, Any],
    *,
    key: str,
    at: dt.datetime,
    partner_number: int | None = None,
) -> None:
    """Announces one thing, in the caller's transaction; see `announce_many`."""
    partners = () if partner_number is None else (partner_number,)
    announce_many(session, [Announcement(type, data, key, at, partners)])


def announce_many(session: Session, announcements: Iterable[Announcement]) -> int:
    """Writes a message for each announcement that somebody wants; returns how many.

    One that came before under the same key is the same message. What happened longer ago than messages are kept is
    not news: so a history that is read again is not announced again when its keys are forgotten.
    """
    who = wanted(session)
    if not who:
        return 0
    oldest = dt.datetime.now(dt.UTC) - KEPT
    news = [one for one in announcements if one.at > oldest and who.wants(one.type, one.partners)]
    if not news:
        return 0
    session.flush()
    written = session.connection().execute(
        _INSERT,
        {
            "ids": [new_id("msg") for _ in news],
            "keys": [one.key for one in news],
            "types": [one.type for one in news],
            "partners": ["{" + ",".join(map(str, one.partners)) + "}" for one in news],
            "bodies": [body_of(one) for one in news],
        },
    )
    return written.rowcount


def body_of(announcement: Announcement) -> str:
    """The JSON of a message: `type`, `timestamp`, `data`, as Standard Webhooks recommends."""
    moment = announcement.at.astimezone(dt.UTC)
    body = {"type": announcement.type, "timestamp": moment, "data": announcement.data}
    return msgspec.json.encode(body).decode()
