"""The HTTP API and the portal: mounts the domains, nothing else."""

from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

import fenrun
from fenrun.agreements import endpoints as agreements
from fenrun.compliance import endpoints as compliance
from fenrun.compliance import findings_endpoints as findings
from fenrun.deals import endpoints as deals
from fenrun.disputes import endpoints as disputes
from fenrun.invoices import endpoints as invoices
from fenrun.kit.errors import MalformedError, NotFoundError, TooLargeError, TooManyRequestsError
from fenrun.kit.guard import Guard
from fenrun.kit.http import Problem, install_handlers, problem_response, problems
from fenrun.kit.logs import RequestIds
from fenrun.kit.money import Currency
from fenrun.kit.rate_limits import RateLimits
from fenrun.kit.security import nobody
from fenrun.kit.settings import Settings, load_settings
from fenrun.ledger import endpoints as ledger
from fenrun.live import endpoints as live
from fenrun.live.service import Hub
from fenrun.materials import endpoints as materials
from fenrun.operations import endpoints as operations
from fenrun.oversight import endpoints as oversight
from fenrun.payouts import details_endpoints as payout_details
from fenrun.payouts import endpoints as payouts
from fenrun.privacy import endpoints as privacy
from fenrun.registry import endpoints as registry
from fenrun.registry.access import identify
from fenrun.settlement import channel_endpoints as channel
from fenrun.settlement import endpoints as settlement
from fenrun.settlement import event_endpoints as events
from fenrun.settlement import posting_endpoints as postings
from fenrun.settlement import tier_endpoints as tiers
from fenrun.simulator import endpoints as simulator
from fenrun.simulator.saving_service import Histories
from fenrun.statements import endpoints as statements
from fenrun.statements import export_endpoints as exports
from fenrun.webhooks import endpoints as webhooks

if TYPE_CHECKING:
    from fenrun.settlement.tasks import Road

_ROOT = Path(fenrun.__file__).resolve().parents[2]
PORTAL = _ROOT / "portal" / "dist"
_SWAGGER = _ROOT / "node_modules" / "swagger-ui-dist"

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app(road: "Road | None", settings: Settings | None = None) -> FastAPI:
    """The application over a settlement road; without one it can only describe itself."""
    settings = settings or load_settings()
    app = FastAPI(
        title="Fenrun",
        version=fenrun.__version__,
        summary="Partner settlement that anyone can check.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=problems(MalformedError, TooLargeError, TooManyRequestsError),
    )
    install_handlers(app)
    app.state.settings = settings
    for domain in (
        registry, agreements, materials, events, settlement, channel, tiers, payouts, payout_details, statements,
        exports, ledger, postings, webhooks, live, deals, disputes, operations, privacy, simulator,
        compliance, findings, oversight, invoices,
    ):  # fmt: skip
        app.include_router(domain.router)
    app.include_router(statements.open_router)
    if road is not None:
        nobody()
        app.state.sessions = road.sessions
        app.state.currency = Currency.of(road.currency)
        app.state.confirmations = road.confirmations
        app.state.deployment = road.deployment
        app.state.reference_key = road.keys.reference_key
        app.state.relay_signer = road.keys.address("operator")
        app.state.registrar = road.keys.address("registrar")
        app.state.new_client = road.client.another
        app.state.audit = lambda: _audit(road)
        app.state.hours = road.hours
        app.state.files = road.files
        app.state.webhooks_internal = road.webhooks_internal
        app.state.live = Hub(road.engine.url)
        app.state.histories = Histories()
    _serve_docs(app)
    _serve_portal(app)
    # The last one added is the first to see a request.
    app.add_middleware(Guard, upload_bytes=settings.upload_bytes)
    if road is not None:
        app.add_middleware(RateLimits, open_session=road.sessions, identify=identify(settings))
    app.add_middleware(RequestIds)
    return app


def _audit(road: "Road") -> dict[str, Any]:
    """An audit over a connection of its own, since several may run."""
    beside = road.beside()
    with closing(beside.client):
        return beside.audit()


def _serve_docs(app: FastAPI) -> None:
    """Serves the API's description for people at /docs, from here and not from somebody's network."""
    app.mount("/docs/assets", StaticFiles(directory=_SWAGGER, check_dir=False))

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/v1/openapi.json",
            title="Fenrun API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon-32x32.png",
            # All at once are more than a browser draws in a minute.
            swagger_ui_parameters={"docExpansion": "none", "defaultModelsExpandDepth": -1, "filter": True},
        )


def _serve_portal(app: FastAPI) -> None:
    """Serves the built portal; a path that is no file is a page of it."""

    @app.middleware("http")
    async def add_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        if not request.url.path.startswith("/docs"):
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    @app.exception_handler(HTTPException)
    def unknown(_: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:  # FastAPI's, for a body that is not even text
            return problem_response(MalformedError("The body is not JSON in UTF-8"))
        problem = Problem(
            type="about:blank",
            title=str(error.detail),
            status=error.status_code,
            code="not_found" if error.status_code == 404 else "http_error",
            detail=str(error.detail),
        )
        return JSONResponse(
            problem.model_dump(exclude_none=True),
            error.status_code,
            headers=error.headers,
            media_type="application/problem+json",
        )

    @app.get("/{path:path}", include_in_schema=False)
    def portal(path: str) -> FileResponse:
        if path.startswith("v1/"):
            raise NotFoundError(f"There is no /{path}; /docs lists what there is")
        file = PORTAL / "index.html"
        # What cannot be a file's name is a page's, and the portal says that there is none.
        with suppress(OSError, ValueError):
            asked = (PORTAL / path).resolve()
            if asked.is_relative_to(PORTAL) and asked.is_file():
                file = asked
        if not file.is_file():
            raise NotFoundError("The portal is not built: run `make setup`")
        # Vite names these files by their content.
        immutable = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"Cache-Control": immutable})
