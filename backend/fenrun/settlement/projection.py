"""What the logs of the chain mean for our tables: provisional rows that a reorg can take back.

Legs, clawbacks, credits by release day, months and the pending totals of accounts follow from the logs alone; the
logs, folded anew from the first on, give the same rows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.chain import indexer
from fenrun.chain.codec import Leaves
from fenrun.chain.contracts import artifact
from fenrun.chain.deploy import Token
from fenrun.chain.indexer import Log
from fenrun.chain.models import ChainLog
from fenrun.kit.calendar import day_number, day_of
from fenrun.kit.changes import tell
from fenrun.kit.db import copy_columns, get_fact, set_fact
from fenrun.plans import service as plans
from fenrun.plans.split import Terms
from fenrun.registry import repository as registry
from fenrun.registry.standings_service import STATUSES
from fenrun.settlement import changes, court, maturing, payouts, repository, vault
from fenrun.settlement.changes import Touched
from fenrun.settlement.journal import CONTRACT, complete
from fenrun.settlement.rollups import Rollups, drop_empty

RULINGS = (None, "kept", "reversed", "transferred")
"""The contract's `Ruling`, in words."""

_FOLD = {"version": 2}
"""To be counted up when logs come to mean other rows; what is stored is then folded anew."""
_FACT = "fold"
_PAGE_LOGS = 500

_POSTGRES_EPOCH_DAY = 10_957
"""PostgreSQL counts days from 2000-01-01."""

_RUNNING = ("CreditsMatured", "PayoutsRecorded", "PayoutReturned", "WithdrawalRecorded")
"""Logs that note how far an account was, which must be up to date by then."""


class SettlementProjection:
    """Takes logs into the tables of all domains, in the indexer's transaction."""

    def __init__(self, currency: str, token: Token | None = None) -> None:
        self._currency, self._token = currency, token

    def apply(self, session: Session, logs: Sequence[Log]) -> None:
        """Takes in verified logs, in their order."""
        for log in logs:
            match log.event:
                case "PartnersRegistered":
                    registry.activate(session, log.fields["firstId"], len(log.fields["partners"]))
                case "PartnerStatusChanged":
                    _note_status(session, log, "to")
                case "PlanPublished":
                    plans.note_published(session, log.fields["planId"])
                case "ReferralsRegistered":
                    keys = [bytes(referral[0]) for referral in log.fields["referrals"]]
                    attribution.note_registered(session, keys)
                case "ReferralClaimed":
                    attribution.note_registered(session, [bytes(log.fields["referral"][0])])
                case "BatchSettled":
                    repository.note_batch(session, log)
        touched = fold(session, [log for log in logs if log.contract == CONTRACT], self._currency)
        vault.take_in(session, logs, self._token)
        court.take_in(session, logs)
        changes.tell(session, touched, staff=("batches",))
        for log in logs:
            if log.event == "OrderRefunded":
                repository.note_refunded(session, log.fields["refundRef"], log.block_number)

    def rollback(self, session: Session, block_number: int) -> None:
        """Forgets what came from blocks above this one."""
        for log in reversed(indexer.stored_logs(session, block_number)):
            if log.event == "PartnerStatusChanged":
                _note_status(session, log, "from")
        touched = unfold(session, block_number, self._currency)
        changes.tell(session, touched, staff=("batches",))
        repository.forget_above(session, block_number)
        court.take_back(session, block_number)
        attribution.forget_above(session, block_number)
        plans.forget_above(session, block_number)
        registry.forget_above(session, block_number)


def bring_up_to_date(session: Session, currency: str, token: Token | None = None) -> None:
    """Folds all stored logs anew when an earlier version of this program made other rows of them."""
    if get_fact(session, _FACT) == _FOLD:
        return
    session.execute(
        text("TRUNCATE commissions, clawbacks, maturities, holds, partner_months, vault_movements, court_cases")
    )
    session.execute(text("UPDATE accounts SET pending_debits = 0, pending_credits = 0"))
    after = (-1, -1)
    while logs := indexer.stored_logs(session, -1, _PAGE_LOGS, after):
        fold(session, [log for log in logs if log.contract == CONTRACT], currency)
        vault.take_in(session, logs, token)
        for log in logs:
            if log.event == "PartnerStatusChanged":
                _note_status(session, log, "to")
        court.take_in(session, logs)
        after = (logs[-1].block_number, logs[-1].log_index)
    set_fact(session, _FACT, _FOLD)


def _note_status(session: Session, log: Log, which: str) -> None:
    number = log.fields["partnerId"]
    registry.set_status(session, number, STATUSES[log.fields[which]])
    tell(session, {"partners": [number]})


