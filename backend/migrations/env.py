"""Alembic's entry: migrates the database of the connection it is handed, or of FENRUN_DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection

from fenrun.kit.db import Base, connect
from fenrun.kit.migrations import load_models
from fenrun.kit.settings import Settings


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


load_models()
given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = Settings().database_url
    if url is None:
        raise SystemExit("Set FENRUN_DATABASE_URL to the database that is to be migrated")
    with connect(url.get_secret_value()).begin() as connection:
        _run(connection)
