"""Deployment: which transactions put our contracts on a chain, and who may do what there.

Roles follow OpenZeppelin's AccessManager. Governing takes effect two days after it was announced; the deployer
hands administration to the governor, under the same delay, and keeps nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak
from rlp import encode as rlp_encode

from fenrun.chain.contracts import JOURNALS, VAULT, artifact

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
_ALL = 2**256 - 1
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
    VAULT: {
        "operator": ["settleBatch"],
        "treasurer": ["collect", "returnSurplus", "payoutBatch"],
        "pauser": ["pauseWithdrawals"],
        "governor": ["moveTo"],
    },
}
_COLLECTED = {role: functions for role, functions in PERMISSIONS["SettlementLedger"].items() if role != "operator"}
_COLLECTED["vault"] = ["settleBatch", *_COLLECTED["vault"]]
"""Who may call the ledger where a vault collects: nothing is settled that was not collected."""


@dataclass(frozen=True)
class Token:
    """The ERC-20 in which a ledger's currency is paid, where there is one."""

    address: str
    payer: str
    """Who pays for what is credited, and gets what is left over."""
    scale: int
    """How many units of the token are one minor unit of the currency."""


@dataclass(frozen=True)
class Step:
    """A transaction of the set-up."""

    key: str
    to: str | None
    data: bytes
    role: str = "deployer"


def contract_addresses(deployer: str, *, vault: bool = False) -> dict[str, str]:
    """Where the contracts will be when they are the deployer's first transactions; with the token rail or without."""
    return {
        name: "0x" + keccak(rlp_encode([to_canonical_address(deployer), nonce]))[12:].hex()
        for nonce, name in enumerate(_CONTRACTS)
        if vault or name != VAULT
    }


def creations(deployer: str, attestor: str, currency: str, token: Token | None = None) -> list[Step]:
    """The transactions that create the contracts, in the order of their nonces."""
    at = contract_addresses(deployer)
    manager, partners, plans, referrals, ledger, *_ = (at[name] for name in _CONTRACTS if name != VAULT)
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
    if token is not None:
        arguments[VAULT] = (manager, ledger, token.address, token.payer, token.scale)
    return [Step(f"deploy:{name}", None, artifact(name).constructor(*args)) for name, args in arguments.items()]


def role_number(key: str) -> int:
    """The role on chain of a key of ours; the seats of the panel are one role."""
    return ROLES[key.partition("_")[0]]


def grants(deployer: str, holders: Mapping[str, str], *, vault: bool = False) -> list[Step]:
    """The transactions that hand out the roles; `holders` are addresses by role."""
    at, manager = contract_addresses(deployer, vault=vault), artifact("AccessManager")
    permissions_of = {**PERMISSIONS, "SettlementLedger": _COLLECTED} if vault else PERMISSIONS
    contracts = {"ledger": at["SettlementLedger"], "court": at["DisputeCourt"]} | (
        {"vault": at[VAULT]} if vault else {}
    )
    calls = []
    for contract in (name for name in permissions_of if name in at):
        for role, functions in permissions_of[contract].items():
            selectors = [artifact(contract).selector(function) for function in functions]
            calls.append(manager.call("setTargetFunctionRole", at[contract], selectors, ROLES[role]))
    for role, holder in {**holders, **contracts}.items():
        delay = GOVERNING_DELAY_SECONDS if role == "governor" else 0
        calls.append(manager.call("grantRole", role_number(role), holder, delay))
    calls.append(manager.call("grantRole", _ADMIN, holders["governor"], GOVERNING_DELAY_SECONDS))
    return [Step(f"grant:{index}", at["AccessManager"], data) for index, data in enumerate(calls)]


def approval(deployer: str, token: Token) -> Step:
    """The payer's transaction that lets the vault collect; for a payer whose key is the treasurer's."""
    vault = contract_addresses(deployer, vault=True)[VAULT]
    data = function_signature_to_4byte_selector("approve(address,uint256)") + encode(
        ["address", "uint256"], [vault, _ALL]
    )
    return Step("approve:vault", token.address, data, "treasurer")


def renunciation(deployer: str) -> Step:
    """The deployer's last transaction: it gives up administration."""
    data = artifact("AccessManager").call("renounceRole", _ADMIN, deployer)
    return Step("renounce", contract_addresses(deployer)["AccessManager"], data)
