"""Bad input, through the real command line: refused with file, line and reason; the rest goes through."""

import csv
import shutil

import pytest
import yaml
from tests.conftest import fenrun, summary_of
from tests.reckoning import read_earnings, reckon
from tests.worlds import slice_of_cdnow

from fenrun.demo.scenario import folder_hash, read_scenario
from fenrun.kit.errors import SetupError

HUGE = b"9" * 10_000_000


def bad_orders(good, late):
    """Bad rows: what stands in the file, the id and the reason it is refused with.

    Args:
        good: The cells of a row that is good and stands above.
        late: A customer who was registered after the day of `good`.
    """
    order, customer, day, kind, amount, _ = good

    def row(order_id, *, customer=customer, day=day, kind="renewal", amount="10.00", currency="USD"):
        return ",".join([order_id, customer, day, kind, amount, currency]).encode()

    return [
        (b"X-few,00004", "X-few", "row_malformed"),
        (row("X-many") + b",more", "X-many", "row_malformed"),
        (b'"X-quote,' + row("")[1:], "X-quote", "row_malformed"),
        (row("X-inner").replace(b"10.00", b'"10.00'), "X-inner", "row_malformed"),
        (row("X-after").replace(b"10.00", b'"10"00'), "X-after", "row_malformed"),
        (row("X-nul").replace(b"10.00", b"10\x00.00"), "X-nul", "row_malformed"),
        (row("X-latin").replace(b"USD", b"\xa3"), "X-latin", "row_malformed"),
        (row("X-cut").replace(b"USD", "元".encode()[:2]), "X-cut", "row_malformed"),
        (row("X-10MB").replace(b"10.00", HUGE), "X-10MB", "field_too_large"),
        (HUGE + row(""), "9" * 64 + "…", "field_too_large"),
        (HUGE, "9" * 64 + "…", "row_malformed"),
        (row("X-201", customer="c" * 201), "X-201", "field_too_large"),
        (row(""), "", "order_id_missing"),
        (row("   "), "", "order_id_missing"),
        (row("X-nobody", customer="99999999"), "X-nobody", "customer_unknown"),
        (row("X-none", customer=""), "X-none", "customer_unknown"),
        (row("X-early", customer=late), "X-early", "referral_not_in_force"),
        (row("X-eur", currency="EUR"), "X-eur", "currency_unknown"),
        (row("X-zzz", currency="ZZZ"), "X-zzz", "currency_unknown"),
        (row("X-usd", currency="usd"), "X-usd", "currency_unknown"),
        (row("X-feb", day="2025-02-30"), "X-feb", "date_malformed"),
        (row("X-slash", day="30/02/2025"), "X-slash", "date_malformed"),
        (row("X-noday", day=""), "X-noday", "date_malformed"),
        (row("X-time", day="1997-01-02T10:00:00"), "X-time", "date_malformed"),
        (row("X-minus", amount="-5.00"), "X-minus", "amount_not_positive"),
        (row("X-zero", amount="0"), "X-zero", "amount_not_positive"),
        (row("X-minus-zero", amount="-0.00"), "X-minus-zero", "amount_not_positive"),
        (row("X-precise", amount="10.001"), "X-precise", "amount_precision"),
        (row("X-word", amount="ten"), "X-word", "amount_malformed"),
        (row("X-nan", amount="NaN"), "X-nan", "amount_malformed"),
        (row("X-exp", amount="1e3"), "X-exp", "amount_malformed"),
        (row("X-nothing", amount=""), "X-nothing", "amount_malformed"),
        (row("X-large", amount="92233720368547758.08"), "X-large", "amount_too_large"),
        (row("X-kind", kind="upgrade"), "X-kind", "kind_unknown"),
        (row("X-nokind", kind=""), "X-nokind", "kind_unknown"),
        (row(order, day=day, kind=kind, amount="99999.00"), order, "order_conflict"),
        (row(order, day=day, kind="new" if kind == "renewal" else "renewal", amount=amount), order, "order_conflict"),
        (row(order, customer=late, kind=kind, amount=amount), order, "order_conflict"),
        (row(order, kind=kind, amount=amount), order, "order_duplicate"),
        (row(order, kind=kind, amount=amount + "0"), order, "order_duplicate"),
        (row("X-of-bad-plan", customer="BC-plan"), "X-of-bad-plan", "customer_unknown"),
        (row("X-of-bad-partner", customer="BC-partner"), "X-of-bad-partner", "customer_unknown"),
    ]


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    """A clean slice, and the same with bad rows everywhere between; replayed once."""
    base = tmp_path_factory.mktemp("spoiled")
    clean = slice_of_cdnow(base / "clean", orders=40, first=900)
    dirty = base / "dirty"
    shutil.copytree(clean, dirty)
    header, *rows = (clean / "orders.csv").read_bytes().splitlines()
    first = rows[0].decode().split(",")
    with (clean / "customers.csv").open(newline="") as file:
        customers = list(csv.DictReader(file))
    late = max(customers, key=lambda customer: customer["registered_on"])
    assert late["registered_on"] > first[2], "the slice needs a customer who came later"
    lines, expected = [header], []
    bad = bad_orders(first, late["customer_id"])
    for number, row in enumerate(rows):
        lines.append(row)
        # Two bad rows behind each good one, an empty line now and then, the rest at the end.
        for content, order_id, reason in bad[2 * number : 2 * number + 2 if number < len(rows) - 1 else None]:
            if number % 5 == 0:
                lines.append(b"")
            lines.append(content)
            expected.append({"order_id": order_id, "reason": reason, "file": "orders.csv", "line": str(len(lines))})
    (dirty / "orders.csv").write_bytes(b"\n".join(lines) + b"\n")

    elsewhere = []

    def spoil(name, *bad_rows):
        content = (clean / name).read_bytes()
        at = content.count(b"\n")
        for line, (row, reason) in enumerate(bad_rows, start=at + 1):
            content += row + b"\n"
            elsewhere.append({"order_id": "", "reason": reason, "file": name, "line": str(line)})
        (dirty / name).write_bytes(content)

    partner = (clean / "partners.csv").read_bytes().splitlines()[1].split(b",")[0]
    customer, partner_name = customers[0]["customer_id"].encode(), partner
    spoil(
        "partners.csv",
        (partner + b",Somebody else,CN,entity", "partner_duplicate"),
        (b",Nobody,CN,entity", "partner_id_missing"),
        (b"BP-1,Of no kind,CN,friend", "type_unknown"),
        (b"BP-2,\xff,CN,entity", "row_malformed"),
        (b"BP-3,CN", "row_malformed"),
        (b"BP-4," + HUGE + b",CN,entity", "field_too_large"),
    )
    spoil(
        "customers.csv",
        (customer + b",1997-01-01," + partner_name + b",,,flat", "customer_duplicate"),
        (b"BC-partner,1997-01-01,BP-1,,,flat", "partner_unknown"),
        (b"BC-plan,1997-01-01," + partner_name + b",,,golden", "plan_unknown"),
        (b"BC-noplan,1997-01-01," + partner_name + b",,,", "plan_unknown"),
        (b"BC-day,1997-02-29," + partner_name + b",,,flat", "date_malformed"),
        (b",1997-01-01," + partner_name + b",,,flat", "customer_id_missing"),
        (b"BC-few,1997-01-01", "row_malformed"),
        (b'BC-quote,1997-01-01,"P,,,flat', "row_malformed"),
    )
    # First with plans that are broken, in the same home: the corrected folder must not suffer from it.
    plans = (dirty / "plans.yaml").read_text()
    (dirty / "plans.yaml").write_text(plans.replace("[200, 500, 1500]", "[200, 500, 1500, 2000]"))
    demo = ("demo", "--scenario", dirty, "--exit", "--json", "--out")
    broken = fenrun(base / "home", *demo, base / "out-broken", check=False)
    (dirty / "plans.yaml").write_text(plans)
    done = fenrun(base / "home", *demo, base / "out")
    with (base / "out" / "refused.csv").open(newline="", encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    return clean, base / "out", summary_of(done), refused, elsewhere, expected, len(rows), broken


def test_each_bad_row_is_refused_with_file_line_and_reason(spoiled):
    refused, elsewhere, expected = spoiled[3:6]
    assert len(expected) > 40
    assert [row for row in refused if row["file"] == "orders.csv"] == expected
    assert [row for row in refused if row["file"] != "orders.csv"] == elsewhere
    assert refused == [*elsewhere, *expected]


def test_every_order_that_was_read_is_settled_or_refused(spoiled):
    _, _, summary, _, _, expected, good, _ = spoiled
    assert summary["orders_read"] == summary["orders_settled"] + summary["orders_refused"]
    assert summary["orders_settled"] == good
    assert summary["orders_refused"] == len(expected) == sum(summary["refused_by_reason"].values())


def test_the_good_rows_are_settled_as_if_the_bad_were_not_there(spoiled, today):
    clean, out, summary, *_ = spoiled
    legs, refused = reckon(clean, today)
    assert refused == []
    assert read_earnings(out / "earnings.csv") == legs
    assert summary["earned_minor"] == sum(leg[3] for leg in legs.values())
    assert summary["audit_ok"] is True


# --- Whole files: one plain sentence, and nothing is half written -----------------------------------------------


def sentence_of(done):
    """What a refused command says: one line, no traceback, exit code 2."""
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line and line != "Starting PostgreSQL"]
    lines = [line for line in lines if line != "Reading the scenario"]
    assert len(lines) == 1, lines
    assert done.stdout == ""
    return lines[0]


