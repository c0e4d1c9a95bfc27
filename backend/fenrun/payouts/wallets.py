"""Partners' wallets on their way to the chain: where the vault pays, once the details were verified."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from fenrun.chain import sender
from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.gas import Call, estimate
from fenrun.chain.keys import Keys
from fenrun.payouts import vault_repository
from fenrun.payouts.eligibility import wallet_refused
from fenrun.payouts.models import PayoutDetails
from fenrun.payouts.withholding import load_rules

WALLETS_PER_JOB = 50

_REGISTRY = "PartnerRegistry"
_NOBODY = "0x" + "00" * 20


class Wallet(NamedTuple):
    """Where the vault pays a partner, and where it will when the change that waits takes effect. None for nowhere."""

    now: str | None
    then: str | None


def on_chain(session: Session) -> dict[int, Wallet]:
    """Partners' wallets as the chain has them, by the time of the last block that was read."""
    at, found = vault_repository.chain_time(session), {}
    for event, fields in vault_repository.wallet_logs(session):
        match event:
            case "PartnersRegistered":
                for number, partner in enumerate(fields["partners"], start=fields["firstId"]):
                    found[number] = (partner[2], partner[2], 0)
            case "PayoutChangeRequested":
                found[fields["partnerId"]] = (fields["from"][0], fields["to"][0], fields["effectiveAt"])
            case _:
                before = found[fields["partnerId"]][0]
                found[fields["partnerId"]] = (before, before, 0)
    return {
        number: Wallet(_address(after if effective_at <= at else before), _address(after))
        for number, (before, after, effective_at) in found.items()
    }


def _address(address: str) -> str | None:
    return None if address == _NOBODY else address


def register_due(session: Session, client: Client, keys: Keys, deployment: Deployment, at: int | None = None) -> int:
    """Binds the calls that give the chain the wallets of verified details, or take one away; returns how many.

    The chain lets a change wait for three days, in which the partner's old wallet can cancel it. One that was canceled
    is not asked for again until the details are verified anew.
    """
    news = vault_repository.newly_verified(session, WALLETS_PER_JOB)
    if not news:
        return 0
    known, bound = on_chain(session), 0
    for details in news:
        wanted, partner = _wanted(details), details.partner_number
        assert details.verified_at is not None
        if partner not in known:
            continue  # it waits to be registered itself
        if known[partner].then != wanted:
            data = artifact(_REGISTRY).call("changePayout", partner, (wanted or _NOBODY, bytes(32)))
            key = f"wallet:{partner}:{int(details.verified_at.timestamp() * 1_000_000)}"
            call = Call(key, keys.address("registrar"), deployment.addresses[_REGISTRY], data)
            sender.bind(session, call, estimate(client, call, _REGISTRY, at))
            bound += 1
        details.told_at = details.verified_at
    session.flush()
    return bound


def _wanted(details: PayoutDetails) -> str | None:
    """The wallet that a partner should have; None for a payee that can only be paid by bank."""
    assert details.verified_at is not None
    rule = load_rules().rule_for(details.country, details.payee_type, details.verified_at.date())
    return None if wallet_refused(details.country, rule) else details.wallet
