"""A good request to every endpoint that writes, and the line that it leaves in the audit log."""

import datetime as dt
import functools
import itertools
import threading
import uuid

import pyotp
from eth_account import Account
from tests.backend import test_deals as deals
from tests.backend import test_disputes as disputes
from tests.backend.people import PASSWORD, everything
from tests.backend.post import token_of
from tests.backend.test_sign_in import enrolled
from tests.backend.test_wallets import asked, signed

from fenrun.chain import devnet
from fenrun.compliance import service as compliance
from fenrun.compliance.catalogue import shipped
from fenrun.compliance.service import Subject
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


# --- What a partner and the vendor agree on ---------------------------------------------------------------


def details_change(people):
    account = {"holder": "Somebody", "iban": "DE89370400440532013000"}
    body = {"country": "DE", "payee_type": "entity", "account": account, "password": PASSWORD}
    return Call("payout_change.asked", people.rich, body, path=f"/v1/partners/{people.rich_id}/payout-details/change")


def asked_change(people):
    asked = details_change(people)
    assert people.rich.put(asked.path, json=asked.body).status_code == 200
    return asked.path


def change_undone(people):
    return Call("payout_change.undone", people.rich, path=asked_change(people))


def change_verified(people):
    return Call("payout_change.verified", people.finance, path=f"{asked_change(people)}/verify")


def publication(people):
    path = f"/v1/agreements/a-{uuid.uuid4().hex[:8]}/1/en/content"
    # Far off, so that no test finds it in force.
    query = "?title=Terms&effective_on=2199-01-01"
    headers = {"Content-Type": "text/markdown"}
    return Call(
        "agreement.published", people.operator, path=path + query, headers=headers, content=b"# Terms\n\nBe fair."
    )


def published(people):
    call = publication(people)
    made = people.operator.put(call.path, content=call.content, headers=call.headers)
    assert made.status_code == 200, made.text
    return made.json()


def signing(people):
    agreement = published(people)
    body = {"signer": "Zhang San", "sha256": agreement["sha256"]}
    return Call("agreement.signed", people.rich, body, path=f"/v1/agreements/{agreement['id']}/signatures")


def standing(people, status):
    path = f"/v1/partners/{people.other_id}"
    known = people.operator.get(f"{path}/standing").json()["status"]
    if (known == "suspended") == (status == "suspended"):
        other = "reinstate" if status == "suspended" else "suspend"
        assert people.operator.post(f"{path}/{other}", json={"reason": "a test"}).status_code == 200
    return f"{path}/{'suspend' if status == 'suspended' else 'reinstate'}"


def suspension(people):
    path = standing(people, "suspended")
    return Call("partner.suspended", people.operator, {"reason": "a test"}, people.other_id, path)


def reinstatement(people):
    path = standing(people, "active")
    return Call("partner.reinstated", people.operator, {"reason": "a test"}, people.other_id, path)


def choices(people):
    _, client, id_ = member(people)
    return Call("member.chose", client, {"language": "zh-CN", "muted": ["payouts"]}, id_)


def data_request(people, kind="export"):
    _, client, _ = member(people)
    body = {"kind": kind, "law": "gdpr", "password": PASSWORD}
    return Call("privacy.asked", client, body, path="/v1/privacy-requests")


def asked_erasure(people):
    asked = data_request(people, "erasure")
    return asked.client.post(asked.path, json=asked.body).json()["id"]


@functools.cache
def second_of_compliance(people):
    return people.signed_in(people.newcomer("compliance"))


def erasure_step(what, body=None):
    def request(people):
        id_ = asked_erasure(people)
        path = f"/v1/privacy-requests/{id_}"
        if what == "erase":
            assert people.compliance.post(f"{path}/approve").status_code == 200
        action = {"approve": "privacy.approved", "refuse": "privacy.refused", "erase": "privacy.erased"}[what]
        return Call(action, second_of_compliance(people), body, id_, f"{path}/{what}")

    return request


def new_material(people):
    return Call("material.added", people.operator, {"title": "A leaflet", "language": "en"})


def material_of(people):
    body = {"title": "A leaflet", "language": "en", "partner_ids": [people.other_id]}
    return people.operator.post("/v1/materials", json=body).json()["id"]


def material_change(people):
    id_ = material_of(people)
    return Call("material.changed", people.operator, {"withdrawn": True}, id_, f"/v1/materials/{id_}")


