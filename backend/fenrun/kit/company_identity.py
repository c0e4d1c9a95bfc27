"""Whether two names are one company. Pure, and careful: what is not certain is said to be unsure, for a person to see.

Most conflicts between partners come from one company written in two ways. So a name is compared without what differs
from writer to writer: width, case, accents, punctuation, spaces, and the words for the legal form.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Literal
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

Likeness = Literal["same", "unsure", "different"]

_LEGAL_FORMS_CN = ("股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "集团公司", "公司", "集团", "集團")
_LEGAL_FORMS = frozenset(
    "ab ag as asa aps bhd bv co company corp corporation cv eurl gbr gmbh group holding holdings inc incorporated kft"  # noqa: SIM905
    " kg kk llc llp limited ltd ltda lp mbh nv ohg oy oyj plc pte pty pvt private sa sab sarl sas sasu sdn se sl"
    " sla spa srl sro ug".split()
)
"""Words at the end of a name that say what kind of company it is, not which."""
_NO_DECOMPOSITION = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_WORDS = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"(?<=\b\w)[./](?=\w\b)")
"""The points of `S.A.` and the stroke of `A/S`, which are one word."""
_CLOSE = 0.85
"""How much of two names must agree for a person to look whether they are one: low, for looking costs little."""

_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")

_MAIL_PROVIDERS = frozenset(
    "126.com 139.com 163.com 189.cn aliyun.com foxmail.com gmail.com gmx.de gmx.net googlemail.com hotmail.com"  # noqa: SIM905
    " icloud.com live.com mail.ru me.com msn.com outlook.com proton.me protonmail.com qq.com sina.cn sina.com sohu.com"
    " web.de yahoo.co.jp yahoo.com yandex.ru yeah.net".split()
)
"""Whose domains say nothing about a company."""


@dataclass(frozen=True)
class Identity:
    """What tells a company: its name without the form, and what is known of the rest."""

    key: str
    """See `name_key`."""
    country: str
    """ISO 3166-1, two letters."""
    domain: str | None = None
    """The registrable part; see `registrable_domain`."""
    credit_code: str | None = None
    """The unified social credit code (GB 32100), for a company of mainland China."""


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """A legal name as it is compared; empty when nothing of it is left."""
    return _without_form("".join(bare_words(name)))


@lru_cache(maxsize=20_000)
def bare_words(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents, punctuation and the legal forms at its end."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_NO_DECOMPOSITION)
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    words = _WORDS.findall(_DOTTED.sub("", plain))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return tuple(words)


def _without_form(key: str) -> str:
    for form in _LEGAL_FORMS_CN:
        if key.endswith(form) and key not in _LEGAL_FORMS_CN:
            return _without_form(key.removesuffix(form))
    return key


def registrable_domain(address: str) -> str | None:
    """The part of a domain that one owner registers, such as `acme.co.uk`, in the letters of the DNS.

    Args:
        address: A domain, or an address of a page or a mailbox in it.

    Returns:
        None when it is no domain that somebody can register.
    """
    text = unicodedata.normalize("NFKC", address).strip().rpartition("@")[2]
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        ascii_host = host.rstrip(".").encode("idna").decode()
    except ValueError:
        return None
    if not _HOST.fullmatch(ascii_host):
        return None
    found = _suffixes().privatesuffix(ascii_host)
    return str(found) if found else None


def is_mail_provider(domain: str) -> bool:
    """Whether a registrable domain is one under which everybody has a mailbox."""
    return domain in _MAIL_PROVIDERS


def is_credit_code(code: str) -> bool:
    """Whether a unified social credit code has the right form and check character (GB 32100-2015)."""
    if not _CODE.fullmatch(code):
        return False
    total = sum(_CODE_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _CODE_ALPHABET[-total % 31] == code[17]


def likeness(one: Identity, other: Identity) -> Likeness:
    """Whether two are one company. The strongest mark that both have decides."""
    if one.credit_code and other.credit_code:
        return "same" if one.credit_code == other.credit_code else "different"
    if one.domain and one.domain == other.domain:
        # One company may own the other's domain: a group, say.
        return "same" if one.key == other.key or _close(one.key, other.key) else "unsure"
    if one.key == other.key:
        contradicted = one.country != other.country or (one.domain and other.domain)
        return "unsure" if contradicted else "same"
    return "unsure" if one.country == other.country and _close(one.key, other.key) else "different"


def _close(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and long.startswith(short):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _CLOSE


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


# --- What is registered of a company ------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """What of a company's business is meant: products, in a region."""

    products: frozenset[str]
    """Names as `product_key` has them; never empty."""
    region: str
    """ISO 3166: a country, or a part of one such as `CN-SH`."""


def product_key(name: str) -> str:
    """A product's name as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def overlap(one: Scope, other: Scope) -> bool:
    """Whether two scopes have something in common."""
    inner, outer = sorted((one.region, other.region), key=len, reverse=True)
    return bool(one.products & other.products) and (inner == outer or inner.startswith(f"{outer}-"))
