"""Taking in what a bank answered: all rows of a file or none, once."""

import datetime as dt
import hashlib
from typing import NamedTuple

from sqlalchemy.orm import Session

from fenrun.kit.money import Currency
from fenrun.payouts import bank_answer, repository
from fenrun.payouts.bank_answer import Complaints, Row
from fenrun.payouts.models import BankAnswer, Payout, PayoutRun, PayoutRunTransition
from fenrun.payouts.service import Actor
from fenrun.payouts.states import PAYOUT, RUN, Effect, after, effect_of
from fenrun.registry import notices


class Taken(NamedTuple):
    """How many payments a file changed, and how. `replayed`: it was taken in before, and changed nothing now."""

    paid: int
    failed: int
    bounced: int
    unchanged: int
    replayed: bool = False


def take_in(session: Session, data: bytes, actor: Actor, currency: Currency, key: bytes, now: dt.datetime) -> Taken:
    """Takes in a bank's file. The same file again changes nothing.

    What was paid is told to the partner, and goes on chain next; what failed is payable again. What the bank sends
    back after it was paid is taken back on chain, and payable again then.

    Raises:
        BankAnswerError: rows that are unknown, doubled or contradict what is known, each named by its line. Nothing of
            the file was taken in.
    """
    digest = hashlib.sha256(data).digest()
    known = session.get(BankAnswer, digest)
    if known is not None:
        return Taken(**known.result, replayed=True)
    rows = bank_answer.read(data, currency)
    payouts = repository.by_end_to_end_id(session, [row.end_to_end_id for row in rows])
    complaints = Complaints()
    effects = [_effect(row, payouts.get(row.end_to_end_id), currency, complaints) for row in rows]
    complaints.raise_any()
    for row, effect in zip(rows, effects, strict=True):
        _carry_out(payouts[row.end_to_end_id], row, effect, now.date())
    session.flush()
    _close_answered(session, sorted({p.run_number for p in payouts.values() if p.run_number is not None}), actor)
    told = [payouts[row.end_to_end_id] for row, effect in zip(rows, effects, strict=True) if effect == "paid"]
    notices.to_each(session, key, "payout_made", [_letter(payout, currency) for payout in told], now)
    counts = {"paid": 0, "failed": 0, "bounced": 0, "unchanged": 0}
    for effect in effects:
        counts[effect or "unchanged"] += 1
    session.add(BankAnswer(sha256=digest, by_member=actor.member_id, by_login=actor.login, result=counts))
    session.flush()
    return Taken(counts["paid"], counts["failed"], counts["bounced"], counts["unchanged"])


def _effect(row: Row, payout: Payout | None, currency: Currency, complaints: Complaints) -> Effect | None:
    if payout is None:
        complaints.add(row.line, f"no payment of ours has the end-to-end id {row.end_to_end_id[:40]!r}")
        return None
    net = payout.gross - payout.withheld
    if row.amount is not None and row.amount != net:
        complaints.add(row.line, f"{row.end_to_end_id} is {currency.format(net)}, not {currency.format(row.amount)}")
    effect = effect_of(payout.status, payout.answered_on is not None, row.outcome)
    if effect is None:
        complaints.add(row.line, f"{row.end_to_end_id} is {payout.status} and cannot be {row.outcome}")
    return effect


def _carry_out(payout: Payout, row: Row, effect: Effect | None, today: dt.date) -> None:
    match effect:
        case "paid":
            payout.answered_on = today
            payout.bank_reference = row.bank_reference or payout.bank_reference
        case "failed":
            payout.status, payout.reason = after(PAYOUT, payout.status, "fail"), row.reason
        case "bounced":
            payout.bounce_reason = payout.bounce_reason or row.reason
        case _:
            pass


def _letter(payout: Payout, currency: Currency) -> tuple[int, dict[str, str]]:
    net = f"{currency.format(payout.gross - payout.withheld)} {currency.code}"
    return payout.partner_number, {"amount": net, "path": "/payouts"}


def _close_answered(session: Session, run_numbers: list[int], actor: Actor) -> None:
    for number in run_numbers:
        run = session.get_one(PayoutRun, number, with_for_update=True)
        if run.status == "sent" and repository.unanswered(session, number) == 0:
            run.status = after(RUN, run.status, "close")
            session.add(
                PayoutRunTransition(
                    run_number=number, status=run.status, by_member=actor.member_id, by_login=actor.login
                )
            )
