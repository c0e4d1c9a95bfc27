"""Plans on their way to the chain: the governor announces a version, and publishes it when the delay is over."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.deploy import GOVERNING_DELAY_SECONDS
from fenrun.chain.gas import Call
from fenrun.plans import service
from fenrun.plans.models import Plan

EXPIRES_SECONDS = 7 * 86_400
"""How long after its delay an announcement may be used; OpenZeppelin's `AccessManager.expiration`."""

# The newest announcement of every version that no transaction was made to publish, in their order: the contract
# takes them densely numbered.
_WAITING = """
SELECT p.number, a.announced, a.state, b.timestamp + :delay AS ripe_at FROM plans p LEFT JOIN LATERAL (
  SELECT i.state, i.block_number, count(*) OVER () AS announced FROM intents i
  WHERE i.key = 'announce:' || p.number OR i.key LIKE 'announce:' || p.number || ':%'
  ORDER BY i.id DESC LIMIT 1) a ON true
LEFT JOIN blocks b ON b.number = a.block_number
WHERE p.intent_id IS NULL ORDER BY p.number
"""


def announcements(session: Session, governor: str, deployment: Deployment, now: int) -> list[Call]:
    """The calls that announce plan versions that were not, or whose announcement has expired or was refused.

    Args:
        now: Unix seconds of the chain's clock.
    """
    calls = []
    for row in _waiting(session):
        expired = row.state == "mined" and row.ripe_at + EXPIRES_SECONDS <= now
        if row.state is None or row.state == "refused" or expired:
            plan = session.get_one(Plan, row.number)
            again = f":{row.announced + 1}" if row.announced else ""
            data = artifact("AccessManager").call(
                "schedule", deployment.addresses["PlanRegistry"], service.publication(plan), 0
            )
            calls.append(Call(f"announce:{row.number}{again}", governor, deployment.addresses["AccessManager"], data))
    return calls


def next_publication(session: Session, governor: str, deployment: Deployment, now: int) -> tuple[Plan, Call] | None:
    """The call that publishes the next plan version, when its time has come and the one before it is in a block."""
    waiting = _waiting(session)
    if not waiting or waiting[0].state != "mined" or waiting[0].ripe_at > now:
        return None
    plan = session.get_one(Plan, waiting[0].number)
    if plan.number > 1 and session.get_one(Plan, plan.number - 1).status == "pending":
        return None
    data = service.publication(plan)
    return plan, Call(f"publish:{plan.number}", governor, deployment.addresses["PlanRegistry"], data)


def is_any_announced(session: Session) -> bool:
    """Whether a block holds the announcement of a plan version."""
    return bool(
        session.scalar(text("SELECT EXISTS (SELECT FROM intents WHERE key LIKE 'announce:%' AND state = 'mined')"))
    )


def ripe_at(session: Session) -> dt.datetime | None:
    """When the last announced version may be published; None when none waits."""
    times = [row.ripe_at for row in _waiting(session) if row.ripe_at is not None]
    return dt.datetime.fromtimestamp(max(times), dt.UTC) if times else None


def _waiting(session: Session) -> Sequence[Row[tuple[int, int | None, str | None, int | None]]]:
    return session.execute(text(_WAITING), {"delay": GOVERNING_DELAY_SECONDS}).all()
