"""Disputes: claims, what happened in them, evidence, the panel; and what the court on the chain says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.create_table('court_cases',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('order_number', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.SmallInteger(), nullable=False),
    sa.Column('claimant', sa.BigInteger(), nullable=False),
    sa.Column('respondent', sa.BigInteger(), nullable=False),
    sa.Column('ground', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('ruling', sa.String(), nullable=True),
    sa.Column('deadline', sa.DateTime(timezone=True), nullable=False),
    sa.Column('block_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_court_cases')),
    sa.UniqueConstraint('order_number', 'role', name=op.f('uq_court_cases_order_number_role'))
    )
    op.create_table('disputes',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('claimant_number', sa.BigInteger(), nullable=False),
    sa.Column('respondent_number', sa.BigInteger(), nullable=False),
    sa.Column('customer_number', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.SmallInteger(), nullable=False),
    sa.Column('ground', sa.String(), nullable=False),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('deal_number', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.String(), server_default='draft', nullable=False),
    sa.Column('status_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deadline', sa.DateTime(timezone=True), nullable=True),
    sa.Column('court_deadline', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resumes_to', sa.String(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim_digest', postgresql.BYTEA(), nullable=True),
    sa.Column('finding', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('proposal', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('ruling', sa.String(), nullable=True),
    sa.Column('ruled_by', sa.String(), nullable=True),
    sa.Column('ruling_reason', sa.String(), nullable=True),
    sa.Column('ruled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('appealed_by', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['claimant_number'], ['partners.number'], name=op.f('fk_disputes_claimant_number')),
    sa.ForeignKeyConstraint(['customer_number'], ['customers.number'], name=op.f('fk_disputes_customer_number')),
    sa.ForeignKeyConstraint(['deal_number'], ['deals.number'], name=op.f('fk_disputes_deal_number')),
    sa.ForeignKeyConstraint(['respondent_number'], ['partners.number'], name=op.f('fk_disputes_respondent_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_disputes')),
    sa.UniqueConstraint('id', name=op.f('uq_disputes_id'))
    )
    op.create_index('ix_disputes_claimant', 'disputes', ['claimant_number', 'number'], unique=False)
    op.create_index('ix_disputes_deadline', 'disputes', ['deadline'], unique=False, postgresql_where=sa.text('deadline IS NOT NULL'))
    op.create_index('ix_disputes_live', 'disputes', ['number'], unique=False, postgresql_where=sa.text("status NOT IN ('draft', 'closed')"))
    op.create_index('ix_disputes_respondent', 'disputes', ['respondent_number', 'number'], unique=False)
    op.create_table('recusals',
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_recusals_member_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_recusals_partner_number')),
    sa.PrimaryKeyConstraint('member_id', 'partner_number', name=op.f('pk_recusals'))
    )
    op.create_table('dispute_calls',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('dispute_number', sa.BigInteger(), nullable=False),
    sa.Column('order_number', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('what', sa.String(), server_default='', nullable=False),
    sa.Column('argument', sa.String(), server_default='', nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('intent_id', sa.BigInteger(), nullable=True),
    sa.Column('refused', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['dispute_number'], ['disputes.number'], name=op.f('fk_dispute_calls_dispute_number')),
    sa.ForeignKeyConstraint(['intent_id'], ['intents.id'], name=op.f('fk_dispute_calls_intent_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_dispute_calls')),
    sa.UniqueConstraint('dispute_number', 'order_number', 'kind', 'what', name=op.f('uq_dispute_calls_dispute_number_order_number_kind_what')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_dispute_calls_intent_id'))
    )
    op.create_index(op.f('ix_dispute_calls_dispute_number'), 'dispute_calls', ['dispute_number'], unique=False)
    op.create_index('ix_dispute_calls_due', 'dispute_calls', ['number'], unique=False, postgresql_where=sa.text('intent_id IS NULL AND refused IS NULL'))
    op.create_table('dispute_entries',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('dispute_number', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('side', sa.String(), nullable=False),
    sa.Column('member_id', sa.String(), nullable=True),
    sa.Column('words', sa.String(), nullable=True),
    sa.Column('ruling', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['dispute_number'], ['disputes.number'], name=op.f('fk_dispute_entries_dispute_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_dispute_entries'))
    )
    op.create_index(op.f('ix_dispute_entries_dispute_number'), 'dispute_entries', ['dispute_number'], unique=False)
    op.create_table('disputed_legs',
    sa.Column('dispute_number', sa.BigInteger(), nullable=False),
    sa.Column('order_number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('role', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('live', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('refused', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['dispute_number'], ['disputes.number'], name=op.f('fk_disputed_legs_dispute_number')),
    sa.PrimaryKeyConstraint('dispute_number', 'order_number', 'role', name=op.f('pk_disputed_legs'))
    )
    op.create_index('uq_disputed_legs_live', 'disputed_legs', ['order_number', 'role'], unique=True, postgresql_where=sa.text('live'))
    op.create_table('evidence',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('dispute_number', sa.BigInteger(), nullable=False),
    sa.Column('side', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('captured_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signature', sa.String(), nullable=True),
    sa.Column('signer', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['dispute_number'], ['disputes.number'], name=op.f('fk_evidence_dispute_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_evidence')),
    sa.UniqueConstraint('dispute_number', 'sha256', name=op.f('uq_evidence_dispute_number_sha256')),
    sa.UniqueConstraint('id', name=op.f('uq_evidence_id'))
    )
    op.create_index(op.f('ix_evidence_dispute_number'), 'evidence', ['dispute_number'], unique=False)
    op.create_table('panel_votes',
    sa.Column('dispute_number', sa.BigInteger(), nullable=False),
    sa.Column('seat', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('ruling', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dispute_number'], ['disputes.number'], name=op.f('fk_panel_votes_dispute_number')),
    sa.PrimaryKeyConstraint('dispute_number', 'seat', name=op.f('pk_panel_votes'))
    )