@pytest.fixture
def folder(tmp_path):
    return slice_of_cdnow(tmp_path / "scenario", orders=10)


def test_a_folder_that_does_not_exist(tmp_path):
    home = tmp_path / "home"
    done = fenrun(home, "demo", "--scenario", tmp_path / "nowhere", "--exit", "--json", check=False)
    assert "nowhere" in sentence_of(done)
    assert not home.exists()


def test_a_broken_folder_says_why_and_the_corrected_one_is_not_stopped_by_it(spoiled):
    broken, out = spoiled[-1], spoiled[1]
    assert "plans.yaml, plan standard: 4 tier thresholds" in sentence_of(broken)
    assert not (out.parent / "out-broken").exists()


def test_a_folder_without_one_good_order_says_so_and_is_no_failure(tmp_path, folder):
    header, *rows = (folder / "orders.csv").read_text().splitlines()
    bad = [",".join([*row.split(",")[:4], "0.00", "USD"]) for row in rows]
    (folder / "orders.csv").write_text("\n".join([header, *bad]) + "\n")
    summary = summary_of(fenrun(tmp_path / "home", "demo", "--scenario", folder, "--exit", "--json"))
    assert summary["orders_settled"] == 0
    assert summary["orders_refused"] == summary["orders_read"] == len(rows)
    assert summary["audit_ok"] is True


