"""Decisions about the companies that the vendor is in touch with itself."""

import datetime as dt

from sqlalchemy.orm import Session

from fenrun.deals import repository
from fenrun.deals.company_fields import checked_credit_code, checked_domain, checked_name
from fenrun.deals.errors import CustomerTakenError
from fenrun.deals.models import KnownCompany
from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id


def add(
    session: Session,
    legal_name: str,
    country: str,
    domain: str | None,
    credit_code: str | None,
    customer_id: str | None,
    *,
    direct_only: bool,
    contacted_on: dt.date | None,
) -> KnownCompany:
    """Writes down a company that the vendor knows itself.

    Raises:
        DealInvalidError: the name, the domain or the code names no company.
        NotFoundError: there is no such customer.
        CustomerTakenError: the customer is another company already.
    """
    number = None
    if customer_id is not None:
        customer = repository.customer(session, customer_id)
        if customer is None:
            raise NotFoundError(f"No customer {customer_id}")
        if repository.company_of_customer(session, customer.number) is not None:
            raise CustomerTakenError(f"The customer {customer_id} is a known company already; change that one")
        number = customer.number
    company = KnownCompany(
        id=new_id("kc"),
        legal_name=legal_name,
        name_key=checked_name(legal_name),
        country=country,
        domain=checked_domain(domain),
        credit_code=checked_credit_code(credit_code),
        direct_only=direct_only,
        contacted_on=contacted_on,
        customer_number=number,
    )
    repository.add(session, company)
    after = {"legal_name": legal_name, "direct_only": direct_only, "customer": customer_id}
    audit_log.record(session, "known_company.added", company.id, after=after)
    return company


def remove(session: Session, id_: str) -> None:
    """Forgets a company.

    Raises:
        NotFoundError: there is none.
    """
    company = repository.company_by_id(session, id_)
    if company is None:
        raise NotFoundError(f"No known company {id_}")
    audit_log.record(session, "known_company.removed", id_, before={"legal_name": company.legal_name})
    repository.remove(session, company)
