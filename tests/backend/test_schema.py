"""The migrations make the schema that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fenrun.kit import migrations, postgres
from fenrun.kit.db import Base, connect


def test_the_migrated_schema_is_that_of_the_models(tmp_path):
    migrations.load_models()
    engine = connect(postgres.start(tmp_path / "pg"))
    try:
        migrations.upgrade(engine)
        migrations.upgrade(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
    finally:
        engine.dispose()
        postgres.stop(tmp_path / "pg")
