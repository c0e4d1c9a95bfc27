"""A simulation as a file: JSON, a workbook, or paper in English or 简体中文."""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from xml.sax.saxutils import escape

from fenrun.kit.money import Currency
from fenrun.simulator.result_schemas import ComparisonOut, FiguresOut

Format = Literal["json", "xlsx", "pdf"]
Language = Literal["en", "zh-CN"]
Rows = list[list[Any]]

_EN = {
    "title": "Simulation", "today": "today's plan", "plan": "Plan", "cost": "Cost", "rate": "Of revenue",
    "left": "Left after it", "paid": "Partners paid", "win": "Gain", "lose": "Lose", "only": "simulated only",
    "orders": "{0} orders of {1} partners, {2} to {3}; amounts in {4}", "months": "Months", "month": "Month",
    "revenue": "Revenue", "earned": "Earned", "payable": "Payable", "clawed": "Taken back", "stress": "Other volumes",
    "volume": "Volume", "forecast": "Forecast: 80 of 100 cases lie between", "low": "Low", "middle": "Middle",
    "high": "High", "assumed": "Assumed, and not measured", "margin_bps": "Margin before commission",
    "tax_bps": "Cost on top of commission", "churn_bps": "Customers who leave in a month",
    "refunds_bps": "Further refunds",
    "volume_bps": "Volume", "elasticity_bps": "Volume for pay (lowest, likeliest, highest)", "seed": "Seed of draws",
    "budget": "Budget",
}  # fmt: skip
_ZH = {
    "title": "模拟", "today": "现行方案", "plan": "方案", "cost": "成本", "rate": "占收入", "left": "扣除后剩余",
    "paid": "获付伙伴", "win": "增加", "lose": "减少", "only": "仅可模拟",
    "orders": "{1} 家伙伴的 {0} 笔订单，{2} 至 {3}；金额单位 {4}", "months": "各月", "month": "月份", "revenue": "收入",
    "earned": "计得", "payable": "可付", "clawed": "扣回", "stress": "其他业务量", "volume": "业务量",
    "forecast": "预测：100 种情形中有 80 种落在区间内", "low": "低", "middle": "中", "high": "高",
    "assumed": "以下为假设，并非测得", "margin_bps": "佣金前毛利率", "tax_bps": "佣金附加成本",
    "churn_bps": "每月流失客户", "refunds_bps": "额外退款", "volume_bps": "业务量",
    "elasticity_bps": "业务量对佣金的反应（最低、最可能、最高）", "seed": "随机种子", "budget": "预算",
}  # fmt: skip
WORDS: dict[Language, dict[str, str]] = {"en": _EN, "zh-CN": _ZH}


def file(name: str, found: ComparisonOut, format: Format, language: Language) -> bytes:
    """The file of a simulation."""
    if format == "json":
        return found.model_dump_json(by_alias=True, indent=2).encode()
    sheets = list(_Sheets(found, language).all())
    return _workbook(sheets) if format == "xlsx" else _paper(f"{WORDS[language]['title']}: {name}", sheets)


