"""What payouts decide without a database: tax, states, who is left out, what files say."""

import contextlib
import csv
import datetime as dt
import io
from dataclasses import replace
from importlib import resources
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.errors import SetupError
from fenrun.kit.money import Currency
from fenrun.payouts import bank_file, details
from fenrun.payouts.details import Account, Document
from fenrun.payouts.eligibility import Candidate, Details, LeftOut, Payable, Terms, decide, wallet_refused
from fenrun.payouts.errors import DetailsInvalidError, TransitionError
from fenrun.payouts.states import OPEN, PAYOUT, RUN, after, effect_of
from fenrun.payouts.withholding import Month, RuleTable, load_rules, read_rules, withhold

DAY = dt.date(2026, 12, 1)
CNY, USD, JPY = (Currency.of(code) for code in ("CNY", "USD", "JPY"))
LABOUR = load_rules().rule_for("CN", "individual", DAY)
amounts = st.integers(1, 10**11)


# --- Withholding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gross", "tax"),
    [
        ("800", "0"), ("4000", "640"), ("4001", "640.16"), ("10000", "1600"), ("25000", "4000"), ("30000", "5200"),
        ("62500", "13000"), ("100000", "25000"), ("0.01", "0"), ("800.01", "0"), ("800.03", "0.01"),
    ],
)  # fmt: skip
def test_the_published_figures_of_the_tax_on_labour_services(gross, tax):
    assert withhold(LABOUR, CNY.parse(gross)) == CNY.parse(tax)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_a_months_tax_does_not_depend_on_how_it_was_paid(payments):
    month = Month()
    for gross in payments:
        withheld = withhold(LABOUR, gross, month)
        assert 0 <= withheld <= gross
        month = Month(month.gross + gross, month.withheld + withheld)
    assert month.withheld == withhold(LABOUR, sum(payments))


@given(amounts, amounts)
def test_who_earns_more_keeps_more(one, other):
    less, more = sorted((one, other))
    assert less - withhold(LABOUR, less) <= more - withhold(LABOUR, more)


def test_a_rule_holds_from_its_first_day_to_its_last():
    rules = load_rules()
    assert rules.rule_for("CN", "individual", dt.date(2019, 1, 1)).id == "TAX-CN-01"
    assert rules.rule_for("CN", "individual", dt.date(2018, 12, 31)) is None
    assert rules.rule_for("DE", "individual", DAY) is None
    assert rules.version


def test_a_table_that_says_two_things_is_refused():
    content = (resources.files("fenrun.payouts") / "tax_rules.yaml").read_text()
    ended = content.replace("until: null", "until: 2026-12-31")
    assert read_rules(ended).rule_for("CN", "individual", dt.date(2027, 1, 1)) is None
    with pytest.raises(SetupError, match="two rules for US individual"):
        read_rules(
            content.replace("payee_type: entity\n    requires: [w9]", "payee_type: individual\n    requires: [w9]")
        )


# --- States -------------------------------------------------------------------------------------------

RESERVED = {"pending", "processing", "sent"}


@pytest.mark.parametrize("machine", [RUN, PAYOUT])
def test_every_state_is_reached_and_named(machine):
    reached, first = set(), next(iter(machine))
    todo = [first]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += machine[state].values()
    assert reached == set(machine)
    assert set(OPEN) == RESERVED


@given(st.lists(st.sampled_from(sorted({event for events in PAYOUT.values() for event in events})), max_size=20))
def test_nothing_is_paid_that_was_not_approved_and_sent(events):
    status, done = "pending", []
    for event in events:
        try:
            status = after(PAYOUT, status, event)
        except TransitionError:
            assert event not in PAYOUT[status]
            continue
        done.append(event)
        assert status in PAYOUT
    if status in ("sent", "completed", "returned", "failed"):
        assert done[:2] == ["approve", "send"]
    if status == "canceled":
        assert "send" not in done
    if not PAYOUT[status]:
        assert status in ("failed", "canceled")


@given(st.lists(st.sampled_from(["approve", "reject", "cancel", "send", "close"]), max_size=10))
def test_a_run_that_is_with_the_bank_is_not_called_off(events):
    status, done = "prepared", []
    for event in events:
        with contextlib.suppress(TransitionError):
            status = after(RUN, status, event)
            done.append(event)
    assert ("send" in done) <= (done[0] == "approve" if done else True)
    assert not ({"send", "cancel"} <= set(done))


@given(st.lists(st.sampled_from(["paid", "failed", "returned"]), max_size=6))
def test_whatever_a_bank_says_nothing_is_paid_twice(outcomes):
    status, paid, bounced, payable_again = "sent", False, False, 0
    for outcome in outcomes:
        match effect_of(status, paid, outcome):
            case "paid":
                assert not paid
                paid, status = True, "completed"
            case "failed":
                assert not paid
                status, payable_again = "failed", payable_again + 1
            case "bounced":
                assert paid
                if not bounced:
                    bounced, status, payable_again = True, "returned", payable_again + 1
    assert payable_again <= 1
    assert paid + payable_again <= 1 + bounced


