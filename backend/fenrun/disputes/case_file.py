"""A dispute as one PDF, for whoever has to judge it later: what both sides read, and inside it the same as data.

The data is an attachment of the PDF, `case.json`, not compressed, so that a program finds it without a PDF library.
What of it can be checked without us: see `case_check`.
"""

import io
import json
from collections.abc import Sequence
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus.flowables import Flowable
from sqlalchemy.orm import Session

from fenrun.chain.contracts import Deployment
from fenrun.disputes import repository, service
from fenrun.disputes.models import Dispute
from fenrun.plans.split import ROLES
from fenrun.registry import repository as partners
from fenrun.settlement.court import COURT
from fenrun.statements.pdf import Language, font

FORMAT = "fenrun-case-1"
ATTACHMENT = "case.json"

_EN = {
    "title": "Case file", "parties": "Claimant and respondent", "claim": "Claim", "finding": "Automatic check",
    "ruling": "Ruling", "evidence": "Evidence, hashed when it was handed in", "history": "What happened",
    "shares": "Shares, and the dispute of each on the chain", "votes": "Votes of the panel", "court": "Court",
    "none": "None.",
    "check": "Check it without us: `fenrun verify case.pdf --rpc URL`. The claim's SHA-256 is what the chain has of it;"
    " the attachment case.json holds the text that was hashed.",
}  # fmt: skip
_ZH = {
    "title": "案卷", "parties": "主张方与被主张方", "claim": "主张", "finding": "自动核查", "ruling": "裁决",
    "evidence": "证据（提交时即计算哈希）", "history": "经过", "shares": "分润及其链上争议", "votes": "合议庭投票",
    "court": "法庭合约", "none": "无。",
    "check": "无需依赖我们即可核验：`fenrun verify case.pdf --rpc URL`。主张的 SHA-256 即链上所存；附件 case.json"
    " 含被哈希的原文。",
}  # fmt: skip
_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "zh": _ZH}


def gather(session: Session, dispute: Dispute, deployment: Deployment) -> dict[str, Any]:
    """A dispute as data: all that both sides may read, and where on the chain it is."""
    names = partners.names(session, [dispute.claimant_number, dispute.respondent_number])
    return {
        "format": FORMAT,
        "chain_id": deployment.chain_id,
        "court": deployment.addresses[COURT],
        "dispute": dispute.id,
        "status": dispute.status,
        "claimant": {"number": dispute.claimant_number, "name": names[dispute.claimant_number].name},
        "respondent": {"number": dispute.respondent_number, "name": names[dispute.respondent_number].name},
        "role": ROLES[dispute.role],
        "ground": dispute.ground,
        "statement": dispute.statement,
        "opened_at": dispute.opened_at,
        "claim": service.claim_text(session, dispute),
        "claim_sha256": dispute.claim_digest.hex() if dispute.claim_digest else None,
        "finding": dispute.finding,
        "ruling": dispute.ruling,
        "ruled_by": dispute.ruled_by,
        "ruling_reason": dispute.ruling_reason,
        "ruled_at": dispute.ruled_at,
        "legs": _rows(
            repository.legs(session, dispute.number),
            ("order_id", "order_external_id", "order_number", "role", "court_id", "court_status", "court_ruling"),
        ),
        "evidence": _rows(
            repository.evidence(session, dispute.number),
            ("id", "side", "name", "description", "media_type", "size", "sha256", "captured_at", "signature", "signer"),
        ),
        "entries": _rows(
            repository.entries(session, dispute.number), ("at", "event", "status", "side", "words", "ruling")
        ),
        "votes": _rows(repository.votes(session, dispute.number), ("seat", "ruling", "reason", "at")),
    }


def render(case: dict[str, Any], language: Language) -> bytes:
    """The PDF of a case, with the case itself inside it."""
    texts = _TEXTS[language]
    plain = ParagraphStyle("plain", fontName=font(), fontSize=8.5, leading=12, wordWrap="CJK")
    title = ParagraphStyle("title", plain, fontSize=18, leading=26)
    heading = ParagraphStyle("heading", plain, fontSize=11, leading=16, spaceBefore=12, spaceAfter=4)
    small = ParagraphStyle("small", plain, fontSize=7, leading=10, textColor=colors.grey)

    def part(name: str, lines: Sequence[str]) -> list[Flowable]:
        shown = [Paragraph(_escaped(line), plain) for line in lines] or [Paragraph(texts["none"], plain)]
        return [Paragraph(texts[name], heading), *shown]

    parts: list[Flowable] = [Paragraph(_escaped(f"{texts['title']} {case['dispute']}"), title)]
    for name, lines in _contents(case).items():
        parts += part(name, lines)
    parts += [Spacer(0, 6 * mm), Paragraph(texts["check"], small)]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=f"{texts['title']} {case['dispute']}", author="Fenrun", lang="zh-CN" if language == "zh" else "en",
        invariant=1,
    )  # fmt: skip

    def attach(canvas: Canvas, _: SimpleDocTemplate) -> None:
        _attach(canvas, text_of(case))

    document.build(parts, onFirstPage=attach)
    return out.getvalue()


def text_of(case: dict[str, Any]) -> str:
    """A case as the attachment has it: ASCII, so that no PDF reader can take it for something else."""
    return json.dumps(case, ensure_ascii=True, sort_keys=True, default=lambda moment: moment.isoformat())


def _contents(case: dict[str, Any]) -> dict[str, list[str]]:
    ruling = [f"{case['ruling']} · {case['ruled_by']} · {case['ruled_at']}", case["ruling_reason"] or ""]
    finding = case["finding"] or {}
    return {
        "parties": [f"{case[side]['name']} ({case[side]['number']})" for side in ("claimant", "respondent")],
        "claim": [case["statement"], f"{case['role']} · {case['ground']}", f"SHA-256 {case['claim_sha256']}"],
        "shares": [
            f"{leg['order_external_id']} · #{leg['court_id']} · {leg['court_status']} · {leg['court_ruling'] or '–'}"
            for leg in case["legs"]
        ],
        "finding": [
            f"{finding.get('reason', '–')} · {finding.get('ruling') or '–'}",
            *(f"{quote['kind']} {quote['id']} · {quote['at']}" for quote in finding.get("quotes", [])),
        ],
        "ruling": [line for line in ruling if line] if case["ruling"] else [],
        "evidence": [
            " · ".join([file["name"], file["side"], str(file["captured_at"]), file["description"], file["sha256"]])
            for file in case["evidence"]
        ],
        "votes": [f"{vote['seat']} · {vote['ruling']} · {vote['at']} · {vote['reason']}" for vote in case["votes"]],
        "history": [
            f"{entry['at']} · {entry['side']} · {entry['event']} · {entry['words'] or ''}" for entry in case["entries"]
        ],
        "court": [f"{case['court']} · {case['chain_id']}"],
    }


def _rows(rows: Sequence[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{name: row[name] if hasattr(row, "keys") else getattr(row, name) for name in names} for row in rows]


def _attach(canvas: Canvas, text: str) -> None:
    """Puts a text into the PDF as an embedded file (ISO 32000-1, 7.11.4)."""
    inside: Any = canvas
    document = inside._doc  # reportlab has no other way in
    name = pdfdoc.PDFString(ATTACHMENT)
    stream = pdfdoc.PDFStream(
        pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("EmbeddedFile")}), f"{text}\n".encode("ascii"), filters=()
    )
    file = pdfdoc.PDFDictionary({"F": document.Reference(stream)})
    named = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("Filespec"), "F": name, "EF": file})
    files = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([name, document.Reference(named)])})
    document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": files})


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
