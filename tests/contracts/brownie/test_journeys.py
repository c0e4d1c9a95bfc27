"""One journey for each contract and each thing that can happen to a share after it was settled."""

from types import SimpleNamespace

import brownie
import pytest
from brownie import MockToken, SettlementLedger, TokenVault, accounts, chain
from eth_account import Account
from eth_utils import keccak

from conftest import (
    BASES,
    CREDITS,
    DAY,
    HOLD_DAYS,
    IMPLEMENTER,
    NEW,
    NOTHING,
    OPERATOR,
    PARTNERS,
    REFERRER,
    SHARES,
    TRAINER,
    VAULT,
    deployed,
    numbers,
    open_ledger,
    reverting,
    signed,
    skipped,
    travel_to,
)

NEWCOMER, ANOTHER_CUSTOMER = 4, keccak(text="another customer")[:12]
EVIDENCE = 1
OPENED, DECIDED, EXECUTED = 1, 4, 5
OPEN, RETIRED = 0, 3
DUPLICATE = 1
CLAIM = (
    "ReferralClaim(bytes12 customerKey,uint32 referrer,uint32 implementer,uint32 trainer,uint24 planId,"
    "uint40 effectiveFrom,uint40 validTo,uint32 claimant,uint40 deadline)"
)
WITHDRAWAL = "Withdrawal(uint32 partnerId,address to,uint80 amount,uint256 nonce,uint40 deadline)"


@pytest.fixture
def newcomer(system, people, batch):
    """The fourth partner, who has a key of its own."""
    key = Account.from_key(keccak(text="a partner's wallet"))
    partner = (keccak(text="partner 4"), NOTHING, key.address, 7)
    system.partners.registerPartners(NEWCOMER, [partner], {"from": people.registrar})
    return SimpleNamespace(key=key, account=accounts.add(key.key.hex()))


def proven(settled):
    """The orders of a settled batch by number, each with its proof; by contracts/libraries/MerkleTree.sol."""
    event = settled.events["BatchSettled"]
    leaves = [bytes(event["leaves"])[at : at + 96] for at in range(0, len(event["leaves"]), 96)]
    orders = {}
    for index, leaf in enumerate(leaves):
        proof, level, at = [], [keccak(leaf) for leaf in leaves], index
        while len(level) > 1:
            if at ^ 1 < len(level):
                proof.append(level[at ^ 1])
            pairs = [level[first : first + 2] for first in range(0, len(level), 2)]
            level = [keccak(b"".join(sorted(pair))) if len(pair) == 2 else pair[0] for pair in pairs]
            at //= 2
        assert level == [bytes(event["root"])]
        words = [leaf[at : at + 32] for at in (0, 32, 64)]
        orders[int.from_bytes(leaf[:6], "big")] = (event["batchId"], words, proof)
    return orders


def balance(ledger, partner):
    """Available, debt and frozen."""
    return numbers(ledger.balanceOf(partner))


