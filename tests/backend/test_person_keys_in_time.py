"""A key per person: erased while it is used, partners from before there were keys, and backups that come back."""

import threading
import time
import uuid
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from tests.backend.conftest import open_copy
from tests.backend.erasure import FIRST, SECOND, now
from tests.backend.people import add_member
from tests.backend.test_payouts import (
    USD,
)
from typer.testing import CliRunner

from fenrun import cli, desk
from fenrun.chain.client import to_hex
from fenrun.kit import migrations, postgres
from fenrun.kit.db import connect, sessions
from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import SetupError
from fenrun.kit.security import reference
from fenrun.payouts import details, details_service
from fenrun.payouts.service import Actor
from fenrun.privacy import restoring, service
from fenrun.privacy import tasks as privacy_tasks
from fenrun.privacy.models import PrivacyRequest
from fenrun.registry import person_keys
from fenrun.registry import repository as partners
from fenrun.registry import service as registry
from fenrun.registry.access import PERMISSIONS, Viewer
from fenrun.registry.errors import ErasedError
from fenrun.registry.models import Member, Partner
from fenrun.registry.service import NewPartner
from fenrun.statements import build, export
from fenrun.statements.tasks import source_of

# --- At the same moment ---------------------------------------------------------------------------------


ACCOUNT = details.Account("Li Si", iban="DE89370400440532013000")


@pytest.fixture
def leaver(town):
    """A person of the test's own that is not on chain yet, and whose erasure is approved."""
    external_id, key = f"leaver-{uuid.uuid4().hex[:8]}", town.installation_key
    with town.road.sessions.begin() as session:
        registry.add_partners(session, key, [NewPartner(external_id, "Li Si", "DE", "individual")])
        number = partners.by_external_id(session, external_id).number
        owner = Viewer(add_member(session, external_id, "partner", number, is_owner=True), external_id, "partner",
                       number, PERMISSIONS["owner"])  # fmt: skip
        asked = service.ask(session, owner, "erasure", "gdpr", now())
        service.approve(session, asked.id, FIRST, now())
    return SimpleNamespace(number=number, owner=owner, asked=asked.id, key=key, sessions=town.road.sessions)


def erase(session, leaver):
    service.erase(session, leaver.asked, SECOND, leaver.key, now())


def write_details(session, leaver):
    actor = Actor("mb_x", "x")
    details_service.set_details(session, leaver.number, "DE", "individual", ACCOUNT, None, [], actor, leaver.key, now())


def at_the_same_time(sessions, first, second):
    """Runs two transactions of which the second one must wait until the first one is over; what the second one said."""
    said = []

    def run():
        try:
            with sessions.begin() as session:
                session.execute(text("SET application_name = 'the second'"))
                second(session)
        except ErasedError as error:
            said.append(error)

    thread = threading.Thread(target=run)
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
    with sessions.begin() as session:
        first(session)
        session.flush()
        thread.start()
        end = time.monotonic() + 20
        with sessions() as looking:
            while looking.scalar(waits) == 0 and thread.is_alive() and time.monotonic() < end:
                looking.rollback()
                time.sleep(0.05)
        assert thread.is_alive(), "the second did not wait"
    thread.join(20)
    assert not thread.is_alive()
    return said


def kept(leaver):
    query = text("SELECT count(*) FROM payout_details WHERE partner_number = :number")
    with leaver.sessions() as session:
        return session.scalar(query, {"number": leaver.number})


def test_what_is_sealed_while_the_erasure_begins_is_erased_with_the_rest(leaver):
    first, second = (lambda session: write_details(session, leaver)), (lambda session: erase(session, leaver))
    assert at_the_same_time(leaver.sessions, first, second) == []
    assert kept(leaver) == 0
    with leaver.sessions() as session, pytest.raises(ErasedError):
        person_keys.of(session, leaver.key, leaver.number)


def test_what_would_be_sealed_while_the_erasure_ends_is_refused(leaver):
    first, second = (lambda session: erase(session, leaver)), (lambda session: write_details(session, leaver))
    [refused] = at_the_same_time(leaver.sessions, first, second)
    assert str(leaver.number) in refused.detail
    assert kept(leaver) == 0


