"""What workers note about steps that failed."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('job_failures',
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('role', 'code', name=op.f('pk_job_failures'))
    )
