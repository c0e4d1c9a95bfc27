"""Up to which block the heads of the journals were checked."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.add_column('chain_cursor', sa.Column('checked_block', sa.BigInteger(), nullable=True))
    op.execute('UPDATE chain_cursor SET checked_block = block_number')
    op.alter_column('chain_cursor', 'checked_block', nullable=False)
