"""The guide to webhooks says what is so, and its code runs."""

import base64
import json
import re
import subprocess
import time

import pytest
from scripts import webhook_docs
from tests.conftest import ROOT

from fenrun.kit.webhook_signatures import new_secret, secret_text, sign
from fenrun.webhooks.events import TYPES, example_of
from fenrun.webhooks.service import FAILING_DAYS, RETRY_SECONDS

GUIDE = (ROOT / "docs" / "webhooks.md").read_text()
BODY = '{"type":"payout.completed","note":"续费"}'.encode()


def code(language):
    [found] = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S)
    return found


def signed(secrets, at=None, id_="msg_1"):
    moment = int(time.time()) if at is None else at
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(moment),
        "webhook-signature": sign(secrets, id_, moment, BODY),
    }


OURS, OTHER = new_secret(), new_secret()


def requests():
    """Headers, body, and whether they are good; made when they are needed, for they age."""
    return [
        (signed([OURS]), BODY, True),
        (signed([OTHER, OURS]), BODY, True),
        (signed([OTHER]), BODY, False),
        (signed([OURS]), BODY + b" ", False),
        (signed([OURS]) | {"webhook-id": "msg_2"}, BODY, False),
        (signed([OURS], at=int(time.time()) - 400), BODY, False),
        (signed([OURS], at=int(time.time()) + 400), BODY, False),
        (signed([OURS]) | {"webhook-signature": ""}, BODY, False),
    ]


def test_the_event_types_are_those_of_the_models():
    assert webhook_docs.written(GUIDE) == GUIDE, "run `make webhook-docs`"


@pytest.mark.parametrize("type", TYPES)
def test_every_example_is_one(type):
    data = example_of(TYPES[type])
    assert TYPES[type].model_validate(data).model_dump(mode="json") == data
    assert TYPES[type].type in GUIDE


def test_the_python_of_the_guide_verifies():
    names = {}
    exec(code("python"), names)  # noqa: S102 - it is ours
    for headers, body, good in requests():
        assert names["verified"](secret_text(OURS), headers, body) is good


def test_the_javascript_of_the_guide_verifies(tmp_path):
    given = [
        {"headers": headers, "body": base64.b64encode(body).decode(), "secret": secret_text(OURS)}
        for headers, body, _ in requests()
    ]
    script = tmp_path / "guide.mjs"
    script.write_text(
        f"""{code("js")}
        const results = JSON.parse(process.argv[2]).map((one) =>
          verified(one.secret, one.headers, Buffer.from(one.body, "base64")));
        console.log(JSON.stringify(results));"""
    )
    done = subprocess.run(["node", script, json.dumps(given)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [good for _, _, good in requests()]


def test_the_schedule_of_the_guide_is_the_one_there_is():
    words = {5: "5 seconds", 300: "5 minutes", 1800: "30 minutes"}
    hours = [str(seconds // 3600) for seconds in RETRY_SECONDS[3:]]
    assert f"| 2, 3, 4 | {', '.join(words[seconds] for seconds in RETRY_SECONDS[:3])} |" in GUIDE
    assert f"| 5, 6, 7 | {', '.join(hours[:3])} hours |" in GUIDE
    assert f"| 8, 9, 10 | {', '.join(hours[3:])} hours: three days in all |" in GUIDE
    assert FAILING_DAYS == 5
    assert "nothing at all got through for five days" in GUIDE
