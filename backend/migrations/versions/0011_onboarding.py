"""Onboarding: agreements, payout details that partners change, suspensions, and what members choose to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('members', sa.Column('is_owner', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('members', sa.Column('muted', postgresql.ARRAY(sa.String()), server_default='{}', nullable=False))
    op.create_check_constraint('ck_members_owner_is_a_partners', 'members', "role = 'partner' OR NOT is_owner")
    # Somebody could act for each partner before; ids sort by time.
    op.execute("UPDATE members SET is_owner = true WHERE id IN (SELECT min(id) FROM members"
               " WHERE partner_number IS NOT NULL AND disabled_at IS NULL GROUP BY partner_number)")
    _agreements()
    _payout_details_changes()
    _standing_changes()
    _privacy_requests()
    _materials()


def _agreements() -> None:
    op.create_table('agreements',
    sa.Column('number', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('published_by', sa.String(), nullable=False),
    sa.Column('published_at', _TIME, server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_agreements')),
    sa.UniqueConstraint('id', name=op.f('uq_agreements_id')),
    sa.UniqueConstraint('name', 'version', 'language', name=op.f('uq_agreements_name_version_language'))
    )
    op.create_table('agreement_signatures',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('agreement_number', sa.BigInteger(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('signer', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('signed_at', _TIME, nullable=False),
    sa.ForeignKeyConstraint(['agreement_number'], ['agreements.number'],
                            name=op.f('fk_agreement_signatures_agreement_number')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'],
                            name=op.f('fk_agreement_signatures_partner_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_signatures')),
    sa.UniqueConstraint('partner_number', 'agreement_number',
                        name=op.f('uq_agreement_signatures_partner_number_agreement_number'))
    )
    op.create_index(op.f('ix_agreement_signatures_agreement_number'), 'agreement_signatures', ['agreement_number'],
                    unique=False)
    op.execute("""
        CREATE FUNCTION refuse_to_alter_agreements() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'Agreements and their signatures are append-only';
        END $$
    """)
    for table in ('agreements', 'agreement_signatures'):
        op.execute(f"""
            CREATE TRIGGER {table}_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_agreements()
        """)


def _payout_details_changes() -> None:
    op.create_table('payout_details_changes',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('payee_type', sa.String(), nullable=False),
    sa.Column('account', postgresql.BYTEA(), nullable=True),
    sa.Column('account_hint', sa.String(), nullable=False),
    sa.Column('documents', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('asked_by_login', sa.String(), nullable=False),
    sa.Column('asked_at', _TIME, nullable=False),
    sa.Column('effective_at', _TIME, nullable=False),
    sa.Column('verified_by', sa.String(), nullable=True),
    sa.Column('verified_at', _TIME, nullable=True),
    sa.Column('ended_at', _TIME, nullable=True),
    sa.Column('ended_by', sa.String(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'],
                            name=op.f('fk_payout_details_changes_partner_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_details_changes'))
    )
    op.create_index('uq_payout_details_changes_open', 'payout_details_changes', ['partner_number'], unique=True,
                    postgresql_where=sa.text('ended_at IS NULL'))


def _standing_changes() -> None:
    op.create_table('standing_changes',
    sa.Column('number', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by_member', sa.String(), nullable=False),
    sa.Column('at', _TIME, nullable=False),
    sa.Column('intent_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['intent_id'], ['intents.id'], name=op.f('fk_standing_changes_intent_id')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_standing_changes_partner_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_standing_changes')),
    sa.UniqueConstraint('id', name=op.f('uq_standing_changes_id'))
    )
    op.create_index('ix_standing_changes_partner', 'standing_changes', ['partner_number', 'number'], unique=False)


def _privacy_requests() -> None:
    op.create_table('privacy_requests',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('law', sa.String(), nullable=False),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', _TIME, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('decided_at', _TIME, nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('done_by', sa.String(), nullable=True),
    sa.Column('done_at', _TIME, nullable=True),
    sa.Column('archive', postgresql.BYTEA(), nullable=True),
    sa.Column('expires_at', _TIME, nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_privacy_requests_member_id')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_privacy_requests_partner_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_requests'))
    )
    op.create_index('uq_privacy_requests_open', 'privacy_requests', ['member_id', 'kind'], unique=True,
                    postgresql_where=sa.text("state IN ('asked', 'approved')"))
    op.create_index('ix_privacy_requests_asked', 'privacy_requests', ['id'], unique=False,
                    postgresql_where=sa.text("state = 'asked'"))


def _materials() -> None:
    op.create_table('materials',
    sa.Column('number', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.String()), server_default='{}', nullable=False),
    sa.Column('partner_numbers', postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
    sa.Column('created_at', _TIME, server_default=sa.text('now()'), nullable=False),
    sa.Column('withdrawn_at', _TIME, nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_materials')),
    sa.UniqueConstraint('id', name=op.f('uq_materials_id'))
    )
    op.create_table('material_versions',
    sa.Column('number', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('material_number', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('sha256', postgresql.BYTEA(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('published_by', sa.String(), nullable=False),
    sa.Column('published_at', _TIME, server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['material_number'], ['materials.number'],
                            name=op.f('fk_material_versions_material_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_material_versions')),
    sa.UniqueConstraint('material_number', 'version', name=op.f('uq_material_versions_material_number_version'))
    )
    op.create_table('material_downloads',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('version_number', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('partner_number', sa.BigInteger(), nullable=True),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('at', _TIME, nullable=False),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_material_downloads_partner_number')),
    sa.ForeignKeyConstraint(['version_number'], ['material_versions.number'],
                            name=op.f('fk_material_downloads_version_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_material_downloads'))
    )
    op.create_index('ix_material_downloads_version', 'material_downloads', ['version_number', 'id'], unique=False)
