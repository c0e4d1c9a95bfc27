"""A statement on paper, in English or 简体中文. The font is in the file: what was printed is what everybody sees."""

import datetime as dt
import io
from functools import cache
from importlib import resources
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus.flowables import Flowable

from fenrun.kit.money import Currency
from fenrun.statements.checkpoint import ACCOUNTS
from fenrun.statements.schemas import Statement

Language = Literal["en", "zh"]

_FONT = "WenQuanYi Micro Hei"
_WIDTH = A4[0] - 36 * mm

_EN = {
    "title": "Statement", "partner": "Partner", "month": "Month (UTC)", "status": "Period", "currency": "Currency",
    "ledger": "Ledger", "open": "open", "closed": "closed", "locked": "locked",
    "interim": "interim: the month is not over, or not final yet", "account": "Account", "opening": "Opening",
    "moved": "Movements", "closing": "Closing", "held": "held", "available": "available", "frozen": "frozen",
    "debt": "debt", "orders": "Orders", "movements": "Other movements", "settled": "Settled", "order": "Order",
    "role": "Role", "base": "Base", "rate": "Rate", "share": "Share", "payable": "Payable from", "total": "Total",
    "none": "None in this month.", "day": "Day", "what": "What", "plan": "Plan", "referrer": "referrer",
    "implementer": "implementer", "trainer": "trainer", "matured": "matured", "paid": "paid", "returned": "returned",
    "withdrawn": "withdrawn", "clawed_back": "clawed back", "ruled_away": "ruled away", "ruled_kept": "ruled: kept",
    "ruled_given": "ruled: given", "adjusted": "adjusted", "written_off": "debt written off", "number": "No.",
    "withheld": "of which withheld tax {0}",
    "proof": "Check it without us: save this statement as JSON, then `fenrun verify statement.json --rpc URL`, or open"
    " the page of /v1/verifier.",
    "checkpoint": "Checkpoint of the closed month: root {0}, transaction {1}.",
    "erased": "The partner was erased: the key to its place in a closed month was destroyed.",
}  # fmt: skip
_ZH = {
    "title": "对账单", "partner": "合作伙伴", "month": "月份（UTC）", "status": "期间状态", "currency": "币种",
    "ledger": "账本", "open": "未关账", "closed": "已关账", "locked": "已锁定",
    "interim": "临时：该月份尚未结束，或尚未最终确认", "account": "账户", "opening": "期初", "moved": "本期变动",
    "closing": "期末", "held": "待解冻", "available": "可支付", "frozen": "争议冻结", "debt": "欠款", "orders": "订单",
    "movements": "其他变动", "settled": "结算日", "order": "订单", "role": "角色", "base": "基数", "rate": "费率",
    "share": "分润", "payable": "可付日", "total": "合计", "none": "本月无。", "day": "日期", "what": "事项",
    "plan": "方案", "referrer": "推荐方", "implementer": "实施方", "trainer": "培训方", "matured": "解冻转可支付",
    "paid": "付款", "returned": "退汇", "withdrawn": "提现", "clawed_back": "退款扣回", "ruled_away": "裁决扣回",
    "ruled_kept": "裁决：保留", "ruled_given": "裁决：转入", "adjusted": "人工调整", "written_off": "欠款核销",
    "number": "编号", "withheld": "其中代扣税 {0}",
    "proof": "无需依赖我们即可核验：将本对账单保存为 JSON，运行 `fenrun verify statement.json --rpc URL`，或打开"
    " /v1/verifier 页面。",
    "checkpoint": "关账检查点：根 {0}，交易 {1}。",
    "erased": "该合作伙伴的数据已删除：其在关账月份中位置所用的密钥已销毁。",
}  # fmt: skip
TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "zh": _ZH}


@cache
def font() -> str:
    """Registers the font, whose glyphs cover Latin and Chinese; its name."""
    file = resources.files("paperang_p2_fonts_cjk").joinpath("fonts", "wqy-microhei.ttc")
    with resources.as_file(file) as path:
        pdfmetrics.registerFont(TTFont(_FONT, str(path), subfontIndex=0))
    return _FONT


class _Page:
    """What statements are drawn with, in one language."""

    def __init__(self, statement: Statement, language: Language) -> None:
        self.statement, self.texts = statement, TEXTS[language]
        self._currency = Currency(statement.currency, statement.decimals)
        breaking = "CJK" if language == "zh" else None
        plain = ParagraphStyle("plain", fontName=font(), fontSize=8.5, leading=12, wordWrap=breaking)
        self._styles = {
            "plain": plain,
            "right": ParagraphStyle("right", plain, alignment=TA_RIGHT, wordWrap=None),
            "title": ParagraphStyle("title", plain, fontSize=18, leading=26),
            "heading": ParagraphStyle("heading", plain, fontSize=11, leading=16, spaceBefore=14, spaceAfter=4),
            "small": ParagraphStyle("small", plain, fontSize=7, leading=10, textColor=colors.grey, wordWrap="CJK"),
        }

    def text(self, text: str, style: str = "plain") -> Paragraph:
        return Paragraph(escape(text), self._styles[style])

    def money(self, minor: str | int) -> Paragraph:
        whole, point, cents = self._currency.format(int(minor)).partition(".")
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return self.text(f"{sign}{int(digits):,}{point}{cents}", "right")

    def table(self, widths: list[float], rows: list[list[Any]], *, total: bool = False) -> LongTable:
        style: list[Any] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
        if total:
            style.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.black))
        scale = _WIDTH / sum(widths)
        return LongTable(rows, [width * scale for width in widths], repeatRows=1, style=TableStyle(style))

    def head(self, names: list[str], right: int) -> list[Paragraph]:
        """A row of names; the last `right` ones stand over numbers."""
        left = len(names) - right
        return [self.text(self.texts[name], "plain" if at < left else "right") for at, name in enumerate(names)]


