"""What logs name by numbers of the chain, to be looked up all at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fenrun.chain.codec import Leaves
from fenrun.chain.indexer import Log

Numbers = Callable[[dict[str, Any]], Iterable[int]]


@dataclass(frozen=True)
class Mentioned:
    """Numbers by kind."""

    partners: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    payouts: set[int] = field(default_factory=set)
    disputes: set[int] = field(default_factory=set)


def mentioned(logs: Iterable[Log]) -> Mentioned:
    """What logs name."""
    found = Mentioned()
    alone = {"partnerId": found.partners, "orderNo": found.orders, "payoutNo": found.payouts,
             "disputeId": found.disputes}  # fmt: skip
    for log in logs:
        for name, kind in alone.items():
            if name in log.fields:
                kind.add(log.fields[name])
        found.partners.update(_PARTNERS.get(log.event, _none)(log.fields))
        found.orders.update(_ORDERS.get(log.event, _none)(log.fields))
        found.payouts.update(_PAYOUTS.get(log.event, _none)(log.fields))
    return found


def _none(_: dict[str, Any]) -> Iterable[int]:
    return ()


def _firsts(*lists: Iterable[tuple[int, ...]]) -> list[int]:
    return [one[0] for list_ in lists for one in list_]


# Where the numbers stand that are not fields of their own.
_PARTNERS: dict[str, Numbers] = {
    "PartnersRegistered": lambda log: range(log["firstId"], log["firstId"] + len(log["partners"])),
    "BatchSettled": lambda log: Leaves(log["leaves"]).partners.ravel().tolist(),
    "OrderRefunded": lambda log: _firsts(log["clawbacks"]),
    "ShareResolved": lambda log: (log["resolution"][3], log["clawback"][0]),
    "CreditsMatured": lambda log: _firsts(log["maturities"]),
    "BalanceAdjusted": lambda log: (log["adjustment"][1],),
    "PayoutsRecorded": lambda log: [payout[1] for payout in log["payouts"]],
    "PayoutBatchPaid": lambda log: _firsts(log["outcomes"]),
    "DisputeOpened": lambda log: log["dispute"][:2],
}
_ORDERS: dict[str, Numbers] = {
    "BatchSettled": lambda log: [*Leaves(log["leaves"]).order_no.tolist(), *_firsts(log["skipped"])],
    "ShareResolved": lambda log: (log["resolution"][0],),
    "DisputeOpened": lambda log: (log["dispute"][2],),
}
_PAYOUTS: dict[str, Numbers] = {"PayoutsRecorded": lambda log: _firsts(log["payouts"], log["skipped"])}
