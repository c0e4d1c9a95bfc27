"""Signatures: the reference library's vector, and both ways with the library itself; secrets kept encrypted."""

import base64
import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from fenrun.kit.encryption import decrypt, encrypt
from fenrun.kit.errors import MalformedError, SetupError
from fenrun.kit.webhook_signatures import (
    TOLERANCE_SECONDS,
    SignatureError,
    new_secret,
    parse_secret,
    secret_text,
    sign,
    verify,
)

# Of the reference implementations' own tests.
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

secrets = st.binary(min_size=24, max_size=64)
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="."), min_size=1, max_size=60)
bodies = st.text(max_size=200).map(str.encode)


def test_the_reference_vector():
    key = parse_secret(SECRET)
    assert sign([key], ID, AT, BODY) == SIGNATURE
    verify([key], ID, str(AT), SIGNATURE, BODY, AT)
    assert secret_text(key) == SECRET


@given(secrets, ids, bodies)
def test_what_we_sign_the_reference_library_accepts(secret, message_id, body):
    now = int(time.time())
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign([new_secret(), secret], message_id, now, body),
    }
    Webhook(secret_text(secret)).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(new_secret())).verify(body, headers, json_parse=False)


@given(secrets, ids, bodies, st.integers(0, 9_999_999_999))
def test_what_the_reference_library_signs_we_accept(secret, message_id, body, at):
    signed = Webhook(secret).sign(message_id, dt.datetime.fromtimestamp(at, dt.UTC), body.decode())
    verify([new_secret(), secret], message_id, str(at), f"v1a,AAAA {signed}", body, at)


@given(secrets, ids, bodies, st.data())
def test_nothing_signed_can_be_changed(secret, message_id, body, data):
    signed = sign([secret], message_id, AT, body)
    changed = data.draw(st.sampled_from(["secret", "id", "timestamp", "body", "signature"]))
    given = {"secrets_": [secret], "message_id": message_id, "timestamp": str(AT), "signature": signed, "body": body}
    match changed:
        case "secret":
            given["secrets_"] = [data.draw(secrets.filter(lambda other: other != secret))]
        case "id":
            given["message_id"] = data.draw(ids.filter(lambda other: other != message_id))
        case "timestamp":
            given["timestamp"] = str(AT + data.draw(st.sampled_from([-1, 1])))
        case "body":
            given["body"] = data.draw(bodies.filter(lambda other: other != body))
        case "signature":
            raw = bytearray(base64.b64decode(signed[3:]))
            raw[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
            given["signature"] = "v1," + base64.b64encode(raw).decode()
    with pytest.raises(SignatureError):
        verify(**given, now=AT)


@pytest.mark.parametrize("off", [-TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_five_minutes_either_way_are_allowed(off):
    verify([parse_secret(SECRET)], ID, str(AT), SIGNATURE, BODY, AT - off)


@pytest.mark.parametrize(("off", "word"), [(-TOLERANCE_SECONDS - 1, "old"), (TOLERANCE_SECONDS + 1, "ahead")])
def test_more_than_five_minutes_are_not(off, word):
    with pytest.raises(SignatureError, match=f"301 seconds {word}"):
        verify([parse_secret(SECRET)], ID, str(AT), SIGNATURE, BODY, AT - off)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"message_id": ""}, "webhook-id"),
        ({"message_id": "a.b"}, "full stop"),
        ({"message_id": "é"}, "webhook-id"),
        ({"message_id": "x" * 256}, "webhook-id"),
        ({"timestamp": ""}, "webhook-timestamp"),
        ({"timestamp": f"{AT}.0"}, "webhook-timestamp"),
        ({"timestamp": "١٦١٤٢٦٥٣٣٠"}, "webhook-timestamp"),
        ({"timestamp": "9" * 400}, "webhook-timestamp"),
        ({"timestamp": f"-{AT}"}, "webhook-timestamp"),
        ({"signature": ""}, "matches"),
        ({"signature": SIGNATURE.removeprefix("v1,")}, "matches"),
        ({"signature": SIGNATURE.replace("v1,", "v1a,")}, "matches"),
        ({"signature": SIGNATURE.replace("v1,", "v2,")}, "matches"),
        ({"signature": "v1,é"}, "matches"),
        ({"secrets_": []}, "matches"),
    ],
)
def test_what_does_not_hold_says_why(change, says):
    good = {"secrets_": [parse_secret(SECRET)], "message_id": ID, "timestamp": str(AT), "signature": SIGNATURE}
    with pytest.raises(SignatureError, match=says):
        verify(**{**good, **change}, body=BODY, now=AT)


@given(secrets)
def test_a_secret_is_read_as_it_was_written(secret):
    assert parse_secret(secret_text(secret)) == secret


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_é", "whsec_" + "A" * 28, "whsec_" + "A" * 88, "whsec_" + "A" * 31]
)
def test_what_is_no_secret(text):
    with pytest.raises(MalformedError, match="24 to 64 bytes"):
        parse_secret(text)


@given(secrets, st.text(max_size=30))
def test_a_secret_is_kept_encrypted_for_its_row_alone(secret, context):
    key = new_secret()
    kept = encrypt(key, context, secret)
    assert secret not in kept
    assert encrypt(key, context, secret) != kept
    assert decrypt(key, context, kept) == secret
    for other_key, other_context in ((new_secret(), context), (key, context + "x")):
        with pytest.raises(SetupError, match="another key"):
            decrypt(other_key, other_context, kept)
