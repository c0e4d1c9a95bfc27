"""The rules that are shipped, as files: what each installation begins with."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from fenrun.compliance.documents import RuleDocument

_HERE = resources.files(__name__)


@cache
def shipped() -> Mapping[str, RuleDocument]:
    """The shipped version of each rule, by its code, in the order of the points at which they are asked.

    Raises:
        ValidationError: a file does not say what a rule has to.
    """
    entries: list[dict[str, Any]] = []
    for file in sorted((_HERE / "rules").iterdir(), key=lambda file: file.name):
        entries += yaml.safe_load(file.read_text("utf-8"))
    return {entry["code"]: RuleDocument.model_validate(entry) for entry in entries}


@cache
def not_judged() -> list[dict[str, str]]:
    """Rules of the field that are not judged: `code`, and why in `en` and `zh`."""
    found: list[dict[str, str]] = yaml.safe_load((_HERE / "not_judged.yaml").read_text("utf-8"))
    return found
