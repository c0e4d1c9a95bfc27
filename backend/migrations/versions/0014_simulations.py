"""Simulations, and proposals of plan versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_table('simulations',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('asked', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.String(), server_default='queued', nullable=False),
    sa.Column('progress_bps', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_simulations')),
    sa.UniqueConstraint('id', name=op.f('uq_simulations_id'))
    )
    op.create_index('ix_simulations_waiting', 'simulations', ['number'], unique=False,
                    postgresql_where=sa.text("status IN ('queued', 'running')"))
    op.create_table('plan_proposals',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('simulation_number', sa.BigInteger(), nullable=False),
    sa.Column('design', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.String(), server_default='waiting', nullable=False),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('proposed_by_name', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('decided_by_name', sa.String(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('plan_number', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['plan_number'], ['plans.number'], name=op.f('fk_plan_proposals_plan_number')),
    sa.ForeignKeyConstraint(['simulation_number'], ['simulations.number'],
                            name=op.f('fk_plan_proposals_simulation_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_plan_proposals')),
    sa.UniqueConstraint('id', name=op.f('uq_plan_proposals_id'))
    )
    op.create_index('uq_plan_proposals_waiting', 'plan_proposals', ['code'], unique=True,
                    postgresql_where=sa.text("status = 'waiting'"))
    op.create_index(op.f('ix_plan_proposals_simulation_number'), 'plan_proposals', ['simulation_number'], unique=False)
