"""What a log of the chain means to subscribers: pure, log in, announcements out.

A log is announced when it is final, so that nothing that was said has to be taken back.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from fenrun.chain.client import to_hex
from fenrun.chain.codec import KINDS, Leaves, unpack_leaves
from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
from fenrun.kit.outbox import Announcement, Wanted
from fenrun.plans.split import ROLES, Terms
from fenrun.registry.standings_service import STATUSES
from fenrun.settlement.errors import SKIP_REASONS
from fenrun.settlement.vault import NOBODY, why
from fenrun.webhooks import events as ev

COMMISSIONS_PER_MESSAGE = 50
"""So that a message stays below 20 kB, as Standard Webhooks recommends."""

_RULINGS = ("none", "kept", "reversed", "transferred")
_GROUNDS = ("record", "evidence")
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Names:
    """Our ids for numbers of the chain. What has none, as in a database indexed anew, is not announced."""

    currency: str
    partners: Mapping[int, str]
    orders: Mapping[int, str]
    payouts: Mapping[int, tuple[str, int]]
    """With the payee's number."""
    parties: Mapping[int, tuple[int, int]]
    """Of disputes: claimant and respondent."""
    terms: Mapping[int, Terms]
    vault_payouts: Mapping[tuple[bytes, int], str] = field(default_factory=dict)
    """Of runs that the vault pays: by transaction and payee."""


class _Said(NamedTuple):
    """One announcement: `part` tells it from the others of its log and type."""

    part: str
    data: ev.EventData
    partners: Collection[int]


_Saying = Iterator[_Said]


def announcements(log: Log, names: Names, wanted: Wanted) -> Iterator[Announcement]:
    """What a log announces, of that what somebody wants."""
    types, say = _SAYINGS.get(log.event, ((), None))
    if say is None or not wanted.types.intersection(types):
        return
    at = dt.datetime.fromtimestamp(log.block_time, dt.UTC)
    for part, data, partners in say(log, names, wanted):
        if wanted.wants(data.type, partners):
            key = f"{data.type}:{log.transaction_hash.hex()}:{log.log_index}:{part}"
            yield Announcement(data.type, data.model_dump(mode="json"), key, at, tuple(partners))


def is_wanted(log: Log, wanted: Wanted) -> bool:
    """Whether somebody wants anything that a log announces."""
    types, _ = _SAYINGS.get(log.event, ((), None))
    return bool(wanted.types.intersection(types))


# --- Partners -----------------------------------------------------------------------------------------


def _registered(log: Log, names: Names, _: Wanted) -> _Saying:
    for number in range(log.fields["firstId"], log.fields["firstId"] + len(log.fields["partners"])):
        if number in names.partners:
            yield _Said(str(number), ev.PartnerRegistered(partner_id=names.partners[number]), (number,))


def _status_changed(log: Log, names: Names, _: Wanted) -> _Saying:
    number = log.fields["partnerId"]
    if number in names.partners:
        was, is_ = STATUSES[log.fields["from"]], STATUSES[log.fields["to"]]
        yield _Said("", ev.PartnerUpdated(partner_id=names.partners[number], changes={"status": (was, is_)}), (number,))


# --- Batches and commissions --------------------------------------------------------------------------


def _settled(log: Log, names: Names, wanted: Wanted) -> _Saying:
    fields = log.fields
    settled_on = day_of(fields["day"])
    if wanted.wants(ev.BatchFinalized.type):
        batch = ev.BatchFinalized(
            batch=fields["batchId"],
            orders=len(Leaves(fields["leaves"])),
            skipped=[
                ev.SkippedOrder(order_id=names.orders[number], reason=SKIP_REASONS[reason])
                for number, reason in fields["skipped"]
                if number in names.orders
            ],
            root=to_hex(fields["root"]),
            transaction_hash=to_hex(log.transaction_hash),
            block_number=log.block_number,
            settled_on=settled_on,
        )
        yield _Said("", batch, ())
    legs = sorted(_legs(fields["leaves"], names, wanted), key=lambda leg: leg[0])
    for partner, group in groupby(legs, key=lambda leg: leg[0]):
        all_ = [commission for _, commission in group]
        for start in range(0, len(all_), COMMISSIONS_PER_MESSAGE):
            created = ev.CommissionCreated(
                partner_id=names.partners[partner],
                currency=names.currency,
                batch=fields["batchId"],
                settled_on=settled_on,
                commissions=all_[start : start + COMMISSIONS_PER_MESSAGE],
            )
            yield _Said(f"{partner}:{start}", created, (partner,))


