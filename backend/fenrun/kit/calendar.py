"""UTC days and months, as the contracts count them."""

import calendar
import datetime as dt

_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """Whole days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> dt.date:
    """The day of a number of days since 1970-01-01."""
    return _EPOCH + dt.timedelta(days=number)


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def month_number(day: dt.date) -> int:
    """A number of the day's month; following months have following numbers."""
    return day.year * 12 + day.month - 1


def move_months(day: dt.date, months: int) -> dt.date:
    """The day moved by whole months; a day that a month lacks becomes its last day."""
    year, month = divmod(month_number(day) + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def first_of_next_month(day: dt.date) -> dt.date:
    """The first day of the month after."""
    return move_months(day.replace(day=1), 1)
