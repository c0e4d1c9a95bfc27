"""Settings of payouts, from the environment (`FENRUN_PAYOUT_…`)."""

from functools import cache

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fenrun.kit.errors import SetupError
from fenrun.kit.money import AmountError, Currency


class PayoutSettings(BaseSettings):
    """What an operator can set about paying."""

    model_config = SettingsConfigDict(env_prefix="FENRUN_PAYOUT_")

    minimum: dict[str, str] = {}
    """The least that is paid, by currency, as in `{"EUR": "25.00"}`. Less is carried over to the next run."""
    cooling_hours: int = Field(default=72, ge=0)
    """How long payouts go on to the old account after a partner asked for another."""
    payer_country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    """Where the vendor is taxed, such as `CN`. Rules about forms of payees abroad need it."""
    payer_tax_id: str = Field(default="", pattern=r"^([0-9A-Z]{18})?$")
    """The vendor's unified social credit code: whom invoices have to be made out to."""
    payer_name: str = ""
    payer_account: str = ""
    """The paying account: an IBAN, or the number that the bank knows it by."""
    payer_bic: str = ""

    def minimum_of(self, currency: Currency) -> int:
        """The least that is paid, in minor units; 1 when nothing is set.

        Raises:
            SetupError: what is set is no amount.
        """
        try:
            return max(currency.parse(self.minimum.get(currency.code, "0")), 1)
        except AmountError as error:
            raise SetupError(f"FENRUN_PAYOUT_MINIMUM, {currency.code}: {error.detail}") from error


@cache
def load_payout_settings() -> PayoutSettings:
    """The settings of the environment.

    Raises:
        SetupError: a variable is not what it should be.
    """
    try:
        return PayoutSettings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"FENRUN_PAYOUT_{str(first['loc'][0]).upper()}: {first['msg']}") from error
