"""What follows from the chain stands by itself, and what is asked for often is kept summed up.

The new tables and columns are filled from the stored logs when the installation is opened; see
`settlement/projection.py`, `bring_up_to_date`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('clawbacks',
    sa.Column('log_seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('role', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('order_number', sa.BigInteger(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('from_frozen', sa.BigInteger(), nullable=False),
    sa.Column('from_held', sa.BigInteger(), nullable=False),
    sa.Column('from_available', sa.BigInteger(), nullable=False),
    sa.Column('to_debt', sa.BigInteger(), nullable=False),
    sa.Column('clawed_on', sa.Date(), nullable=False),
    sa.Column('block_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('log_seq', 'role', name=op.f('pk_clawbacks'))
    )
    op.create_index(op.f('ix_clawbacks_order_number'), 'clawbacks', ['order_number'], unique=False)
    op.create_index('ix_clawbacks_partner', 'clawbacks', ['partner_number', 'log_seq'], unique=False)
    op.create_table('holds',
    sa.Column('partner_number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('release_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('partner_number', 'release_on', name=op.f('pk_holds'))
    )
    op.create_index('ix_holds_release_on', 'holds', ['release_on', 'partner_number'], unique=False)
    op.create_table('partner_months',
    sa.Column('partner_number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=False),
    sa.Column('volume', sa.BigInteger(), nullable=False),
    sa.Column('referrer', sa.BigInteger(), nullable=False),
    sa.Column('implementer', sa.BigInteger(), nullable=False),
    sa.Column('trainer', sa.BigInteger(), nullable=False),
    sa.Column('clawed_back', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('partner_number', 'month', name=op.f('pk_partner_months'))
    )
    op.create_table('refunds',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('order_number', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('refund_ref', postgresql.BYTEA(), nullable=False),
    sa.Column('status', sa.String(), server_default='pending', nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('intent_id', sa.BigInteger(), nullable=True),
    sa.Column('block_number', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_refunds_event_id')),
    sa.ForeignKeyConstraint(['intent_id'], ['intents.id'], name=op.f('fk_refunds_intent_id')),
    sa.ForeignKeyConstraint(['order_number'], ['orders.number'], name=op.f('fk_refunds_order_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_refunds')),
    sa.UniqueConstraint('id', name=op.f('uq_refunds_id')),
    sa.UniqueConstraint('intent_id', name=op.f('uq_refunds_intent_id')),
    sa.UniqueConstraint('refund_ref', name=op.f('uq_refunds_refund_ref')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_refunds_source_external_id'))
    )
    op.create_index('ix_refunds_open', 'refunds', ['number'], unique=False, postgresql_where=sa.text("status IN ('pending', 'submitted')"))
    op.create_index(op.f('ix_refunds_event_id'), 'refunds', ['event_id'], unique=False)
    op.create_index(op.f('ix_refunds_order_number'), 'refunds', ['order_number'], unique=False)
    op.add_column('accounts', sa.Column('pending_debits', sa.Numeric(precision=38, scale=0), server_default='0', nullable=False))
    op.add_column('accounts', sa.Column('pending_credits', sa.Numeric(precision=38, scale=0), server_default='0', nullable=False))
    op.drop_constraint(op.f('fk_accounts_partner_number'), 'accounts', type_='foreignkey')
    op.add_column('commissions', sa.Column('clawed_back', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('commissions', sa.Column('dispute', sa.String(), nullable=True))
    op.drop_index(op.f('ix_commissions_block_number'), table_name='commissions')
    op.drop_index(op.f('ix_commissions_release'), table_name='commissions')
    op.drop_constraint(op.f('fk_commissions_order_number'), 'commissions', type_='foreignkey')
    op.drop_constraint(op.f('fk_commissions_partner_number'), 'commissions', type_='foreignkey')
    op.drop_constraint(op.f('fk_commissions_plan_number'), 'commissions', type_='foreignkey')
    op.add_column('events', sa.Column('status', sa.String(), server_default='accepted', nullable=False))
    op.add_column('events', sa.Column('reason', sa.String(), nullable=True))
    op.create_index('ix_events_parked', 'events', ['source', 'id'], unique=False, postgresql_where=sa.text("status = 'parked'"))
    op.drop_constraint(op.f('fk_maturities_partner_number'), 'maturities', type_='foreignkey')
    op.drop_index(op.f('ix_orders_block_number'), table_name='orders')
    op.drop_index(op.f('ix_orders_customer_number'), table_name='orders')
    op.drop_column('orders', 'block_number')
    op.drop_column('orders', 'settled_on')
    op.drop_column('orders', 'status')
    op.create_table('order_queue',
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('paid_at', 'number', name=op.f('pk_order_queue'))
    )
    op.execute("INSERT INTO order_queue SELECT paid_at, number FROM orders WHERE batch_number IS NULL AND reason IS NULL")
    op.drop_index(op.f('ix_orders_batch_number'), table_name='orders')
    op.drop_constraint(op.f('fk_orders_batch_number'), 'orders', type_='foreignkey')
    op.create_index(op.f('ix_orders_event_id'), 'orders', ['event_id'], unique=False)
    op.execute("ALTER TABLE orders SET (fillfactor = 85)")
    op.create_index('ix_payouts_cumulative', 'payouts', ['partner_number', 'cumulative'], unique=False)

    # Leaves are as good as random: trying to compress them costs more than writing them.
    op.execute("ALTER TABLE chain_logs ALTER COLUMN data SET STORAGE EXTERNAL")
