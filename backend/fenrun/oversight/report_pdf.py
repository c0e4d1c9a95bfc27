"""A month of compliance on paper, in English or 简体中文."""

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus.flowables import Flowable

from fenrun.compliance.documents import Bilingual
from fenrun.kit.money import Currency
from fenrun.oversight.schemas import ComplianceReport, ReportDeductibility, ReportFinding
from fenrun.statements.pdf import Language, font

_WIDTH = A4[0] - 36 * mm

_EN = {
    "title": "Compliance report", "interim": "The month is not over; figures are of now.",
    "figures": "At a glance", "opened": "Found in the month", "closed": "Closed by the rules, asked again",
    "stopping": "Still held or blocked", "overridden": "Let pass by two people", "upheld": "Upheld",
    "checks": "What was checked", "point": "Point", "calls": "Calls", "subjects": "Subjects", "outcomes": "Outcomes",
    "rules": "By rule", "rule": "Rule", "law": "Law, version, in force since", "found": "Found", "cleared": "Cleared",
    "unverified": "figures to be verified", "details": "Findings and decisions", "when": "When", "about": "About",
    "said": "What was said", "decided": "What was decided", "published": "Rules published", "version": "Version",
    "by": "By", "none": "None.", "by_rules": "the rules",
    "tax": "Commission that is no deductible cost (TAX-CN-06)", "contracts": "Contracts", "revenue": "Revenue",
    "commission": "Commission", "deductible": "Deductible", "not_deductible": "Not deductible",
    "proof": "SHA-256 of the month's record: {0}. Whoever has the record (format txt) can hold us to it.",
    "anchored": "It is leaf {0} of {1} in the tree whose root {2} was anchored by transaction {3}.",
    "open": "open", "override_asked": "to be let pass, asked", "noted": "noted",
}  # fmt: skip
_ZH = {
    "title": "合规报告", "interim": "该月尚未结束，数字截至目前。", "figures": "概览", "opened": "本月认定",
    "closed": "复判后关闭", "stopping": "仍被暂扣或阻止", "overridden": "双人放行", "upheld": "维持",
    "checks": "检查情况", "point": "检查点", "calls": "次数", "subjects": "对象数", "outcomes": "结果",
    "rules": "按规则", "rule": "规则", "law": "法律依据、版本、生效日", "found": "认定", "cleared": "已关闭",
    "unverified": "数字待核实", "details": "认定与决定", "when": "时间", "about": "对象", "said": "认定内容",
    "decided": "决定", "published": "本月发布的规则", "version": "版本", "by": "发布人", "none": "无。",
    "by_rules": "规则复判", "tax": "不得税前扣除的佣金（TAX-CN-06）", "contracts": "合同数", "revenue": "收入",
    "commission": "佣金", "deductible": "可扣除", "not_deductible": "不可扣除",
    "proof": "本月记录的 SHA-256：{0}。持有该记录（txt 格式）者均可据此核验。",
    "anchored": "它是根 {2} 之树中 {1} 个叶子的第 {0} 个，由交易 {3} 锚定上链。",
    "open": "待处理", "override_asked": "已申请放行", "noted": "已记录",
}  # fmt: skip
_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "zh": _ZH}


class _Page:
    def __init__(self, language: Language) -> None:
        self.language = language
        self.texts = _TEXTS[language]
        plain = ParagraphStyle("plain", fontName=font(), fontSize=8, leading=11, wordWrap="CJK")
        self._styles = {
            "plain": plain,
            "title": ParagraphStyle("title", plain, fontSize=18, leading=26),
            "heading": ParagraphStyle("heading", plain, fontSize=11, leading=16, spaceBefore=12, spaceAfter=4),
            "small": ParagraphStyle("small", plain, fontSize=7, leading=10, textColor=colors.grey),
        }

    def text(self, text: str, style: str = "plain") -> Paragraph:
        return Paragraph(escape(text), self._styles[style])

    def said(self, both: Bilingual) -> str:
        return both.zh if self.language == "zh" else both.en

    def table(self, widths: Sequence[float], names: Sequence[str], rows: Sequence[Sequence[str]]) -> Flowable:
        if not rows:
            return self.text(self.texts["none"])
        scale = _WIDTH / sum(widths)
        cells = [[self.text(self.texts.get(name, name)) for name in names]]
        cells += [[self.text(cell) for cell in row] for row in rows]
        style = TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
            ]
        )
        return LongTable(cells, [width * scale for width in widths], repeatRows=1, style=style)


