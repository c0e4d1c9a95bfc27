"""Rules that no table can hold: plain functions of facts, registered beside the tables.

A rule here says what facts it reads and which numbers of it can be set. Its versions are documents of kind `code`,
which are drafted, tested, approved and published as tables are: only the numbers, and whether it is on, can differ.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fenrun.compliance import personal_data
from fenrun.compliance.documents import Bilingual, RuleDocument
from fenrun.compliance.errors import FactsError
from fenrun.compliance.vocabulary import Facts, Field, Outcome, Point, Value, fields

_BPS = 10_000
Settings = Mapping[str, int]


class Said(NamedTuple):
    """What a rule says, why, and the figures that it came to."""

    outcome: Outcome
    says: Bilingual
    evidence: dict[str, Value] = {}


class Setting(NamedTuple):
    """A number of a rule, and between which it may be."""

    default: int
    least: int
    most: int


Judge = Callable[[Mapping[str, Value], Settings], Said | None]


@dataclass(frozen=True)
class _Rule:
    point: Point
    inputs: tuple[str, ...]
    judge: Judge
    settings: Mapping[str, Setting] = field(default_factory=dict)


class Coded:
    """A version of a rule that is code, ready to judge."""

    def __init__(self, document: RuleDocument) -> None:
        rule = RULES[document.code]
        vocabulary = fields()[rule.point]
        self.document = document
        self.inputs: tuple[Field, ...] = tuple(vocabulary[name] for name in rule.inputs)
        self._judge = rule.judge
        self._settings = {name: setting.default for name, setting in rule.settings.items()} | document.settings

    def judge(self, facts: Facts) -> Said | None:
        """What it says about facts; None when nothing.

        Raises:
            FactsError: a fact that it reads is missing, or of another type.
        """
        for field_ in self.inputs:
            name = field_.name
            flaw = f"{name} is not given" if name not in facts else field_.flaw(facts[name])
            if flaw is not None:
                raise FactsError(flaw)
        return self._judge(facts, self._settings)


def of(document: RuleDocument) -> Coded:
    """The rule of a sound document of kind `code`."""
    return Coded(document)


def flaws(document: RuleDocument) -> Iterator[tuple[str, str]]:
    """What is wrong with a document of kind `code`: where, and what."""
    rule = RULES.get(document.code)
    if rule is None:
        yield "code", f"No rule {document.code} is code; there are {', '.join(RULES)}"
        return
    if document.point != rule.point:
        yield "point", f"{document.code} is asked at {rule.point}"
    if document.inputs or document.rows or document.default:
        yield "rows", f"{document.code} is code: it has settings, and no rows"
    for name, value in document.settings.items():
        setting = rule.settings.get(name)
        if setting is None:
            yield f"settings.{name}", f"{document.code} has no setting {name}; it has {', '.join(rule.settings)}"
        elif not setting.least <= value <= setting.most:
            yield f"settings.{name}", f"{value} is not from {setting.least} to {setting.most}"


def settings_of(code: str) -> Mapping[str, Setting]:
    """What can be set of a rule that is code."""
    return RULES[code].settings


# --- The rules --------------------------------------------------------------------------------------


def _personal_data(facts: Facts, _: Settings) -> Said | None:
    """PRV-01: what goes to the chain, if only as a keyed hash, must not be somebody's address, number or name card."""
    for name in ("customer_reference", "order_reference"):
        kind = personal_data.kind_of(str(facts[name]))
        if kind is not None:
            return Said(
                "BLOCK",
                Bilingual(
                    en=f"The {name.replace('_', ' ')} is {kind.en}; send an id of your system that says nothing of a"
                    " person",
                    zh=f"{_ZH[name]}是{kind.zh}；请改用不含个人信息的系统编号",
                ),
                {"field": name, "kind": kind.code},
            )
    return None


_ZH = {"customer_reference": "客户编号", "order_reference": "订单编号"}


def _deductibility(facts: Facts, settings: Settings) -> Said | None:
    """TAX-CN-06: commission above a part of the contract's revenue is no deductible cost (财税〔2009〕29号)."""
    revenue, commission = facts["revenue"], facts["commission"]
    assert isinstance(revenue, int)
    assert isinstance(commission, int)
    if facts["payer_country"] != "CN" or not commission:
        return None
    deductible = revenue * settings["deductible_bps"] // _BPS
    if commission <= deductible:
        return None
    percent = f"{settings['deductible_bps'] / 100:g} %"
    return Said(
        "COMPUTE",
        Bilingual(
            en=f"Commission above {percent} of the contract's revenue is not deductible",
            zh=f"超过合同收入 {percent} 的佣金不得税前扣除",
        ),
        {"deductible": deductible, "not_deductible": commission - deductible},
    )


def _sanctions(facts: Facts, settings: Settings) -> Said | None:
    """SAN-01 and SAN-02: a name, or an owner of half, that is on a list in force."""
    score, owned = facts["list_score_bps"], facts["listed_owners_bps"]
    assert isinstance(owned, int)
    if score is not None and not isinstance(score, int):
        raise FactsError("list_score_bps is no number")
    evidence = {
        "list_version": facts["list_version"], "list_entry": facts["list_entry"], "score_bps": score,
        "listed_owners_bps": owned,
    }  # fmt: skip
    if owned >= settings["owned_bps"]:
        return Said("BLOCK", Bilingual(en="Owners on a sanctions list hold it", zh="由制裁名单上的主体持股控制"), evidence)
    if score is None or score < settings["hold_bps"]:
        return None
    if score >= settings["block_bps"]:
        return Said("BLOCK", Bilingual(en="The name is on a sanctions list", zh="名称在制裁名单上"), evidence)
    return Said("HOLD", Bilingual(en="The name is like one on a sanctions list", zh="名称与制裁名单近似"), evidence)


_SCREENED = ("list_score_bps", "list_entry", "list_version", "listed_owners_bps")
_SCORES = {
    "hold_bps": Setting(9_000, 5_000, _BPS),
    "block_bps": Setting(_BPS, 9_000, _BPS),
    "owned_bps": Setting(5_000, 1, _BPS),
}

RULES: Mapping[str, _Rule] = {
    "PRV-01": _Rule("event.accept", ("customer_reference", "order_reference"), _personal_data),
    "SAN-01": _Rule("partner.activate", _SCREENED, _sanctions, _SCORES),
    "SAN-02": _Rule("payout.prepare", _SCREENED, _sanctions, _SCORES),
    "TAX-CN-06": _Rule(
        "commission.calculate",
        ("payer_country", "revenue", "commission"),
        _deductibility,
        {"deductible_bps": Setting(500, 0, _BPS)},
    ),
}
