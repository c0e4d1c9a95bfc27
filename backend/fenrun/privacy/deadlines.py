"""How long there is to answer, by the law of where the member lives. No SQL, no HTTP."""

import datetime as dt
from typing import Literal, get_args

Law = Literal["gdpr", "ccpa", "pipl", "other"]
LAWS: tuple[Law, ...] = get_args(Law)

_DAYS: dict[Law, int] = {"gdpr": 30, "ccpa": 45, "other": 30}
"""Art. 12(3) GDPR: a month, of which the shortest is taken that a month of thirty days is; Cal. Civ. Code 1798.130."""
_PIPL_WORKING_DAYS = 15
"""What the handlers' rules under Art. 50 PIPL take. Public holidays are not left out: that is the earlier day."""


def due_on(law: Law, asked: dt.date) -> dt.date:
    """The last day on which a request must be answered."""
    if law != "pipl":
        return asked + dt.timedelta(days=_DAYS[law])
    day, left = asked, _PIPL_WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    return day
