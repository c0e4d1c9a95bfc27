"""Which attribution the audit holds an order against: the one in force when it was paid, by the logs alone."""

import pytest

from fenrun.settlement.audit import NOBODY, Attribution, Rebuilt, in_force, take_in

KEY = b"k" * 12
FIRST = Attribution(1, 2, 3, 7, 100, 0)


def reassigned(attribution, version):
    """The log of a reassignment; the word by the layout in `ReferralWord.sol`."""
    word, at = 0, 0
    for value, width in zip((*attribution, 1, version), (32, 32, 32, 24, 40, 40, 1, 16), strict=True):
        word |= value << at
        at += width
    return {"customerKey": KEY, "from": 0, "to": word}


@pytest.fixture
def rebuilt():
    found = Rebuilt()
    take_in("ReferralsRegistered", {"referrals": [(KEY, *FIRST)]}, found)
    return found


def at(rebuilt, moment):
    return in_force(rebuilt.referrals[KEY], moment)


def test_an_attribution_counts_from_its_first_second(rebuilt):
    assert [at(rebuilt, moment) for moment in (99, 100, 10**9)] == [NOBODY, FIRST, FIRST]


def test_a_late_order_counts_by_the_attribution_of_its_day(rebuilt):
    second = Attribution(4, 0, 0, 8, 500, 900)
    take_in("ReferralReassigned", reassigned(second, version=1), rebuilt)
    assert [at(rebuilt, moment) for moment in (499, 500, 899, 900)] == [FIRST, second, second, NOBODY]


def test_a_reassignment_that_has_not_begun_is_replaced(rebuilt):
    second = Attribution(4, 0, 0, 8, 700, 0)
    take_in("ReferralReassigned", reassigned(Attribution(9, 9, 9, 9, 500, 0), version=1), rebuilt)
    take_in("ReferralReassigned", reassigned(second, version=1), rebuilt)
    assert [at(rebuilt, moment) for moment in (500, 699, 700)] == [FIRST, FIRST, second]
    assert len(rebuilt.referrals[KEY]) == 2


def test_a_claim_follows_one_that_lapsed(rebuilt):
    take_in("ReferralReassigned", reassigned(Attribution(1, 2, 3, 7, 100, 300), version=0), rebuilt)
    claimed = Attribution(5, 0, 0, 7, 400, 0)
    take_in("ReferralClaimed", {"referral": (KEY, *claimed), "partnerId": 5}, rebuilt)
    assert [at(rebuilt, moment).referrer for moment in (299, 300, 399, 400)] == [1, 0, 0, 5]