class _Sheets:
    """The tables of a simulation: a title, and rows whose first is the heading."""

    def __init__(self, found: ComparisonOut, language: Language) -> None:
        self._found, self._words = found, WORDS[language]
        currency = Currency.of(found.currency)
        assert currency is not None
        self._currency = currency

    def all(self) -> Iterator[tuple[str, Rows]]:
        words, found = self._words, self._found
        plans = [found.today, *found.designs]
        yield (
            self._about(),
            [
                [words[key] for key in ("plan", "cost", "rate", "left", "paid", "win", "lose")] + [""],
                *(self._plan(figures) for figures in plans),
            ],
        )
        yield words["assumed"], [["", ""], *self._assumptions()]
        if found.forecast:
            heading = ["", words["low"], words["middle"], words["high"]]
            yield (
                words["forecast"],
                [heading, *(row for forecast in found.forecast for row in self._forecast(forecast))],
            )
        for figures in plans:
            name = self._name(figures)
            yield (
                f"{name}: {words['stress']}",
                [
                    [words[key] for key in ("volume", "revenue", "cost", "left")],
                    *(
                        [_percent(row.volume_bps), *map(self._money, (row.revenue, row.cost, row.margin_after))]
                        for row in figures.stress
                    ),
                ],
            )
            yield (
                f"{name}: {words['months']}",
                [
                    [words[key] for key in ("month", "revenue", "earned", "clawed", "payable")],
                    *(
                        [m.month, *map(self._money, (m.revenue, m.earned, m.clawed_back, m.payable))]
                        for m in figures.months
                    ),
                ],
            )

    def _about(self) -> str:
        found = self._found
        return self._words["orders"].format(
            f"{found.orders:,}", f"{found.partners:,}", found.from_month, found.to_month, found.currency
        )

    def _plan(self, figures: FiguresOut) -> list[Any]:
        against = figures.against_today
        return [
            self._name(figures),
            self._money(figures.cost),
            "" if figures.effective_rate_bps is None else _percent(figures.effective_rate_bps),
            self._money(figures.margin_after),
            figures.payouts.partners_paid,
            against.winners,
            against.losers,
            self._words["only"] if figures.simulated_only else "",
        ]

    def _name(self, figures: FiguresOut) -> str:
        return self._words["today"] if figures is self._found.today else figures.name

    def _assumptions(self) -> Rows:
        values = self._found.assumptions.model_dump()
        budget = values.pop("budget")
        rows: Rows = [
            [self._words[name], ", ".join(map(_percent, value)) if isinstance(value, list) else _percent(value)]
            for name, value in values.items()
            if name != "seed"
        ]
        rows += [[self._words["budget"], self._money(budget)]] if budget is not None else []
        return [*rows, [self._words["seed"], values["seed"]]]

    def _forecast(self, forecast: Any) -> Rows:
        name = self._words["today"] if forecast.name == "today" else forecast.name
        return [
            [f"{name}: {self._words[word]}", *(self._money(getattr(interval, p)) for p in ("p10", "p50", "p90"))]
            for word, interval in (("cost", forecast.cost), ("left", forecast.margin_after))
        ]

    def _money(self, minor: str) -> str:
        whole, point, cents = self._currency.format(int(minor)).partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(digits):,}{point}{cents}"


def _percent(part_bps: float) -> str:
    return f"{part_bps / 100:.2f} %"


def _workbook(sheets: Sequence[tuple[str, Rows]]) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    # A text that begins like a formula stays a text.
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        for number, (title, rows) in enumerate(sheets, start=1):
            sheet = book.add_worksheet(f"{number}")
            sheet.write(0, 0, title, bold)
            sheet.set_column(0, 0, 36)
            sheet.set_column(1, 8, 18)
            for at, row in enumerate(rows, start=2):
                sheet.write_row(at, 0, row, bold if at == 2 else None)
    return content.getvalue()


def _paper(title: str, sheets: Sequence[tuple[str, Rows]]) -> bytes:
    from reportlab.lib import colors  # half a second to import
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    from fenrun.statements.pdf import font

    plain = ParagraphStyle("plain", fontName=font(), fontSize=8.5, leading=12, wordWrap="CJK")
    heading = ParagraphStyle("heading", plain, fontSize=11, leading=16, spaceBefore=10, spaceAfter=4)
    parts: list[Any] = [Paragraph(escape(title), ParagraphStyle("title", plain, fontSize=18, leading=26))]
    lines = TableStyle([("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    for name, rows in sheets:
        parts.append(Paragraph(escape(name), heading))
        cells = [[Paragraph(escape(str(cell)), plain) for cell in row] for row in rows]
        parts += [LongTable(cells, repeatRows=1, style=lines), Spacer(1, 6)]
    content = io.BytesIO()
    SimpleDocTemplate(content, pagesize=landscape(A4), title=title, author="Fenrun").build(parts)
    return content.getvalue()
