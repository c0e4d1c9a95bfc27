"""Dates that move by months, and files of any content: read, or refused with a reason, never a traceback."""

import contextlib
import datetime as dt

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reckoning import moved, shift

from fenrun.demo.plan_file import read_plans
from fenrun.demo.rows import Refused, Row, read_rows
from fenrun.demo.scenario import months_to_today, parse_day
from fenrun.kit.calendar import day_number, day_of, first_of_next_month, month_number, move_months, start_of
from fenrun.kit.errors import SetupError

days = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))
shifts = st.integers(-1_200, 1_200)
in_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@given(days, days)
def test_the_latest_day_moves_as_late_as_possible_but_not_after_today(latest, today):
    months = months_to_today(latest, today)
    assert move_months(latest, months) <= today < move_months(latest, months + 1)
    assert months == shift(latest, today)


@given(days, shifts)
def test_moved_days_keep_their_month_and_are_clamped(day, months):
    found = move_months(day, months)
    assert month_number(found) == month_number(day) + months
    last = (first_of_next_month(found) - dt.timedelta(days=1)).day
    assert found.day == min(day.day, last)
    assert found == moved(day, months)


@given(days, days, shifts)
def test_days_never_overtake_each_other(a, b, months):
    a, b = sorted((a, b))
    assert move_months(a, months) <= move_months(b, months)


@given(days, shifts)
def test_a_day_that_every_month_has_comes_back(day, months):
    day = day.replace(day=min(day.day, 28))
    assert move_months(move_months(day, months), -months) == day


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("1998-01-31", 1, "1998-02-28"), ("1996-01-31", 1, "1996-02-29"), ("1996-02-29", 12, "1997-02-28"),
        ("1996-02-29", 48, "2000-02-29"), ("1998-12-31", 1, "1999-01-31"), ("1998-03-31", -1, "1998-02-28"),
        ("1998-01-01", -1, "1997-12-01"), ("2100-01-31", 1, "2100-02-28"), ("2030-05-31", -1, "2030-04-30"),
    ],
)  # fmt: skip
def test_months_that_lack_a_day(day, months, expected):
    assert move_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("latest", "today", "months"),
    [
        ("1998-06-30", "1998-06-30", 0), ("1998-06-30", "1998-06-29", -1), ("1998-01-31", "1998-02-28", 1),
        ("1998-01-31", "1998-02-27", 0), ("2030-06-30", "2026-06-29", -49), ("2024-02-29", "2025-02-28", 12),
    ],
)  # fmt: skip
def test_shifts_at_the_edge(latest, today, months):
    assert months_to_today(dt.date.fromisoformat(latest), dt.date.fromisoformat(today)) == months


@given(st.dates(dt.date(1970, 1, 1), dt.date(2200, 1, 1)))
def test_days_are_counted_as_the_chain_counts_them(day):
    assert day_of(day_number(day)) == day
    assert int(start_of(day).timestamp()) == day_number(day) * 86_400


@pytest.mark.parametrize(
    "text",
    ["", "2025-02-30", "2025-02-29", "30/02/2025", "2025-13-01", "2025-00-10", "2025-1-1", "20250101", "2025-01-01 ",
     "2025-01-01T00:00:00", "0000-01-01", "2025-W01-1", "２０２５-01-01", "yesterday", "-2025-01-01", "2025-01-01\n"],
)  # fmt: skip
def test_what_is_no_day(text):
    assert parse_day(text) is None


@given(st.dates())
def test_every_day_of_two_lifetimes_is_one(day):
    assert parse_day(day.isoformat()) == (day if 1970 <= day.year < 2100 else None)


# --- Files of any content -----------------------------------------------------------------------------------


@in_files
@given(content=st.binary(max_size=300) | st.text(alphabet='a1,"\r\n \0é', max_size=200).map(str.encode))
def test_every_line_of_a_file_is_a_row_or_refused(tmp_path, content):
    path = tmp_path / "orders.csv"
    path.write_bytes(b"a,b\n" + content)
    lines = [(n, line) for n, line in enumerate(content.split(b"\n"), start=2) if line.strip()]
    found = list(read_rows(path, ("a", "b")))
    assert [row.line for row in found] == [n for n, _ in lines]
    for row in found:
        assert isinstance(row, Row) or row.reason in ("row_malformed", "field_too_large")
        if isinstance(row, Refused):
            assert "\0" not in row.order_id
            assert len(row.order_id) <= 65
            assert row.file == "orders.csv"


@in_files
@given(content=st.binary(max_size=200))
def test_a_file_of_any_content_is_read_or_refused_as_a_whole(tmp_path, content):
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with contextlib.suppress(SetupError):
        assert all(row.file == "orders.csv" for row in read_rows(path, ("a", "b")) if isinstance(row, Refused))


def test_a_file_that_begins_with_a_byte_order_mark_and_ends_lines_as_windows_does(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes("\ufeffa,b\r\n1,二\r\n\r\n 3 ,4".encode())
    assert list(read_rows(path, ("a", "b"))) == [Row(2, {"a": "1", "b": "二"}), Row(4, {"a": "3", "b": "4"})]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["plans", "id", "tier_thresholds", "hold_days", "new", "renewal", "referrer", "currency"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@in_files
@given(content=json_like)
def test_plans_of_any_shape_are_read_or_refused(tmp_path, content):
    path = tmp_path / "plans.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(SetupError, match=r"^plans\.yaml"):
        read_plans(path)


@in_files
@given(content=st.binary(max_size=200))
def test_plans_of_any_bytes_are_read_or_refused(tmp_path, content):
    path = tmp_path / "plans.yaml"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=r"^plans\.yaml"):
        read_plans(path)
