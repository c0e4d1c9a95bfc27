// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {BalanceWord, HeldWord, PayoutWord, VolumeWord} from "contracts/libraries/AccountWords.sol";
import {OrderCodec} from "contracts/libraries/OrderCodec.sol";
import {PartnerWord} from "contracts/libraries/PartnerWord.sol";
import {PlanWords} from "contracts/libraries/PlanWords.sol";
import {ReferralWord} from "contracts/libraries/ReferralWord.sol";

import {vm} from "../utils/Vm.sol";

/// @dev What goes into a word comes out of it, and leaves its neighbours alone.
contract WordsTest {
    /* ACCOUNTS */

    function testFuzz_Volume(uint96 current, uint96 before, uint32 month, uint96 next) public pure {
        uint256 word = uint256(current) | uint256(before) << 96 | uint256(month) << 192;
        vm.assertEq(VolumeWord.current(word), current, "current");
        vm.assertEq(VolumeWord.before(word), before, "before");
        vm.assertEq(VolumeWord.month(word), month, "month");
        vm.assertEq(
            VolumeWord.withCurrent(word, next), uint256(next) | uint256(before) << 96 | uint256(month) << 192, "next"
        );
    }

    function testFuzz_VolumeRolls(uint96 current, uint96 before, uint32 month, uint8 ahead) public pure {
        month = month % (type(uint32).max - 255);
        uint256 word = uint256(current) | uint256(before) << 96 | uint256(month) << 192;
        uint256 rolled = VolumeWord.rolledTo(word, uint256(month) + ahead);
        vm.assertEq(VolumeWord.month(rolled), uint256(month) + ahead, "month");
        vm.assertEq(VolumeWord.current(rolled), ahead == 0 ? current : 0, "current");
        vm.assertEq(VolumeWord.before(rolled), ahead == 0 ? before : ahead == 1 ? current : 0, "before");
        vm.assertEq(VolumeWord.rolledTo(rolled, uint256(month) + ahead), rolled, "rolled once");
    }

    function testFuzz_Held(uint96 held, uint96 frozen, uint96 next) public pure {
        uint256 word = uint256(held) | uint256(frozen) << 96;
        vm.assertEq(HeldWord.held(word), held, "held");
        vm.assertEq(HeldWord.frozen(word), frozen, "frozen");
        vm.assertEq(HeldWord.withHeld(word, next), uint256(next) | uint256(frozen) << 96, "next");
    }

    function testFuzz_HeldKeysDiffer(uint32 a, uint24 dayA, uint32 b, uint24 dayB) public pure {
        vm.assertTrue(
            (a == b && dayA == dayB) == (HeldWord.key(a, dayA) == HeldWord.key(b, dayB)), "one key, one credit"
        );
    }

    function testFuzz_Balance(uint88 available, uint80 debt, uint88 frozen, uint88 next, uint80 nextDebt) public pure {
        uint256 word = uint256(available) | uint256(debt) << 88 | uint256(frozen) << 168;
        vm.assertEq(BalanceWord.available(word), available, "available");
        vm.assertEq(BalanceWord.debt(word), debt, "debt");
        vm.assertEq(BalanceWord.frozen(word), frozen, "frozen");
        vm.assertEq(
            BalanceWord.with(word, next, nextDebt),
            uint256(next) | uint256(nextDebt) << 88 | uint256(frozen) << 168,
            "next"
        );
    }

    function testFuzz_Payout(uint32 partnerId, uint80 gross, uint80 withheld) public pure {
        uint256 word = PayoutWord.pack(partnerId, gross, withheld);
        vm.assertEq(PayoutWord.partnerId(word), partnerId, "partner");
        vm.assertEq(PayoutWord.gross(word), gross, "gross");
        vm.assertEq(PayoutWord.withheld(word), withheld, "withheld");
    }

    function volumeWith(uint256 value) external pure returns (uint256) {
        return VolumeWord.withCurrent(type(uint256).max, value);
    }

    function heldWith(uint256 value) external pure returns (uint256) {
        return HeldWord.withHeld(type(uint256).max, value);
    }

    function balanceWith(uint256 available, uint256 debt) external pure returns (uint256) {
        return BalanceWord.with(type(uint256).max, available, debt);
    }

    function test_RevertWhen_AFieldWouldOverflow() public {
        vm.expectRevert(_overflow(96, 1 << 96));
        this.volumeWith(1 << 96);
        vm.expectRevert(_overflow(96, 1 << 96));
        this.heldWith(1 << 96);
        vm.expectRevert(_overflow(88, 1 << 88));
        this.balanceWith(1 << 88, 0);
        vm.expectRevert(_overflow(80, 1 << 80));
        this.balanceWith(0, 1 << 80);
    }

    function _overflow(uint8 bits, uint256 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, bits, value);
    }

    /* REGISTRIES */

    function testFuzz_Partner(address wallet, uint8 roles, uint8 status, uint8 next) public pure {
        uint256 word = PartnerWord.pack(wallet, roles, status);
        vm.assertEq(PartnerWord.wallet(word), wallet, "wallet");
        vm.assertEq(PartnerWord.roles(word), roles, "roles");
        vm.assertEq(PartnerWord.status(word), status, "status");
        vm.assertEq(PartnerWord.withStatus(word, next), PartnerWord.pack(wallet, roles, next), "next");
        vm.assertTrue(PartnerWord.areRoles(roles) == (roles >= 1 && roles <= 7), "roles there are");
    }

    function testFuzz_Plan(uint64[3] memory thresholds, uint256 count, uint16 hold) public pure {
        uint64[] memory list = new uint64[](count % 4);
        for (uint256 i; i < list.length; ++i) {
            list[i] = thresholds[i];
        }
        uint256 rules = PlanWords.packRules(list, hold);
        vm.assertTrue(rules != 0, "exists");
        vm.assertEq(PlanWords.holdDays(rules), hold, "hold");
        vm.assertEq(uint8(rules >> 192), list.length, "how many thresholds");
        for (uint256 i; i < list.length; ++i) {
            vm.assertEq(uint64(rules >> (64 * i)), list[i], "threshold");
        }
    }

    function testFuzz_Rates(uint16[12] memory bps) public pure {
        uint256 rates;
        for (uint256 i; i < 12; ++i) {
            rates = PlanWords.withRate(rates, i / 4, i % 4, bps[i]);
        }
        for (uint256 i; i < 12; ++i) {
            vm.assertEq(PlanWords.rate(rates, i / 4, i % 4), bps[i], "rate");
        }
        vm.assertEq(rates >> 192, 0, "nothing above");
    }

    function testFuzz_Referral(uint32[3] memory ids, uint24 planId, uint40 from, uint40 to, uint40 at) public pure {
        uint256 word = ReferralWord.pack(ids[0], ids[1], ids[2], planId, from, to);
        for (uint256 role; role < 3; ++role) {
            vm.assertEq(ReferralWord.partner(word, role), ids[role], "partner");
        }
        vm.assertEq(ReferralWord.planId(word), planId, "plan");
        vm.assertEq(ReferralWord.effectiveFrom(word), from, "from");
        vm.assertFalse(ReferralWord.isLocked(word), "not locked");
        vm.assertTrue(ReferralWord.isInForce(word, at) == (word != 0 && at >= from && (to == 0 || at < to)), "in force");

        uint256 locked = ReferralWord.locked(word);
        vm.assertTrue(ReferralWord.isLocked(locked), "locked");
        vm.assertEq(locked ^ word, 1 << 200, "and nothing else");
        vm.assertEq(ReferralWord.locked(locked), locked, "once");
    }

    /* ORDERS */

    function read(bytes calldata orders, uint256 index) external pure returns (bytes32, uint256) {
        return OrderCodec.recordAt(orders, index);
    }

    function testFuzz_Order(bytes32 orderRef, uint48 no, uint64 base, uint8 kind, uint40 paidAt, bytes12 customer)
        public
        view
    {
        bytes memory record = abi.encodePacked(orderRef, no, base, kind, paidAt, customer);
        vm.assertEq(record.length, OrderCodec.RECORD_BYTES, "length");
        (bytes32 refRead, uint256 order) = this.read(bytes.concat(new bytes(128), record, new bytes(64)), 2);
        vm.assertEq(refRead, orderRef, "reference");
        vm.assertEq(OrderCodec.orderNo(order), no, "number");
        vm.assertEq(OrderCodec.base(order), base, "base");
        vm.assertEq(OrderCodec.kind(order), kind, "kind");
        vm.assertEq(bytes32(OrderCodec.customerKey(order)), bytes32(customer), "customer");
        vm.assertEq(OrderCodec.lookup(order), uint256(paidAt) << 96 | uint96(customer), "lookup");
    }

    function testFuzz_Leaf(bytes32[4] memory words, uint256 at) public pure {
        at = at % 5;
        bytes memory leaves = new bytes(5 * 128);
        bytes32 hash = OrderCodec.putLeaf(leaves, at, words[0], uint256(words[1]), uint256(words[2]), uint256(words[3]));
        vm.assertEq(hash, keccak256(abi.encode(words)), "hash");
        bytes memory expected = bytes.concat(new bytes(128 * at), abi.encode(words), new bytes(128 * (4 - at)));
        vm.assertEq(leaves, expected, "in its place, and nowhere else");
    }
}
