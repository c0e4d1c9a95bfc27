"""Rulings by provenance, held against a corpus of conflicts; and what holds for any facts."""

import datetime as dt
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.disputes.provenance import Facts, Reason, Registration, judge, on_balance, together
from fenrun.kit.company_identity import Identity, Scope, name_key, product_key, registrable_domain

CORPUS = tomllib.loads((Path(__file__).parent / "conflicts" / "corpus.toml").read_text("utf-8"))
CONFLICTS = {conflict["name"]: conflict for conflict in CORPUS["conflict"]}
PARTNERS = {"A": 1, "B": 2, "C": 3}


def moment(value):
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time(), dt.UTC)


def identity(company):
    return Identity(
        name_key(company["name"]),
        company["country"],
        registrable_domain(company.get("domain", "")),
        company.get("code"),
    )


def registration(number, entry, customer):
    company = {**customer, **entry}
    at, state = moment(entry["at"]), entry.get("state", "approved")
    until = entry.get("until", at + dt.timedelta(days=90))
    return Registration(
        id=f"dl_{number}",
        partner=PARTNERS[entry["by"]],
        identity=identity(company),
        scope=Scope(
            frozenset(map(product_key, entry.get("products", ["crm"]))), entry.get("region", company["country"])
        ),
        registered_at=at,
        approved=state == "approved",
        undecided=state == "undecided",
        valid_until=None if until is False else moment(until),
    )


def facts_of(conflict):
    customer = CORPUS["company"][conflict["customer"]] if "customer" in conflict else None
    record = conflict["record"]
    return Facts(
        claimant=PARTNERS["A"],
        respondent=PARTNERS["B"],
        role=conflict.get("role", "referrer"),
        ground=conflict.get("ground", "registration"),
        order="ord_1",
        paid_at=moment(conflict["paid"]),
        holder=PARTNERS.get(record.get("holder")),
        holder_since=moment(record["since"]) if "since" in record else None,
        customer=identity(customer) if customer else None,
        registrations=tuple(
            registration(n, entry, customer or {}) for n, entry in enumerate(conflict["registrations"])
        ),
        claimant_evidence=conflict.get("evidence", 0),
        direct_account=conflict.get("direct", False),
    )


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_ruled_as_it_should_be_or_goes_to_who_should_be_asked(name):
    conflict = CONFLICTS[name]
    found = judge(facts_of(conflict))
    expected = conflict["expect"]
    assert (found.ruling, found.reason, list(found.asks)) == (
        expected.get("ruling"), expected["reason"], expected.get("asks", []),
    )  # fmt: skip
    assert found.quotes, "a finding says what it rests on"


def test_at_least_four_in_five_of_at_least_sixty_conflicts_end_by_themselves():
    ended = [judge(facts_of(conflict)).ruling for conflict in CONFLICTS.values()]
    assert len(CONFLICTS) == len(CORPUS["conflict"]) >= 60
    assert sum(ruling is not None for ruling in ended) >= 0.8 * len(ended)


def test_every_reason_that_a_ruling_can_give_is_in_the_corpus():
    elsewhere = {"decided_on_record", "orders_differ"}
    assert {conflict["expect"]["reason"] for conflict in CONFLICTS.values()} == set(get_args(Reason)) - elsewhere


@pytest.mark.parametrize("name", [n for n, c in CONFLICTS.items() if "ruling" not in c["expect"]])
def test_when_everybody_is_silent_what_is_in_doubt_leaves_the_share_where_it_is(name):
    found = on_balance(facts_of(CONFLICTS[name]))
    assert (found.ruling, found.reason, found.asks) == ("keep", "decided_on_record", ())


# --- Any facts -------------------------------------------------------------------------------------------

DAYS = st.integers(0, 200).map(lambda n: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=6 * n))
IDENTITIES = st.sampled_from([identity(company) for company in CORPUS["company"].values()][:2])
REGISTRATIONS = st.builds(
    Registration,
    st.uuids().map(str),
    st.sampled_from([1, 2, 3]),
    IDENTITIES,
    st.builds(Scope, st.sampled_from([frozenset({"crm"}), frozenset({"erp"})]), st.just("DE")),
    DAYS,
    st.booleans(),
    st.booleans(),
    st.none() | DAYS,
)
FACTS = st.builds(
    Facts,
    claimant=st.just(1),
    respondent=st.just(2),
    role=st.sampled_from(["referrer", "implementer", "trainer"]),
    ground=st.sampled_from(["record", "registration", "evidence"]),
    order=st.just("ord_1"),
    paid_at=DAYS,
    holder=st.sampled_from([None, 1, 2, 3]),
    holder_since=DAYS,
    customer=st.none() | IDENTITIES,
    registrations=st.lists(REGISTRATIONS, max_size=4).map(tuple),
    claimant_evidence=st.integers(0, 1),
    direct_account=st.booleans(),
)


@given(facts=FACTS)
def test_a_finding_rules_or_asks_and_on_balance_always_rules(facts):
    found = judge(facts)
    assert (found.ruling is None) == bool(found.asks)
    balanced = on_balance(facts)
    assert balanced.ruling is not None
    assert found.ruling in (None, balanced.ruling)


@given(facts=FACTS)
def test_a_share_goes_to_the_claimant_only_by_the_record_or_by_a_registration_before_everybody_s(facts):
    found = judge(facts)
    if found.ruling != "transfer":
        return
    if facts.ground == "record":
        assert facts.holder == facts.claimant
        return
    counting = [r for r in facts.registrations if r.counts_at(facts.paid_at) and r.identity == facts.customer]
    first = min(counting, key=lambda r: r.registered_at)
    assert first.partner == facts.claimant
    assert first.registered_at < facts.holder_since
    assert found.quotes[0].id == first.id or found.quotes[0].at == first.registered_at


@given(facts=FACTS, order=st.randoms())
def test_the_order_in_which_facts_are_told_changes_nothing(facts, order):
    shuffled = list(facts.registrations)
    order.shuffle(shuffled)
    assert judge(replace(facts, registrations=tuple(shuffled))) == judge(facts)


@given(facts=FACTS)
def test_what_others_registered_never_helps_the_claimant(facts):
    own = replace(facts, registrations=tuple(r for r in facts.registrations if r.partner == facts.claimant))
    if judge(facts).ruling == "transfer":
        assert judge(own).ruling == "transfer"


@given(one=FACTS, other=FACTS)
def test_orders_that_would_be_ruled_differently_go_to_a_person(one, other):
    found = [judge(one), judge(other)]
    both = together(found, certain=True)
    if {f.ruling for f in found} == {both.ruling}:
        assert both == found[0]
    else:
        assert both.ruling is None
        assert both.asks
    assert together([on_balance(one), on_balance(other)], certain=False).ruling is not None
