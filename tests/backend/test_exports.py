"""Files: exactly the rows of the lists, days right to the last moment, cells that no spreadsheet runs, books that check
themselves, and paper that shows every character.
"""

import csv
import datetime as dt
import io
import re
import subprocess
import sys
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from fenrun import cli, desk
from fenrun.api import create_app
from fenrun.demo import run as demo_run
from fenrun.kit.days import Days, start_of_day
from fenrun.kit.money import Currency
from fenrun.statements import beancount, export, pdf
from fenrun.statements.export import Money, text_of

USD = Currency("USD", 2)


@pytest.fixture(scope="module")
def clients(books):
    """Finance, and the partner who earned most."""
    who, app = demo_run.sign_ins(books.instance), create_app(books.road)
    opened = []
    for login, password in (who.finance, who.partner):
        client = TestClient(app)
        assert client.post("/v1/session", json={"login": login, "password": password}).status_code == 200
        opened.append(client)
    return opened


def everything(client, path, **query):
    """All rows of a list, page after page."""
    rows, after = [], {}
    while True:
        page = client.get(path, params={"limit": 100, **query, **after}).json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = {"startingAfter": rows[-1]["id"]}


def exported(client, name, **query):
    answer = client.get(f"/v1/exports/{name}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{query.get("format", "csv")}"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


# --- The rows of the lists -----------------------------------------------------------------------------------


def filters_of(books, client):
    """Combinations of filters, each with values that some rows have."""
    some = client.get("/v1/commissions", params={"limit": 1}).json()["data"][0]
    filters = {
        "partner": some["partner_id"], "month": f"{books.closed[1]:%Y-%m}", "role": "referrer", "status": "paid",
        "search": "05",
    }  # fmt: skip
    yield "commissions", {}
    yield "commissions", filters
    yield from (("commissions", {name: value}) for name, value in filters.items())
    yield "commissions", {"order": some["order_id"]}
    yield "commissions", {"status": "pending"}
    yield from (
        ("orders", query) for query in ({}, {"status": "finalized"}, {"status": "failed"}, {"search": "cd-056"})
    )
    yield from (("payouts", query) for query in ({}, {"partner": some["partner_id"]}))


def test_a_file_has_exactly_the_rows_of_its_list(books, clients):
    for client in clients:
        sizes = {"commissions": set(), "orders": set(), "payouts": set()}
        for name, query in filters_of(books, client):
            listed = everything(client, f"/v1/{name}", **query)
            assert [row["id"] for row in exported(client, name, **query)] == [row["id"] for row in listed], query
            sizes[name].add(len(listed))
        assert all(max(found) > 0 for found in sizes.values()), sizes


def test_a_file_says_what_its_list_says(clients):
    finance, _ = clients
    for listed, row in zip(
        everything(finance, "/v1/commissions"), exported(finance, "commissions", timezone="Asia/Shanghai"), strict=True
    ):
        assert (USD.parse(row["amount"]), USD.parse(row["base"])) == (int(listed["amount"]), int(listed["base"]))
        assert (row["settled_on"], row["payable_on"]) == (listed["settled_on"], listed["payable_on"])
        moment = dt.datetime.fromisoformat(row["settled_at"])
        assert moment.utcoffset() == dt.timedelta(hours=8)
        assert moment.astimezone(dt.UTC).date().isoformat() == listed["settled_on"]


def test_a_file_is_whole_though_its_list_changes_meanwhile(books, clients, monkeypatch):
    finance, _ = clients
    monkeypatch.setattr(export, "PAGE_ROWS", 20)
    expected = len(everything(finance, "/v1/orders", status="finalized"))
    change = "UPDATE batches SET status = :to WHERE status = :from"
    table, filters = export.TABLES["orders"], export.Filters.of(order_status="finalized")
    with export.snapshot(books.road.sessions) as reading:
        rows = export.rows(reading, table, filters, USD, Days(ZoneInfo("UTC")))
        found = [next(rows)]
        try:
            with books.road.sessions.begin() as session:
                session.execute(text(change), {"from": "finalized", "to": "confirmed"})
            assert everything(finance, "/v1/orders", status="finalized") == []
            found += rows
        finally:
            with books.road.sessions.begin() as session:
                session.execute(text(change), {"from": "confirmed", "to": "finalized"})
    assert len(found) == expected


@pytest.mark.parametrize("name", ["commissions", "orders", "payouts"])
def test_a_spreadsheet_has_the_same_cells(clients, name):
    finance, _ = clients
    answer = finance.get(f"/v1/exports/{name}", params={"format": "xlsx", "timezone": "America/New_York"})
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True).active
    head, *rows = sheet.iter_rows(values_only=True)
    expected = exported(finance, name, timezone="America/New_York")
    assert list(head) == list(expected[0])
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        for value, text_ in zip(row, wanted.values(), strict=True):
            if isinstance(value, dt.datetime):
                moment = dt.datetime.fromisoformat(text_).replace(tzinfo=None)
                assert abs(moment - value) < dt.timedelta(milliseconds=1)
            elif isinstance(value, float | int):
                assert float(text_) == value
            else:
                assert (value or "") == text_


