"""What a CRM sends: once, late, early, out of order, many at once."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from fenrun import worker
from fenrun.attribution import service as attribution
from fenrun.attribution.service import NewCustomer
from fenrun.chain import devnet
from fenrun.kit.errors import FenrunError
from fenrun.kit.money import Currency
from fenrun.settlement import audit, projection
from fenrun.settlement.intake import REFUNDED, SubscriptionEvent, accept_events, pick_up_parked

USD = Currency.of("USD")
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
EARLIER = NOW - dt.timedelta(hours=2)
_sources = itertools.count(1)


@pytest.fixture
def customer(road):
    with road.sessions() as session:
        return session.scalar(
            text("SELECT c.external_id FROM customers c JOIN referrals r ON r.customer_number = c.number"
                 " WHERE r.referrer IS NOT NULL ORDER BY c.number LIMIT 1")
        )  # fmt: skip


def payment(order, customer, amount=10_000, type_="subscription.renewed", event=None):
    return SubscriptionEvent(event or f"ev-{order}", type_, EARLIER, customer, order, amount=amount, currency="USD")


def refund(refund_id, order, amount, event=None):
    return SubscriptionEvent(
        event or f"ev-{refund_id}", REFUNDED, NOW, order_id=order, refund_id=refund_id, amount=amount, currency="USD"
    )


def send(road, *events, source="crm"):
    with road.sessions.begin() as session:
        return accept_events(session, source, events, USD, road.keys.reference_key)


def pick_up(road):
    with road.sessions.begin() as session:
        return pick_up_parked(session, USD, road.keys.reference_key)


def run(road, rounds=4):
    for _ in range(rounds):
        worker.tick(road)


def rows(road, query, **values):
    with road.sessions() as session:
        return [tuple(row) for row in session.execute(text(query), values)]


def is_clean(road):
    with road.sessions.begin() as session:
        verdict = audit.run(session, road.client, road.deployment, road.keys.reference_key)
    return [check for check in verdict["checks"] if not check["ok"]] == []


def test_an_event_of_a_customer_nobody_registered_waits_for_the_referral(road):
    [parked] = send(road, payment("P-1", "late-customer"))
    assert (parked.status, parked.reason, parked.order_id) == ("parked", "customer_unknown", None)
    [again] = send(road, payment("P-1", "late-customer"))
    assert (again.event_id, again.status, again.replayed) == (parked.event_id, "parked", True)
    assert pick_up(road) == 0
    with road.sessions.begin() as session:
        since = EARLIER - dt.timedelta(days=1)
        attribution.add_customers(
            session, road.keys.reference_key, [NewCustomer("late-customer", 1, None, None, 1, since)]
        )
    assert pick_up(road) == 1
    assert rows(road, "SELECT status, reason FROM events WHERE id = :id", id=parked.event_id) == [("accepted", None)]
    assert rows(road, "SELECT event_id FROM orders WHERE external_id = 'P-1'") == [(parked.event_id,)]
    assert pick_up(road) == 0


def test_an_event_that_was_paid_before_the_referral_is_refused_when_it_is_taken_up(road):
    [parked] = send(road, payment("P-2", "later-still"))
    with road.sessions.begin() as session:
        attribution.add_customers(session, road.keys.reference_key, [NewCustomer("later-still", 1, None, None, 1, NOW)])
    assert pick_up(road) == 1
    found = rows(road, "SELECT status, reason FROM events WHERE id = :id", id=parked.event_id)
    assert found == [("refused", "referral_not_in_force")]
    assert pick_up(road) == 0


def test_a_refund_that_comes_before_its_order_waits_for_it(road, customer):
    [parked] = send(road, refund("R-1", "O-1", 4_000))
    assert (parked.status, parked.reason) == ("parked", "order_unknown")
    send(road, payment("O-1", customer))
    run(road)
    [(status, amount)] = rows(road, "SELECT status, amount FROM refunds")
    assert (status, amount) == ("confirmed", 4_000)
    legs = rows(
        road,
        "SELECT amount, clawed_back FROM commissions c JOIN orders o ON o.number = c.order_number"
        " WHERE o.external_id = 'O-1'",
    )
    assert legs
    assert all(taken == share * 4_000 // 10_000 for share, taken in legs)
    assert is_clean(road)


def test_refunds_in_parts_take_back_the_whole_and_no_more(road, customer):
    order, *parts = send(
        road,
        payment("O-2", customer, 9_999),
        *(refund(f"R-2{n}", "O-2", amount) for n, amount in enumerate((1, 3_333, 6_665))),
        refund("R-29", "O-2", 1),
    )
    assert order.status == "accepted"
    assert [isinstance(part, FenrunError) for part in parts] == [False, False, False, True]
    assert parts[-1].code == "refund_too_large"
    run(road, rounds=6)
    assert {status for (status,) in rows(road, "SELECT status FROM refunds")} == {"confirmed"}
    legs = rows(
        road,
        "SELECT c.amount, c.clawed_back FROM commissions c JOIN orders o ON o.number = c.order_number"
        " WHERE o.external_id = 'O-2'",
    )
    assert all(taken == share for share, taken in legs)
    assert is_clean(road)


def test_a_refund_that_a_reorg_takes_back_is_sent_again(road, customer):
    send(road, payment("O-3", customer))
    run(road)
    before = rows(road, "SELECT * FROM accounts WHERE pending_debits <> debits OR pending_credits <> credits")
    assert before == []
    holds, months = (rows(road, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("holds", "partner_months"))
    send(road, refund("R-3", "O-3", 10_000))
    road.index()
    assert road.refund(dt.datetime.now(dt.UTC)) == 1
    road.send()
    latest = road.client.call("eth_getBlockByNumber", "latest", False)
    snapshot = road.client.call("evm_snapshot")
    devnet.mine(road.client, int(latest["timestamp"], 16) + 1)
    road.index()
    assert rows(road, "SELECT status FROM refunds") == [("confirmed",)]
    assert rows(road, "SELECT * FROM holds ORDER BY 1, 2") != holds
    assert road.client.call("evm_revert", snapshot) is True
    devnet.mine(road.client, int(latest["timestamp"], 16) + 5)
    road.index()
    assert rows(road, "SELECT status FROM refunds") == [("submitted",)]
    assert rows(road, "SELECT * FROM holds ORDER BY 1, 2") == holds
    assert rows(road, "SELECT * FROM partner_months ORDER BY 1, 2") == months
    assert rows(road, "SELECT count(*) FROM clawbacks") == [(0,)]
    run(road)
    assert rows(road, "SELECT status FROM refunds") == [("confirmed",)]
    assert is_clean(road)


def test_logs_folded_anew_give_the_same_rows(road, customer):
    send(road, payment("O-4", customer), refund("R-4", "O-4", 5_000))
    run(road)
    tables = {
        "commissions": "order_number, role", "clawbacks": "log_seq, role", "holds": "1, 2", "partner_months": "1, 2",
        "maturities": "1, 2",
    }  # fmt: skip

    def everything():
        found = {table: rows(road, f"SELECT * FROM {table} ORDER BY {key}") for table, key in tables.items()}
        found["accounts"] = rows(
            road, "SELECT kind, partner_number, pending_debits, pending_credits FROM accounts ORDER BY 1, 2"
        )
        return found

    before = everything()
    assert all(before.values())
    with road.sessions.begin() as session:
        session.execute(text("DELETE FROM facts WHERE name = 'fold'"))
        projection.bring_up_to_date(session, road.currency)
    assert everything() == before


def test_an_upgrade_counts_as_a_renewal_and_a_cancellation_credits_nothing(road, customer):
    upgraded, canceled, smaller = send(
        road,
        payment("O-5", customer, type_="subscription.upgraded"),
        SubscriptionEvent("ev-c", "subscription.canceled", NOW, customer),
        SubscriptionEvent("ev-d", "subscription.downgraded", NOW, customer),
    )
    assert rows(road, "SELECT kind FROM orders WHERE id = :id", id=upgraded.order_id) == [("renewal",)]
    for noted in (canceled, smaller):
        assert (noted.status, noted.order_id, noted.refund_id) == ("accepted", None, None)


def test_an_event_id_with_other_content_is_a_conflict(road, customer):
    send(road, SubscriptionEvent("same", "subscription.canceled", NOW, customer))
    [outcome] = send(road, SubscriptionEvent("same", "subscription.downgraded", NOW, customer))
    assert outcome.code == "event_conflict"


def test_many_events_at_once_are_answered_one_by_one(road, api, sign_ins, customer):
    def event(type_, data, id_):
        return {"id": id_, "type": f"subscription.{type_}", "data": data}

    def paid(order, **more):
        return {"order_id": order, "customer_id": customer, "amount": "10.00", "currency": "USD",
                "paid_at": EARLIER.isoformat(), **more}  # fmt: skip

    back = {"refund_id": "B-R", "order_id": "B-1", "amount": "2.50", "currency": "USD", "refunded_at": NOW.isoformat()}
    batch = [
        event("refunded", back, "b0"),
        event("renewed", paid("B-1"), "b1"),
        event("renewed", paid("B-2", customer_id="nobody"), "b2"),
        event("renewed", paid("B-3", amount="1.001"), "b3"),
        event("renewed", paid("B-1", amount="11.00"), "b4"),
        event("renewed", paid("B-5", currency="EUR"), "b5"),
        event("canceled", {"customer_id": customer, "effective_at": NOW.isoformat()}, "b6"),
        event("renewed", paid("B-1"), "b1"),
    ]
    key = {"Authorization": f"Bearer {sign_ins.api_key}"}
    answer = api.post("/v1/events/batch", json={"data": batch}, headers=key)
    assert answer.status_code == 202, answer.text
    found = [(item["status"], item.get("code") or item.get("reason"), item.get("replayed"))
             for item in answer.json()["data"]]  # fmt: skip
    assert found == [
        ("accepted", None, False),
        ("accepted", None, False),
        ("parked", "customer_unknown", False),
        ("refused", "amount_precision", None),
        ("refused", "order_conflict", None),
        ("refused", "currency_unknown", None),
        ("accepted", None, False),
        ("accepted", None, True),
    ]
    again = api.post("/v1/events/batch", json={"data": batch}, headers=key).json()["data"]
    assert [item.get("replayed", True) for item in again] == [True] * len(batch)
    bad = api.post("/v1/events/batch", json={"data": [batch[1], {**batch[1], "id": ""}]}, headers=key)
    assert bad.status_code == 422
    assert "data.1" in bad.json()["detail"]
    too_many = api.post("/v1/events/batch", json={"data": [batch[6]] * 1_001}, headers=key)
    assert too_many.status_code == 422


# --- Any order, any chunks ------------------------------------------------------------------------------------

_amounts = st.sampled_from([-1, 0, 1, 500, 1_000])
_payments = st.builds(
    payment,
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["known", "unknown"]),
    _amounts,
    st.sampled_from(["subscription.created", "subscription.renewed"]),
    st.sampled_from([None, "e1", "e2"]),
)
_refunds = st.builds(
    refund, st.sampled_from(["X", "Y"]), st.sampled_from(["A", "B", "D"]), _amounts, st.sampled_from([None, "e1"])
)


@pytest.fixture(scope="module")
def sessions(replayed_copy):
    return replayed_copy.sessions


@settings(deadline=None, max_examples=60)
@given(st.lists(_payments | _refunds, max_size=14), st.data())
def test_events_come_to_the_same_however_they_are_cut_into_calls(sessions, events, data):
    """But for a refund that stands before its order in one call: the call takes orders in first."""
    with sessions() as session:
        known = session.scalar(text("SELECT external_id FROM customers ORDER BY number LIMIT 1"))
        events = [event._replace(customer_id=known if event.customer_id == "known" else event.customer_id)
                  for event in sorted(events, key=lambda event: event.type == REFUNDED)]  # fmt: skip
        number = next(_sources)
        apart = [outcome for event in events
                 for outcome in accept_events(session, f"apart-{number}", [event], USD, b"key")]  # fmt: skip
        cuts = data.draw(st.lists(st.integers(1, 5), min_size=len(events), max_size=len(events)))
        together, left = [], list(events)
        for size in cuts:
            part, left = left[:size], left[size:]
            together += accept_events(session, f"together-{number}", part, USD, b"key")
        assert list(map(shown, together)) == list(map(shown, apart))
        written = [
            [tuple(row) for row in session.execute(
                text("SELECT external_id, base, kind FROM orders WHERE source = :source UNION ALL"
                     " SELECT external_id, amount, status FROM refunds WHERE source = :source ORDER BY 1"),
                {"source": f"{kind}-{number}"},
            )]
            for kind in ("apart", "together")
        ]  # fmt: skip
        assert written[0] == written[1]
        session.rollback()


def shown(outcome):
    if isinstance(outcome, FenrunError):
        return outcome.code
    return outcome.status, outcome.reason, outcome.order_id is None, outcome.refund_id is None, outcome.replayed
