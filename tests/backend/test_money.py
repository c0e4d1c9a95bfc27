"""Amounts: text to minor units and back, in currencies with no, two, three and four decimals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.money import MAX_MINOR, AmountError, AmountPrecisionError, AmountTooLargeError, Currency

DECIMALS = {"JPY": 0, "USD": 2, "CNY": 2, "KWD": 3, "CLF": 4}
currencies = st.sampled_from([Currency.of(code) for code in DECIMALS])


@pytest.mark.parametrize(("code", "decimals"), DECIMALS.items())
def test_decimals_are_those_of_iso_4217(code, decimals):
    assert Currency.of(code) == Currency(code, decimals)


@pytest.mark.parametrize("code", ["", "usd", "US", "USDT", "ZZZ", "XXX", "XAU", "$", "ＵＳＤ", "USD\n"])
def test_what_is_no_currency(code):
    assert Currency.of(code) is None


@given(currencies, st.integers(-MAX_MINOR, MAX_MINOR))
def test_format_and_parse_are_inverse(currency, minor):
    text = currency.format(minor)
    assert currency.parse(text) == minor
    assert Decimal(text) == Decimal(minor).scaleb(-currency.decimals)


@given(currencies, st.integers(0, 10**12), st.integers(1, 12))
def test_zeros_behind_are_no_precision(currency, minor, zeros):
    text = currency.format(minor)
    text += "0" * zeros if "." in text else "." + "0" * zeros
    assert currency.parse(text) == minor


@given(currencies, st.integers(0, 10**12), st.integers(0, 5), st.integers(1, 9))
def test_one_decimal_more_is_refused(currency, whole, more, last):
    text = f"{whole}.{'0' * (currency.decimals + more)}{last}"
    with pytest.raises(AmountPrecisionError) as caught:
        currency.parse(text)
    assert caught.value.code == "amount_precision"


@given(currencies, st.integers(MAX_MINOR + 1, MAX_MINOR * 10**9), st.sampled_from(["", "-"]))
def test_more_than_the_books_hold_is_refused(currency, minor, sign):
    with pytest.raises(AmountTooLargeError) as caught:
        currency.parse(sign + currency.format(minor))
    assert caught.value.code == "amount_too_large"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", "-", "+", "1.", ".5", "1,00", "1 000", "1_000", "1e3", "0x10", "NaN", "inf", "--1", "+-1",
        "1.2.3", "1\n", " 1", "$1", "1.-1", "1/3", "9" * 31, "0." + "0" * 31, "1" * 10_000_000, "\0",
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_what_is_no_amount(text):
    with pytest.raises(AmountError) as caught:
        Currency.of("USD").parse(text)
    assert len(caught.value.detail) < 200


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text):
    try:
        minor = Currency.of("USD").parse(text)
    except AmountError:
        return
    assert Decimal(text) * 100 == minor
