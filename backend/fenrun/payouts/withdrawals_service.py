"""Withdrawals that a partner's wallet signed, and we bring to the vault: the partner needs no coin for the fee."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import VAULT, Deployment, artifact
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.sender import bind
from fenrun.chain.token import is_address
from fenrun.kit.ids import new_id
from fenrun.kit.money import Currency
from fenrun.payouts import repository, vault_repository
from fenrun.payouts.eligibility import wallet_refused
from fenrun.payouts.errors import RailError, WithdrawalRefusedError
from fenrun.payouts.models import Payout

_SENTENCES = {
    "Vault_BadSignature": "The signature is not of the partner's wallet, or not over this partner, address, amount, "
    "nonce and deadline; sign these",
    "Vault_NonceUsed": "This nonce was used before; sign with another one",
    "Vault_SignatureExpired": "The deadline is over; sign with a later one",
    "Vault_WithdrawalsPaused": "Withdrawals are paused, for three days at the most; try again later",
    "Ledger_Insufficient": "Less than this is available; ask for no more than the balance",
    "Ledger_Suspended": "The partner is suspended; what is earned stays credited",
    "Ledger_NotOpen": "The ledger does not pay at present",
}
"""What the contracts refuse a withdrawal with. Anything else is the token's word."""


@dataclass(frozen=True)
class Relay:
    """What brings a call to the chain: a node, whose key sends, and where the contracts are."""

    client: Client
    signer: str
    deployment: Deployment


class Withdrawal(NamedTuple):
    """What the wallet signed, in the contract's order. The amount is minor units, the deadline Unix seconds."""

    partner_number: int
    to: str
    amount: int
    nonce: int
    deadline: int


def relay(session: Session, relay_: Relay, asked: Withdrawal, signature: bytes, currency: Currency) -> Payout:
    """Binds the call of a signed withdrawal, which is a payout from here on; the same one again changes nothing.

    Raises:
        RailError: the payee may only be paid by bank.
        WithdrawalRefusedError: the vault would refuse it; the detail says why and what to do.
    """
    vault = relay_.deployment.vault
    if vault is None:
        raise RailError("This installation was set up without a token vault; there is only the bank rail")
    key = f"withdraw:{asked.partner_number}:{asked.nonce}"
    # Two requests with one signature: the second waits, and finds the payout of the first.
    repository.lock(session)
    known = vault_repository.by_intent_key(session, key)
    if known is not None and (known.gross, known.wallet) == (asked.amount, asked.to.lower()):
        return known
    if known is not None:
        raise WithdrawalRefusedError(_SENTENCES["Vault_NonceUsed"])
    _require_payable(session, asked, currency)
    call = Call(key, relay_.signer, vault, artifact(VAULT).call("withdrawWithSig", tuple(asked), signature))
    try:
        gas = estimate(relay_.client, call, VAULT)
    except RevertedError as error:
        raise WithdrawalRefusedError(_in_a_sentence(error.detail)) from error
    payout = Payout(
        id=new_id("po"),
        partner_number=asked.partner_number,
        gross=asked.amount,
        withheld=0,
        rail="token",
        wallet=asked.to.lower(),
        bank_reference="",
        status="processing",
        intent_id=bind(session, call, gas),
    )
    session.add(payout)
    session.flush()
    return payout


def _require_payable(session: Session, asked: Withdrawal, currency: Currency) -> None:
    if not is_address(asked.to):
        raise WithdrawalRefusedError("to: no address, which is 0x and 40 hex digits, or its checksum does not fit")
    country = vault_repository.country_of(session, asked.partner_number)
    # PAY-02 looks at where the payee is, whatever the chain would do.
    refused = wallet_refused(country, None)
    if refused is not None:
        raise RailError(refused.detail)
    reserved, available = vault_repository.reserved_and_available(session, asked.partner_number, currency.code)
    if asked.amount > available - reserved:
        raise WithdrawalRefusedError(
            f"{currency.format(asked.amount)} {currency.code} is more than the "
            f"{currency.format(max(available - reserved, 0))} {currency.code} that are available and in no payout"
        )


def _in_a_sentence(detail: str) -> str:
    return next((sentence for name, sentence in _SENTENCES.items() if f"{name}(" in detail), detail)
