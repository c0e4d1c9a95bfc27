"""Decisions about runs: prepare, approve, send, take in the bank's answer. Money moves only when two people agree."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fenrun.agreements import repository as agreements
from fenrun.chain import setup
from fenrun.chain.deploy import Token
from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.kit.money import Currency
from fenrun.payouts import details, repository, screening, wallets
from fenrun.payouts.bank_answer import OURS
from fenrun.payouts.eligibility import Candidate, Details, LeftOut, Payable, Terms, decide
from fenrun.payouts.errors import (
    OtherCurrencyError,
    PaysOnError,
    RailError,
    RunEmptyError,
    SamePersonError,
)
from fenrun.payouts.models import (
    Payout,
    PayoutExclusion,
    PayoutRun,
    PayoutRunTransition,
)
from fenrun.payouts.settings import PayoutSettings, load_payout_settings
from fenrun.payouts.states import PAYOUT, RUN, Rail, after
from fenrun.payouts.withholding import Month, load_rules
from fenrun.registry import person_keys
from fenrun.registry.access import Viewer


@dataclass(frozen=True)
class Actor:
    """Who does something: a member of the vendor's finance, or of a partner for its own details."""

    member_id: str
    login: str

    @classmethod
    def of(cls, viewer: Viewer) -> "Actor":
        """Who is signed in."""
        return cls(viewer.member_id, viewer.login)


# --- Preparing --------------------------------------------------------------------------------------


def prepare(
    session: Session,
    actor: Actor,
    pays_on: dt.date,
    currency_code: str,
    ledger_currency: Currency,
    settings: PayoutSettings,
    key: bytes,
    today: dt.date,
    rail: Rail = "bank",
) -> PayoutRun:
    """Makes a run of everybody who can be paid on a day, and lists everybody who cannot, with the reason.

    What it pays is reserved from here on: two runs at the same time never pay the same.

    Raises:
        OtherCurrencyError: the ledger is in another currency.
        RailError: there is no token vault.
        PaysOnError: the day is over.
    """
    if currency_code != ledger_currency.code:
        raise OtherCurrencyError(f"This ledger keeps {ledger_currency.code}, not {currency_code}")
    if pays_on < today:
        raise PaysOnError(f"{pays_on} is over; give {today} or a later day")
    if rail == "token":
        require_vault(session)
    repository.lock(session)
    rules = load_rules()
    terms = Terms(rail, ledger_currency, pays_on, settings.minimum_of(ledger_currency), rules)
    run = PayoutRun(
        id=new_id("pr"),
        rail=terms.rail,
        status="prepared",
        currency=currency_code,
        pays_on=pays_on,
        minimum=terms.minimum,
        tax_version=rules.version,
        prepared_by=actor.member_id,
    )
    session.add(run)
    session.flush()
    _note(session, run, actor, None)
    for row in _candidates(session, terms, key):
        candidate = _candidate(row)
        decision = decide(candidate, terms)
        if isinstance(decision, Payable):
            session.add(_payout(run, candidate, decision, row["account"]))
        else:
            session.add(_exclusion(run, candidate, decision))
    session.flush()
    for payout in repository.payouts_of(session, run.number, "pending"):
        if rail == "bank":
            payout.end_to_end_id = payout.bank_reference = f"{OURS}{payout.number:012d}"
    session.flush()
    return run


def _candidates(session: Session, terms: Terms, key: bytes) -> list[dict[str, Any]]:
    month = terms.pays_on.replace(day=1)
    rows = repository.candidates(session, terms.currency.code, month, first_of_next_month(month))
    suspended = repository.suspended(session)
    unsigned = agreements.unsigned(session, terms.pays_on)
    paid_to = wallets.on_chain(session) if terms.rail == "token" else {}
    own = person_keys.of_all(session, key, [row["number"] for row in rows])
    found = [
        {
            **row,
            "key": own[row["number"]],
            "status": "suspended" if row["number"] in suspended else row["status"],
            "unsigned": unsigned.get(row["number"]),
            "wallet_on_chain": paid_to[row["number"]].now if row["number"] in paid_to else None,
        }
        for row in rows
    ]
    stopped = screening.screen(
        session, [_candidate(row) for row in found], terms, load_payout_settings(), dt.datetime.now(dt.UTC)
    )
    return [{**row, "stopped": stopped.get(row["number"], ())} for row in found]


