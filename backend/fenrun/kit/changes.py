"""What changed, told to the pages that show it: PostgreSQL passes it on when the transaction commits.

Only topics are told, and whose matter they are: whoever hears of a change asks for it, and gets what they may see.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

CHANNEL = "fenrun_changes"

Topic = Literal[
    "orders", "commissions", "balances", "payouts", "batches", "books", "partners", "deals", "disputes", "findings"
]

_MOST_PARTNERS = 350
"""In one message, which may have 8,000 bytes: a number has at most 20 digits and a comma."""

_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', body) FROM unnest(CAST(:bodies AS text[])) AS body")  # noqa: S608


class Change(msgspec.Struct, frozen=True):
    """Topics in which something changed, and the numbers of the partners concerned; the staff always is."""

    topics: tuple[str, ...]
    partners: frozenset[int] = frozenset()


def tell(session: Session, changed: Mapping[Topic, Iterable[int]]) -> None:
    """Tells, when the transaction commits, in which topics something changed for which partners."""
    by_partners: dict[frozenset[int], list[str]] = {}
    for topic, partners in changed.items():
        by_partners.setdefault(frozenset(partners), []).append(topic)
    bodies = [
        msgspec.json.encode(Change(tuple(topics), frozenset(some))).decode()
        for partners, topics in by_partners.items()
        for some in _in_parts(sorted(partners))
    ]
    if bodies:
        session.execute(_NOTIFY, {"bodies": bodies})


def read(body: str) -> Change:
    """A message as it was told."""
    return msgspec.json.decode(body, type=Change)


def _in_parts(partners: list[int]) -> list[list[int]]:
    return [partners[at : at + _MOST_PARTNERS] for at in range(0, max(len(partners), 1), _MOST_PARTNERS)]
