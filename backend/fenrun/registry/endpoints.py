"""Everything about who may do what: sessions, one's own account, members, API keys, the audit log."""

from fastapi import APIRouter

from fenrun.registry import (
    account_endpoints,
    invitations_endpoints,
    links_endpoints,
    members_endpoints,
    sessions_endpoints,
    standings_endpoints,
)

router = APIRouter()
for part in (
    sessions_endpoints, links_endpoints, account_endpoints, members_endpoints, invitations_endpoints,
    standings_endpoints,
):  # fmt: skip
    router.include_router(part.router)
