"""The page that checks a statement in a browser."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources


@cache
def text() -> str:
    """The page as a file: complete in itself."""
    return resources.files("fenrun.statements").joinpath("page.html").read_text("utf-8")


@cache
def script_hashes() -> str:
    """Its scripts as a Content-Security-Policy names them, so that no others run."""
    scripts = re.findall(r'<script id="\w+">(.*?)</script>', text(), re.DOTALL)
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{hash_}'" for hash_ in hashes)
