"""The jobs of the road: each is a transaction of its own, and harmless to repeat."""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain import indexer, sender
from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment
from fenrun.chain.keys import Keys
from fenrun.kit.money import Currency
from fenrun.settlement import announcing, batching, intake, journal, maturing, refunding, repository
from fenrun.settlement.projection import SettlementProjection


@dataclass
class Road:
    """What the jobs need: the database, a node, our keys and contracts."""

    engine: Engine
    sessions: "sessionmaker[Session]"
    client: Client
    keys: Keys
    deployment: Deployment
    currency: str
    confirmations: int
    batch_orders: int
    webhooks_internal: bool = False
    _matured_on: dt.date | None = field(default=None, init=False)

    def batch(self, paid_before: dt.datetime, at: int | None = None) -> int:
        """Claims orders paid before a moment for one transaction; returns how many.

        `at` is the time of the block it is for, where that is not the node's own next one.
        """
        with self.sessions.begin() as session:
            batch = batching.next_batch(
                session, self.client, self.keys, self.deployment, paid_before, self.batch_orders, at
            )
            return batch.orders if batch else 0

    def refund(self, before: dt.datetime, at: int | None = None) -> int:
        """Takes refunds before a moment along, those whose orders are settled; returns how many. `at` as in `batch`."""
        with self.sessions.begin() as session:
            return refunding.refund_due(session, self.client, self.keys, self.deployment, before, at)

    def pick_up(self) -> int:
        """Takes up events that were parked and wait for nothing any more; returns how many."""
        currency = Currency.of(self.currency)
        assert currency is not None
        with self.sessions.begin() as session:
            return intake.pick_up_parked(session, currency, self.keys.reference_key)

    def mature(self, today: dt.date, at: int | None = None) -> None:
        """Makes available what is due, once a day: credits are released by whole days. `at` as in `batch`."""
        if self._matured_on == today:
            return
        with self.sessions.begin() as session:
            # What is bound and not yet mined would look as if it were still to be done.
            if sender.open_intents(session) == 0:
                maturing.mature_due(session, self.client, self.keys, self.deployment, today, at)
                self._matured_on = today

    def send(self) -> int:
        """Stores the raw bytes of what was bound, and only then broadcasts what no block holds yet."""
        with self.sessions.begin() as session:
            raws = sender.sign(session, self.client, self.keys)
        sender.broadcast(self.client, raws)
        return len(raws)

    def index(self) -> int:
        """Takes in all new blocks; returns how many, those taken back included."""
        total, more = 0, True
        while more:
            with self.sessions.begin() as session:
                moved, more = indexer.index_page(
                    session, self.client, self.deployment, SettlementProjection(self.currency), self.confirmations
                )
            total += abs(moved)
        return total

    def announce(self) -> None:
        """Tells subscribers what became final."""
        more = True
        while more:
            with self.sessions.begin() as session:
                final = indexer.final_block(session, self.confirmations)
                more = announcing.announce_final(session, final, self.currency)

    def seal(self) -> int:
        """Posts what became final; returns how many transactions."""
        total = 0
        while True:
            with self.sessions.begin() as session:
                final = indexer.final_block(session, self.confirmations)
                posted = journal.seal(session, final, self.currency)
                if posted == 0:
                    repository.finalize(session, final)
            if posted == 0:
                return total
            total += posted
