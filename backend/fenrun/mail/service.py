"""Decisions about letters: what is written down, when it is tried again, when no more."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy.orm import Session

from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import SetupError
from fenrun.kit.ids import new_id
from fenrun.mail import repository
from fenrun.mail.models import Letter
from fenrun.mail.wording import KINDS, LANGUAGES

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""Between attempts; after the last one the letter has failed, a day and a half after it was written."""
LEASE = dt.timedelta(minutes=5)
"""Longer than a conversation with the server can take."""
KEPT = dt.timedelta(days=90)
"""How long it is known that a letter went, or did not."""


class Content(msgspec.Struct, frozen=True):
    """What is sealed of a letter."""

    to: str
    variables: dict[str, str]


class Claim(NamedTuple):
    """A letter that is to be tried now."""

    id: str
    attempt: int
    """1 for the first."""
    kind: str
    language: str
    content: Content


def write(
    session: Session,
    key: bytes,
    to: str,
    kind: str,
    language: str,
    about: str,
    variables: Mapping[str, str],
    useful_until: dt.datetime | None = None,
) -> None:
    """Writes a letter; it goes when the transaction has been committed.

    Args:
        session: the transaction of what it tells of.
        key: the installation's key; the address and the variables are encrypted under it.
        to: the address.
        kind: one of `wording.KINDS`.
        language: one of `wording.LANGUAGES`.
        about: the id of the member or invitation whose matter it is.
        variables: what the kind's text names.
        useful_until: after which it is not sent any more.
    """
    assert language in LANGUAGES and set(variables) == set(KINDS[kind]), (kind, language, sorted(variables))  # noqa: PT018
    id_ = new_id("lt")
    content = Content(to, dict(variables))
    repository.add(
        session,
        Letter(
            id=id_,
            kind=kind,
            language=language,
            about=about,
            sealed=encrypt(key, f"letter {id_}", msgspec.json.encode(content)),
            useful_until=useful_until,
        ),
    )


def withdraw(session: Session, about: str) -> None:
    """Takes back what has not gone yet about a member or an invitation."""
    repository.withdraw(session, about, "Withdrawn before it was sent")


def claim(session: Session, key: bytes, now: dt.datetime, limit: int) -> list[Claim]:
    """Takes letters that are due, at most so many; those that nobody needs any more are failed instead."""
    claims = []
    for letter in repository.claim(session, now, now + LEASE, limit):
        if letter.useful_until is not None and letter.useful_until <= now:
            repository.note_unsent(session, letter.id, letter.attempts, "Its link had ended before it could go", None)
            continue
        assert letter.sealed is not None
        try:
            content = msgspec.json.decode(decrypt(key, f"letter {letter.id}", letter.sealed), type=Content)
        except SetupError as error:
            # It waits for the right key, and holds up no other meanwhile.
            again_at = next_attempt_after(letter.attempts, now)
            repository.note_unsent(session, letter.id, letter.attempts, error.detail, again_at)
            continue
        claims.append(Claim(letter.id, letter.attempts, letter.kind, letter.language, content))
    return claims


def next_attempt_after(attempt: int, now: dt.datetime) -> dt.datetime | None:
    """When a letter is tried again after so many attempts; None when it is not."""
    return now + PAUSES[attempt - 1] if attempt <= len(PAUSES) else None