def test_an_archive_in_the_making_goes_with_the_erasure(town, leaver):
    with leaver.sessions.begin() as session:
        write_details(session, leaver)
        asked = service.ask(session, leaver.owner, "export", "gdpr", now())

    def make(session):
        with export.snapshot(leaver.sessions) as reading:
            while service.make_next(session, reading, leaver.key, USD, now()):
                pass
        made = session.get(PrivacyRequest, asked.id)
        assert (made.state, made.archive is None) == ("ready", False)
        own = person_keys.of(session, leaver.key, leaver.number)
        assert decrypt(own, f"archive {asked.id}", bytes(made.archive))[:2] == b"PK"

    assert at_the_same_time(leaver.sessions, make, lambda session: erase(session, leaver)) == []
    with leaver.sessions() as session:
        left = session.get(PrivacyRequest, asked.id)
        assert (left.state, left.archive) == ("expired", None)


def test_an_archive_that_was_asked_for_is_not_made_of_what_was_erased(leaver, town):
    with leaver.sessions.begin() as session:
        asked = service.ask(session, leaver.owner, "export", "gdpr", now())
    with leaver.sessions.begin() as session:
        erase(session, leaver)
    while privacy_tasks.make_archive(town.road):
        pass
    with leaver.sessions() as session:
        left = session.get(PrivacyRequest, asked.id)
        assert (left.state, left.archive) == ("expired", None)


# --- From before ----------------------------------------------------------------------------------------


def test_partners_from_before_get_keys_and_their_accounts_are_sealed_anew(tmp_path):
    engine, key = connect(postgres.start(tmp_path / "pg")), b"k" * 32
    try:
        config = Config()
        config.set_main_option("script_location", str(migrations.FOLDER))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0014")
            connection.exec_driver_sql(
                "INSERT INTO partners (number, id, external_id, name, country, type, partner_ref)"
                " SELECT n, 'pn_' || n, 'P' || n, 'Partner ' || n, 'DE', 'individual', %s FROM generate_series(1, 3) n",
                (reference(key, "partner", "P1"),),
            )
            connection.exec_driver_sql(
                "INSERT INTO payout_details (partner_number, country, payee_type, account, account_hint, documents,"
                " changed_by) VALUES (2, 'DE', 'individual', %s, '3000', '[]', 'mb_1')",
                (details.seal(key, 2, ACCOUNT),),
            )
            connection.exec_driver_sql(
                "INSERT INTO members (id, login, password_hash, role, partner_number, language, is_owner)"
                " VALUES ('mb_2', 'two', '', 'partner', 2, 'en', true)"
            )
            for id_, partner in (("pv_alone", None), ("pv_both", 2)):
                connection.exec_driver_sql(
                    "INSERT INTO privacy_requests (id, kind, law, member_id, login, partner_number, asked_at, due_on,"
                    " state, archive, expires_at) VALUES (%s, 'export', 'gdpr', 'mb_2', 'two', %s, now(), now(),"
                    " 'ready', %s, now() + interval '1 day')",
                    (id_, partner, encrypt(key, f"archive {id_}", b"PK")),
                )
        migrations.upgrade(engine)
        with sessions(engine).begin() as session:
            assert person_keys.of_all(session, key, [1, 2]) == {1: key, 2: key}  # until they have their own
            assert restoring.give_keys(session, key) == 3
        with sessions(engine).begin() as session:
            assert restoring.give_keys(session, key) == 0
            own = person_keys.of(session, key, 2)
            sealed = bytes(session.scalar(text("SELECT account FROM payout_details")))
            assert details.unseal(own, 2, sealed) == ACCOUNT
            with pytest.raises(SetupError):
                details.unseal(key, 2, sealed)
            two = Viewer("mb_2", "two", "partner", 2, PERMISSIONS["owner"])
            for id_ in ("pv_alone", "pv_both"):
                assert service.fetch(session, id_, two, key, now()) == b"PK"
            # What the chain has of them cannot be changed.
            assert bytes(session.scalar(text("SELECT partner_ref FROM partners WHERE number = 1"))) == reference(
                key, "partner", "P1"
            )
    finally:
        engine.dispose()
        postgres.stop(tmp_path / "pg")


def test_a_payment_that_was_recorded_before_there_were_keys_is_audited_as_ever(town):
    [payout] = [p for p in town.office.payouts(town.run).values() if p["partner_id"] == town.veteran]
    with town.road.sessions() as session:
        number, bank = session.execute(
            text("SELECT number, bank_reference FROM payouts WHERE id = :id"), {"id": payout["id"]}
        ).one()
    [recorded] = [p for log in town.logs("PayoutsRecorded") for p in log["payouts"] if p[0] == number]
    assert bytes(recorded[-1]) == reference(town.installation_key, "bank", bank)
    town.verdict()