def material_publication(people):
    id_ = material_of(people)
    path = f"/v1/materials/{id_}/versions/1/content?file_name=leaflet.md"
    headers = {"Content-Type": "text/markdown"}
    return Call("material.published", people.operator, target=id_, path=path, headers=headers, content=b"# Hello")


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
    body["declaration"] = {"jurisdiction": "CN", "channel_role": "agent"}
    return Call("plan.proposed", people.operator, body, path=f"{SIMULATIONS}/{id_}/proposals")


def proposal_refusal(people):
    asked = proposal(people)
    id_ = people.operator.post(asked.path, json=asked.body).json()["id"]
    path = f"/v1/plan-proposals/{id_}/reject"
    return Call("plan.rejected", people.compliance, {"reason": "a test"}, id_, path)


# --- Invoices -----------------------------------------------------------------------------------------


def an_invoice():
    number = f"{uuid.uuid4().int % 10**20:020d}"
    return {"number": number, "issued_on": "2026-01-05", "amount": "113000", "tax": "13000",
            "buyer_tax_id": "91350100M000100Y43"}  # fmt: skip


def invoice(people):
    path = f"/v1/partners/{people.rich_id}/invoices"
    return Call("invoice.registered", people.finance, an_invoice(), path=path)


def invoice_gone(people):
    made = people.finance.post(f"/v1/partners/{people.rich_id}/invoices", json=an_invoice()).json()
    path = f"/v1/invoices/{made['id']}/red-letter"
    return Call("invoice.red_lettered", people.finance, {"reason": "a test"}, made["id"], path)


# --- Compliance ---------------------------------------------------------------------------------------

RULES = "/v1/compliance/rules"
VERSIONS = "/v1/compliance/rule-versions"
FINDINGS = "/v1/compliance/findings"
A_REASON = {"reason": "a test"}
_ON_THE_WAY = ("check", "test", "approve", "publish")


def a_rule():
    """A rule of the test's own that warns of nothing that happens."""
    document = shipped()["TAX-US-02"].model_dump(mode="json")
    return {**document, "code": f"TX-{next(_rules):02d}", "enabled": False}


_rules = itertools.count(10)


def of_rule(step, action, body=None):
    """The step of a version that is where the step begins."""

    def call(people):
        id_ = people.compliance.post(RULES, json=a_rule()).json()["id"]
        second = second_of_compliance(people)
        done = (
            {"withdraw": (), "roll-back": _ON_THE_WAY}.get(step)
            if step not in _ON_THE_WAY
            else (_ON_THE_WAY[: _ON_THE_WAY.index(step)])
        )
        for before in done:
            assert second.post(f"{VERSIONS}/{id_}/{before}", json={}).status_code == 200
        target = None if step == "roll-back" else id_
        return Call(action, second, body or {}, target, f"{VERSIONS}/{id_}/{step}")

    return call


def rule_edit(people):
    document = a_rule()
    id_ = people.compliance.post(RULES, json=document).json()["id"]
    return Call("rule.edited", people.compliance, document, id_, f"{VERSIONS}/{id_}")


def a_finding(people):
    """A customer that is held, for a payee has a mailbox there."""
    subject = Subject("customer", uuid.uuid4().hex, {"customer_is_partner": "no", "shared_domain": True}, "A customer")
    with people.road.sessions.begin() as session:
        [verdict] = compliance.judge(session, "commission.calculate", [subject], dt.datetime.now(dt.UTC))
        return verdict.findings[0].id


def of_finding(what, step, *before):
    def call(people):
        id_ = a_finding(people)
        for one in before:
            assert people.compliance.post(f"{FINDINGS}/{id_}/{one}", json=A_REASON).status_code == 200
        return Call(f"finding.{step}", second_of_compliance(people), A_REASON, id_, f"{FINDINGS}/{id_}/{what}")

    return call


# By method and path. An endpoint that says nothing of its own to the log leaves `METHOD path`.
def of_deal(what, action, client="rich", body=None, made=deals.submitted, content=None):
    """A call to a registration of the partner `rich`, in the state that it needs."""

    def call(people):
        deal = made(people.rich)
        path = f"/v1/deals/{deal['id']}{what}"
        return Call(action, getattr(people, client), body, deal["id"], path, content=content)

    return call


def approved_deal(people):
    deal = deals.approved(people, people.rich)
    path = f"/v1/deals/{deal['id']}/extension?note=they+asked"
    return Call("deal.extended", people.rich, None, deal["id"], path, content=b"an offer")


