"""What subscribers are told of the chain: each kind of log, and the whole history against the books."""

import datetime as dt
import json
from collections import Counter

import pytest
from eth_abi.abi import encode
from eth_utils import keccak
from eth_utils.abi import collapse_if_tuple
from sqlalchemy import text
from tests.backend.test_reversals import settle_some
from tests.receivers import receiver

from fenrun import worker
from fenrun.chain import devnet, indexer
from fenrun.chain.codec import OrderRecord
from fenrun.chain.contracts import JOURNALS, artifact
from fenrun.chain.indexer import Log
from fenrun.kit import outbox
from fenrun.kit.db import set_fact
from fenrun.kit.outbox import Wanted
from fenrun.plans.split import Terms
from fenrun.settlement.announcements import _SAYINGS, COMMISSIONS_PER_MESSAGE, Names, announcements
from fenrun.settlement.mentions import mentioned
from fenrun.webhooks import service
from fenrun.webhooks.events import SUBSCRIBABLE, TYPES
from fenrun.webhooks.sending import Sender
from fenrun.webhooks.tasks import Courier

AT = 1_775_001_600  # 2026-04-01
DAY = 20_544  # its day
ALL = Wanted(frozenset(SUBSCRIBABLE), frozenset())
NAMES = Names(
    currency="CNY",
    partners={7: "pn_7", 8: "pn_8"},
    orders={41: "ord_41", 42: "ord_42"},
    payouts={5: ("po_5", 7), 6: ("po_6", 8)},
    parties={3: (7, 8)},
    vault_payouts={(bytes(range(32)), 8): "po_8"},
    terms={1: Terms((1000,), 30, ((1000, 1200), (500, 500)), ((800, 900), (0, 0)))},
)
HASH = bytes(range(32))
NOBODY = "0x" + "00" * 20


def log_of(event, **values):
    """A log as the indexer decodes it: through the contract's own description of the event."""
    contract = next(name for name in JOURNALS if event in artifact(name).event_names.values())
    entry = next(e for e in artifact(contract).abi if e["type"] == "event" and e["name"] == event)
    inputs = [field for field in entry["inputs"] if not field["indexed"]]
    assert set(values) == {field["name"] for field in inputs}
    data = encode([collapse_if_tuple(dict(field)) for field in inputs], [values[field["name"]] for field in inputs])
    fields = artifact(contract).event(event, data)
    return Log(contract, event, fields, seq=1, block_number=9, block_time=AT, log_index=2, transaction_hash=HASH)


def told(log, wanted=ALL, names=NAMES):
    """Type, data and audience of what a log announces."""
    found = list(announcements(log, names, wanted))
    for one in found:
        TYPES[one.type].model_validate(one.data, strict=False)
    assert len({one.key for one in found}) == len(found)
    return [(one.type, one.data, one.partners) for one in found]


def leaf(order, partners, shares, kind=0, tiers=(0, 0, 0), base=2_933):
    words = partners[2] << 64 | partners[1] << 32 | partners[0]
    tier = tiers[0] | tiers[1] << 2 | tiers[2] << 4
    first = tier.to_bytes(1) + (1).to_bytes(3) + words.to_bytes(12)
    share = shares[2] << 128 | shares[1] << 64 | shares[0]
    second = DAY.to_bytes(3) + (DAY + 30).to_bytes(3) + share.to_bytes(24)
    return OrderRecord(order, base, kind, AT - 60, bytes(12), bytes(16)).pack() + first[:16] + bytes(2) + second


def settled(*leaves, skipped=()):
    return log_of("BatchSettled", batchId=12, day=DAY, root=HASH, leaves=b"".join(leaves), skipped=list(skipped))


