"""Disputes as people meet them: who may do what when, what both sides read, what is filed."""

import datetime as dt
import hashlib
import uuid

from fenrun.disputes.models import Evidence


def filed(side, content=b"%PDF-1.7 minutes of the meeting"):
    """A file that somebody handed in, without its dispute."""
    digest = hashlib.sha256(content).hexdigest()
    return Evidence(
        id=f"evd_{uuid.uuid4().hex}", side=side, partner_number=None, member_id="mb_x", login="x", address="",
        name="minutes.pdf", description="Minutes", media_type="application/pdf", size=len(content), sha256=digest,
        captured_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
