"""A scenario folder: partners, customers, plans, orders and perhaps refunds, checked row by row."""

import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fenrun.demo.plan_file import PlanRow, read_plans
from fenrun.demo.rows import Refused, Row, read_rows
from fenrun.kit.calendar import month_number, move_months
from fenrun.kit.errors import SetupError
from fenrun.kit.money import AmountError, Currency
from fenrun.registry.service import NewPartner

FILES = ("partners.csv", "customers.csv", "plans.yaml", "orders.csv")
REFUNDS = "refunds.csv"
"""May be missing."""
ROLE_COLUMNS = ("referrer", "implementer", "trainer")
KINDS = {"new": "subscription.created", "renewal": "subscription.renewed"}
# A chain's clock starts in 1970, and one order of the year 9999 would move all others before it.
_YEARS = range(1970, 2100)
_DAY_HINT = "write YYYY-MM-DD, from 1970 to 2099"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTNER_TYPES = ("individual", "entity")


@dataclass(frozen=True)
class CustomerRow:
    """A customer, the partners that earned it by their ids, and its plan."""

    customer_id: str
    registered_on: dt.date
    partners: tuple[str, str, str]
    plan: str


@dataclass(frozen=True)
class OrderRow:
    """An order as the file has it; the amount in minor units."""

    line: int
    order_id: str
    customer_id: str
    paid_on: dt.date
    kind: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundRow:
    """A refund as the file has it; the amount in minor units."""

    line: int
    refund_id: str
    order_id: str
    refunded_on: dt.date
    amount: int


