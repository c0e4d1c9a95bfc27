"""Who is paid in a run and who is left out, with a reason that the partner can understand. No SQL, no HTTP."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from fenrun.kit.money import Currency
from fenrun.payouts.details import Document, same_name
from fenrun.payouts.withholding import Month, Rule, RuleTable, withhold

NO_RULE = "No withholding rule applies; the partner declares its own taxes"


@dataclass(frozen=True)
class Details:
    """A partner's payout details, as far as they decide."""

    holder: str | None
    """Of the bank account; None where there is none."""
    wallet: str | None
    country: str
    payee_type: str
    documents: dict[str, Document]
    verified: bool


@dataclass(frozen=True)
class LeftOut:
    """Why a partner is not paid: a stable code, and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True)
class Candidate:
    """A partner with money of some kind. Amounts are minor units."""

    number: int
    id: str
    name: str
    status: str
    available: int
    """What is final and neither paid nor on its way to be."""
    held: int
    frozen: int
    debt: int
    next_release: dt.date | None
    open_run: str | None
    """The run that pays the partner already."""
    month: Month
    details: Details | None
    wallet: str | None = None
    """The one that the chain pays to, in force."""
    unsigned: str | None = None
    """An agreement whose version in force the partner has not signed."""
    stopped: tuple[LeftOut, ...] = ()
    """Why rules of compliance keep it from being paid."""


@dataclass(frozen=True)
class Terms:
    """What a run is for."""

    rail: str
    currency: Currency
    pays_on: dt.date
    minimum: int
    rules: RuleTable


@dataclass(frozen=True)
class Payable:
    """What a partner is paid. Minor units."""

    gross: int
    withheld: int
    tax_rule: str | None
    tax_note: str | None


def decide(candidate: Candidate, terms: Terms) -> Payable | LeftOut:
    """What a partner is paid in a run, or why nothing."""
    reason = next(_obstacles(candidate, terms), None)
    if reason is not None:
        return reason
    assert candidate.details is not None
    rule = terms.rules.rule_for(candidate.details.country, candidate.details.payee_type, terms.pays_on)
    if rule is None or not rule.brackets:
        return Payable(candidate.available, 0, rule.id if rule else None, NO_RULE)
    withheld = withhold(rule, candidate.available, candidate.month)
    return Payable(candidate.available, withheld, rule.id, rule.law)


def _obstacles(candidate: Candidate, terms: Terms) -> Iterator[LeftOut]:
    """All that stands in the way, what weighs most first."""
    yield from _standing(candidate)
    yield from _amount(candidate, terms)
    if candidate.unsigned is not None:
        yield LeftOut("agreement_unsigned", f"The present version of {candidate.unsigned} waits to be signed")
    if candidate.details is None:
        yield LeftOut("details_missing", "No payout details: give the account to pay to")
        return
    rule = terms.rules.rule_for(candidate.details.country, candidate.details.payee_type, terms.pays_on)
    yield from _wallet(candidate, rule) if terms.rail == "token" else _account(candidate)
    if not candidate.details.verified:
        yield LeftOut("details_unverified", "The payout details wait to be verified")
    if rule is not None:
        yield from _taxes(candidate.details, rule, terms)
    yield from candidate.stopped


def _standing(candidate: Candidate) -> Iterator[LeftOut]:
    if candidate.status == "suspended":
        yield LeftOut("suspended", "Payouts are suspended; what is earned stays credited")
    elif candidate.status != "active":
        yield LeftOut("not_active", "The partner is not registered on chain yet")
    if candidate.open_run is not None:
        yield LeftOut("in_open_run", f"Already being paid in run {candidate.open_run}")


def _amount(candidate: Candidate, terms: Terms) -> Iterator[LeftOut]:
    money = terms.currency.format
    code = terms.currency.code
    if candidate.available <= 0:
        if candidate.debt > 0:
            yield LeftOut(
                "in_debt", f"{money(candidate.debt)} {code} is owed from refunds; new earnings repay it first"
            )
        elif candidate.held > 0:
            until = f" until {candidate.next_release}" if candidate.next_release else ""
            yield LeftOut("on_hold", f"{money(candidate.held)} {code} is on hold, the first of it{until}")
        elif candidate.frozen > 0:
            yield LeftOut("in_dispute", f"{money(candidate.frozen)} {code} waits for a ruling")
        else:
            yield LeftOut("nothing_available", "Nothing is available that is final")
    elif candidate.available < terms.minimum:
        yield LeftOut(
            "below_minimum",
            f"{money(candidate.available)} {code} is less than the minimum of {money(terms.minimum)} {code};"
            " it is carried over",
        )


def wallet_refused(country: str, rule: Rule | None) -> LeftOut | None:
    """Why a payee cannot have a wallet, whatever else is in order.

    Who has one withdraws without us, and the whole: what must be withheld of it cannot be.
    """
    if country == "CN":
        return LeftOut("PAY-02", "Payees in mainland China are paid by bank only (rule PAY-02)")
    if rule is not None and rule.brackets:
        return LeftOut(
            "tax_withheld", f"Tax is withheld from this payee, which only the bank rail can (rule {rule.id})"
        )
    return None


def _wallet(candidate: Candidate, rule: Rule | None) -> Iterator[LeftOut]:
    assert candidate.details is not None
    refused = wallet_refused(candidate.details.country, rule)
    if refused is not None:
        yield refused
    if candidate.details.wallet is None:
        yield LeftOut("wallet_missing", "No wallet: give the address to pay to")
    elif candidate.details.verified and candidate.wallet != candidate.details.wallet:
        yield LeftOut("wallet_waiting", "The chain does not have the wallet yet, or its three days are not over")


def _account(candidate: Candidate) -> Iterator[LeftOut]:
    assert candidate.details is not None
    holder = candidate.details.holder
    if holder is None:
        yield LeftOut("account_missing", "No bank account: give the account to pay to")
    # PAY-03: the account must be the contract partner's own.
    elif not same_name(holder, candidate.name):
        yield LeftOut("holder_differs", "The account is in another name than the partner's (rule PAY-03)")


def _taxes(details: Details, rule: Rule, terms: Terms) -> Iterator[LeftOut]:
    for kind in rule.requires:
        document = details.documents.get(kind)
        if document is None:
            yield LeftOut("document_missing", f"A document is missing: {kind} (rule {rule.id})")
        elif document.expires_on is not None and document.expires_on < terms.pays_on:
            yield LeftOut("document_expired", f"A document expired on {document.expires_on}: {kind} (rule {rule.id})")
    if rule.currency not in (None, terms.currency.code):
        yield LeftOut(
            "tax_currency",
            f"Rule {rule.id} is in {rule.currency}; its tax cannot be worked out in {terms.currency.code}",
        )
