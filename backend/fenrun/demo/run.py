"""`fenrun demo`: a scenario from files to audited books, resumed where it was left."""

import datetime as dt
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fenrun.demo import intake, report
from fenrun.demo.replay import Progress, Replay
from fenrun.demo.scenario import folder_hash, read_scenario
from fenrun.instance import Instance
from fenrun.kit.db import get_fact, set_fact
from fenrun.kit.settings import Settings
from fenrun.registry import service as registry
from fenrun.settlement import audit
from fenrun.settlement.tasks import Road

_DONE = "replay_done"


@dataclass(frozen=True)
class SignIns:
    """How to get into the portal and the API of a demo."""

    finance: tuple[str, str]
    partner: tuple[str, str]
    partner_name: str
    api_key: str


def open_scenario(folder: Path, settings: Settings) -> Instance:
    """The installation of a scenario: its own folder, named by the hash of its files.

    Raises:
        SetupError: the folder is no scenario, or another process uses its installation.
    """
    return Instance(folder_of(folder, settings), settings)


def folder_of(scenario: Path, settings: Settings) -> Path:
    """Where the installation of a scenario is."""
    return settings.home / "scenarios" / folder_hash(scenario)


def run(
    instance: Instance, folder: Path, say: Callable[[str], None], progress: Progress
) -> tuple[Road, dict[str, Any]]:
    """Takes the scenario in and replays it, as far as that was not done; then audits.

    Returns:
        The road, with its chain running, and the summary.
    """
    started = time.monotonic()
    if instance.fact(intake.FACT) is None:
        say("Reading the scenario")
        scenario = read_scenario(folder)
        with instance.sessions.begin() as session:
            today = dt.datetime.now(dt.UTC).date()
            intake.take_in(session, scenario, instance.keys.reference_key, today)
            # The planner must know how much came in; it would find out by itself, but only in a minute.
            session.execute(text("ANALYZE"))
    with instance.sessions() as session:
        fact = get_fact(session, intake.FACT)
        done = get_fact(session, _DONE)
    assert fact is not None
    say("Starting the chain")
    instance.start_chain(fact["genesis_time"])
    road = instance.road(fact["currency"])
    if done is None:
        first, today = (dt.date.fromisoformat(fact[name]) for name in ("first_day", "today"))
        Replay(road, first, today).run(progress)
        done = {"seconds": round(time.monotonic() - started, 1)}
        with instance.sessions.begin() as session:
            set_fact(session, _DONE, done)
    say("Auditing")
    with instance.sessions.begin() as session:
        verdict = audit.run(session, road.client, road.deployment, road.keys.reference_key)
    with instance.sessions() as session:
        figures = report.summary(session, fact["orders_read"])
    return road, {
        **figures,
        "currency": fact["currency"],
        "seconds": done["seconds"],
        # Of this process; Linux counts in KiB.
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "audit_ok": verdict["ok"],
        "audit": verdict,
    }


def sign_ins(instance: Instance) -> SignIns:
    """Lets finance and the partner who earned most into the portal, and the CRM into the API."""
    secret = instance.credentials()
    with instance.sessions.begin() as session:
        row = session.execute(
            text(
                "SELECT p.number, p.external_id, p.name FROM partners p"
                " LEFT JOIN commissions c ON c.partner_number = p.number"
                " GROUP BY p.number ORDER BY coalesce(sum(c.amount), 0) DESC, p.number LIMIT 1"
            )
        ).one_or_none()
        registry.add_member(session, "finance", secret["finance"], "finance", None)
        login, name = "", ""
        if row is not None:
            login, name = row.external_id.lower(), row.name
            if login == "finance":
                login = "partner-finance"
            registry.add_member(session, login, secret["partner"], "partner", row.number)
        registry.add_api_key(session, "crm", secret["api_key"])
    return SignIns(("finance", secret["finance"]), (login, secret["partner"]), name, secret["api_key"])
