"""Invoices of partners."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    op.create_table('invoices',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('invoice_number', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('tax', sa.BigInteger(), nullable=False),
    sa.Column('buyer_tax_id', sa.String(), nullable=False),
    sa.Column('red_lettered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('red_letter_reason', sa.String(), nullable=True),
    sa.Column('registered_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_invoices_partner_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_invoices')),
    sa.UniqueConstraint('code', 'invoice_number', name=op.f('uq_invoices_code_invoice_number')),
    sa.UniqueConstraint('id', name=op.f('uq_invoices_id'))
    )
    op.create_index('ix_invoices_partner', 'invoices', ['partner_number', 'number'], unique=False)
