"""Payouts, the runs they are paid in, and where the money goes."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Payout(Base):
    """A payment to a partner. States: see `states.PAYOUT`.

    One that is not part of a run (`run_number` is null) was recorded without a bank file: `processing → completed`, or
    `failed` when the contract left it out. So is what a partner withdraws from the vault; where the partner's own
    wallet sent that (`intent_id` is null, too), it is here from the day on which the chain says so.
    """

    __tablename__ = "payouts"
    __table_args__ = (
        Index("ix_payouts_partner", "partner_number", "number"),
        Index("ix_payouts_cumulative", "partner_number", "cumulative"),
        Index("ix_payouts_run", "run_number", "number"),
        # What the worker asks for all the time.
        Index("ix_payouts_with_bank", "number", postgresql_where=text("status = 'sent'")),
        Index("ix_payouts_bounced", "number", postgresql_where=text("bounce_reason IS NOT NULL")),
        # Nothing is promised twice, whatever the code above thinks. Not `sent`: a block that the chain takes back can
        # put one there again while another is being prepared.
        Index(
            "uq_payouts_promised",
            "partner_number",
            unique=True,
            postgresql_where=text("run_number IS NOT NULL AND status IN ('pending', 'processing')"),
        ),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """The payout number on chain."""
    id: Mapped[str] = mapped_column(unique=True)
    run_number: Mapped[int | None] = mapped_column(ForeignKey("payout_runs.number"))
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    gross: Mapped[int]
    withheld: Mapped[int]
    rail: Mapped[str] = mapped_column(server_default="bank")
    """`bank` or `token`."""
    wallet: Mapped[str | None]
    """On the token rail, the address that it goes to."""
    log_seq: Mapped[int | None] = mapped_column(unique=True)
    """On the token rail, the ledger's log by which it left the partner's balance."""
    transaction_hash: Mapped[bytes | None]
    """Of that log. On the bank rail, the intent's says it."""
    tax_rule: Mapped[str | None]
    tax_note: Mapped[str | None]
    account: Mapped[bytes | None]
    """Where it goes: the sealed account of the partner's details, as it was when the run was prepared."""
    end_to_end_id: Mapped[str | None] = mapped_column(unique=True)
    """What the bank gives back with its answer."""
    bank_reference: Mapped[str]
    """The bank's own reference once it is known. Its keyed hash is what the chain records."""
    status: Mapped[str] = mapped_column(server_default="processing")
    reason: Mapped[str | None]
    answered_on: Mapped[dt.date | None]
    """The day on which the bank paid it."""
    bounce_reason: Mapped[str | None]
    """Why the bank sent it back after it had paid it."""
    cumulative: Mapped[int | None]
    """All that ever left the partner's available balance, up to and with this."""
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))
    return_intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))
    paid_on: Mapped[dt.date | None]
    block_number: Mapped[int | None] = mapped_column(index=True)


class PayoutRun(Base):
    """Payments of one day that are approved and sent together. States: see `states.RUN`."""

    __tablename__ = "payout_runs"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="prepared", index=True)
    rail: Mapped[str]
    currency: Mapped[str]
    pays_on: Mapped[dt.date]
    minimum: Mapped[int]
    tax_version: Mapped[str]
    prepared_by: Mapped[str]
    """The member's id, as all `…_by` here: members may go, what they did stays."""
    approved_at: Mapped[dt.datetime | None]


class PayoutRunTransition(Base):
    """What became of a run: who did it, when and why."""

    __tablename__ = "payout_run_transitions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    run_number: Mapped[int] = mapped_column(ForeignKey("payout_runs.number"), index=True)
    status: Mapped[str]
    by_member: Mapped[str]
    by_login: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class PayoutExclusion(Base):
    """A partner that a run left out, and why."""

    __tablename__ = "payout_exclusions"
    __table_args__ = (Index("ix_payout_exclusions_partner", "partner_number", "number"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    run_number: Mapped[int] = mapped_column(ForeignKey("payout_runs.number"), index=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    reason: Mapped[str]
    detail: Mapped[str]
    available: Mapped[int]


class PayoutFile(Base):
    """The file that was made of a run: one, in one format. Made again, it has the same bytes."""

    __tablename__ = "payout_files"

    run_number: Mapped[int] = mapped_column(ForeignKey("payout_runs.number"), primary_key=True)
    format: Mapped[str]
    sha256: Mapped[bytes]
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class BankAnswer(Base):
    """A file of the bank that was taken in, by its hash: once."""

    __tablename__ = "bank_answers"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    by_member: Mapped[str]
    by_login: Mapped[str]
    taken_in_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    result: Mapped[dict[str, Any]]


class PayoutDetails(Base):
    """Where a partner is paid, and what must be known for it. Any change makes them unverified."""

    __tablename__ = "payout_details"

    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"), primary_key=True)
    country: Mapped[str]
    """Where the payee is taxed (ISO 3166-1)."""
    payee_type: Mapped[str]
    """`individual` or `entity`."""
    account: Mapped[bytes | None]
    """Sealed; see `details.Account`. None for who is paid in tokens alone."""
    account_hint: Mapped[str]
    """The end of the account's number, to show."""
    wallet: Mapped[str | None]
    """An address, lower case, for the token rail. The chain has it once it is verified, and three days have passed."""
    told_at: Mapped[dt.datetime | None]
    """The verification of which the chain was told, or had nothing to be told."""
    documents: Mapped[list[Any]]
    """Kind, number and last day of each document."""
    changed_by: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    verified_by: Mapped[str | None]
    verified_at: Mapped[dt.datetime | None]


class PayoutDetailsChange(Base):
    """Details that a partner asked to be paid by. They are in force once they have cooled off and were verified.

    Open until `ended_at`; `outcome` is then `in_force`, `undone` or `replaced`.
    """

    __tablename__ = "payout_details_changes"
    __table_args__ = (
        Index(
            "uq_payout_details_changes_open", "partner_number", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    country: Mapped[str]
    payee_type: Mapped[str]
    account: Mapped[bytes | None]
    """Sealed, as in `PayoutDetails`; gone once the change has ended."""
    account_hint: Mapped[str]
    documents: Mapped[list[Any]]
    asked_by: Mapped[str]
    """The member's id, as all `…_by` here."""
    asked_by_login: Mapped[str]
    asked_at: Mapped[dt.datetime]
    effective_at: Mapped[dt.datetime]
    """When it has cooled off."""
    verified_by: Mapped[str | None]
    verified_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
    """None where the clock did."""
    outcome: Mapped[str | None]
