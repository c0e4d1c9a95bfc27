"""Whether two names are one company: in any spelling the same, by chance never; in doubt a person looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.company_identity import (
    Identity,
    Scope,
    is_credit_code,
    likeness,
    name_key,
    overlap,
    product_key,
    registrable_domain,
)

CODES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Published ones: the example of GB 32100-2015, and two companies' own.
REAL_CODES = ["91350100M000100Y43", "914403001922038216", "91110108551385082Q"]


@pytest.mark.parametrize(
    "spellings",
    [
        ["华为技术有限公司", "华为技术 有限公司", "华为技术有限责任公司", "华为技术股份有限公司"],
        ["阿里巴巴（中国）有限公司", "阿里巴巴(中国)有限公司", "阿里巴巴 中国 有限公司"],
        ["Acme Ltd", "ACME, LTD.", "Ａｃｍｅ　Ｌｔｄ．", "Acme Limited", "acme pty ltd"],
        ["Société Générale S.A.", "SOCIETE GENERALE SA", "Societe-Generale"],
        ["Straße AG", "STRASSE AG"],
        ["Ørsted A/S", "Orsted AS"],
        ["Nestlé Holdings, Inc.", "NESTLE HOLDINGS INC"],
        ["Müller GmbH & Co. KG", "Mu\u0308ller GmbH & Co KG"],
        ["三一集团有限公司", "三一"],
    ],
)
def test_spellings_of_one_name_are_compared_as_one(spellings):
    assert len({name_key(name) for name in spellings}) == 1, [name_key(name) for name in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为技术有限公司", "华为终端有限公司"),
        ("阿里巴巴（中国）有限公司", "阿里巴巴（杭州）有限公司"),
        ("Acme Steel Ltd", "Acme Foods Ltd"),
        ("3M Company", "4M Company"),
    ],
)
def test_names_of_two_companies_are_not(one, other):
    assert name_key(one) != name_key(other)


@given(name=st.text(max_size=60))
def test_a_key_is_its_own_key_and_width_and_case_never_change_it(name):
    key = name_key(name)
    assert name_key(key) == key
    full_width = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    assert name_key(full_width) == key
    if name.isascii():
        assert name_key(name.upper()) == name_key(name.lower()) == key


def test_a_name_that_is_nothing_but_its_form_stays_what_it_is():
    assert name_key("有限公司") == "有限公司"
    assert name_key("Company Ltd") == "company"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("acme.com", "acme.com"),
        ("https://www.shop.acme.co.uk/a?b#c", "acme.co.uk"),
        ("Sales@Mail.ACME.com.cn", "acme.com.cn"),
        ("acme.com.", "acme.com"),
        ("ａｃｍｅ.com", "acme.com"),
        ("例子.公司.cn", "xn--fsqu00a.xn--55qx5d.cn"),
        ("acme.com:8443", "acme.com"),
        ("com", None),
        ("com.cn", None),
        ("localhost", None),
        ("a b.com", None),
        ("http://[::1]", None),
        ("", None),
        ("-x.com", None),
    ],
)
def test_of_a_domain_the_part_counts_that_one_owner_registers(address, domain):
    assert registrable_domain(address) == domain


@given(text=st.text(max_size=80))
def test_whatever_is_written_as_a_domain_is_one_or_none(text):
    found = registrable_domain(text)
    assert found is None or registrable_domain(found) == found


@pytest.mark.parametrize("code", REAL_CODES)
def test_a_code_with_its_check_character_is_one(code):
    assert is_credit_code(code)


@given(code=st.sampled_from(REAL_CODES), place=st.integers(0, 17), character=st.sampled_from(CODES))
def test_one_wrong_character_of_a_code_is_always_found(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    assert is_credit_code(changed) == (changed == code)


@given(code=st.sampled_from(REAL_CODES), place=st.integers(0, 16))
def test_two_neighbours_of_a_code_that_were_swapped_are_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_credit_code(swapped) == (swapped == code)


ACME = Identity("acme", "DE", "acme.com")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (ACME, "same"),
        (Identity("acme", "DE"), "same"),
        (Identity("acme", "DE", "acme.de"), "unsure"),  # two domains: perhaps two companies
        (Identity("acme", "FR"), "unsure"),  # one name in two countries
        (Identity("acmeeurope", "DE", "acme.com"), "same"),  # the same domain, and a name that begins alike
        (Identity("roadrunner", "DE", "acme.com"), "unsure"),  # one of a group, perhaps
        (Identity("acmeeurope", "DE"), "unsure"),
        (Identity("roadrunner", "DE", "roadrunner.com"), "different"),
        (Identity("acmeeurope", "FR"), "different"),
    ],
)
def test_the_strongest_mark_that_both_have_decides(other, expected):
    assert likeness(ACME, other) == likeness(other, ACME) == expected


def test_two_codes_decide_whatever_the_names_say():
    one, other = REAL_CODES[:2]
    assert likeness(Identity("a", "CN", "a.cn", one), Identity("b", "CN", "b.cn", one)) == "same"
    assert likeness(Identity("a", "CN", "a.cn", one), Identity("a", "CN", "a.cn", other)) == "different"


identities = st.builds(
    Identity,
    st.sampled_from(["acme", "acmeeurope", "acne", "华为技术", "华为终端"]),
    st.sampled_from(["CN", "DE"]),
    st.sampled_from([None, "acme.com", "acme.de"]),
    st.sampled_from([None, *REAL_CODES]),
)


@given(one=identities, other=identities)
def test_likeness_has_no_direction_and_everything_is_like_itself(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == "same"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("CN", {"crm"}), ("CN", {"crm", "erp"}), True),
        (("CN", {"crm"}), ("CN-SH", {"crm"}), True),
        (("CN-SH", {"crm"}), ("CN-BJ", {"crm"}), False),
        (("CN", {"crm"}), ("CN", {"erp"}), False),
        (("CN", {"crm"}), ("DE", {"crm"}), False),
    ],
)
def test_scopes_overlap_where_a_product_and_a_region_do(one, other, expected):
    first, second = (Scope(frozenset(map(product_key, products)), region) for region, products in (one, other))
    assert overlap(first, second) is overlap(second, first) is expected