def _candidate(row: dict[str, Any]) -> Candidate:
    known = None
    if row["country"] is not None:
        sealed, key = row["account"], row["key"]
        known = Details(
            details.unseal(key, row["number"], bytes(sealed)).holder
            if sealed is not None and key is not None
            else None,
            row["wallet"],
            row["country"],
            row["payee_type"],
            details.documents_of(row["documents"]),
            row["verified"],
        )
    return Candidate(
        number=row["number"],
        id=row["id"],
        name=row["name"],
        status=row["status"],
        available=int(row["available"]) - int(row["reserved"]),
        held=int(row["held"]),
        frozen=int(row["frozen"]),
        debt=int(row["debt"]),
        next_release=row["next_release"],
        open_run=row["run_id"],
        month=Month(int(row["month_gross"]), int(row["month_withheld"])),
        details=known,
        wallet=row["wallet_on_chain"],
        unsigned=row["unsigned"],
        stopped=row.get("stopped", ()),
    )


def _payout(run: PayoutRun, candidate: Candidate, payable: Payable, account: bytes | None) -> Payout:
    on_chain = run.rail == "token"
    return Payout(
        id=new_id("po"),
        run_number=run.number,
        partner_number=candidate.number,
        gross=payable.gross,
        withheld=payable.withheld,
        tax_rule=payable.tax_rule,
        tax_note=payable.tax_note,
        rail=run.rail,
        account=None if on_chain else account,
        wallet=candidate.wallet if on_chain else None,
        bank_reference="",
        status="pending",
    )


def _exclusion(run: PayoutRun, candidate: Candidate, left_out: LeftOut) -> PayoutExclusion:
    return PayoutExclusion(
        id=new_id("px"),
        run_number=run.number,
        partner_number=candidate.number,
        reason=left_out.reason,
        detail=left_out.detail,
        available=max(candidate.available, 0),
    )


# --- Four eyes --------------------------------------------------------------------------------------


def approve(session: Session, run_id: str, actor: Actor, key: bytes, currency: Currency, now: dt.datetime) -> PayoutRun:
    """Lets a run go to the bank; its amounts are fixed from here on.

    What cannot be paid any more, because of a refund or changed details since, is taken out and listed.

    Raises:
        SamePersonError: who prepared it cannot approve it.
        RunEmptyError: it pays nobody.
        ComplianceBlockedError: a rule keeps this person from releasing it.
        TransitionError: it is approved, rejected or canceled already.
        NotFoundError: there is no such run.
    """
    run = run_of(session, run_id)
    status = after(RUN, run.status, "approve")
    if run.prepared_by == actor.member_id:
        raise SamePersonError("You prepared this run; somebody else of finance must approve it")
    total = sum(payout.gross for payout in repository.payouts_of(session, run.number, "pending"))
    screening.require_release(session, run.id, total, actor.member_id, run.pays_on, now)
    _take_out(session, run, "pending", key, currency)
    payouts = repository.payouts_of(session, run.number, "pending")
    if not payouts:
        raise RunEmptyError("Nobody in this run can be paid; cancel it, and prepare another when that has changed")
    for payout in payouts:
        payout.status = after(PAYOUT, payout.status, "approve")
    run.approved_at = now
    _move(session, run, status, actor, None)
    return run


def reject(session: Session, run_id: str, actor: Actor, reason: str) -> PayoutRun:
    """Turns a prepared run down; what it would have paid is payable again.

    Raises:
        TransitionError: it is not waiting for approval.
        NotFoundError: there is no such run.
    """
    return _drop(session, run_id, actor, "reject", reason)


def cancel(session: Session, run_id: str, actor: Actor, reason: str) -> PayoutRun:
    """Calls a run off that is not with the bank yet; what it would have paid is payable again.

    Raises:
        TransitionError: it is with the bank, or over.
        NotFoundError: there is no such run.
    """
    return _drop(session, run_id, actor, "cancel", reason)


