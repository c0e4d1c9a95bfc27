"""The main job on a real chain: partners, a plan, a referral, a batch, the hold, a payout."""

import brownie
from brownie import chain
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from conftest import (
    BASES,
    CREDITS,
    CUSTOMER,
    DAY,
    HOLD_DAYS,
    IMPLEMENTER,
    NEW,
    NOTHING,
    PARTNERS,
    REFERRER,
    TRAINER,
    numbers,
    reverting,
    skipped,
    travel_to,
)

UNKNOWN_CUSTOMER = keccak(text="somebody else")[:12]
DUPLICATE, NO_REFERRAL, SUSPENDED, INSUFFICIENT, UNKNOWN_PARTNER, NOT_YET_PAID = range(1, 7)


def held(ledger, day):
    return {partner: int(ledger.heldOf(partner, day)) for partner in PARTNERS}


def balances(ledger):
    return {partner: numbers(ledger.balanceOf(partner)) for partner in PARTNERS}


def test_from_order_to_payout(system, people, batch):
    ledger = system.ledger

    settled = ledger.settleBatch(*batch, {"from": people.operator})

    day = settled.timestamp // DAY
    release_day = day + HOLD_DAYS + 1
    assert settled.events["BatchSettled"]["batchId"] == ledger.batchCount() == 1
    assert settled.events["BatchSettled"]["day"] == day
    assert skipped(settled) == []
    assert ledger.rootOf(1) == settled.events["BatchSettled"]["root"]
    assert [ledger.isSettled(number) for number in (1, 2, 3)] == [True, True, False]
    assert held(ledger, release_day) == CREDITS
    assert balances(ledger) == dict.fromkeys(PARTNERS, (0, 0, 0))
    # An order counts towards a partner's volume only when the partner has a share in it.
    assert numbers(ledger.volumeOf(REFERRER))[1:] == (BASES[1] + BASES[2], 0)
    assert numbers(ledger.volumeOf(IMPLEMENTER))[1:] == (BASES[1] + BASES[2], 0)
    assert numbers(ledger.volumeOf(TRAINER))[1:] == (BASES[1], 0)

    releases = [(partner, release_day) for partner in PARTNERS]
    travel_to(release_day * DAY - 60)
    with reverting("Ledger_NotMatured", REFERRER, release_day, release_day - 1):
        ledger.mature(releases, {"from": people.stranger})
    travel_to(release_day * DAY)
    ledger.mature(releases, {"from": people.stranger})

    assert held(ledger, release_day) == dict.fromkeys(PARTNERS, 0)
    assert balances(ledger) == {n: (CREDITS[n], 0, 0) for n in PARTNERS}

    everything, too_much = CREDITS[REFERRER], CREDITS[TRAINER] + 1
    bank_ref = keccak(text="a bank transfer")
    payouts = [(1, REFERRER, everything, 344, bank_ref), (2, TRAINER, too_much, 0, bank_ref)]
    paid = ledger.recordPayouts(payouts, {"from": people.treasurer})

    assert skipped(paid) == [(2, INSUFFICIENT)]
    assert numbers(ledger.payoutOf(1)) == (REFERRER, everything, 344, False)
    assert numbers(ledger.payoutOf(2)) == (0, 0, 0, False)
    assert balances(ledger) == {
        REFERRER: (0, 0, 0),
        IMPLEMENTER: (CREDITS[IMPLEMENTER], 0, 0),
        TRAINER: (CREDITS[TRAINER], 0, 0),
    }


def test_what_was_sent_twice_counts_once(system, people, batch):
    first = system.ledger.settleBatch(*batch, {"from": people.operator})
    again = system.ledger.settleBatch(*batch, {"from": people.operator})

    assert skipped(again) == [(1, DUPLICATE), (2, DUPLICATE)]
    release_day = first.timestamp // DAY + HOLD_DAYS + 1
    assert held(system.ledger, release_day) == CREDITS

    travel_to(release_day * DAY)
    system.ledger.mature([(REFERRER, release_day)] * 2, {"from": people.stranger})
    payout = (1, REFERRER, 1_000, 0, NOTHING)
    paid = system.ledger.recordPayouts([payout, payout], {"from": people.treasurer})

    assert skipped(paid) == [(1, DUPLICATE)]
    assert numbers(system.ledger.balanceOf(REFERRER)) == (CREDITS[REFERRER] - 1_000, 0, 0)


