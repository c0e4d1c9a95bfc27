"""Months are closed: periods, checkpoints, and the triggers that keep what was closed as it was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

# Transactions are numbered in the order of their days, so a month is a range of numbers, and all that is closed is one
# range from the first.
_GUARD = """
CREATE FUNCTION guard_closed_periods() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  closed_to bigint;
  touched bigint;
  month date;
BEGIN
  SELECT max(last_transaction) INTO closed_to FROM periods WHERE status <> 'open';
  IF closed_to IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'postings' THEN
    SELECT min(transaction_number) INTO touched FROM changed;
  ELSE
    SELECT min(number) INTO touched FROM changed;
    SELECT min(p.month) INTO month FROM changed c
      JOIN periods p ON p.month = date_trunc('month', c.effective_on)::date AND p.status <> 'open';
  END IF;
  IF touched <= closed_to OR month IS NOT NULL THEN
    RAISE EXCEPTION 'transaction % belongs to a closed period', touched
      USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_periods',
            HINT = 'What comes late is dated in the next open period.';
  END IF;
  RETURN NULL;
END $$
"""
_BACK = """
CREATE FUNCTION guard_period_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = 'closed' AND NEW.status = 'locked'
     AND (NEW.month, NEW.currency, NEW.last_transaction, NEW.journal_hash, NEW.closed_at, NEW.closed_by)
         = (OLD.month, OLD.currency, OLD.last_transaction, OLD.journal_hash, OLD.closed_at, OLD.closed_by) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'period % is %, and goes no way but to be locked', OLD.month, OLD.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'period_states';
END $$
"""
# An update is held against the rows as they were and as they become.
_CHANGES = (("insert", "NEW"), ("update", "OLD"), ("update", "NEW"), ("delete", "OLD"))


def upgrade() -> None:
    op.create_table(
        "periods",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("last_transaction", sa.BigInteger(), nullable=False),
        sa.Column("journal_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("month", "currency", name=op.f("pk_periods")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", postgresql.BYTEA(), nullable=False),
        sa.Column("ledger_head", postgresql.BYTEA(), nullable=False),
        sa.Column("intent_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["month", "currency"], ["periods.month", "periods.currency"], name=op.f("fk_checkpoints_month")
        ),
        sa.ForeignKeyConstraint(["intent_id"], ["intents.id"], name=op.f("fk_checkpoints_intent_id")),
        sa.PrimaryKeyConstraint("month", "currency", "revision", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "checkpoint_leaves",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partner_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", postgresql.BYTEA(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month", "currency", "revision"],
            ["checkpoints.month", "checkpoints.currency", "checkpoints.revision"],
            name=op.f("fk_checkpoint_leaves_month"),
        ),
        sa.PrimaryKeyConstraint(
            "month", "currency", "revision", "partner_number", name=op.f("pk_checkpoint_leaves")
        ),
    )
    op.execute(_GUARD)
    for table in ("transactions", "postings"):
        for change, rows in _CHANGES:
            op.execute(
                f"CREATE TRIGGER {table}_{change}_{rows.lower()}_open AFTER {change.upper()} ON {table}"
                f" REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION guard_closed_periods()"
            )
    op.execute(_BACK)
    op.execute(
        "CREATE TRIGGER periods_forward BEFORE UPDATE OR DELETE ON periods"
        " FOR EACH ROW EXECUTE FUNCTION guard_period_states()"
    )
