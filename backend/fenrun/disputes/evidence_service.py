"""Evidence: hashed the moment it comes, by our clock, with who sent it; and signed, where the sender has a wallet.

What a court presumes untampered is what was hashed at capture. The file is kept by its content, so a changed one is
found; the hash goes on the chain with the dispute.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fenrun.chain.signatures import signer_of
from fenrun.disputes import repository, states
from fenrun.disputes.errors import EvidenceError, TooLateError
from fenrun.disputes.models import Dispute, DisputeCall, DisputeEntry, Evidence
from fenrun.kit import audit_log, sniffing
from fenrun.kit.ids import new_id
from fenrun.kit.storage import Store

MOST_FILES = 20
"""Of one side in one dispute."""
MEDIA_TYPES = (sniffing.PDF, "image/png", "image/jpeg", sniffing.TEXT)
"""What is taken: what reads the same everywhere, for years."""
_LINES = re.compile(r"[\r\n\x00]")


@dataclass(frozen=True)
class Submitter:
    """Who hands a file in."""

    side: str
    partner_number: int | None
    member_id: str
    login: str
    address: str
    wallet: str | None


def message(dispute_id: str, digest: str) -> str:
    """What a submitter's wallet signs (`personal_sign`) for a file."""
    return f"Fenrun evidence\nDispute: {dispute_id}\nSHA-256: {digest}"


def take_in(
    session: Session,
    files: Store,
    dispute: Dispute,
    who: Submitter,
    content: bytes,
    name: str,
    description: str,
    signature: str | None,
    now: dt.datetime,
) -> Evidence:
    """Takes a file in.

    Raises:
        TooLateError: the dispute hears nobody any more.
        EvidenceError: no kind of file that is taken, one that was filed already, one too many, or another's signature.
    """
    status = dispute.status
    if status not in (*states.HEARING, "appealed") and not (status == "draft" and who.side == "claimant"):
        raise TooLateError(f"The dispute is {status}; evidence is heard until it is ruled, and after an appeal")
    filed = repository.evidence(session, dispute.number)
    if sum(file.side == who.side for file in filed) >= MOST_FILES:
        raise EvidenceError(f"You filed {MOST_FILES} files already; put what belongs together into one")
    media_type = _media_type(content)
    digest = hashlib.sha256(content).hexdigest()
    if any(file.sha256 == digest for file in filed):
        raise EvidenceError(f"This file was filed already (SHA-256 {digest})")
    signer = _signer(dispute, digest, signature, who.wallet)
    files.put(content)
    evidence = Evidence(
        id=new_id("evd"),
        dispute_number=dispute.number,
        side=who.side,
        partner_number=who.partner_number,
        member_id=who.member_id,
        login=who.login,
        address=who.address,
        name=_LINES.sub(" ", name),
        description=description,
        media_type=media_type,
        size=len(content),
        sha256=digest,
        captured_at=now,
        signature=signature,
        signer=signer,
    )
    entry = DisputeEntry(
        dispute_number=dispute.number, at=now, event="evidence", status=status, side=who.side,
        member_id=who.member_id, words=evidence.name,
    )  # fmt: skip
    repository.add(session, evidence, entry)
    if status != "draft":
        repository.add(session, *calls_for(session, dispute, evidence))
    audit_log.record(session, "evidence.filed", dispute.id, after={"evidence": evidence.id, "sha256": digest})
    return evidence


def calls_for(session: Session, dispute: Dispute, evidence: Evidence) -> list[DisputeCall]:
    """What puts the hash of a party's file on the chain, for each share."""
    if evidence.partner_number is None:
        return []
    return [
        DisputeCall(
            dispute_number=dispute.number, order_number=leg["order_number"], role=leg["role"], kind="evidence",
            what=evidence.id, argument=evidence.sha256, partner_number=evidence.partner_number,
        )
        for leg in repository.legs(session, dispute.number)
        if leg["refused"] is None
    ]  # fmt: skip


def _media_type(content: bytes) -> str:
    found = sniffing.media_type(content) if content else None
    if found is None or found not in MEDIA_TYPES:
        raise EvidenceError("Send a PDF, a PNG or JPEG picture, or text in UTF-8; print anything else as PDF")
    return found


def _signer(dispute: Dispute, digest: str, signature: str | None, wallet: str | None) -> str | None:
    if signature is None:
        return None
    if wallet is None:
        raise EvidenceError("You have no wallet here whose signature could be checked; bind one under Settings first")
    if signer_of(message(dispute.id, digest), signature) != wallet:
        raise EvidenceError(f"The signature is not of your wallet {wallet} over this file; sign the message as it is")
    return wallet
