"""Deals: registrations, and the companies that the vendor knows itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    op.create_table('known_companies',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('legal_name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=True),
    sa.Column('credit_code', sa.String(), nullable=True),
    sa.Column('direct_only', sa.Boolean(), nullable=False),
    sa.Column('contacted_on', sa.Date(), nullable=True),
    sa.Column('customer_number', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_number'], ['customers.number'], name=op.f('fk_known_companies_customer_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_known_companies')),
    sa.UniqueConstraint('customer_number', name=op.f('uq_known_companies_customer_number')),
    sa.UniqueConstraint('id', name=op.f('uq_known_companies_id'))
    )
    op.create_index(op.f('ix_known_companies_credit_code'), 'known_companies', ['credit_code'], unique=False)
    op.create_index(op.f('ix_known_companies_domain'), 'known_companies', ['domain'], unique=False)
    op.create_index('ix_known_companies_name', 'known_companies', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
    op.create_table('deals',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(), server_default='draft', nullable=False),
    sa.Column('legal_name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=True),
    sa.Column('credit_code', sa.String(), nullable=True),
    sa.Column('contact', postgresql.BYTEA(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('quarter', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('compelling_event', sa.String(), nullable=False),
    sa.Column('products', sa.ARRAY(sa.String()), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('partner_contact', sa.String(), nullable=False),
    sa.Column('contacted_on', sa.Date(), nullable=False),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('protected_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_note', sa.String(), nullable=True),
    sa.Column('extension_file', sa.String(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('customer_number', sa.BigInteger(), nullable=True),
    sa.Column('customer_external_id', sa.String(), nullable=True),
    sa.Column('plan_number', sa.BigInteger(), nullable=True),
    sa.Column('claim', sa.String(), nullable=True),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['customer_number'], ['customers.number'], name=op.f('fk_deals_customer_number')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_deals_partner_number')),
    sa.ForeignKeyConstraint(['plan_number'], ['plans.number'], name=op.f('fk_deals_plan_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_deals')),
    sa.UniqueConstraint('id', name=op.f('uq_deals_id'))
    )
    op.create_index(op.f('ix_deals_credit_code'), 'deals', ['credit_code'], unique=False)
    op.create_index(op.f('ix_deals_customer_number'), 'deals', ['customer_number'], unique=False)
    op.create_index(op.f('ix_deals_domain'), 'deals', ['domain'], unique=False)
    op.create_index('ix_deals_name', 'deals', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
    op.create_index('ix_deals_partner', 'deals', ['partner_number', 'number'], unique=False)
    op.create_index('ix_deals_protected', 'deals', ['protected_until'], unique=False, postgresql_where=sa.text("status = 'approved'"))
    op.create_index('ix_deals_waiting', 'deals', ['answer_due_at'], unique=False, postgresql_where=sa.text("status = 'submitted'"))
