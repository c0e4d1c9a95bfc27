"""All SQL of the token rail: wallets, what the vault is to pay, and what it holds."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from fenrun.chain import sender
from fenrun.chain.contracts import artifact
from fenrun.chain.models import Block, ChainLog, Intent
from fenrun.payouts.models import Payout, PayoutDetails, PayoutRun
from fenrun.payouts.repository import by_number

_RESERVED = """
SELECT coalesce((SELECT sum(gross) FROM payouts
                 WHERE partner_number = :partner AND status IN ('pending', 'processing', 'sent')), 0) AS reserved,
       coalesce((SELECT pending_credits - pending_debits FROM accounts WHERE kind = 'payable:available'
                 AND partner_number = :partner AND currency = :currency), 0) AS available
"""


def wallet_logs(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the chain says of partners' wallets, in order."""
    contract = artifact("PartnerRegistry")
    events = ("PartnersRegistered", "PayoutChangeRequested", "PayoutChangeCanceled")
    topics = [topic for topic, name in contract.event_names.items() if name in events]
    query = select(ChainLog.topic, ChainLog.data).where(ChainLog.contract == contract.name, ChainLog.topic.in_(topics))
    for topic, data in session.execute(query.order_by(ChainLog.seq)):
        event = contract.event_names[bytes(topic)]
        yield event, contract.event(event, data)


def chain_time(session: Session) -> int:
    """Unix seconds of the last block that was read; 0 before the first."""
    return session.scalar(select(Block.timestamp).order_by(Block.number.desc()).limit(1)) or 0


def newly_verified(session: Session, limit: int) -> list[PayoutDetails]:
    """Payout details whose verification the chain was not told of, by partner; locked."""
    query = select(PayoutDetails).where(
        PayoutDetails.verified_at.is_not(None), PayoutDetails.told_at.is_distinct_from(PayoutDetails.verified_at)
    )
    return list(session.scalars(query.order_by(PayoutDetails.partner_number).limit(limit).with_for_update()))


def token_runs(session: Session, status: str) -> list[PayoutRun]:
    """Runs of the token rail in a status, locked."""
    query = select(PayoutRun).where(PayoutRun.rail == "token", PayoutRun.status == status)
    return list(session.scalars(query.order_by(PayoutRun.number).with_for_update()))


def is_batch_open(session: Session) -> bool:
    """Whether a call of the vault that pays many is in no block yet."""
    query = select(Intent.id).where(Intent.key.like("payout-batch:%"), Intent.state.in_(sender.OPEN)).limit(1)
    return session.scalar(query) is not None


def to_pay(session: Session, limit: int) -> list[Payout]:
    """Payouts of runs that the vault is to make and no call is to, or the call was reverted; locked."""
    numbers = session.scalars(
        select(Payout.number)
        .outerjoin(Intent, Intent.id == Payout.intent_id)
        .where(
            Payout.rail == "token",
            Payout.status == "sent",
            or_(Payout.intent_id.is_(None), Intent.state == "reverted"),
        )
        .order_by(Payout.number)
        .limit(limit)
        .with_for_update(of=Payout, skip_locked=True)
    ).all()
    return by_number(session, numbers)


def unfinished(session: Session, run_number: int, final_block: int) -> int:
    """How many payouts of a run the vault has not gone through in a block that is final."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Payout)
            .where(
                Payout.run_number == run_number,
                or_(Payout.status == "sent", Payout.block_number > final_block),
            )
        )
        or 0
    )


def vault_units(session: Session) -> int:
    """What the vault holds by its own logs, in units of the token."""
    return int(session.scalar(text("SELECT coalesce(sum(units), 0) FROM vault_movements")) or 0)


def country_of(session: Session, partner_number: int) -> str:
    """Where a partner is taxed, or, as long as nobody wrote that down, where it was registered from."""
    query = (
        "SELECT coalesce(d.country, p.country) FROM partners p"
        " LEFT JOIN payout_details d ON d.partner_number = p.number WHERE p.number = :partner"
    )
    return str(session.scalar(text(query), {"partner": partner_number}))


def reserved_and_available(session: Session, partner_number: int, currency: str) -> tuple[int, int]:
    """What payouts under way will take of a partner's balance, and the balance as the last block read has it."""
    row = session.execute(text(_RESERVED), {"partner": partner_number, "currency": currency}).one()
    return int(row.reserved), int(row.available)


def by_intent_key(session: Session, key: str) -> Payout | None:
    """The payout that a call was made for."""
    return session.scalar(select(Payout).join(Intent, Intent.id == Payout.intent_id).where(Intent.key == key))
