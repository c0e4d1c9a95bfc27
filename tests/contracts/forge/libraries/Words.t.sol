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

    function testFuzz_Held(uint96 held, bool inherited, uint96 next) public pure {
        uint256 flag = inherited ? 1 << 96 : 0;
        uint256 word = uint256(held) | flag;
        vm.assertEq(HeldWord.held(word), held, "held");
        vm.assertTrue(HeldWord.isInherited(word) == inherited, "inherited");
        vm.assertEq(HeldWord.withHeld(word, next), uint256(next) | flag, "next");
        vm.assertEq(HeldWord.inherited(word), uint256(held) | 1 << 96, "inherited now");
    }

    function testFuzz_HeldKeysDiffer(uint32 a, uint24 dayA, uint32 b, uint24 dayB) public pure {
        vm.assertTrue(
            (a == b && dayA == dayB) == (HeldWord.key(a, dayA) == HeldWord.key(b, dayB)), "one key, one credit"
        );
    }

    function testFuzz_Balance(uint88 available, uint80 debt, uint88 frozen) public pure {
        uint256 word = uint256(available) | uint256(debt) << 88 | uint256(frozen) << 168;
        vm.assertEq(BalanceWord.pack(available, debt, frozen), word, "packed");
        vm.assertEq(BalanceWord.available(word), available, "available");
        vm.assertEq(BalanceWord.debt(word), debt, "debt");
        vm.assertEq(BalanceWord.frozen(word), frozen, "frozen");
    }

    function testFuzz_Payout(uint32 partnerId, uint80 gross, uint80 withheld) public pure {
        uint256 word = PayoutWord.pack(partnerId, gross, withheld);
        vm.assertEq(PayoutWord.partnerId(word), partnerId, "partner");
        vm.assertEq(PayoutWord.gross(word), gross, "gross");
        vm.assertEq(PayoutWord.withheld(word), withheld, "withheld");
        vm.assertFalse(PayoutWord.isReturned(word), "not returned");
        vm.assertEq(PayoutWord.returned(word) ^ word, 1 << 192, "returned, and nothing else");
        vm.assertTrue(PayoutWord.isReturned(PayoutWord.returned(word)), "returned");
    }

    function volumeWith(uint256 value) external pure returns (uint256) {
        return VolumeWord.withCurrent(type(uint256).max, value);
    }

    function heldWith(uint256 value) external pure returns (uint256) {
        return HeldWord.withHeld(type(uint256).max, value);
    }

    function balanceOf(uint256 available, uint256 debt, uint256 frozen) external pure returns (uint256) {
        return BalanceWord.pack(available, debt, frozen);
    }

    function test_RevertWhen_AFieldWouldOverflow() public {
        vm.expectRevert(_overflow(96, 1 << 96));
        this.volumeWith(1 << 96);
        vm.expectRevert(_overflow(96, 1 << 96));
        this.heldWith(1 << 96);
        vm.expectRevert(_overflow(88, 1 << 88));
        this.balanceOf(1 << 88, 0, 0);
        vm.expectRevert(_overflow(80, 1 << 80));
        this.balanceOf(0, 1 << 80, 0);
        vm.expectRevert(_overflow(88, 1 << 88));
        this.balanceOf(0, 0, 1 << 88);
    }

    function _overflow(uint8 bits, uint256 value) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, bits, value);
    }

    /* REGISTRIES */

    function testFuzz_Partner(address wallet, uint8 roles, uint8 status, uint8 next, address other, uint40 at)
        public
        pure
    {
        uint256 word = PartnerWord.pack(wallet, roles, status);
        vm.assertEq(PartnerWord.wallet(word), wallet, "wallet");
        vm.assertEq(PartnerWord.roles(word), roles, "roles");
        vm.assertEq(PartnerWord.status(word), status, "status");
        vm.assertEq(PartnerWord.withStatus(word, next), PartnerWord.pack(wallet, roles, next), "next");
        vm.assertEq(PartnerWord.withRoles(word, next), PartnerWord.pack(wallet, next, status), "next roles");
        vm.assertEq(PartnerWord.withWallet(word, other), PartnerWord.pack(other, roles, status), "next wallet");
        uint256 changing = PartnerWord.withChangesAt(word, at);
        vm.assertEq(PartnerWord.changesAt(changing), at, "when it changes");
        vm.assertEq(changing, word | uint256(at) << 176, "and nothing else");
        vm.assertEq(PartnerWord.withChangesAt(changing, 0), word, "called off");
        vm.assertTrue(PartnerWord.areRoles(roles) == (roles >= 1 && roles <= 7), "roles there are");
    }

    function testFuzz_Plan(uint64[3] memory thresholds, uint256 count, uint16 hold, bool wholeNew, bool wholeRenewal)
        public
        pure
    {
        uint64[] memory list = new uint64[](count % 4);
        for (uint256 i; i < list.length; ++i) {
            list[i] = thresholds[i];
        }
        uint256 rules = PlanWords.packRules(list, hold, wholeNew, wholeRenewal);
        vm.assertTrue(PlanWords.canBeWhole(rules, 0) == wholeNew, "new orders can be given away whole");
        vm.assertTrue(PlanWords.canBeWhole(rules, 1) == wholeRenewal, "renewals can");
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
        for (uint256 tier; tier < 4; ++tier) {
            vm.assertEq(
                PlanWords.ratesAt(rates, tier),
                uint256(bps[tier]) | uint256(bps[4 + tier]) << 16 | uint256(bps[8 + tier]) << 32,
                "the rates of a tier"
            );
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
        vm.assertEq(ReferralWord.validTo(word), to, "to");
        vm.assertTrue(ReferralWord.covers(word, at) == (at >= from && (to == 0 || at < to)), "covers");
        vm.assertTrue(
            ReferralWord.hasTwice(word) == (ids[0] == ids[1] || ids[1] == ids[2] || ids[0] == ids[2]), "twice"
        );
        vm.assertTrue(ReferralWord.hasTwice(ReferralWord.pack(ids[0], ids[1], ids[0], 0, 0, 0)), "first and last");
        uint256 third = ReferralWord.asVersion(word, 3);
        vm.assertEq(ReferralWord.version(third), 3, "version");
        vm.assertEq(third, word | 3 << 201, "and nothing else");

        uint256 locked = ReferralWord.locked(word);
        vm.assertTrue(ReferralWord.isLocked(locked), "locked");
        vm.assertEq(locked ^ word, 1 << 200, "and nothing else");
        vm.assertEq(ReferralWord.locked(locked), locked, "once");
    }

    /* ORDERS */

    function read(bytes calldata orders, uint256 index) external pure returns (uint256, uint256) {
        return OrderCodec.recordAt(orders, index);
    }

    function testFuzz_Order(bytes16 orderRef, uint48 no, uint64 base, uint8 kind, uint40 paidAt, bytes12 customer)
        public
        view
    {
        bytes memory record = abi.encodePacked(no, base, kind, paidAt, customer, orderRef);
        vm.assertEq(record.length, OrderCodec.RECORD_BYTES, "length");
        (uint256 order, uint256 refRead) = this.read(bytes.concat(new bytes(96), record, new bytes(48)), 2);
        vm.assertEq(bytes32(refRead), bytes32(orderRef), "reference");
        vm.assertEq(OrderCodec.orderNo(order), no, "number");
        vm.assertEq(OrderCodec.base(order), base, "base");
        vm.assertEq(OrderCodec.kind(order), kind, "kind");
        vm.assertEq(bytes32(OrderCodec.customerKey(order)), bytes32(customer), "customer");
        vm.assertEq(OrderCodec.paidAt(order), paidAt, "paid at");
        vm.assertTrue(OrderCodec.isWellFormed(order) == (no != 0 && base != 0 && kind <= 1), "well formed");
    }

    function testFuzz_Leaf(uint256[3] memory words, uint256 at) public pure {
        at = at % 5;
        bytes memory leaves = new bytes(5 * 96);
        bytes32[] memory hashes = new bytes32[](5);
        OrderCodec.putLeaf(leaves, hashes, at, words[0], words[1], words[2]);
        vm.assertEq(hashes[at], keccak256(abi.encode(words)), "hash");
        bytes memory expected = bytes.concat(new bytes(96 * at), abi.encode(words), new bytes(96 * (4 - at)));
        vm.assertEq(leaves, expected, "in its place, and nowhere else");
    }

    function readLeaf(bytes32[3] calldata leaf) external pure returns (uint256[5] memory fields) {
        return [
            OrderCodec.orderOf(leaf),
            OrderCodec.partner(leaf, 2),
            OrderCodec.share(leaf, 1),
            OrderCodec.releaseDay(leaf),
            uint256(OrderCodec.hash(leaf))
        ];
    }

    function testFuzz_ReadingALeaf(uint256 order, uint32[3] memory ids, uint64[3] memory shares, uint24 day)
        public
        view
    {
        bytes32[3] memory leaf = [
            bytes32(order),
            bytes32(uint256(ids[0]) | uint256(ids[1]) << 32 | uint256(ids[2]) << 64),
            bytes32(
                uint256(shares[0]) | uint256(shares[1]) << 64 | uint256(shares[2]) << 128
                    | OrderCodec.daysWord(type(uint24).max, day)
            )
        ];
        uint256[5] memory fields = this.readLeaf(leaf);
        vm.assertEq(fields[0], order, "order");
        vm.assertEq(fields[1], ids[2], "partner");
        vm.assertEq(fields[2], shares[1], "share");
        vm.assertEq(fields[3], day, "release day");
        vm.assertEq(bytes32(fields[4]), keccak256(abi.encode(leaf)), "hash");
    }
}
