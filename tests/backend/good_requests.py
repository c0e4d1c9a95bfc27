"""A good request to every endpoint that writes, and the line that it leaves in the audit log."""

import datetime as dt
import functools
import threading
import uuid

import pyotp
from eth_account import Account
from tests.backend.people import PASSWORD, everything
from tests.backend.post import token_of
from tests.backend.test_sign_in import enrolled
from tests.backend.test_wallets import asked, signed

from fenrun.chain import devnet
from fenrun.payouts.bank_answer import CSV_COLUMNS
from fenrun.payouts.settings import PayoutSettings
from fenrun.simulator.tasks import Simulant
from fenrun.statements import tasks as statements

PAYER = PayoutSettings(payer_name="Fenrun", payer_account="GB82WEST12345698765432", payer_bic="NWBKGB2L")


class Call:
    """A good request to an endpoint that writes: who sends it, where to, with what; and the line it leaves."""

    def __init__(self, action, client, body=None, target=None, path=None, headers=None, content=None):
        self.action, self.client, self.body = action, client, body
        self.target, self.path, self.headers, self.content = target, path, headers, content


def member(people, **more):
    login = people.newcomer(**more)
    client = people.signed_in(login)
    return login, client, client.get("/v1/session").json()["member_id"]


def sign_in(people):
    return Call("session.opened", people.anonymous, {"login": people.newcomer(), "password": PASSWORD})


def sign_out(people):
    _, client, _ = member(people)
    return Call("session.ended", client, target=client.get("/v1/sessions").json()[0]["id"])


def wallet_sign_in(people):
    _, client, _ = member(people)
    account = Account.create()
    body = {"password": PASSWORD, **signed(account, asked(people, account))}
    assert client.put("/v1/me/wallet", json=body).status_code == 200
    return Call("session.opened", people.anonymous, signed(account, asked(people, account)))


def revocation(people):
    login, client, _ = member(people)
    people.signed_in(login)
    own = client.get("/v1/sessions").json()[0]["id"]
    return Call("session.revoked", client, target=own, path=f"/v1/sessions/{own}")


def password_change(people):
    _, client, id_ = member(people)
    return Call("password.changed", client, {"current": PASSWORD, "new": "another long password"}, id_)


def totp_start(people):
    _, client, id_ = member(people)
    return Call("totp.begun", client, {"password": PASSWORD}, id_)


def totp_confirmation(people):
    _, client, id_ = member(people)
    secret = client.post("/v1/me/totp", json={"password": PASSWORD}).json()["secret"]
    return Call("totp.enrolled", client, {"code": pyotp.TOTP(secret).now()}, id_)


def binding(people):
    _, client, id_ = member(people)
    account = Account.create()
    return Call("wallet.bound", client, {"password": PASSWORD, **signed(account, asked(people, account))}, id_)


def unbinding(people):
    _, client, id_ = member(people)
    return Call("wallet.unbound", client, target=id_)


def new_member(people):
    body = {"login": f"added-{uuid.uuid4().hex[:8]}", "role": "partner", "partner_id": people.rich_id}
    return Call("member.added", people.admin, body)


def member_change(people):
    _, _, id_ = member(people)
    return Call("member.changed", people.admin, {"role": "auditor"}, id_, f"/v1/members/{id_}")


def password_reset(people):
    _, _, id_ = member(people)
    return Call("password.reset", people.admin, target=id_, path=f"/v1/members/{id_}/password")


def totp_reset(people):
    login = people.newcomer()
    client, _, _ = enrolled(people, login)
    id_ = client.get("/v1/session").json()["member_id"]
    return Call("totp.reset", people.admin, target=id_, path=f"/v1/members/{id_}/totp")


def invited(people, **more):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    body = {"email": email, "role": "partner", "partner_id": people.rich_id, **more}
    return email, people.operator.post("/v1/invitations", json=body).json()["id"]


def invitation(people):
    body = {"email": f"{uuid.uuid4().hex[:12]}@example.com", "role": "finance", "language": "zh-CN"}
    return Call("invitation.sent", people.admin, body)


def invitation_again(people):
    _, id_ = invited(people)
    return Call("invitation.resent", people.operator, target=id_, path=f"/v1/invitations/{id_}/resend")


def invitation_withdrawal(people):
    _, id_ = invited(people)
    return Call("invitation.withdrawn", people.operator, target=id_, path=f"/v1/invitations/{id_}")


