"""Letters: written with what they tell of, sent by a real SMTP server, again until they went, and never after."""

import datetime as dt
import ssl
from string import Template

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from tests.backend.post import letters, smtp_server

from fenrun.kit.db import sessions as sessions_of
from fenrun.kit.errors import SetupError
from fenrun.kit.settings import Settings
from fenrun.mail import repository, service, wording
from fenrun.mail.models import Letter
from fenrun.mail.sending import Server
from fenrun.mail.tasks import Postman
from fenrun.operations import doctor

KEY = b"k" * 32
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TO = "ada@example.com"
VARIABLES = {"login": "ada", "until": "13:00", "path": "/reset/a-token"}


@pytest.fixture
def sessions(empty_database):
    made = sessions_of(empty_database)
    yield made
    with made.begin() as session:
        session.execute(delete(Letter))


@pytest.fixture(scope="module")
def server_of_module():
    with smtp_server() as made:
        yield made


@pytest.fixture
def mailbox(server_of_module):
    box, _ = server_of_module
    box.__init__()
    return box


@pytest.fixture
def postman(sessions, server_of_module):
    return postman_at(sessions, server_of_module[1])


def postman_at(sessions, port, url="smtp://127.0.0.1:{}"):
    settings = Settings(smtp_url=url.format(port), mail_from="Fenrun <noreply@fenrun.example>")
    return Postman(sessions, KEY, Server.of(settings), "https://portal.example")


def write(sessions, to=TO, language="en", useful_until=None):
    with sessions.begin() as session:
        service.write(session, KEY, to, "reset", language, "mb_ada", VARIABLES, useful_until)
        [letter] = session.new
        letter.next_attempt_at = NOW
        return letter.id


def the(sessions, id_):
    with sessions() as session:
        return session.scalars(select(Letter).where(Letter.id == id_)).one()


# --- Words --------------------------------------------------------------------------------------------


def test_both_languages_have_every_letter_and_name_the_same_in_it():
    for language in wording.LANGUAGES:
        words = wording._words(language)
        assert set(words) == {"footer", "letters"}
        assert set(words["letters"]) == set(wording.KINDS)
        for kind, variables in wording.KINDS.items():
            letter = words["letters"][kind]
            assert set(letter) == {"subject", "text"} | ({"button"} if "path" in variables else set())
            named = set(Template(letter["subject"] + letter["text"]).get_identifiers())
            assert named - {"portal"} == set(variables) - {"path"}, (language, kind)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(wording.KINDS)), st.sampled_from(wording.LANGUAGES), st.text(max_size=40))
def test_whatever_a_name_is_a_letter_stays_one_subject_and_no_markup(kind, language, name):
    variables = dict.fromkeys(wording.KINDS[kind], name)
    text = wording.compose(kind, language, variables, "https://portal.example")
    assert len(text.subject.splitlines()) == 1
    bare = wording.compose(kind, language, dict.fromkeys(variables, ""), "https://portal.example")
    assert text.html.count("<") == bare.html.count("<")
    if "path" not in variables:
        assert name in text.plain


# --- Sending ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "subject"), [("en", "Set a new password"), ("zh-CN", "设置新密码")])
def test_a_letter_arrives_in_the_members_language_as_text_and_as_html(sessions, mailbox, postman, language, subject):
    id_ = write(sessions, language=language)
    assert postman.drain(NOW) == 1
    [(to, message)] = mailbox.messages
    assert (to, message["To"], message["Subject"]) == ([TO], TO, subject)
    assert message["From"] == "Fenrun <noreply@fenrun.example>"
    assert message["Message-ID"] == f"<{id_}@fenrun.example>"
    for form in ("plain", "html"):
        content = message.get_body((form,)).get_content()
        assert "https://portal.example/reset/a-token" in content
        assert "ada" in content


def test_a_letter_that_went_never_goes_again_and_leaves_no_address(sessions, mailbox, postman):
    id_ = write(sessions)
    assert postman.drain(NOW) == 1
    assert postman.drain(NOW + dt.timedelta(days=30)) == 0
    assert len(mailbox.messages) == 1
    letter = the(sessions, id_)
    assert (letter.state, letter.sealed, letter.sent_at) == ("sent", None, NOW)


