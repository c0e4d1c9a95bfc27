"""Business time: the working hours of a place, whatever the clocks of summer do."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.business_time import BusinessHours
from fenrun.kit.errors import SetupError

SHANGHAI = BusinessHours.of("Asia/Shanghai", "09:00-18:00")
BERLIN = BusinessHours.of("Europe/Berlin", "08:30-17:00")
MINUTE = dt.timedelta(minutes=1)
MOMENTS = st.integers(1_704_067_200, 1_830_297_600).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))
SPANS = st.integers(1, 5_000).map(lambda minutes: minutes * MINUTE)
PLACES = st.sampled_from([SHANGHAI, BERLIN, BusinessHours.of("America/New_York", "00:00-23:59")])


def local(hours, text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=hours.zone)


@pytest.mark.parametrize(
    ("asked", "minutes", "due"),
    [
        ("2026-11-24T10:00", 90, "2026-11-24T11:30"),
        ("2026-11-24T17:00", 90, "2026-11-25T09:30"),  # into the next morning
        ("2026-11-24T18:00", 1, "2026-11-25T09:01"),  # the office has closed
        ("2026-11-24T05:00", 1, "2026-11-24T09:01"),
        ("2026-11-27T17:30", 60, "2026-11-30T09:30"),  # over a weekend
        ("2026-11-28T12:00", 90, "2026-11-30T10:30"),  # on a Saturday
        ("2026-11-24T09:00", 9 * 60, "2026-11-24T18:00"),
        ("2026-11-24T09:00", 2 * 9 * 60 + 1, "2026-11-26T09:01"),
    ],
)
def test_a_deadline_falls_into_working_hours(asked, minutes, due):
    assert SHANGHAI.after(local(SHANGHAI, asked), minutes * MINUTE) == local(SHANGHAI, due)


def test_an_hour_that_clocks_leave_out_is_no_working_time():
    night = BusinessHours.of("Europe/Berlin", "01:00-04:00")
    monday = dt.datetime(2026, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert night.between(monday, monday + dt.timedelta(hours=5)) == dt.timedelta(hours=3)


@given(hours=PLACES, moment=MOMENTS, span=SPANS)
def test_so_much_time_after_is_so_much_time_between(hours, moment, span):
    due = hours.after(moment, span)
    assert hours.between(moment, due) == span
    assert due >= moment + span
    at = due.astimezone(hours.zone)
    assert at.weekday() < 5
    assert hours.opens <= at.time() <= hours.closes


@given(hours=PLACES, moment=MOMENTS, first=SPANS, second=SPANS)
def test_two_spans_one_after_the_other_are_their_sum(hours, moment, first, second):
    assert hours.after(hours.after(moment, first), second) == hours.after(moment, first + second)


@pytest.mark.parametrize(
    ("zone", "hours", "named"),
    [
        ("Mars/Olympus", "09:00-18:00", "FENRUN_BUSINESS_ZONE"),
        ("", "09:00-18:00", "FENRUN_BUSINESS_ZONE"),
        ("UTC", "09:00", "FENRUN_BUSINESS_HOURS"),
        ("UTC", "18:00-09:00", "FENRUN_BUSINESS_HOURS"),
        ("UTC", "nine to five", "FENRUN_BUSINESS_HOURS"),
    ],
)
def test_hours_that_are_none_are_refused_with_the_settings_name(zone, hours, named):
    with pytest.raises(SetupError, match=named):
        BusinessHours.of(zone, hours)
