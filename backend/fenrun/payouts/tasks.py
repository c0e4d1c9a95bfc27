"""The jobs of payouts: each is a transaction of its own, and harmless to repeat."""

import datetime as dt

from fenrun.chain import indexer
from fenrun.kit.money import Currency
from fenrun.payouts import change_service, recording, vault_runs, wallets
from fenrun.settlement.tasks import Road


def record(road: Road, at: int | None = None) -> int:
    """Takes along to the chain what the bank paid and what it sent back; returns how many payments.

    `at` is the time of the block it is for, where that is not the node's own next one.
    """
    with road.sessions.begin() as session:
        recorded = recording.record_due(session, road.client, road.keys, road.deployment, at)
        return recorded + recording.return_due(session, road.client, road.keys, road.deployment, at)


def pay(road: Road, at: int | None = None) -> int:
    """Takes along to the chain what the vault is to pay, and to which wallets; returns how many payments. `at` as in
    `record`.
    """
    if road.deployment.vault is None:
        return 0
    currency = Currency.of(road.currency)
    assert currency is not None
    with road.sessions.begin() as session:
        wallets.register_due(session, road.client, road.keys, road.deployment, at)
        vault_runs.close_paid(session, indexer.final_block(session, road.confirmations))
        vault_runs.send_approved(session, road.keys.reference_key, currency)
        paid = vault_runs.pay_due(session, road.client, road.keys, road.deployment, at)
        indexer.require_read_chain(session, road.client)
        return paid


def change_details(road: Road, now: dt.datetime) -> int:
    """Puts payout details in force that were verified and have cooled off; returns how many."""
    with road.sessions.begin() as session:
        return change_service.take_effect(session, road.keys.reference_key, now)