def test_while_it_waits_a_letter_is_sealed(sessions):
    letter = the(sessions, write(sessions))
    assert all(secret not in letter.sealed for secret in (b"ada", b"a-token"))
    [(_, content)] = letters(sessions, KEY)
    assert (content.to, content.variables) == (TO, VARIABLES)


def test_what_is_taken_back_is_not_told(sessions, mailbox, postman):
    with sessions.begin() as session:
        service.write(session, KEY, TO, "reset", "en", "mb_ada", VARIABLES)
        session.flush()
        session.rollback()
    assert postman.drain(NOW + dt.timedelta(days=9999)) == 0
    assert mailbox.messages == []


def test_a_server_that_takes_nothing_now_is_asked_again_later_each_time(sessions, mailbox, postman):
    id_ = write(sessions)
    mailbox.answers = ["451 Later, not for ada@example.com"] * 3
    now = NOW
    for pause in service.PAUSES[:3]:
        assert postman.drain(now) == 1
        letter = the(sessions, id_)
        assert (letter.state, letter.reason) == ("queued", "451 Later, not for …")
        assert letter.next_attempt_at == now + pause
        assert postman.drain(now + pause - dt.timedelta(seconds=1)) == 0
        now += pause
    assert postman.drain(now) == 1
    [(_, message)] = mailbox.messages
    assert message["Message-ID"].startswith(f"<{id_}@")
    assert (the(sessions, id_).state, the(sessions, id_).attempts) == ("sent", 4)


def test_a_letter_that_never_goes_has_failed_in_the_end(sessions, mailbox, postman):
    id_, now = write(sessions), NOW
    mailbox.answers = ["451 Later"] * 99
    while postman.drain(now):
        now = the(sessions, id_).next_attempt_at
    letter = the(sessions, id_)
    assert (letter.state, letter.reason, letter.attempts) == ("failed", "451 Later", len(service.PAUSES) + 1)
    assert letter.sealed is None


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ("550 <ada@example.com> is nobody", "failed", "550 <…> is nobody"),
        ("450 <ada@example.com> is full", "queued", "450 <…> is full"),
    ],
)
def test_an_address_that_is_refused(sessions, mailbox, postman, answer, state, reason):
    mailbox.refusals = {TO: answer}
    id_, other = write(sessions), write(sessions, to="bob@example.com")
    assert postman.drain(NOW) == 2
    assert (the(sessions, id_).state, the(sessions, id_).reason) == (state, reason)
    assert the(sessions, other).state == "sent"


@pytest.mark.parametrize("address", ["a,b@example.com", "<a>@example.com", "@", "a@b\x07"])
def test_an_address_that_is_none_fails_and_holds_up_nobody(sessions, mailbox, postman, address):
    id_, other = write(sessions, to=address), write(sessions)
    assert postman.drain(NOW) == 2
    assert (the(sessions, id_).state, the(sessions, other).state) == ("failed", "sent")
    assert [to for to, _ in mailbox.messages] == [[TO]]


def test_without_a_server_letters_wait(sessions, mailbox, postman):
    id_ = write(sessions)
    assert Postman(sessions, KEY, None, "").drain(NOW) == 0
    assert (the(sessions, id_).state, the(sessions, id_).attempts) == ("queued", 0)
    with smtp_server() as (_, port):
        away = postman_at(sessions, port)
    assert away.drain(NOW) == 1
    assert the(sessions, id_).reason.startswith("ConnectionRefusedError")
    assert postman.drain(NOW + service.PAUSES[0]) == 1
    assert the(sessions, id_).state == "sent"


def test_a_link_that_has_ended_is_not_sent(sessions, mailbox, postman):
    id_ = write(sessions, useful_until=NOW + dt.timedelta(hours=1))
    assert postman.drain(NOW + dt.timedelta(hours=1)) == 0
    assert mailbox.messages == []
    assert the(sessions, id_).state == "failed"


def test_letters_of_another_key_wait_and_hold_up_nobody(sessions, mailbox, postman):
    with sessions.begin() as session:
        service.write(session, b"x" * 32, TO, "reset", "en", "mb_ada", VARIABLES)
        [letter] = session.new
        letter.next_attempt_at, id_ = NOW - dt.timedelta(days=1), letter.id
    other = write(sessions)
    postman.step(NOW)
    postman.drain(NOW)
    assert the(sessions, other).state == "sent"
    assert the(sessions, id_).state == "queued"
    assert "encrypted with another key" in the(sessions, id_).reason


