"""Rules by version, what they found, what was decided about it, and sanctions lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    op.create_table('compliance_checks',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('rulebook', postgresql.BYTEA(), nullable=False),
    sa.Column('subjects', sa.BigInteger(), nullable=False),
    sa.Column('inputs', postgresql.BYTEA(), nullable=False),
    sa.Column('outcomes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_compliance_checks'))
    )
    op.create_index('ix_compliance_checks_at', 'compliance_checks', ['at'], unique=False)
    op.create_table('compliance_rule_versions',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('digest', postgresql.BYTEA(), nullable=False),
    sa.Column('state', sa.String(), server_default='draft', nullable=False),
    sa.Column('shipped', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('drafted_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_compliance_rule_versions')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_compliance_rule_versions_code_version')),
    sa.UniqueConstraint('id', name=op.f('uq_compliance_rule_versions_id'))
    )
    op.create_index('uq_compliance_rule_versions_open', 'compliance_rule_versions', ['code'], unique=True, postgresql_where=sa.text("state IN ('draft', 'checked', 'tested', 'approved')"))
    op.create_table('partner_holds',
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_partner_holds_partner_number')),
    sa.PrimaryKeyConstraint('partner_number', name=op.f('pk_partner_holds'))
    )
    op.create_table('sanctions_lists',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('entries', sa.BigInteger(), nullable=False),
    sa.Column('loaded_by', sa.String(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_sanctions_lists')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_sanctions_lists_name_version'))
    )
    op.create_table('screenings',
    sa.Column('folded', sa.String(), nullable=False),
    sa.Column('lists', sa.String(), nullable=False),
    sa.Column('score_bps', sa.BigInteger(), nullable=True),
    sa.Column('entry', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('folded', name=op.f('pk_screenings'))
    )
    op.create_table('compliance_rule_steps',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version_number', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('by_member', sa.String(), nullable=False),
    sa.Column('by_login', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['version_number'], ['compliance_rule_versions.number'], name=op.f('fk_compliance_rule_steps_version_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_compliance_rule_steps'))
    )
    op.create_index(op.f('ix_compliance_rule_steps_version_number'), 'compliance_rule_steps', ['version_number'], unique=False)
    op.create_table('customer_holds',
    sa.Column('customer_number', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_number'], ['customers.number'], name=op.f('fk_customer_holds_customer_number')),
    sa.PrimaryKeyConstraint('customer_number', name=op.f('pk_customer_holds'))
    )
    op.create_table('sanctions_names',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('list_number', sa.BigInteger(), nullable=False),
    sa.Column('entry', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('folded', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['list_number'], ['sanctions_lists.number'], name=op.f('fk_sanctions_names_list_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_sanctions_names'))
    )
    op.create_index('ix_sanctions_names_list', 'sanctions_names', ['list_number'], unique=False)
    op.create_table('compliance_findings',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('rule_code', sa.String(), nullable=False),
    sa.Column('rule_number', sa.BigInteger(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('subject_name', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('customer_number', sa.BigInteger(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('input_hash', postgresql.BYTEA(), nullable=False),
    sa.Column('says_en', sa.String(), nullable=False),
    sa.Column('says_zh', sa.String(), nullable=False),
    sa.Column('overridable', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_number'], ['customers.number'], name=op.f('fk_compliance_findings_customer_number')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_compliance_findings_partner_number')),
    sa.ForeignKeyConstraint(['rule_number'], ['compliance_rule_versions.number'], name=op.f('fk_compliance_findings_rule_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_compliance_findings')),
    sa.UniqueConstraint('id', name=op.f('uq_compliance_findings_id'))
    )
    op.create_index('ix_compliance_findings_at', 'compliance_findings', ['at'], unique=False)
    op.create_index('ix_compliance_findings_partner', 'compliance_findings', ['partner_number', 'number'], unique=False)
    op.create_index(op.f('ix_compliance_findings_rule_number'), 'compliance_findings', ['rule_number'], unique=False)
    op.create_index('ix_compliance_findings_state', 'compliance_findings', ['state', 'number'], unique=False)
    op.create_index('uq_compliance_findings_live', 'compliance_findings', ['subject_kind', 'subject_id', 'rule_code'], unique=True, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('compliance_decisions',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('finding_number', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('by_member', sa.String(), nullable=False),
    sa.Column('by_login', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['finding_number'], ['compliance_findings.number'], name=op.f('fk_compliance_decisions_finding_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_compliance_decisions'))
    )
    op.create_index(op.f('ix_compliance_decisions_finding_number'), 'compliance_decisions', ['finding_number'], unique=False)
    op.add_column('plan_proposals', sa.Column('declaration', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute("""
        CREATE FUNCTION refuse_to_alter_compliance() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'What compliance checked and decided is append-only';
        END $$
    """)
    for table in ('compliance_rule_steps', 'compliance_decisions', 'compliance_checks'):
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_compliance()
        """)
