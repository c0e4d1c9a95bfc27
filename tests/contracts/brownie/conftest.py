"""The contracts, deployed and wired as an installation wires them, and what a test feeds them."""

import json
from collections import namedtuple
from pathlib import Path

import brownie
import pytest
from brownie import (
    Contract,
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
GOVERNOR, REGISTRAR, OPERATOR, TREASURER, LEDGER = 1, 2, 3, 4, 5

System = namedtuple("System", "access partners plans referrals ledger")
People = namedtuple("People", "admin governor registrar operator treasurer stranger")


@pytest.fixture(autouse=True)
def isolation(fn_isolation):
    """Each test begins with the contracts as the fixtures below leave them."""


@pytest.fixture(scope="session")
def people():
    return People(*accounts[:6])


@pytest.fixture(scope="session")
def attestor():
    """The CRM's key, which no role has."""
    return Account.from_key(keccak(text="the CRM's attestor in a test"))


@pytest.fixture(scope="module")
def system(people, attestor):
    access = _deploy_access_manager(people.admin)
    partners = people.admin.deploy(PartnerRegistry, access)
    plans = people.admin.deploy(PlanRegistry, access)
    referrals = people.admin.deploy(ReferralRegistry, access, partners, plans)
    ledger = people.admin.deploy(SettlementLedger, access, partners, plans, referrals, b"USD", attestor.address)

    for contract, role, names in (
        (partners, REGISTRAR, ["registerPartners", "setStatus"]),
        (plans, GOVERNOR, ["publishPlan", "retirePlan"]),
        (referrals, REGISTRAR, ["registerReferrals"]),
        (referrals, LEDGER, ["lock"]),
        (ledger, OPERATOR, ["settleBatch"]),
        (ledger, TREASURER, ["recordPayouts"]),
        (ledger, GOVERNOR, ["setAttestor"]),
    ):
        selectors = [contract.signatures[name] for name in names]
        access.setTargetFunctionRole(contract, selectors, role, {"from": people.admin})
    for role, holder in (
        (GOVERNOR, people.governor),
        (REGISTRAR, people.registrar),
        (OPERATOR, people.operator),
        (TREASURER, people.treasurer),
        (LEDGER, ledger),
    ):
        access.grantRole(role, holder, 0, {"from": people.admin})

    # Noon: what a test does in one go stays on one UTC day.
    travel_to((chain.time() // DAY + 1) * DAY + DAY // 2)
    return System(access, partners, plans, referrals, ledger)


@pytest.fixture(scope="session")
def attest(attestor):
    """Signs a batch for a ledger; by the CRM's key unless another is given."""

    def sign(ledger, orders, deadline, key=attestor):
        return key.sign_typed_data(
            {
                "name": "Fenrun SettlementLedger",
                "version": "1",
                "chainId": chain.id,
                "verifyingContract": ledger.address,
            },
            {
                "OrderBatch": [
                    {"name": "ordersHash", "type": "bytes32"},
                    {"name": "deadline", "type": "uint40"},
                ]
            },
            {"ordersHash": keccak(orders), "deadline": deadline},
        ).signature

    return sign


@pytest.fixture(scope="session")
def record():
    """Packs an order as it goes in, by contracts/libraries/OrderCodec.sol."""

    def pack(number, customer_key, base, kind, paid_at):
        word = int.from_bytes(customer_key, "big") | paid_at << 96 | kind << 136 | base << 144 | number << 208
        return keccak(text=f"order {number}") + word.to_bytes(32, "big")

    return pack


def reverting(name, *values):
    """Expects a contract's own error, with these arguments."""
    words = [value.lower() if isinstance(value, str) else str(value) for value in values]
    return brownie.reverts(f"{name}: {', '.join(words)}")


def travel_to(timestamp):
    """Mines a block of that time. (Brownie's `chain.mine(timestamp=…)` fails with Anvil.)"""
    answer = web3.provider.make_request("evm_setNextBlockTimestamp", [timestamp])
    assert "error" not in answer, answer
    chain.mine()


def _deploy_access_manager(admin):
    """OpenZeppelin's is not among the project's sources, so Brownie does not build it."""
    artifact = json.loads((ARTIFACTS / "AccessManager.json").read_text())
    data = bytes.fromhex(artifact["bytecode"].removeprefix("0x"))
    transaction = admin.transfer(data=(data + encode(["address"], [admin.address])).hex())
    return Contract.from_abi("AccessManager", transaction.contract_address, artifact["abi"])
