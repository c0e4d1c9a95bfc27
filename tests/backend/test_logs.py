"""Secrets never reach a log: of the processor alone, and of a real server that fails in the middle of requests."""

import io
import json
import logging
import uuid

import pytest
import structlog
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from tests import plain_http
from tests.backend.people import PASSWORD
from tests.backend.server import Server

from fenrun.kit import logs
from fenrun.kit.logs import REDACTED, redact


@pytest.fixture
def written():
    """What this process logs, as it is written."""
    root = logging.getLogger()
    before, level, configured = root.handlers, root.level, structlog.get_config()
    stream = io.StringIO()
    logs.install(stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.configure(**configured)


SECRET = "kA9-_zzTopSecret42"


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "Authorization", "cookie", "api_key", "X-API-Key", "client_secret", "access_token",
     "private_key", "signature", "totp_code", "recovery_codes", "code_verifier", "credentials", "mnemonic"],
)  # fmt: skip
def test_values_of_these_names_are_taken_out_wherever_they_are(name):
    event = {"event": "x", name: SECRET, "deep": {"list": [{name: SECRET}, {name: [SECRET]}]}}
    assert SECRET not in json.dumps(redact(None, "", event))


@pytest.mark.parametrize(
    "text",
    [
        f"GET /v1/orders Bearer {SECRET}",
        f"{{'Authorization': 'bearer {SECRET}'}}",
        f"Basic {SECRET}",
        f"the key frk_{SECRET} is refused",
        f"whsec_{SECRET}",
        f"Cookie: a=b; fenrun_session={SECRET}; c=d",
        f"postgresql://fenrun:{SECRET}@db.example/fenrun",
        f"otpauth://totp/Fenrun:a?secret={SECRET}&issuer=Fenrun",
        f"GET /v1/session/oidc/callback?state=a&code={SECRET}",
        f'{{"login": "a", "password": "{SECRET}"}}',
        f"{{'new_password': '{SECRET}'}}",
        f"eyJ{SECRET}.eyJ{SECRET}.{SECRET}",
    ],
)
def test_values_that_look_like_secrets_are_taken_out_of_any_text(text):
    event = {"event": text, "detail": [text], "raw": text.encode()}
    out = json.dumps(redact(None, "", event))
    assert SECRET not in out
    assert REDACTED in out


@given(
    event=st.dictionaries(
        st.sampled_from(["event", "block", "order_id", "detail", "count", "hash", "code"]),
        st.sampled_from(["locked_out", "ord_01j9", "0x" + "ab" * 32, "worker.step_failed", 7, None, True, 1.5]),
    )
)
def test_what_is_no_secret_stays(event):
    assert redact(None, "", dict(event)) == event


def test_both_ways_of_logging_are_structured_and_clean(written):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("fenrun.test").warning("a.thing", password=SECRET, order="ord_1")
        logging.getLogger("elsewhere").error("it broke with frk_%s", SECRET)
        try:
            raise ValueError(f"Bearer {SECRET}")
        except ValueError:
            logging.getLogger("elsewhere").exception("with a trace")
    first, second, third = (json.loads(line) for line in written.getvalue().splitlines())
    assert first["event"] == "a.thing"
    assert (first["order"], first["request_id"], first["level"]) == ("ord_1", "r-1", "warning")
    assert second["request_id"] == "r-1"
    assert "Traceback" in third["exception"]
    assert SECRET not in written.getvalue()


def test_a_server_that_fails_in_the_middle_of_requests_writes_no_secret(people, written):
    """Every line of a real server at the most talkative level, its tables broken under it."""
    made = people.admin.post("/v1/api-keys", json={"name": f"k-{uuid.uuid4().hex[:8]}", "scopes": ["read"]}).json()
    login = people.newcomer("admin")
    token = people.signed_in(login).cookies["fenrun_session"]
    cookie, bearer = {"Cookie": f"fenrun_session={token}"}, {"Authorization": f"Bearer {made['key']}"}
    typed = "a password that somebody typed"
    config = uvicorn.Config(people.app, port=0, log_level="debug", log_config=None)
    with Server(config) as server:
        statuses = []

        def ask(method, path, **more):
            # A connection each: a server closes it after a failure.
            statuses.append(plain_http.request(method, server.address + path, **more).status_code)

        def everything():
            ask("POST", "/v1/session", json={"login": login, "password": PASSWORD, "code": "123456"})
            ask("POST", "/v1/session", json={"login": login, "password": typed})
            ask("PUT", "/v1/me/password", json={"current": PASSWORD, "new": typed}, headers=cookie)
            ask("PUT", "/v1/me/password", json={"current": typed, "new": PASSWORD}, headers=cookie)
            ask("POST", "/v1/me/totp", json={"password": PASSWORD}, headers=cookie)
            ask("GET", "/v1/orders", headers=bearer)
            ask("GET", f"/v1/session/oidc/callback?state={token}&code={token}")
            ask("POST", "/v1/session", content=f'{{"login": 1, "password": "{typed}"')

        everything()
        # What no endpoint foresees: the traceback goes to the log, with the statement that failed.
        breaks = ["sign_in_failures", "audit_log"]
        for table in breaks:
            with people.road.sessions.begin() as session:
                session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
            try:
                everything()
            finally:
                with people.road.sessions.begin() as session:
                    session.connection().exec_driver_sql(f"ALTER TABLE {table}_away RENAME TO {table}")
    assert 500 in statuses
    assert {200, 204, 401, 422} <= set(statuses)
    text = written.getvalue()
    assert "Traceback" in text
    assert "http.unforeseen" in text
    secrets = {"password": PASSWORD, "typed": typed, "key": made["key"], "session": token}
    assert [name for name, secret in secrets.items() if secret in text] == []
    for line in text.splitlines():
        json.loads(line)