def test_another_partners_rows_are_in_no_file(books, clients):
    finance, partner = clients
    own = partner.get("/v1/session").json()["partner_id"]
    other = next(found.id for found in books.partners if found.id != own)
    assert {row["partner_id"] for row in exported(partner, "commissions")} == {own}
    assert {row["partner_id"] for row in exported(partner, "payouts")} <= {own}
    for name in ("commissions", "payouts", "beancount"):
        assert partner.get(f"/v1/exports/{name}", params={"partner": other}).json()["code"] == "not_found"
    number = next(found.number for found in books.partners if found.id == own)
    file = partner.get("/v1/exports/beancount").text
    assert set(re.findall(r":P(\d{4})\b", file)) == {f"{number:04d}"}
    assert len(finance.get("/v1/exports/beancount").text) > len(file)


# --- Days ------------------------------------------------------------------------------------------------------

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "America/Asuncion", "Asia/Kathmandu",
         "Pacific/Apia", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(ZONES), st.dates(dt.date(1999, 1, 1), dt.date(2037, 12, 30)), st.integers(0, 40),
    st.integers(-100_000, 100_000),
)  # fmt: skip
def test_a_moment_is_in_the_days_of_its_own_date(name, first, length, seconds):
    days = Days(ZoneInfo(name), first, first + dt.timedelta(days=length))
    since, until = days.since(), days.until()
    assert since < until or name == "Pacific/Apia"  # which left out a whole day
    # Around both ends, where clocks jump.
    for moment in (since, until, since - 1, until - 1, since + seconds, until + seconds):
        inside = since <= moment < until
        assert inside == (days.first <= days.local(moment).date() <= days.last), (days, days.local(moment))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Asia/Beirut", "2026-03-29", 23),  # midnight does not exist
        ("America/Havana", "2026-11-01", 25),  # it strikes twice
        ("Asia/Shanghai", "2026-03-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),  # a day that never was
    ],
)
def test_how_long_days_are(zone, day, hours):
    first = dt.date.fromisoformat(day)
    begin, end = (start_of_day(first + dt.timedelta(days=n), ZoneInfo(zone)) for n in (0, 1))
    assert (end - begin) / 3600 == hours


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_last_day_is_in_the_file_to_its_end(books, clients, zone):
    finance, _ = clients
    with books.road.sessions() as session:
        moments = {
            row.id: dt.datetime.fromtimestamp(row.timestamp, ZoneInfo(zone)).date()
            for row in session.execute(
                text(
                    "SELECT p.id, b.timestamp FROM payouts p JOIN blocks b ON b.number = p.block_number"
                    " WHERE p.status IN ('completed', 'returned')"
                )
            )
        }
    for day in sorted(set(moments.values()))[:4]:
        found = exported(finance, "payouts", timezone=zone, **{"from": day.isoformat(), "to": day.isoformat()})
        assert {row["id"] for row in found} == {id_ for id_, on in moments.items() if on == day}
        assert {row["paid_at"][:10] for row in found} == {day.isoformat()}


