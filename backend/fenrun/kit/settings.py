"""Settings, from the environment (`FENRUN_…`)."""

from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fenrun.kit.errors import SetupError


class Settings(BaseSettings):
    """What an operator can set. Everything has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="FENRUN_")

    home: Path = Path(".fenrun")
    """Where installations live: keys, logs, and the embedded database."""
    database_url: SecretStr | None = None
    """A database to use instead of the embedded one, `postgresql://…`. Demos make databases of their own beside it."""
    rpc_url: SecretStr | None = None
    """A node of any EVM chain to use instead of the embedded one, `http://…` or `https://…`."""
    currency: str = "CNY"
    """ISO 4217 code of the one currency of this installation. It is on chain for ever once set up."""
    host: str = "127.0.0.1"
    port: int = 8420
    confirmations: int = 2
    """A block counts as final when this many follow it."""
    batch_orders: int = 500
    """Most orders in one transaction."""
    workers: int = 1
    """Worker processes that `fenrun up` starts."""
    audit_seconds: int = 300
    """How often a worker recomputes everything from the chain's logs."""


def load_settings() -> Settings:
    """The settings of the environment.

    Raises:
        SetupError: a variable is not what it should be.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"FENRUN_{str(first['loc'][0]).upper()}: {first['msg']}") from error