def test_a_month_that_was_closed_before_there_were_keys_is_proven_as_ever(town):
    with town.road.sessions() as session:
        number, month = session.execute(
            text("SELECT partner_number, month FROM checkpoint_leaves WHERE partner_number NOT IN (0, :n) LIMIT 1"),
            {"n": town.number},
        ).one()
        partner, source = session.get(Partner, number), source_of(town.road)
        own = person_keys.of(session, town.installation_key, number)
        for before, key in ((False, own), (True, town.installation_key)):
            session.execute(text("UPDATE checkpoints SET salted_by_person = :own"), {"own": not before})
            session.expire_all()
            made = build.statement(session, source, partner, month).checkpoint
            assert made.salt == to_hex(build.salt(source, month, made.revision, number, key))
        session.rollback()


# --- A backup that comes back ---------------------------------------------------------------------------


@pytest.fixture
def restored(replayed, erased, tmp_path, monkeypatch):
    """A backup from before the erasure that was restored, and a file of what was erased since."""
    instance = open_copy(replayed, tmp_path)
    monkeypatch.setattr(desk, "open_instance", lambda _: nullcontext(erased.instance))
    listed = CliRunner().invoke(cli.app, ["privacy", "erased"])
    assert listed.exit_code == 0, listed.output
    file = tmp_path / "erased.jsonl"
    file.write_text(listed.stdout)
    monkeypatch.setattr(desk, "open_instance", lambda _: nullcontext(instance))
    try:
        yield SimpleNamespace(instance=instance, file=file)
    finally:
        instance.stop()


def test_a_restored_backup_brings_keys_back_until_the_erasures_are_carried_out_anew(restored, erased):
    sessions_, number = restored.instance.sessions, erased.number
    with sessions_() as session:
        assert person_keys.of(session, erased.installation_key, number) == erased.key
        assert session.get(Partner, number).external_id == erased.external_id
    for trace in (erased.name, erased.external_id, "zhang-san"):
        assert trace not in restored.file.read_text()
    listed = restored.file.read_text().splitlines()
    assert erased.asked.id in "".join(listed)
    # Its member came after the backup; the partner did not. Of those who came later altogether nothing is here.
    again = CliRunner().invoke(cli.app, ["privacy", "reapply", str(restored.file)])
    assert again.exit_code == 0, again.output
    assert again.stdout.strip() == f"1 carried out anew, 0 were, {len(listed) - 1} concern nobody here"
    with sessions_() as session:
        partner = session.get(Partner, number)
        assert (partner.name, partner.external_id) == (f"Erased {number}", f"erased-{number}")
        with pytest.raises(ErasedError):
            person_keys.of(session, erased.installation_key, number)
        noted = session.execute(text("SELECT target FROM audit_log WHERE action = 'privacy.reapplied'")).scalars().all()
        assert noted == [erased.asked.id]


def test_a_request_of_before_the_backup_is_noted_as_it_was_carried_out(restored, erased):
    with restored.instance.sessions.begin() as session:
        session.add(
            Member(id=erased.member_id, login="zhang-san", email="zhang@example.com", password_hash="",
                   role="partner", partner_number=erased.number, is_owner=True)
        )  # fmt: skip
    outcomes = []
    for _ in range(2):
        again = CliRunner().invoke(cli.app, ["privacy", "reapply", str(restored.file)])
        assert again.exit_code == 0, again.output
        outcomes.append(again.stdout.split(",")[:2])
    assert outcomes == [["1 carried out anew", " 0 were"], ["0 carried out anew", " 1 were"]]
    with restored.instance.sessions() as session:
        noted, done = session.get(PrivacyRequest, erased.asked.id), erased.asked.id
        [original] = [one for one in restoring.erasures(session) if one.id == done]
        assert (noted.state, original.done_by, original.decided_by) == ("erased", SECOND.member_id, FIRST.member_id)
        member = session.get(Member, erased.member_id)
        assert (member.email, member.login.startswith("erased-")) == (None, True)


def test_a_list_that_was_cut_off_changes_nothing_and_names_the_line(restored, erased):
    restored.file.write_text(restored.file.read_text() + '{"id": "pv_')
    lines = len(restored.file.read_text().splitlines())
    said = CliRunner().invoke(cli.app, ["privacy", "reapply", str(restored.file)])
    assert said.exit_code == 2
    assert f"line {lines}" in said.output.replace("\n", " ")
    with restored.instance.sessions() as session:
        assert session.get(Partner, erased.number).name == erased.name
