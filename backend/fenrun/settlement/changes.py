"""What logs of the ledger contract change on the pages of those whose matter they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy.orm import Session

from fenrun.kit import changes
from fenrun.kit.changes import Topic

Touched = Mapping[str, Collection[int]]
"""Events by name, and the numbers of the partners concerned."""

_OF_PARTNERS: Mapping[str, tuple[Topic, ...]] = {
    "BatchSettled": ("orders", "commissions", "balances"),
    "OrderRefunded": ("orders", "commissions", "balances"),
    "CreditsMatured": ("commissions", "balances"),
    "PayoutsRecorded": ("payouts", "commissions", "balances"),
    "PayoutReturned": ("payouts", "commissions", "balances"),
    "ShareFrozen": ("commissions", "balances"),
    "ShareResolved": ("commissions", "balances"),
}
_BALANCES: tuple[Topic, ...] = ("balances",)
"""Of whatever else moves money."""


def tell(session: Session, touched: Touched, staff: Iterable[Topic] = ()) -> None:
    """Tells what events changed for whom; `staff` is what they changed for the staff alone."""
    told: dict[Topic, set[int]] = defaultdict(set)
    for event, partners in touched.items():
        for topic in _OF_PARTNERS.get(event, _BALANCES):
            told[topic].update(partners)
    for topic in staff if told else ():
        told[topic].update(())
    changes.tell(session, told)
