"""What is withheld from a payout: rules from a versioned table, exact whole-number arithmetic, nothing else."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency

_BPS = 10_000


@dataclass(frozen=True)
class Bracket:
    """A rate for what is taxable up to an amount (None for no end), less a fixed amount. Minor units."""

    up_to: int | None
    rate_bps: int
    quick: int


@dataclass(frozen=True)
class Rule:
    """A rule of the table. Amounts are minor units of `currency`; a rule without brackets withholds nothing."""

    id: str
    law: str
    country: str
    payee_type: str
    starts: dt.date
    until: dt.date | None
    requires: tuple[str, ...]
    """Kinds of documents without which nothing is paid."""
    currency: str | None = None
    cumulative: bool = False
    """Payments of one month count as one."""
    flat_up_to: int = 0
    """Up to this gross the deduction is `flat`; above it, `deduct_bps` of the gross."""
    flat: int = 0
    deduct_bps: int = 0
    brackets: tuple[Bracket, ...] = ()


@dataclass(frozen=True)
class Month:
    """What the same payee was paid earlier in the month, and what was withheld of it. Minor units."""

    gross: int = 0
    withheld: int = 0


NO_MONTH = Month()


@dataclass(frozen=True)
class RuleTable:
    """All rules and the version of their file."""

    version: str
    rules: tuple[Rule, ...]

    def rule_for(self, country: str, payee_type: str, day: dt.date) -> Rule | None:
        """The rule for payments to a kind of payee on a day; None when there is none."""
        return next((r for r in self.rules if _applies(r, country, payee_type, day)), None)


def withhold(rule: Rule, gross: int, month: Month = NO_MONTH) -> int:
    """What is withheld from a payment, in minor units; halves of a unit are rounded up.

    A cumulative rule taxes the month's payments as one, and credits what was withheld before; so the order and the
    number of payments of a month do not change its tax. Never more than the payment itself.
    """
    before = month if rule.cumulative else NO_MONTH
    due = _tax(rule, before.gross + gross) - before.withheld
    return min(max(due, 0), gross)


def _tax(rule: Rule, gross: int) -> int:
    # Taxable, in ten-thousandths of a minor unit.
    deduction = rule.flat * _BPS if gross <= rule.flat_up_to else gross * rule.deduct_bps
    taxable = max(gross * _BPS - deduction, 0)
    for bracket in rule.brackets:
        if bracket.up_to is None or taxable <= bracket.up_to * _BPS:
            exact = taxable * bracket.rate_bps - bracket.quick * _BPS**2
            return (exact + _BPS**2 // 2) // _BPS**2
    return 0


def _applies(rule: Rule, country: str, payee_type: str, day: dt.date) -> bool:
    in_force = rule.starts <= day and (rule.until is None or day <= rule.until)
    return rule.country == country and rule.payee_type == payee_type and in_force


@cache
def load_rules() -> RuleTable:
    """The table that comes with this version.

    Raises:
        SetupError: it says two things about the same payee and day.
    """
    return read_rules((resources.files("fenrun.payouts") / "tax_rules.yaml").read_text(encoding="utf-8"))


def read_rules(content: str) -> RuleTable:
    """A table from its file's content.

    Raises:
        SetupError: it says two things about the same payee and day, or a currency does not exist.
    """
    file = yaml.safe_load(content)
    rules = tuple(_rule(entry) for entry in file["rules"])
    for index, rule in enumerate(rules):
        for other in rules[index + 1 :]:
            if _applies(other, rule.country, rule.payee_type, rule.starts) or _applies(
                rule, other.country, other.payee_type, other.starts
            ):
                raise SetupError(f"tax_rules.yaml: two rules for {rule.country} {rule.payee_type} at the same time")
    return RuleTable(file["version"], rules)


def _rule(entry: dict[str, Any]) -> Rule:
    common = Rule(
        entry["id"], entry["law"], entry["country"], entry["payee_type"], entry["from"], entry["until"],
        tuple(entry["requires"]),
    )  # fmt: skip
    if "brackets" not in entry:
        return common
    currency = Currency.of(entry["currency"])
    if currency is None:
        raise SetupError(f"tax_rules.yaml: {entry['id']} is in {entry['currency']}, which is no currency")
    deduction = entry["deduction"]
    brackets = tuple(
        Bracket(currency.parse(b["up_to"]) if b["up_to"] else None, b["rate_bps"], currency.parse(b["quick"]))
        for b in entry["brackets"]
    )
    return Rule(
        common.id, common.law, common.country, common.payee_type, common.starts, common.until, common.requires,
        currency.code, entry["cumulative"], currency.parse(deduction["up_to"]), currency.parse(deduction["amount"]),
        deduction["above_bps"], brackets,
    )  # fmt: skip
