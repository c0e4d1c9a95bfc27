"""Agreements: published by version, signed by version, and asked for before anything is paid."""

import datetime as dt
import hashlib
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.backend.people import is_problem
from tests.backend.post import letters

from fenrun.agreements import repository, service
from fenrun.registry.models import Partner

TODAY = dt.datetime.now(dt.UTC).date()
LATER = TODAY + dt.timedelta(days=30)
TERMS = "# Partner agreement\n\n1. Be fair.\n2. 公平。\n".encode()
PDF = b"%PDF-1.7\n%...\n"


def fresh():
    return f"terms-{uuid.uuid4().hex[:8]}"


def publish(people, name, version=1, language="en", content=TERMS, title="Partner agreement", on=LATER, by="operator"):
    path = f"/v1/agreements/{name}/{version}/{language}/content"
    query = {"title": title, "effective_on": on.isoformat()}
    headers = {"Content-Type": "application/octet-stream"}
    return getattr(people, by).put(path, params=query, content=content, headers=headers)


def sign(people, agreement, by="rich", **change):
    body = {"signer": "Zhang San 张三", "sha256": agreement["sha256"], **change}
    return getattr(people, by).post(f"/v1/agreements/{agreement['id']}/signatures", json=body)


def standing(people, name, by="rich"):
    rows = getattr(people, by).get(f"/v1/partners/{people.rich_id}/agreements").json()
    return next(row for row in rows if row["name"] == name)


def test_what_is_signed_is_the_text_to_the_byte_with_who_when_and_from_where(people):
    name = fresh()
    made = publish(people, name)
    assert made.status_code == 200, made.text
    agreement = made.json()
    assert agreement["sha256"] == hashlib.sha256(TERMS).hexdigest()
    file = people.rich.get(f"/v1/agreements/{agreement['id']}/content")
    assert (file.content, file.headers["Content-Disposition"]) == (TERMS, f'attachment; filename="{name}-1-en.md"')
    signed = sign(people, agreement)
    assert signed.status_code == 200, signed.text
    signature = signed.json()
    assert (signature["login"], signature["address"], signature["signer"]) == (
        "the-rich",
        "testclient",
        "Zhang San 张三",
    )
    assert signature["sha256"] == agreement["sha256"]
    [line] = people.lines(action="agreement.signed", target=signature["id"])
    assert (line["actor"], line["after"]["sha256"]) == (people.member_ids["rich"], agreement["sha256"])
    shown = standing(people, name)
    assert (shown["state"], shown["signatures"]) == ("signed", [signature])
    assert standing(people, name, by="auditor")["signatures"] == [signature]


def test_signed_again_the_first_signature_stands(people):
    agreement = publish(people, fresh()).json()
    first = sign(people, agreement).json()
    assert sign(people, agreement, signer="Somebody else").json() == first


def test_who_read_another_text_signs_nothing(people):
    agreement = publish(people, fresh()).json()
    assert is_problem(sign(people, agreement, sha256="0" * 64), 409, "agreement_text")
    assert is_problem(sign(people, agreement, signer="   "), 422, "malformed")
    assert standing(people, agreement["name"])["signatures"] == []


def test_a_member_who_may_not_act_for_the_partner_signs_nothing(people):
    agreement = publish(people, fresh()).json()
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.rich_id})
    clerk = people.signed_in(people.newcomer("partner", number))
    body = {"signer": "A clerk", "sha256": agreement["sha256"]}
    assert is_problem(clerk.post(f"/v1/agreements/{agreement['id']}/signatures", json=body), 403, "forbidden")
    assert clerk.get(f"/v1/agreements/{agreement['id']}/content").content == TERMS


def test_a_new_version_asks_again_and_may_be_signed_before_it_begins(people):
    name = fresh()
    first = publish(people, name, on=TODAY).json()
    assert standing(people, name)["state"] == "due"
    sign(people, first)
    assert standing(people, name)["state"] == "signed"
    second = publish(people, name, 2, content=TERMS + b"3. More.\n").json()
    shown = standing(people, name)
    assert (shown["state"], [t["id"] for t in shown["texts"]]) == ("upcoming", [second["id"]])
    sign(people, second)
    shown = standing(people, name)
    assert (shown["state"], [s["version"] for s in shown["signatures"]]) == ("signed", [2, 1])
    # It is asked of everybody: whoever did not sign the one in force is not paid.
    with people.road.sessions() as session:
        lacking = repository.unsigned(session, TODAY)
        rich, other = (
            session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": id_})
            for id_ in (people.rich_id, people.other_id)
        )
        assert rich not in lacking
        assert lacking[other] == name
        assert repository.unsigned(session, LATER).get(rich) != name
    # Not to stand in the way of other tests' payouts: every partner signs.
    sign_for_everybody(people, name)


