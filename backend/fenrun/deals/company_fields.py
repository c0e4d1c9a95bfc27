"""What a person writes of a company, checked: each refusal names the field, and what would do."""

from fenrun.deals.errors import DealInvalidError
from fenrun.kit.company_identity import is_credit_code, is_mail_provider, name_key, registrable_domain


def checked_name(legal_name: str) -> str:
    """What a legal name is compared by.

    Raises:
        DealInvalidError: nothing of it names a company.
    """
    key = name_key(legal_name)
    if len(key) < 2:
        raise DealInvalidError(f"legal_name: “{legal_name}” names no company; write its whole name as registered")
    return key


def checked_domain(domain: str | None) -> str | None:
    """The registrable part of a company's domain; None for none.

    Raises:
        DealInvalidError: it is no domain, or one under which everybody has a mailbox.
    """
    if not domain:
        return None
    found = registrable_domain(domain)
    if found is None:
        raise DealInvalidError(f"domain: {domain} is none that a company can have; write acme.com, say")
    if is_mail_provider(found):
        raise DealInvalidError(f"domain: everybody has a mailbox at {found}; write the company's own domain")
    return found


def checked_credit_code(code: str | None) -> str | None:
    """A unified social credit code as it is written; None for none.

    Raises:
        DealInvalidError: it is none.
    """
    if not code:
        return None
    upper = code.strip().upper()
    if not is_credit_code(upper):
        raise DealInvalidError(f"credit_code: {code} has a wrong length, character or check character (GB 32100)")
    return upper
