#!/usr/bin/env python3
"""Writes portal/openapi.json from the application; `--check` fails when it is stale."""

import json
import sys
from pathlib import Path

from fenrun.api import create_app

TARGET = Path(__file__).resolve().parent.parent / "portal" / "openapi.json"

text = json.dumps(create_app(None).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
if "--check" in sys.argv:
    if not TARGET.exists() or TARGET.read_text() != text:
        sys.exit("portal/openapi.json is stale: run `make openapi`")
else:
    TARGET.write_text(text)
