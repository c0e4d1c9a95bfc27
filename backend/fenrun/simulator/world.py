"""What is assumed of the future, and what it makes of past orders. Every assumption is stated; none is measured."""

from dataclasses import dataclass, replace

import numpy as np

from fenrun.plans.split import MOST, WHOLE_BPS, Ints
from fenrun.simulator.engine import Reckoned
from fenrun.simulator.orders import Orders, Refunds

REFUND_WITHIN_DAYS = 60
"""An assumed refund comes so many days after its order at the most."""
_LEAST_RESPONSE, _MOST_RESPONSE = 2_500, 40_000


@dataclass(frozen=True)
class Assumptions:
    """What nobody knows, in basis points unless it says otherwise.

    Attributes:
        margin_bps: What is left of revenue before commission.
        tax_bps: What each unit of commission costs beyond itself, such as VAT that cannot be recovered.
        budget: For all commission, in minor units; None for no limit.
        churn_bps: Customers that leave in a month, beyond those who left in the orders.
        refunds_bps: Orders that are refunded wholly, beyond those that were.
        volume_bps: All orders' bases, against those of the past.
        elasticity_bps: By how many percent volume grows when a partner gets one percent more for the same orders, times
            10,000: the lowest, the likeliest and the highest belief.
        seed: Of every draw.
    """

    margin_bps: int = 6_000
    tax_bps: int = 0
    budget: int | None = None
    churn_bps: int = 0
    refunds_bps: int = 0
    volume_bps: int = WHOLE_BPS
    elasticity_bps: tuple[int, int, int] = (0, 0, 0)
    seed: int = 1

    def margin_after(self, revenue: int, cost: int) -> int:
        """What is left of revenue after commission, in minor units, rounded down."""
        return (revenue * self.margin_bps - cost * (WHOLE_BPS + self.tax_bps)) // WHOLE_BPS


def assumed(orders: Orders, assumptions: Assumptions, salt: int = 0) -> Orders:
    """Orders as the assumptions would have them: some customers left earlier, some orders came back, at other prices.

    The draws are those of the seed: the same for every plan, so that plans are compared in the same world.
    """
    dice = np.random.default_rng([assumptions.seed, salt])
    if assumptions.churn_bps:
        orders = orders.taken(_stayed(orders, assumptions.churn_bps, dice))
    if assumptions.refunds_bps:
        orders = _with_refunds(orders, assumptions.refunds_bps, dice)
    return orders if assumptions.volume_bps == WHOLE_BPS else orders.scaled(assumptions.volume_bps)


def _stayed(orders: Orders, churn_bps: int, dice: np.random.Generator) -> Ints:
    """The rows of customers who had not left by then; nobody leaves in the month of the first order."""
    customers, number = np.unique(orders.customer, return_inverse=True)
    first = np.full(len(customers), MOST)
    np.minimum.at(first, number, orders.month)
    months = dice.geometric(min(churn_bps, WHOLE_BPS) / WHOLE_BPS, len(customers))
    return np.flatnonzero(orders.month - first[number] < months[number])


def _with_refunds(orders: Orders, refunds_bps: int, dice: np.random.Generator) -> Orders:
    """The orders, some more of them refunded wholly."""
    back = dice.random(len(orders)) * WHOLE_BPS < refunds_bps
    back[orders.refunds.order] = False
    rows = np.flatnonzero(back)
    old = orders.refunds
    delays = dice.integers(0, REFUND_WITHIN_DAYS, len(rows), endpoint=True)
    refunds = Refunds(
        np.concatenate([old.order, rows]),
        np.concatenate([old.day, orders.day[rows] + delays]),
        np.concatenate([old.amount, orders.base[rows]]),
    )
    return replace(orders, refunds=refunds)


def response(now: Reckoned, then: Reckoned, elasticity_bps: Ints | int) -> Ints:
    """The factor of each order's base, in basis points, when partners answer to what they get for the same orders.

    An order answers as the partner of its first role does; between a quarter and four times of what it was.

    Args:
        now: What today's plan gives for the orders.
        then: What the candidate gives for the same orders.
        elasticity_bps: Of each partner, or of all.
    """
    old, new = now.by_partner, then.by_partner
    change = np.divide(new, old, out=np.ones(len(old)), where=old > 0) - 1
    factor = np.clip(np.rint(WHOLE_BPS + elasticity_bps * change), _LEAST_RESPONSE, _MOST_RESPONSE).astype(np.int64)
    partners = now.orders.partners
    leading = np.take_along_axis(partners, (partners > 0).argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(leading > 0, factor[leading - 1], WHOLE_BPS)
