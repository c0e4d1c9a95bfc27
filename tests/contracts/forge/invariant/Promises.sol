// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {Word} from "contracts/interfaces/LedgerTypes.sol";

import {vm} from "../utils/Vm.sol";
import {Promise} from "./Ghosts.sol";
import {Rebuilt} from "./Rebuilt.sol";
import {RegisteringActs} from "./acts/Registering.sol";

/// @title Promises
/// @notice What must hold after whatever was done in whatever order; in words, `tests/contracts/invariants/README.md`.
/// Most is noticed when a log is read (`books/`) or when a call that must fail does not (`acts/`), and remembered; what
/// can only be seen by looking at the contracts is looked at here.
abstract contract Promises is Rebuilt, RegisteringActs {
    /// @dev Reverts when the promise is broken.
    function check(Promise which) external view {
        string memory why = whyBroken(which);
        require(bytes(why).length == 0, why);
        if (which == Promise.PaidOnce) _paidOnce();
        else if (which == Promise.VolumeCountsOnce) _volumeCountsOnce();
        else if (which == Promise.ThePastStands) _thePastStands();
        else if (which == Promise.PlansStand) _plansStand();
        else if (which == Promise.RefundsAddUp) _refundsAddUp();
        else if (which == Promise.NoMoneyAndDebt) _noMoneyAndDebt();
        else if (which == Promise.OwedIsTheSum) _owedIsTheSum();
        else if (which == Promise.TheLogsSayIt) _theLogsSayIt();
        else if (which == Promise.NoLogIsMissing) _requireHeads();
        else if (which == Promise.FrozenUntilRuled) _frozenUntilRuled();
        else if (which == Promise.EndsByItsDeadline) _endsByItsDeadline();
        else if (which == Promise.VaultHoldsWhatItSays) _vaultHoldsWhatItSays();
    }

    function _paidOnce() private view {
        uint256[1 + ORDER_NUMBERS / 256] memory bits;
        for (uint256 i; i < _orderNos.length; ++i) {
            bits[_orderNos[i] >> 8] |= 1 << (_orderNos[i] & 0xff);
        }
        for (uint256 i; i < bits.length; ++i) {
            vm.assertEq(ledger.wordOf(Word.Settled, i), bits[i], "the ledger does not know which orders were settled");
        }
    }

    function _volumeCountsOnce() private view {
        for (uint256 id = 1; id <= ALL_PARTNERS; ++id) {
            (uint256 month, uint256 current, uint256 before) = ledger.volumeOf(id);
            vm.assertEq(month, _lastMonth[id], "the month of the last order");
            if (month == 0) continue;
            vm.assertEq(current, _volume[id][month], "volume of the month");
            vm.assertEq(before, _volume[id][month - 1], "volume of the month before");
        }
    }

    function _thePastStands() private view {
        for (uint256 i; i < _memories.length; ++i) {
            uint256 word = referrals.wordAt(_memories[i].customer, _memories[i].moment);
            vm.assertEq(uint200(word), _memories[i].word, "who had a customer at a moment that has passed");
        }
    }

    function _plansStand() private view {
        for (uint256 planId = 1; planId <= _planBooks.length; ++planId) {
            PlanTerms memory terms = _termsOf(planId);
            (uint256 rules, uint256 newRates, uint256 renewalRates) = plans.wordsOf(planId);
            vm.assertEq(rules, _rulesWord(terms), "a plan's rules");
            vm.assertEq(newRates, _ratesWord(terms.newBps), "a plan's rates for new orders");
            vm.assertEq(renewalRates, _ratesWord(terms.renewalBps), "a plan's rates for renewals");
        }
    }

    function _rulesWord(PlanTerms memory terms) private pure returns (uint256 word) {
        word = terms.thresholds.length << 192 | uint256(terms.holdDays) << 200 | 1 << 216;
        for (uint256 i; i < terms.thresholds.length; ++i) {
            word |= uint256(terms.thresholds[i]) << (64 * i);
        }
        if (_highest(terms.newBps) == 10_000) word |= 1 << 217;
        if (_highest(terms.renewalBps) == 10_000) word |= 1 << 218;
    }

    function _highest(uint16[][] memory bps) private pure returns (uint256 sum) {
        for (uint256 role; role < bps.length; ++role) {
            uint256 highest;
            for (uint256 tier; tier < bps[role].length; ++tier) {
                if (bps[role][tier] > highest) highest = bps[role][tier];
            }
            sum += highest;
        }
    }

    function _ratesWord(uint16[][] memory bps) private pure returns (uint256 word) {
        for (uint256 role; role < bps.length; ++role) {
            for (uint256 tier; tier < bps[role].length; ++tier) {
                word |= uint256(bps[role][tier]) << (64 * role + 16 * tier);
            }
        }
    }

    /// @dev A series of refunds takes back what one would; the whole refund, the whole share.
    function _refundsAddUp() private view {
        for (uint256 i; i < _orderNos.length; ++i) {
            uint256 no = _orderNos[i];
            (uint256 refunded, uint256 base) = (_orderBooks[no].refunded, _orderBooks[no].base);
            if (refunded == 0) continue;
            for (uint256 role; role < 3; ++role) {
                uint256 due = _shareBooks[no][role].amount * refunded / base;
                if (_shareBooks[no][role].isReversed) {
                    vm.assertLe(_shareBooks[no][role].clawed, due, "more was taken back than was given");
                } else {
                    vm.assertEq(_shareBooks[no][role].clawed, due, "what a series of refunds took back");
                }
            }
        }
    }

    function _noMoneyAndDebt() private view {
        for (uint256 id = 1; id <= ALL_PARTNERS; ++id) {
            (uint256 available, uint256 debt,) = ledger.balanceOf(id);
            vm.assertTrue(available == 0 || debt == 0, "somebody has money available and debt");
        }
    }

    function _owedIsTheSum() private view {
        uint256 sum;
        for (uint256 id = 1; id <= ALL_PARTNERS; ++id) {
            (uint256 available,, uint256 frozen) = ledger.balanceOf(id);
            sum += available + frozen;
        }
        for (uint256 i; i < _heldKeys.length; ++i) {
            sum += uint96(ledger.wordOf(Word.Held, _heldKeys[i]));
        }
        vm.assertEq(ledger.owed(), sum, "what is owed is not what is held, available and frozen");
    }
}
