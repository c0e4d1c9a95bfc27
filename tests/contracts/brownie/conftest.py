"""The contracts, deployed and wired as an installation wires them, and what a test feeds them."""

import json
from collections import namedtuple
from pathlib import Path

import brownie
import pytest
from brownie import (
    Contract,
    DisputeCourt,
    PartnerRegistry,
    PlanRegistry,
    ReferralRegistry,
    SettlementLedger,
    accounts,
    chain,
    web3,
)
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

ARTIFACTS = Path(__file__).parents[3] / "backend" / "fenrun" / "chain" / "artifacts"

DAY = 86_400
NEW, RENEWAL = 0, 1

# The numbers are a deployment's choice; a function's role is set below.
GOVERNOR, REGISTRAR, OPERATOR, REFUNDER, ARBITER, PAUSER, TREASURER, LEDGER, COURT, VAULT, PANEL = range(1, 12)

HOLD_DAYS = 14
CUSTOMER = keccak(text="a customer")[:12]
NOTHING = b"\0" * 32
NOBODY = brownie.ZERO_ADDRESS
REFERRER, IMPLEMENTER, TRAINER = 1, 2, 3
PARTNERS = (REFERRER, IMPLEMENTER, TRAINER)

# The two orders of `batch`, and what each role gets of them, worked out by hand: rounded down to the cent.
BASES = {1: 123_456, 2: 99_999}
SHARES = {
    1: {REFERRER: 12_345, IMPLEMENTER: 6_172, TRAINER: 4_111},  # 10, 5 and 3.33 % of 1,234.56
    2: {REFERRER: 2_999, IMPLEMENTER: 2_499, TRAINER: 0},  # 3, 2.5 and 0 % of 999.99
}
CREDITS = {partner: SHARES[1][partner] + SHARES[2][partner] for partner in PARTNERS}

System = namedtuple("System", "access partners plans referrals ledger court")
People = namedtuple("People", "admin governor registrar operator refunder arbiter pauser treasurer stranger")
SignedBatch = namedtuple("SignedBatch", "orders deadline signature")


@pytest.fixture(autouse=True)
def isolation(fn_isolation):
    """Each test begins with the contracts as the fixtures below leave them."""


@pytest.fixture(scope="session")
def people():
    return People(*accounts[:9])


@pytest.fixture(scope="session")
def attestor():
    """The CRM's key, which no role has."""
    return Account.from_key(keccak(text="the CRM's attestor in a test"))


