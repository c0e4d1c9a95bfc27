"""Groups of countries that laws know, by ISO 3166-1 codes."""

from typing import Literal, get_args

CountryGroup = Literal["CN", "EU", "UK", "US", "other"]
GROUPS: tuple[CountryGroup, ...] = get_args(CountryGroup)

# Members of the European Union since 2020-02-01.
_EU = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip


def group_of(country: str) -> CountryGroup:
    """The group that a country is in. Mainland China is `CN`; Hong Kong, Macao and Taiwan have codes of their own."""
    if country in _EU:
        return "EU"
    return {"CN": "CN", "GB": "UK", "US": "US"}.get(country, "other")  # type: ignore[return-value]
