"""Scenarios for tests: a slice of the real one, and random ones."""

import csv
import datetime as dt
import random
import shutil
from pathlib import Path

import yaml

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CDNOW = EXAMPLES / "cdnow"


def slice_of_cdnow(folder, orders=400, first=0):
    """Some hundred real orders with their customers, and all partners and plans."""
    folder.mkdir(parents=True, exist_ok=True)
    with (CDNOW / "orders.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    # Every so-many-th customer, so that months follow each other and tiers climb.
    by_customer = {}
    for row in rows:
        by_customer.setdefault(row[1], []).append(row)
    repeat = sorted(by_customer, key=lambda customer: -len(by_customer[customer]))[first:]
    chosen, wanted = [], set()
    for customer in repeat:
        if len(chosen) >= orders:
            break
        chosen += by_customer[customer]
        wanted.add(customer)
    chosen.sort(key=rows.index)
    _write(folder / "orders.csv", header, chosen)
    with (CDNOW / "customers.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    kept = [row for row in rows if row[0] in wanted]
    _write(folder / "customers.csv", header, kept)
    needed = {partner for row in kept for partner in row[2:5]}
    with (CDNOW / "partners.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    _write(folder / "partners.csv", header, [row for row in rows if row[0] in needed])
    shutil.copy(CDNOW / "plans.yaml", folder)
    return folder


def random_world(folder, seed, orders=150, *, refunds=True):
    """A made-up scenario: few partners, often in several roles, volumes around the thresholds."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    partners = [f"p-{number}" for number in range(1, 9)]
    _write(
        folder / "partners.csv",
        ["partner_id", "name", "country", "type"],
        [
            [p, f"Partner “{p}”, 渠道", dice.choice(["CN", "US"]), dice.choice(["entity", "individual"])]
            for p in partners
        ],
    )
    plans = [_plan(dice, f"plan-{number}") for number in range(dice.randint(1, 3))]
    (folder / "plans.yaml").write_text(yaml.safe_dump({"plans": plans}))
    customers = [
        [f"c-{n}", "2024-01-15", *(dice.choice(["", *partners]) for _ in range(3)), dice.choice(plans)["id"]]
        for n in range(12)
    ]
    _write(
        folder / "customers.csv",
        ["customer_id", "registered_on", "referrer", "implementer", "trainer", "plan"],
        customers,
    )
    rows, back, seen = [], [], set()
    days = sorted(dice.choices(range(120), k=orders))
    for number, day in enumerate(days):
        customer = dice.choice(customers)[0]
        month, rest = divmod(day, 30)
        paid_on = f"2024-{month + 2:02d}-{min(rest + 1, 29):02d}"
        amount = dice.choice(["0.01", "0.00", "-5.00", "9.99", "100.00", f"{dice.randint(1, 300_000) / 100:.2f}"])
        kind = "renewal" if customer in seen else "new"
        if float(amount) > 0:
            seen.add(customer)
        rows.append([f"o-{number}", customer, paid_on, kind, amount, "USD"])
        # One order can have several, and now and then one is too large.
        while refunds and float(amount) > 0 and dice.random() < 0.3 and any(customers[int(customer[2:])][2:5]):
            part = dice.choice([float(amount), float(amount) / 3, 0.01])
            back_on = dt.date.fromisoformat(paid_on) + dt.timedelta(days=dice.choice([0, 1, 20, 70]))
            back.append([f"r-{len(back)}", f"o-{number}", back_on.isoformat(), f"{part:.2f}"])
    _write(folder / "refunds.csv", ["refund_id", "order_id", "refunded_on", "amount"], back)
    _write(folder / "orders.csv", ["order_id", "customer_id", "paid_on", "kind", "amount", "currency"], rows)
    return folder


def _plan(dice, name):
    tiers = dice.randint(0, 3)
    thresholds = sorted(dice.sample(range(1, 3_000), tiers))

    def rates():
        if dice.random() < 0.3:  # everything goes to partners
            a, b = sorted(dice.sample(range(10_001), 2))
            shared = {"referrer": a, "implementer": b - a, "trainer": 10_000 - b}
            return {role: [rate] * (tiers + 1) for role, rate in shared.items()}
        return {role: [dice.choice([0, 1, 333, dice.randint(0, 3_333)]) for _ in range(tiers + 1)]
                for role in ("referrer", "implementer", "trainer")}  # fmt: skip

    return {"id": name, "tier_thresholds": thresholds, "hold_days": dice.choice([0, 14, 45]),
            "new": rates(), "renewal": rates()}  # fmt: skip


def _write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
