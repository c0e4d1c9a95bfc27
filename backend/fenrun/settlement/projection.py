"""What the logs of the chain mean for our tables: provisional rows that a reorg can take back."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from fenrun.attribution import service as attribution
from fenrun.chain.codec import KINDS, merkle_root, unpack_leaves
from fenrun.chain.errors import IndexerStoppedError
from fenrun.chain.indexer import Log
from fenrun.kit.calendar import day_of
from fenrun.kit.db import copy_rows
from fenrun.plans import service as plans
from fenrun.plans.split import ROLES, Terms
from fenrun.registry import repository as registry
from fenrun.settlement import payouts, repository

SKIP_REASONS = (
    "none",
    "duplicate",
    "no_referral",
    "partner_suspended",
    "insufficient_balance",
    "partner_unknown",
    "not_yet_paid",
)
"""The contract's `Skip`, in words."""


class SettlementProjection:
    """Takes logs into the tables of all domains, in the indexer's transaction."""

    def apply(self, session: Session, logs: Sequence[Log]) -> None:
        """Takes in verified logs, in their order."""
        terms = {plan.number: plans.terms_of(plan) for plan in plans.all_plans(session)}
        for log in logs:
            match log.event:
                case "PartnersRegistered":
                    registry.activate(session, log.fields["firstId"], len(log.fields["partners"]))
                case "PlanPublished":
                    plans.note_published(session, log.fields["planId"])
                case "ReferralsRegistered":
                    keys = [bytes(referral[0]) for referral in log.fields["referrals"]]
                    attribution.note_registered(session, keys)
                case "BatchSettled":
                    self._settle(session, log, terms)
                case "CreditsMatured":
                    payouts.note_matured(session, log)
                case "PayoutsRecorded":
                    payouts.note_paid(session, log)

    def reverted(self, session: Session) -> None:
        """Sets aside the orders of batches that were reverted."""
        repository.fail_reverted(session)

    def rollback(self, session: Session, block_number: int) -> None:
        """Forgets what came from blocks above this one."""
        repository.forget_above(session, block_number)
        attribution.forget_above(session, block_number)
        plans.forget_above(session, block_number)
        registry.forget_above(session, block_number)

    @staticmethod
    def _settle(session: Session, log: Log, terms: dict[int, Terms]) -> None:
        fields = log.fields
        if merkle_root(fields["leaves"]) != fields["root"]:
            raise IndexerStoppedError(
                f"The leaves of batch {fields['batchId']} do not have the root that the contract computed"
            )
        settled_on = day_of(fields["day"])
        leaves = list(unpack_leaves(fields["leaves"]))
        rows = []
        for leaf in leaves:
            for role in range(len(ROLES)):
                if leaf.partners[role]:
                    tier = leaf.tiers[role]
                    rate = terms[leaf.plan].rate(KINDS[leaf.order.kind], role, tier)
                    rows.append(
                        (
                            leaf.order.order_no,
                            role,
                            leaf.partners[role],
                            leaf.plan,
                            tier,
                            rate,
                            leaf.shares[role],
                            settled_on,
                            day_of(leaf.release_day),
                            log.block_number,
                        )
                    )
        repository.confirm(session, [leaf.order.order_no for leaf in leaves], settled_on, log.block_number)
        copy_rows(
            session,
            "commissions",
            (
                "order_number",
                "role",
                "partner_number",
                "plan_number",
                "tier",
                "rate_bps",
                "amount",
                "settled_on",
                "release_on",
                "block_number",
            ),
            rows,
        )
        for number, reason in fields["skipped"]:
            repository.skip(session, number, SKIP_REASONS[reason])
        _note_batch(session, log, settled_on)


def _note_batch(session: Session, log: Log, settled_on: dt.date) -> None:
    session.execute(
        text(
            "UPDATE batches SET status = 'confirmed', skipped = :skipped, chain_number = :chain_number,"
            " root = :root, settled_on = :settled_on, block_number = :block_number"
            " WHERE intent_id = (SELECT intent_id FROM attempts WHERE transaction_hash = :hash)"
        ),
        {
            "skipped": len(log.fields["skipped"]),
            "chain_number": log.fields["batchId"],
            "root": log.fields["root"],
            "settled_on": settled_on,
            "block_number": log.block_number,
            "hash": log.transaction_hash,
        },
    )
