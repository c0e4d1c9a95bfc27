"""Who may do what, for every route of the application: a route without an expectation here fails."""

import datetime as dt
import functools

import pytest
from fastapi.testclient import TestClient
from tests.backend import test_deals as deals
from tests.backend import test_disputes as disputes
from tests.backend.people import KEYS, MEMBERS, PASSWORD, STAFF, everything, is_problem, routes

from fenrun.api import create_app
from fenrun.registry.access import PERMISSIONS, ROLES, SCOPES

ANYONE = (*MEMBERS, *KEYS, "anonymous")
VIEWERS = (*MEMBERS, *KEYS)
ONESELF = MEMBERS
ROWS = ("rich", "other", *STAFF, "reader")
"""Lists and rows that are narrowed to what the caller may see."""
ALL_ROWS = (*STAFF, "reader")
BOOKS = ("finance", "compliance", "auditor", "admin", "reader")
FINANCE = ("finance",)
CHANNEL = ("operator",)
COMPLIANCE = ("compliance",)
ACCESS = ("auditor", "admin")
ADMIN = ("admin",)
INVITERS = ("operator", "admin")
"""Whom each may invite, and sees the invitations of: see test_invitations.py."""
INVITATIONS = ("operator", "auditor", "admin")
EVENTS = ("sender",)
DISPUTES = (*MEMBERS, "reader")
"""Disputes, narrowed to what the caller may see."""
ARBITERS = ("compliance", "arbiter")
COMPLIANCE = ("compliance",)
CHANNEL = ("operator",)
OWNERS = ("rich", "other")
"""Who may act for a partner."""
WRITERS = ("rich", "other", "operator", "finance", "compliance")
"""Those who may change what is their own."""

