"""What the staff's pages ask for: from the trial balance to a posting, its order and its log; plans; who earned."""

import pytest
from tests.backend.people import everything, is_problem


@pytest.fixture(scope="module")
def journal(people):
    """Every posting, the newest first."""
    return everything(people.finance, "/v1/postings")


# --- The journal -------------------------------------------------------------------------------------------


def test_the_postings_of_every_account_add_up_to_its_totals(people, journal):
    accounts = everything(people.finance, "/v1/accounts")
    assert len(accounts) > 10
    for account in accounts:
        debits = sum(int(posting["amount"]) for posting in journal if posting["source"]["id"] == account["id"])
        credits = sum(int(posting["amount"]) for posting in journal if posting["destination"]["id"] == account["id"])
        assert (str(debits), str(credits)) == (account["debits"], account["credits"])
        assert people.finance.get(f"/v1/accounts/{account['id']}").json() == account


def test_an_account_lists_its_own_postings_and_no_others_page_by_page_both_ways(people, journal):
    kinds = {"payable:held", "payable:available", "asset:bank", "expense:commission:referrer"}
    for account in [one for one in everything(people.finance, "/v1/accounts") if one["kind"] in kinds][:8]:
        own = [p for p in journal if account["id"] in (p["source"]["id"], p["destination"]["id"])]
        assert everything(people.finance, "/v1/postings", account=account["id"], limit=7) == own
        back = {"account": account["id"], "endingBefore": own[-1]["id"], "limit": 3}
        assert people.finance.get("/v1/postings", params=back).json()["data"] == own[:-1][-3:]


def test_a_posting_between_two_accounts_of_a_partner_is_listed_once(people, journal):
    own = [p for p in journal if people.rich_id in (p["source"]["partner_id"], p["destination"]["partner_id"])]
    assert any(p["source"]["partner_id"] == p["destination"]["partner_id"] for p in own)
    assert everything(people.finance, "/v1/postings", partner=people.rich_id) == own


