"""What can become of a dispute, and until when. Pure data: the only place that says so.

Nothing here waits for somebody for ever: every status that people are asked in has an event that time brings about.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, get_args

from fenrun.disputes.errors import DisputeTransitionError
from fenrun.kit.business_time import BusinessHours

DisputeStatus = Literal[
    "draft",
    "opened",
    "auto_checked",
    "auto_resolved",
    "awaiting_response",
    "evidence_open",
    "under_review",
    "proposed",
    "accepted",
    "ruled",
    "defaulted",
    "appealed",
    "ruled_final",
    "executed",
    "closed",
    "withdrawn",
    "on_hold_legal",
    "escalated_external",
]
DisputeEvent = Literal[
    "open", "check", "resolve", "ask", "respond", "concede", "propose", "accept", "rule", "appeal", "decide",
    "finalize", "execute", "close", "withdraw", "hold", "resume", "escalate", "void", "time_out",
]  # fmt: skip
Ruling = Literal["keep", "reverse", "transfer"]
"""What the court on the chain can do with a share: leave it, give it back to the house, or give it to the claimant."""
STATUSES: tuple[DisputeStatus, ...] = get_args(DisputeStatus)
RULINGS: tuple[Ruling, ...] = get_args(Ruling)

Moves = Mapping[DisputeEvent, DisputeStatus]

_SIDEWAYS: Moves = {
    "concede": "accepted",
    "withdraw": "withdrawn",
    "hold": "on_hold_legal",
    "escalate": "escalated_external",
    "execute": "executed",
    "void": "closed",
}
"""What can happen while people are heard. The chain's own deadline may overtake them all: `execute`."""
_RULED: Moves = {"appeal": "appealed", "finalize": "ruled_final", "execute": "executed", "void": "closed"}

DISPUTE: Mapping[DisputeStatus, Moves] = {
    "draft": {"open": "opened", "withdraw": "closed"},
    "opened": {"check": "auto_checked"},
    "auto_checked": {"resolve": "auto_resolved", "ask": "awaiting_response"},
    "auto_resolved": _RULED,
    "awaiting_response": {"respond": "evidence_open", "time_out": "evidence_open", **_SIDEWAYS},
    "evidence_open": {"time_out": "under_review", **_SIDEWAYS},
    "under_review": {"propose": "proposed", "rule": "ruled", "time_out": "defaulted", **_SIDEWAYS},
    "proposed": {"accept": "accepted", "rule": "ruled", "time_out": "defaulted", **_SIDEWAYS},
    "accepted": {"finalize": "ruled_final", "execute": "executed", "void": "closed"},
    "ruled": _RULED,
    "defaulted": _RULED,
    "appealed": {"decide": "ruled_final", "execute": "executed"},
    "ruled_final": {"execute": "executed", "void": "closed"},
    "withdrawn": {"execute": "executed", "void": "closed"},
    "on_hold_legal": {"withdraw": "withdrawn", "escalate": "escalated_external", "execute": "executed",
                      "resume": "under_review"},
    "escalated_external": {"execute": "executed"},
    "executed": {"close": "closed"},
    "closed": {},
}  # fmt: skip
"""A dispute. `resume` goes back to where the hold began; `defaulted` is decided on the evidence, for somebody was
silent; `decide` is the panel's, or the end of its time."""

HEARING: tuple[DisputeStatus, ...] = ("awaiting_response", "evidence_open", "under_review", "proposed")
"""While people are heard: evidence is taken, and nothing is ruled."""
DECIDED: tuple[DisputeStatus, ...] = (
    "auto_resolved", "accepted", "ruled", "defaulted", "appealed", "ruled_final", "withdrawn",
)  # fmt: skip
"""While a ruling is on its way through the court."""
APPEALABLE: tuple[DisputeStatus, ...] = ("auto_resolved", "ruled", "defaulted")

CHECK_WITHIN = dt.timedelta(minutes=5)
EXECUTE_WITHIN = dt.timedelta(minutes=5)
SPANS: Mapping[DisputeStatus, dt.timedelta] = {
    "awaiting_response": dt.timedelta(minutes=90),
    "evidence_open": dt.timedelta(minutes=30),
    "under_review": dt.timedelta(minutes=60),
    "proposed": dt.timedelta(minutes=30),
}
"""How long each step may take, in business time. With the check before and the execution after, under four hours."""
BUDGET = dt.timedelta(hours=4)
"""From the opening to a ruling, in business time."""


def after(status: DisputeStatus, event: DisputeEvent, resumes_to: DisputeStatus | None = None) -> DisputeStatus:
    """The status after an event.

    Args:
        status: the one before.
        event: what happened.
        resumes_to: where a hold began; what `resume` goes back to.

    Raises:
        DisputeTransitionError: the event cannot happen in this status.
    """
    following = DISPUTE[status].get(event)
    if following is None:
        possible = ", ".join(DISPUTE[status]) or "nothing any more"
        raise DisputeTransitionError(f"The dispute is {status}, so you cannot {event} it; possible: {possible}")
    return resumes_to if event == "resume" and resumes_to is not None else following


def deadline(status: DisputeStatus, since: dt.datetime, hours: BusinessHours) -> dt.datetime | None:
    """When time goes on without whoever is asked in a status; None where no clock of ours runs.

    The clocks of an appeal and of the panel are the court's on the chain.
    """
    if status in SPANS:
        return hours.after(since, SPANS[status])
    return since + CHECK_WITHIN if status == "opened" else None
