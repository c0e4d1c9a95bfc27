"""Brownie must test the code that is deployed, on a real Anvil."""

import sys
from pathlib import Path

import brownie
import pytest

from conftest import ARTIFACTS, NOBODY, artifact, deployed

sys.path.append(str(Path(__file__).parents[3] / "scripts"))
import compile as compiling  # its sources and settings are those of every artifact


def code(runtime):
    """The code without what the compiler appends to it.

    That part names the compiler; in Brownie's builds, which cannot leave it out, it also holds a
    hash of the sources' comments. Its last two bytes are its length.
    """
    data = bytes.fromhex(runtime.removeprefix("0x"))
    return data[: -2 - int.from_bytes(data[-2:], "big")]


def interface(abi):
    """An ABI's entries, without the name that Brownie gives constructors."""
    return [{**entry, "name": ""} if entry["type"] == "constructor" else entry for entry in abi]


OURS = sorted(path.stem for path in ARTIFACTS.glob("*.json") if path.stem != "AccessManager")


@pytest.mark.parametrize("name", [*OURS, "AccessManager"])
def test_an_artifact_is_of_these_sources_and_settings(name):
    assert artifact(name)["sourceHash"] == compiling.digest(), "run `make artifacts` and commit what it writes"


@pytest.mark.parametrize("name", OURS)
def test_brownie_compiles_what_is_deployed(name):
    built = getattr(brownie, name)._build
    assert code(built["deployedBytecode"]) == code(artifact(name)["deployedBytecode"])
    assert interface(built["abi"]) == interface(artifact(name)["abi"])


def test_nothing_of_ours_is_left_out():
    built = {
        name: container._build
        for name, container in brownie.project.get_loaded_projects()[0].dict().items()
        if compiling.is_deployed(container._build["sourcePath"])
    }
    assert sorted(name for name, build in built.items() if build["bytecode"]) == OURS


@pytest.mark.parametrize("name", ["CheckpointRegistry", "LedgerLens"])
def test_the_rest_is_created_by_its_committed_code(system, people, name):
    container = getattr(brownie, name)
    arguments = [system.access if name == "CheckpointRegistry" else system.ledger]
    created = deployed(people.admin, container, *arguments[: len(container.deploy.abi["inputs"])])
    assert created.address != NOBODY


def test_brownie_runs_on_anvil():
    assert "anvil" in brownie.web3.client_version.lower()
    assert len(brownie.accounts) > 0
