"""The part of the audit for the token rail: the vault's logs against the token, the ledger, our record, and payouts."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.chain.contracts import LEDGER, VAULT, Deployment, read
from fenrun.chain.token import balance_of, transfers

if TYPE_CHECKING:
    from fenrun.settlement.audit import Check, Rebuilt

_RECORD = "SELECT log_seq, position, partner_number, address, units FROM vault_movements"
_PAYOUTS = """
SELECT log_seq, partner_number, gross, withheld, wallet FROM payouts WHERE rail = 'token' AND status = 'completed'
"""
_NOBODY = "0x" + "00" * 20

Row = tuple[int | None, str | None, int]
"""Partner, address, units."""


@dataclass
class VaultRecord:
    """What the vault's logs say, in units of the token where a log says units, and in minor units where it says those.

    The scale between them is the vault's own, and read from it.
    """

    came: dict[tuple[int, int], Row] = field(default_factory=dict)
    """By log and position."""
    paid: dict[tuple[int, int], Row] = field(default_factory=dict)
    """As `came`, in minor units."""

    def take_in(self, seq: int, event: str, fields: dict[str, Any]) -> None:
        """Notes a log."""
        match event:
            case "BatchCollected" if fields["units"]:
                self.came[seq, 0] = (None, None, fields["units"])
            case "ShortageCollected":
                self.came[seq, 0] = (None, None, fields["units"])
            case "SurplusReturned":
                self.came[seq, 0] = (None, None, -fields["units"])
            case "FundsMoved":
                self.came[seq, 0] = (None, fields["to"], -fields["units"])
            case "Withdrawn":
                self.paid[seq, 0] = (fields["partnerId"], fields["to"], fields["amount"])
            case "SignedWithdrawalPaid":
                partner, to, amount, _, _ = fields["withdrawal"]
                self.paid[seq, 0] = (partner, to, amount)
            case "PayoutBatchPaid":
                paid = [outcome for outcome in fields["outcomes"] if outcome[2] != _NOBODY]
                for position, (partner, amount, to, _) in enumerate(paid):
                    self.paid[seq, position] = (partner, to, amount)
            case _:
                pass


def checks(
    session: Session, client: Client, deployment: Deployment, tip: dict[str, Any], rebuilt: "Rebuilt"
) -> "list[Check]":
    """The checks of the token rail; none where there is no vault yet."""
    from fenrun.settlement.audit import Check  # the two are one thing in two files

    if deployment.vault is None:
        return []
    at, record = {"blockHash": tip["hash"]}, rebuilt.vault
    if client.call("eth_getCode", deployment.vault, at) == "0x":
        return []

    def of_vault(view: str) -> Any:
        return read(client, VAULT, deployment.addresses[VAULT], view, block=at)[0]

    scale, token = of_vault("SCALE"), of_vault("TOKEN")
    balance = balance_of(client, token, deployment.vault, at)
    tokens, books, shown = Check("vault_holds_tokens"), Check("vault_equals_books"), Check("vault_record")

    expected = dict(record.came)
    expected |= {key: (partner, to, -amount * scale) for key, (partner, to, amount) in record.paid.items()}
    stored = {
        (row.log_seq, row.position): (row.partner_number, row.address, int(row.units))
        for row in session.execute(text(_RECORD))
    }
    shown.compare_all("vault log and position", expected, stored)

    # By the token's own word. Others may send some unasked, so more may come than was collected.
    moved = [units for _, _, units in expected.values()]
    came, left = transfers(client, token, deployment.vault, int(tip["number"], 16))
    collected = sum(units for units in moved if units > 0)
    tokens.compare("collected, and never came", 0, max(collected - came, 0))
    tokens.compare("what left", collected - sum(moved), left)
    tokens.compare("what is there", came - left, balance)

    accounts = rebuilt.accounts
    parts = (accounts.held_by_partner(), accounts.available, accounts.frozen)
    owed = sum(amount for part in parts for amount in part.values())
    [on_chain] = read(client, LEDGER, deployment.addresses[LEDGER], "owed", block=at)
    books.compare("what the ledger owes to all partners", owed, on_chain)
    books.compare("shortage of the vault", max(owed * scale - balance, 0), of_vault("shortage"))
    books.compare("surplus of the vault", max(balance - owed * scale, 0), of_vault("surplus"))
    by_ledger: dict[int, int] = defaultdict(int)
    by_vault: dict[int, int] = defaultdict(int)
    for _, payee, amount in accounts.withdrawn:
        by_ledger[payee] += amount
    for partner, _, amount in record.paid.values():
        by_vault[partner or 0] += amount
    books.compare_all("paid by the vault to partner", by_ledger, by_vault)

    # One log of the vault may pay many; the ledger has one for each, in the same order.
    said = zip(accounts.withdrawn, (record.paid[key] for key in sorted(record.paid)), strict=False)
    payouts = {seq: (partner, amount, 0, to) for (seq, partner, amount), (_, to, _) in said}
    rows = {row.log_seq: tuple(row[1:]) for row in session.execute(text(_PAYOUTS))}
    shown.compare_all("payout by the ledger's log", payouts, rows)
    return [tokens, books, shown]