def test_postings_are_found_by_day_and_by_what_stands_on_them(people, journal):
    days = sorted({posting["on"] for posting in journal})
    first, last = days[len(days) // 3], days[len(days) // 2]
    inside = [posting for posting in journal if first <= posting["on"] <= last]
    assert 0 < len(inside) < len(journal)
    assert everything(people.finance, "/v1/postings", **{"from": first, "to": last}) == inside
    assert everything(people.finance, "/v1/postings", to="1999-12-31") == []
    assert everything(people.finance, "/v1/postings", **{"from": "2199-01-01"}) == []
    paid = [posting for posting in journal if posting["kind"] == "PayoutsRecorded"]
    assert everything(people.finance, "/v1/postings", search="payoutsrec") == paid != []
    name = people.rich.get("/v1/session").json()["partner_name"]
    ends = [{posting["source"]["partner_name"], posting["destination"]["partner_name"]} for posting in journal]
    named = [posting for posting, names in zip(journal, ends, strict=True) if any(name in (n or "") for n in names)]
    assert everything(people.finance, "/v1/postings", search=name) == named
    assert everything(people.finance, "/v1/postings", search="%") == []


def test_a_transaction_leads_to_its_batch_whose_commissions_are_what_it_moved(people, journal):
    settled = next(posting["transaction"] for posting in journal if posting["kind"] == "BatchSettled")
    found = people.finance.get(f"/v1/transactions/{settled}").json()
    postings = everything(people.finance, "/v1/postings", transaction=settled)
    assert postings == [posting for posting in journal if posting["transaction"] == settled]
    assert (found["postings"], found["amount"]) == (len(postings), str(sum(int(p["amount"]) for p in postings)))
    batch = people.finance.get(f"/v1/batches/{found['batch_id']}").json()
    assert (batch["transaction_hash"], batch["block_number"]) == (found["transaction_hash"], found["block_number"])
    orders = everything(people.finance, "/v1/orders", batch=found["batch_id"])
    assert len(orders) == batch["orders"]
    legs = [leg for order in orders for leg in everything(people.finance, "/v1/commissions", order=order["id"])]
    assert sum(int(leg["amount"]) for leg in legs) == int(found["amount"])


def test_what_is_no_posting_account_or_transaction_is_said(people):
    get = people.finance.get
    for id_ in ("ac_999999999", "ac_x", "ac_²", "ac_"):
        assert is_problem(get(f"/v1/accounts/{id_}"), 404, "not_found")
    assert is_problem(get("/v1/transactions/999999"), 404, "not_found")
    assert is_problem(get("/v1/transactions/0"), 422, "malformed")
    assert is_problem(get("/v1/postings", params={"startingAfter": "ps_1"}), 404, "not_found")
    assert is_problem(get("/v1/postings", params={"partner": "pn_nobody"}), 404, "not_found")
    assert is_problem(get("/v1/postings", params={"from": "2026-02-02", "to": "2026-02-01"}), 422, "malformed")
    assert everything(people.finance, "/v1/postings", account="ac_999999999") == []


def test_accounts_are_found_by_their_partners_name(people):
    name = people.rich.get("/v1/session").json()["partner_name"]
    found = everything(people.finance, "/v1/accounts", search=name.lower())
    assert {account["partner_id"] for account in found} == {people.rich_id}
    assert {account["partner_name"] for account in found} == {name}
    assert found == everything(people.finance, "/v1/accounts", partner=people.rich_id)


# --- Batches, plans, attributions --------------------------------------------------------------------------


def test_one_attempt_of_a_batch_was_mined_and_it_is_the_batchs_transaction(people):
    for batch in people.operator.get("/v1/batches").json()["data"]:
        attempts = people.operator.get(f"/v1/batches/{batch['id']}/attempts").json()
        assert [a["transaction_hash"] for a in attempts if a["mined"]] == [batch["transaction_hash"]]
        assert len({attempt["nonce"] for attempt in attempts}) == 1
        assert all(int(attempt["max_fee"]) >= int(attempt["tip"]) for attempt in attempts)


def test_plans_tell_the_rates_that_commissions_followed(people):
    plans = {plan["id"]: plan for plan in people.operator.get("/v1/plans").json()}
    customers = everything(people.operator, "/v1/customers")
    for id_, plan in plans.items():
        newest = [c for c in customers if c["attribution"] and c["attribution"]["plan_id"] == id_]
        assert plan["customers"] == len(newest)
    for leg in everything(people.finance, "/v1/commissions"):
        plan = plans[leg["plan"]["id"]]
        assert leg["plan"].items() <= plan.items()
        rates = plan["new_bps" if leg["kind"] == "new" else "renewal_bps"]
        role = ("referrer", "implementer", "trainer").index(leg["role"])
        assert rates[role][leg["tier"]] == leg["rate_bps"]
        assert plan["status"] == "published"


def test_a_customers_attributions_follow_each_other_without_a_gap(people):
    customers = everything(people.operator, "/v1/customers")
    assert any(customer["attribution"] for customer in customers)
    for customer in customers[:50]:
        whole = people.operator.get(f"/v1/customers/{customer['id']}").json()
        history = whole.pop("attributions")
        assert whole == customer
        assert history[:1] == ([customer["attribution"]] if customer["attribution"] else [])
        starts = [attribution["effective_from"] for attribution in history]
        assert starts == sorted(starts, reverse=True)
        assert [attribution["effective_until"] for attribution in history] == [None, *starts][: len(history)]


def test_the_customers_of_a_partner_are_those_of_its_commissions_at_least(people):
    of_rich = everything(people.operator, "/v1/customers", partner=people.rich_id)
    known = {customer["external_id"] for customer in of_rich}
    assert known >= {leg["customer_external_id"] for leg in everything(people.rich, "/v1/commissions")}
    one = of_rich[0]
    assert one in everything(people.operator, "/v1/customers", search=one["external_id"])
    whole = everything(people.operator, "/v1/customers")
    assert everything(people.operator, "/v1/customers", limit=7) == whole
    page = people.operator.get("/v1/customers", params={"endingBefore": whole[5]["id"], "limit": 3})
    assert page.json() == {"data": whole[2:5], "has_more": True}
    assert is_problem(people.operator.get("/v1/customers/cus_x"), 404, "not_found")
    assert is_problem(people.operator.get("/v1/customers/cus_999999999"), 404, "not_found")