def test_an_order_that_cannot_be_settled_disturbs_no_other(system, people, batch, attest, record):
    now = chain[-1].timestamp
    late = record(8, CUSTOMER, 5_000, NEW, now + DAY)
    orders = record(7, UNKNOWN_CUSTOMER, 5_000, NEW, now) + batch.orders + late
    signature = attest(system.ledger, orders, batch.deadline)

    done = system.ledger.settleBatch(orders, batch.deadline, signature, {"from": people.operator})

    assert skipped(done) == [(7, NO_REFERRAL), (8, NOT_YET_PAID)]
    assert [system.ledger.isSettled(number) for number in (1, 2, 7, 8)] == [True, True, False, False]


def test_a_suspended_partner_accrues_and_is_not_paid(system, people, batch):
    system.partners.setStatus(REFERRER, 2, NOTHING, {"from": people.registrar})
    settled = system.ledger.settleBatch(*batch, {"from": people.operator})
    release_day = settled.timestamp // DAY + HOLD_DAYS + 1
    travel_to(release_day * DAY)
    system.ledger.mature([(REFERRER, release_day)], {"from": people.stranger})

    payouts = [(1, REFERRER, 1, 0, NOTHING)]
    paid = system.ledger.recordPayouts(payouts, {"from": people.treasurer})

    assert skipped(paid) == [(1, SUSPENDED)]
    assert numbers(system.ledger.balanceOf(REFERRER)) == (CREDITS[REFERRER], 0, 0)


def test_only_the_attestor_vouches_for_orders(system, people, batch, attest, attestor):
    ledger = system.ledger
    somebody = Account.from_key(keccak(text="not the CRM"))
    refused = ("Ledger_BadAttestation", keccak(batch.orders), attestor.address)

    forged = attest(ledger, batch.orders, batch.deadline, somebody)
    with reverting(*refused):
        ledger.settleBatch(batch.orders, batch.deadline, forged, {"from": people.operator})
    with reverting(*refused):  # signed for another deadline
        ledger.settleBatch(batch.orders, batch.deadline + 1, batch.signature, {"from": people.operator})


def test_every_call_needs_its_role(system, people, batch):
    for call in (
        lambda: system.ledger.settleBatch(*batch, {"from": people.stranger}),
        lambda: system.ledger.recordPayouts([], {"from": people.stranger}),
        lambda: system.ledger.setAttestor(people.stranger, {"from": people.stranger}),
        lambda: system.ledger.refund((1, [NOTHING] * 3, []), 1, NOTHING, {"from": people.stranger}),
        lambda: system.ledger.returnPayout(1, NOTHING, {"from": people.stranger}),
        lambda: system.ledger.freeze((1, [NOTHING] * 3, []), 0, {"from": people.stranger}),
        lambda: system.ledger.resolve(1, 0, 1, 0, {"from": people.stranger}),
        lambda: system.ledger.recordWithdrawal(1, 1, {"from": people.stranger}),
        lambda: system.ledger.writeOffDebt(1, 1, NOTHING, {"from": people.stranger}),
        lambda: system.ledger.pause({"from": people.stranger}),
        lambda: system.ledger.unpause({"from": people.stranger}),
        lambda: system.partners.registerPartners(4, [], {"from": people.stranger}),
        lambda: system.partners.setStatus(1, 2, NOTHING, {"from": people.stranger}),
        lambda: system.plans.retirePlan(1, {"from": people.stranger}),
        lambda: system.referrals.registerReferrals([], {"from": people.stranger}),
        lambda: system.referrals.reassign((CUSTOMER, 1, 2, 3, 1, 0, 0), {"from": people.stranger}),
        lambda: system.court.rule(1, 1, {"from": people.stranger}),
        lambda: system.court.vote(1, 1, {"from": people.stranger}),
        lambda: system.referrals.lock([CUSTOMER], {"from": people.stranger}),
    ):
        with reverting("AccessManagedUnauthorized", people.stranger.address):
            call()


def test_the_logs_are_dense_and_lead_to_the_head(system, people, batch):
    system.ledger.settleBatch(*batch, {"from": people.operator})
    system.ledger.settleBatch(*batch, {"from": people.operator})

    for contract in (system.partners, system.plans, system.referrals, system.ledger):
        head = keccak(encode(["uint256", "address"], [chain.id, contract.address]))
        number = 0
        for log in brownie.web3.eth.get_logs({"address": contract.address, "fromBlock": 0}):
            if len(log["topics"]) < 2:
                continue  # OpenZeppelin's own, of the constructor
            number += 1
            topic, seq = bytes(log["topics"][0]), int.from_bytes(log["topics"][1], "big")
            assert seq == number
            words = ["bytes32", "uint256", "bytes32", "bytes32"]
            head = keccak(encode(words, [head, seq, topic, keccak(log["data"])]))
        assert (contract.seq(), bytes(contract.head())) == (number, head)
        assert number > 0
