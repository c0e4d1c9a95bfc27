"""Settings, from the environment (`FENRUN_…`)."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
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
    storage: str | None = None
    """Where files that people hand in are kept: a folder, or an address of fsspec's. Otherwise beside the keys."""
    upload_bytes: int = Field(default=20_000_000, gt=0)
    """Most of a file that is handed in."""
    sanctions_lists: list[Path] = []
    """Files of sanctions lists that names are screened against, as in `["/lists/us_ofac_sdn.csv"]`; read again when
    they change. Without any, a small made-up list is used."""
    business_zone: str = "Asia/Shanghai"
    business_hours: str = "09:00-18:00"
    """When people can be expected to answer in a dispute, Monday to Friday, by the clock of the zone."""
    currency: str = "CNY"
    """ISO 4217 code of the one currency of this installation. It is on chain for ever once set up."""
    token: str | None = None
    """An ERC-20 on the chain of `rpc_url` in which partners can be paid, beside the bank; on chain for ever, too."""
    token_payer: str | None = None
    """Whose tokens pay what is credited; without it, the treasurer's. It must approve the vault."""
    host: str = "127.0.0.1"
    port: int = 8420
    confirmations: int = 2
    """A block counts as final when this many follow it."""
    batch_orders: int = 500
    """Most orders in one transaction."""
    max_fee_gwei: int | None = None
    """Most that is offered per gas, in billionths of the chain's coin; what costs more waits. Without it, no limit."""
    stuck_seconds: int = 60
    """After which a transaction that no block holds is replaced by one with a higher fee."""
    workers: int = 1
    """Worker processes that `fenrun up` starts."""
    audit_seconds: int = 300
    """How often a worker recomputes everything from the chain's logs."""
    webhooks_internal: bool = False
    """Whether webhooks may go to addresses of one's own network, and by plain http. Otherwise whoever may add an
    endpoint could reach what only this machine can."""

    public_url: str | None = None
    """Where people reach the portal, such as `https://partners.example.com`; wallets and OpenID providers check it."""
    smtp_url: SecretStr | None = None
    """What letters go by: `smtps://user:password@host:port`, or `smtp://…` for STARTTLS. Without it they wait."""
    mail_from: str = ""
    """Whom letters come from, such as `Fenrun <fenrun@example.com>`."""
    requests_per_minute: int = Field(default=6_000, gt=0)
    """Of one session of the portal, and of one address without any."""
    api_requests_per_minute: int = Field(default=60_000, gt=0)
    """Of one API key. A request may carry many events."""
    live_seconds: float = Field(default=3_600, ge=0)
    """How long a page is told of changes by one connection; then it makes another, perhaps to another process."""
    sign_ins_per_minute: int = Field(default=120, gt=0)
    """Attempts from one address, whatever the login."""
    oidc_issuer: str | None = None
    """An OpenID provider that members may sign in with, as its discovery document spells it."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    keystore: Path | None = None
    """A folder with the chain keys by role, encrypted (Web3 Secret Storage 3), instead of plain ones of our own."""
    keystore_password: SecretStr | None = None
    keystore_password_file: Path | None = None

    def origin(self) -> str:
        """Where people reach the portal, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def password_of_keystore(self) -> str:
        """The keystore's password, from its variable or its file.

        Raises:
            SetupError: neither is set, or the file cannot be read.
        """
        if self.keystore_password is not None:
            return self.keystore_password.get_secret_value()
        if self.keystore_password_file is None:
            raise SetupError("Set FENRUN_KEYSTORE_PASSWORD, or FENRUN_KEYSTORE_PASSWORD_FILE to a file with it")
        try:
            return self.keystore_password_file.read_text().rstrip("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"FENRUN_KEYSTORE_PASSWORD_FILE cannot be read: {error}") from error


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