def _legs(leaves: bytes, names: Names, wanted: Wanted) -> Iterator[tuple[int, ev.Commission]]:
    """Partner by number, and its share."""
    told = {number for number in names.partners if wanted.wants(ev.CommissionCreated.type, (number,))}
    if not told:
        return
    for leaf in unpack_leaves(leaves):
        order = leaf.order
        if order.order_no not in names.orders:
            continue
        for index in range(len(ROLES)):
            if leaf.partners[index] in told:
                kind: Any = KINDS[order.kind]
                rate = names.terms[leaf.plan].rate(KINDS[order.kind], index, leaf.tiers[index])
                yield (
                    leaf.partners[index],
                    ev.Commission.model_construct(
                        **_share(names, order.order_no, index),
                        kind=kind,
                        base=str(order.base),
                        tier=leaf.tiers[index],
                        rate_bps=rate,
                        amount=str(leaf.shares[index]),
                        payable_on=day_of(leaf.release_day),
                    ),
                )


def _share(names: Names, order: int, role: int) -> dict[str, Any]:
    order_id = names.orders[order]
    return {"id": f"cm_{order_id.removeprefix('ord_')}_{ROLES[role]}", "order_id": order_id, "role": ROLES[role]}


def _own(names: Names, partner: int) -> dict[str, Any]:
    return {"partner_id": names.partners[partner], "currency": names.currency}


def _refunded(log: Log, names: Names, _: Wanted) -> _Saying:
    order = log.fields["orderNo"]
    for partner, role, frozen, held, available, debt, _balance in log.fields["clawbacks"]:
        if order in names.orders and partner in names.partners:
            refunded = ev.CommissionRefunded(
                **_share(names, order, role),
                **_own(names, partner),
                amount=str(frozen + held + available + debt),
                from_held=str(held),
                from_available=str(available),
                from_frozen=str(frozen),
                to_debt=str(debt),
                order_refunded=str(log.fields["to"]),
            )
            yield _Said(str(role), refunded, (partner,))


def _frozen(log: Log, names: Names, _: Wanted) -> _Saying:
    order, role, partner = (log.fields[name] for name in ("orderNo", "role", "partnerId"))
    if order in names.orders and partner in names.partners:
        amount = log.fields["fromHeld"] + log.fields["fromAvailable"]
        disputed = ev.CommissionDisputed(**_share(names, order, role), **_own(names, partner), amount=str(amount))
        yield _Said("", disputed, (partner,))


def _resolved(log: Log, names: Names, _: Wanted) -> _Saying:
    order, role, ruling, to, to_held, to_credit, *_rest = log.fields["resolution"]
    giver, _role, *taken, _balance = log.fields["clawback"]
    # When the partner keeps the share, what was frozen is given back: neither given up nor received.
    kept = _RULINGS[ruling] == "kept"
    sides = {to: (0, to_held + to_credit), giver: (sum(taken), 0)} if not kept else {to: (0, 0)}
    for partner, (given_up, received) in sides.items():
        if order in names.orders and partner in names.partners:
            resolved = ev.CommissionResolved(
                **_share(names, order, role),
                **_own(names, partner),
                ruling=_RULINGS[ruling],
                given_up=str(given_up),
                received=str(received),
            )
            yield _Said(str(partner), resolved, (partner,))


