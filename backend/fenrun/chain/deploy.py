"""Deployment: which transactions put our contracts on a chain, and who may do what there.

Roles follow OpenZeppelin's AccessManager. Governing takes effect two days after it was announced; the deployer
hands administration to the governor, under the same delay, and keeps nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak
from rlp import encode as rlp_encode

from fenrun.chain.contracts import JOURNALS, artifact

ROLES = {
    "governor": 1,
    "registrar": 2,
    "operator": 3,
    "refunder": 4,
    "arbiter": 5,
    "pauser": 6,
    "treasurer": 7,
    "ledger": 8,
    "court": 9,
    "vault": 10,
    "panel": 11,
}
_ADMIN = 0
_NO_PREDECESSOR = "0x" + "00" * 20
_DAY_SECONDS = 86_400
GOVERNING_DELAY_SECONDS = 2 * _DAY_SECONDS
DISPUTE_PERIODS = (5 * _DAY_SECONDS, 3 * _DAY_SECONDS, 5 * _DAY_SECONDS)
"""How long the stages of a dispute last: ruling, appeal, panel."""

# By nonce: what came later stands last, so that the addresses before it stay.
_CONTRACTS = ("AccessManager", *JOURNALS[:5], "LedgerLens", *JOURNALS[5:])

# Who may call what. What is not here is for anyone, or nobody: `mature`, taking over a predecessor's accounts, what
# parties of a dispute do through their own wallets.
PERMISSIONS = {
    "PartnerRegistry": {
        "registrar": ["registerPartners", "setStatus", "setRoles", "changePayout", "cancelPayoutChange"],
    },
    "PlanRegistry": {"governor": ["publishPlan", "retirePlan"]},
    "ReferralRegistry": {
        "registrar": ["registerReferrals", "registerClaim"],
        "arbiter": ["reassign"],
        "ledger": ["lock"],
    },
    "SettlementLedger": {
        "operator": ["settleBatch"],
        "refunder": ["refund"],
        "treasurer": ["recordPayouts", "returnPayout", "adjust"],
        "vault": ["recordWithdrawal"],
        "court": ["freeze", "resolve"],
        "pauser": ["pause"],
        "governor": ["setAttestor", "unpause", "retire", "writeOffDebt"],
    },
    "DisputeCourt": {
        "registrar": ["open", "submitEvidence", "appeal"],
        "arbiter": ["rule"],
        "panel": ["vote"],
    },
    # Whoever answers for money that left answers for the books; the operator's key settles day and night.
    "CheckpointRegistry": {"treasurer": ["anchor"]},
}


@dataclass(frozen=True)
class Step:
    """A transaction of the deployer."""

    key: str
    to: str | None
    data: bytes


def contract_addresses(deployer: str) -> dict[str, str]:
    """Where the contracts will be when they are the deployer's first transactions."""
    return {
        name: "0x" + keccak(rlp_encode([to_canonical_address(deployer), nonce]))[12:].hex()
        for nonce, name in enumerate(_CONTRACTS)
    }


def creations(deployer: str, attestor: str, currency: str) -> list[Step]:
    """The transactions that create the contracts, in the order of their nonces."""
    at = contract_addresses(deployer)
    manager, partners, plans, referrals, ledger, *_ = (at[name] for name in _CONTRACTS)
    arguments: dict[str, tuple[object, ...]] = {
        "AccessManager": (deployer,),
        "PartnerRegistry": (manager,),
        "PlanRegistry": (manager,),
        "ReferralRegistry": (manager, partners, plans),
        "SettlementLedger": (manager, partners, plans, referrals, currency.encode(), attestor, _NO_PREDECESSOR),
        "DisputeCourt": (manager, ledger, DISPUTE_PERIODS),
        "LedgerLens": (),
        "CheckpointRegistry": (manager,),
    }
    return [Step(f"deploy:{name}", None, artifact(name).constructor(*args)) for name, args in arguments.items()]


def grants(deployer: str, holders: Mapping[str, str]) -> list[Step]:
    """The transactions that hand out the roles; `holders` are addresses by role."""
    at, manager = contract_addresses(deployer), artifact("AccessManager")
    calls = []
    for contract, permissions in PERMISSIONS.items():
        for role, functions in permissions.items():
            selectors = [artifact(contract).selector(function) for function in functions]
            calls.append(manager.call("setTargetFunctionRole", at[contract], selectors, ROLES[role]))
    for role, holder in {**holders, "ledger": at["SettlementLedger"], "court": at["DisputeCourt"]}.items():
        delay = GOVERNING_DELAY_SECONDS if role == "governor" else 0
        calls.append(manager.call("grantRole", ROLES[role], holder, delay))
    calls.append(manager.call("grantRole", _ADMIN, holders["governor"], GOVERNING_DELAY_SECONDS))
    return [Step(f"grant:{index}", at["AccessManager"], data) for index, data in enumerate(calls)]


def renunciation(deployer: str) -> Step:
    """The deployer's last transaction: it gives up administration."""
    data = artifact("AccessManager").call("renounceRole", _ADMIN, deployer)
    return Step("renounce", contract_addresses(deployer)["AccessManager"], data)
