"""The file of candidates for `fenrun simulate`: YAML, amounts in currency units, rates in basis points.

Either `designs:`, with `assumptions:`, `draws:` and `search:` where they are wanted, or a scenario's own `plans:` list,
which is one candidate.
"""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from fenrun.demo.plan_file import read_plans
from fenrun.kit.errors import SetupError
from fenrun.kit.money import AmountError, Currency
from fenrun.simulator.designs import Design, Rule
from fenrun.simulator.schemas import AssumptionsIn, DesignIn, SearchIn, SimulationIn

_AMOUNTS = ("target", "cap", "floor")
_OF_VOLUME = ("month_before", "marginal", "retroactive")


def read_simulation(path: Path, currency: Currency) -> SimulationIn:
    """The simulation that a file asks for.

    Raises:
        SetupError: it is not what it should be; the detail names the field.
    """
    try:
        # Numbers stay text: a threshold of 0.1 must not become a float.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from error
    if isinstance(content, dict) and "plans" in content and "designs" not in content:
        return SimulationIn(name=path.stem, designs=[_of_scenario(path, currency)])
    if not isinstance(content, dict) or not isinstance(content.get("designs"), list):
        raise SetupError(f"{path.name} needs a list `designs:`, or a scenario's `plans:`")
    try:
        designs = [DesignIn.model_validate(_in_minor(design, currency)) for design in content["designs"]]
        return SimulationIn.model_construct(
            name=path.stem,
            distribution=None,
            designs=designs,
            assumptions=AssumptionsIn.model_validate(_amounts(content.get("assumptions", {}), ("budget",), currency)),
            draws=int(content.get("draws", 200)),
            search=SearchIn.model_validate(_amounts(content["search"], ("budget",), currency))
            if "search" in content
            else None,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SetupError(f"{path.name}, {where}: {first['msg']}") from error
    except (AmountError, ValueError) as error:
        raise SetupError(f"{path.name}: {error}") from error


def _of_scenario(path: Path, currency: Currency) -> DesignIn:
    _, entries = read_plans(path)
    plans = [entry.in_currency(currency) for entry in entries]
    return DesignIn.of(Design(path.stem, {plan.code: Rule(plan.terms) for plan in plans}))


def _in_minor(design: Any, currency: Currency) -> Any:
    """A design with its amounts in minor units."""
    if not isinstance(design, dict) or not isinstance(design.get("plans"), dict):
        return design
    plans = {code: _rule_in_minor(rule, currency) for code, rule in design["plans"].items()}
    return {**design, "plans": plans}


def _rule_in_minor(rule: Any, currency: Currency) -> Any:
    if not isinstance(rule, dict):
        return rule
    found = _amounts(rule, _AMOUNTS, currency)
    thresholds = rule.get("tier_thresholds")
    if isinstance(thresholds, list) and rule.get("basis", "month_before") in _OF_VOLUME:
        found["tier_thresholds"] = [str(currency.parse(threshold)) for threshold in thresholds]
    return found


def _amounts(values: Any, names: tuple[str, ...], currency: Currency) -> Any:
    if not isinstance(values, dict):
        return values
    return {key: str(currency.parse(value)) if key in names else value for key, value in values.items()}
