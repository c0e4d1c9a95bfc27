"""A registration that the partner's own wallet claims on the chain: nobody can say later that it was not its claim."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.chain.client import Client, to_hex
from fenrun.chain.contracts import Deployment, artifact
from fenrun.chain.errors import RevertedError
from fenrun.chain.gas import Call, estimate
from fenrun.chain.sender import bind
from fenrun.deals import service
from fenrun.deals.errors import ClaimRefusedError, DealTransitionError
from fenrun.deals.models import Deal

SIGNED_FOR = dt.timedelta(hours=1)
"""How long a signature counts."""

_CONTRACT = "ReferralRegistry"
_CLAIM = {
    "customerKey": "bytes12", "referrer": "uint32", "implementer": "uint32", "trainer": "uint32", "planId": "uint24",
    "effectiveFrom": "uint40", "validTo": "uint40", "claimant": "uint32", "deadline": "uint40",
}  # fmt: skip
_DOMAIN = {"name": "string", "version": "string", "chainId": "uint256", "verifyingContract": "address"}


def typed_data(deal: Deal, deployment: Deployment, reference_key: bytes, deadline: dt.datetime) -> dict[str, Any]:
    """What the wallet is to sign (`eth_signTypedData_v4`); see `IReferralRegistry.registerClaim`.

    Raises:
        DealTransitionError: the registration does not wait for a signature.
    """
    key, *numbers = _referral(deal, reference_key)
    values = [to_hex(key), *map(str, numbers), str(deal.partner_number), str(int(deadline.timestamp()))]
    return {
        "types": {
            "EIP712Domain": [{"name": name, "type": type_} for name, type_ in _DOMAIN.items()],
            "ReferralClaim": [{"name": name, "type": type_} for name, type_ in _CLAIM.items()],
        },
        "primaryType": "ReferralClaim",
        "domain": {
            "name": f"Fenrun {_CONTRACT}",
            "version": "1",
            "chainId": str(deployment.chain_id),
            "verifyingContract": deployment.addresses[_CONTRACT],
        },
        "message": dict(zip(_CLAIM, values, strict=True)),
    }


def make(
    session: Session,
    client: Client,
    signer: str,
    deployment: Deployment,
    reference_key: bytes,
    deal: Deal,
    deadline: int,
    signature: bytes,
) -> None:
    """Brings a signed claim on its way, which makes the registration a customer.

    Raises:
        DealTransitionError: the registration does not wait for a signature.
        ClaimRefusedError: the chain would refuse it: another's signature, say, or one that is too old.
    """
    referral = _referral(deal, reference_key)
    data = artifact(_CONTRACT).call("registerClaim", referral, deal.partner_number, deadline, signature)
    call = Call(f"claim:{deal.number}", signer, deployment.addresses[_CONTRACT], data)
    try:
        gas = estimate(client, call, _CONTRACT)
    except RevertedError as error:
        raise ClaimRefusedError(f"{error.detail}; ask for the claim again, and sign it with your wallet") from error
    service.make_attribution(session, reference_key, deal)
    assert deal.customer_number is not None
    attribution.set_intent(session, attribution.ids_of(session, deal.customer_number), bind(session, call, gas))


def _referral(deal: Deal, reference_key: bytes) -> tuple[bytes, int, int, int, int, int, int]:
    if deal.claim != "awaits_signature" or deal.status != "approved":
        raise DealTransitionError("The registration does not wait for a signature")
    assert deal.customer_external_id is not None and deal.plan_number is not None and deal.registered_at is not None  # noqa: PT018
    key = attribution.customer_key(reference_key, deal.customer_external_id)
    since = int(deal.registered_at.timestamp())
    return key, deal.partner_number, 0, 0, deal.plan_number, since, 0
