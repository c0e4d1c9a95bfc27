"""The worker: takes new orders along the settlement road, over and over.

Each role is a thread here and a lock in the database: of any number of workers one does a role's step at a time, and
when it dies its lock goes with its connection, and another does the next.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fenrun.chain import devnet
from fenrun.deals import tasks as deals
from fenrun.disputes import tasks as disputes
from fenrun.kit.db import only_one
from fenrun.kit.errors import FenrunError
from fenrun.kit.settings import Settings
from fenrun.mail.sending import Server
from fenrun.mail.tasks import Postman
from fenrun.operations import repository
from fenrun.oversight.tasks import Overseer
from fenrun.payouts import tasks as payout_tasks
from fenrun.privacy import tasks as privacy
from fenrun.settlement.tasks import Road
from fenrun.simulator.tasks import Simulant
from fenrun.statements import tasks as statements
from fenrun.webhooks.sending import Sender
from fenrun.webhooks.tasks import Courier

_PAUSE_SECONDS = 0.25
_AGAIN_SECONDS = 5
"""How long until what no block holds is broadcast again, and until a failed step is tried again, at the most."""
_log = structlog.get_logger()


@dataclass
class Role:
    """What one thread does: a step after another, at once as long as there is something to do."""

    name: str
    step: Callable[[Road], bool]
    """Does what there is to do; returns whether there was anything."""
    pause: float = _PAUSE_SECONDS
    failures: int = field(default=0, init=False)

    def run(self, road: Road, stopping: threading.Event) -> None:
        """Works until told to stop."""
        road = road.beside()
        try:
            while not stopping.is_set():
                if not self._step(road):
                    stopping.wait(min(self.pause * 2**self.failures, max(_AGAIN_SECONDS, self.pause)))
        finally:
            road.client.close()

    def _step(self, road: Road) -> bool:
        try:
            with only_one(road.engine, f"role:{self.name}") as mine:
                did = mine and self.step(road)
        except FenrunError as error:
            self._note(road, error.code, error.detail)
        except SQLAlchemyError as error:
            # The database was away; the lock went with its connection and is taken anew.
            self._note(road, "database", _first_line(error))
        except Exception as error:  # noqa: BLE001 - a defect of ours in one role stops no other, and is seen
            _log.exception("worker.defect", role=self.name)
            self._note(road, "defect", f"{type(error).__name__}: {error}")
        else:
            self.failures = 0
            return did
        self.failures = min(self.failures + 1, 8)
        return False

    def _note(self, road: Road, code: str, detail: str) -> None:
        """Says that a step failed, in the log and, where it is there, in the database."""
        _log.warning("worker.step_failed", role=self.name, code=code, detail=detail)
        with contextlib.suppress(SQLAlchemyError), road.sessions.begin() as session:
            repository.note_failure(session, self.name, code, detail)


def run(road: Road, stopping: threading.Event, settings: Settings) -> None:
    """Does every role until told to stop, webhooks and letters too, and then ends the steps in hand.

    Raises:
        SetupError: the settings of mail make no sense.
    """
    postman = Postman(road.sessions, road.keys.reference_key, Server.of(settings), settings.origin())
    simulant = Simulant(road.sessions, road.currency, stopping)
    everything = [
        *roles(settings.audit_seconds),
        Role("overseer", Overseer(settings.sanctions_lists).step, pause=5),
        Role("postman", lambda _: postman.step(), pause=1),
        Role("simulant", lambda _: simulant.step(), pause=1),
    ]
    courier = Courier(road.sessions, road.keys.reference_key, Sender(internal=road.webhooks_internal))
    threads = [
        threading.Thread(target=courier.run, args=(stopping,), name="courier"),
        *(threading.Thread(target=role.run, args=(road, stopping), name=role.name) for role in everything),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def roles(audit_seconds: int) -> list[Role]:
    """The roles of a worker."""
    return [
        Role("batcher", prepare),
        Role("sender", send),
        Role("indexer", lambda road: road.index() > 0),
        Role("sealer", lambda road: road.seal() > 0),
        Role("announcer", announce),
        Role("archivist", privacy.make_archive, pause=2),
        Role("auditor", audit, pause=audit_seconds),
    ]


def tick(road: Road) -> None:
    """One round of all roles but the auditor's: what a worker does, one thing after another."""
    road.index()
    prepare(road)
    if road.send() or road.waits_for_a_block():
        devnet.mine(road.client, next_block_time(road) or 0)
        road.index()
    road.seal()
    road.announce()


def prepare(road: Road) -> bool:
    """Binds everything that is to go on chain; returns whether that may be more than fits in one step."""
    at = next_block_time(road)
    if not road.set_up(at):
        return False
    if road.announce_plans(at):
        return False
    now = dt.datetime.now(dt.UTC)
    road.publish(at)
    while road.register_partners(at):
        pass
    while road.register_referrals(now, at):
        pass
    changed = road.change_standings(at)
    again = road.bind_again(at)
    picked = road.pick_up()
    batched = road.batch(now, at)
    refunded = road.refund(now, at)
    road.mature(now.date(), at)
    payout_tasks.change_details(road, now)
    paid = payout_tasks.record(road, at) + payout_tasks.pay(road, at)
    road.even_vault(now.date(), at)
    statements.anchor(road, at)
    deals.keep_time(road, now)
    disputed = disputes.step(road, now, at)
    return changed + again + picked + batched + refunded + paid + disputed > 0


def send(road: Road) -> bool:
    """Broadcasts what is bound; on the embedded chain, makes a block when something waits for one."""
    road.send(again=False)
    if road.mines and road.waits_for_a_block():
        devnet.mine(road.client, next_block_time(road) or 0)
    return False


def announce(road: Road) -> bool:
    """Tells subscribers what became final."""
    road.announce()
    return False


def audit(road: Road) -> bool:
    """Recomputes everything from the chain's logs, once there is something."""
    if road.is_set_up():
        verdict = road.audit()
        if not verdict["ok"]:
            first = next(check for check in verdict["checks"] if not check["ok"])
            _log.error("audit.failed", check=first["name"], first_difference=first["first_difference"])
    return False


def next_block_time(road: Road) -> int | None:
    """Unix seconds of the next block where we make it; None where the node does.

    The embedded chain's clock begins three days ago and stands there until the first plans are announced: they need
    not wait two days then. Later ones do.
    """
    if not road.mines:
        return None
    after = int(road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 1
    return after if road.is_before_first_plan() else max(int(time.time()), after)


def _first_line(error: SQLAlchemyError) -> str:
    """What the database said, without the statement and its values."""
    return str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