@pytest.mark.parametrize("status", ["pending", "processing", "canceled"])
@pytest.mark.parametrize("outcome", ["paid", "failed", "returned"])
def test_a_bank_says_nothing_of_what_it_was_not_sent(status, outcome):
    assert effect_of(status, False, outcome) is None


# --- Who is paid --------------------------------------------------------------------------------------


WALLET = "0x" + "5a" * 20


def candidate(**changes):
    known = Details("Zhang San", WALLET, "CN", "individual", {"identity": Document("identity", "1")}, verified=True)
    fields = {
        "number": 1, "id": "pn_1", "name": "Zhang San",
        "status": "active", "available": 10_000_00, "held": 0, "frozen": 0, "debt": 0,
        "next_release": None, "open_run": None, "month": Month(), "details": known, "wallet": WALLET,
    }  # fmt: skip
    details_changes = changes.pop("details", {})
    if details_changes is None:
        return Candidate(**{**fields, **changes, "details": None})
    fields["details"] = Details(**{**known.__dict__, **details_changes})
    return Candidate(**{**fields, **changes})


def terms(currency=CNY, rail="bank", minimum=100_00):
    return Terms(rail, currency, DAY, minimum, load_rules())


def test_who_is_in_order_is_paid_what_is_available_less_tax():
    assert decide(candidate(), terms()) == Payable(10_000_00, 1_600_00, "TAX-CN-01", LABOUR.law)
    german = decide(candidate(details={"country": "DE"}), terms())
    assert (german.gross, german.withheld, german.tax_rule) == (10_000_00, 0, None)
    assert german.tax_note.startswith("No withholding rule applies")


@pytest.mark.parametrize(
    ("reason", "says", "changes", "of"),
    [
        ("suspended", "suspended", {"status": "suspended"}, {}),
        ("not_active", "not registered", {"status": "pending"}, {}),
        ("in_open_run", "run pr_1", {"open_run": "pr_1", "available": 0}, {}),
        ("in_debt", "12.34 CNY is owed", {"available": 0, "debt": 12_34, "held": 5}, {}),
        ("on_hold", "until 2027-01-05", {"available": 0, "held": 5, "next_release": dt.date(2027, 1, 5)}, {}),
        ("in_dispute", "7.00 CNY waits for a ruling", {"available": 0, "frozen": 7_00}, {}),
        ("nothing_available", "Nothing", {"available": -1}, {}),
        ("below_minimum", "99.99 CNY is less than the minimum of 100.00 CNY", {"available": 99_99}, {}),
        ("agreement_unsigned", "partner-agreement waits", {"unsigned": "partner-agreement", "details": None}, {}),
        ("details_missing", "No payout details", {"details": None}, {}),
        ("details_unverified", "verified", {"details": {"verified": False}}, {}),
        ("holder_differs", "PAY-03", {"details": {"holder": "Li Si"}}, {}),
        ("document_missing", "identity", {"details": {"documents": {}}}, {}),
        ("document_expired", "expired on 2026-11-30", {"details": {"documents": {
            "identity": Document("identity", "1", dt.date(2026, 11, 30))}}}, {}),
        ("document_missing", "business_licence", {"details": {"payee_type": "entity"}}, {}),
        ("document_missing", "w9", {"details": {"country": "US"}}, {}),
        ("tax_currency", "TAX-CN-01 is in CNY", {}, {"currency": USD}),
        ("account_missing", "No bank account", {"details": {"holder": None}}, {}),
        ("PAY-02", "bank only", {}, {"rail": "token"}),
        ("wallet_missing", "No wallet", {"details": {"country": "SG", "wallet": None}}, {"rail": "token"}),
        ("wallet_waiting", "three days", {"details": {"country": "SG"}, "wallet": None}, {"rail": "token"}),
        ("details_unverified", "verified", {"details": {"country": "SG", "verified": False}, "wallet": None},
         {"rail": "token"}),
    ],
)  # fmt: skip
def test_who_is_left_out_is_told_why(reason, says, changes, of):
    left_out = decide(candidate(**changes), terms(**of))
    assert isinstance(left_out, LeftOut)
    assert left_out.reason == reason
    assert says in left_out.detail


def test_a_document_counts_to_the_end_of_its_last_day():
    papers = {"identity": Document("identity", "1", DAY)}
    assert isinstance(decide(candidate(details={"documents": papers}), terms()), Payable)


def test_the_token_rail_is_open_where_the_law_allows_it():
    assert isinstance(decide(candidate(details={"country": "SG"}), terms(rail="token")), Payable)