# --- Balances and payments ----------------------------------------------------------------------------


def _matured(log: Log, names: Names, _: Wanted) -> _Saying:
    for partner, release_day, amount, debt_repaid, _balance in log.fields["maturities"]:
        if partner in names.partners:
            released = ev.BalanceReleased(
                **_own(names, partner),
                release_on=day_of(release_day),
                amount=str(amount),
                debt_repaid=str(debt_repaid),
            )
            yield _Said(f"{partner}:{release_day}", released, (partner,))


def _adjusted(log: Log, names: Names, _: Wanted) -> _Saying:
    _number, partner, amount, *_rest = log.fields["adjustment"]
    if partner in names.partners:
        yield _Said("", ev.BalanceAdjusted(**_own(names, partner), amount=str(amount)), (partner,))


def _written_off(log: Log, names: Names, _: Wanted) -> _Saying:
    partner = log.fields["partnerId"]
    if partner in names.partners:
        amount = str(log.fields["amount"])
        yield _Said("", ev.BalanceDebtWrittenOff(**_own(names, partner), amount=amount), (partner,))


def _withdrawn(log: Log, names: Names, _: Wanted) -> _Saying:
    partner, amount = log.fields["partnerId"], str(log.fields["amount"])
    if partner not in names.partners:
        return
    payout = names.vault_payouts.get((log.transaction_hash, partner))
    if payout is None:
        yield _Said("", ev.WithdrawalCompleted(**_own(names, partner), amount=amount), (partner,))
    else:
        paid_on = day_of(log.block_time // _SECONDS_A_DAY)
        completed = ev.PayoutCompleted(
            id=payout, **_own(names, partner), gross=amount, withheld="0", net=amount, paid_on=paid_on
        )
        yield _Said("", completed, (partner,))


def _paid_out(log: Log, names: Names, _: Wanted) -> _Saying:
    """Whom the vault did not pay; what it paid, the ledger's own logs say."""
    for partner, _amount, to, reason in log.fields["outcomes"]:
        payout = names.vault_payouts.get((log.transaction_hash, partner))
        if to == NOBODY and payout is not None and partner in names.partners:
            failed = ev.PayoutFailed(id=payout, partner_id=names.partners[partner], reason=why(reason))
            yield _Said(str(partner), failed, (partner,))


def _paid(log: Log, names: Names, _: Wanted) -> _Saying:
    paid_on = day_of(log.block_time // _SECONDS_A_DAY)
    for number, partner, gross, withheld, _reference in log.fields["payouts"]:
        if number in names.payouts and partner in names.partners:
            completed = ev.PayoutCompleted(
                id=names.payouts[number][0],
                **_own(names, partner),
                gross=str(gross),
                withheld=str(withheld),
                net=str(gross - withheld),
                paid_on=paid_on,
            )
            yield _Said(str(number), completed, (partner,))
    for number, reason in log.fields["skipped"]:
        id_, payee = names.payouts.get(number, ("", 0))
        # A duplicate was paid before, which was told then.
        if payee in names.partners and SKIP_REASONS[reason] != "duplicate":
            failed = ev.PayoutFailed(id=id_, partner_id=names.partners[payee], reason=SKIP_REASONS[reason])
            yield _Said(str(number), failed, (payee,))


def _returned(log: Log, names: Names, _: Wanted) -> _Saying:
    number, partner = log.fields["payoutNo"], log.fields["partnerId"]
    if number in names.payouts and partner in names.partners:
        returned = ev.PayoutReturned(
            id=names.payouts[number][0],
            **_own(names, partner),
            gross=str(log.fields["gross"]),
            debt_repaid=str(log.fields["debtRepaid"]),
        )
        yield _Said("", returned, (partner,))


# --- Disputes -----------------------------------------------------------------------------------------


def _opened(log: Log, names: Names, _: Wanted) -> _Saying:
    claimant, respondent, order, role, ground, _status, _ruling, _votes, deadline, *_rest = log.fields["dispute"]
    if order in names.orders and {claimant, respondent} <= names.partners.keys():
        opened = ev.DisputeOpened(
            id=_dispute_id(log),
            order_id=names.orders[order],
            role=ROLES[role],
            claimant_id=names.partners[claimant],
            respondent_id=names.partners[respondent],
            ground=_GROUNDS[ground],
            deadline=_moment(deadline),
        )
        yield _Said("", opened, (claimant, respondent))


def _evidence(log: Log, names: Names, _: Wanted) -> _Saying:
    partner = log.fields["partnerId"]
    if partner in names.partners:
        partner_id, evidence = names.partners[partner], to_hex(log.fields["evidence"])
        yield _Said(
            "", ev.DisputeEvidence(id=_dispute_id(log), partner_id=partner_id, evidence=evidence), _both(log, names)
        )


def _ruled(log: Log, names: Names, _: Wanted) -> _Saying:
    ruling: Any = _RULINGS[log.fields["ruling"]]
    ruled = ev.DisputeRuled(id=_dispute_id(log), ruling=ruling, deadline=_moment(log.fields["deadline"]))
    yield _Said("", ruled, _both(log, names))


def _appealed(log: Log, names: Names, _: Wanted) -> _Saying:
    partner, deadline = log.fields["partnerId"], _moment(log.fields["deadline"])
    if partner in names.partners:
        partner_id = names.partners[partner]
        yield _Said(
            "", ev.DisputeAppealed(id=_dispute_id(log), partner_id=partner_id, deadline=deadline), _both(log, names)
        )


def _closed(log: Log, names: Names, _: Wanted) -> _Saying:
    ruling: Any = _RULINGS[log.fields["ruling"]]
    yield _Said("", ev.DisputeClosed(id=_dispute_id(log), ruling=ruling), _both(log, names))


def _dispute_id(log: Log) -> str:
    return f"dp_{log.fields['disputeId']}"


def _both(log: Log, names: Names) -> tuple[int, ...]:
    return names.parties.get(log.fields["disputeId"], ())


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


_SAYINGS: dict[str, tuple[tuple[str, ...], Callable[[Log, Names, Wanted], _Saying]]] = {
    "PartnersRegistered": ((ev.PartnerRegistered.type,), _registered),
    "PartnerStatusChanged": ((ev.PartnerUpdated.type,), _status_changed),
    "BatchSettled": ((ev.BatchFinalized.type, ev.CommissionCreated.type), _settled),
    "OrderRefunded": ((ev.CommissionRefunded.type,), _refunded),
    "ShareFrozen": ((ev.CommissionDisputed.type,), _frozen),
    "ShareResolved": ((ev.CommissionResolved.type,), _resolved),
    "CreditsMatured": ((ev.BalanceReleased.type,), _matured),
    "BalanceAdjusted": ((ev.BalanceAdjusted.type,), _adjusted),
    "DebtWrittenOff": ((ev.BalanceDebtWrittenOff.type,), _written_off),
    "WithdrawalRecorded": ((ev.WithdrawalCompleted.type, ev.PayoutCompleted.type), _withdrawn),
    "PayoutBatchPaid": ((ev.PayoutFailed.type,), _paid_out),
    "PayoutsRecorded": ((ev.PayoutCompleted.type, ev.PayoutFailed.type), _paid),
    "PayoutReturned": ((ev.PayoutReturned.type,), _returned),
    "DisputeOpened": ((ev.DisputeOpened.type,), _opened),
    "EvidenceSubmitted": ((ev.DisputeEvidence.type,), _evidence),
    "DisputeRuled": ((ev.DisputeRuled.type,), _ruled),
    "RulingAppealed": ((ev.DisputeAppealed.type,), _appealed),
    "DisputeExecuted": ((ev.DisputeClosed.type,), _closed),
}