def render(report: ComplianceReport, currency: Currency, language: Language) -> bytes:
    """The PDF of a report. The same report is the same file."""
    page = _Page(language)
    texts = page.texts
    parts: list[Flowable] = [page.text(f"{texts['title']} {report.month}", "title")]
    if not report.complete:
        parts.append(page.text(texts["interim"]))
    parts += _section(page, "figures", _figures(page, report))
    parts += _section(page, "checks", _checks(page, report))
    parts += _section(page, "rules", _rules(page, report))
    if report.deductibility is not None:
        parts += _section(page, "tax", _tax(page, report.deductibility, currency))
    parts += _section(page, "published", _published(page, report))
    parts += _section(page, "details", _details(page, report.details))
    parts += [Spacer(0, 6 * mm), page.text(texts["proof"].format(report.sha256), "small")]
    if report.anchor is not None:
        told = report.anchor.index + 1, report.anchor.size, report.anchor.root, report.anchor.transaction_hash or "–"
        parts.append(page.text(texts["anchored"].format(*told), "small"))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=f"{texts['title']} {report.month}", author="Fenrun", lang="zh-CN" if language == "zh" else "en",
        invariant=1,
    )  # fmt: skip

    def number(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont(font(), 7)
        canvas.drawString(18 * mm, 10 * mm, f"{texts['title']} · {report.month}")
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, str(canvas.getPageNumber()))

    document.build(parts, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def _section(page: _Page, name: str, content: Flowable) -> list[Flowable]:
    return [page.text(page.texts[name], "heading"), content]


def _figures(page: _Page, report: ComplianceReport) -> Flowable:
    names = ("opened", "closed", "stopping", "overridden", "upheld")
    return page.table([1] * 5, names, [[str(getattr(report.findings, name)) for name in names]])


def _checks(page: _Page, report: ComplianceReport) -> Flowable:
    rows = [
        [one.point, f"{one.calls:,}", f"{one.subjects:,}", ", ".join(f"{k} {n:,}" for k, n in one.outcomes.items())]
        for one in report.checks
    ]
    return page.table([3, 1.5, 1.5, 5], ["point", "calls", "subjects", "outcomes"], rows)


def _rules(page: _Page, report: ComplianceReport) -> Flowable:
    rows = [
        [
            f"{one.rule} {page.said(one.title)}",
            f"{one.law.name} ({one.law.version}), {one.law.in_force}"
            + ("" if one.law.verified else f" — {page.texts['unverified']}"),
            *(str(n) for n in (one.found, one.stopping, one.overridden, one.upheld, one.cleared)),
        ]
        for one in report.by_rule
    ]
    names = ["rule", "law", "found", "stopping", "overridden", "upheld", "cleared"]
    return page.table([4, 5, 1.2, 1.6, 1.6, 1.2, 1.2], names, rows)


def _tax(page: _Page, tax: ReportDeductibility, currency: Currency) -> Flowable:
    names = ["contracts", "revenue", "commission", "deductible", "not_deductible"]
    amounts = (tax.revenue, tax.commission, tax.deductible, tax.not_deductible)
    return page.table(
        [1, 2, 2, 2, 2], names, [[str(tax.contracts), *(f"{currency.format(int(a))} {tax.currency}" for a in amounts)]]
    )


def _published(page: _Page, report: ComplianceReport) -> Flowable:
    rows = [[one.code, str(one.version), f"{one.at:%Y-%m-%d %H:%M} UTC", one.by] for one in report.rules_published]
    return page.table([2, 1, 2, 2], ["rule", "version", "when", "by"], rows)


def _details(page: _Page, details: Sequence[ReportFinding]) -> Flowable:
    rows = []
    for one in details:
        decided = "; ".join(
            f"{d.at:%m-%d %H:%M} {page.texts[d.state]} ({d.by or page.texts['by_rules']})"
            + (f": {d.reason}" if d.reason else "")
            for d in one.decisions
        )
        about = one.subject_name or one.subject_id[:24]
        rows.append(
            [
                f"{one.at:%m-%d %H:%M}", f"{one.rule} {one.outcome}", about, page.said(one.says),
                decided or page.texts[one.state],
            ]
        )  # fmt: skip
    return page.table([1.7, 2, 2.6, 4, 4.4], ["when", "rule", "about", "said", "decided"], rows)
