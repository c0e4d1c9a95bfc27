"""The schema: Alembic's migrations, forward only."""

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import fenrun

FOLDER = Path(fenrun.__file__).resolve().parents[1] / "migrations"


def upgrade(engine: Engine) -> None:
    """Brings a database to the newest schema, in one transaction. Nothing happens when it is there."""
    config = _config()
    with engine.begin() as connection:
        # Several processes may start at once.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migrations', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def pending(engine: Engine) -> list[str]:
    """The revisions that a database lacks, oldest first."""
    script = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
    known = {revision.revision for head in at for revision in script.iterate_revisions(head, "base")}
    everything = [revision.revision for revision in script.walk_revisions()]
    return [revision for revision in reversed(everything) if revision not in known]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def load_models() -> None:
    """Imports every `models` module, so that the metadata knows all tables."""
    for module in pkgutil.walk_packages(fenrun.__path__, "fenrun."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
