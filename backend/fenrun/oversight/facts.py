"""What partners and customers are judged by, from rows. No SQL, no HTTP."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from fenrun.compliance.sanctions import Likest
from fenrun.compliance.service import Subject
from fenrun.compliance.vocabulary import Value
from fenrun.kit.company_identity import Identity, is_mail_provider, likeness, name_key, registrable_domain
from fenrun.kit.countries import group_of
from fenrun.payouts import details

Row = Mapping[str, Any]


class Known(NamedTuple):
    """A partner as a company: what customers are compared with."""

    id: str
    identity: Identity
    domains: frozenset[str]
    """Of its members' mailboxes, but for those of mail providers."""


@cache
def disposable_domains() -> frozenset[str]:
    """Domains under which mailboxes are thrown away."""
    file = resources.files("fenrun.oversight") / "disposable_domains.txt"
    return frozenset(line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#"))


def of_partners(rows: Sequence[Row], keys: Mapping[int, bytes | None]) -> Iterator[tuple[Row, dict[str, Value]]]:
    """The facts of each partner, but for sanctions lists; `keys` are the partners' own, by number."""
    same_name = Counter((name_key(row["name"]), row["country"]) for row in rows)
    places = {row["number"]: _places(row, keys[row["number"]]) for row in rows}
    same_place = Counter(place for mine in places.values() for place in mine)
    for row in rows:
        yield (
            row,
            {
                "country_group": group_of(row["taxed_in"] or row["country"]),
                "payee_type": row["payee_type"] or ("individual" if row["type"] == "individual" else "entity"),
                "same_name_partners": same_name[name_key(row["name"]), row["country"]] - 1,
                "same_account_partners": max((same_place[place] - 1 for place in places[row["number"]]), default=0),
                "disposable_email": any(_domain(email) in disposable_domains() for email in row["emails"]),
            },
        )


def _places(row: Row, key: bytes | None) -> set[str]:
    """Where a partner is paid: an account, a wallet."""
    found = {row["wallet"]} if row["wallet"] else set()
    if row["account"] is not None and key is not None:
        account = details.unseal(key, row["number"], bytes(row["account"]))
        found.add(account.identifier.replace(" ", "").upper())
    return found


def partner_subject(row: Row, facts: Mapping[str, Value], like: Likest) -> Subject:
    """A partner to be judged."""
    screened: dict[str, Value] = {
        "list_score_bps": like.score_bps, "list_entry": like.entry, "list_version": like.versions,
    }  # fmt: skip
    return Subject("partner", row["id"], {**facts, **screened}, row["name"], row["number"])


def known_partners(rows: Sequence[Row]) -> dict[int, Known]:
    """Partners as companies, by number."""
    return {row["number"]: _known(row) for row in rows}


def _known(row: Row) -> Known:
    domains = {domain for email in row["emails"] if (domain := _domain(email)) and not is_mail_provider(domain)}
    own = next(iter(domains)) if len(domains) == 1 else None
    return Known(row["id"], Identity(name_key(row["name"]), row["country"], own, None), frozenset(domains))


def _domain(email: str) -> str:
    return registrable_domain(email) or ""


def of_customers(rows: Sequence[Row], partners: Mapping[int, Known]) -> Iterator[Subject]:
    """Customers to be judged: one that several rows tell of is judged by what is worst of them."""
    by_number: dict[int, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row["number"], []).append(row)
    for number, told in by_number.items():
        payees = [partners[payee] for payee in told[0]["payees"] or ()]
        companies = [Identity(row["name_key"], row["country"], row["domain"], row["credit_code"]) for row in told]
        found = {likeness(company, payee.identity) for company in companies for payee in payees}
        alike = "same" if "same" in found else "alike" if "unsure" in found else "no"
        shared = any(company.domain in payee.domains for company in companies for payee in payees if company.domain)
        facts: dict[str, Value] = {"customer_is_partner": alike, "shared_domain": shared}
        yield Subject("customer", told[0]["external_id"], facts, told[0]["legal_name"], customer_number=number)