@pytest.mark.parametrize("name", ["partners.csv", "customers.csv", "orders.csv", "plans.yaml"])
def test_a_file_that_is_missing(folder, name):
    (folder / name).unlink()
    with pytest.raises(SetupError, match=f"{name} is missing"):
        folder_hash(folder)


def refusal_of(folder):
    """The sentence with which a folder is refused as a whole; the command line prints it and ends with 2."""
    with pytest.raises(SetupError) as caught:
        read_scenario(folder)
    assert "\n" not in caught.value.detail
    assert len(caught.value.detail) < 400
    return caught.value.detail


@pytest.mark.parametrize("name", ["partners.csv", "customers.csv", "orders.csv"])
def test_a_column_that_is_missing(folder, name):
    path = folder / name
    header, *rows = path.read_text().splitlines()
    column = header.split(",")[1]
    path.write_text("\n".join([header.replace(column, "renamed", 1), *rows]))
    assert f"{name}: column {column} is missing" in refusal_of(folder)


@pytest.mark.parametrize("name", ["partners.csv", "customers.csv", "orders.csv"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe\x00", b"\x00" * 100, b'"'])
def test_a_file_that_is_empty_or_no_csv(folder, name, content):
    (folder / name).write_bytes(content)
    assert name in refusal_of(folder)


def test_orders_without_a_row(folder):
    header = (folder / "orders.csv").read_text().splitlines()[0]
    (folder / "orders.csv").write_text(header + "\n")
    assert "orders.csv has no orders" in refusal_of(folder)


def standard(**change):
    """The plans with the first one changed; None takes a field out."""

    def spoil(plans):
        plans["plans"][0].update(change)
        plans["plans"][0] = {k: v for k, v in plans["plans"][0].items() if v is not None}
        return plans

    return spoil


FOUR = {"referrer": [1000] * 4, "implementer": [500] * 4, "trainer": [200] * 4}

BROKEN_PLANS = {
    "four thresholds": (standard(tier_thresholds=[1, 2, 3, 4]), "4 tier thresholds; at most 3"),
    "a fourth role": (standard(new={**FOUR, "janitor": [1] * 4}), "there is no role janitor"),
    "over the whole": (standard(new={**FOUR, "trainer": [0, 0, 0, 8501]}), "more than 10000"),
    "a rate over the whole": (standard(renewal={**FOUR, "trainer": [0, 0, 0, 10001]}), "between 0 and 10000"),
    "descending thresholds": (standard(tier_thresholds=[500, 200, 1500]), "ascend"),
    "equal thresholds": (standard(tier_thresholds=[200, 200, 1500]), "ascend"),
    "a threshold of zero": (standard(tier_thresholds=[0, 200, 1500]), "above zero"),
    "a threshold below zero": (standard(tier_thresholds=[-5, 200, 1500]), "above zero"),
    "a threshold of a third": (standard(tier_thresholds=[0.333, 200, 1500]), "decimals"),
    "a threshold in words": (standard(tier_thresholds=["many", 200, 1500]), "tier_thresholds"),
    "a threshold too large": (standard(tier_thresholds=[1, 2, 10**18]), "more than the books can hold"),
    "thresholds that are no list": (standard(tier_thresholds=200), "tier_thresholds"),
    "no thresholds": (standard(tier_thresholds=None), "tier_thresholds"),
    "a list in thresholds": (standard(tier_thresholds=[[1], 2, 3]), "tier_thresholds"),
    "a rate too few": (standard(new={**FOUR, "referrer": [1000] * 3}), "one rate per tier"),
    "a rate too many": (standard(new={**FOUR, "referrer": [1000] * 5}), "one rate per tier"),
    "half a basis point": (standard(new={**FOUR, "referrer": [0.5] * 4}), "is not a whole number"),
    "a rate below zero": (standard(new={**FOUR, "referrer": [-1] * 4}), "is not a whole number"),
    "a rate in words": (standard(new={**FOUR, "referrer": ["ten"] * 4}), "is not a whole number"),
    "no rates for a role": (standard(new={**FOUR, "referrer": []}), "list of rates"),
    "no new": (standard(new=None), "new: rates by role are missing"),
    "no renewal": (standard(renewal=None), "renewal: rates by role are missing"),
    "no roles": (standard(new={}), "list of rates"),
    "rates that are a list": (standard(new=[1000, 500]), "rates by role are missing"),
    "no hold": (standard(hold_days=None), "hold_days"),
    "a hold below zero": (standard(hold_days=-1), "hold_days"),
    "a hold beyond reason": (standard(hold_days=3651), "hold_days"),
    "a hold of half a day": (standard(hold_days=0.5), "hold_days"),
    "no id": (standard(id=None), "has no id"),
    "an id that is a list": (standard(id=["a"]), "has no id"),
    "an id twice": (standard(id="growth"), "growth stands there twice"),
    "no plans": (lambda _: {"plans": []}, "no `plans:` list"),
    "a list of words": (lambda _: {"plans": ["a"]}, "has no id"),
    "another file": (lambda _: {"rates": {}}, "no `plans:` list"),
    "nothing": (lambda _: None, "no `plans:` list"),
    "a currency that is none": (lambda plans: {**plans, "currency": "ZZZ"}, "ZZZ"),
}


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_plans_that_are_broken(folder, name):
    spoil, words = BROKEN_PLANS[name]
    path = folder / "plans.yaml"
    path.write_text(yaml.safe_dump(spoil(yaml.safe_load(path.read_text()))))
    assert words in refusal_of(folder)


@pytest.mark.parametrize(
    "content",
    [b"plans: [", b"\xff\xfe", b"plans:\n\t- id: a", b"{", b"a: b: c", b"!!python/object:os.system {}", b"\x00"],
)
def test_plans_that_are_no_yaml(folder, content):
    (folder / "plans.yaml").write_bytes(content)
    assert "plans.yaml" in refusal_of(folder)