# By method and path: who gets in; everybody else gets 403, and without signing in 401.
EXPECTED = {
    ("post", "/v1/session"): ANYONE,
    ("get", "/v1/session"): VIEWERS,
    ("delete", "/v1/session"): ANYONE,
    ("post", "/v1/session/wallet-nonce"): ANYONE,
    ("post", "/v1/session/wallet"): ANYONE,
    ("get", "/v1/session/oidc"): ANYONE,
    ("get", "/v1/session/oidc/callback"): ANYONE,
    ("post", "/v1/session/reset"): ANYONE,
    ("post", "/v1/session/reset/confirm"): ANYONE,
    ("post", "/v1/session/invitation"): ANYONE,
    ("post", "/v1/session/invitation/accept"): ANYONE,
    ("get", "/v1/sessions"): ONESELF,
    ("delete", "/v1/sessions/{session_id}"): ONESELF,
    ("get", "/v1/me"): ONESELF,
    ("patch", "/v1/me"): ONESELF,
    ("put", "/v1/me/password"): ONESELF,
    ("post", "/v1/me/totp"): ONESELF,
    ("post", "/v1/me/totp/confirm"): ONESELF,
    ("put", "/v1/me/wallet"): ONESELF,
    ("delete", "/v1/me/wallet"): ONESELF,
    ("get", "/v1/members"): ACCESS,
    ("post", "/v1/members"): ADMIN,
    ("patch", "/v1/members/{member_id}"): ADMIN,
    ("post", "/v1/members/{member_id}/password"): ADMIN,
    ("delete", "/v1/members/{member_id}/totp"): ADMIN,
    ("get", "/v1/invitations"): INVITATIONS,
    ("post", "/v1/invitations"): INVITERS,
    ("post", "/v1/invitations/{invitation_id}/resend"): INVITERS,
    ("delete", "/v1/invitations/{invitation_id}"): INVITERS,
    ("get", "/v1/api-keys"): ACCESS,
    ("post", "/v1/api-keys"): ADMIN,
    ("post", "/v1/api-keys/{api_key_id}/rotate"): ADMIN,
    ("delete", "/v1/api-keys/{api_key_id}"): ADMIN,
    ("get", "/v1/audit-log"): ACCESS,
    ("get", "/v1/partners"): ALL_ROWS,
    ("get", "/v1/partners/{partner_id}"): ROWS,
    ("get", "/v1/partners/{partner_id}/standing"): ROWS,
    ("post", "/v1/partners/{partner_id}/suspend"): CHANNEL,
    ("post", "/v1/partners/{partner_id}/reinstate"): CHANNEL,
    ("get", "/v1/partners/{partner_id}/agreements"): ROWS,
    ("get", "/v1/partners/{partner_id}/invoices"): ROWS,
    ("post", "/v1/partners/{partner_id}/invoices"): FINANCE,
    ("post", "/v1/invoices/{invoice_id}/red-letter"): FINANCE,
    ("get", "/v1/agreements"): ROWS,
    ("put", "/v1/agreements/{name}/{version}/{language}/content"): CHANNEL,
    ("get", "/v1/agreements/{agreement_id}/content"): ROWS,
    ("post", "/v1/agreements/{agreement_id}/signatures"): OWNERS,
    ("get", "/v1/partners/{partner_id}/earnings"): ROWS,
    ("get", "/v1/partners/{partner_id}/tiers"): ROWS,
    ("get", "/v1/estimate"): ROWS,
    ("get", "/v1/partners/{partner_id}/what-if"): ROWS,
    ("post", "/v1/simulations/preview"): CHANNEL,
    ("get", "/v1/simulations"): ALL_ROWS,
    ("post", "/v1/simulations"): CHANNEL,
    ("get", "/v1/simulations/{simulation_id}"): ALL_ROWS,
    ("post", "/v1/simulations/{simulation_id}/cancel"): CHANNEL,
    ("get", "/v1/simulations/{simulation_id}/file"): ALL_ROWS,
    ("post", "/v1/simulations/{simulation_id}/proposals"): CHANNEL,
    ("get", "/v1/plan-proposals"): ALL_ROWS,
    ("post", "/v1/plan-proposals/{proposal_id}/approve"): COMPLIANCE,
    ("post", "/v1/plan-proposals/{proposal_id}/reject"): COMPLIANCE,
    ("get", "/v1/compliance/rules"): ALL_ROWS,
    ("post", "/v1/compliance/rules"): COMPLIANCE,
    ("get", "/v1/compliance/rules/{code_}"): ALL_ROWS,
    ("get", "/v1/compliance/rule-versions/{version_id}"): ALL_ROWS,
    ("put", "/v1/compliance/rule-versions/{version_id}"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/check"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/test"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/approve"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/publish"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/withdraw"): COMPLIANCE,
    ("post", "/v1/compliance/rule-versions/{version_id}/roll-back"): COMPLIANCE,
    ("get", "/v1/compliance/sanctions-lists"): ALL_ROWS,
    ("get", "/v1/compliance/findings"): ALL_ROWS,
    ("get", "/v1/compliance/findings/summary"): ALL_ROWS,
    ("get", "/v1/compliance/findings/{finding_id}"): ALL_ROWS,
    ("post", "/v1/compliance/findings/{finding_id}/override"): COMPLIANCE,
    ("post", "/v1/compliance/findings/{finding_id}/confirm"): COMPLIANCE,
    ("post", "/v1/compliance/findings/{finding_id}/refuse"): COMPLIANCE,
    ("post", "/v1/compliance/findings/{finding_id}/uphold"): COMPLIANCE,
    ("post", "/v1/compliance/findings/{finding_id}/reopen"): COMPLIANCE,
    ("get", "/v1/compliance/reports/{month}"): ALL_ROWS,
    ("get", "/v1/compliance/reports/{month}/file"): ALL_ROWS,
    ("get", "/v1/commissions"): ROWS,
    ("get", "/v1/commissions/{commission_id}"): ROWS,
    ("get", "/v1/commissions/{commission_id}/history"): ROWS,
    ("get", "/v1/commissions/{commission_id}/proof"): ROWS,
    ("get", "/v1/orders"): ROWS,
    ("get", "/v1/orders/{order_id}"): ROWS,
    ("get", "/v1/batches"): ALL_ROWS,
    ("get", "/v1/batches/{batch_id}"): ALL_ROWS,
    ("get", "/v1/batches/{batch_id}/attempts"): ALL_ROWS,
    ("get", "/v1/plans"): ALL_ROWS,
    ("get", "/v1/customers"): ALL_ROWS,
    ("get", "/v1/customers/{customer_id}"): ALL_ROWS,
    ("get", "/v1/payouts"): ROWS,
    ("get", "/v1/payout-exclusions"): ROWS,
    ("get", "/v1/payout-runs"): BOOKS,
    ("post", "/v1/payout-runs"): FINANCE,
    ("get", "/v1/payout-runs/{run_id}"): BOOKS,
    ("post", "/v1/payout-runs/{run_id}/approve"): FINANCE,
    ("post", "/v1/payout-runs/{run_id}/reject"): FINANCE,
    ("post", "/v1/payout-runs/{run_id}/cancel"): FINANCE,
    ("post", "/v1/payout-runs/{run_id}/file"): FINANCE,
    ("post", "/v1/bank-answers/batch"): FINANCE,
    ("get", "/v1/vault"): ROWS,
    ("post", "/v1/partners/{partner_id}/withdrawals"): WRITERS,
    ("get", "/v1/partners/{partner_id}/payout-details"): ROWS,
    ("put", "/v1/partners/{partner_id}/payout-details"): FINANCE,
    ("post", "/v1/partners/{partner_id}/payout-details/verify"): FINANCE,
    ("get", "/v1/partners/{partner_id}/payout-details/accounts"): FINANCE,
    ("put", "/v1/partners/{partner_id}/payout-details/change"): OWNERS,
    ("delete", "/v1/partners/{partner_id}/payout-details/change"): WRITERS,
    ("post", "/v1/partners/{partner_id}/payout-details/change/verify"): FINANCE,
    ("get", "/v1/refusals"): ALL_ROWS,
    ("get", "/v1/events"): ALL_ROWS,
    ("post", "/v1/events"): EVENTS,
    ("post", "/v1/events/batch"): EVENTS,
    ("get", "/v1/audit"): BOOKS,
    ("post", "/v1/audit"): FINANCE,
    ("get", "/v1/accounts"): BOOKS,
    ("get", "/v1/accounts/{account_id}"): BOOKS,
    ("get", "/v1/postings"): BOOKS,
    ("get", "/v1/transactions/{number}"): BOOKS,
    ("get", "/v1/trial-balance"): BOOKS,
    ("get", "/v1/trial-balance/{day}"): BOOKS,
    ("get", "/v1/statements/{partner_id}"): ROWS,
    ("get", "/v1/statements/{partner_id}/{month}"): ROWS,
    ("get", "/v1/statements/{partner_id}/{month}/pdf"): ROWS,
    ("get", "/v1/verifier"): ANYONE,
    ("get", "/v1/periods"): BOOKS,
    ("get", "/v1/periods/{month}"): BOOKS,
    ("post", "/v1/periods/{month}/close"): FINANCE,
    ("post", "/v1/periods/{month}/lock"): FINANCE,
    ("get", "/v1/periods/{month}/trial-balance"): BOOKS,
    ("get", "/v1/exports/commissions"): ROWS,
    ("get", "/v1/exports/orders"): ROWS,
    ("get", "/v1/exports/payouts"): ROWS,
    ("get", "/v1/exports/beancount"): ROWS,
    ("get", "/v1/webhook-endpoints"): ROWS,
    ("post", "/v1/webhook-endpoints"): WRITERS,
    ("get", "/v1/webhook-endpoints/{endpoint_id}"): ROWS,
    ("patch", "/v1/webhook-endpoints/{endpoint_id}"): WRITERS,
    ("delete", "/v1/webhook-endpoints/{endpoint_id}"): WRITERS,
    ("post", "/v1/webhook-endpoints/{endpoint_id}/rotate-secret"): WRITERS,
    ("post", "/v1/webhook-endpoints/{endpoint_id}/test"): WRITERS,
    ("post", "/v1/webhook-endpoints/{endpoint_id}/resend"): WRITERS,
    ("get", "/v1/webhook-deliveries"): ROWS,
    ("get", "/v1/webhook-deliveries/{delivery_id}"): ROWS,
    ("post", "/v1/webhook-deliveries/{delivery_id}/resend"): WRITERS,
    ("get", "/v1/materials"): ROWS,
    ("post", "/v1/materials"): CHANNEL,
    ("get", "/v1/materials/{material_id}"): ROWS,
    ("patch", "/v1/materials/{material_id}"): CHANNEL,
    ("put", "/v1/materials/{material_id}/versions/{version}/content"): CHANNEL,
    ("get", "/v1/materials/{material_id}/content"): ROWS,
    ("get", "/v1/materials/{material_id}/downloads"): ALL_ROWS,
    ("get", "/v1/privacy-requests"): ROWS,
    ("post", "/v1/privacy-requests"): ONESELF,
    ("get", "/v1/privacy-requests/{request_id}/archive"): ONESELF,
    ("post", "/v1/privacy-requests/{request_id}/approve"): COMPLIANCE,
    ("post", "/v1/privacy-requests/{request_id}/refuse"): COMPLIANCE,
    ("post", "/v1/privacy-requests/{request_id}/erase"): COMPLIANCE,
    ("get", "/v1/deals"): ROWS,
    ("post", "/v1/deals"): WRITERS,
    ("get", "/v1/deals/{deal_id}"): ROWS,
    ("put", "/v1/deals/{deal_id}"): WRITERS,
    ("post", "/v1/deals/{deal_id}/submit"): WRITERS,
    ("post", "/v1/deals/{deal_id}/withdraw"): WRITERS,
    ("post", "/v1/deals/{deal_id}/extension"): WRITERS,
    ("post", "/v1/deals/{deal_id}/decision"): CHANNEL,
    ("get", "/v1/deals/{deal_id}/claim"): ROWS,
    ("post", "/v1/deals/{deal_id}/claim"): WRITERS,
    ("get", "/v1/known-companies"): ALL_ROWS,
    ("post", "/v1/known-companies"): CHANNEL,
    ("delete", "/v1/known-companies/{company_id}"): CHANNEL,
    ("get", "/v1/disputes"): DISPUTES,
    ("post", "/v1/disputes"): WRITERS,
    ("get", "/v1/disputes/{dispute_id}"): DISPUTES,
    ("post", "/v1/disputes/{dispute_id}/evidence"): WRITERS,
    ("get", "/v1/disputes/{dispute_id}/case-file"): DISPUTES,
    ("get", "/v1/evidence/{evidence_id}"): DISPUTES,
    ("post", "/v1/disputes/{dispute_id}/open"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/withdraw"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/response"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/concession"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/answer"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/appeal"): WRITERS,
    ("post", "/v1/disputes/{dispute_id}/proposal"): CHANNEL,
    ("post", "/v1/disputes/{dispute_id}/ruling"): ARBITERS,
    ("post", "/v1/disputes/{dispute_id}/vote"): ARBITERS,
    ("post", "/v1/disputes/{dispute_id}/hold"): COMPLIANCE,
    ("post", "/v1/disputes/{dispute_id}/resume"): COMPLIANCE,
    ("post", "/v1/disputes/{dispute_id}/escalation"): COMPLIANCE,
    ("post", "/v1/recusals"): ARBITERS,
    ("get", "/v1/live"): DISPUTES,
    ("get", "/v1/event-source-secrets"): BOOKS,
    ("post", "/v1/event-source-secrets/{source}"): FINANCE,
    ("delete", "/v1/event-source-secrets/{source}/{secret_id}"): FINANCE,
}
ROUTES = routes(create_app(None))
# Of webhooks see test_webhook_endpoints.py: a partner has none until it makes one. Agreements are the same for all.
# Requests about one's data: see test_privacy.py, of materials test_materials.py.
OF_PARTNERS = [
    route
    for route in ROUTES
    if "{" in route[1]
    and "rich" in EXPECTED.get(route, ())
    and not route[1].startswith(("/v1/webhook-", "/v1/agreements/", "/v1/privacy-requests/", "/v1/materials/"))
]
CLOSED = [route for route in ROUTES if "anonymous" not in EXPECTED.get(route, ())]
# Endpoints that the sender's key opens do not know a session, and answer 401 to it.
NO_SESSION = EVENTS


@functools.cache
def ids_of(people, name):
    """An id of each kind that paths name, which a partner's member may see. Another kind: add it here."""
    client = getattr(people, name)
    commission = client.get("/v1/commissions").json()["data"][0]
    assert commission["partner_id"] == client.get("/v1/session").json()["partner_id"]
    return {
        "partner_id": commission["partner_id"],
        "commission_id": commission["id"],
        "order_id": commission["order_id"],
        "batch_id": commission["batch_id"],
        "session_id": people.signed_in(f"the-{name}").get("/v1/sessions").json()[0]["id"],
        "member_id": "mb_nobody",
        "api_key_id": "ak_none",
        "invitation_id": "inv_none",
        "invoice_id": "fp_none",
        "run_id": "pr_any",
        "code_": "FR-03",
        "version_id": "rv_none",
        "finding_id": "cf_none",
        "simulation_id": "sim_none",
        "proposal_id": "pp_none",
        "endpoint_id": "wh_nobody",
        "delivery_id": "wd_nobody",
        "source": "nobody",
        "customer_id": "cus_1",
        "account_id": "ac_1",
        "number": 1,
        "secret_id": "ess_nobody",
        "agreement_id": "ag_none",
        "request_id": "pv_none",
        "material_id": "mt_none",
        "name": "nothing",
        "version": 1,
        "language": "en",
        "company_id": "kc_none",
        "deal_id": deals.drafted(client)["id"],
        "dispute_id": disputes.drafted(people, name)["id"],
        "evidence_id": disputes.filed_by(people, name)["id"],
    }


def call(client, method, path, **more):
    return client.request(method.upper(), path, **({} if method == "get" else {"json": {}}), **more)


def filled(path, ids):
    """A path with ids in it, of a month and a day that the books have."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=60)
    try:
        return path.format(month=f"{day:%Y-%m}", day=day, **ids)
    except KeyError as missing:
        pytest.fail(f"{path} names an id of a new kind: give ids_of() in {__file__} one of each partner: {missing}")


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_every_route_has_an_expectation(route):
    method, path = route
    assert route in EXPECTED, (
        f"{method.upper()} {path} is not in the table: add the line {route!r}: <who gets in> to EXPECTED in {__file__}"
    )


def test_the_table_expects_no_route_that_is_gone():
    assert set(EXPECTED) <= set(ROUTES)


def test_nobody_writes_as_an_auditor_or_with_a_key_that_reads():
    writing = {name for granted in PERMISSIONS.values() for name in granted if name.endswith(":write")}
    assert writing
    assert not writing & (PERMISSIONS["auditor"] | PERMISSIONS["read"])
    assert set(PERMISSIONS) == {*ROLES, *SCOPES, "owner"}


@pytest.mark.parametrize("route", CLOSED, ids=" ".join)
def test_nobody_gets_in_without_signing_in(people, route):
    method, path = route
    answer = call(people.anonymous, method, filled(path, ids_of(people, "rich")))
    assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_each_role_gets_in_where_the_table_says(people, route):
    for name in VIEWERS:
        gets_in_where_the_table_says(people, route, name)


def gets_in_where_the_table_says(people, route, name):
    method, path = route
    # A session of its own, for it may end here.
    ends = route == ("delete", "/v1/session") and name in MEMBERS
    client = people.signed_in(f"the-{name}") if ends else getattr(people, name)
    answer = call(client, method, filled(path, {**ids_of(people, "rich"), "session_id": "ss_none"}))
    if name in EXPECTED[route]:
        if answer.status_code in (401, 403):
            assert "anonymous" in EXPECTED[route], answer.text  # such as an OpenID callback without a state
            assert answer.json()["code"] not in ("unauthorized", "forbidden")
        assert answer.status_code < 500, (name, answer.text)
        return
    hidden = EXPECTED[route] is NO_SESSION and name in MEMBERS
    assert is_problem(answer, 401 if hidden else 403, "unauthorized" if hidden else "forbidden")


@pytest.mark.parametrize("route", OF_PARTNERS, ids=" ".join)
def test_a_partner_sees_its_own_and_nobody_elses(people, route):
    method, path = route
    own, others = ids_of(people, "rich"), ids_of(people, "other")
    refused = call(people.rich, method, filled(path, others))
    assert is_problem(refused, 404, "not_found")
    # What exists and is another's looks like what does not exist.
    unknown = call(people.rich, method, filled(path, {name: f"{id_}x" for name, id_ in others.items()}))
    assert is_problem(unknown, 404, "not_found")
    [wanted] = [others[name] for name in others if f"{{{name}}}" in path]
    assert unknown.json()["detail"].replace(f"{wanted}x", wanted) == refused.json()["detail"]
    # Seen, and at most no longer possible in its state.
    assert call(people.rich, method, filled(path, own)).status_code in (200, 204, 409, 422)


def test_lists_hold_a_partners_own_rows_alone(people):
    for client, partner in ((people.rich, people.rich_id), (people.other, people.other_id)):
        own = everything(client, "/v1/commissions")
        assert own
        assert {row["partner_id"] for row in own} == {partner}
        assert {row["id"] for row in everything(client, "/v1/orders")} == {row["order_id"] for row in own}
        assert {row["partner_id"] for row in everything(client, "/v1/payouts")} <= {partner}
        assert everything(people.finance, "/v1/commissions", partner=partner) == own
        assert everything(people.reader, "/v1/commissions", partner=partner) == own
        for row in own[:5]:
            legs = client.get(f"/v1/orders/{row['order_id']}").json()["commissions"]
            assert {leg["partner_id"] for leg in legs} == {partner}
    whole = everything(people.finance, "/v1/commissions")
    assert len(whole) > len(everything(people.rich, "/v1/commissions"))
    for name in ("operator", "compliance", "auditor", "admin", "reader"):
        assert everything(getattr(people, name), "/v1/commissions") == whole


@pytest.mark.parametrize("path", ["/v1/commissions", "/v1/payouts"])
def test_a_filter_does_not_open_another_partners_rows(people, path):
    assert is_problem(people.rich.get(path, params={"partner": people.other_id}), 404, "not_found")
    assert people.rich.get(path, params={"partner": people.rich_id}).status_code == 200
    assert is_problem(people.rich.get(path, params={"partner": "pn_nobody"}), 404, "not_found")


def test_another_partners_order_is_not_found_by_filter_or_search(people):
    others = people.other.get("/v1/commissions").json()["data"][0]
    assert everything(people.rich, "/v1/commissions", order=others["order_id"]) == []
    assert everything(people.rich, "/v1/commissions", search=others["order_external_id"]) == []
    assert everything(people.rich, "/v1/orders", search=others["order_external_id"]) == []
    assert everything(people.rich, "/v1/orders", search="' OR '1'='1") == []
    assert everything(people.rich, "/v1/orders", search="%") == []


@pytest.mark.parametrize("cursor", ["startingAfter", "endingBefore"])
@pytest.mark.parametrize("path", ["/v1/commissions", "/v1/orders", "/v1/payouts"])
def test_a_cursor_of_another_partners_shows_none_of_its_rows(people, path, cursor):
    for row in people.other.get(path).json()["data"][:3]:
        answer = people.rich.get(path, params={cursor: row["id"], "limit": 100})
        own = {known["id"] for known in everything(people.rich, path)}
        assert answer.status_code in (200, 404)
        assert {found["id"] for found in answer.json().get("data", [])} <= own


# --- Credentials ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, "é".encode("latin-1").decode("latin-1"), "a" * 5000])
def test_a_made_up_session_is_none(people, cookie):
    answer = people.anonymous.get("/v1/session", headers={"Cookie": b"fenrun_session=" + cookie.encode("latin-1")})
    assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x"])
def test_what_is_no_api_key(people, header):
    headers = {"Authorization": header.format(key=people.sender_key)}
    assert is_problem(people.anonymous.post("/v1/events", json={}, headers=headers), 401, "unauthorized")


def test_a_key_beside_a_session_is_the_one_that_counts(people):
    answer = people.admin.get("/v1/members", headers={"Authorization": f"Bearer {people.sender_key}"})
    assert is_problem(answer, 403, "forbidden")
    answer = people.admin.get("/v1/members", headers={"Authorization": "Bearer frk_made-up"})
    assert is_problem(answer, 401, "unauthorized")


def test_the_demos_key_still_sends_events_and_nothing_else(people):
    crm = people.with_key(people.key)
    assert is_problem(crm.post("/v1/events", json={}), 422, "malformed")
    assert is_problem(crm.get("/v1/orders"), 403, "forbidden")


def test_who_is_signed_in_and_what_they_may(people):
    who = people.rich.get("/v1/session").json()
    assert (who["role"], who["partner_id"], who["member_id"]) == ("partner", people.rich_id, people.member_ids["rich"])
    assert who["permissions"] == ["disputes:read", "partner:write", "rows:own", "rows:write"]
    auditor = people.auditor.get("/v1/session").json()
    assert auditor["partner_id"] is None
    assert "access:read" in auditor["permissions"]
    key = people.reader.get("/v1/session").json()
    assert (key["role"], key["login"], key["member_id"]) == ("api", "reader", people.key_ids["reader"])


def test_the_cookie_is_not_for_scripts_nor_other_sites(people):
    client = TestClient(people.app)
    answer = client.post("/v1/session", json={"login": "the-rich", "password": PASSWORD})
    flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict"} <= flags
    assert PASSWORD not in answer.text
    secure = TestClient(people.app, base_url="https://testserver")
    answer = secure.post("/v1/session", json={"login": "the-rich", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_no_token_and_no_password_is_kept_as_it_is(people):
    with people.road.sessions() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT token_hash FROM sign_ins UNION ALL SELECT key_hash FROM api_keys"
            " UNION ALL SELECT convert_to(password_hash, 'UTF8') FROM members"
        ).all()  # fmt: skip
    secrets = (people.rich.cookies["fenrun_session"], people.sender_key, people.key, PASSWORD)
    assert rows
    assert all(secret.encode() not in bytes(row[0]) for row in rows for secret in secrets)