@pytest.mark.parametrize(
    "query",
    [
        {"timezone": "Mars/Olympus"}, {"timezone": "../../etc/passwd"}, {"timezone": ""},
        {"from": "2026-02-02", "to": "2026-02-01"}, {"to": "9999-12-31"}, {"from": "yesterday"}, {"format": "exe"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(clients, query):
    answer = clients[0].get("/v1/exports/orders", params=query)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


# --- Cells -----------------------------------------------------------------------------------------------------


@given(st.text(max_size=20))
def test_no_cell_is_a_formula(content):
    cell = text_of(content)
    if cell != content:
        assert cell == "'" + content
    number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠"))


def test_amounts_keep_their_sign():
    assert text_of(Money(-12_345, USD)) == "-123.45"
    assert text_of("-123.45") == "-123.45"
    assert text_of("-1+1") == "'-1+1"
    assert text_of('=HYPERLINK("http://x")').startswith("'=")


def test_a_spreadsheets_text_is_no_formula_and_no_large_amount_is_rounded():
    rows = [["=1+1", Money(10**15 - 1, USD), Money(10**17 + 1, USD), None, "http://example.com"]]
    with export.as_xlsx(["a", "b", "c", "d", "e"], iter(rows), "test") as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    cells = next(book.active.iter_rows(min_row=2))
    assert (cells[0].data_type, cells[0].value) == ("s", "=1+1")
    assert cells[1].value == 9_999_999_999_999.99
    assert cells[2].value == "1000000000000000.01"
    assert cells[4].hyperlink is None


# --- Beancount ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["the books", "one partner"])
def test_the_books_check_themselves(books, clients, tmp_path, whose):
    finance, partner = clients
    content = (finance if whose == "the books" else partner).get("/v1/exports/beancount").content
    file = tmp_path / "books.beancount"
    file.write_bytes(content)
    done = bean_check(file)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert content.count(b" balance ") > (20 if whose == "the books" else 3)
    # And they do check: a cent more in one posting is found by an assertion.
    changed = re.sub(rb"(:P\d{4}  -\d+\.\d)(\d)", lambda m: m[1] + b"%d" % ((int(m[2]) + 1) % 10), content, count=1)
    file.write_bytes(changed)
    assert bean_check(file).returncode != 0


def bean_check(file):
    return subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(file)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_name_with_quotes_does_not_break_the_file():
    assert beancount._quoted('Say "渠道"\\\n') == '"Say \\"渠道\\"\\\\ "'
    assert beancount.account("expense:commission:referrer", None) == "Expenses:Commission:Referrer"
    assert beancount.account("asset:partner_debt", 7) == "Assets:PartnerDebt:P0007"


# --- Paper ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def statement(books):
    """One with orders and movements of many kinds."""
    return max(books.statements.values(), key=lambda found: (len({m.kind for m in found.movements}), len(found.orders)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_statement_on_paper_says_what_the_statement_says(statement, language):
    named = statement.model_copy(
        update={"partner": statement.partner.model_copy(update={"name": "北京喆信 “渠道” & <Co>"})}
    )
    document = pypdfium2.PdfDocument(pdf.render(named, language))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    texts = pdf.TEXTS[language]
    assert "北京喆信 “渠道” & <Co>" in words
    for movement in named.movements:
        assert texts[movement.kind] in words
        assert movement.on.isoformat() in words
    for order in named.orders:
        assert order.external_id in words
    for account in ("held", "available", "frozen", "debt"):
        assert texts[account] in words
        for side in (named.opening, named.closing):
            assert f"{int(getattr(side, account)) / 100:,.2f}" in words
    # The same statement is the same file.
    assert pdf.render(named, language) == pdf.render(named, language)


def test_every_character_has_a_shape(statement):
    # Text that can be copied may still be drawn as nothing: a page without its Chinese is another picture.
    font = pdf.pdfmetrics.getFont(pdf.font())
    wanted = set("".join(pdf.TEXTS["zh"].values()) + "喆堃珺鑫〇“”…¥€é")
    assert [char for char in wanted if ord(char) not in font.face.charToGlyph and not char.isspace()] == []
    page = pypdfium2.PdfDocument(pdf.render(statement, "zh"))[0]
    picture = page.render(scale=1).to_pil().convert("L")
    # The first character of the title, in ink.
    title = next(box for box in boxes(page) if box[0] == "对")
    left, bottom, right, top = title[1]
    drawn = picture.crop((int(left), int(page.get_height() - top), int(right) + 1, int(page.get_height() - bottom) + 1))
    dark = sum(value < 128 for value in drawn.tobytes())
    assert 0.1 < dark / len(drawn.tobytes()) < 0.7


def boxes(page):
    content = page.get_textpage()
    for index in range(content.count_chars()):
        yield content.get_text_range(index, 1), content.get_charbox(index)


def test_texts_are_there_in_both_languages():
    assert pdf.TEXTS["en"].keys() == pdf.TEXTS["zh"].keys()


def test_paper_over_http(books, clients):
    finance, partner = clients
    own = partner.get("/v1/session").json()["partner_id"]
    month = f"{books.closed[0]:%Y-%m}"
    answer = partner.get(f"/v1/statements/{own}/{month}/pdf", params={"language": "zh"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer.content == finance.get(f"/v1/statements/{own}/{month}/pdf", params={"language": "zh"}).content
    listed = partner.get(f"/v1/statements/{own}").json()
    assert {"month": month, "status": listed[-1]["status"], "complete": True} == listed[-1]
    assert partner.get(f"/v1/statements/{own}/1999-01").json()["code"] == "not_found"


def test_the_page_is_served_and_runs_no_other_script(clients):
    answer = TestClient(clients[0].app).get("/v1/verifier")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.count("'sha256-") == 2
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


# --- Commands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(books, monkeypatch):
    """The command line on the books that are open already."""
    from contextlib import contextmanager

    @contextmanager
    def opened(_):
        yield books.road

    monkeypatch.setattr(desk, "open_road", opened)
    return lambda *arguments: CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def test_the_commands_write_what_the_endpoints_give(books, clients, run, tmp_path):
    finance, _ = clients
    partner, month = books.partners[0], f"{books.closed[1]:%Y-%m}"
    over_http = finance.get(f"/v1/statements/{partner.id}/{month}").json()
    done = run("statement", partner.external_id, month)
    assert done.exit_code == 0, done.output
    from fenrun.statements import check

    assert check.read(done.stdout).model_dump(mode="json") == over_http
    done = run("statement", partner.id, month, "--format", "pdf", "--out", tmp_path / "s.pdf")
    assert done.exit_code == 0
    assert (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF")

    for name in ("commissions", "orders", "payouts"):
        done = run("export", name, "--out", tmp_path / name, "--timezone", "Asia/Shanghai", "--partner", partner.id)
        assert done.exit_code == 0, done.output
        filters = {"partner": partner.id} if name != "orders" else {}
        wanted = finance.get(f"/v1/exports/{name}", params={"timezone": "Asia/Shanghai", **filters}).content
        if name != "orders":
            assert (tmp_path / name).read_bytes() == wanted
    done = run("export", "beancount")
    assert done.stdout == finance.get("/v1/exports/beancount").text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["statement", "nobody", "2026-01"], "No partner nobody"),
        (["statement", "{partner}", "January"], "write YYYY-MM"),
        (["statement", "{partner}", "1999-01"], "The books have no month 1999-01"),
        (["export", "orders", "--timezone", "Mars/Olympus"], "a timezone such as Asia/Shanghai"),
        (["export", "orders", "--format", "pdf"], "csv or xlsx"),
    ],
)
def test_the_commands_refuse_in_a_sentence(books, run, arguments, says):
    done = run(*(argument.format(partner=books.partners[0].id) for argument in arguments))
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())
