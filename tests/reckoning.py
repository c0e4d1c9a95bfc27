"""The rules worked out again, from a scenario's files alone: plain Python, and not a line of the backend's or the
contracts' code. What a replay must come to, leg by leg.
"""

import csv
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import yaml

ROLES = ("referrer", "implementer", "trainer")


def moved(day, months):
    """A day moved by whole months, clamped to the last day of its month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def shift(latest, today):
    """The largest number of months for which the latest order is not after today."""
    low, high = -24_000, 24_000
    while low < high:
        middle = (low + high + 1) // 2
        if moved(latest, middle) <= today:
            low = middle
        else:
            high = middle - 1
    return low


def month_before(month):
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1)}-{12 if number == 1 else number - 1:02d}"


def divided(base, rates):
    """Shares of a base. When nobody else has a part in it, each cent that is left goes to whoever lost most."""
    paid = [base * rate // 10_000 for rate in rates]
    lost = [base * rate - 10_000 * amount for rate, amount in zip(rates, paid, strict=True)]
    while sum(rates) == 10_000 and sum(paid) < base:
        unlucky = lost.index(max(lost))
        paid[unlucky] += 1
        lost[unlucky] -= 10_000
    return paid


def reckon(folder, today, decimals=2):
    """The legs of a scenario without flaws but for amounts of zero or less.

    Returns:
        Legs as a dict by (order, role): partner, base, rate, amount, plan, tier, settled and payable day; and the ids
        of the refused orders. See `reckon_refunds` for the rest.
    """
    folder = Path(folder)
    plans = {plan["id"]: plan for plan in yaml.safe_load((folder / "plans.yaml").read_text())["plans"]}
    customers = {row["customer_id"]: row for row in _rows(folder / "customers.csv")}
    orders = list(_rows(folder / "orders.csv"))
    unit = Decimal(10) ** decimals
    good = [order for order in orders if Decimal(order["amount"]) > 0]
    refused = [order["order_id"] for order in orders if Decimal(order["amount"]) <= 0]
    ids = {order["order_id"] for order in good}
    days = [order["paid_on"] for order in good]
    days += [row["refunded_on"] for row in refunds_of(folder) if row["order_id"] in ids and Decimal(row["amount"]) > 0]
    months = shift(max(map(dt.date.fromisoformat, days)), today)

    volume = defaultdict(lambda: defaultdict(int))
    legs = {}
    by_day = sorted(good, key=lambda order: moved(dt.date.fromisoformat(order["paid_on"]), months))
    for order in by_day:
        day = moved(dt.date.fromisoformat(order["paid_on"]), months)
        month = f"{day:%Y-%m}"
        customer = customers[order["customer_id"]]
        plan = plans[customer["plan"]]
        base = int(Decimal(order["amount"]) * unit)
        earning, rates = set(), []
        for role in ROLES:
            partner = customer[role]
            if not partner:
                continue
            before = volume[partner][month_before(month)]
            tier = sum(before >= Decimal(str(t)) * unit for t in plan["tier_thresholds"])
            rate = plan[order["kind"]].get(role, [0] * 4)[tier]
            rates.append((role, partner, tier, rate))
        for (role, partner, tier, rate), amount in zip(rates, divided(base, [rate for *_, rate in rates]), strict=True):
            if amount > 0:
                earning.add(partner)
            payable = day + dt.timedelta(days=plan["hold_days"] + 1)
            legs[order["order_id"], role] = (
                partner, base, rate, amount, plan["id"], tier, day.isoformat(), payable.isoformat(),
            )  # fmt: skip
        for partner in earning:
            volume[partner][month] += base
    return legs, refused


def refunds_of(folder):
    path = Path(folder) / "refunds.csv"
    return list(_rows(path)) if path.exists() else []


def reckon_refunds(folder, legs, decimals=2):
    """What the refunds of a scenario take back.

    Returns:
        By (order, role) what is taken back in all; and refused refunds as (order, reason).
    """
    unit, refunded, refused = Decimal(10) ** decimals, defaultdict(int), []
    bases = {order: leg[1] for (order, _), leg in legs.items()}
    for row in refunds_of(folder):
        order, amount = row["order_id"], int(Decimal(row["amount"]) * unit)
        if amount <= 0:
            refused.append((order, "amount_not_positive"))
        elif order not in bases:
            refused.append((order, "order_unknown"))
        elif refunded[order] + amount > bases[order]:
            refused.append((order, "refund_too_large"))
        else:
            refunded[order] += amount
    taken = {
        (order, role): leg[3] * refunded[order] // leg[1] for (order, role), leg in legs.items() if refunded[order]
    }
    return {key: amount for key, amount in taken.items() if amount}, refused


def read_clawbacks(path):
    """What a `clawbacks.csv` adds up to, in the shape of `reckon_refunds`."""
    taken = defaultdict(int)
    for row in _rows(path):
        parts = sum(int(row[name]) for name in ("from_held_minor", "from_available_minor", "to_debt_minor"))
        assert parts == int(row["amount_minor"])
        taken[row["order_id"], row["role"]] += parts
    return dict(taken)


def read_earnings(path):
    """The legs of an `earnings.csv`, in the shape of `reckon`; a leg that stands twice is an error."""
    legs = {}
    for row in _rows(path):
        key = row["order_id"], row["role"]
        assert key not in legs, f"{key} stands twice"
        assert len(row["tx_hash"]) == 66
        legs[key] = (
            row["partner_id"], int(row["base_minor"]), int(row["rate_bps"]), int(row["amount_minor"]),
            row["plan"], int(row["tier"]), row["settled_on"], row["payable_on"],
        )  # fmt: skip
    return legs


def _rows(path):
    with Path(path).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
