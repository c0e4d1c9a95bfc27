"""The part of the audit that keeps partners' accounts, from the logs of the ledger contract and nothing else."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fenrun.chain.codec import Leaves
from fenrun.kit.columns import sum_by
from fenrun.ledger import service as ledger
from fenrun.plans.split import ROLES

_KEEP = 1
_DAY_BITS = 24

Amounts = dict[int, int]


def _amounts() -> Amounts:
    return defaultdict(int)


@dataclass
class Accounts:
    """What is owed to whom, and what it cost."""

    held: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    """By partner and release day."""
    available: Amounts = field(default_factory=_amounts)
    debt: Amounts = field(default_factory=_amounts)
    frozen: Amounts = field(default_factory=_amounts)
    expenses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By kind of account."""
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By kind of account that it was paid from, or is owed to."""
    payouts: dict[int, tuple[int, int, int, str]] = field(default_factory=dict)
    """Partner, gross, withheld, reference."""
    returned: int = 0
    """What the bank sent back of them, and had paid."""
    withdrawn: list[tuple[int, int, int]] = field(default_factory=list)
    """What the token rail paid: log, partner, amount."""
    maturities: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    clawed: dict[tuple[int, int, int], int] = field(default_factory=lambda: defaultdict(int))
    """What was taken back, by order, role and partner."""
    _release_days: dict[int, int] = field(default_factory=dict)

    def settle(self, leaves: Leaves) -> None:
        """Books what the leaves of a batch say."""
        self._release_days.update(zip(leaves.order_no.tolist(), leaves.release_day.tolist(), strict=True))
        for role, name in enumerate(ROLES):
            keys = leaves.partners[:, role] << _DAY_BITS | leaves.release_day
            for key, amount in sum_by(keys, leaves.shares[:, role]).items():
                self.held[key >> _DAY_BITS, key & (1 << _DAY_BITS) - 1] += amount
                self.expenses[ledger.expense(name)] += amount

    def take_in(self, seq: int, event: str, fields: dict[str, Any]) -> bool:  # noqa: C901, PLR0912 - a case for each event
        """Books another event; False for one that is not known here."""
        match event:
            case "OrderRefunded":
                for clawback in fields["clawbacks"]:
                    self._claw(clawback, fields["orderNo"])
            case "CreditsMatured":
                for partner, day, amount, repaid, _ in fields["maturities"]:
                    self.held[partner, day] -= amount
                    self._credit(partner, amount, repaid)
                    self.maturities[partner, day] = (amount, repaid)
            case "PayoutsRecorded":
                for number, partner, gross, withheld, bank_ref in fields["payouts"]:
                    self.available[partner] -= gross
                    self._pay(gross, withheld)
                    self.payouts[number] = (partner, gross, withheld, bank_ref.hex())
            case "PayoutReturned":
                number, gross = fields["payoutNo"], fields["gross"]
                partner, _, withheld, _ = self.payouts[number]
                self._pay(-gross, -withheld)
                self._credit(partner, gross, fields["debtRepaid"])
                self.returned += gross - withheld
            case "WithdrawalRecorded":
                self.available[fields["partnerId"]] -= fields["amount"]
                self.paid[ledger.VAULT] += fields["amount"]
                self.withdrawn.append((seq, fields["partnerId"], fields["amount"]))
            case "BalanceAdjusted":
                _, partner, amount, _, _ = fields["adjustment"]
                # What an adjustment left available or as debt follows from the balance that it began with.
                repaid = min(amount, self.debt[partner]) if amount > 0 else -max(-amount - self.available[partner], 0)
                self._credit(partner, amount, repaid)
                self.expenses[ledger.ADJUSTMENT] += amount
            case "DebtWrittenOff":
                self.debt[fields["partnerId"]] -= fields["amount"]
                self.expenses[ledger.WRITTEN_OFF] += fields["amount"]
            case "ShareFrozen":
                partner, held, available = fields["partnerId"], fields["fromHeld"], fields["fromAvailable"]
                self.held[partner, self._release_days[fields["orderNo"]]] -= held
                self.available[partner] -= available
                self.frozen[partner] += held + available
            case "ShareResolved":
                self._resolve(fields["resolution"], fields["clawback"])
            case "AttestorChanged" | "PhaseChanged":
                pass
            case _:
                return False
        return True

    def held_by_partner(self) -> Amounts:
        """All days together."""
        held = _amounts()
        for (partner, _), amount in self.held.items():
            held[partner] += amount
        return held

    def by_kind(self) -> dict[str, Amounts]:
        """Credits less debits that accounts should have, by kind and partner (0 for none); none that is even."""
        kinds = {
            ledger.HELD: self.held_by_partner(),
            ledger.AVAILABLE: self.available,
            ledger.FROZEN: self.frozen,
            ledger.DEBT: {partner: -amount for partner, amount in self.debt.items()},
            **{kind: {0: -amount} for kind, amount in self.expenses.items()},
            **{kind: {0: amount} for kind, amount in self.paid.items()},
        }
        return {kind: {p: amount for p, amount in amounts.items() if amount} for kind, amounts in kinds.items()}

    def _credit(self, partner: int, amount: int, repaid: int) -> None:
        self.available[partner] += amount - repaid
        self.debt[partner] -= repaid

    def _pay(self, gross: int, withheld: int) -> None:
        self.paid[ledger.BANK] += gross - withheld
        self.paid[ledger.TAX] += withheld

    def _claw(self, clawback: Sequence[int], order: int) -> None:
        partner, role, frozen, held, available, debt, _ = clawback
        if partner:
            self.clawed[order, role, partner] += frozen + held + available + debt
        self.frozen[partner] -= frozen
        self.held[partner, self._release_days[order]] -= held
        self.available[partner] -= available
        self.debt[partner] += debt
        self.expenses[ledger.expense(ROLES[role])] -= frozen + held + available + debt

    def _resolve(self, resolution: Sequence[int], clawback: Sequence[int]) -> None:
        order, role, ruling, to, to_held, to_credit, repaid, _, _ = resolution
        self._claw(clawback, order)
        if ruling == _KEEP:
            self.frozen[to] -= to_held + to_credit
        else:
            self.expenses[ledger.expense(ROLES[role])] += to_held + to_credit
        self.held[to, self._release_days[order]] += to_held
        self._credit(to, to_credit, repaid)