def test_a_batch_tells_the_staff_of_itself_and_each_partner_of_its_commissions():
    log = settled(
        leaf(41, (7, 8, 0), (293, 146, 0), tiers=(1, 0, 0)), leaf(42, (7, 0, 7), (234, 0, 0), kind=1), skipped=[(41, 1)]
    )
    (batch, seven, eight) = told(log)
    assert batch == (
        "batch.finalized",
        {"batch": 12, "orders": 2, "skipped": [{"order_id": "ord_41", "reason": "duplicate"}],
         "root": "0x" + HASH.hex(), "transaction_hash": "0x" + HASH.hex(), "block_number": 9,
         "settled_on": "2026-04-01"},
        (),
    )  # fmt: skip
    kind, data, partners = seven
    assert (kind, partners, data["partner_id"], data["currency"]) == ("commission.created", (7,), "pn_7", "CNY")
    assert [(c["id"], c["amount"], c["rate_bps"], c["kind"]) for c in data["commissions"]] == [
        ("cm_41_referrer", "293", 1200, "new"),
        ("cm_42_referrer", "234", 800, "renewal"),
        ("cm_42_trainer", "0", 0, "renewal"),
    ]
    assert data["commissions"][0] == {
        "id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer", "kind": "new", "base": "2933", "tier": 1,
        "rate_bps": 1200, "amount": "293", "payable_on": "2026-05-01",
    }  # fmt: skip
    assert eight[2] == (8,)
    assert "pn_7" not in json.dumps(eight[1])


def test_many_commissions_of_a_batch_go_in_parts_below_twenty_kilobytes():
    count = 2 * COMMISSIONS_PER_MESSAGE + 1
    orders = dict.fromkeys(range(count), "ord_" + "z" * 26)
    log = settled(*(leaf(number, (0, 7, 0), (0, 2**62, 0), base=2**62) for number in range(count)))
    names = Names("CNY", {7: "pn_" + "z" * 26}, orders, {}, {}, NAMES.terms)
    found = [one for one in announcements(log, names, ALL) if one.type == "commission.created"]
    assert [len(one.data["commissions"]) for one in found] == [50, 50, 1]
    assert len({one.key for one in found}) == 3
    assert max(len(outbox.body_of(one)) for one in found) < 20_000


def test_only_what_somebody_wants_is_made():
    log = settled(leaf(41, (7, 8, 0), (293, 146, 0)))
    eight = Wanted(frozenset(), frozenset({("commission.created", 8)}))
    assert [partners for _, _, partners in told(log, eight)] == [(8,)]
    assert told(log, Wanted(frozenset({"payout.completed"}), frozenset())) == []
    # The key is the same whoever else wants it.
    [one] = announcements(log, NAMES, eight)
    assert one.key in {other.key for other in announcements(log, NAMES, ALL)}


