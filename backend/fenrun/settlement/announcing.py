"""Announces what became final, from where it left off: one transaction with the place up to which it is done."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.chain import indexer
from fenrun.chain.contracts import artifact
from fenrun.chain.models import ChainLog
from fenrun.kit import outbox
from fenrun.kit.db import get_fact, set_fact
from fenrun.plans import service as plans
from fenrun.registry import repository as registry
from fenrun.settlement.announcements import Names, announcements, is_wanted
from fenrun.settlement.mentions import mentioned
from fenrun.settlement.models import Order

_FACT = "announced"
"""Block and log index of the last log that was announced."""
_LAST = 2**31
"""No block has so many logs: all of it is done."""
_PAGE_LOGS = 20
"""A batch of 500 orders is one log."""


def announce_final(session: Session, final_block: int, currency: str) -> bool:
    """Announces the next page of final logs; returns whether there is more.

    It begins when it runs for the first time: what was final by then is no news. While nobody subscribes to anything,
    no log is read.
    """
    place = get_fact(session, _FACT)
    wanted = outbox.wanted(session)
    if place is None or not wanted:
        if place is None or final_block > place["block"]:
            set_fact(session, _FACT, {"block": final_block, "log": _LAST})
        return False
    found = indexer.stored_logs(session, place["block"] - 1, _PAGE_LOGS, (place["block"], place["log"]))
    logs = [log for log in found if log.block_number <= final_block]
    if not logs:
        return False
    named = _names(session, [log for log in logs if is_wanted(log, wanted)], currency)
    outbox.announce_many(session, (one for log in logs for one in announcements(log, named, wanted)))
    set_fact(session, _FACT, {"block": logs[-1].block_number, "log": logs[-1].log_index})
    return len(logs) == _PAGE_LOGS


def _names(session: Session, logs: Collection[indexer.Log], currency: str) -> Names:
    found = mentioned(logs)
    parties = _parties(session, found.disputes)
    # One that the ledger left out and that a run still holds (`sent`) is not failed: it is recorded later.
    rows = session.execute(
        text("SELECT number, id, partner_number FROM payouts WHERE number = ANY(:numbers) AND status <> 'sent'"),
        {"numbers": list(found.payouts)},
    )
    payouts = {number: (id_, partner) for number, id_, partner in rows}
    orders = session.execute(select(Order.number, Order.id).where(Order.number.in_(found.orders)))
    partners = found.partners.union(*parties.values(), (payee for _, payee in payouts.values()))
    return Names(
        currency=currency,
        partners={number: row.id for number, row in registry.names(session, list(partners)).items()},
        orders={row.number: row.id for row in orders},
        payouts=payouts,
        parties=parties,
        vault_payouts=_vault_payouts(session, logs),
        terms={plan.number: plans.terms_of(plan) for plan in plans.all_plans(session)},
    )


def _vault_payouts(session: Session, logs: Collection[indexer.Log]) -> dict[tuple[bytes, int], str]:
    hashes = {log.transaction_hash for log in logs if log.event in ("WithdrawalRecorded", "PayoutBatchPaid")}
    if not hashes:
        return {}
    rows = session.execute(
        text(
            "SELECT i.transaction_hash, p.partner_number, p.id FROM payouts p JOIN intents i ON i.id = p.intent_id"
            " WHERE p.rail = 'token' AND p.run_number IS NOT NULL AND i.transaction_hash = ANY(:hashes)"
        ),
        {"hashes": sorted(hashes)},
    )
    return {(bytes(hash_), partner): id_ for hash_, partner, id_ in rows}


def _parties(session: Session, disputes: set[int]) -> dict[int, tuple[int, int]]:
    """Claimant and respondent of disputes, as the logs of their opening have them: later ones do not name them."""
    if not disputes:
        return {}
    court = artifact("DisputeCourt")
    topic = next(topic for topic, name in court.event_names.items() if name == "DisputeOpened")
    parties = {}
    query = select(ChainLog.data).where(ChainLog.contract == "DisputeCourt", ChainLog.topic == topic)
    for data in session.scalars(query.order_by(ChainLog.seq.desc())):
        fields: dict[str, Any] = court.event("DisputeOpened", data)
        if fields["disputeId"] in disputes:
            parties[fields["disputeId"]] = fields["dispute"][:2]
        if len(parties) == len(disputes):
            break
    return parties
