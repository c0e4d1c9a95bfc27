"""Settings, from the environment (`FENRUN_…`)."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Everything has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="FENRUN_")

    home: Path = Path(".fenrun")
    """Where installations live: keys, logs, and the embedded database."""
    database_url: SecretStr | None = None
    """A PostgreSQL server to use instead of the embedded one, `postgresql://…`, by a user who may create databases."""
    host: str = "127.0.0.1"
    port: int = 8420
    confirmations: int = 2
    """A block counts as final when this many follow it."""
    batch_orders: int = 500
    """Most orders in one transaction."""
