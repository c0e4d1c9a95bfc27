"""The jobs of the road: each is a transaction of its own, and harmless to repeat."""

import datetime as dt
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fenrun.attribution import service as attribution
from fenrun.chain import gas, indexer, reverts, sender, setup
from fenrun.chain.client import Client
from fenrun.chain.contracts import Deployment
from fenrun.chain.deploy import Token
from fenrun.chain.errors import KeyUsedElsewhereError, RevertedError
from fenrun.chain.keys import Keys
from fenrun.chain.sender import DEFAULT_FEES, Fees
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.db import only_one
from fenrun.kit.money import Currency
from fenrun.kit.storage import Store
from fenrun.ledger import service as ledger
from fenrun.plans import publishing
from fenrun.registry import repository as registry_repository
from fenrun.registry import service as registry
from fenrun.registry import standings_service as standings
from fenrun.settlement import (
    announcing,
    audit,
    batching,
    changes,
    collecting,
    intake,
    journal,
    maturing,
    refunding,
    repository,
)
from fenrun.settlement.projection import SettlementProjection

_AGAIN_SECONDS = 5
"""After which what no block holds is broadcast again."""

_log = structlog.get_logger()


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
    files: Store
    hours: BusinessHours
    token: Token | None = None
    """What partners can be paid in beside the bank rail."""
    mines: bool = True
    """Whether blocks are ours to make: the embedded chain's are."""
    webhooks_internal: bool = False
    fees: Fees = DEFAULT_FEES
    _fits: batching.Fits | None = field(default=None, init=False)
    _matured_on: dt.date | None = field(default=None, init=False)
    _evened_on: dt.date | None = field(default=None, init=False)
    _set_up: bool = field(default=False, init=False)
    _clock_runs: bool = field(default=False, init=False)
    _broadcast: dict[bytes, float] = field(default_factory=dict, init=False)

    def beside(self) -> "Road":
        """The same road with a connection of its own to the node, for another thread."""
        return replace(self, client=self.client.another())

    # --- What the chain must know first -----------------------------------------------------------

    def set_up(self, at: int | None = None) -> bool:
        """Binds what the set-up needs next; returns whether blocks hold all of it. `at` as in `batch`."""
        if not self._set_up:
            with self.sessions.begin() as session:
                self._set_up = setup.bind_next(session, self.client, self.keys, self.currency, at)
        return self._set_up

    def announce_plans(self, at: int | None = None) -> int:
        """Announces new plan versions, as the governor must; returns how many. `at` as in `batch`."""
        with self.sessions.begin() as session:
            now = at or _latest_time(self.client)
            calls = publishing.announcements(session, self.keys.address("governor"), self.deployment, now)
            for call in calls:
                sender.bind(session, call, gas.estimate(self.client, call, "AccessManager", at))
            return len(calls)

    def is_set_up(self) -> bool:
        """Whether blocks hold all of the set-up."""
        with self.sessions() as session:
            return self._set_up or setup.is_done(session)

    def is_before_first_plan(self) -> bool:
        """Whether no plan version was announced in a block yet."""
        if not self._clock_runs:
            with self.sessions() as session:
                self._clock_runs = publishing.is_any_announced(session)
        return not self._clock_runs

    def publish(self, at: int | None = None) -> bool:
        """Publishes the next plan version whose delay is over; returns whether there was one. `at` as in `batch`."""
        with self.sessions.begin() as session:
            now = at or _latest_time(self.client)
            found = publishing.next_publication(session, self.keys.address("governor"), self.deployment, now)
            if found is None:
                return False
            plan, call = found
            plan.intent_id = sender.bind(session, call, gas.estimate(self.client, call, "PlanRegistry", at))
            return True

    def register_partners(self, at: int | None = None) -> bool:
        """Registers the next partners; returns whether there were any. `at` as in `batch`."""
        with self.sessions.begin() as session:
            found = registry.next_registration(
                session, self.keys.address("registrar"), self.deployment.addresses["PartnerRegistry"]
            )
            if found is None:
                return False
            call, numbers = found
            intent_id = sender.bind(session, call, gas.estimate(self.client, call, "PartnerRegistry", at))
            registry_repository.set_intent(session, numbers[0], numbers[-1], intent_id)
            return True

    def change_standings(self, at: int | None = None) -> int:
        """Suspends and reinstates partners on chain; returns how many. `at` as in `batch`.

        What the contract refuses it was told by somebody else, in a block that is not read yet; that one is looked at
        again when it is.
        """
        registrar, contract = self.keys.address("registrar"), self.deployment.addresses["PartnerRegistry"]
        bound = 0
        with self.sessions.begin() as session:
            for change, call in standings.calls(session, self.keys.reference_key, registrar, contract):
                try:
                    needed = gas.estimate(self.client, call, "PartnerRegistry", at)
                except RevertedError as error:
                    _log.warning("standing.refused_by_contract", change=change.id, detail=error.detail)
                    continue
                change.intent_id = sender.bind(session, call, needed)
                bound += 1
        return bound

    def register_referrals(self, until: dt.datetime, at: int | None = None) -> bool:
        """Registers the next attributions that begin before a moment; returns whether there were any."""
        with self.sessions.begin() as session:
            found = attribution.next_registration(
                session, self.keys.address("registrar"), self.deployment.addresses["ReferralRegistry"], until
            )
            if found is None:
                return False
            call, ids = found
            intent_id = sender.bind(session, call, gas.estimate(self.client, call, "ReferralRegistry", at))
            attribution.set_intent(session, ids, intent_id)
            return True

    # --- Orders -------------------------------------------------------------------------------------

    def batch(self, paid_before: dt.datetime, at: int | None = None) -> int:
        """Claims orders paid before a moment for one transaction; returns how many.

        `at` is the time of the block it is for, where that is not the node's own next one.
        """
        self._fits = self._fits or batching.Fits(self.batch_orders)
        with self.sessions.begin() as session:
            batch = batching.next_batch(session, self.client, self.keys, self.deployment, paid_before, self._fits, at)
            # Afterwards, in the same transaction: orders that a half-made chain refused are not refused.
            indexer.require_read_chain(session, self.client)
            return batch.orders if batch else 0

    def refund(self, before: dt.datetime, at: int | None = None) -> int:
        """Takes refunds before a moment along, those whose orders are settled; returns how many. `at` as in `batch`."""
        with self.sessions.begin() as session:
            bound = refunding.refund_due(session, self.client, self.keys, self.deployment, before, at)
            indexer.require_read_chain(session, self.client)
            return bound

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
            if sender.open_intents(session, self.keys.address("treasurer")) == 0:
                maturing.mature_due(session, self.client, self.keys, self.deployment, today, at)
                self._matured_on = today

    def bind_again(self, at: int | None = None) -> int:
        """Binds anew what was reverted for good, and takes back what was given up; returns how many were bound.

        `at` as in `batch`.
        """
        with self.sessions.begin() as session:
            final = indexer.final_block(session, self.confirmations)
            again, given_up = reverts.bind_again(session, self.client, self.deployment, final, at)
            if given_up:
                repository.take_back_refused(session, reverts.TRIES)
            return again

    def even_vault(self, today: dt.date, at: int | None = None) -> None:
        """Makes the vault hold what is owed, once a day. `at` as in `batch`."""
        if self._evened_on == today or self.deployment.vault is None:
            return
        with self.sessions.begin() as session:
            collecting.even(session, self.client, self.keys, self.deployment, today, at)
            indexer.require_read_chain(session, self.client)
            self._evened_on = today

    # --- To the chain and back ------------------------------------------------------------------------

    def send(self, again: bool = True) -> int:
        """Stores the raw bytes of what was bound, and only then broadcasts what no block holds yet.

        Args:
            again: Whether to broadcast at once what was broadcast a moment ago.

        Returns:
            How many wait for a block.

        Raises:
            KeyUsedElsewhereError: of one key, after all others were served.
        """
        with self.sessions() as session:
            signers = sender.open_signers(session)
        waiting, failure = 0, None
        for signer in signers:
            with only_one(self.engine, f"sender:{signer}") as mine:
                if not mine:
                    continue
                try:
                    waiting += self._send_of(signer, again)
                except KeyUsedElsewhereError as error:
                    failure = failure or error
        if failure is not None:
            raise failure
        return waiting

    def _send_of(self, signer: str, again: bool) -> int:
        with self.sessions.begin() as session:
            hashes = sender.sign(session, self.client, self.keys, signer, self.deployment.chain_id, self.fees)
        now = time.monotonic()
        # In the order of nonces; what is new stands last.
        due = [
            hash_ for hash_ in hashes if again or now - self._broadcast.get(hash_, -_AGAIN_SECONDS) >= _AGAIN_SECONDS
        ]
        with self.sessions() as session:
            raws = sender.raws(session, due)
        sender.broadcast(self.client, raws)
        self._broadcast = {h: at for h, at in self._broadcast.items() if now - at < _AGAIN_SECONDS}
        self._broadcast |= dict.fromkeys(due, now)
        return len(hashes)

    def index(self) -> int:
        """Takes in all new blocks; returns how many, those taken back included."""
        total, more = 0, True
        while more:
            with self.sessions.begin() as session:
                moved, more = indexer.index_page(
                    session,
                    self.client,
                    self.deployment,
                    SettlementProjection(self.currency, self.token),
                    self.confirmations,
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
        total, more = 0, True
        touched: dict[str, set[int]] = defaultdict(set)
        while more:
            with self.sessions.begin() as session:
                final = indexer.final_block(session, self.confirmations)
                posted = journal.seal(session, final, self.currency)
                for entry in posted:
                    touched[entry.kind] |= ledger.partners_of(entry.moves)
                more = len(posted) == journal.PAGE_LOGS
                if not more:
                    repository.finalize(session, final)
                    changes.tell(session, touched, staff=("batches", "books"))
            total += len(posted)
        return total

    def audit(self) -> dict[str, Any]:
        """Recomputes everything from the chain's logs, and keeps the verdict."""
        with audit.snapshot(self.sessions, self.engine) as session, session.begin():
            return audit.run(session, self.client, self.deployment, self.keys.reference_key)

    def waits_for_a_block(self) -> bool:
        """Whether a block would change anything, and the last one was read."""
        tip = int(self.client.call("eth_blockNumber"), 16)
        with self.sessions() as session:
            return indexer.height(session) >= tip and (
                sender.open_intents(session) > 0 or indexer.unsealed(session, self.confirmations)
            )


def _latest_time(client: Client) -> int:
    """Unix seconds of the newest block."""
    return int(client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
