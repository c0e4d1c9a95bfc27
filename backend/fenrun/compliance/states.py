"""Which step follows which: of a rule's version, and of a finding."""

from typing import Literal

RuleState = Literal["draft", "checked", "tested", "approved", "published", "withdrawn"]
FindingState = Literal["noted", "open", "override_asked", "overridden", "upheld", "cleared"]

OPEN_RULE_STATES: tuple[RuleState, ...] = ("draft", "checked", "tested", "approved")
"""Of a version that is still to be published."""

RULE: dict[str, dict[str, RuleState]] = {
    # An edit makes what was found of the former text worth nothing.
    "draft": {"edit": "draft", "check": "checked", "withdraw": "withdrawn"},
    "checked": {"edit": "draft", "check": "checked", "test": "tested", "withdraw": "withdrawn"},
    "tested": {"edit": "draft", "approve": "approved", "withdraw": "withdrawn"},
    "approved": {"edit": "draft", "publish": "published", "withdraw": "withdrawn"},
    "published": {},
    "withdrawn": {},
}
"""Draft, checked for what is broken, tested by its cases, approved by a second person, published."""

FINDING: dict[str, dict[str, FindingState]] = {
    # What only warns stops nothing; upheld, it is what other rules ask about, such as of a material that is fetched.
    "noted": {"uphold": "upheld"},
    "open": {"ask": "override_asked", "uphold": "upheld"},
    "override_asked": {"confirm": "overridden", "refuse": "open", "uphold": "upheld"},
    "overridden": {"reopen": "open"},
    "upheld": {"reopen": "open"},
    "cleared": {},
}
"""What stops something is let pass by two people, or upheld by one; either is taken back. Time decides nothing."""

STOPPING: tuple[FindingState, ...] = ("open", "override_asked", "upheld")
"""Of a finding that holds or blocks: while it is in one of these, it does."""
