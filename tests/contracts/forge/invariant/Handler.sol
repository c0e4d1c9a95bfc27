// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Maturity, Payout, Release, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";
import {Calendar} from "contracts/libraries/Calendar.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Leaf, Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

/// @title Handler
/// @notice Does to the contracts what the people of an installation do, and keeps its own books beside them: from
/// the events alone, and naively.
contract Handler is BaseTest {
    /* CONSTANTS */

    /// @dev Customers 1…8 are registered, 9 and 10 are not.
    uint256 private constant CUSTOMERS = 10;
    uint256 private constant REGISTERED = 8;
    /// @dev Few enough that numbers repeat; three words of the bitmap.
    uint256 private constant ORDER_NUMBERS = 700;
    uint256 private constant PAYOUT_NUMBERS = 300;

    /* BOOKS */

    mapping(uint256 orderNo => uint256) private _timesSettled;
    mapping(uint256 payoutNo => bool) private _isPaid;
    mapping(uint256 partnerId => mapping(uint256 month => uint256)) private _volume;
    mapping(uint256 partnerId => mapping(uint256 day => uint256)) private _held;
    mapping(uint256 partnerId => uint256) private _available;
    mapping(uint256 day => bool) private _isKnown;

    /// @dev Release days of all credits so far.
    uint256[] private _days;

    uint256 public credited;
    uint256 public paid;

    /// @dev forge starts every call at the time of the block; this is where the campaign is.
    uint256 private _clock;

    modifier step() {
        vm.warp(_clock);
        vm.recordLogs();
        _;
        _sync();
        _clock = vm.getBlockTimestamp();
    }

    constructor() {
        setUp();
        for (uint256 name = 1; name <= REGISTERED; ++name) {
            uint32 id = uint32(1 + name % PARTNERS);
            // Some partners hold two roles or three, some roles are nobody's.
            uint32 implementer = name % 2 == 0 ? id : uint32(1 + (name + 1) % PARTNERS);
            _customer(name, uint24(1 + (name / 2) % 4), id, implementer, name % 3 == 0 ? id : 0);
        }
        _sync();
        _clock = vm.getBlockTimestamp();
    }

    /* ACTIONS */

    function settle(uint256 seed, uint256 count) external step {
        Order[] memory orders = new Order[](1 + count % 16);
        for (uint256 i; i < orders.length; ++i) {
            orders[i] = _randomOrder(_draw(seed, i));
        }
        Settled memory settled = _settle(orders);
        vm.assertEq(settled.leaves.length + settled.skipped.length, orders.length, "each is settled or skipped");
        vm.assertEq(settled.day, _today(), "the block's day");
        for (uint256 i; i < settled.leaves.length; ++i) {
            _book(settled.leaves[i]);
        }
        for (uint256 i; i < settled.skipped.length; ++i) {
            bool twice = settled.skipped[i].reason == Skip.Duplicate;
            vm.assertTrue(
                ledger.isSettled(settled.skipped[i].number) || !twice, "what is called a duplicate is settled"
            );
        }
    }

    function mature(uint256 seed, uint256 count) external step {
        Release[] memory list = new Release[](1 + count % 5);
        for (uint256 i; i < list.length; ++i) {
            uint256 draw = _draw(seed, i);
            uint256 day = _days.length == 0 ? 0 : _days[(draw >> 8) % _days.length];
            list[i] = Release(uint32(1 + draw % PARTNERS), uint24(day <= _today() ? day : _today()));
        }
        ledger.mature(list);
        _sync();

        Maturity[] memory maturities = _lastMatured();
        for (uint256 i; i < maturities.length; ++i) {
            _book(maturities[i]);
        }
    }

    /// @dev All that is due, as the worker asks for it.
    function matureAll() external step {
        for (uint256 i; i < _days.length; ++i) {
            if (_days[i] > _today()) continue;
            for (uint256 id = 1; id <= PARTNERS; ++id) {
                if (_held[id][_days[i]] == 0) continue;
                _mature(id, _days[i]);
                _book(_lastMatured()[0]);
            }
        }
    }

    function matureTooEarly(uint256 seed) external step {
        Release[] memory list = new Release[](1);
        list[0] = Release(uint32(1 + seed % PARTNERS), uint24(_today() + 1 + (seed >> 8) % 400));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlementLedger.Ledger_NotMatured.selector, list[0].partnerId, list[0].releaseDay, _today()
            )
        );
        ledger.mature(list);
    }

    function pay(uint256 seed, uint256 count) external step {
        Payout[] memory list = new Payout[](1 + count % 4);
        for (uint256 i; i < list.length; ++i) {
            uint256 draw = _draw(seed, i);
            uint32 id = uint32(1 + draw % PARTNERS);
            // Up to a quarter more than there is.
            uint80 gross = uint80(1 + (draw >> 64) % (_available[id] * 5 / 4 + 1));
            list[i] = Payout(uint48(1 + (draw >> 16) % PAYOUT_NUMBERS), id, gross, gross / 5, bytes32(draw));
        }
        vm.prank(treasurer);
        ledger.recordPayouts(list);
        _sync();

        (Payout[] memory payouts, uint256[] memory balances, Skipped[] memory skipped) = _lastPaid();
        uint256 done;
        uint256 left;
        for (uint256 i; i < list.length; ++i) {
            Skip reason = _whyNot(list[i]);
            if (reason == Skip.None) {
                _isPaid[list[i].payoutNo] = true;
                _available[list[i].partnerId] -= list[i].gross;
                paid += list[i].gross;
                vm.assertEq(
                    keccak256(abi.encode(payouts[done])), keccak256(abi.encode(list[i])), "paid as it was asked for"
                );
                vm.assertEq(balances[done++], _available[list[i].partnerId], "the balance afterwards");
            } else {
                vm.assertEq(skipped[left].number, list[i].payoutNo, "left out");
                vm.assertEq(uint256(skipped[left++].reason), uint256(reason), "for this reason");
            }
        }
        vm.assertEq(payouts.length + skipped.length, done + left, "each is paid or left out");
    }

    function passDays(uint256 some) external step {
        vm.warp(_clock + 1 hours + some % 12 days);
    }

    function passMonths(uint256 some) external step {
        vm.warp(_clock + 20 days + some % 25 days);
    }

    function suspendOrReinstate(uint256 seed) external step {
        uint256 id = 1 + seed % PARTNERS;
        bool isActive = partners.statusOf(id) == IPartnerRegistry.Status.Active;
        vm.prank(registrar);
        partners.setStatus(
            id, isActive ? IPartnerRegistry.Status.Suspended : IPartnerRegistry.Status.Active, bytes32(seed)
        );
    }

    function reassign(uint256 seed) external step {
        bytes12 key = _key(1 + seed % REGISTERED);
        uint256 word = referrals.wordOf(key);
        uint256 from = uint40(word >> 120) + 1;
        if (from < _clock) from = _clock;
        uint32 id = uint32(1 + (seed >> 8) % PARTNERS);
        vm.prank(arbiter);
        referrals.reassign(
            Referral(
                key,
                id,
                uint32((seed >> 16) % (PARTNERS + 1)),
                seed >> 255 == 0 ? 0 : id,
                uint24(1 + (seed >> 24) % 4),
                uint40(from),
                0
            )
        );
    }

    /* PROMISES */

    function requireHeads() external view {
        _requireHeads();
    }

    /// @dev Partner by partner and day by day, what the ledger says is what the events said.
    function requireBooks() external view {
        uint256 sum = paid;
        for (uint256 id = 1; id <= PARTNERS; ++id) {
            (uint256 available, uint256 debt, uint256 frozen) = ledger.balanceOf(id);
            vm.assertEq(available, _available[id], "available");
            vm.assertTrue(available == 0 || debt == 0, "nobody has money and debt");
            vm.assertEq(frozen, 0, "nothing freezes yet");
            sum += available;
            _requireVolume(id);
            for (uint256 i; i < _days.length; ++i) {
                uint256 held = ledger.heldOf(id, _days[i]);
                vm.assertEq(held, _held[id][_days[i]], "held");
                sum += held;
            }
        }
        vm.assertEq(sum, credited, "what was earned is held, available or paid");
    }

    function _requireVolume(uint256 id) private view {
        (uint256 month, uint256 current, uint256 before) = ledger.volumeOf(id);
        if (month == 0) return;
        vm.assertEq(current, _volume[id][month], "volume of the month");
        vm.assertEq(before, _volume[id][month - 1], "volume of the month before");
    }

    function requireOrdersPaidOnce() external view {
        for (uint256 no; no <= ORDER_NUMBERS + 1; ++no) {
            vm.assertLe(_timesSettled[no], 1, "an order pays once");
            vm.assertTrue(ledger.isSettled(no) == (_timesSettled[no] == 1), "and the ledger knows");
        }
    }

    /* BOOKKEEPING */

    function _book(Leaf memory leaf) private {
        vm.assertEq(++_timesSettled[leaf.order.no], 1, "an order pays once");
        vm.assertEq(leaf.day, _today(), "the block's day");
        if (!_isKnown[leaf.releaseDay]) {
            _isKnown[leaf.releaseDay] = true;
            _days.push(leaf.releaseDay);
        }

        uint256 sum;
        for (uint256 role; role < 3; ++role) {
            uint256 id = leaf.partners[role];
            (uint256 tier, uint256 share) = _expected(leaf, role);
            vm.assertEq(leaf.tiers[role], tier, "tier");
            vm.assertEq(leaf.shares[role], share, "share");
            _held[id][leaf.releaseDay] += share;
            credited += share;
            sum += share;
        }
        vm.assertLe(sum, leaf.order.base, "never more than the order");

        // Only now: an order changes nothing for itself.
        uint256 month = Calendar.monthOf(leaf.day);
        for (uint256 id = 1; id <= PARTNERS; ++id) {
            uint256 his;
            for (uint256 role; role < 3; ++role) {
                if (leaf.partners[role] == id) his += leaf.shares[role];
            }
            if (his != 0) _volume[id][month] += leaf.order.base;
        }
    }

    /// @dev The plans of `BaseTest`, written out a second time.
    function _expected(Leaf memory leaf, uint256 role) private view returns (uint256 tier, uint256 share) {
        uint256 id = leaf.partners[role];
        if (id == 0) return (0, 0);
        uint256 volume = _volume[id][Calendar.monthOf(leaf.day) - 1];
        uint256 bps;
        uint256 hold;
        if (leaf.planId == FLAT) {
            hold = 7;
            bps = [uint256(500), 300, 200][role] / (leaf.order.kind == RENEWAL ? 2 : 1);
        } else if (leaf.planId == TIERED) {
            hold = 14;
            if (volume >= 100_000) tier = 1;
            if (volume >= 500_000) tier = 2;
            if (volume >= 2_000_000) tier = 3;
            if (role == 0) bps = [uint256(1000), 1100, 1200, 1500][tier];
            else if (role == 1) bps = 500 + 100 * tier;
            else bps = 100 + 100 * tier;
        } else if (leaf.planId == OTHER) {
            tier = volume >= 50_000 ? 1 : 0;
            bps = role == 0 ? 100 + 100 * tier : 0;
        } else {
            bps = [uint256(1), 0, 9998][role];
        }
        vm.assertEq(leaf.releaseDay, leaf.day + hold + 1, "release day");
        share = uint256(leaf.order.base) * bps / 10_000;
    }

    function _book(Maturity memory maturity) private {
        (uint256 id, uint256 day) = (maturity.partnerId, maturity.releaseDay);
        vm.assertLe(day, _today(), "nothing matures before its day");
        vm.assertTrue(maturity.amount != 0, "what holds nothing is passed over");
        vm.assertEq(maturity.amount, _held[id][day], "all that was held");
        vm.assertEq(maturity.debtRepaid, 0, "nobody owes");
        _held[id][day] = 0;
        _available[id] += maturity.amount;
        vm.assertEq(maturity.balance, _available[id], "the balance afterwards");
    }

    function _whyNot(Payout memory payout) private view returns (Skip) {
        if (_isPaid[payout.payoutNo]) return Skip.Duplicate;
        if (partners.statusOf(payout.partnerId) == IPartnerRegistry.Status.Suspended) return Skip.Suspended;
        return payout.gross > _available[payout.partnerId] ? Skip.Insufficient : Skip.None;
    }

    /* DRAWING */

    function _randomOrder(uint256 draw) private view returns (Order memory order) {
        order.no = uint48(1 + draw % ORDER_NUMBERS);
        order.customer = _key(1 + (draw >> 16) % CUSTOMERS);
        // Of every size between a unit and 5 000 000.00.
        order.base = uint64(1 + (draw >> 64) % 10 ** (1 + (draw >> 32) % 9) / 2);
        order.kind = uint8((draw >> 40) % 2);
        order.paidAt = uint40(_clock - (draw >> 48) % 40 days);
    }

    function _draw(uint256 seed, uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    function _today() private view returns (uint256) {
        return vm.getBlockTimestamp() / 86_400;
    }
}