@dataclass
class Scenario:
    """What a folder holds, and what of it is refused."""

    currency: Currency
    plans: list[PlanRow]
    partners: list[NewPartner] = field(default_factory=list)
    customers: list[CustomerRow] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    orders_read: int = 0
    refunds: list[RefundRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def folder_hash(folder: Path) -> str:
    """A name for the content of a scenario.

    Raises:
        SetupError: the folder or one of its files is missing.
    """
    digest = hashlib.sha256()
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise SetupError(f"{path} is missing; a scenario folder holds {', '.join(FILES)}")
        _add_to(digest, path)
    if (folder / REFUNDS).is_file():
        _add_to(digest, folder / REFUNDS)
    return digest.hexdigest()[:16]


def _add_to(digest: "hashlib._Hash", path: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{path.name} {len(content)}\n".encode())
    digest.update(content)


def read_scenario(folder: Path) -> Scenario:
    """Reads and checks a scenario folder.

    Raises:
        SetupError: something that concerns more than a row is wrong; the detail names file and remedy.
    """
    rows = list(read_rows(folder / "orders.csv", ("order_id", "customer_id", "paid_on", "kind", "amount", "currency")))
    stated, plan_entries = read_plans(folder / "plans.yaml")
    currency = _currency(stated, rows)
    scenario = Scenario(currency, [entry.in_currency(currency) for entry in plan_entries])
    scenario.orders_read = len(rows)
    _read_partners(folder, scenario)
    _read_customers(folder, scenario)
    for row in rows:
        outcome = _order(row, currency) if isinstance(row, Row) else row
        if isinstance(outcome, Refused):
            scenario.refused.append(outcome)
        else:
            scenario.orders.append(outcome)
    if (folder / REFUNDS).is_file():
        _read_refunds(folder, scenario)
    return scenario


def months_to_today(latest: dt.date, today: dt.date) -> int:
    """By how many months dates move so that the latest falls as late as possible, but not after today."""
    months = month_number(today) - month_number(latest)
    return months if move_months(latest, months) <= today else months - 1


def _currency(stated: str | None, rows: list[Row | Refused]) -> Currency:
    """The ledger's currency: the one that plans.yaml states, or else the one of most orders."""
    codes = (
        [stated]
        if stated
        else [code for code, _ in Counter(r.values["currency"] for r in rows if isinstance(r, Row)).most_common()]
    )
    for code in codes:
        currency = Currency.of(code)
        if currency is not None:
            return currency
    raise SetupError(
        f"No currency to keep the books in: {', '.join(codes[:3]) or 'orders.csv has no orders'}. "
        "Use ISO 4217 codes such as USD, or state `currency:` in plans.yaml"
    )


def _read_partners(folder: Path, scenario: Scenario) -> None:
    seen: set[str] = set()
    for row in read_rows(folder / "partners.csv", ("partner_id", "name", "country", "type")):
        if isinstance(row, Refused):
            scenario.refused.append(row._replace(order_id=""))
            continue
        values = row.values
        partner = NewPartner(values["partner_id"], values["name"], values["country"], values["type"])
        problem = None
        if not partner.external_id:
            problem = ("partner_id_missing", "partner_id is empty")
        elif partner.external_id in seen:
            problem = ("partner_duplicate", f"partner {partner.external_id} stands above already")
        elif partner.type not in _PARTNER_TYPES:
            problem = ("type_unknown", f"type is “{partner.type}”; it is one of {', '.join(_PARTNER_TYPES)}")
        if problem:
            scenario.refused.append(Refused("", *problem, "partners.csv", row.line))
            continue
        seen.add(partner.external_id)
        scenario.partners.append(partner)


def _read_customers(folder: Path, scenario: Scenario) -> None:
    partners = {partner.external_id for partner in scenario.partners}
    plans = {plan.code for plan in scenario.plans}
    seen: set[str] = set()
    for row in read_rows(folder / "customers.csv", ("customer_id", "registered_on", *ROLE_COLUMNS, "plan")):
        if isinstance(row, Refused):
            scenario.refused.append(row._replace(order_id=""))
            continue
        customer = _customer(row, partners, plans, seen)
        if isinstance(customer, Refused):
            scenario.refused.append(customer)
        else:
            seen.add(customer.customer_id)
            scenario.customers.append(customer)


def _customer(row: Row, partners: set[str], plans: set[str], seen: set[str]) -> CustomerRow | Refused:
    def refuse(reason: str, detail: str) -> Refused:
        return Refused("", reason, detail, "customers.csv", row.line)

    values = row.values
    customer_id, day = values["customer_id"], parse_day(values["registered_on"])
    held = tuple(values[column] for column in ROLE_COLUMNS)
    unknown = next((partner for partner in held if partner and partner not in partners), None)
    if not customer_id:
        return refuse("customer_id_missing", "customer_id is empty")
    if customer_id in seen:
        return refuse("customer_duplicate", f"customer {customer_id} stands above already; first touch wins")
    if day is None:
        return refuse(
            "date_malformed", f"registered_on is “{values['registered_on']}”; write YYYY-MM-DD, from 1970 to 2099"
        )
    if unknown is not None:
        return refuse("partner_unknown", f"partners.csv has no partner {unknown}")
    if values["plan"] not in plans:
        return refuse("plan_unknown", f"plans.yaml has no plan “{values['plan']}”")
    return CustomerRow(customer_id, day, (held[0], held[1], held[2]), values["plan"])


def _order(row: Row, currency: Currency) -> OrderRow | Refused:
    values = row.values
    order_id = values["order_id"]

    def refuse(reason: str, detail: str) -> Refused:
        return Refused(order_id, reason, detail, "orders.csv", row.line)

    day = parse_day(values["paid_on"])
    if not order_id:
        return refuse("order_id_missing", "order_id is empty")
    if day is None:
        return refuse("date_malformed", f"paid_on is “{values['paid_on']}”; {_DAY_HINT}")
    if values["kind"] not in KINDS:
        return refuse("kind_unknown", f"kind is “{values['kind']}”; it is new or renewal")
    if values["currency"] != currency.code:
        return refuse(
            "currency_unknown",
            f"currency is “{values['currency']}”; this ledger was set up for {currency.code}",
        )
    try:
        amount = currency.parse(values["amount"])
    except AmountError as error:
        return refuse(error.code, error.detail)
    return OrderRow(row.line, order_id, values["customer_id"], day, values["kind"], amount, currency.code)


def _read_refunds(folder: Path, scenario: Scenario) -> None:
    for row in read_rows(folder / REFUNDS, ("refund_id", "order_id", "refunded_on", "amount")):
        outcome = _refund(row, scenario.currency) if isinstance(row, Row) else row._replace(order_id="")
        if isinstance(outcome, Refused):
            scenario.refused.append(outcome)
        else:
            scenario.refunds.append(outcome)


def _refund(row: Row, currency: Currency) -> RefundRow | Refused:
    values = row.values
    day = parse_day(values["refunded_on"])
    if not values["refund_id"] or not values["order_id"]:
        missing = "order_id" if values["refund_id"] else "refund_id"
        return Refused(values["order_id"], f"{missing}_missing", f"{missing} is empty", REFUNDS, row.line)
    if day is None:
        detail = f"refunded_on is “{values['refunded_on']}”; {_DAY_HINT}"
        return Refused(values["order_id"], "date_malformed", detail, REFUNDS, row.line)
    try:
        amount = currency.parse(values["amount"])
    except AmountError as error:
        return Refused(values["order_id"], error.code, error.detail, REFUNDS, row.line)
    return RefundRow(row.line, values["refund_id"], values["order_id"], day, amount)


def parse_day(text: str) -> dt.date | None:
    """The day of `YYYY-MM-DD`, from 1970 to 2099; None for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None
