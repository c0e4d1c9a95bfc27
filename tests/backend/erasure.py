"""A person that earned, was paid by a run, was suspended and let in again; and then is erased. On a real chain."""

import datetime as dt
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from tests.backend.happenings import close_complete_months
from tests.backend.people import add_member
from tests.backend.test_payouts import (
    IN_DOLLARS,
    PASSWORD,
    SETTINGS,
    Office,
    paid,
)

from fenrun import worker
from fenrun.api import create_app
from fenrun.chain import indexer
from fenrun.compliance.service import Subject, judge
from fenrun.kit.encryption import decrypt
from fenrun.kit.errors import SetupError
from fenrun.kit.security import reference
from fenrun.oversight.tasks import Overseer
from fenrun.payouts import details
from fenrun.privacy import repository, service
from fenrun.registry import person_keys, standings_service
from fenrun.registry import service as registry
from fenrun.registry.access import PERMISSIONS, Viewer
from fenrun.registry.models import Partner
from fenrun.statements import build
from fenrun.statements.tasks import source_of

FIRST, SECOND = (Viewer(f"mb_{name}", name, "compliance", None, PERMISSIONS["compliance"]) for name in ("eve", "fay"))
OPERATOR = Viewer("mb_ops", "ops", "operator", None, PERMISSIONS["operator"])
KEPT = {"audit_log", "agreement_signatures"}
"""Tables that an erasure leaves as they are, on purpose."""


def now():
    return dt.datetime.now(dt.UTC)


@contextmanager
def open_town(instance):
    """The installation of a replayed slice, in which the person lives; ended with it."""
    try:
        fact = instance.fact("scenario")
        instance.start_chain(fact["genesis_time"])
        road = instance.road(fact["currency"])
        with instance.sessions.begin() as session:
            for login in ("ann", "bob"):
                registry.add_member(session, login, PASSWORD, "finance", None)
        office = Office(road, create_app(road))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fenrun.payouts.endpoints.load_payout_settings", lambda: SETTINGS)
            patch.setattr("fenrun.payouts.service.load_rules", lambda: IN_DOLLARS)
            town = Town(instance, road, office)
        yield town
    finally:
        instance.stop()