def test_two_postmen_never_hold_the_same_letter(sessions):
    ids = {write(sessions) for _ in range(4)}
    with sessions.begin() as one, sessions.begin() as other:
        first = {claim.id for claim in service.claim(one, KEY, NOW, 2)}
        second = {claim.id for claim in service.claim(other, KEY, NOW, 9)}
    assert first | second == ids
    assert not first & second


def test_what_a_postman_finds_out_too_late_changes_nothing(sessions, mailbox, postman):
    id_ = write(sessions)
    with sessions.begin() as session:
        [slow] = service.claim(session, KEY, NOW, 1)
    assert postman.drain(NOW) == 0
    after = NOW + service.LEASE
    assert postman.drain(after) == 1
    with sessions.begin() as session:
        repository.note_unsent(session, slow.id, slow.attempt, "too late", after)
    assert (the(sessions, id_).state, the(sessions, id_).reason) == ("sent", None)


# --- Servers ------------------------------------------------------------------------------------------


def test_a_password_goes_through_tls_alone(sessions, mailbox, postman, server_of_module, tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    url = "smtp://us%40er:p%3Aw@127.0.0.1:{}"
    with smtp_server(tls_context=context, require_starttls=True) as (box, port):
        write(sessions)
        postman_at(sessions, port, url).drain(NOW)
        assert box.logins == [(b"us@er", b"p:w")]
        assert len(box.messages) == 1
    id_ = write(sessions)
    postman_at(sessions, server_of_module[1], url).drain(NOW)
    assert "offers no STARTTLS" in the(sessions, id_).reason
    assert mailbox.messages == []


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(sessions):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with smtp_server(tls_context=context, require_starttls=True) as (box, port):
        id_ = write(sessions)
        postman_at(sessions, port).drain(NOW)
        assert box.messages == []
    assert "CERTIFICATE_VERIFY_FAILED" in the(sessions, id_).reason


@pytest.mark.parametrize(
    ("url", "sender", "named"),
    [
        ("http://127.0.0.1:25", "a@b", "FENRUN_SMTP_URL"),
        ("smtp://", "a@b", "FENRUN_SMTP_URL"),
        ("smtp://host:99999", "a@b", "FENRUN_SMTP_URL"),
        ("smtp://host", "", "FENRUN_MAIL_FROM"),
        ("smtp://host", "nobody", "FENRUN_MAIL_FROM"),
    ],
)
def test_settings_that_make_no_sense_are_named(url, sender, named):
    with pytest.raises(SetupError, match=named):
        Server.of(Settings(smtp_url=url, mail_from=sender))


@pytest.mark.parametrize(
    ("configured", "queue", "ok", "said"),
    [
        (False, (0, 0, None), True, "FENRUN_SMTP_URL is not set"),
        (False, (3, 0, None), False, "3 letters wait until it is"),
        (True, (3, 0, None), True, "h:587; 3 letters wait, 0 failed"),
        (True, (0, 1, "550 nobody"), False, "1 failed in a day; the last that did not go: 550 nobody"),
    ],
)
def test_the_doctor_says_what_waits_and_what_failed(configured, queue, ok, said):
    settings = Settings(smtp_url="smtp://h" if configured else None, mail_from="a@b")
    finding = doctor._mail(settings, repository.Queue(*queue))
    assert finding.ok is ok
    assert said in finding.detail


def test_the_queue_counts_what_waits_and_what_was_refused(sessions, mailbox, postman):
    mailbox.refusals = {TO: "550 nobody"}
    write(sessions)
    write(sessions, useful_until=NOW - dt.timedelta(1))
    postman.step(NOW)
    postman.step(NOW)
    write(sessions)
    with sessions.begin() as session:
        service.withdraw(session, "mb_bob")
        found = repository.queue(session, NOW)
    assert found == repository.Queue(1, 2, "Its link had ended before it could go")


def test_ports_are_those_of_their_schemes():
    ports = [
        Server.of(Settings(smtp_url=f"{url}", mail_from="a@b")).port for url in ("smtp://h", "smtps://h", "smtp://h:25")
    ]
    assert ports == [587, 465, 25]
