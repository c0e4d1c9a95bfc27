"""What letters say. The words stand in `words/`, one file per language; this puts them together."""

import functools
import html
from collections.abc import Mapping
from importlib import resources
from string import Template
from typing import Any, Literal, NamedTuple, get_args

import yaml

Language = Literal["en", "zh-CN"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

KINDS: dict[str, tuple[str, ...]] = {
    "invitation": ("inviter", "partner", "until", "path"),
    "reset": ("login", "until", "path"),
    "password_changed": ("login", "at"),
    "totp_removed": ("login", "at"),
    "email_changed": ("login", "at"),
    "api_key_created": ("name", "by", "at"),
    "payout_details_changed": ("partner", "at"),
    "payout_change_asked": ("partner", "by", "at", "hint", "effective", "path"),
    "payout_change_undone": ("partner", "by", "at"),
    "payout_change_in_force": ("partner", "at", "hint"),
    "payout_made": ("partner", "amount", "path"),
    "statement_ready": ("partner", "month", "path"),
    "agreement_published": ("partner", "title", "day", "path"),
    "material_published": ("partner", "title", "path"),
    "partner_suspended": ("partner", "at", "reason"),
    "partner_reinstated": ("partner", "at", "reason"),
    "export_ready": ("login", "until", "path"),
    "erasure_refused": ("login", "reason"),
    "erasure_done": ("login", "at"),
    "findings_opened": ("count", "first", "path"),
    "deal_approved": ("partner", "company", "path"),
    "deal_rejected": ("partner", "company", "path"),
    "deal_returned": ("partner", "company", "path"),
    "deal_expiring": ("partner", "company", "until", "path"),
    "dispute_opened": ("partner", "order", "until", "path"),
    "dispute_ruled": ("partner", "order", "path"),
}
"""Every kind of letter, and what its text names. `path` is a page of the portal, and becomes the letter's link."""


class Text(NamedTuple):
    """A letter as it is read."""

    subject: str
    plain: str
    html: str


def compose(kind: str, language: str, variables: Mapping[str, str], origin: str) -> Text:
    """Writes a letter out.

    Args:
        kind: one of `KINDS`.
        language: one of `LANGUAGES`.
        variables: what the kind's text names, all of it.
        origin: where people reach the portal, without a slash at the end.

    Raises:
        KeyError: a variable is missing; ours to mend.
    """
    words = _words(language)
    letter = words["letters"][kind]
    named = {**variables, "portal": origin}
    # A subject is one line; whatever is in a name, it stays one.
    subject = " ".join(Template(letter["subject"]).substitute(named).split())
    paragraphs = [part.strip() for part in letter["text"].strip().split("\n\n")]
    footer = Template(words["footer"]).substitute(named).strip()
    link = origin + variables["path"] if "path" in variables else None
    plain = [Template(part).substitute(named) for part in paragraphs]
    if link is not None:
        plain.append(f"{letter['button']}:\n{link}")
    escaped = {name: html.escape(value) for name, value in named.items()}
    rich = [f"<p>{Template(html.escape(part)).substitute(escaped)}</p>" for part in paragraphs]
    if link is not None:
        rich.append(f'<p><a href="{html.escape(link)}">{html.escape(letter["button"])}</a></p>')
    page = (
        f'<!doctype html>\n<html lang="{language}"><body style="font-family: sans-serif; max-width: 36em">\n'
        + "\n".join(rich)
        + f'\n<p style="color: #666">{html.escape(footer)}</p>\n</body></html>\n'
    )
    return Text(subject, "\n\n".join([*plain, f"-- \n{footer}"]) + "\n", page)


@functools.cache
def _words(language: str) -> dict[str, Any]:
    file = resources.files("fenrun.mail") / "words" / f"{language}.yaml"
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content