def _drop(session: Session, run_id: str, actor: Actor, event: str, reason: str) -> PayoutRun:
    run = run_of(session, run_id)
    status = after(RUN, run.status, event)
    for payout in repository.payouts_of(session, run.number, "pending", "processing"):
        payout.status, payout.reason = after(PAYOUT, payout.status, "cancel"), f"run {status}: {reason}"
    _move(session, run, status, actor, reason)
    return run


def _take_out(session: Session, run: PayoutRun, status: str, key: bytes, currency: Currency) -> None:
    """Cancels the payouts of a run that would not be paid if it were prepared now, and lists them as left out."""
    repository.lock(session)
    terms = Terms(run.rail, currency, run.pays_on, 1, load_rules())
    rows = {row["number"]: row for row in _candidates(session, terms, key)}
    for payout in repository.payouts_of(session, run.number, status):
        left_out = _changed(payout, rows.get(payout.partner_number), terms)
        if left_out is not None:
            payout.status, payout.reason = after(PAYOUT, payout.status, "cancel"), left_out.reason
            session.add(
                PayoutExclusion(
                    id=new_id("px"),
                    run_number=run.number,
                    partner_number=payout.partner_number,
                    reason=left_out.reason,
                    detail=left_out.detail,
                    available=0,
                )
            )
    session.flush()


def _changed(payout: Payout, row: dict[str, Any] | None, terms: Terms) -> LeftOut | None:
    if row is None or int(row["available"]) < int(row["reserved"]):
        return LeftOut("less_available", "A refund or a dispute took of it after the run was prepared")
    paid_to = row["wallet"] if terms.rail == "token" else row["account"] and bytes(row["account"])
    if paid_to != (payout.wallet if terms.rail == "token" else payout.account):
        return LeftOut("details_changed", "The payout details changed after the run was prepared")
    # As if this run were not there: its own reservation is what it pays.
    free = {**row, "reserved": int(row["reserved"]) - payout.gross, "run_id": None}
    decision = decide(_candidate(free), terms)
    return decision if isinstance(decision, LeftOut) else None


# --- Sent and answered ------------------------------------------------------------------------------


def send(session: Session, run: PayoutRun, actor: Actor, key: bytes, currency: Currency) -> None:
    """Lets an approved run go, but for what cannot be paid any more.

    Raises:
        TransitionError: it is not approved.
    """
    status = after(RUN, run.status, "send")
    _take_out(session, run, "processing", key, currency)
    for payout in repository.payouts_of(session, run.number, "processing"):
        payout.status = after(PAYOUT, payout.status, "send")
    _move(session, run, status, actor, None)


def close(session: Session, run: PayoutRun, actor: Actor) -> None:
    """Notes that all of a run was answered.

    Raises:
        TransitionError: it was not sent.
    """
    _move(session, run, after(RUN, run.status, "close"), actor, None)


def require_vault(session: Session) -> Token:
    """The token of the token rail.

    Raises:
        RailError: there is none.
    """
    installation = setup.load(session)
    if installation is None or installation.token is None:
        raise RailError("This installation was set up without a token vault; there is only the bank rail")
    return installation.token


# --- In common --------------------------------------------------------------------------------------


def run_of(session: Session, run_id: str) -> PayoutRun:
    """A run, locked.

    Raises:
        NotFoundError: there is no such run.
    """
    run = repository.run(session, run_id)
    if run is None:
        raise NotFoundError(f"No payout run {run_id}")
    return run


def _move(session: Session, run: PayoutRun, status: str, actor: Actor, reason: str | None) -> None:
    run.status = status
    _note(session, run, actor, reason)
    session.flush()


def _note(session: Session, run: PayoutRun, actor: Actor, reason: str | None) -> None:
    session.add(
        PayoutRunTransition(
            run_number=run.number,
            status=run.status,
            by_member=actor.member_id,
            by_login=actor.login,
            reason=reason,
        )
    )
