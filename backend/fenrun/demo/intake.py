"""A scenario into the database: all of it in one transaction, dates moved to the present."""

import datetime as dt
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.attribution.service import NewCustomer
from fenrun.demo.rows import Refused
from fenrun.demo.scenario import KINDS, REFUNDS, OrderRow, Scenario, months_to_today
from fenrun.kit.calendar import month_number, move_months, start_of
from fenrun.kit.db import get_fact, set_fact
from fenrun.kit.errors import FenrunError, SetupError
from fenrun.plans import service as plans
from fenrun.registry import repository as registry
from fenrun.registry import service as partners
from fenrun.settlement import intake_repository as repository
from fenrun.settlement.errors import OrderDuplicateError, RefundDuplicateError
from fenrun.settlement.intake import REFUNDED, SubscriptionEvent, accept_events

SOURCE = "scenario"
FACT = "scenario"
_CHUNK = 5_000
_EARLIEST = dt.date(1970, 1, 1)
_DAYS_BEFORE = 4
"""Days between genesis and the first day of the scenario: plans are announced two days before they apply."""


def take_in(session: Session, scenario: Scenario, reference_key: bytes, today: dt.date) -> None:
    """Takes a scenario in. Does nothing when it was taken in before: the date shift of then stays."""
    if get_fact(session, FACT) is not None:
        return
    months = months_to_today(_latest(scenario, today), today)
    _refuse_before_time(scenario, months)

    for plan in scenario.plans:
        plans.add_plan(session, reference_key, plan.code, scenario.currency.code, plan.terms)
    partners.add_partners(session, reference_key, scenario.partners)
    _add_customers(session, scenario, reference_key, months)
    refused = [*scenario.refused, *_add_orders(session, scenario, reference_key, months)]
    refused += _add_refunds(session, scenario, reference_key, months)
    order_of_files = {"plans.yaml": 0, "partners.csv": 1, "customers.csv": 2, "orders.csv": 3, REFUNDS: 4}
    refused.sort(key=lambda row: (order_of_files[row.file], row.line))
    repository.add_refusals(session, refused)

    first = _first_day(session, today)
    genesis = start_of(first - dt.timedelta(days=_DAYS_BEFORE))
    set_fact(
        session,
        FACT,
        {
            "currency": scenario.currency.code,
            "months": months,
            "orders_read": scenario.orders_read,
            "genesis_time": int(genesis.timestamp()),
            "first_day": first.isoformat(),
            "today": today.isoformat(),
        },
    )


def add_new(
    session: Session, scenario: Scenario, currency: str, reference_key: bytes
) -> tuple[dict[str, int], list[Refused]]:
    """Adds to a running installation what of a scenario it does not know yet, dates as they are.

    A plan with other terms than its last version becomes the next version.

    Returns:
        How many of each were added, and the rows that are refused.

    Raises:
        SetupError: the scenario is in another currency.
    """
    if scenario.currency.code != currency:
        raise SetupError(f"The folder is in {scenario.currency.code}, and this installation in {currency}")
    known = {plan.code: plans.terms_of(plan) for plan in plans.all_plans(session)}
    new_plans = [plan for plan in scenario.plans if known.get(plan.code) != plan.terms]
    for plan in new_plans:
        plans.add_plan(session, reference_key, plan.code, currency, plan.terms)
    there = registry.numbers_by_external_id(session)
    scenario.partners = [partner for partner in scenario.partners if partner.external_id not in there]
    partners.add_partners(session, reference_key, scenario.partners)
    customers = attribution.in_force(session, [customer.customer_id for customer in scenario.customers])
    scenario.customers = [customer for customer in scenario.customers if customer.customer_id not in customers]
    _add_customers(session, scenario, reference_key, 0)
    before = _orders_and_refunds(session)
    refused = [*scenario.refused, *_add_orders(session, scenario, reference_key, 0, twice=True)]
    refused += _add_refunds(session, scenario, reference_key, 0, twice=True)
    orders, refunds = _orders_and_refunds(session)
    return {
        "plans": len(new_plans),
        "partners": len(scenario.partners),
        "customers": len(scenario.customers),
        "orders": orders - before[0],
        "refunds": refunds - before[1],
    }, refused


def _orders_and_refunds(session: Session) -> tuple[int, int]:
    row = session.execute(text("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM refunds)")).one()
    return row[0], row[1]