def test_a_refund_takes_back_what_was_credited(system, people, batch):
    ledger = system.ledger
    settled = ledger.settleBatch(*batch, {"from": people.operator})
    order, release_day = proven(settled)[1], settled.timestamp // DAY + HOLD_DAYS + 1

    ledger.refund(order, BASES[1] // 2, NOTHING, {"from": people.refunder})

    for partner in PARTNERS:
        given_back = SHARES[1][partner] * (BASES[1] // 2) // BASES[1]
        assert ledger.heldOf(partner, release_day) == CREDITS[partner] - given_back

    travel_to(release_day * DAY)
    ledger.mature([(REFERRER, release_day)], {"from": people.stranger})
    everything = balance(ledger, REFERRER)[0]
    ledger.recordPayouts([(1, REFERRER, everything, 0, NOTHING)], {"from": people.treasurer})
    ledger.refund(order, BASES[1], NOTHING, {"from": people.refunder})

    # The rest of the share was paid: it is owed now. Where it is still held, it is given back from there.
    paid_too_much = SHARES[1][REFERRER] - SHARES[1][REFERRER] * (BASES[1] // 2) // BASES[1]
    assert balance(ledger, REFERRER) == (0, paid_too_much, 0)
    assert ledger.heldOf(IMPLEMENTER, release_day) == SHARES[2][IMPLEMENTER]
    with reverting("Ledger_RefundNotForward", 1, BASES[1], BASES[1]):
        ledger.refund(order, BASES[1], NOTHING, {"from": people.refunder})


def test_a_refund_needs_the_order_as_it_was_settled(system, people, batch):
    batch_id, [order, terms, shares], proof = proven(system.ledger.settleBatch(*batch, {"from": people.operator}))[1]
    higher = (int.from_bytes(shares, "big") + 1).to_bytes(32, "big")

    with reverting("Ledger_BadProof", batch_id, 1):
        system.ledger.refund((batch_id, [order, terms, higher], proof), 1, NOTHING, {"from": people.refunder})


def test_a_dispute_that_nobody_rules_ends_by_itself(system, people, batch, newcomer):
    ledger, court = system.ledger, system.court
    settled = ledger.settleBatch(*batch, {"from": people.operator})
    order, release_day = proven(settled)[1], settled.timestamp // DAY + HOLD_DAYS + 1
    share = SHARES[1][TRAINER]

    court.open(order, TRAINER - 1, NEWCOMER, EVIDENCE, keccak(text="a contract"), {"from": newcomer.account})

    assert balance(ledger, TRAINER) == (0, 0, share)
    assert ledger.heldOf(TRAINER, release_day) == 0
    assert court.statusOf(1) == OPENED
    travel_to(court.deadlineOf(1))
    assert court.statusOf(1) == DECIDED
    court.execute(1, {"from": people.stranger})

    assert court.statusOf(1) == EXECUTED
    assert numbers(ledger.shareOf(1, TRAINER - 1)) == (TRAINER, 0, False, True)
    assert balance(ledger, TRAINER) == (0, 0, 0)
    assert ledger.heldOf(TRAINER, release_day) == share


def test_a_claim_that_a_partner_signed_earns(system, people, newcomer, attest, record):
    now = chain[-1].timestamp
    referral = (ANOTHER_CUSTOMER, NEWCOMER, 0, 0, 1, now - 60, 0)
    deadline = now + DAY
    signature = signed(newcomer.key, system.referrals, CLAIM, (*referral, NEWCOMER, deadline))

    with reverting("Referral_BadClaim", ANOTHER_CUSTOMER, NEWCOMER):
        for_more = (*referral[:2], NEWCOMER, *referral[3:])
        system.referrals.registerClaim(for_more, NEWCOMER, deadline, signature, {"from": people.registrar})
    system.referrals.registerClaim(referral, NEWCOMER, deadline, signature, {"from": people.registrar})

    orders = record(3, ANOTHER_CUSTOMER, 50_000, NEW, now)
    signature = attest(system.ledger, orders, deadline)
    settled = system.ledger.settleBatch(orders, deadline, signature, {"from": people.operator})
    assert system.ledger.heldOf(NEWCOMER, settled.timestamp // DAY + HOLD_DAYS + 1) == 5_000


def test_a_vault_collects_what_it_pays(system, people, newcomer, attest, record):
    ledger, payer = system.ledger, people.stranger
    token = people.admin.deploy(MockToken, 6)
    vault = deployed(people.admin, TokenVault, system.access, ledger, token, payer, 10**4)  # a cent of a dollar token
    for role in (VAULT, OPERATOR):
        system.access.grantRole(role, vault, 0, {"from": people.admin})
    system.access.setTargetFunctionRole(vault, [vault.signatures["settleBatch"]], OPERATOR, {"from": people.admin})
    now = chain[-1].timestamp
    system.referrals.registerReferrals(
        [(ANOTHER_CUSTOMER, NEWCOMER, 0, 0, 1, now - DAY, 0)], {"from": people.registrar}
    )
    token.mint(payer, 10**12, {"from": payer})
    token.approve(vault, 10**12, {"from": payer})

    orders, deadline = record(3, ANOTHER_CUSTOMER, 50_000, NEW, now), now + 30 * DAY
    settled = vault.settleBatch(orders, deadline, attest(ledger, orders, deadline), {"from": people.operator})

    assert token.balanceOf(vault) == 5_000 * 10**4
    release_day = settled.timestamp // DAY + HOLD_DAYS + 1
    travel_to(release_day * DAY)
    ledger.mature([(NEWCOMER, release_day)], {"from": people.stranger})
    with reverting("Vault_NotTheWallet", NEWCOMER, people.stranger.address):
        vault.withdraw(NEWCOMER, 2_000, {"from": people.stranger})
    vault.withdraw(NEWCOMER, 2_000, {"from": newcomer.account})
    elsewhere = (NEWCOMER, people.treasurer.address, 3_000, 7, deadline)
    vault.withdrawWithSig(elsewhere, signed(newcomer.key, vault, WITHDRAWAL, elsewhere), {"from": people.stranger})

    assert token.balanceOf(newcomer.account) == 2_000 * 10**4
    assert token.balanceOf(people.treasurer) == 3_000 * 10**4
    assert (token.balanceOf(vault), ledger.owed()) == (0, 0)
    assert balance(ledger, NEWCOMER) == (0, 0, 0)


def test_a_successor_takes_over_what_is_owed(system, people, batch, attest, attestor):
    old = system.ledger
    settled = old.settleBatch(*batch, {"from": people.operator})
    order, release_day = proven(settled)[1], settled.timestamp // DAY + HOLD_DAYS + 1
    travel_to(release_day * DAY)
    old.mature([(REFERRER, release_day)], {"from": people.stranger})
    registries = (system.partners, system.plans, system.referrals)
    new = deployed(people.admin, SettlementLedger, system.access, *registries, b"USD", attestor.address, old)
    open_ledger(system.access, people, new)

    old.pause({"from": people.pauser})
    old.retire(new, {"from": people.governor})
    new.inheritAccounts(2, {"from": people.stranger})
    new.inheritAccounts(2, {"from": people.stranger})
    new.inheritCredits([(partner, release_day) for partner in PARTNERS], {"from": people.stranger})

    assert (old.phase(), new.phase()) == (RETIRED, OPEN)
    assert (new.owed(), new.batchCount()) == (sum(CREDITS.values()), 1)
    assert balance(new, REFERRER) == (CREDITS[REFERRER], 0, 0)
    assert [int(new.heldOf(partner, release_day)) for partner in PARTNERS] == [
        0,
        CREDITS[IMPLEMENTER],
        CREDITS[TRAINER],
    ]

    # What was settled there is settled here, and is refunded and paid here.
    deadline = chain.time() + DAY
    again = new.settleBatch(batch.orders, deadline, attest(new, batch.orders, deadline), {"from": people.operator})
    assert skipped(again) == [(1, DUPLICATE), (2, DUPLICATE)]
    new.refund(order, BASES[1], NOTHING, {"from": people.refunder})
    rest = SHARES[2][REFERRER]
    assert balance(new, REFERRER) == (rest, 0, 0)
    assert new.heldOf(IMPLEMENTER, release_day) == SHARES[2][IMPLEMENTER]
    new.recordPayouts([(1, REFERRER, rest, 0, NOTHING)], {"from": people.treasurer})
    assert new.owed() == SHARES[2][IMPLEMENTER]
    with brownie.reverts():
        old.refund(order, BASES[1], NOTHING, {"from": people.refunder})