def fold(session: Session, logs: Sequence[Log], currency: str) -> Touched:
    """Adds logs of the ledger contract to the rows that follow from it; returns whom they touch."""
    rollups, legs = Rollups(), _Legs(session)

    def release_day(order_number: int) -> int:
        legs.write()
        return _release_day(session, order_number)

    for log in logs:
        complete(session, log.event, log.fields)
        if log.event == "BatchSettled":
            legs.add(log)
        rollups.add(log, release_day)
        if log.event in _RUNNING:
            rollups.write(session, currency)
        match log.event:
            case "CreditsMatured":
                maturing.note_matured(session, log)
            case "PayoutsRecorded":
                payouts.note_paid(session, log)
            case "PayoutReturned":
                payouts.note_returned(session, log)
            case "WithdrawalRecorded":
                payouts.note_withdrawn(session, log)
            case "OrderRefunded" | "ShareFrozen" | "ShareResolved":
                legs.write()
                _note_on_legs(session, log, sign=1)
    legs.write()
    rollups.write(session, currency)
    return rollups.touched


def unfold(session: Session, block_number: int, currency: str) -> Touched:
    """Takes logs of blocks above this one out of the rows that follow from them; returns whom they touch."""
    logs = [log for log in indexer.stored_logs(session, block_number) if log.contract == CONTRACT]
    rollups = Rollups()
    for log in reversed(logs):
        complete(session, log.event, log.fields)
        rollups.add(log, lambda number: _release_day(session, number), sign=-1)
        if log.event in ("OrderRefunded", "ShareFrozen", "ShareResolved"):
            _note_on_legs(session, log, sign=-1)
        elif log.event == "PayoutReturned":
            payouts.forget_returned(session, log)
    for log in logs:
        if log.event == "BatchSettled":
            repository.delete_legs(session, Leaves(log.fields["leaves"]).order_no.tolist())
    for table in ("clawbacks", "maturities", "vault_movements"):
        session.execute(text(f"DELETE FROM {table} WHERE block_number > :number"), {"number": block_number})  # noqa: S608
    rollups.write(session, currency)
    drop_empty(session)
    return rollups.touched


class _Legs:
    """Legs on their way into the table: those of many batches are written at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._terms = _published_terms(session)
        self._columns: list[list[np.ndarray[Any, Any]]] = []

    def add(self, log: Log) -> None:
        """The legs of a settled batch."""
        leaves = Leaves(log.fields["leaves"])
        held = leaves.partners > 0
        orders, roles = np.nonzero(held)
        plan, kind, tier = leaves.plan[orders], leaves.kind[orders], leaves.tiers[held]
        rates = np.zeros(len(orders), np.int64)
        for number in np.unique(plan).tolist():
            of_plan = plan == number
            rates[of_plan] = self._terms[number].table()[kind[of_plan], roles[of_plan], tier[of_plan]]
        self._columns.append(
            [
                leaves.order_no[orders], roles, leaves.partners[held], plan, tier, rates, leaves.shares[held],
                leaves.settled_day[orders] - _POSTGRES_EPOCH_DAY, leaves.release_day[orders] - _POSTGRES_EPOCH_DAY,
                np.full(len(orders), log.block_number),
            ]
        )  # fmt: skip

    def write(self) -> None:
        """Writes what was added."""
        if not self._columns:
            return
        columns = {
            name: (type_, np.concatenate(parts))
            for (name, type_), parts in zip(_LEG_TYPES, zip(*self._columns, strict=True), strict=True)
        }
        copy_columns(self._session, "commissions", columns)
        self._columns.clear()


_LEG_TYPES = (
    ("order_number", ">i8"), ("role", ">i2"), ("partner_number", ">i8"), ("plan_number", ">i8"), ("tier", ">i2"),
    ("rate_bps", ">i2"), ("amount", ">i8"), ("settled_on", ">i4"), ("release_on", ">i4"), ("block_number", ">i8"),
)  # fmt: skip


def _published_terms(session: Session) -> dict[int, Terms]:
    """Plans as the chain has them."""
    registry_of_plans = artifact("PlanRegistry")
    rows = session.execute(select(ChainLog.topic, ChainLog.data).where(ChainLog.contract == registry_of_plans.name))
    published = [
        registry_of_plans.event("PlanPublished", data)
        for topic, data in rows
        if registry_of_plans.event_names[topic] == "PlanPublished"
    ]
    return {fields["planId"]: plans.terms_on_chain(fields["terms"]) for fields in published}


def _release_day(session: Session, order_number: int) -> int:
    day = session.scalar(
        text("SELECT release_on FROM commissions WHERE order_number = :order LIMIT 1"), {"order": order_number}
    )
    return day_number(day)


def _note_on_legs(session: Session, log: Log, sign: int) -> None:
    """Notes on legs what refunds and disputes did to them, or takes it back."""
    fields, day = log.fields, day_of(log.block_time // 86_400)
    match log.event:
        case "OrderRefunded":
            order, clawbacks = fields["orderNo"], fields["clawbacks"]
        case "ShareFrozen":
            repository.note_dispute(session, fields["orderNo"], fields["role"], "open" if sign > 0 else None)
            return
        case _:
            order, role, ruling, *_ = fields["resolution"]
            repository.note_dispute(session, order, role, RULINGS[ruling] if sign > 0 else "open")
            clawbacks = [fields["clawback"]] if fields["clawback"][0] else []
    if sign > 0:
        repository.add_clawbacks(session, log, order, clawbacks, day)
    repository.claw_back(session, order, clawbacks, sign)
