"""Credits that were held become available."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.gas import Call, estimate
from fenrun.chain.indexer import Log
from fenrun.chain.keys import Keys
from fenrun.chain.sender import bind
from fenrun.kit.calendar import day_number, day_of
from fenrun.kit.db import copy_rows
from fenrun.ledger import repository as books
from fenrun.ledger.service import AVAILABLE

RELEASES_PER_CALL = 600

_DUE = "SELECT partner_number, release_on FROM holds WHERE release_on <= :today ORDER BY partner_number, release_on"


def mature_due(
    session: Session, client: Client, keys: Keys, deployment: Deployment, today: dt.date, at: int | None = None
) -> int:
    """Binds the calls that make all due credits available; returns how many calls.

    To be called again only when blocks hold them: until then the same credits are due.
    """
    due = session.execute(text(_DUE), {"today": today}).all()
    calls = 0
    for start in range(0, len(due), RELEASES_PER_CALL):
        part = due[start : start + RELEASES_PER_CALL]
        releases = [(partner, day_number(release_on)) for partner, release_on in part]
        first = f"{part[0].partner_number}:{part[0].release_on.isoformat()}"
        call = Call(
            f"mature:{today.isoformat()}:{first}",
            keys.address("treasurer"),
            deployment.addresses["SettlementLedger"],
            artifact("SettlementLedger").call("mature", releases),
        )
        bind(session, call, estimate(client, call, "SettlementLedger", at))
        calls += 1
    return calls


def note_matured(session: Session, log: Log) -> None:
    """Takes in a log of matured credits, whose moves are in the pending totals already."""
    maturities = log.fields["maturities"]
    totals = books.pending_totals(session, AVAILABLE, sorted({partner for partner, *_ in maturities}))
    left = {partner: credits for partner, (_, credits) in totals.items()}
    rows, day = [], day_of(log.block_time // 86_400)
    for partner, release_day, amount, debt_repaid, _ in reversed(maturities):
        cumulative = left.get(partner, 0)
        rows.append((partner, day_of(release_day), amount, debt_repaid, cumulative, day, log.block_number))
        left[partner] = cumulative - (amount - debt_repaid)
    copy_rows(
        session,
        "maturities",
        ("partner_number", "release_on", "amount", "debt_repaid", "cumulative", "matured_on", "block_number"),
        reversed(rows),
    )
