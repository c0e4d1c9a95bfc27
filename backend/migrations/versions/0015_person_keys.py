"""A key per person: what stands for a partner on chain and what is sealed about it, under a key that can be destroyed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.create_table('person_keys',
    sa.Column('partner_number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', postgresql.BYTEA(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('destroyed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(key IS NULL) = (destroyed_at IS NOT NULL)', name=op.f('ck_person_keys_is_there_or_destroyed')),
    sa.ForeignKeyConstraint(['partner_number'], ['partners.number'], name=op.f('fk_person_keys_partner_number')),
    sa.PrimaryKeyConstraint('partner_number', name=op.f('pk_person_keys')),
    # What a destroyed key was is swept out at the next look, and not when a fifth of the table has changed.
    postgresql_with={'autovacuum_vacuum_threshold': '0', 'autovacuum_vacuum_scale_factor': '0'},
    )
    # Destroying is all that may ever happen to a key, and there is no way back from it.
    op.execute("""
        CREATE FUNCTION refuse_to_alter_person_keys() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.key IS NOT NULL AND NEW.key IS NULL
                AND (NEW.partner_number, NEW.created_at) = (OLD.partner_number, OLD.created_at) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'Keys of persons are append-only: one can be destroyed, and nothing else';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER person_keys_are_append_only BEFORE UPDATE OR DELETE ON person_keys
        FOR EACH ROW EXECUTE FUNCTION refuse_to_alter_person_keys()
    """)
    op.execute("""
        CREATE TRIGGER person_keys_stay BEFORE TRUNCATE ON person_keys
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_person_keys()
    """)
    # Months that were closed before are salted with the installation's key, and were anchored as they are.
    op.add_column('checkpoints', sa.Column('salted_by_person', sa.Boolean(), server_default=sa.text('false'),
                                           nullable=False))
