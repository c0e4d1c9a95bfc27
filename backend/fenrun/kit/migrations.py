"""The schema: Alembic's migrations, forward only."""

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

import fenrun

FOLDER = Path(fenrun.__file__).resolve().parents[1] / "migrations"


def upgrade(engine: Engine) -> None:
    """Brings a database to the newest schema, in one transaction. Nothing happens when it is there."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def load_models() -> None:
    """Imports every `models` module, so that the metadata knows all tables."""
    for module in pkgutil.walk_packages(fenrun.__path__, "fenrun."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
