"""Invitations: by a letter, accepted once, by who has its newest link."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import update
from tests.backend.people import everything, is_problem
from tests.backend.post import letters, token_of

from fenrun.registry.models import Invitation

NEW = "a whole new password"


def fresh():
    return f"{uuid.uuid4().hex[:12]}@example.com"


def invite(people, by="operator", **more):
    email = fresh()
    body = {"email": email, "role": "partner", "partner_id": people.rich_id, **more}
    return email, getattr(people, by).post("/v1/invitations", json=body)


def accept(people, token, password=NEW):
    # A client of its own, whose cookies are nobody else's.
    client = people.with_key("")
    del client.headers["Authorization"]
    return client, client.post("/v1/session/invitation/accept", json={"token": token, "password": password})


def test_who_is_invited_chooses_a_password_and_is_in(people):
    email, made = invite(people, language="zh-CN")
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["member_id"]) == ("open", None)
    [(letter, content)] = letters(people.road.sessions, people.road.keys.reference_key, email)
    assert (letter.kind, letter.language, letter.about) == ("invitation", "zh-CN", made.json()["id"])
    assert content.variables["inviter"] == "the-operator"
    token = token_of(people, email, "invitation")
    seen = people.anonymous.post("/v1/session/invitation", json={"token": token}).json()
    assert (seen["login"], seen["role"], seen["language"]) == (email, "partner", "zh-CN")
    assert seen["partner_name"] == made.json()["partner_name"]
    client, accepted = accept(people, token)
    assert accepted.status_code == 201, accepted.text
    assert client.get("/v1/session").json()["partner_id"] == people.rich_id
    assert people.signed_in(email, NEW).get("/v1/me").json()["email"] == email
    [row] = [i for i in everything(people.admin, "/v1/invitations") if i["email"] == email]
    assert (row["state"], row["member_id"]) == ("accepted", accepted.json()["member_id"])
    lines = people.lines(request_id=accepted.headers["X-Request-Id"])
    assert [line["action"] for line in lines] == ["member.added", "invitation.accepted", "session.opened"]
    assert {line["actor"] for line in lines} == {row["member_id"]}
    [member] = [m for m in everything(people.admin, "/v1/members") if m["email"] == email]
    assert (member["id"], member["language"]) == (row["member_id"], "zh-CN")


def test_a_link_is_good_once(people):
    email, _ = invite(people)
    token = token_of(people, email, "invitation")
    assert accept(people, token)[1].status_code == 201
    assert is_problem(accept(people, token)[1], 410, "link_ended")
    assert is_problem(people.anonymous.post("/v1/session/invitation", json={"token": token}), 410, "link_ended")


def test_a_letter_sent_again_makes_the_one_before_void(people):
    email, made = invite(people)
    first = token_of(people, email, "invitation")
    again = people.operator.post(f"/v1/invitations/{made.json()['id']}/resend")
    assert again.json()["expires_at"] > made.json()["expires_at"]
    second = token_of(people, email, "invitation")
    assert len(letters(people.road.sessions, people.road.keys.reference_key, email)) == 1  # the first never goes
    assert is_problem(accept(people, first)[1], 410, "link_ended")
    assert accept(people, second)[1].status_code == 201
    resent = people.operator.post(f"/v1/invitations/{made.json()['id']}/resend")
    assert is_problem(resent, 409, "invitation_state")


def test_a_withdrawn_invitation_lets_nobody_in(people):
    email, made = invite(people)
    token, path = token_of(people, email, "invitation"), f"/v1/invitations/{made.json()['id']}"
    assert people.operator.delete(path).status_code == 204
    assert letters(people.road.sessions, people.road.keys.reference_key, email) == []
    assert is_problem(accept(people, token)[1], 410, "link_ended")
    assert is_problem(people.operator.delete(path), 409, "invitation_state")
    body = {"email": email, "role": "partner", "partner_id": people.rich_id}
    assert people.operator.post("/v1/invitations", json=body).status_code == 201


def test_after_a_week_a_link_has_ended_and_can_be_sent_again(people):
    email, made = invite(people)
    token, id_ = token_of(people, email, "invitation"), made.json()["id"]
    left = dt.datetime.fromisoformat(made.json()["expires_at"]) - dt.datetime.fromisoformat(made.json()["created_at"])
    assert left == dt.timedelta(days=7)
    with people.road.sessions.begin() as session:
        session.execute(update(Invitation).where(Invitation.id == id_).values(expires_at=dt.datetime.now(dt.UTC)))
    assert is_problem(accept(people, token)[1], 410, "link_ended")
    [row] = [i for i in everything(people.auditor, "/v1/invitations") if i["id"] == id_]
    assert row["state"] == "expired"
    assert people.operator.post(f"/v1/invitations/{id_}/resend").json()["state"] == "open"
    assert accept(people, token_of(people, email, "invitation"))[1].status_code == 201


def test_channel_operations_invite_and_see_partners_members_alone(people):
    refused = people.operator.post("/v1/invitations", json={"email": fresh(), "role": "finance"})
    assert is_problem(refused, 403, "forbidden")
    staff = people.admin.post("/v1/invitations", json={"email": fresh(), "role": "admin"}).json()
    assert staff["id"] in {row["id"] for row in everything(people.auditor, "/v1/invitations")}
    assert {row["role"] for row in everything(people.operator, "/v1/invitations")} <= {"partner"}
    path = f"/v1/invitations/{staff['id']}"
    assert is_problem(people.operator.delete(path), 404, "not_found")
    assert is_problem(people.operator.post(f"{path}/resend"), 404, "not_found")
    assert people.admin.delete(path).status_code == 204


def test_nobody_is_invited_twice_nor_who_is_in_already(people):
    email, _ = invite(people)
    body = {"email": email.upper(), "role": "partner", "partner_id": people.other_id}
    assert is_problem(people.operator.post("/v1/invitations", json=body), 409, "taken")
    known = fresh()
    people.newcomer(email=known)
    assert is_problem(people.operator.post("/v1/invitations", json={**body, "email": known}), 409, "taken")


def test_who_becomes_a_member_meanwhile_cannot_become_one_again(people):
    email, _ = invite(people)
    people.newcomer(email=email)
    assert is_problem(accept(people, token_of(people, email, "invitation"))[1], 409, "taken")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"role": "partner", "partner_id": None}, 422, "malformed"),
        ({"role": "finance"}, 422, "malformed"),
        ({"email": "nobody"}, 422, "malformed"),
        ({"language": "fr"}, 422, "malformed"),
        ({"partner_id": "pn_nobody"}, 404, "not_found"),
    ],
)
def test_an_invitation_that_is_none(people, body, status, code):
    assert is_problem(invite(people, by="admin", **body)[1], status, code)


def test_a_short_password_does_not_use_the_link_up(people):
    email, _ = invite(people)
    token = token_of(people, email, "invitation")
    assert is_problem(accept(people, token, "short")[1], 422, "malformed")
    assert accept(people, token)[1].status_code == 201
