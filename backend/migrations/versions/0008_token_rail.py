"""The token rail: the vault's own record, wallets, and payouts that the vault makes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.create_table('vault_movements',
    sa.Column('log_seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('position', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('address', sa.String(), nullable=True),
    sa.Column('units', sa.Numeric(precision=78, scale=0), nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=False),
    sa.Column('transaction_hash', postgresql.BYTEA(), nullable=False),
    sa.Column('block_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('log_seq', 'position', name=op.f('pk_vault_movements'))
    )
    op.create_index('ix_vault_movements_partner', 'vault_movements', ['partner_number', 'log_seq'], unique=False)
    op.create_index(op.f('ix_vault_movements_block_number'), 'vault_movements', ['block_number'], unique=False)
    op.add_column('payouts', sa.Column('rail', sa.String(), server_default='bank', nullable=False))
    op.add_column('payouts', sa.Column('wallet', sa.String(), nullable=True))
    op.add_column('payouts', sa.Column('log_seq', sa.BigInteger(), nullable=True))
    op.add_column('payouts', sa.Column('transaction_hash', postgresql.BYTEA(), nullable=True))
    op.create_unique_constraint(op.f('uq_payouts_log_seq'), 'payouts', ['log_seq'])
    op.add_column('payout_details', sa.Column('wallet', sa.String(), nullable=True))
    op.add_column('payout_details', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
    op.alter_column('payout_details', 'account', nullable=True)
