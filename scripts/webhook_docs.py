#!/usr/bin/env python3
"""Writes the event types into docs/webhooks.md from their models; `--check` fails when they are stale."""

import datetime as dt
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from fenrun.kit.outbox import Announcement, body_of
from fenrun.webhooks.events import TYPES, EventData, example_of

TARGET = Path(__file__).resolve().parent.parent / "docs" / "webhooks.md"
BEGIN, END = "<!-- event types: written by scripts/webhook_docs.py -->\n", "<!-- end of event types -->\n"
AT = dt.datetime(2026, 3, 31, 8, tzinfo=dt.UTC)


def example(type_: str, model: type[EventData]) -> str:
    """A whole message of a type, laid out to be read."""
    return json.dumps(json.loads(body_of(Announcement(type_, example_of(model), "", AT))), indent=2, ensure_ascii=False)


def sections() -> Iterator[str]:
    """A section for each event type."""
    for type_, model in TYPES.items():
        yield f"\n### `{type_}`\n{inspect.getdoc(model)}{' For the staff alone.' if model.staff_only else ''}\n"
        described = {name: field.description for name, field in model.model_fields.items() if field.description}
        if described:
            yield "\n" + "".join(f"- `{name}`: {text}\n" for name, text in described.items())
        yield f"\n```json\n{example(type_, model)}\n```\n"


def written(text: str) -> str:
    """The page with its event types as they are now."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "".join(sections()) + "\n" + END + rest.split(END)[1]


if __name__ == "__main__":
    now = TARGET.read_text()
    if "--check" not in sys.argv:
        TARGET.write_text(written(now))
    elif written(now) != now:
        sys.exit("docs/webhooks.md is stale: run `make webhook-docs`")
