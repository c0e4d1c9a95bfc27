"""Brownie must test the code that is deployed, on a real Anvil."""

import json
from pathlib import Path

import brownie
import pytest

ARTIFACTS = Path(__file__).parents[3] / "backend" / "fenrun" / "chain" / "artifacts"


def code(runtime):
    """The code without what the compiler appends to it.

    That part names the compiler; in Brownie's builds, which cannot leave it out, it also holds a
    hash of the sources' comments. Its last two bytes are its length.
    """
    data = bytes.fromhex(runtime.removeprefix("0x"))
    return data[: -2 - int.from_bytes(data[-2:], "big")]


OURS = [path.stem for path in ARTIFACTS.glob("*.json") if path.stem != "AccessManager"]


@pytest.mark.parametrize("name", OURS)
def test_brownie_compiles_what_is_deployed(name):
    artifact = json.loads((ARTIFACTS / f"{name}.json").read_text())
    built = getattr(brownie, name)._build["deployedBytecode"]
    assert code(built) == code(artifact["deployedBytecode"])


def test_brownie_runs_on_anvil():
    assert "anvil" in brownie.web3.client_version.lower()
    assert len(brownie.accounts) > 0
