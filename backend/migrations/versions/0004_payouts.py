"""Payout runs, details, the bank's files and answers.

Payments that were recorded before have no run.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('bank_answers',
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('by_member', sa.String(), nullable=False),
    sa.Column('by_login', sa.String(), nullable=False),
    sa.Column('taken_in_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_bank_answers'))
    )
    op.create_table('payout_runs',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('status', sa.String(), server_default='prepared', nullable=False),
    sa.Column('rail', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('pays_on', sa.Date(), nullable=False),
    sa.Column('minimum', sa.BigInteger(), nullable=False),
    sa.Column('tax_version', sa.String(), nullable=False),
    sa.Column('prepared_by', sa.String(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_payout_runs')),
    sa.UniqueConstraint('id', name=op.f('uq_payout_runs_id'))
    )
    op.create_index(op.f('ix_payout_runs_status'), 'payout_runs', ['status'], unique=False)
    op.create_table('payout_files',
    sa.Column('run_number', sa.BigInteger(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['run_number'], ['payout_runs.number'], name=op.f('fk_payout_files_run_number')),
    sa.PrimaryKeyConstraint('run_number', name=op.f('pk_payout_files'))
    )
    op.create_table('payout_run_transitions',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('run_number', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('by_member', sa.String(), nullable=False),
    sa.Column('by_login', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['run_number'], ['payout_runs.number'], name=op.f('fk_payout_run_transitions_run_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_run_transitions'))
    )
    op.create_index(op.f('ix_payout_run_transitions_run_number'), 'payout_run_transitions', ['run_number'], unique=False)
    op.create_table('payout_details',
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('payee_type', sa.String(), nullable=False),
    sa.Column('account', postgresql.BYTEA(), nullable=False),
    sa.Column('account_hint', sa.String(), nullable=False),
    sa.Column('documents', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('verified_by', sa.String(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_payout_details_partner_number')),
    sa.PrimaryKeyConstraint('partner_number', name=op.f('pk_payout_details'))
    )
    op.create_table('payout_exclusions',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('run_number', sa.BigInteger(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('available', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_payout_exclusions_partner_number')),
    sa.ForeignKeyConstraint(['run_number'], ['payout_runs.number'], name=op.f('fk_payout_exclusions_run_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_payout_exclusions')),
    sa.UniqueConstraint('id', name=op.f('uq_payout_exclusions_id'))
    )
    op.create_index('ix_payout_exclusions_partner', 'payout_exclusions', ['partner_number', 'number'], unique=False)
    op.create_index(op.f('ix_payout_exclusions_run_number'), 'payout_exclusions', ['run_number'], unique=False)
    op.add_column('payouts', sa.Column('run_number', sa.BigInteger(), nullable=True))
    op.add_column('payouts', sa.Column('tax_rule', sa.String(), nullable=True))
    op.add_column('payouts', sa.Column('tax_note', sa.String(), nullable=True))
    op.add_column('payouts', sa.Column('account', postgresql.BYTEA(), nullable=True))
    op.add_column('payouts', sa.Column('end_to_end_id', sa.String(), nullable=True))
    op.add_column('payouts', sa.Column('answered_on', sa.Date(), nullable=True))
    op.add_column('payouts', sa.Column('bounce_reason', sa.String(), nullable=True))
    op.add_column('payouts', sa.Column('return_intent_id', sa.BigInteger(), nullable=True))
    op.create_index('ix_payouts_run', 'payouts', ['run_number', 'number'], unique=False)
    op.create_unique_constraint(op.f('uq_payouts_end_to_end_id'), 'payouts', ['end_to_end_id'])
    op.create_index('ix_payouts_with_bank', 'payouts', ['number'], unique=False, postgresql_where=sa.text("status = 'sent'"))
    op.create_index('ix_payouts_bounced', 'payouts', ['number'], unique=False, postgresql_where=sa.text('bounce_reason IS NOT NULL'))
    op.create_index('uq_payouts_promised', 'payouts', ['partner_number'], unique=True, postgresql_where=sa.text("run_number IS NOT NULL AND status IN ('pending', 'processing')"))
    op.create_foreign_key(op.f('fk_payouts_run_number'), 'payouts', 'payout_runs', ['run_number'], ['number'])
    op.create_foreign_key(op.f('fk_payouts_return_intent_id'), 'payouts', 'intents', ['return_intent_id'], ['id'])
