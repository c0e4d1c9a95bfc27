#!/usr/bin/env python3
"""Compiles the contracts and writes what the backend loads.

    uv run scripts/compile.py            writes backend/fenrun/chain/artifacts/<Name>.json
    uv run scripts/compile.py --check    writes nothing; fails when what is committed is stale

Each file says which sources and settings it came from. The settings are those of foundry.toml, so
that forge tests the bytecode that is deployed.
"""

import argparse
import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from solcx import compile_standard
from solcx.exceptions import SolcError

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
ARTIFACTS = ROOT / "backend" / "fenrun" / "chain" / "artifacts"
SOLC = ROOT / "scripts" / "solc"

OPENZEPPELIN = "@openzeppelin/contracts/access/manager/AccessManager.sol"
NOT_DEPLOYED = ("interfaces", "libraries", "mocks")


def settings() -> dict[str, Any]:
    """The compiler settings, from foundry.toml, which is their only home."""
    profile = tomllib.loads((ROOT / "foundry.toml").read_text("utf-8"))["profile"]["default"]
    return {
        "evmVersion": profile["evm_version"],
        "metadata": {"bytecodeHash": profile["bytecode_hash"]},
        "optimizer": {"enabled": profile["optimizer"], "runs": profile["optimizer_runs"]},
        "viaIR": profile["via_ir"],
    }


def sources() -> dict[str, str]:
    """Our contracts, and the one of OpenZeppelin's that we deploy, by their import names."""
    ours = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(CONTRACTS.rglob("*.sol"))}
    theirs = ROOT / "node_modules" / OPENZEPPELIN
    if not theirs.exists():
        raise SystemExit("OpenZeppelin's contracts are not installed: run `make setup`.")
    return {**ours, OPENZEPPELIN: theirs.read_text("utf-8")}


def build() -> dict[str, str]:
    """Compiles everything; the text of each artifact by its contract's name."""
    texts = sources()
    chosen = settings()
    try:
        output = compile_standard(
            {
                "language": "Solidity",
                "sources": {name: {"content": text} for name, text in texts.items()},
                "settings": {
                    **chosen,
                    "outputSelection": {"*": {"*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"]}},
                },
            },
            solc_binary=SOLC,
        )
    except SolcError as error:
        messages = re.findall(r'"formattedMessage":\s*("(?:[^"\\]|\\.)*")', error.stdout_data or "")
        words = "\n".join(json.loads(message) for message in messages)
        raise SystemExit(words or str(error)) from None

    return {
        name: _artifact(name, chosen, digest(), contract)
        for source in texts
        if is_deployed(source)
        for name, contract in output["contracts"].get(source, {}).items()
        if contract["evm"]["bytecode"]["object"]  # an abstract contract has none
    }


def digest() -> str:
    """What the artifacts are of: a hash of the sources and of the settings."""
    return hashlib.sha256(json.dumps([settings(), sources()], sort_keys=True).encode()).hexdigest()


def is_deployed(source: str) -> bool:
    """Whether a source's contracts are for a chain, not for others to inherit or for tests."""
    parts = Path(source).parts
    return source == OPENZEPPELIN or (parts[0] == "contracts" and parts[1] not in NOT_DEPLOYED)


def _artifact(name: str, chosen: dict[str, Any], digest: str, contract: dict[str, Any]) -> str:
    evm = contract["evm"]
    content = {
        "contractName": name,
        "compiler": json.loads(contract["metadata"])["compiler"]["version"],
        "settings": chosen,
        "sourceHash": digest,
        "abi": contract["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "deployedBytecode": "0x" + evm["deployedBytecode"]["object"],
    }
    if evm["bytecode"]["linkReferences"]:
        content["linkReferences"] = evm["bytecode"]["linkReferences"]
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes or checks; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")
    check = parser.parse_args().check

    wanted = {f"{name}.json": text for name, text in build().items()}
    found = {path.name: path.read_text("utf-8") for path in ARTIFACTS.glob("*.json")}
    changed = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))

    if check:
        if changed:
            print(
                f"Stale artifacts: {', '.join(changed)}. Run `make artifacts` and commit what it writes.",
                file=sys.stderr,
            )
        return 1 if changed else 0

    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (ARTIFACTS / name).write_text(wanted[name], "utf-8")
        else:
            (ARTIFACTS / name).unlink()
    print(f"{len(wanted)} contracts compiled, {len(changed)} artifacts changed.")
    return 0


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the description as they are."""


if __name__ == "__main__":
    sys.exit(main())
