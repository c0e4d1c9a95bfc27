"""Access"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'

_NOW = sa.text('now()')
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _members()
    _sessions()
    _api_keys()
    _audit_log()
    op.create_table('rate_buckets',
    sa.Column('caller', sa.String(), nullable=False),
    sa.Column('full_at', _TIME, nullable=False),
    sa.PrimaryKeyConstraint('caller', name=op.f('pk_rate_buckets')),
    prefixes=['UNLOGGED']
    )


def _members() -> None:
    op.add_column('members', sa.Column('email', sa.String(), nullable=True))
    op.add_column('members', sa.Column('oidc_subject', sa.String(), nullable=True))
    op.add_column('members', sa.Column('wallet', sa.String(), nullable=True))
    op.add_column('members', sa.Column('totp_secret', postgresql.BYTEA(), nullable=True))
    op.add_column('members', sa.Column('totp_since', _TIME, nullable=True))
    op.add_column('members', sa.Column('totp_step', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('members', sa.Column('disabled_at', _TIME, nullable=True))
    op.add_column('members', sa.Column('created_at', _TIME, server_default=_NOW, nullable=False))
    for column in ('email', 'oidc_subject', 'wallet'):
        op.create_unique_constraint(op.f(f'uq_members_{column}'), 'members', [column])
    op.create_check_constraint(
        op.f('ck_members_partner_has_number'), 'members', "(role = 'partner') = (partner_number IS NOT NULL)"
    )
    op.create_table('recovery_codes',
    sa.Column('code_hash', postgresql.BYTEA(), nullable=False),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_recovery_codes_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_recovery_codes'))
    )
    op.create_index(op.f('ix_recovery_codes_member_id'), 'recovery_codes', ['member_id'], unique=False)


def _sessions() -> None:
    # Sessions last half a day: whoever has one signs in again.
    op.execute('DELETE FROM sign_ins')
    op.add_column('sign_ins', sa.Column('id', sa.String(), nullable=False))
    op.add_column('sign_ins', sa.Column('method', sa.String(), nullable=False))
    op.add_column('sign_ins', sa.Column('address', sa.String(), nullable=False))
    op.add_column('sign_ins', sa.Column('user_agent', sa.String(), nullable=False))
    op.add_column('sign_ins', sa.Column('created_at', _TIME, server_default=_NOW, nullable=False))
    op.create_unique_constraint(op.f('uq_sign_ins_id'), 'sign_ins', ['id'])
    op.create_index(op.f('ix_sign_ins_member_id'), 'sign_ins', ['member_id'], unique=False)
    op.create_table('sign_in_failures',
    sa.Column('login_hash', postgresql.BYTEA(), nullable=False),
    sa.Column('failures', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('last_at', _TIME, nullable=False),
    sa.Column('locked_until', _TIME, nullable=False),
    sa.PrimaryKeyConstraint('login_hash', name=op.f('pk_sign_in_failures'))
    )
    op.create_index(op.f('ix_sign_in_failures_last_at'), 'sign_in_failures', ['last_at'], unique=False)
    op.create_table('sign_in_challenges',
    sa.Column('hash', postgresql.BYTEA(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('expires_at', _TIME, nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_sign_in_challenges'))
    )
    op.create_index(op.f('ix_sign_in_challenges_expires_at'), 'sign_in_challenges', ['expires_at'], unique=False)


def _api_keys() -> None:
    op.add_column('api_keys', sa.Column('id', sa.String(), nullable=True))
    op.add_column('api_keys', sa.Column('prefix', sa.String(), server_default='', nullable=False))
    op.add_column('api_keys', sa.Column('scopes', postgresql.ARRAY(sa.String()), server_default='{events:write}', nullable=False))
    op.add_column('api_keys', sa.Column('created_at', _TIME, server_default=_NOW, nullable=False))
    op.add_column('api_keys', sa.Column('expires_at', _TIME, nullable=True))
    op.add_column('api_keys', sa.Column('revoked_at', _TIME, nullable=True))
    op.add_column('api_keys', sa.Column('last_used_at', _TIME, nullable=True))
    # Keys of before go on: they may send events, as they could.
    op.execute("UPDATE api_keys SET id = 'ak_' || left(encode(key_hash, 'hex'), 26)")
    op.alter_column('api_keys', 'id', nullable=False)
    op.alter_column('api_keys', 'prefix', server_default=None)
    op.alter_column('api_keys', 'scopes', server_default=None)
    op.drop_constraint('pk_api_keys', 'api_keys')
    op.drop_constraint('uq_api_keys_name', 'api_keys')
    op.create_primary_key(op.f('pk_api_keys'), 'api_keys', ['id'])
    op.create_unique_constraint(op.f('uq_api_keys_key_hash'), 'api_keys', ['key_hash'])
    op.create_index('ix_api_keys_name', 'api_keys', ['name'], unique=False)


def _audit_log() -> None:
    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('at', _TIME, server_default=_NOW, nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('request_id', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index('ix_audit_log_target', 'audit_log', ['target', 'id'], unique=False)
    op.create_index('ix_audit_log_actor', 'audit_log', ['actor', 'id'], unique=False)
    op.execute("""
        CREATE FUNCTION refuse_to_alter_the_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The audit log is append-only';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_the_audit_log()
    """)