def invitation_look(people):
    email, _ = invited(people)
    body = {"token": token_of(people, email, "invitation")}
    return Call("POST /v1/session/invitation", people.anonymous, body)


def forgotten(people):
    login = people.newcomer(email=f"{uuid.uuid4().hex[:12]}@example.com")
    return Call("password.reset_asked", people.anonymous, {"login": login})


def reset(people):
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    people.newcomer(email=email)
    assert people.anonymous.post("/v1/session/reset", json={"login": email}).status_code == 202
    body = {"token": token_of(people, email, "reset"), "password": "a whole new password"}
    return Call("password.reset", people.anonymous, body)


def new_key(people):
    return Call("api_key.created", people.admin, {"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["read"]})


def key_of(people):
    body = {"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["events:write"]}
    return people.admin.post("/v1/api-keys", json=body).json()["id"]


def rotation(people):
    key = key_of(people)
    return Call("api_key.rotated", people.admin, {"overlap_hours": 1}, key, f"/v1/api-keys/{key}/rotate")


def key_revocation(people):
    key = key_of(people)
    return Call("api_key.revoked", people.admin, target=key, path=f"/v1/api-keys/{key}")


def event(people):
    with people.road.sessions() as session:
        customer = session.connection().exec_driver_sql(
            "SELECT external_id FROM customers c JOIN referrals r ON r.customer_number = c.number LIMIT 1"
        ).scalar_one()  # fmt: skip
    order, paid = f"AL-{uuid.uuid4().hex[:8]}", dt.datetime.now(dt.UTC).replace(microsecond=0)
    data = {"order_id": order, "customer_id": customer, "amount": "100.00", "currency": "USD", "paid_at": str(paid)}
    body = {"id": f"evt-{order}", "type": "subscription.renewed", "data": data}
    return Call("POST /v1/events", people.sender, body, headers={"Idempotency-Key": uuid.uuid4().hex})


def batch_of_events(people):
    one = event(people).body
    return Call("POST /v1/events/batch", people.sender, {"data": [one]})


# --- Payouts ------------------------------------------------------------------------------------------


@functools.cache
def second_of_finance(people):
    return people.signed_in(people.newcomer())


def details_of(people):
    """Where a partner with something available is paid, and its id."""
    payee = next(row for row in everything(people.finance, "/v1/partners") if int(row["available"]))
    account = {"holder": payee["name"], "iban": "DE89370400440532013000"}
    return {"country": "DE", "payee_type": "entity", "account": account}, f"/v1/partners/{payee['id']}/payout-details"


def written_details(people):
    body, path = details_of(people)
    return Call("PUT /v1/partners/{partner_id}/payout-details", people.finance, body, path=path)


def verified_details(people):
    body, path = details_of(people)
    assert people.finance.put(path, json=body).status_code == 200
    action = "POST /v1/partners/{partner_id}/payout-details/verify"
    return Call(action, second_of_finance(people), path=f"{path}/verify")


def a_run():
    return {"pays_on": dt.datetime.now(dt.UTC).date().isoformat(), "currency": "USD"}


def prepared_run(people):
    """A run of its own, with somebody in it: what others hold is let go first. Its path."""
    for status in ("prepared", "approved"):
        for run in everything(people.finance, "/v1/payout-runs", status=status):
            canceled = people.finance.post(f"/v1/payout-runs/{run['id']}/cancel", json={"reason": "a test"})
            assert canceled.status_code == 200, canceled.text
    for payout in everything(people.finance, "/v1/payouts", status="sent"):
        people.finance.post("/v1/bank-answers/batch", content=answer_of(payout), headers={"Content-Type": "text/csv"})
    verify = verified_details(people)
    assert verify.client.post(verify.path).status_code == 200
    made = people.finance.post("/v1/payout-runs", json=a_run())
    assert made.status_code == 201, made.text
    return f"/v1/payout-runs/{made.json()['id']}"


def approved_run(people):
    path = prepared_run(people)
    approved = second_of_finance(people).post(f"{path}/approve")
    assert approved.status_code == 200, approved.text
    return path


def answer_of(payout):
    """The bank's: not paid."""
    row = dict.fromkeys(CSV_COLUMNS, "")
    amount = f"{int(payout['net']) / 100:.2f}"
    row |= {"end_to_end_id": payout["end_to_end_id"], "status": "failed", "amount": amount, "reason": "a test"}
    return f"{','.join(CSV_COLUMNS)}\n{','.join(row[name] for name in CSV_COLUMNS)}\n".encode()


def bank_answer(people):
    path = approved_run(people)
    assert people.finance.post(f"{path}/file").status_code == 200
    payout = everything(people.finance, "/v1/payouts", run=path.rpartition("/")[2])[0]
    headers = {"Content-Type": "text/csv"}
    return Call("POST /v1/bank-answers/batch", people.finance, headers=headers, content=answer_of(payout))


def of_run(what, made, client=None, body=None):
    def request(people):
        path = made(people)
        who = client(people) if client else people.finance
        return Call(f"POST /v1/payout-runs/{{run_id}}/{what}", who, body, path=f"{path}/{what}")

    return request


# --- Periods ------------------------------------------------------------------------------------------


def oldest(people, status):
    """The first month in a status; None when there is none."""
    months = [period["month"] for period in people.finance.get("/v1/periods").json() if period["status"] == status]
    return min(months, default=None)


def closing(people):
    path = f"/v1/periods/{oldest(people, 'open')}/close"
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return Call("POST /v1/periods/{month}/close", people.finance, path=path, headers=headers)


def locking(people):
    """Of a closed month whose checkpoint is on chain."""
    if oldest(people, "closed") is None:
        close = closing(people)
        assert people.finance.post(close.path, headers=close.headers).status_code == 200
    road = people.road
    at = int(road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 1
    statements.anchor(road, at)
    road.send()
    devnet.mine(road.client, at)
    road.index()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    path = f"/v1/periods/{oldest(people, 'closed')}/lock"
    return Call("POST /v1/periods/{month}/lock", people.finance, path=path, headers=headers)


# --- Webhooks -----------------------------------------------------------------------------------------

ENDPOINTS = "/v1/webhook-endpoints"


def an_endpoint():
    return {"url": f"https://93.184.215.14/{uuid.uuid4().hex}", "event_types": ["payout.completed"]}


def endpoint_of(people):
    made = people.finance.post(ENDPOINTS, json=an_endpoint())
    assert made.status_code == 201, made.text
    return f"{ENDPOINTS}/{made.json()['id']}"


def of_endpoint(method, what="", body=None):
    def request(people):
        action = f"{method} {ENDPOINTS}/{{endpoint_id}}{what}"
        return Call(action, people.finance, body, path=f"{endpoint_of(people)}{what}")

    return request


def delivery_again(people):
    made = people.finance.post(f"{endpoint_of(people)}/test").json()
    action = "POST /v1/webhook-deliveries/{delivery_id}/resend"
    return Call(action, people.finance, path=f"/v1/webhook-deliveries/{made['id']}/resend")


SECRETS = "/v1/event-source-secrets"


def source_secret(people):
    return Call(f"POST {SECRETS}/{{source}}", people.finance, {}, path=f"{SECRETS}/s-{uuid.uuid4().hex[:8]}")


def secret_removal(people):
    add = source_secret(people)
    made = people.finance.post(add.path, json={}).json()
    return Call(f"DELETE {SECRETS}/{{source}}/{{secret_id}}", people.finance, path=f"{add.path}/{made['id']}")


SIMULATIONS = "/v1/simulations"


def simulation_end(people):
    id_ = people.operator.post(SIMULATIONS, json={"name": "a test"}).json()["id"]
    return Call("simulation.canceled", people.operator, target=id_, path=f"{SIMULATIONS}/{id_}/cancel")


def proposal(people):
    flat = {"new": {"referrer": [1_000]}, "renewal": {"referrer": [500]}}
    asked = {"designs": [{"name": "flat", "plans": {"*": flat}}], "draws": 0}
    id_ = people.operator.post(SIMULATIONS, json=asked).json()["id"]
    while Simulant(people.road.sessions, people.road.currency, threading.Event()).step():
        pass
    body = {"design": "flat", "plan": "*", "code": f"plan-{uuid.uuid4().hex[:8]}"}
    return Call("plan.proposed", people.operator, body, path=f"{SIMULATIONS}/{id_}/proposals")


def proposal_refusal(people):
    asked = proposal(people)
    id_ = people.operator.post(asked.path, json=asked.body).json()["id"]
    path = f"/v1/plan-proposals/{id_}/reject"
    return Call("plan.rejected", people.compliance, {"reason": "a test"}, id_, path)


# By method and path. An endpoint that says nothing of its own to the log leaves `METHOD path`.
CALLS = {
    ("post", "/v1/session"): sign_in,
    ("delete", "/v1/session"): sign_out,
    ("post", "/v1/session/wallet-nonce"): lambda people: Call("POST /v1/session/wallet-nonce", people.anonymous),
    ("post", "/v1/session/wallet"): wallet_sign_in,
    ("post", "/v1/session/reset"): forgotten,
    ("post", "/v1/session/reset/confirm"): reset,
    ("post", "/v1/session/invitation"): invitation_look,
    ("post", "/v1/invitations"): invitation,
    ("post", "/v1/invitations/{invitation_id}/resend"): invitation_again,
    ("delete", "/v1/invitations/{invitation_id}"): invitation_withdrawal,
    ("delete", "/v1/sessions/{session_id}"): revocation,
    ("put", "/v1/me/password"): password_change,
    ("post", "/v1/me/totp"): totp_start,
    ("post", "/v1/me/totp/confirm"): totp_confirmation,
    ("put", "/v1/me/wallet"): binding,
    ("delete", "/v1/me/wallet"): unbinding,
    ("post", "/v1/members"): new_member,
    ("patch", "/v1/members/{member_id}"): member_change,
    ("post", "/v1/members/{member_id}/password"): password_reset,
    ("delete", "/v1/members/{member_id}/totp"): totp_reset,
    ("post", "/v1/api-keys"): new_key,
    ("post", "/v1/api-keys/{api_key_id}/rotate"): rotation,
    ("delete", "/v1/api-keys/{api_key_id}"): key_revocation,
    ("post", "/v1/events"): event,
    ("post", "/v1/audit"): lambda people: Call("POST /v1/audit", people.finance),
    ("post", "/v1/events/batch"): batch_of_events,
    ("put", "/v1/partners/{partner_id}/payout-details"): written_details,
    ("post", "/v1/partners/{partner_id}/payout-details/verify"): verified_details,
    ("post", "/v1/payout-runs"): lambda people: Call("POST /v1/payout-runs", people.finance, a_run()),
    ("post", "/v1/payout-runs/{run_id}/approve"): of_run("approve", prepared_run, second_of_finance),
    ("post", "/v1/payout-runs/{run_id}/reject"): of_run(
        "reject", prepared_run, second_of_finance, {"reason": "a test"}
    ),
    ("post", "/v1/payout-runs/{run_id}/cancel"): of_run("cancel", prepared_run, body={"reason": "a test"}),
    ("post", "/v1/payout-runs/{run_id}/file"): of_run("file", approved_run),
    ("post", "/v1/bank-answers/batch"): bank_answer,
    ("post", "/v1/periods/{month}/close"): closing,
    ("post", "/v1/periods/{month}/lock"): locking,
    ("post", ENDPOINTS): lambda people: Call(f"POST {ENDPOINTS}", people.finance, an_endpoint()),
    ("patch", f"{ENDPOINTS}/{{endpoint_id}}"): of_endpoint("PATCH", body={"description": "another"}),
    ("delete", f"{ENDPOINTS}/{{endpoint_id}}"): of_endpoint("DELETE"),
    ("post", f"{ENDPOINTS}/{{endpoint_id}}/rotate-secret"): of_endpoint("POST", "/rotate-secret", {}),
    ("post", f"{ENDPOINTS}/{{endpoint_id}}/test"): of_endpoint("POST", "/test"),
    ("post", f"{ENDPOINTS}/{{endpoint_id}}/resend"): of_endpoint("POST", "/resend", {"since": "2026-01-01T00:00:00Z"}),
    ("post", "/v1/webhook-deliveries/{delivery_id}/resend"): delivery_again,
    ("post", f"{SECRETS}/{{source}}"): source_secret,
    ("delete", f"{SECRETS}/{{source}}/{{secret_id}}"): secret_removal,
    ("post", SIMULATIONS): lambda people: Call("simulation.saved", people.operator, {"name": "a test", "draws": 0}),
    ("post", f"{SIMULATIONS}/{{simulation_id}}/cancel"): simulation_end,
    ("post", f"{SIMULATIONS}/{{simulation_id}}/proposals"): proposal,
    ("post", "/v1/plan-proposals/{proposal_id}/reject"): proposal_refusal,
}
ELSEWHERE = {
    ("post", "/v1/partners/{partner_id}/withdrawals"),
    ("post", "/v1/session/invitation/accept"),
    ("post", f"{SIMULATIONS}/preview"),
    ("post", "/v1/plan-proposals/{proposal_id}/approve"),
}
"""These need another world: see test_token_rail.py. Or they write nothing, or what others count: see test_saved.py."""
