"""What the token vault's logs say: a record of its own of every token that came or left, beside the books.

The books are numbered by the ledger's logs, and so are the statements that prove them. What a partner's balance loses
by a withdrawal is a log of the ledger, and booked as such; the vault's logs say where the tokens went.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from fenrun.chain.contracts import LEDGER, VAULT, artifact
from fenrun.chain.deploy import Token
from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
from fenrun.kit.db import copy_rows
from fenrun.settlement import payouts

_SECONDS_A_DAY = 86_400
NOBODY = "0x" + "00" * 20
_COLUMNS = (
    "log_seq", "position", "kind", "partner_number", "address", "units", "moved_on", "transaction_hash", "block_number",
)  # fmt: skip


class Movement(NamedTuple):
    """Tokens that came, or left (below zero)."""

    kind: str
    units: int
    partner: int | None = None
    to: str | None = None


def movements_of(event: str, fields: dict[str, Any], scale: int) -> Iterator[Movement]:
    """What an event of the vault moved; `scale` is how many units are one minor unit.

    Raises:
        KeyError: no such event.
    """
    return _MOVEMENTS[event](fields, scale)


def take_in(session: Session, logs: Sequence[Log], token: Token | None) -> None:
    """Takes in logs of the vault, after the ledger's: what moved, and what became of payouts."""
    logs = [log for log in logs if log.contract == VAULT]
    if not logs or token is None:
        return
    rows, paid = [], defaultdict(list)
    for log in logs:
        day = day_of(log.block_time // _SECONDS_A_DAY)
        for position, moved in enumerate(movements_of(log.event, log.fields, token.scale)):
            rows.append(
                (log.seq, position, moved.kind, moved.partner, moved.to, moved.units, day, log.transaction_hash,
                 log.block_number)
            )  # fmt: skip
            if moved.partner is not None:
                paid[log.block_number, log.transaction_hash].append(moved.to)
        if log.event == "PayoutBatchPaid":
            failed = [(partner, amount, why(reason)) for partner, amount, to, reason in log.fields["outcomes"]
                      if to == NOBODY]  # fmt: skip
            payouts.note_unpaid(session, log, failed)
    copy_rows(session, "vault_movements", _COLUMNS, rows)
    for (block_number, hash_), wallets in paid.items():
        payouts.note_wallets(session, block_number, hash_, wallets)


def why(reason: bytes) -> str:
    """What a payee failed with, by the first four bytes of it."""
    named = artifact(VAULT).error_name(reason) or artifact(LEDGER).error_name(reason)
    if named in _REASONS:
        return _REASONS[named]
    shown = named or (f"0x{reason.hex()}" if any(reason) else "no word")
    return f"The token or the payee refused the payment, with {shown}"


_REASONS = {
    "Vault_NoWallet": "The partner has no wallet on chain",
    "Ledger_Suspended": "The partner is suspended",
    "Ledger_Insufficient": "A refund or a withdrawal took of the balance meanwhile",
    "Vault_FeeOnTransfer": "The token moved another amount than it was told to",
}


def _collected(fields: dict[str, Any], _: int) -> Iterator[Movement]:
    if fields["units"]:
        yield Movement("collected", fields["units"])


def _shortage(fields: dict[str, Any], _: int) -> Iterator[Movement]:
    yield Movement("collected_shortage", fields["units"])


def _surplus(fields: dict[str, Any], _: int) -> Iterator[Movement]:
    yield Movement("returned_surplus", -fields["units"])


def _withdrawn(fields: dict[str, Any], scale: int) -> Iterator[Movement]:
    yield Movement("withdrawn", -fields["amount"] * scale, fields["partnerId"], fields["to"])


def _signed(fields: dict[str, Any], scale: int) -> Iterator[Movement]:
    partner, to, amount, _, _ = fields["withdrawal"]
    yield Movement("withdrawn_signed", -amount * scale, partner, to)


def _paid_out(fields: dict[str, Any], scale: int) -> Iterator[Movement]:
    for partner, amount, to, _ in fields["outcomes"]:
        if to != NOBODY:
            yield Movement("paid_out", -amount * scale, partner, to)


def _moved(fields: dict[str, Any], _: int) -> Iterator[Movement]:
    yield Movement("moved", -fields["units"], to=fields["to"])


def _nothing(_: dict[str, Any], __: int) -> Iterator[Movement]:
    return iter(())


_MOVEMENTS: dict[str, Callable[[dict[str, Any], int], Iterator[Movement]]] = {
    "BatchCollected": _collected,
    "ShortageCollected": _shortage,
    "SurplusReturned": _surplus,
    "Withdrawn": _withdrawn,
    "SignedWithdrawalPaid": _signed,
    "PayoutBatchPaid": _paid_out,
    "FundsMoved": _moved,
    "WithdrawalsPaused": _nothing,
}