CLAWBACK = (7, 1, 10, 20, 30, 40, 0)
CASES = [
    (
        log_of("PartnersRegistered", firstId=7, partners=[(HASH, HASH, NOBODY, 7)] * 3),
        [("partner.registered", {"partner_id": "pn_7"}, (7,)), ("partner.registered", {"partner_id": "pn_8"}, (8,))],
    ),
    (
        log_of("PartnerStatusChanged", partnerId=7, **{"from": 1, "to": 2, "reason": HASH}),
        [("partner.updated", {"partner_id": "pn_7", "changes": {"status": ["active", "suspended"]}}, (7,))],
    ),
    (
        log_of("OrderRefunded", orderNo=41, refundRef=HASH, clawbacks=[CLAWBACK], **{"from": 0, "to": 2933}),
        [("commission.refunded",
          {"id": "cm_41_implementer", "order_id": "ord_41", "role": "implementer", "partner_id": "pn_7",
           "currency": "CNY", "amount": "100", "from_frozen": "10", "from_held": "20", "from_available": "30",
           "to_debt": "40", "order_refunded": "2933"}, (7,))],
    ),
    (
        log_of("ShareFrozen", orderNo=41, role=0, partnerId=7, fromHeld=3, fromAvailable=4, balance=0, share=0),
        [("commission.disputed",
          {"id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer", "partner_id": "pn_7", "currency": "CNY",
           "amount": "7"}, (7,))],
    ),
    (
        log_of("ShareResolved", resolution=(41, 0, 3, 8, 5, 6, 1, 0, 0), clawback=(7, 0, 7, 1, 2, 1, 0)),
        [("commission.resolved", {"id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer",
          "partner_id": "pn_8", "currency": "CNY", "ruling": "transferred", "given_up": "0", "received": "11"}, (8,)),
         ("commission.resolved", {"id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer",
          "partner_id": "pn_7", "currency": "CNY", "ruling": "transferred", "given_up": "11", "received": "0"}, (7,))],
    ),
    (
        log_of("ShareResolved", resolution=(41, 0, 1, 7, 5, 6, 0, 0, 0), clawback=(0, 0, 0, 0, 0, 0, 0)),
        [("commission.resolved", {"id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer",
          "partner_id": "pn_7", "currency": "CNY", "ruling": "kept", "given_up": "0", "received": "0"}, (7,))],
    ),
    (
        log_of("ShareResolved", resolution=(41, 0, 2, 0, 0, 0, 0, 0, 0), clawback=(7, 0, 11, 0, 0, 0, 0)),
        [("commission.resolved", {"id": "cm_41_referrer", "order_id": "ord_41", "role": "referrer",
          "partner_id": "pn_7", "currency": "CNY", "ruling": "reversed", "given_up": "11", "received": "0"}, (7,))],
    ),
    (
        log_of("CreditsMatured", maturities=[(7, DAY, 900, 51, 0), (9, DAY, 1, 0, 0)]),
        [("balance.released", {"partner_id": "pn_7", "currency": "CNY", "release_on": "2026-04-01", "amount": "900",
          "debt_repaid": "51"}, (7,))],
    ),
    (
        log_of("BalanceAdjusted", adjustment=(1, 7, -1000, HASH, AT), requestedBy=NOBODY, approvedBy=NOBODY,
               fromDebt=0, balance=0),
        [("balance.adjusted", {"partner_id": "pn_7", "currency": "CNY", "amount": "-1000"}, (7,))],
    ),
    (
        log_of("DebtWrittenOff", partnerId=7, amount=51, balance=0, reason=HASH),
        [("balance.debt_written_off", {"partner_id": "pn_7", "currency": "CNY", "amount": "51"}, (7,))],
    ),
    (
        log_of("WithdrawalRecorded", partnerId=7, amount=184_149, balance=0),
        [("withdrawal.completed", {"partner_id": "pn_7", "currency": "CNY", "amount": "184149"}, (7,))],
    ),
    (
        log_of("WithdrawalRecorded", partnerId=8, amount=51, balance=0),
        [("payout.completed", {"id": "po_8", "partner_id": "pn_8", "currency": "CNY", "gross": "51",
          "withheld": "0", "net": "51", "paid_on": "2026-04-01"}, (8,))],
    ),
    (
        log_of("PayoutBatchPaid", batchNo=1, outcomes=[
            (7, 5, NOBODY, bytes.fromhex("01020304")), (8, 51, NOBODY, keccak(text="Vault_NoWallet(uint256)")[:4]),
            (8, 52, "0x" + "11" * 20, bytes(4))]),
        [("payout.failed", {"id": "po_8", "partner_id": "pn_8", "reason": "The partner has no wallet on chain"}, (8,))],
    ),
    (
        log_of("PayoutsRecorded", payouts=[(5, 7, 1_000, 160, HASH), (9, 7, 1, 0, HASH)], balances=[0, 0],
               skipped=[(6, 3), (5, 1)]),
        [("payout.completed", {"id": "po_5", "partner_id": "pn_7", "currency": "CNY", "gross": "1000",
          "withheld": "160", "net": "840", "paid_on": "2026-04-01"}, (7,)),
         ("payout.failed", {"id": "po_6", "partner_id": "pn_8", "reason": "partner_suspended"}, (8,))],
    ),
    (
        log_of("PayoutReturned", payoutNo=5, partnerId=7, gross=1_000, debtRepaid=51, balance=0, reason=HASH),
        [("payout.returned", {"id": "po_5", "partner_id": "pn_7", "currency": "CNY", "gross": "1000",
          "debt_repaid": "51"}, (7,))],
    ),
    (
        log_of("DisputeOpened", disputeId=3, dispute=(7, 8, 41, 2, 1, 1, 0, 0, AT, 0, bytes(12), NOBODY),
               openedBy=NOBODY, evidence=HASH),
        [("dispute.opened", {"id": "dp_3", "order_id": "ord_41", "role": "trainer", "claimant_id": "pn_7",
          "respondent_id": "pn_8", "ground": "evidence", "deadline": "2026-04-01T00:00:00Z"}, (7, 8))],
    ),
    (
        log_of("EvidenceSubmitted", disputeId=3, partnerId=8, submittedBy=NOBODY, evidence=HASH),
        [("dispute.evidence_submitted", {"id": "dp_3", "partner_id": "pn_8", "evidence": "0x" + HASH.hex()}, (7, 8))],
    ),
    (
        log_of("DisputeRuled", disputeId=3, ruler=NOBODY, ruling=2, deadline=AT),
        [("dispute.ruled", {"id": "dp_3", "ruling": "reversed", "deadline": "2026-04-01T00:00:00Z"}, (7, 8))],
    ),
    (
        log_of("RulingAppealed", disputeId=3, partnerId=7, appealedBy=NOBODY, deadline=AT),
        [("dispute.appealed", {"id": "dp_3", "partner_id": "pn_7", "deadline": "2026-04-01T00:00:00Z"}, (7, 8))],
    ),
    (
        log_of("DisputeExecuted", disputeId=3, ruling=1, **{"from": 2}),
        [("dispute.closed", {"id": "dp_3", "ruling": "kept"}, (7, 8))],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("log", "expected"), CASES, ids=[log.event for log, _ in CASES])
def test_what_a_log_tells(log, expected):
    assert told(log) == expected


@pytest.mark.parametrize("log", [log for log, _ in CASES], ids=[log.event for log, _ in CASES])
def test_what_a_log_tells_needs_no_more_names_than_it_mentions(log):
    names = mentioned([log])
    known = Names(
        "CNY",
        {number: NAMES.partners[number] for number in (names.partners | {7, 8} if names.disputes or names.payouts
                                                       else names.partners) if number in NAMES.partners},
        {number: NAMES.orders[number] for number in names.orders if number in NAMES.orders},
        {number: NAMES.payouts[number] for number in names.payouts if number in NAMES.payouts},
        {number: NAMES.parties[number] for number in names.disputes if number in NAMES.parties},
        NAMES.terms, NAMES.vault_payouts,
    )  # fmt: skip
    assert told(log, names=known) == told(log)


@pytest.mark.parametrize("log", [log for log, _ in CASES], ids=[log.event for log, _ in CASES])
def test_what_has_no_name_here_stops_nothing(log):
    nobody = Names("CNY", {}, {}, {}, {}, {})
    # Of a dispute whose parties are unknown only the staff hears.
    assert all(partners == () for _, _, partners in told(log, names=nobody))


def test_every_type_is_told_of_by_some_log_but_that_of_a_disabled_endpoint():
    of_logs = {type for types, _ in _SAYINGS.values() for type in types}
    assert of_logs == set(SUBSCRIBABLE) - {"webhook_endpoint.disabled"}
    cases = {log.event for log, _ in CASES} | {"BatchSettled"}
    assert cases == set(_SAYINGS)


# --- On a real chain ------------------------------------------------------------------------------------------


def subscribe(road, url, *types, partner=None):
    with road.sessions.begin() as session:
        service.add_endpoint(session, road.keys.reference_key, partner, url, "", types, internal=True)


def messages(road):
    with road.sessions() as session:
        rows = session.execute(text("SELECT key, body, partner_numbers FROM messages ORDER BY id")).all()
    return [(json.loads(body), partners) for _, body, partners in rows]


def test_what_becomes_final_is_told_and_not_before(road):
    road.announce()
    with receiver() as staff, receiver() as partner:
        subscribe(road, staff.url, "batch.finalized", "commission.created")
        settle_some(road)  # into a block, which is not final yet
        with road.sessions() as session:
            rows = session.execute(
                text("SELECT partner_number, sum(amount), count(*) FROM commissions c JOIN orders o"
                     " ON o.number = c.order_number WHERE o.source = 'crm' GROUP BY 1")
            ).all()  # fmt: skip
            newest = session.scalar(text("SELECT max(block_number) FROM commissions"))
            final = indexer.final_block(session, road.confirmations)
        who, amount, count = rows[0]
        subscribe(road, partner.url, "commission.created", partner=who)
        assert newest > final
        assert messages(road) == []
        while final < newest:
            worker.tick(road)
            with road.sessions() as session:
                final = indexer.final_block(session, road.confirmations)
        road.announce()
        told = messages(road)
        assert Counter(message["type"] for message, _ in told) == {
            "batch.finalized": 1,
            "commission.created": len(rows),
        }
        Courier(road.sessions, road.keys.reference_key, Sender(internal=True)).drain()
        assert len(staff.got) == len(told)
        [request] = partner.got
        [own] = [message for message, partners in told if partners == [who]]
        assert json.loads(request.body) == own
        assert sum(int(c["amount"]) for c in own["data"]["commissions"]) == amount
        assert len(own["data"]["commissions"]) == count


def test_the_whole_history_told_is_what_the_tables_say(road, monkeypatch):
    subscribe(road, "http://127.0.0.1:9/", *SUBSCRIBABLE)
    begin = {"block": -1, "log": 0}
    with road.sessions.begin() as session:
        set_fact(session, "announced", begin)
    # Most of it is more than thirty days old, and no news.
    road.announce()
    oldest = dt.datetime.now(dt.UTC) - outbox.KEPT
    assert all(dt.datetime.fromisoformat(message["timestamp"]) > oldest for message, _ in messages(road))

    monkeypatch.setattr(outbox, "KEPT", dt.timedelta(days=36_500))
    for _ in range(road.confirmations):
        devnet.mine(road.client, worker.next_block_time(road))
    road.index()
    road.seal()
    for _ in range(2):  # told again it is the same
        with road.sessions.begin() as session:
            set_fact(session, "announced", begin)
        road.announce()
        told = messages(road)
        with road.sessions() as session:
            tables = {
                name: session.execute(text(query)).one()
                for name, query in (
                    ("commission", "SELECT count(*), sum(amount) FROM commissions"),
                    ("payout.completed", "SELECT count(*), sum(gross) FROM payouts WHERE status = 'completed'"),
                    ("balance.released", "SELECT count(*), sum(amount) FROM maturities"),
                    ("partner.registered", "SELECT count(*), NULL FROM partners"),
                    ("batch.finalized", "SELECT count(*), sum(orders) FROM batches WHERE status = 'finalized'"),
                )
            }
        by_type = Counter(message["type"] for message, _ in told)
        legs = [
            c for message, _ in told if message["type"] == "commission.created" for c in message["data"]["commissions"]
        ]
        assert (len(legs), sum(int(leg["amount"]) for leg in legs)) == tuple(tables.pop("commission"))
        assert len({leg["id"] for leg in legs}) == len(legs)
        amounts = {"payout.completed": "gross", "balance.released": "amount", "batch.finalized": "orders"}
        for type, (count, total) in tables.items():
            assert by_type[type] == count > 0
            if total is not None:
                assert sum(int(m["data"][amounts[type]]) for m, _ in told if m["type"] == type) == total


def test_nobody_subscribed_and_no_log_is_read(road, monkeypatch):
    with road.sessions.begin() as session:
        set_fact(session, "announced", {"block": -1, "log": 0})
    monkeypatch.setattr(indexer, "stored_logs", None)
    road.announce()
    with road.sessions() as session:
        done = session.scalar(text("SELECT value -> 'block' FROM facts WHERE name = 'announced'"))
        assert done == indexer.final_block(session, road.confirmations)