def new_deal(people):
    return Call("deal.created", people.rich, deals.body())


def known_company(people):
    company = deals.body()["company"]
    return Call("known_company.added", people.operator, company)


def company_removal(people):
    id_ = people.operator.post("/v1/known-companies", json=deals.body()["company"]).json()["id"]
    return Call("known_company.removed", people.operator, target=id_, path=f"/v1/known-companies/{id_}")


def of_dispute(what, action, client, body, status=None, **columns):
    """A call to a dispute of the partner `rich` with `other`, in the state that it needs."""

    def call(people):
        made = disputes.brought_to(people, status, **columns) if status else disputes.opened(people)
        sender = disputes.arbiter(people) if client == "an arbiter" else getattr(people, client)
        return Call(action, sender, body, made["id"], f"/v1/disputes/{made['id']}/{what}")

    return call


def new_dispute(people):
    return Call("dispute.drafted", people.rich, disputes.claim_of(people))


def opening(people):
    made = disputes.drafted(people)
    disputes.file_in(people.rich, made)
    return Call("dispute.opened", people.rich, None, made["id"], f"/v1/disputes/{made['id']}/open")


def evidence(people):
    made = disputes.drafted(people)
    path = f"/v1/disputes/{made['id']}/evidence?name=a.pdf&description=an+offer"
    return Call("evidence.filed", people.rich, None, made["id"], path, content=disputes.PDF + uuid.uuid4().bytes)


def appealing(people):
    columns = {"ruling": "keep", "ruled_by": "arbiter", "court_deadline": disputes.soon()}
    return of_dispute("appeal", "dispute.appealed", "rich", WORDS, "ruled", **columns)(people)


def proposed(people):
    made = disputes.brought_to(people, "under_review")
    disputes.say(people.operator, made, "proposal", ruling="keep", reason="The minutes are undated")
    return Call("dispute.accepted", people.rich, {"accepts": True}, made["id"], f"/v1/disputes/{made['id']}/answer")


def recusal(people):
    body = {"partner_id": people.other_id, "reason": "My brother works there"}
    return Call("arbiter.recused", disputes.arbiter(people), body)


