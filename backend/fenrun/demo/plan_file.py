"""`plans.yaml`: the plans of a scenario. Thresholds are in currency units, rates in basis points."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fenrun.kit.errors import SetupError
from fenrun.kit.money import AmountError, Currency
from fenrun.plans.split import KINDS, ROLES, Terms

_LONGEST_ID = 64


@dataclass(frozen=True)
class PlanRow:
    """A plan of a scenario."""

    code: str
    terms: Terms


@dataclass(frozen=True)
class PlanEntry:
    """A plan before the currency is known."""

    code: str
    thresholds: tuple[str, ...]
    hold_days: int
    rates: dict[str, tuple[tuple[int, ...], ...]]

    def in_currency(self, currency: Currency) -> PlanRow:
        """The plan with its thresholds in minor units.

        Raises:
            SetupError: terms that no contract would take.
        """
        try:
            thresholds = tuple(currency.parse(text) for text in self.thresholds)
        except AmountError as error:
            raise SetupError(f"plans.yaml, plan {self.code}, tier_thresholds: {error.detail}") from error
        terms = Terms(thresholds, self.hold_days, self.rates["new"], self.rates["renewal"])
        flaw = terms.flaw()
        if flaw is not None:
            raise SetupError(f"plans.yaml, plan {self.code}: {flaw}")
        return PlanRow(self.code, terms)


def read_plans(path: Path) -> tuple[str | None, list[PlanEntry]]:
    """The currency that the file states, if any, and its plans.

    Raises:
        SetupError: the file is not what it should be; the detail names the plan and the field.
    """
    try:
        # Numbers stay text: a threshold of 0.1 must not become a float.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupError(f"plans.yaml is not YAML: {' '.join(str(error).split())}") from error
    plans = content.get("plans") if isinstance(content, dict) else None
    if not isinstance(plans, list) or not plans:
        raise SetupError("plans.yaml has no `plans:` list")
    entries = [_entry(plan, index) for index, plan in enumerate(plans, start=1)]
    codes = [entry.code for entry in entries]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise SetupError(f"plans.yaml: plan {twice} stands there twice")
    currency = content.get("currency")
    if currency is not None and not isinstance(currency, str):
        raise SetupError("plans.yaml: currency must be one ISO 4217 code, as in USD")
    return currency, entries


def _entry(plan: Any, index: int) -> PlanEntry:
    code = plan.get("id") if isinstance(plan, dict) else None
    if not isinstance(code, str) or not code.isprintable() or not 0 < len(code) <= _LONGEST_ID:
        raise SetupError(f"plans.yaml: plan number {index} has no id of 1 to {_LONGEST_ID} printable characters")
    where = f"plans.yaml, plan {code}"
    thresholds = plan.get("tier_thresholds")
    if not isinstance(thresholds, list) or not all(isinstance(t, str) for t in thresholds):
        raise SetupError(f"{where}: tier_thresholds must be a list of amounts, as in [200, 500]; [] for none")
    rates = {kind: _rates(plan.get(kind), f"{where}, {kind}") for kind in KINDS}
    return PlanEntry(code, tuple(thresholds), _whole(plan.get("hold_days"), f"{where}, hold_days"), rates)


def _rates(rates: Any, where: str) -> tuple[tuple[int, ...], ...]:
    if not isinstance(rates, dict):
        raise SetupError(f"{where}: rates by role are missing")
    unknown = next((role for role in rates if role not in ROLES), None)
    if unknown is not None:
        raise SetupError(f"{where}: there is no role {unknown}; the roles are {', '.join(ROLES)}")
    lists = [row for row in rates.values() if isinstance(row, list) and row]
    if len(lists) != len(rates) or not lists:
        raise SetupError(f"{where}: each role needs a list of rates, one per tier")
    # A role that the plan does not name earns nothing.
    nothing = ["0"] * len(lists[0])
    return tuple(tuple(_whole(rate, f"{where}, {role}") for rate in rates.get(role, nothing)) for role in ROLES)


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 9:
        raise SetupError(f"{where}: “{value}” is not a whole number")
    return int(value)
