"""The report of a month of compliance: HTTP only."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from fenrun.compliance import record
from fenrun.kit.calendar import first_of_next_month, start_of
from fenrun.kit.errors import ForbiddenError, UnauthorizedError
from fenrun.kit.http import InSession, problems
from fenrun.oversight import report, report_pdf
from fenrun.oversight.schemas import ComplianceReport, ReportFormat
from fenrun.payouts.settings import load_payout_settings
from fenrun.registry.access import Compliance
from fenrun.statements.endpoints import attached
from fenrun.statements.pdf import Language

router = APIRouter(prefix="/v1/compliance", tags=["compliance"], responses=problems(UnauthorizedError, ForbiddenError))

Month = Annotated[str, Path(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", description="YYYY-MM, UTC")]
_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}
_FILES: dict[int | str, dict[str, Any]] = {200: {"content": {kind.partition(";")[0]: {} for kind in _TYPES.values()}}}


@router.get("/reports/{month}")
def compliance_report(month: Month, _: Compliance, request: Request, session: InSession) -> ComplianceReport:
    """What was checked, stopped and overridden in a month, and where its record is anchored."""
    code = request.app.state.currency.code
    payer = load_payout_settings().payer_country or None
    return report.gather(session, _first(month), code, payer, dt.datetime.now(dt.UTC))


@router.get("/reports/{month}/file", response_class=Response, responses=_FILES)
def compliance_report_file(
    month: Month,
    viewer: Compliance,
    request: Request,
    session: InSession,
    format: ReportFormat = "pdf",
    language: Annotated[Language, Query(description="Of the PDF")] = "en",
) -> Response:
    """The report as a file: PDF, CSV of its findings, or the record (txt) whose SHA-256 is anchored."""
    first = _first(month)
    if format == "txt":
        lines = record.lines(session, first, start_of(first), start_of(first_of_next_month(first)))
        content = "".join(f"{line}\n" for line in lines).encode()
    else:
        made = compliance_report(month, viewer, request, session)
        currency = request.app.state.currency
        content = report.as_csv(made) if format == "csv" else report_pdf.render(made, currency, language)
    return Response(content, media_type=_TYPES[format], headers=attached(f"compliance-{month}.{format}"))


def _first(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")
