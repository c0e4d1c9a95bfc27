"""Health for load balancers, figures for Prometheus: HTTP only. No part of the described API."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from fenrun.operations import service
from fenrun.registry.access import ApiCaller

router = APIRouter(include_in_schema=False)


@router.get("/health/live")
def live() -> dict[str, str]:
    """Whether this process answers."""
    return {"status": "live"}


@router.get("/health/ready")
def ready(request: Request, response: Response) -> dict[str, object]:
    """Whether requests should come here: 503 when something that they need is not well."""
    state = request.app.state
    found = service.readiness(state.sessions, state.new_client)
    well = all(finding.ok for finding in found)
    response.status_code = 200 if well else 503
    # For anyone to read: which part it is, and no more.
    return {"status": "ready" if well else "not ready", "checks": {finding.name: finding.ok for finding in found}}


@router.get("/metrics")
def metrics(_: ApiCaller, request: Request) -> Response:
    """Figures in Prometheus' format; its scraper sends an API key as a bearer token."""
    registry = CollectorRegistry()
    registry.register(service.Figures(request.app.state.sessions, request.app.state.new_client))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
