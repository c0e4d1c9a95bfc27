"""Who may do what, held against the contracts' sources: no function that is restricted is left to the administrator."""

import re

import pytest
from tests.conftest import ROOT

from fenrun.chain.contracts import JOURNALS
from fenrun.chain.deploy import PERMISSIONS, ROLES

CONTRACTS = ROOT / "contracts"
SOURCES = {name: [CONTRACTS / f"{name}.sol"] for name in JOURNALS}
SOURCES["SettlementLedger"] += sorted((CONTRACTS / "ledger").glob("*.sol"))

# These ask the authority themselves, after the partner's own wallet.
ON_BEHALF = {"PartnerRegistry": {"cancelPayoutChange"}, "DisputeCourt": {"open", "submitEvidence", "appeal"}}


def restricted(name):
    """Functions whose heads say so."""
    heads = re.compile(r"function (\w+)\(([^{;]*)\{")
    text = "".join(path.read_text() for path in SOURCES[name])
    return {function for function, rest in heads.findall(text) if re.search(r"\brestricted\b", rest)}


@pytest.mark.parametrize("name", JOURNALS)
def test_every_restricted_function_has_one_role(name):
    given = [function for functions in PERMISSIONS[name].values() for function in functions]
    assert sorted(given) == sorted(restricted(name) | ON_BEHALF.get(name, set()))


def test_every_role_may_do_something():
    assert {role for permissions in PERMISSIONS.values() for role in permissions} == set(ROLES)
