"""The API against its own description: whatever is sent, no 5xx, and no answer that is not declared."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fenrun.api import create_app

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(create_app(None).openapi())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
EXAMPLES = int(os.environ.get("FENRUN_EXAMPLES", "1"))
"""Of each operation and caller; with one, an operation is tried by finance and one other, with more by all."""
WHO = ("finance", "partner", "admin", "api key")


@pytest.fixture(scope="module")
def callers(people):
    """What each caller sends to say who it is; members are the test's own, for their sessions may end."""
    with people.road.sessions() as session:
        number = session.connection().exec_driver_sql("SELECT number FROM partners ORDER BY 1 LIMIT 1").scalar_one()
    logins = {
        "finance": people.newcomer("finance"),
        "partner": people.newcomer("partner", number),
        "admin": people.newcomer("admin"),
    }
    cookies = {
        name: {"fenrun_session": people.signed_in(login).cookies["fenrun_session"]} for name, login in logins.items()
    }
    return {
        **{name: {"cookies": value} for name, value in cookies.items()},
        "api key": {"headers": {"Authorization": f"Bearer {people.key}"}},
    }


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_a_declared_one(people, callers, label):
    others = WHO[1:] if EXAMPLES > 1 else WHO[1 + sum(map(ord, label)) % (len(WHO) - 1) :][:1]
    for who in (WHO[0], *others):
        is_as_declared(people, callers, OPERATIONS[label], who)


def is_as_declared(people, callers, operation, who):

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def check(case):
        answer = case.call(app=people.app, base_url="http://testserver", **callers[who])
        case.validate_response(answer, checks=CHECKS)

    check()
