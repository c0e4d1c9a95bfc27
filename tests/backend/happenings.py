"""A replayed slice whose complete months are closed, and in which then everything happens to shares that can."""

import datetime as dt
import subprocess
from types import SimpleNamespace

from sqlalchemy import text
from tests.backend.test_reversals import DAY, EVIDENCE, NOTHING, RECORD, TRANSFER, Chain, proven_orders, settle_some

from fenrun import worker
from fenrun.chain import devnet
from fenrun.instance import Instance
from fenrun.kit.calendar import first_of_next_month
from fenrun.kit.settings import Settings
from fenrun.registry import repository as registry
from fenrun.statements import build, repository, service
from fenrun.statements.tasks import source_of


def open_copy(home, folder):
    """A copy of an installation, its chain running; whoever opens it stops it."""
    [source] = (home / "scenarios").iterdir()
    subprocess.run(["cp", "-a", source, folder], check=True)  # the database's files keep their owner
    instance = Instance(folder, Settings(home=folder.parent))
    fact = instance.fact("scenario")
    instance.start_chain(fact["genesis_time"])
    return instance, instance.road(fact["currency"])


def close_complete_months(road):
    """Closes every month that is over, and lets the worker anchor their checkpoints; returns them."""
    source, closed = source_of(road), []
    with road.sessions.begin() as session:
        month = repository.first_day(session).replace(day=1)
        while build.is_complete(session, first_of_next_month(month)):
            service.close(session, source, month, "finance", road.confirmations)
            closed.append(month)
            month = first_of_next_month(month)
    worker.tick(road)
    return closed


def let_everything_happen(road):
    """Refunds, disputes, a returned payment, corrections, forgiven debt: sealed at the end."""
    fresh, chain = settle_some(road), Chain(road)
    orders = proven_orders(road)
    first, second, third = (orders[number] for number in fresh)
    paid = next(o for o in orders.values() if o.leaf.release_day < chain.time // DAY - 60 and o.leaf.shares[0])
    base = first.leaf.order.base
    chain.send("SettlementLedger", "refund", first.call, base // 2, NOTHING)
    chain.send("SettlementLedger", "refund", first.call, base, NOTHING)
    chain.send("SettlementLedger", "refund", paid.call, paid.leaf.order.base, NOTHING)
    for dispute, (order, ground) in enumerate(((second, EVIDENCE), (third, RECORD)), start=1):
        claimant = order.leaf.partners[0] % 3 + 1
        chain.send("DisputeCourt", "open", order.call, 0, claimant, ground, NOTHING)
        if ground == EVIDENCE:
            chain.send("DisputeCourt", "rule", dispute, TRANSFER)
        else:
            chain.send("DisputeCourt", "ruleByRecord", dispute)
    chain.send("SettlementLedger", "refund", second.call, second.leaf.order.base // 3, NOTHING)
    chain.time += 3 * DAY
    for dispute in (1, 2):
        chain.send("DisputeCourt", "execute", dispute)
    with road.sessions() as session:
        number, partner = session.execute(
            text("SELECT number, partner_number FROM payouts WHERE status = 'completed' ORDER BY number LIMIT 1")
        ).one()
    chain.send("SettlementLedger", "returnPayout", number, NOTHING)
    available = chain.view("SettlementLedger", "balanceOf", partner)[0]
    for adjustment_no, amount in ((1, 1_000), (2, -available - 1_777)):
        adjustment = (adjustment_no, partner, amount, NOTHING, chain.time + DAY)
        approval = chain.approval(road, adjustment)
        chain.send("SettlementLedger", "adjust", adjustment, chain.second.address, approval)
    chain.govern(road.keys.address("governor"), [("SettlementLedger", "writeOffDebt", partner, 77, NOTHING)])
    for _ in range(road.confirmations + 1):
        chain.time += 1
        devnet.mine(road.client, chain.time)
    road.index()
    road.seal()


def eventful(home, folder):
    """The world of the statements' tests: open, and with what they ask for."""
    instance, road = open_copy(home, folder)
    try:
        closed = close_complete_months(road)
        let_everything_happen(road)
        with road.sessions() as session:
            last = session.scalar(text("SELECT max(effective_on) FROM transactions")).replace(day=1)
            partners, months = registry.page(session, None, 0, 0, 100), list(closed)
            while months[-1] < last:
                months.append(first_of_next_month(months[-1]))
            source = source_of(road)
            statements = {
                (partner.number, month): build.statement(session, source, partner, month)
                for partner in partners
                for month in months
            }
    except BaseException:
        instance.stop()
        raise
    return SimpleNamespace(
        instance=instance, road=road, source=source, closed=closed, months=months, partners=partners,
        statements=statements, today=dt.datetime.now(dt.UTC).date(),
    )  # fmt: skip