def _latest(scenario: Scenario, today: dt.date) -> dt.date:
    """The day of the latest order, or refund of one, that will be accepted."""
    since = {customer.customer_id: customer.registered_on for customer in scenario.customers}
    seen: set[str] = set()
    days = [today] if not scenario.orders else []
    for order in scenario.orders:
        first = order.order_id not in seen
        if first and order.amount > 0 and order.paid_on >= since.get(order.customer_id, dt.date.max):
            days.append(order.paid_on)
            seen.add(order.order_id)
    days += [refund.refunded_on for refund in scenario.refunds if refund.order_id in seen and refund.amount > 0]
    return max(days, default=today)


def _refuse_before_time(scenario: Scenario, months: int) -> None:
    """Refuses what would fall before 1970 when dates are moved; a chain's clock has no earlier day."""
    kept = []
    for order in scenario.orders:
        if month_number(order.paid_on) + months > month_number(_EARLIEST):
            kept.append(order)
            continue
        detail = f"{order.paid_on} is too long before the latest order"
        scenario.refused.append(Refused(order.order_id, "date_out_of_range", detail, "orders.csv", order.line))
    scenario.orders = kept
    for index, customer in enumerate(scenario.customers):
        if month_number(customer.registered_on) + months <= month_number(_EARLIEST):
            since = move_months(_EARLIEST, 1 - months)
            scenario.customers[index] = replace(customer, registered_on=since)


def _first_day(session: Session, today: dt.date) -> dt.date:
    """The first day on which something happens."""
    first = session.scalar(
        text("SELECT least((SELECT min(paid_at) FROM orders), (SELECT min(effective_from) FROM referrals))")
    )
    return min(first.astimezone(dt.UTC).date(), today) if first is not None else today


def _add_customers(session: Session, scenario: Scenario, reference_key: bytes, months: int) -> None:
    numbers = registry.numbers_by_external_id(session)
    plan_numbers = {plan.code: plan.number for plan in plans.all_plans(session)}
    attribution.add_customers(
        session,
        reference_key,
        (
            NewCustomer(
                customer.customer_id,
                numbers.get(customer.partners[0]),
                numbers.get(customer.partners[1]),
                numbers.get(customer.partners[2]),
                plan_numbers[customer.plan],
                start_of(move_months(customer.registered_on, months)),
            )
            for customer in scenario.customers
        ),
    )


def _add_orders(
    session: Session, scenario: Scenario, reference_key: bytes, months: int, *, twice: bool = False
) -> list[Refused]:
    """Takes in the orders, as events; returns those that are refused. With `twice`, one that came before is none."""
    refused = []
    for start in range(0, len(scenario.orders), _CHUNK):
        rows = scenario.orders[start : start + _CHUNK]
        outcomes = accept_events(
            session,
            SOURCE,
            [_event(row, months) for row in rows],
            scenario.currency,
            reference_key,
            park=False,
        )
        for row, outcome in zip(rows, outcomes, strict=True):
            error = outcome
            if not isinstance(error, FenrunError):
                if not error.replayed or twice:
                    continue
                error = OrderDuplicateError(f"Order {row.order_id} stands above already")
            refused.append(Refused(row.order_id, error.code, error.detail, "orders.csv", row.line))
    return refused


def _add_refunds(
    session: Session, scenario: Scenario, reference_key: bytes, months: int, *, twice: bool = False
) -> list[Refused]:
    """Takes in the refunds, as events; returns those that are refused. `twice` as in `_add_orders`."""
    events = [
        SubscriptionEvent(
            external_id=f"refund {row.refund_id}",
            type=REFUNDED,
            at=start_of(move_months(row.refunded_on, months)),
            order_id=row.order_id,
            refund_id=row.refund_id,
            amount=row.amount,
            currency=scenario.currency.code,
        )
        for row in scenario.refunds
    ]
    outcomes = accept_events(session, SOURCE, events, scenario.currency, reference_key, park=False)
    refused = []
    for row, outcome in zip(scenario.refunds, outcomes, strict=True):
        error = outcome
        if not isinstance(error, FenrunError):
            if not error.replayed or twice:
                continue
            error = RefundDuplicateError(f"Refund {row.refund_id} stands above already")
        refused.append(Refused(row.order_id, error.code, error.detail, REFUNDS, row.line))
    return refused


def _event(row: OrderRow, months: int) -> SubscriptionEvent:
    return SubscriptionEvent(
        external_id=row.order_id,
        type=KINDS[row.kind],
        order_id=row.order_id,
        customer_id=row.customer_id,
        amount=row.amount,
        currency=row.currency,
        at=start_of(move_months(row.paid_on, months)),
    )