@pytest.fixture(scope="module")
def system(people, attestor):
    access = deployed_access_manager(people.admin)
    partners = deployed(people.admin, PartnerRegistry, access)
    plans = deployed(people.admin, PlanRegistry, access)
    referrals = deployed(people.admin, ReferralRegistry, access, partners, plans)
    ledger = deployed(
        people.admin, SettlementLedger, access, partners, plans, referrals, b"USD", attestor.address, NOBODY
    )
    court = deployed(people.admin, DisputeCourt, access, ledger, (5 * DAY, 3 * DAY, 5 * DAY))

    for contract, role, names in (
        (partners, REGISTRAR, ["registerPartners", "setStatus", "setRoles", "changePayout", "cancelPayoutChange"]),
        (plans, GOVERNOR, ["publishPlan", "retirePlan"]),
        (referrals, REGISTRAR, ["registerReferrals", "registerClaim"]),
        (referrals, ARBITER, ["reassign"]),
        (referrals, LEDGER, ["lock"]),
        (court, REGISTRAR, ["open", "submitEvidence", "appeal"]),
        (court, ARBITER, ["rule"]),
        (court, PANEL, ["vote"]),
    ):
        allow(access, people, contract, role, names)
    open_ledger(access, people, ledger)
    for role, holder in (
        (GOVERNOR, people.governor),
        (REGISTRAR, people.registrar),
        (OPERATOR, people.operator),
        (REFUNDER, people.refunder),
        (ARBITER, people.arbiter),
        (PAUSER, people.pauser),
        (TREASURER, people.treasurer),
        (COURT, court),
    ):
        access.grantRole(role, holder, 0, {"from": people.admin})

    # Noon: what a test does in one go stays on one UTC day.
    travel_to((chain.time() // DAY + 1) * DAY + DAY // 2)
    return System(access, partners, plans, referrals, ledger, court)


@pytest.fixture(scope="session")
def attest(attestor):
    """Signs a batch for a ledger; by the CRM's key unless another is given."""

    def sign(ledger, orders, deadline, key=attestor):
        values = (keccak(orders), deadline)
        return signed(key, ledger, "OrderBatch(bytes32 ordersHash,uint40 deadline)", values)

    return sign


@pytest.fixture(scope="session")
def record():
    """Packs an order as it goes in, by contracts/libraries/OrderCodec.sol."""

    def pack(number, customer_key, base, kind, paid_at):
        word = int.from_bytes(customer_key, "big") | paid_at << 96 | kind << 136 | base << 144 | number << 208
        return word.to_bytes(32, "big") + keccak(text=f"order {number}")[:16]

    return pack


@pytest.fixture(scope="module")
def batch(system, people, attest, record):
    """Everything up to the signed batch of two orders."""
    system.partners.registerPartners(
        1,
        [(keccak(text=f"partner {n}"), NOTHING, NOBODY, 1 << (n - 1)) for n in PARTNERS],
        {"from": people.registrar},
    )
    system.plans.publishPlan(
        1,
        (
            keccak(text="a plan"),
            [200_000],
            [[1_000, 1_200], [500, 600], [333, 400]],
            [[300, 300], [250, 250], [0, 0]],
            HOLD_DAYS,
        ),
        {"from": people.governor},
    )
    now = chain.time()
    system.referrals.registerReferrals([(CUSTOMER, *PARTNERS, 1, now - DAY, 0)], {"from": people.registrar})
    orders = record(1, CUSTOMER, BASES[1], NEW, now) + record(2, CUSTOMER, BASES[2], RENEWAL, now)
    deadline = now + DAY
    return SignedBatch(orders, deadline, attest(system.ledger, orders, deadline))


def signed(key, contract, type_, values):
    """A key's EIP-712 signature for a contract, over values of a type like `Order(uint8 kind,uint64 base)`."""
    name, _, rest = type_.rstrip(")").partition("(")
    fields = [dict(zip(("type", "name"), field.split(" "), strict=True)) for field in rest.split(",")]
    domain = {
        "name": f"Fenrun {contract._name}",
        "version": "1",
        "chainId": chain.id,
        "verifyingContract": contract.address,
    }
    named = {field["name"]: value for field, value in zip(fields, values, strict=True)}
    return key.sign_typed_data(domain, {name: fields}, named).signature


def allow(access, people, contract, role, names):
    """Lets a role call functions of a contract."""
    selectors = [contract.signatures[name] for name in names]
    access.setTargetFunctionRole(contract, selectors, role, {"from": people.admin})


def open_ledger(access, people, ledger):
    """Hands out what is to be done with a ledger."""
    for role, names in (
        (OPERATOR, ["settleBatch"]),
        (REFUNDER, ["refund"]),
        (TREASURER, ["recordPayouts", "returnPayout", "adjust"]),
        (VAULT, ["recordWithdrawal"]),
        (COURT, ["freeze", "resolve"]),
        (PAUSER, ["pause"]),
        (GOVERNOR, ["setAttestor", "unpause", "retire", "writeOffDebt"]),
    ):
        allow(access, people, ledger, role, names)
    access.grantRole(LEDGER, ledger, 0, {"from": people.admin})


def numbers(answer):
    """Brownie's own numbers do not compare with Python's inside a tuple."""
    return tuple(map(int, answer))


def skipped(transaction):
    """What a call left out, and why."""
    return [numbers(entry) for entry in transaction.events[-1]["skipped"]]


def reverting(name, *values):
    """Expects a contract's own error, with these arguments."""
    words = [value.lower() if isinstance(value, str) else str(value) for value in values]
    return brownie.reverts(f"{name}: {', '.join(words)}")


def travel_to(timestamp):
    """Mines a block of that time. (Brownie's `chain.mine(timestamp=…)` fails with Anvil.)"""
    answer = web3.provider.make_request("evm_setNextBlockTimestamp", [timestamp])
    assert "error" not in answer, answer
    chain.mine()


def artifact(name):
    """What the backend deploys."""
    return json.loads((ARTIFACTS / f"{name}.json").read_text())


def deployed(sender, container, *arguments):
    """A contract, created by the code that the backend sends rather than by that of Brownie's own build."""
    own = container.deploy.encode_input(*arguments)
    assert own.startswith(container.bytecode)
    data = artifact(container._name)["bytecode"] + own[len(container.bytecode) :]
    return container.at(sender.transfer(data=data).contract_address)


def deployed_access_manager(admin):
    """OpenZeppelin's is not among the project's sources, so Brownie does not build it."""
    found = artifact("AccessManager")
    transaction = admin.transfer(data=found["bytecode"] + encode(["address"], [admin.address]).hex())
    return Contract.from_abi("AccessManager", transaction.contract_address, found["abi"])
