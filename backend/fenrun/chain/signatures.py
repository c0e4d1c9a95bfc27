"""Messages that people sign with their wallets."""

from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError


def signer_of(message: str, signature: str) -> str | None:
    """Who signed a message as EIP-191 has it (`personal_sign`): an address, lower case.

    Returns:
        None when the signature is no signature. The message's bytes are those of its UTF-8.
    """
    from eth_account import Account
    from eth_account.messages import encode_defunct

    try:
        raw = bytes.fromhex(signature.removeprefix("0x"))
        if len(raw) != 65:
            return None
        return str(Account.recover_message(encode_defunct(text=message), signature=raw)).lower()
    except (ValueError, BadSignature, ValidationError):
        return None
