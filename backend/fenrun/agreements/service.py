"""Decisions about agreements: which version can be published, which is asked for, what counts as signed."""

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from typing import Literal, NamedTuple

from sqlalchemy.orm import Session

from fenrun.agreements import repository
from fenrun.agreements.errors import OtherTextError, VersionError
from fenrun.agreements.models import Agreement, Signature
from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.sniffing import PDF, TEXT, FileRefusedError, media_type
from fenrun.kit.storage import Store
from fenrun.registry import notices
from fenrun.registry.access import Viewer

State = Literal["signed", "due", "upcoming"]


class Text(NamedTuple):
    """Which text is published."""

    name: str
    version: int
    language: str
    title: str
    effective_on: dt.date


class Standing(NamedTuple):
    """How a partner stands to an agreement: the version that counts in all its languages, and what was signed."""

    state: State
    texts: list[Agreement]
    signatures: list[tuple[Agreement, Signature]]
    """Of all versions, newest first."""


def publish(
    session: Session, files: Store, key: bytes, by: Viewer, text: Text, content: bytes, now: dt.datetime
) -> Agreement:
    """Publishes a version, or one more language of the newest. The same again changes nothing.

    Those who may act for a partner are told of a new version.

    Raises:
        FileRefusedError: it is neither Markdown in UTF-8 nor a PDF.
        VersionError: it is not the next version, begins before the one before it, or in the past; or it is there
            already with another text.
    """
    found = media_type(content)
    if found not in (PDF, TEXT) or not content.strip():
        raise FileRefusedError(f"{text.title}: an agreement is Markdown in UTF-8, or a PDF")
    repository.lock(session, text.name)
    known = repository.versions(session, text.name)
    digest = bytes.fromhex(files.put(content))
    same = next((a for a in known if (a.version, a.language) == (text.version, text.language)), None)
    if same is not None:
        if (same.sha256, same.title, same.effective_on) != (digest, text.title, text.effective_on):
            raise VersionError(f"Version {text.version} is there in {text.language}; a change is a new version")
        return same
    _require_next(text, known, now.date())
    made = Agreement(
        id=new_id("ag"),
        **text._asdict(),
        media_type=found,
        sha256=digest,
        size=len(content),
        published_by=by.member_id,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    after = {**text._asdict(), "effective_on": str(text.effective_on), "sha256": digest.hex()}
    audit_log.record(session, "agreement.published", made.id, after=after)
    if all(agreement.version < text.version for agreement in known):
        about = {"title": text.title, "day": str(text.effective_on), "path": "/agreements"}
        notices.to_owners(session, key, "agreement_published", about, now)
    return made


def _require_next(text: Text, known: list[Agreement], today: dt.date) -> None:
    newest = known[-1] if known else None
    last = newest.version if newest is not None else 0
    if newest is not None and text.version == last:
        if text.effective_on != newest.effective_on:
            raise VersionError(f"Version {last} begins on {newest.effective_on}, in every language")
        return
    if text.version != last + 1:
        raise VersionError(f"The next version of {text.name} is {last + 1}")
    first = max(today, newest.effective_on) if newest is not None else today
    if text.effective_on < first:
        raise VersionError(f"Version {text.version} can begin on {first} at the earliest")


def sign(
    session: Session, agreement_id: str, viewer: Viewer, signer: str, sha256: str, address: str, now: dt.datetime
) -> tuple[Agreement, Signature]:
    """Signs a text for the viewer's partner. A repetition changes nothing: the first signature stands.

    Args:
        session: the transaction.
        agreement_id: the text.
        viewer: who may act for a partner.
        signer: the name that they sign with.
        sha256: of the text that is before them, in hex.
        address: where the request comes from.
        now: the time.

    Raises:
        NotFoundError: no such text.
        OtherTextError: the hash is another's.
    """
    agreement = one(session, agreement_id)
    assert viewer.partner_number is not None
    if sha256 != agreement.sha256.hex():
        raise OtherTextError("Read the text again: its SHA-256 is not the one that you signed")
    found = repository.signature(session, agreement.number, viewer.partner_number)
    if found is not None:
        return agreement, found
    made = Signature(
        id=new_id("as"),
        agreement_number=agreement.number,
        partner_number=viewer.partner_number,
        member_id=viewer.member_id,
        login=viewer.login,
        signer=signer,
        address=address,
        sha256=agreement.sha256,
        signed_at=now,
    )
    session.add(made)
    session.flush()
    audit_log.record(session, "agreement.signed", made.id, after={"agreement_id": agreement.id, "sha256": sha256})
    return agreement, made


def standings(session: Session, partner_number: int, today: dt.date) -> list[Standing]:
    """How a partner stands to every agreement, by name."""
    signed = {found.agreement_number: found for found in repository.signatures(session, partner_number)}
    return [
        _standing(list(versions), signed, today)
        for _, versions in groupby(repository.all_versions(session), key=lambda agreement: agreement.name)
    ]


def _standing(known: list[Agreement], signed: Mapping[int, Signature], today: dt.date) -> Standing:
    signatures = [(agreement, signed[agreement.number]) for agreement in reversed(known) if agreement.number in signed]
    newest_signed = signatures[0][0].version if signatures else 0
    in_force = max((agreement.version for agreement in known if agreement.effective_on <= today), default=0)
    newest = known[-1].version
    state: State
    if newest_signed < in_force:
        version, state = in_force, "due"
    elif newest_signed < newest:
        version, state = newest, "upcoming"
    else:
        version, state = newest, "signed"
    return Standing(state, [agreement for agreement in known if agreement.version == version], signatures)


def one(session: Session, agreement_id: str) -> Agreement:
    """A text by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = repository.by_id(session, agreement_id)
    if found is None:
        raise NotFoundError(f"No agreement {agreement_id}")
    return found
