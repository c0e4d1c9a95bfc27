"""Materials: whom they are for, in which version, and who fetched them."""

import io
import uuid
import zipfile

import pytest
from sqlalchemy import text
from tests.backend.people import everything, is_problem
from tests.backend.post import letters

from fenrun.kit.sniffing import EXTENSIONS, media_type, media_type_of

PDF = b"%PDF-1.7\n%..."
PNG = b"\x89PNG\r\n\x1a\n...."


def office(part):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(part, "<x/>")
    return buffer.getvalue()


SAMPLES = {
    "pdf": PDF,
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0..",
    "mp4": b"\0\0\0\x18ftypmp42",
    "docx": office("word/document.xml"),
    "pptx": office("ppt/presentation.xml"),
    "xlsx": office("xl/workbook.xml"),
    "zip": office("anything"),
    "md": "# 资料\n".encode(),
}


def add(people, **more):
    made = people.operator.post("/v1/materials", json={"title": "A leaflet", "language": "en", **more})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def publish(people, id_, version=1, content=PDF, file_name="leaflet.pdf", by="operator"):
    path = f"/v1/materials/{id_}/versions/{version}/content"
    headers = {"Content-Type": "application/octet-stream"}
    return getattr(people, by).put(path, params={"file_name": file_name}, content=content, headers=headers)


def number_of(people, partner_id):
    with people.road.sessions() as session:
        return session.scalar(text("SELECT number FROM partners WHERE id = :id"), {"id": partner_id})


def seen(client, **query):
    return {row["id"] for row in everything(client, "/v1/materials", **query)}


def test_a_file_comes_back_under_its_name_and_who_fetched_it_is_noted(people):
    id_ = add(people, summary="Prices of 2027")
    assert id_ not in seen(people.rich)  # there is no file yet
    assert publish(people, id_, file_name="价目表 2027.pdf").status_code == 200
    assert publish(people, id_, 2, PDF + b"2", "价目表 2027.pdf").status_code == 200
    newest = people.rich.get(f"/v1/materials/{id_}/content")
    assert (newest.content, newest.headers["Content-Type"]) == (PDF + b"2", "application/pdf")
    name = "%E4%BB%B7%E7%9B%AE%E8%A1%A8%202027.pdf"
    assert newest.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert newest.headers["X-Content-Type-Options"] == "nosniff"
    assert people.rich.get(f"/v1/materials/{id_}/content", params={"version": 1}).content == PDF
    assert is_problem(people.rich.get(f"/v1/materials/{id_}/content", params={"version": 3}), 404, "not_found")
    log = everything(people.operator, f"/v1/materials/{id_}/downloads")
    assert [(row["version"], row["login"], row["partner_id"]) for row in log] == [
        (1, "the-rich", people.rich_id),
        (2, "the-rich", people.rich_id),
    ]
    shown = people.operator.get(f"/v1/materials/{id_}").json()
    assert (shown["downloads"], [one["version"] for one in shown["versions"]]) == (2, [2, 1])
    theirs = people.rich.get(f"/v1/materials/{id_}").json()
    assert (theirs["downloads"], theirs["audience"]) == (None, None)


def test_a_partner_sees_what_is_for_it_and_nothing_else(people):
    rich, other = number_of(people, people.rich_id), number_of(people, people.other_id)
    with people.road.sessions() as session:
        held = {
            role: {row[0] for row in session.execute(text(f"SELECT DISTINCT {role} FROM referrals"))}
            for role in ("referrer", "implementer", "trainer")
        }
    for_all, for_rich = add(people), add(people, partner_ids=[people.rich_id])
    by_role = {role: add(people, roles=[role]) for role in held}
    for id_ in (for_all, for_rich, *by_role.values()):
        assert publish(people, id_).status_code == 200
    for client, number in ((people.rich, rich), (people.other, other)):
        wanted = {for_all} | {by_role[role] for role in held if number in held[role]}
        wanted |= {for_rich} if number == rich else set()
        everyone = {for_all, for_rich, *by_role.values()}
        assert seen(client) & everyone == wanted
        for id_ in everyone - wanted:
            assert is_problem(client.get(f"/v1/materials/{id_}"), 404, "not_found")
            assert is_problem(client.get(f"/v1/materials/{id_}/content"), 404, "not_found")
    audience = people.auditor.get(f"/v1/materials/{for_rich}").json()["audience"]
    assert audience == {"roles": [], "partner_ids": [people.rich_id]}
    assert is_problem(people.operator.post("/v1/materials", json={"title": "x", "language": "en",
                      "partner_ids": ["pn_nobody"]}), 404, "not_found")  # fmt: skip