def sign_for_everybody(people, name):
    with people.road.sessions.begin() as session:
        session.execute(
            text(
                "INSERT INTO agreement_signatures (id, agreement_number, partner_number, member_id, login, signer,"
                " address, sha256, signed_at) SELECT 'as_' || a.number || '_' || p.number, a.number, p.number, '', '',"
                " 'a test', '', a.sha256, now() FROM agreements a, partners p WHERE a.name = :name"
                " ON CONFLICT DO NOTHING"
            ),
            {"name": name},
        )
        assert repository.unsigned(session, TODAY) == {}


def test_one_language_is_enough_and_all_of_a_version_begin_together(people):
    name = fresh()
    english = publish(people, name).json()
    chinese = publish(people, name, language="zh-CN", content="# 合作协议\n".encode(), title="合作伙伴协议").json()
    assert {t["language"] for t in standing(people, name)["texts"]} == {"en", "zh-CN"}
    sign(people, chinese)
    assert standing(people, name)["state"] == "signed"
    assert english["signed"] == 0
    later = publish(people, name, 2, language="en").json()
    assert later["version"] == 2
    other_day = publish(people, name, 2, language="zh-CN", on=LATER + dt.timedelta(days=1))
    assert is_problem(other_day, 409, "agreement_version")


def test_what_is_published_is_never_changed(people):
    name = fresh()
    made = publish(people, name)
    assert publish(people, name).json() == made.json()
    for change in ({"content": TERMS + b"!"}, {"title": "Another"}, {"on": LATER + dt.timedelta(days=1)}):
        assert is_problem(publish(people, name, **change), 409, "agreement_version")
    with people.road.sessions() as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("UPDATE agreements SET title = 'x' WHERE name = :name"), {"name": name})
    sign(people, made.json())
    for statement in ("DELETE FROM agreement_signatures", "TRUNCATE agreement_signatures"):
        with people.road.sessions() as session, pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"version": 2}, 409, "agreement_version"),
        ({"on": TODAY - dt.timedelta(days=1)}, 409, "agreement_version"),
        ({"content": b""}, 422, "malformed"),
        ({"content": b" \n"}, 422, "file_refused"),
        ({"content": b"\x89PNG\r\n\x1a\n"}, 422, "file_refused"),
        ({"content": "编".encode("gbk")}, 422, "file_refused"),
        ({"content": b"a\0b"}, 422, "file_refused"),
        ({"language": "de"}, 422, "malformed"),
        ({"title": " "}, 422, "malformed"),
        ({"content": b"x" * 20_000_001}, 413, "too_large"),
    ],
    ids=str,
)
def test_what_is_no_next_version_of_an_agreement_is_refused(people, change, status, code):
    assert is_problem(publish(people, fresh(), **change), status, code)


def test_a_version_does_not_begin_before_the_one_before_it(people):
    name = fresh()
    publish(people, name)
    assert is_problem(publish(people, name, 2, on=TODAY), 409, "agreement_version")
    assert is_problem(publish(people, name, 3), 409, "agreement_version")


def test_an_agreement_may_be_a_pdf(people):
    made = publish(people, fresh(), content=PDF).json()
    file = people.rich.get(f"/v1/agreements/{made['id']}/content")
    assert (file.headers["Content-Type"], file.content) == ("application/pdf", PDF)
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_who_may_act_for_a_partner_is_told_of_a_new_version_unless_they_chose_otherwise(people):
    with people.road.sessions() as session:
        number = session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": people.rich_id})
    hears, quiet, clerk = (f"{uuid.uuid4().hex[:12]}@example.com" for _ in range(3))
    people.newcomer("partner", number, email=hears, is_owner=True, language="zh-CN")
    people.newcomer("partner", number, email=quiet, is_owner=True, muted=["documents"])
    people.newcomer("partner", number, email=clerk)
    name = fresh()
    publish(people, name, title="Terms of 2027")
    publish(people, name, language="zh-CN", content="# 条款\n".encode(), title="2027 年条款")
    told = {to: letters(people.road.sessions, people.road.keys.reference_key, to) for to in (hears, quiet, clerk)}
    assert [(letter.kind, letter.language) for letter, _ in told[hears]] == [("agreement_published", "zh-CN")]
    [(_, content)] = told[hears]
    assert content.variables["title"] == "Terms of 2027"
    assert (told[quiet], told[clerk]) == ([], [])


def test_without_an_agreement_nothing_is_asked_for(empty_database):
    with empty_database.connect() as connection, service.Session(connection) as session:
        session.add(
            Partner(number=1, id="pn_1", external_id="p", name="P", country="DE", type="entity", partner_ref=b"")
        )
        session.flush()
        assert repository.unsigned(session, TODAY) == {}
        assert service.standings(session, 1, TODAY) == []
        session.rollback()
