"""The guide names every setting, with the default that it has."""

import re

from tests.conftest import ROOT

from fenrun.kit.settings import Settings

ROW = re.compile(r"^\| `FENRUN_(\w+)` \| (?:`([^`]*)`|–) \|", re.MULTILINE)


def test_the_guide_has_every_setting_with_its_default():
    listed = {name.lower(): default for name, default in ROW.findall((ROOT / "docs/operations.md").read_text())}
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert listed == {name: "" if default is None else str(default) for name, default in defaults.items()}