def test_who_pays_tax_at_the_source_is_not_paid_in_tokens():
    """Whoever has a wallet withdraws the whole without us."""
    elsewhere = RuleTable("test", (replace(LABOUR, country="SG", currency=None),))
    decision = decide(candidate(details={"country": "SG"}), replace(terms(rail="token"), rules=elsewhere))
    assert (decision.reason, "TAX-CN-01" in decision.detail) == ("tax_withheld", True)
    assert wallet_refused("SG", LABOUR).reason == "tax_withheld"
    assert wallet_refused("SG", None) is None
    assert wallet_refused("CN", None).reason == "PAY-02"


# --- Accounts -----------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**31), st.text(max_size=50))
def test_an_account_opens_for_its_partner_and_key_alone(secret, partner, holder):
    account, box = Account(holder, number="12345", bank_code="1"), secret
    sealed = details.seal(box, partner, account)
    assert details.unseal(box, partner, sealed) == account
    assert details.seal(box, partner, account) != sealed
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for other, of, data in (
        (box, partner + 1, sealed),
        (secret[::-1] + b"x", partner, sealed),
        (box, partner, flipped),
        (box, partner, b""),
    ):
        with pytest.raises(SetupError):
            details.unseal(other, of, data)


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ({"iban": "DE89370400440532013001"}, "check digits"),
        ({"iban": "DE89370400440532013000", "number": "123456"}, "give iban, or number"),
        ({}, "give iban, or number"),
        ({"number": "123456"}, "needs its bank"),
        ({"number": "<script>", "bank_code": "1"}, "letters and digits"),
        ({"iban": "DE89370400440532013000", "bic": "deutdeff"}, "bic"),
        ({"number": "123456", "bank_code": "10 20"}, "bank_code"),
    ],
)
def test_an_account_that_no_bank_would_take_is_refused(account, says):
    with pytest.raises(DetailsInvalidError, match=says):
        details.checked(Account("A", **account))


def test_an_iban_is_kept_without_blanks():
    assert details.checked(Account("A", iban="de89 3704 0044 0532 0130 00")).iban == "DE89370400440532013000"


@pytest.mark.parametrize("iban", ["GB82WEST12345698765432", "FR1420041010050500013M02606", "BE68539007547034"])
def test_ibans_of_the_standard_are_ibans(iban):
    assert details.is_iban(iban)
    assert not details.is_iban(iban[:-1] + ("1" if iban[-1] != "1" else "2"))


# --- The bank file ------------------------------------------------------------------------------------

ACCOUNTS = [
    Account("张三 & Söhne <GmbH>", number="6222 0212 3456 7890", bank_code="102100099996"),
    Account('Acme, "Inc."', iban="DE89370400440532013000", bic="COBADEFFXXX"),
    Account("Ann", iban="GB82WEST12345698765432"),
]
SCHEMA = xmlschema.XMLSchema(str(resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"))
NS = {"p": bank_file.NAMESPACE}


def order(nets, currency=CNY, bic="ICBKCNBJXXX"):
    payments = [
        bank_file.Payment(f"FENRUN-{n:012d}", ACCOUNTS[n % 3], net, f"po_{n} 2026-12-01") for n, net in enumerate(nets)
    ]
    made = dt.datetime(2026, 11, 30, 9, 8, 7, tzinfo=dt.UTC)
    payer = ("Fenrun 分润", "GB82WEST12345698765432", bic)
    return bank_file.Order("pr_01j9zzzzzzzzzzzzzzzzzzzzzz", made, DAY, currency, *payer, payments)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12), st.sampled_from([CNY, JPY, Currency.of("EUR")]))
def test_pain_001_is_valid_and_its_sums_are_exact(nets, currency):
    content = bank_file.as_pain001(order(nets, currency))
    SCHEMA.validate(content.decode())
    root = ET.fromstring(content)  # noqa: S314
    found = [element.text for element in root.iterfind(".//p:InstdAmt", NS)]
    assert [currency.parse(amount) for amount in found] == nets
    for level in ("GrpHdr", "PmtInf"):
        assert root.findtext(f".//p:{level}/p:NbOfTxs", None, NS) == str(len(nets))
        assert currency.parse(root.findtext(f".//p:{level}/p:CtrlSum", None, NS)) == sum(nets)
    ids = [element.text for element in root.iterfind(".//p:EndToEndId", NS)]
    assert len(set(ids)) == len(nets)
    assert all(element.get("Ccy") == currency.code for element in root.iterfind(".//p:InstdAmt", NS))
    assert bank_file.as_pain001(order(nets, currency)) == content


def test_pain_001_without_a_bic_of_the_payer_is_valid():
    SCHEMA.validate(bank_file.as_pain001(order([1], bic="")).decode())


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12))
def test_the_csv_says_the_same(nets):
    content = bank_file.as_csv(order(nets))
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [CNY.parse(row["amount"]) for row in rows] == nets
    assert [row["holder"] for row in rows] == [ACCOUNTS[n % 3].holder for n in range(len(nets))]
    assert bank_file.as_csv(order(nets)) == content