def test_what_is_withdrawn_is_gone_for_partners_and_can_come_back(people):
    id_ = add(people)
    publish(people, id_)
    assert id_ in seen(people.rich)
    assert people.operator.patch(f"/v1/materials/{id_}", json={"withdrawn": True}).json()["withdrawn_at"]
    assert id_ not in seen(people.rich)
    assert is_problem(people.rich.get(f"/v1/materials/{id_}/content"), 404, "not_found")
    assert id_ in seen(people.auditor)
    people.operator.patch(f"/v1/materials/{id_}", json={"withdrawn": False, "title": "Another leaflet"})
    assert people.rich.get(f"/v1/materials/{id_}").json()["title"] == "Another leaflet"


def test_it_is_found_by_title_summary_file_and_language(people):
    word = uuid.uuid4().hex[:8]
    by_title, by_summary, by_file = add(people, title=f"A {word}"), add(people, summary=f"of {word}."), add(people)
    chinese = add(people, title=f"资料 {word}", language="zh-CN")
    for id_ in (by_title, by_summary, chinese):
        publish(people, id_)
    publish(people, by_file, file_name=f"{word}.pdf")
    assert seen(people.rich, search=word.upper()) == {by_title, by_summary, by_file, chinese}
    assert seen(people.rich, search=word, language="zh-CN") == {chinese}
    assert seen(people.rich, search="%") & {by_title} == set()


def test_a_version_is_never_changed_and_none_is_left_out(people):
    id_ = add(people)
    assert is_problem(publish(people, id_, 2), 409, "material_version")
    first = publish(people, id_).json()
    assert publish(people, id_).json() == first
    assert is_problem(publish(people, id_, content=PDF + b"!"), 409, "material_version")
    assert is_problem(publish(people, id_, file_name="other.pdf"), 409, "material_version")


def test_whom_it_is_for_is_told_unless_they_chose_otherwise(people):
    rich, other = number_of(people, people.rich_id), number_of(people, people.other_id)
    hears, quiet, stranger = (f"{uuid.uuid4().hex[:12]}@example.com" for _ in range(3))
    people.newcomer("partner", rich, email=hears)
    people.newcomer("partner", rich, email=quiet, muted=["documents"])
    people.newcomer("partner", other, email=stranger)
    publish(people, add(people, title="Prices", partner_ids=[people.rich_id]))
    key = people.road.keys.reference_key
    told = {to: letters(people.road.sessions, key, to) for to in (hears, quiet, stranger)}
    assert [content.variables["title"] for _, content in told[hears]] == ["Prices"]
    assert (told[quiet], told[stranger]) == ([], [])


@pytest.mark.parametrize("extension", SAMPLES)
def test_a_file_is_what_its_bytes_are_whatever_it_is_called(people, extension):
    content = SAMPLES[extension]
    kind = media_type(content)
    assert extension in EXTENSIONS[kind]
    assert media_type_of(f"资料.{extension.upper()}", content) == kind
    other = next(name for name in SAMPLES if name not in EXTENSIONS[kind])
    assert is_problem(publish(people, add(people), content=content, file_name=f"x.{other}"), 422, "file_refused")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg onload='x()'/>"),
        ("program.exe", b"MZ\x90\0"),
        ("archive.zip", b"PK\x03\x04 cut short"),
        ("text.txt", b"a\0b"),
        ("text.txt", "中".encode("gbk")),
        ("noextension", PDF),
    ],
)
def test_what_could_do_harm_or_is_no_known_kind_is_refused(people, name, content):
    assert is_problem(publish(people, add(people), content=content, file_name=name), 422, "file_refused")