WORDS = {"words": "for a test"}
RULING = {"ruling": "keep", "reason": "for a test"}

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
    ("patch", "/v1/me"): choices,
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
    ("put", "/v1/partners/{partner_id}/payout-details/change"): details_change,
    ("delete", "/v1/partners/{partner_id}/payout-details/change"): change_undone,
    ("post", "/v1/partners/{partner_id}/payout-details/change/verify"): change_verified,
    ("put", "/v1/agreements/{name}/{version}/{language}/content"): publication,
    ("post", "/v1/agreements/{agreement_id}/signatures"): signing,
    ("post", "/v1/partners/{partner_id}/suspend"): suspension,
    ("post", "/v1/partners/{partner_id}/reinstate"): reinstatement,
    ("post", "/v1/materials"): new_material,
    ("patch", "/v1/materials/{material_id}"): material_change,
    ("put", "/v1/materials/{material_id}/versions/{version}/content"): material_publication,
    ("post", "/v1/privacy-requests"): data_request,
    ("post", "/v1/privacy-requests/{request_id}/approve"): erasure_step("approve"),
    ("post", "/v1/privacy-requests/{request_id}/refuse"): erasure_step("refuse", {"reason": "a test"}),
    ("post", "/v1/privacy-requests/{request_id}/erase"): erasure_step("erase"),
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
    ("post", "/v1/deals"): new_deal,
    ("put", "/v1/deals/{deal_id}"): of_deal("", "deal.changed", body=deals.body(), made=deals.drafted),
    ("post", "/v1/deals/{deal_id}/submit"): of_deal("/submit", "deal.submitted", made=deals.drafted),
    ("post", "/v1/deals/{deal_id}/withdraw"): of_deal("/withdraw", "deal.withdrawn"),
    ("post", "/v1/deals/{deal_id}/extension"): approved_deal,
    ("post", "/v1/deals/{deal_id}/decision"): of_deal(
        "/decision", "deal.approved", "operator", {"decision": "approve"}
    ),
    ("post", "/v1/known-companies"): known_company,
    ("delete", "/v1/known-companies/{company_id}"): company_removal,
    ("post", "/v1/disputes"): new_dispute,
    ("post", "/v1/disputes/{dispute_id}/evidence"): evidence,
    ("post", "/v1/disputes/{dispute_id}/open"): opening,
    ("post", "/v1/disputes/{dispute_id}/withdraw"): of_dispute("withdraw", "dispute.withdrawn", "rich", WORDS),
    ("post", "/v1/disputes/{dispute_id}/response"): of_dispute("response", "dispute.responded", "other", WORDS),
    ("post", "/v1/disputes/{dispute_id}/concession"): of_dispute("concession", "dispute.conceded", "other", WORDS),
    ("post", "/v1/disputes/{dispute_id}/answer"): proposed,
    ("post", "/v1/disputes/{dispute_id}/appeal"): appealing,
    ("post", "/v1/disputes/{dispute_id}/proposal"): of_dispute(
        "proposal", "dispute.proposed", "operator", RULING, "under_review"
    ),
    ("post", "/v1/disputes/{dispute_id}/ruling"): of_dispute(
        "ruling", "dispute.ruled", "an arbiter", RULING, "under_review"
    ),
    ("post", "/v1/disputes/{dispute_id}/vote"): of_dispute(
        "vote", "dispute.voted", "an arbiter", RULING, "appealed", ruling="keep", ruled_by="arbiter"
    ),
    ("post", "/v1/disputes/{dispute_id}/hold"): of_dispute("hold", "dispute.held", "compliance", WORDS),
    ("post", "/v1/disputes/{dispute_id}/resume"): of_dispute(
        "resume", "dispute.resumed", "compliance", WORDS, "on_hold_legal", resumes_to="under_review"
    ),
    ("post", "/v1/disputes/{dispute_id}/escalation"): of_dispute(
        "escalation", "dispute.escalated", "compliance", WORDS
    ),
    ("post", "/v1/recusals"): recusal,
    ("post", SIMULATIONS): lambda people: Call("simulation.saved", people.operator, {"name": "a test", "draws": 0}),
    ("post", f"{SIMULATIONS}/{{simulation_id}}/cancel"): simulation_end,
    ("post", f"{SIMULATIONS}/{{simulation_id}}/proposals"): proposal,
    ("post", "/v1/plan-proposals/{proposal_id}/reject"): proposal_refusal,
    ("post", "/v1/partners/{partner_id}/invoices"): invoice,
    ("post", "/v1/invoices/{invoice_id}/red-letter"): invoice_gone,
    ("post", RULES): lambda people: Call("rule.drafted", people.compliance, a_rule()),
    ("put", f"{VERSIONS}/{{version_id}}"): rule_edit,
    ("post", f"{VERSIONS}/{{version_id}}/check"): of_rule("check", "rule.checked"),
    ("post", f"{VERSIONS}/{{version_id}}/test"): of_rule("test", "rule.tested"),
    ("post", f"{VERSIONS}/{{version_id}}/approve"): of_rule("approve", "rule.approved"),
    ("post", f"{VERSIONS}/{{version_id}}/publish"): of_rule("publish", "rule.published"),
    ("post", f"{VERSIONS}/{{version_id}}/withdraw"): of_rule("withdraw", "rule.withdrawn", A_REASON),
    ("post", f"{VERSIONS}/{{version_id}}/roll-back"): of_rule("roll-back", "rule.rolled_back", A_REASON),
    ("post", f"{FINDINGS}/{{finding_id}}/override"): of_finding("override", "ask"),
    ("post", f"{FINDINGS}/{{finding_id}}/confirm"): of_finding("confirm", "confirm", "override"),
    ("post", f"{FINDINGS}/{{finding_id}}/refuse"): of_finding("refuse", "refuse", "override"),
    ("post", f"{FINDINGS}/{{finding_id}}/uphold"): of_finding("uphold", "uphold"),
    ("post", f"{FINDINGS}/{{finding_id}}/reopen"): of_finding("reopen", "reopen", "uphold"),
}
ELSEWHERE = {
    ("post", "/v1/partners/{partner_id}/withdrawals"),
    ("post", "/v1/session/invitation/accept"),
    ("post", "/v1/deals/{deal_id}/claim"),
    ("post", f"{SIMULATIONS}/preview"),
    ("post", "/v1/plan-proposals/{proposal_id}/approve"),
}
"""These need another world: see test_token_rail.py. Or they write nothing, or what others count: see test_saved.py."""
