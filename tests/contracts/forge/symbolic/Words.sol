// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {BalanceWord, HeldWord, PayoutWord, VolumeWord} from "contracts/libraries/AccountWords.sol";
import {CreditTable} from "contracts/libraries/CreditTable.sol";
import {OrderCodec} from "contracts/libraries/OrderCodec.sol";
import {OrderWord, ShareWord} from "contracts/libraries/OrderWords.sol";
import {PartnerWord} from "contracts/libraries/PartnerWord.sol";
import {PlanWords} from "contracts/libraries/PlanWords.sol";
import {ReferralWord} from "contracts/libraries/ReferralWord.sol";

/// @title SymbolicWords
/// @notice Proofs over all values, by halmos (`make prove`): what is packed is what is read, and a setter changes its
/// field and no other. Division is left to fuzzing.
contract SymbolicWords {
    /* ACCOUNTS */

    function check_Volume(uint256 word, uint96 next) public pure {
        uint256 changed = VolumeWord.withCurrent(word, next);
        assert(VolumeWord.current(changed) == next);
        assert(changed >> 96 == word >> 96);
    }

    function check_VolumeRolls(uint96 current, uint96 before, uint32 month, uint32 to) public pure {
        uint256 word = uint256(current) | uint256(before) << 96 | uint256(month) << 192;
        uint256 rolled = VolumeWord.rolledTo(word, to);
        assert(VolumeWord.month(rolled) == to);
        if (to == month) assert(rolled == word);
        else assert(VolumeWord.current(rolled) == 0);
        if (to != month) assert(VolumeWord.before(rolled) == (uint256(month) + 1 == to ? current : 0));
    }

    function check_Held(uint256 word, uint96 next) public pure {
        uint256 changed = HeldWord.withHeld(word, next);
        assert(HeldWord.held(changed) == next);
        assert(HeldWord.isInherited(changed) == HeldWord.isInherited(word));
        assert(HeldWord.isInherited(HeldWord.inherited(word)));
        assert(HeldWord.held(HeldWord.inherited(word)) == HeldWord.held(word));
    }

    function check_HeldKey(uint32 a, uint24 dayA, uint32 b, uint24 dayB) public pure {
        assert((a == b && dayA == dayB) == (HeldWord.key(a, dayA) == HeldWord.key(b, dayB)));
    }

    function check_Balance(uint88 available, uint80 debt, uint88 frozen) public pure {
        uint256 word = BalanceWord.pack(available, debt, frozen);
        assert(BalanceWord.available(word) == available);
        assert(BalanceWord.debt(word) == debt);
        assert(BalanceWord.frozen(word) == frozen);
    }

    function check_Payout(uint32 partnerId, uint80 gross, uint80 withheld) public pure {
        uint256 word = PayoutWord.pack(partnerId, gross, withheld);
        assert(!PayoutWord.isReturned(word));
        word = PayoutWord.returned(word);
        assert(PayoutWord.isReturned(word));
        assert(PayoutWord.partnerId(word) == partnerId);
        assert(PayoutWord.gross(word) == gross);
        assert(PayoutWord.withheld(word) == withheld);
    }

    /* ORDERS */

    function check_Order(uint256 word, uint64 refunded, uint8 role) public pure {
        if (role > 2) return;
        uint256 changed = OrderWord.withRefunded(word, refunded);
        assert(OrderWord.refunded(changed) == refunded);
        assert(changed >> 64 == word >> 64);
        changed = OrderWord.disputed(word, role);
        assert(OrderWord.isDisputed(changed, role));
        assert(changed ^ word == 0 || changed ^ word == uint256(1) << (64 + role));
    }

    function check_Share(uint64 frozen, uint64 share, uint64 base, uint32 partnerId, uint24 day, uint32 to)
        public
        pure
    {
        uint256 word = ShareWord.withFrozen(ShareWord.pack(share, base, partnerId, day), frozen);
        assert(ShareWord.frozen(word) == frozen && ShareWord.partnerId(word) == partnerId);
        assert(ShareWord.isFrozen(word));
        word = ShareWord.resolvedTo(word, to);
        assert(!ShareWord.isFrozen(word) && ShareWord.frozen(word) == 0 && ShareWord.partnerId(word) == to);
        assert(ShareWord.share(word) == share && ShareWord.base(word) == base && ShareWord.releaseDay(word) == day);
    }

    function check_ShareKey(uint48 a, uint8 roleA, uint48 b, uint8 roleB) public pure {
        if (roleA > 2 || roleB > 2) return;
        assert((a == b && roleA == roleB) == (ShareWord.key(a, roleA) == ShareWord.key(b, roleB)));
    }

    function check_OrderCodec(uint48 no, uint64 base, uint8 kind, uint40 paidAt, bytes12 customer) public pure {
        uint256 order =
            uint256(no) << 208 | uint256(base) << 144 | uint256(kind) << 136 | uint256(paidAt) << 96 | uint96(customer);
        assert(OrderCodec.orderNo(order) == no && OrderCodec.base(order) == base && OrderCodec.kind(order) == kind);
        assert(OrderCodec.paidAt(order) == paidAt && OrderCodec.customerKey(order) == customer);
    }

    function recordAt(bytes calldata orders, uint256 index) external pure returns (uint256, uint256) {
        return OrderCodec.recordAt(orders, index);
    }

    function check_Record(uint256 first, bytes16 firstRef, uint256 second, bytes16 secondRef) public view {
        bytes memory orders = abi.encodePacked(first, firstRef, second, secondRef);
        (uint256 order, uint256 orderRef) = this.recordAt(orders, 0);
        assert(order == first && bytes32(orderRef) == bytes32(firstRef));
        (order, orderRef) = this.recordAt(orders, 1);
        assert(order == second && bytes32(orderRef) == bytes32(secondRef));
    }

    function check_LeafTerms(uint120 partnersAndPlan, uint8 a, uint8 b, uint8 c, bytes16 orderRef) public pure {
        uint256 tiers = OrderCodec.tiersWord(a, b, c);
        uint256 word = partnersAndPlan | tiers | uint256(uint128(orderRef)) << 128;
        assert(uint120(word) == partnersAndPlan);
        assert(word >> 120 & 3 == a & 3 && word >> 122 & 3 == b & 3 && word >> 124 & 3 == c & 3);
        assert(bytes16(uint128(word >> 128)) == orderRef);
    }

    /* THE BITMAP */

    /// @dev Setting a number's bit sets it, and no other number of the word is touched.
    function check_Bitmap(uint256 bits, uint48 number, uint48 other) public pure {
        uint256 changed = bits | uint256(1) << (number & 0xff);
        assert(changed >> (number & 0xff) & 1 == 1);
        if (other >> 8 == number >> 8 && other != number) {
            assert(changed >> (other & 0xff) & 1 == bits >> (other & 0xff) & 1);
        }
    }

    /* REGISTRIES */

    function check_Partner(address wallet, uint8 roles, uint8 status, address wallet2, uint8 roles2, uint40 at)
        public
        pure
    {
        uint256 word = PartnerWord.withChangesAt(PartnerWord.pack(wallet, roles, status), at);
        uint256 changed = PartnerWord.withRoles(PartnerWord.withWallet(word, wallet2), roles2);
        assert(PartnerWord.wallet(changed) == wallet2 && PartnerWord.roles(changed) == roles2);
        assert(PartnerWord.status(changed) == status && PartnerWord.changesAt(changed) == at);
        changed = PartnerWord.withStatus(word, roles2);
        assert(PartnerWord.status(changed) == roles2 && PartnerWord.wallet(changed) == wallet);
        assert(PartnerWord.roles(changed) == roles && PartnerWord.changesAt(changed) == at);
    }

    function check_Referral(uint32 a, uint32 b, uint32 c, uint24 plan, uint40 from, uint40 to, uint16 version)
        public
        pure
    {
        uint256 word = ReferralWord.locked(ReferralWord.asVersion(ReferralWord.pack(a, b, c, plan, from, to), version));
        assert(ReferralWord.partner(word, 0) == a && ReferralWord.partner(word, 1) == b);
        assert(ReferralWord.partner(word, 2) == c && ReferralWord.planId(word) == plan);
        assert(ReferralWord.effectiveFrom(word) == from && ReferralWord.validTo(word) == to);
        assert(ReferralWord.version(word) == version && ReferralWord.isLocked(word));
        // What the ledger uses as the key of a plan is that plan's.
        assert(CreditTable.planKey(word) == uint256(plan) << 32);
    }

    function check_Window(uint40 from, uint40 to, uint40 moment) public pure {
        uint256 word = ReferralWord.pack(0, 0, 0, 0, from, to);
        assert(ReferralWord.covers(word, moment) == (from <= moment && (to == 0 || moment < to)));
    }

    function check_Rates(uint256 rates, uint16 bps, uint8 role, uint8 tier) public pure {
        if (role > 2 || tier > 3) return;
        uint256 cell = 16 * (4 * uint256(role) + tier);
        rates &= ~(uint256(0xffff) << cell);
        rates = PlanWords.withRate(rates, role, tier, bps);
        assert(uint16(PlanWords.ratesAt(rates, tier) >> (16 * role)) == bps);
    }
}
