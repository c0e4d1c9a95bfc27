"""What a case file proves by itself, and against the chain: no server and no database of ours.

By itself: the claim is the text that was hashed, says what the file says, and every signature is its signer's. Against
the chain: the court has that hash, those parties and shares, the evidence's hashes, and the ruling.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fenrun.chain.client import Client, hex_bytes, to_hex
from fenrun.chain.contracts import artifact, read
from fenrun.chain.signatures import signer_of
from fenrun.disputes.case_file import FORMAT
from fenrun.disputes.evidence_service import message
from fenrun.settlement.court import COURT, RULINGS
from fenrun.statements.check import Check
from fenrun.statements.errors import CheckError
from fenrun.statements.verify import Report

_BEGINS = b'{"'
_STATUS = ("unknown", "open", "ruled", "appealed", "decided", "executed")
"""The contract's `Status`, by its number."""


def read_case(pdf: bytes) -> dict[str, Any]:
    """The case inside a case file.

    Raises:
        CheckError: there is none, it is damaged, or of a form that this program does not know.
    """
    for at in _streams(pdf):
        try:
            found, _ = json.JSONDecoder().raw_decode(pdf[at:].split(b"\nendstream", 1)[0].decode("ascii"))
        except ValueError:
            continue
        if isinstance(found, dict) and found.get("format") == FORMAT:
            return found
    raise CheckError(f"This PDF has no case of the form {FORMAT} in it, or is damaged")


def report(pdf: bytes, client: Client | None) -> Report:
    """All checks; those of the chain where there is a node.

    Raises:
        CheckError: as `read_case` has it.
        ChainUnavailableError, RpcError: the node did not answer, or refuses.
    """
    case = read_case(pdf)
    try:
        found = Report([_claim(case), _signatures(case)], case["court"], case["chain_id"], what="case file")
        if client is None:
            found.notes.append("Without --rpc, whether the court has this claim and this ruling is not known")
        else:
            found.block_number = int(client.call("eth_blockNumber"), 16)
            found.checks += _on_chain(case, client)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckError(f"The case in this file is not whole: {error!r}") from error
    return found


def _streams(pdf: bytes) -> Iterator[int]:
    at = pdf.find(b"stream\n" + _BEGINS)
    while at >= 0:
        yield at + len(b"stream\n")
        at = pdf.find(b"stream\n" + _BEGINS, at + 1)


def _claim(case: dict[str, Any]) -> Check:
    check = Check("claim")
    hashed = hashlib.sha256(case["claim"].encode()).hexdigest()
    check.that(hashed == case["claim_sha256"], f"The claim's SHA-256 is {hashed}, the file says {case['claim_sha256']}")
    claim = json.loads(case["claim"])
    said = {
        "dispute": case["dispute"],
        "ground": case["ground"],
        "orders": [leg["order_id"] for leg in case["legs"]],
        "role": case["role"],
        "statement": case["statement"],
    }
    for name, value in said.items():
        check.that(claim[name] == value, f"{name}: the file says {value}, the claim that was hashed {claim[name]}")
    known = {file["id"]: file["sha256"] for file in case["evidence"]}
    for file in claim["evidence"]:
        check.that(known.get(file["id"]) == file["sha256"], f"{file['id']}: not as in the claim")
    return check


def _signatures(case: dict[str, Any]) -> Check:
    check = Check("signatures of evidence")
    for file in case["evidence"]:
        if file["signer"] is not None:
            signer = signer_of(message(case["dispute"], file["sha256"]), file["signature"])
            check.that(signer == file["signer"], f"{file['id']}: signed by {signer}, the file says {file['signer']}")
    return check


def _on_chain(case: dict[str, Any], client: Client) -> Iterator[Check]:
    """What the court has of each share."""
    chain_id = int(client.call("eth_chainId"), 16)
    right = Check("chain")
    right.that(chain_id == case["chain_id"], f"The node is of chain {chain_id}, the file of {case['chain_id']}")
    yield right
    logs, parties, hashes, rulings = _logs(case, client), Check("parties"), Check("hashes"), Check("rulings")
    for leg in case["legs"]:
        if leg["court_id"] is None:
            continue
        [dispute] = read(client, COURT, case["court"], "disputeOf", leg["court_id"])
        claimant, respondent, order, role, _, status, ruling, *_ = dispute
        said = (case["claimant"]["number"], case["respondent"]["number"], leg["order_number"], leg["role"])
        name = f"dispute {leg['court_id']}"
        is_ours = (claimant, respondent, order, role) == said
        parties.that(is_ours, f"{name}: the court has other parties or another share")
        submitted = logs.get(leg["court_id"], set())
        hashes.that(case["claim_sha256"] in submitted, f"{name}: the court was opened with another claim")
        for file in case["evidence"]:
            if file["side"] in ("claimant", "respondent"):
                hashes.that(file["sha256"] in submitted, f"{name}: the court does not have {file['id']}")
        is_same = _STATUS[status] == leg["court_status"] or _STATUS[status] == "decided"
        rulings.that(is_same, f"{name}: the court has it as {_STATUS[status]}, the file as {leg['court_status']}")
        wanted = leg["court_ruling"] or "none"
        rulings.that(
            RULINGS[ruling] == wanted or _STATUS[status] == "decided",
            f"{name}: the court ruled {RULINGS[ruling]}, the file says {wanted}",
        )
    yield from (parties, hashes, rulings)


def _logs(case: dict[str, Any], client: Client) -> dict[int, set[str]]:
    """The hashes that the court was given, by dispute."""
    court = artifact(COURT)
    found: dict[int, set[str]] = {}
    named = ("DisputeOpened", "EvidenceSubmitted")
    topics = [to_hex(topic) for topic, name in court.event_names.items() if name in named]
    asked = {"address": case["court"], "fromBlock": "0x0", "toBlock": "latest", "topics": [topics]}
    for log in client.call("eth_getLogs", asked):
        event = court.event_names[hex_bytes(log["topics"][0])]
        fields = court.event(event, hex_bytes(log["data"]))
        found.setdefault(fields["disputeId"], set()).add(bytes(fields["evidence"]).hex())
    return found
