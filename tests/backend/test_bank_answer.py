"""What banks answer: CSV, pain.002, and the statements of an account; and what is no answer."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.money import Currency
from fenrun.payouts import bank_answer
from fenrun.payouts.errors import BankAnswerError

CNY, JPY = Currency.of("CNY"), Currency.of("JPY")
HEADER = ",".join(bank_answer.CSV_COLUMNS) + "\n"


def test_an_answer_in_csv():
    text = HEADER + "A,paid,10.00,,BANK-1\r\nB,failed,5,AC04 closed account,\n\nC,returned,0.01,gone,X\n".replace(
        "\n\n", "\n"
    )
    rows = bank_answer.read(b"\xef\xbb\xbf" + text.encode(), CNY)
    assert [(r.line, r.end_to_end_id, r.outcome, r.amount, r.reason, r.bank_reference) for r in rows] == [
        (2, "A", "paid", 10_00, "", "BANK-1"),
        (3, "B", "failed", 5_00, "AC04 closed account", ""),
        (4, "C", "returned", 1, "gone", "X"),
    ]


def test_every_row_that_is_wrong_is_named_by_its_line():
    text = HEADER + "A,paid,1.00,,\nA,paid,1.00,,\nB,settled,1.00,,\nC,failed,1.00,,\nD,paid,1.001,,\nE,paid\n"
    with pytest.raises(BankAnswerError) as caught:
        bank_answer.read(text.encode(), CNY)
    for said in (
        "line 3: A stands in line 2 already",
        "line 4: status “settled” is none of",
        "line 5: a payment that was failed needs a reason",
        "line 6: 1.001 has 3 decimals",
        "line 7: 2 columns, not 5",
    ):
        assert said in caught.value.detail


PAIN002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>A</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>B1</AcctSvcrRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>B</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn>
<AddtlInf>closed</AddtlInf></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>C</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


def test_an_answer_in_pain_002():
    rows = bank_answer.read(PAIN002.encode(), CNY)
    # What is pending is no answer yet.
    assert [(r.end_to_end_id, r.outcome, r.reason, r.bank_reference) for r in rows] == [
        ("A", "paid", "no reason given", "B1"),
        ("B", "failed", "AC04 closed", ""),
    ]


def camt(*entries, message="camt.053.001.08", parts="BkToCstmrStmt Stmt"):
    outer, inner = parts.split()
    body = "".join(entries)
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    return f'<Document xmlns="{namespace}"><{outer}><{inner}>{body}</{inner}></{outer}></Document>'.encode()


def entry(*details, sign="DBIT", status="<Cd>BOOK</Cd>", amount="9.00"):
    return (f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>'
            f"<AcctSvcrRef>ENTRY</AcctSvcrRef><NtryDtls>{''.join(details)}</NtryDtls></Ntry>")  # fmt: skip


def detail(id_, amount=None, sign=None, reference=None, reason=None):
    return "".join(
        [
            f"<TxDtls><Refs>{f'<AcctSvcrRef>{reference}</AcctSvcrRef>' if reference else ''}",
            f"<EndToEndId>{id_}</EndToEndId></Refs>",
            f'<Amt Ccy="CNY">{amount}</Amt>' if amount else "",
            f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else "",
            f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else "",
            "</TxDtls>",
        ]
    )


@pytest.mark.parametrize(
    "shape",
    [
        {"message": "camt.053.001.08"},
        {"message": "camt.054.001.08", "parts": "BkToCstmrDbtCdtNtfctn Ntfctn"},
    ],
)
def test_an_account_statement_says_what_left_and_what_came_back(shape):
    data = camt(
        # Booked as one sum: each has its own amount and reference.
        entry(detail("FENRUN-1", "4.00", reference="B1"), detail("FENRUN-2", "5.00", reference="B2")),
        entry(detail("FENRUN-3"), amount="7.00"),
        entry(detail("FENRUN-4", reason="AC04"), sign="CRDT", amount="3.00"),
        # Of others, without an id, and not booked yet.
        entry(detail("NOTPROVIDED"), detail("SALARY-1")),
        entry(),
        entry(detail("FENRUN-5"), status="<Cd>PDNG</Cd>"),
        # Version 2 has the status as a text, and this one went and came back.
        entry(detail("FENRUN-6"), status="BOOK", amount="1.00"),
        entry(detail("FENRUN-6", reason="AC01"), sign="CRDT", status="BOOK", amount="1.00"),
        **shape,
    )
    rows = bank_answer.read(data, CNY)
    assert [(r.end_to_end_id, r.outcome, r.amount, r.bank_reference) for r in rows] == [
        ("FENRUN-1", "paid", 4_00, "B1"),
        ("FENRUN-2", "paid", 5_00, "B2"),
        ("FENRUN-3", "paid", 7_00, "ENTRY"),
        ("FENRUN-4", "returned", 3_00, "ENTRY"),
        ("FENRUN-6", "returned", 1_00, "ENTRY"),
    ]
    assert [r.reason for r in rows if r.outcome == "returned"] == ["AC04", "AC01"]


def test_an_account_statement_in_another_currency_is_refused():
    with pytest.raises(BankAnswerError, match="line 1: it is in CNY, not JPY"):
        bank_answer.read(camt(entry(detail("FENRUN-1"))), JPY)
    with pytest.raises(BankAnswerError, match=r"line 2: 1\.001 has 3 decimals"):
        bank_answer.read(camt(entry(detail("FENRUN-1")), entry(detail("FENRUN-2", "1.001"))), CNY)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "line 1: the columns must be end_to_end_id"),
        (b"a,b\n", "line 1: the columns must be"),
        (HEADER.encode(), "names no payment"),
        (b"\xff", "not UTF-8"),
        (b"<", "line 1: it is not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "no document type"),
        (b"<a/>", "camt.053 and camt.054 are read"),
        (camt(entry(detail("SALARY-1"))), "names no payment"),
        (PAIN002.replace("ACSC", "PDNG").replace("RJCT", "PDNG").encode(), "names no payment"),
        (HEADER.encode() + b'A,paid,1,"x', "line 2"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_line(data, says):
    with pytest.raises(BankAnswerError, match=says):
        bank_answer.read(data, CNY)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    with contextlib.suppress(BankAnswerError):
        assert bank_answer.read(data, CNY)