class Town:
    """What was known before the erasure, inside and outside; and the erasure."""

    def __init__(self, instance, road, office):
        self.instance, self.road, self.office = instance, road, office
        self.installation_key = road.keys.reference_key
        self.closed = close_complete_months(road)
        with road.sessions.begin() as session:
            # The sign-ins of the demo have the partner's id in the CRM for a login: not that one.
            self.number, self.id, self.external_id, self.name = session.execute(
                text(
                    "SELECT p.number, p.id, p.external_id, p.name FROM partners p JOIN commissions c"
                    " ON c.partner_number = p.number WHERE p.type = 'individual'"
                    " AND NOT EXISTS (SELECT FROM members m WHERE m.partner_number = p.number)"
                    " GROUP BY p.number ORDER BY count(*) DESC LIMIT 1"
                )
            ).one()
            self.member_id = add_member(session, "zhang-san", "partner", self.number, is_owner=True)
        self.key = self.in_session(person_keys.of, self.installation_key, self.number)
        office.earn(customers=1_000)
        with road.sessions() as session:
            self.veteran, veteran = session.execute(
                text("SELECT id, number FROM partners WHERE type = 'entity' AND country = 'US' AND status = 'active'")
            ).first()
        # Of before there were keys: it is paid and recorded with the installation's, and only then has its own again.
        with without_key(road, veteran):
            office.put_in_order()
            self.pay()
        office.put_in_order()
        self.standing = self.decide("suspended", "invoices are missing")
        worker.tick(road)
        self.decide("active", "they came")
        for _ in range(3):
            worker.tick(road)
        Overseer().step(road)
        with road.sessions.begin() as session:
            warned = Subject("material", "mt_1", {"title": "最佳", "description": ""}, self.name, self.number)
            judge(session, "content.publish", [warned], now())
        with road.sessions() as session:
            self.sealed = [
                bytes(sealed)
                for table in ("payouts", "payout_details")
                for (sealed,) in session.execute(
                    text(f"SELECT account FROM {table} WHERE partner_number = :n AND account IS NOT NULL"),
                    {"n": self.number},
                )
            ]
        self.statements = {month: self.statement(month) for month in self.closed}
        self.asked = None

    def pay(self):
        self.run, owed = self.office.sent()
        assert self.office.answer(*(paid(p, f"BANK-{n}") for n, p in enumerate(owed.values()))).status_code == 200
        self.office.on_chain()
        [self.payout] = [p for p in self.office.payouts(self.run).values() if p["partner_id"] == self.id]

    def in_session(self, work, *arguments, **options):
        with self.road.sessions.begin() as session:
            return work(session, *arguments, **options)

    def statement(self, month):
        with self.road.sessions() as session:
            return build.statement(session, source_of(self.road), session.get(Partner, self.number), month)

    def decide(self, status, reason):
        return self.in_session(
            standings_service.change, self.installation_key, OPERATOR.member_id, self.number, status, reason, now()
        )

    def logs(self, event):
        with self.road.sessions() as session:
            return [log.fields for log in indexer.stored_logs(session, -1) if log.event == event]

    def on_chain(self):
        """The values on chain that stand for something about the partner, by what they are of."""
        [ref] = [
            bytes(log["partners"][self.number - log["firstId"]][0])
            for log in self.logs("PartnersRegistered")
            if 0 <= self.number - log["firstId"] < len(log["partners"])
        ]
        banks = [p for log in self.logs("PayoutsRecorded") for p in log["payouts"] if p[1] == self.number]
        reasons = [log for log in self.logs("PartnerStatusChanged") if log["partnerId"] == self.number]
        return {
            ("partner", self.external_id): ref,
            ("bank", self.bank_reference()): bytes(banks[-1][-1]),
            ("standing", f"{self.standing.id}\0invoices are missing"): bytes(
                next(log["reason"] for log in reasons if any(log["reason"]))
            ),
        }

    def bank_reference(self):
        with self.road.sessions() as session:
            query = text("SELECT bank_reference FROM payouts WHERE id = :id")
            return session.scalar(query, {"id": self.payout["id"]})

    def keys(self):
        """Every key that the database and the installation's key file hold, or lead to."""
        found = {self.installation_key}
        with self.road.sessions() as session:
            for table, column in columns(session, "bytea"):
                for (value,) in session.execute(text(f"SELECT DISTINCT {column} FROM {table}")):
                    if value is not None and len(value) == 32:
                        found.add(bytes(value))
            for number, sealed in session.execute(text("SELECT partner_number, key FROM person_keys")):
                if sealed is not None:
                    found.add(decrypt(self.installation_key, f"key of partner {number}", bytes(sealed)))
        return found

    def erase(self):
        owner = Viewer(self.member_id, "zhang-san", "partner", self.number, PERMISSIONS["owner"])
        self.asked = self.in_session(service.ask, owner, "erasure", "pipl", now())
        self.in_session(service.approve, self.asked.id, FIRST, now())
        self.in_session(service.erase, self.asked.id, SECOND, self.installation_key, now())

    def verdict(self):
        found = self.road.audit()
        assert {c["name"]: c["first_difference"] for c in found["checks"] if not c["ok"]} == {}
        return {check["name"]: check for check in found["checks"]}


@contextmanager
def without_key(road, number):
    """Partners from before there were keys have none: the installation's is used. At the end its own comes back."""
    with road.sessions.begin() as session:
        [(sealed,)] = session.execute(text("SELECT key FROM person_keys WHERE partner_number = :n"), {"n": number})
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM person_keys WHERE partner_number = :n"), {"n": number})
    yield
    with road.sessions.begin() as session:
        query = text("INSERT INTO person_keys (partner_number, key) VALUES (:n, :key)")
        session.execute(query, {"n": number, "key": sealed})
        # As `restoring.give_keys` does.
        own = person_keys.of(session, road.keys.reference_key, number)
        for row in repository.sealed_accounts(session, [number]):
            row.account = details.seal(own, number, details.unseal(road.keys.reference_key, number, row.account))


def columns(session, kind):
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = :kind ORDER BY 1, 2"
    )
    return session.execute(query, {"kind": kind}).all()


def opens(keys, sealed, context):
    """Whether one of some keys opens something."""
    for key in keys:
        try:
            decrypt(key, context, sealed)
        except SetupError:
            continue
        return True
    return False


def erase_from(town):
    """Erases the person. What had to be true before, so that its absence says something, was."""
    before = SimpleNamespace(on_chain=town.on_chain(), keys=town.keys(), verdict=town.verdict())
    for (kind, value), stands in before.on_chain.items():
        assert {key for key in before.keys if reference(key, kind, value) == stands} == {town.key}, kind
    assert len(town.sealed) == 2
    assert all(opens(before.keys, sealed, f"partner {town.number}") for sealed in town.sealed)
    assert before.verdict["payouts"]["erased"] == 0
    town.erase()
