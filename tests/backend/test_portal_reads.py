"""What the partner's pages ask for: lists by customer, day and order, where a tier stands, what an order would give."""

import datetime as dt
from types import SimpleNamespace

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from tests.backend.people import PASSWORD, everything, is_problem

from fenrun.kit.calendar import move_months
from fenrun.plans import service as plans
from fenrun.plans.split import KINDS, ROLES, Terms, share
from fenrun.settlement import history, reads, tiers


@pytest.fixture(scope="module")
def rich(people):
    """All commissions of a partner, the newest first."""
    return SimpleNamespace(get=people.rich.get, id=people.rich_id, rows=everything(people.rich, "/v1/commissions"))


# --- Lists -------------------------------------------------------------------------------------------------


def test_commissions_are_found_by_their_customer(people, rich):
    customer = rich.rows[0]["customer_external_id"]
    own = [row for row in rich.rows if row["customer_external_id"] == customer]
    assert everything(people.rich, "/v1/commissions", customer=customer) == own
    assert {row["id"] for row in everything(people.rich, "/v1/commissions", search=customer)} >= {r["id"] for r in own}
    assert everything(people.other, "/v1/commissions", customer=customer) == []


def test_commissions_are_found_by_days_of_a_timezone_both_included(people, rich):
    days = sorted({row["settled_on"] for row in rich.rows})
    first, last = days[len(days) // 3], days[2 * len(days) // 3]
    inside = [row for row in rich.rows if first <= row["settled_on"] <= last]
    assert 0 < len(inside) < len(rich.rows)
    assert everything(people.rich, "/v1/commissions", **{"from": first, "to": last}) == inside
    # The same days of Kiritimati begin 14 hours before those of UTC.
    there = everything(people.rich, "/v1/commissions", **{"from": first, "to": last, "timezone": "Pacific/Kiritimati"})
    file = rich.get("/v1/exports/commissions", params={"from": first, "to": last, "timezone": "Pacific/Kiritimati"})
    assert [line.partition(",")[0] for line in file.text.splitlines()[1:]] == [row["id"] for row in there]
    back = rich.get("/v1/commissions", params={"from": last, "to": first})
    assert is_problem(back, 422, "malformed")


def test_the_oldest_first_is_the_newest_first_backwards_page_by_page(people, rich):
    assert everything(people.rich, "/v1/commissions", sort="settled_on") == rich.rows[::-1]
    middle = rich.rows[len(rich.rows) // 2]["id"]
    before = rich.get("/v1/commissions", params={"sort": "settled_on", "endingBefore": middle, "limit": 3}).json()
    assert before["data"] == rich.rows[len(rich.rows) // 2 + 1 :][:3][::-1]
    assert before["has_more"] is True


# --- One commission ----------------------------------------------------------------------------------------


def test_a_commissions_history_runs_from_the_customers_payment_to_the_partners(rich):
    paid = next(row for row in rich.rows if row["status"] == "paid")
    history = rich.get(f"/v1/commissions/{paid['id']}/history").json()
    assert [step["kind"] for step in history] == ["customer_paid", "settled", "released", "paid"]
    assert [history[0]["on"], history[1]["on"], history[3]["on"]] == [
        paid["order_paid_on"], paid["settled_on"], paid["paid_on"],
    ]  # fmt: skip
    assert (history[1]["amount"], history[1]["transaction_hash"]) == (paid["amount"], paid["transaction_hash"])
    assert history[2]["on"] >= paid["payable_on"]


def test_what_was_taken_back_of_a_commission_is_in_its_history(books):
    with books.road.sessions() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT order_number, role, sum(from_held + from_available + from_frozen + to_debt), count(*)"
            " FROM clawbacks GROUP BY 1, 2"
        ).all()  # fmt: skip
        assert rows
        for order, role, amount, count in rows:
            filters = reads.Filters.of(commission_order=order, commission_role=role)
            [leg] = reads.page(session, reads.COMMISSION, filters)
            taken = [step for step in history.of(session, leg) if step.kind == "clawed_back"]
            assert len(taken) == count
            assert sum(int(step.amount) for step in taken) == amount == leg["clawed_back"]
            for step in taken:
                parts = (step.from_held, step.from_available, step.from_frozen, step.to_debt)
                assert int(step.amount) == sum(int(part) for part in parts)
                assert step.transaction_hash.startswith("0x")


def test_the_proof_of_a_commission_leads_from_its_figures_to_the_root_that_the_contract_has(people, rich):
    row = rich.rows[len(rich.rows) // 2]
    proof = rich.get(f"/v1/commissions/{row['id']}/proof").json()
    order = proof["order"]
    data = bytes.fromhex(order["leaf"][2:])
    assert (int.from_bytes(data[6:14]), order["base"]) == (int(row["base"]), row["base"])
    [leg] = [leg for leg in order["legs"] if leg["role"] == row["role"]]
    assert (leg["share"], leg["rate_bps"]) == (row["amount"], row["rate_bps"])
    node = keccak(data)
    for sibling in (bytes.fromhex(one[2:]) for one in order["proof"]):
        node = keccak(min(node, sibling) + max(node, sibling))
    assert f"0x{node.hex()}" == order["root"]
    assert proof["contract"] == people.road.deployment.addresses["SettlementLedger"]
    asked = keccak(text="rootOf(uint256)")[:4] + order["batch"].to_bytes(32)
    call = {"to": proof["contract"], "data": f"0x{asked.hex()}"}
    assert people.road.client.call("eth_call", call, "latest") == order["root"]


# --- Tiers -------------------------------------------------------------------------------------------------


def test_a_partners_tiers_are_those_of_the_plans_that_its_customers_follow(people, rich):
    standing = rich.get(f"/v1/partners/{rich.id}/tiers").json()
    assert {tier["plan"]["id"] for tier in standing} >= {row["plan"]["id"] for row in rich.rows[:1]}
    today = dt.datetime.now(dt.UTC).date()
    before = move_months(today.replace(day=1), -1)
    months = {month["month"]: month for month in rich.get(f"/v1/partners/{rich.id}/earnings").json()["months"]}
    for tier in standing:
        assert (tier["month"], tier["tier_month"]) == (f"{today:%Y-%m}", f"{before:%Y-%m}")
        assert tier["volume"] == months.get(tier["month"], {"volume": "0"})["volume"]
        thresholds = [int(threshold) for threshold in tier["plan"]["tier_thresholds"]]
        reached = sum(int(tier["volume"]) >= threshold for threshold in thresholds)
        assert tier["next_tier"] == reached
        if reached < len(thresholds):
            assert int(tier["missing"]) == thresholds[reached] - int(tier["volume"])
        roles = {row["role"] for row in rich.rows if row["plan"]["id"] == tier["plan"]["id"]}
        assert {rate["role"] for rate in tier["rates"]} >= roles


thresholds = st.lists(st.integers(1, 10**9), max_size=3, unique=True).map(sorted)


@given(thresholds, st.integers(0, 10**9), st.integers(0, 10**9), st.data())
def test_the_volume_that_is_missing_is_exactly_what_reaches_the_next_tier(limits, before, volume, data):
    rates = st.lists(st.integers(0, 3_333), min_size=len(limits) + 1, max_size=len(limits) + 1)
    rows = tuple(tuple(data.draw(rates)) for _ in ROLES)
    terms = Terms(tuple(limits), 14, rows, rows)
    told = tiers.figures(terms, (0, 2), before, volume)
    assert told["tier"] == terms.tier(before)
    if told["missing"] is None:
        assert terms.tier(volume) == len(limits)
        assert {rate["better_bps"] for rate in told["rates"]} == {None}
        return
    missing, next_ = int(told["missing"]), told["next_tier"]
    assert missing > 0
    assert [terms.tier(volume + missing - 1), terms.tier(volume + missing)] == [next_, next_ + 1]
    for rate in told["rates"]:
        assert rate["better_bps"] == terms.rate(rate["kind"], ROLES.index(rate["role"]), next_ + 1)


def test_an_estimate_is_what_the_rules_of_settling_give(people, rich):
    with people.road.sessions() as session:
        known = plans.all_plans(session)
    [first] = rich.get(f"/v1/partners/{rich.id}/tiers").json()[:1]
    plan = next(plan for plan in known if plan.id == first["plan"]["id"])
    terms, today = plans.terms_of(plan), dt.datetime.now(dt.UTC).date()
    for kind in KINDS:
        asked = {"partner": rich.id, "plan": plan.id, "kind": kind, "base": 123_457, "role": [ROLES[0]]}
        told = rich.get("/v1/estimate", params=asked).json()
        rate = terms.rate(kind, 0, first["tier"])
        assert told["shares"] == [{"role": ROLES[0], "rate_bps": rate, "amount": str(share(123_457, rate))}]
        assert told["total"] == told["shares"][0]["amount"]
        assert told["payable_on"] == (today + dt.timedelta(days=terms.hold_days + 1)).isoformat()
    unknown = rich.get("/v1/estimate", params={**asked, "plan": "pl_none"})
    assert is_problem(unknown, 404, "not_found")
    assert is_problem(people.other.get("/v1/estimate", params=asked), 404, "not_found")


# --- Oneself -----------------------------------------------------------------------------------------------


def test_an_account_says_how_it_is_protected_and_nothing_that_is_secret(people):
    login = people.newcomer("finance")
    client = people.signed_in(login)
    me = client.get("/v1/me").json()
    assert (me["login"], me["role"], me["has_totp"], me["recovery_codes_left"]) == (login, "finance", False, 0)
    assert (me["language"], me["muted"]) == ("en", [])
    shown = {"login", "email", "role", "has_totp", "recovery_codes_left", "wallet", "language", "muted", "created_at"}
    assert set(me) == shown
    assert PASSWORD not in str(me)
