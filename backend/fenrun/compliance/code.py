"""Rules that no table can hold: plain functions of facts, registered beside the tables.

A rule here says what facts it reads and which numbers of it can be set. Its versions are documents of kind `code`,
which are drafted, tested, approved and published as tables are: only the numbers, and whether it is on, can differ.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
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
    evidence: Mapping[str, Value] = MappingProxyType({})


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
    """What can be set of a rule that is code; nothing of one that there is not."""
    return RULES[code].settings if code in RULES else {}


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
    """SAN-01 and SAN-02: a name that is on a list in force, or like one."""
    score = facts["list_score_bps"]
    if not isinstance(score, int) or score < settings["hold_bps"]:
        return None
    evidence = {name: facts[name] for name in _SCREENED}
    if score >= settings["block_bps"]:
        return Said("BLOCK", Bilingual(en="The name is on a sanctions list", zh="名称在制裁名单上"), evidence)
    return Said("HOLD", Bilingual(en="The name is like one on a sanctions list", zh="名称与制裁名单近似"), evidence)


_SCREENED = ("list_score_bps", "list_entry", "list_version")
_SCORES = {"hold_bps": Setting(9_000, 5_000, _BPS), "block_bps": Setting(_BPS, 9_000, _BPS)}

_SUPERLATIVES = re.compile(
    r"国家级|最高级|最佳|最好|最优|最先进|最强|全国第一|世界第一|行业第一|销量第一|顶级|极品|独一无二|史无前例|100%有效"
    r"|\b(?:the )?world'?s (?:best|leading|first|number one)\b|\bnumber one\b|\bno\.? ?1\b|\bthe (?:very )?best\b"
    r"|\bunrivall?ed\b|\bguaranteed (?:results|returns?)\b",
    re.IGNORECASE,
)


def _superlatives(facts: Facts, _: Settings) -> Said | None:
    """AD-01: words that《广告法》第九条 forbids, and their like in English."""
    found = _SUPERLATIVES.search(f"{facts['title']}\n{facts['description']}")
    if found is None:
        return None
    return Said(
        "WARN",
        Bilingual(en=f"It says “{found[0]}”, which an advertisement must not", zh=f"含绝对化用语“{found[0]}”"),
        {"words": found[0]},
    )


RULES: Mapping[str, _Rule] = {
    "PRV-01": _Rule("event.accept", ("customer_reference", "order_reference"), _personal_data),
    "SAN-01": _Rule("partner.activate", _SCREENED, _sanctions, _SCORES),
    "SAN-02": _Rule("payout.prepare", _SCREENED, _sanctions, _SCORES),
    "AD-01": _Rule("content.publish", ("title", "description"), _superlatives),
    "TAX-CN-06": _Rule(
        "period.report",
        ("payer_country", "revenue", "commission"),
        _deductibility,
        {"deductible_bps": Setting(500, 0, _BPS)},
    ),
}