def render(statement: Statement, language: Language) -> bytes:
    """The PDF of a statement."""
    page = _Page(statement, language)
    parts: list[Flowable] = [
        page.text(f"{page.texts['title']} {statement.period.month}", "title"),
        Spacer(0, 4 * mm),
        *_facts(page),
        Spacer(0, 5 * mm),
        _accounts(page),
        page.text(page.texts["orders"], "heading"),
        _orders(page) if statement.orders else page.text(page.texts["none"]),
        page.text(page.texts["movements"], "heading"),
        _movements(page) if statement.movements else page.text(page.texts["none"]),
        Spacer(0, 6 * mm),
        page.text(page.texts["proof"], "small"),
    ]
    if statement.checkpoint is not None:
        values = statement.checkpoint.root, statement.checkpoint.transaction_hash or "–"
        parts.append(page.text(page.texts["checkpoint"].format(*values), "small"))
    if statement.partner.erased:
        parts.append(page.text(page.texts["erased"], "small"))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=f"{page.texts['title']} {statement.period.month} {statement.partner.name}", author="Fenrun",
        lang="zh-CN" if language == "zh" else "en",
        # The same statement is the same file.
        invariant=1,
    )  # fmt: skip
    footer = f"{statement.partner.name} · {statement.period.month} · {statement.currency}"

    def number(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont(font(), 7)
        canvas.drawString(18 * mm, 10 * mm, footer)
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, str(canvas.getPageNumber()))

    document.build(parts, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def _facts(page: _Page) -> list[Flowable]:
    statement, texts = page.statement, page.texts
    status = texts[statement.period.status] if statement.period.complete else texts["interim"]
    facts = {
        "partner": f"{statement.partner.name} ({statement.partner.external_id})",
        "month": f"{statement.period.first_day} – {statement.period.last_day}",
        "status": status,
        "currency": statement.currency,
        "ledger": f"{statement.contracts['SettlementLedger']} · {statement.chain_id}",
    }
    return [page.text(f"{texts[name]}: {value}") for name, value in facts.items()]


def _accounts(page: _Page) -> Flowable:
    rows: list[list[Any]] = [page.head(["account", "opening", "moved", "closing"], 3)]
    for name in ACCOUNTS:
        opening, closing = (int(getattr(side, name)) for side in (page.statement.opening, page.statement.closing))
        rows.append([page.text(page.texts[name]), *map(page.money, (opening, closing - opening, closing))])
    return page.table([3, 3, 3, 3], rows)


def _orders(page: _Page) -> Flowable:
    rows: list[list[Any]] = [page.head(["settled", "order", "role", "plan", "payable", "base", "rate", "share"], 3)]
    plans = {plan.number: f"{plan.code} v{plan.version}" for plan in page.statement.plans}
    rows += [
        [
            page.text(_day(order.settled_on)),
            page.text(order.external_id or str(order.order_no)),
            page.text(page.texts[leg.role]),
            page.text(plans.get(order.plan, str(order.plan))),
            page.text(_day(order.payable_on)),
            page.money(order.base),
            page.text(f"{leg.rate_bps // 100}.{leg.rate_bps % 100:02d} %", "right"),
            page.money(leg.share),
        ]
        for order in page.statement.orders
        for leg in order.legs
    ]
    rows.append([page.text(page.texts["total"]), *[""] * 6, page.money(page.statement.totals.earned)])
    return page.table([2.6, 3, 2.5, 3, 2.6, 2.6, 2, 2.6], rows, total=True)


def _movements(page: _Page) -> Flowable:
    rows: list[list[Any]] = [page.head(["day", "what", "number", *ACCOUNTS], 4)]
    for movement in page.statement.movements:
        what = page.texts[movement.kind]
        if int(movement.withheld):
            amount = Currency(page.statement.currency, page.statement.decimals).format(int(movement.withheld))
            what += f", {page.texts['withheld'].format(amount)}"
        named = movement.order_no if movement.order_no is not None else movement.number
        # What matures is named by its day, which is this one or an earlier one.
        number = "" if named is None or movement.kind == "matured" else str(named)
        amounts = [page.money(getattr(movement, name)) if int(getattr(movement, name)) else "" for name in ACCOUNTS]
        rows.append([page.text(_day(movement.on)), page.text(what), page.text(number), *amounts])
    return page.table([2.6, 4, 2, 3, 3, 3, 3], rows)


def _day(day: dt.date) -> str:
    return day.isoformat()
