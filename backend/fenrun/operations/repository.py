"""All SQL of health and figures. Each query is answered from an index or a small table."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Progress(NamedTuple):
    """How far the road is."""

    accepted: int
    """Orders ever taken in."""
    parked: int
    waiting: int
    """Orders without a batch."""
    failed: int
    batches: int
    gas: int
    """Of every transaction of ours that a block holds."""
    given_up: int
    block: int
    """The last that the indexer read; -1 for none."""
    block_time: int
    logs: int
    sealed: int
    """The last log in the journal."""


_PROGRESS = """
SELECT coalesce((SELECT max(number) FROM orders), 0) AS accepted,
  (SELECT count(*) FROM events WHERE status = 'parked') AS parked,
  (SELECT count(*) FROM orders WHERE batch_number IS NULL AND reason IS NULL) AS waiting,
  (SELECT count(*) FROM orders WHERE reason IS NOT NULL) AS failed,
  (SELECT count(*) FROM batches) AS batches,
  coalesce((SELECT sum(gas_used) FROM intents), 0) AS gas,
  (SELECT count(*) FROM intents WHERE state = 'refused') AS given_up,
  coalesce((SELECT block_number FROM chain_cursor WHERE id = 1), -1) AS block,
  coalesce((SELECT timestamp FROM blocks ORDER BY number DESC LIMIT 1), 0) AS block_time,
  coalesce((SELECT max(seq) FROM chain_logs WHERE contract = 'SettlementLedger'), 0) AS logs,
  coalesce((SELECT max(number) FROM transactions), 0) AS sealed
"""


class OpenIntents(NamedTuple):
    """What of a key no block holds, how long the oldest waits, and how often it was outbid."""

    signer: str
    waiting: int
    seconds: float
    attempts: int


_OPEN = """
SELECT i.signer, count(DISTINCT i.id), extract(epoch FROM now() - min(i.created_at)), count(a.intent_id)
FROM intents i LEFT JOIN attempts a ON a.intent_id = i.id
WHERE i.state IN ('bound', 'signed') GROUP BY i.signer ORDER BY i.signer
"""


class LastAudit(NamedTuple):
    """The newest verdict."""

    ok: bool
    age_seconds: float
    differences: dict[str, int]
    """By check."""


class Failure(NamedTuple):
    """A kind of failure of a role."""

    role: str
    code: str
    times: int
    detail: str
    last_at: dt.datetime


def progress(session: Session) -> Progress:
    """How far the road is."""
    return Progress(*(int(value) for value in session.execute(text(_PROGRESS)).one()))


def open_intents(session: Session) -> list[OpenIntents]:
    """What no block holds, by key."""
    return [OpenIntents(row[0], row[1], float(row[2]), row[3]) for row in session.execute(text(_OPEN))]


def last_audit(session: Session) -> LastAudit | None:
    """The newest verdict; None before the first."""
    row = session.execute(
        text("SELECT ok, extract(epoch FROM now() - ran_at), result FROM audits ORDER BY ran_at DESC LIMIT 1")
    ).one_or_none()
    if row is None:
        return None
    return LastAudit(row[0], float(row[1]), {check["name"]: check["differences"] for check in row[2]["checks"]})


def failures(session: Session) -> list[Failure]:
    """Failures of roles, the newest first."""
    rows = session.execute(text("SELECT role, code, times, detail, last_at FROM job_failures ORDER BY last_at DESC"))
    return [Failure(*row) for row in rows]


def note_failure(session: Session, role: str, code: str, detail: str) -> None:
    """Counts a failure of a role's step."""
    session.execute(
        text(
            "INSERT INTO job_failures (role, code, times, detail) VALUES (:role, :code, 1, :detail)"
            " ON CONFLICT (role, code) DO UPDATE SET times = job_failures.times + 1, detail = excluded.detail,"
            " last_at = now()"
        ),
        {"role": role, "code": code, "detail": detail[:500]},
    )


def given_up(session: Session) -> list[str]:
    """The newest of what was reverted and given up."""
    return list(session.scalars(text("SELECT key FROM intents WHERE state = 'refused' ORDER BY id DESC LIMIT 5")))


def clock(session: Session) -> float:
    """Unix seconds of the database's clock."""
    return float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
