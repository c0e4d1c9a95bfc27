"""The month of compliance: its figures, its files, and the record that is anchored on chain."""

import csv
import datetime as dt
import hashlib
import io

import pypdfium2
import pytest
from sqlalchemy import text
from tests.backend.test_compliance_acts import let_pass

from fenrun.chain.client import hex_bytes
from fenrun.chain.contracts import artifact
from fenrun.compliance import record
from fenrun.compliance.service import Subject, judge
from fenrun.kit.calendar import first_of_next_month, start_of
from fenrun.oversight import report
from fenrun.statements import checkpoint


def now():
    return dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def month(people):
    """This month, in which a material was found wanting and a customer was let pass."""
    with people.road.sessions.begin() as session:
        subject = Subject("material", "mt_report", {"title": "=全国第一", "description": ""}, "=全国第一")
        judge(session, "content.publish", [subject], now())
        facts = {"customer_is_partner": "same", "shared_domain": False}
        [verdict] = judge(session, "commission.calculate", [Subject("customer", "c-report", facts, "云帆")], now())
        ids = [found.id for found in verdict.findings]
    for id_ in ids:
        let_pass(people.road, id_)
    return f"{now():%Y-%m}"


def test_a_month_says_what_was_checked_stopped_and_overridden(people, month):
    made = people.auditor.get(f"/v1/compliance/reports/{month}").json()
    assert (made["month"], made["complete"], made["anchor"]) == (month, False, None)
    points = {row["point"]: row for row in made["checks"]}
    assert points["commission.calculate"]["outcomes"]["HOLD"] >= 1
    rules = {row["rule"]: row for row in made["by_rule"]}
    assert rules["FR-01"]["overridden"] >= 1
    assert rules["AD-01"]["found"] >= 1
    [detail] = [row for row in made["details"] if row["subject_id"] == "c-report"]
    assert [(d["state"], d["by"]) for d in detail["decisions"]] == [("override_asked", "ada"), ("overridden", "bea")]
    assert detail["law"]["in_force"]
    assert made["findings"]["overridden"] >= 1
    empty = people.auditor.get("/v1/compliance/reports/2001-01").json()
    assert (empty["checks"], empty["details"], empty["complete"]) == ([], [], True)


def file(people, month, **query):
    answer = people.compliance.get(f"/v1/compliance/reports/{month}/file", params=query)
    assert answer.status_code == 200, answer.text
    assert f"compliance-{month}.{query['format']}" in answer.headers["Content-Disposition"]
    return answer.content


def test_its_files_say_the_same(people, month):
    made = people.compliance.get(f"/v1/compliance/reports/{month}").json()
    rows = list(csv.DictReader(io.StringIO(file(people, month, format="csv").decode("utf-8-sig"))))
    assert [row["finding"] for row in rows] == [row["id"] for row in made["details"]]
    [named] = [row for row in rows if row["subject_id"] == "mt_report"]
    assert named["subject_name"] == "'=全国第一"
    for language, words in (("en", "Compliance report"), ("zh", "合规报告")):
        paper = pypdfium2.PdfDocument(file(people, month, format="pdf", language=language))
        told = "".join(page.get_textpage().get_text_range() for page in paper)
        assert words in told
        assert "FR-01" in told
        assert made["sha256"] in told.replace("\r\n", "").replace(" ", "")
    assert hashlib.sha256(file(people, month, format="txt")).hexdigest() == made["sha256"]


def test_the_record_of_a_closed_month_is_what_was_anchored(books):
    """From the record alone to the root that the contract keeps."""
    source, month = books.source, books.closed[-1]
    with books.road.sessions() as session:
        made = report.gather(session, month, "USD", None, now())
        start, end = start_of(month), start_of(first_of_next_month(month))
        lines = "".join(f"{line}\n" for line in record.lines(session, month, start, end))
    digest = hashlib.sha256(lines.encode()).digest()
    assert digest.hex() == made.sha256
    anchor, ledger = made.anchor, source.deployment.addresses["SettlementLedger"]
    leaf = checkpoint.compliance_leaf(source.deployment.chain_id, ledger, f"{month:%Y-%m}", "USD", 1, digest)
    path = [hex_bytes(sibling) for sibling in anchor.path]
    root = checkpoint.root_of_path(leaf, anchor.index, anchor.size, path)
    registry = artifact("CheckpointRegistry")
    data = registry.call("checkpointOf", ledger, month.year * 12 + month.month - 1, 1)
    call = {"to": source.deployment.addresses["CheckpointRegistry"], "data": "0x" + data.hex()}
    [kept] = registry.result("checkpointOf", hex_bytes(books.road.client.call("eth_call", call, "latest")))
    assert root == kept[0]
    assert anchor.transaction_hash
    other = checkpoint.compliance_leaf(source.deployment.chain_id, ledger, f"{month:%Y-%m}", "USD", 1, bytes(32))
    assert checkpoint.root_of_path(other, anchor.index, anchor.size, path) != root


@pytest.mark.parametrize(
    ("revenue", "commission", "over"), [(10_000_000, 2_000_000, 1_500_000), (10_000_000, 500_000, 0), (99, 10, 6)]
)
def test_what_is_not_deductible_is_reckoned_contract_by_contract(books, monkeypatch, revenue, commission, over):
    """TAX-CN-06: the 5 % are of each contract, and one that pays less makes up for none that pays more."""
    rows = [{"revenue": revenue, "commission": commission}, {"revenue": 1_000_000, "commission": 0}]
    monkeypatch.setattr(report.repository, "contracts", lambda *_: rows)
    with books.road.sessions() as session:
        made = report.gather(session, books.closed[-1], "CNY", "CN", now()).deductibility
        assert report.gather(session, books.closed[-1], "CNY", "DE", now()).deductibility is None
        session.rollback()
    assert (made.contracts, made.commission, made.not_deductible) == (2, str(commission), str(over))
    assert int(made.deductible) + int(made.not_deductible) == commission


def test_contracts_are_those_of_the_books(books):
    with books.road.sessions() as session:
        month = books.closed[-1]
        rows = report.repository.contracts(session, month, first_of_next_month(month))
        settled = session.scalar(
            text("SELECT sum(amount - clawed_back) FROM commissions WHERE settled_on >= :start AND settled_on < :end"),
            {"start": month, "end": first_of_next_month(month)},
        )
    assert sum(row["commission"] for row in rows) == (settled or 0)
