// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Skip, Skipped, Word} from "../interfaces/LedgerTypes.sol";
import {HeldWord, VolumeWord} from "../libraries/AccountWords.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {CreditTable} from "../libraries/CreditTable.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {OrderCodec} from "../libraries/OrderCodec.sol";
import {PlanWords} from "../libraries/PlanWords.sol";
import {ReferralWord} from "../libraries/ReferralWord.sol";
import {SplitMath} from "../libraries/SplitMath.sol";
import {LedgerState} from "./LedgerState.sol";

/// @title Settling
/// @notice Batches of orders become held credits.
abstract contract Settling is LedgerState, EIP712 {
    using CreditTable for CreditTable.Table;
    using OrderCodec for uint256;
    using PlanWords for uint256;
    using ReferralWord for uint256;
    using SafeCast for uint256;
    using VolumeWord for uint256;

    /* TYPES */

    /// @dev A batch while it is being settled.
    struct Batch {
        uint256 day;
        uint256 month;
        // The plan of the order before: neighbours mostly share it.
        uint256 planKey;
        uint256 rules;
        uint256[2] rates;
        uint256 releaseDay;
        uint256 daysWord;
        // The word of the bitmap that the last order number fell into.
        uint256 seenAt;
        uint256 seen;
        CreditTable.Table credits;
        uint256 settled;
        bytes leaves;
        bytes32[] hashes;
        uint256 skips;
        Skipped[] skipped;
        uint256 unlocked;
        bytes12[] toLock;
    }

    /* CONSTANTS */

    bytes32 private constant ORDER_BATCH_TYPEHASH = keccak256("OrderBatch(bytes32 ordersHash,uint40 deadline)");

    /// @dev No word of the bitmap is here: an order number has 48 bits.
    uint256 private constant NOWHERE = type(uint256).max;

    /* SETTLING */

    /// @inheritdoc ISettlementLedger
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        restricted
        whenOpen
        returns (uint256 batchId, uint256 credited)
    {
        uint256 count = orders.length / OrderCodec.RECORD_BYTES;
        require(count != 0 && orders.length % OrderCodec.RECORD_BYTES == 0, Ledger_BadLength(orders.length));
        _requireAttested(orders, deadline, attestation);

        Batch memory batch = _begin(count);
        bytes memory attributions = REFERRALS.attributionsOf(orders);
        for (uint256 i; i < count; ++i) {
            (uint256 order, uint256 orderRef) = OrderCodec.recordAt(orders, i);
            _settle(batch, order, orderRef, ReferralWord.at(attributions, i));
        }
        credited = _writeCredits(batch);

        batchId = _end(batch);
    }

    /* INTERNAL */

    function _requireAttested(bytes calldata orders, uint40 deadline, bytes calldata attestation) private view {
        require(block.timestamp <= deadline, Ledger_AttestationExpired(deadline, block.timestamp));
        bytes32 ordersHash = keccak256(orders);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ORDER_BATCH_TYPEHASH, ordersHash, deadline)));
        require(
            SignatureChecker.isValidSignatureNowCalldata(attestor, digest, attestation),
            Ledger_BadAttestation(ordersHash, attestor)
        );
    }

    function _begin(uint256 count) private view returns (Batch memory batch) {
        batch.day = Calendar.dayOf(block.timestamp);
        batch.month = Calendar.monthOf(batch.day);
        batch.seenAt = NOWHERE;
        batch.credits = CreditTable.create(PlanWords.MAX_ROLES * count);
        batch.leaves = new bytes(count * OrderCodec.LEAF_BYTES);
        batch.hashes = new bytes32[](count);
    }

    function _settle(Batch memory batch, uint256 order, uint256 orderRef, uint256 attribution) private {
        uint256 orderNo = order.orderNo();
        require(order.isWellFormed(), Ledger_BadOrder(orderNo));

        if (orderNo >> 8 != batch.seenAt) _loadSeen(batch, orderNo);
        uint256 bit = 1 << (orderNo & 0xff);
        if (batch.seen & bit != 0) return _skip(batch, orderNo, Skip.Duplicate);
        if (order.paidAt() > block.timestamp) return _skip(batch, orderNo, Skip.NotYetPaid);
        if (attribution == 0) return _skip(batch, orderNo, Skip.NoReferral);
        batch.seen |= bit;
        if (!attribution.isLocked()) _lockLater(batch, order.customerKey());
        if (CreditTable.planKey(attribution) != batch.planKey) _loadPlan(batch, attribution);

        (uint256 terms, uint256 shares) = _share(batch, order, attribution);
        OrderCodec.putLeaf(batch.leaves, batch.hashes, batch.settled, order, orderRef | terms, shares);
        // Cannot overflow: as many orders as fit into calldata.
        unchecked {
            ++batch.settled;
        }
    }

    /// @dev Computes the shares of an order and adds them to its partners' entries; returns the last two words of its
    /// leaf.
    function _share(Batch memory batch, uint256 order, uint256 attribution)
        private
        view
        returns (uint256 terms, uint256 shares)
    {
        uint256 base = order.base();
        uint256 ratesAt = CreditTable.ratesAt(order.kind());
        // The roles one by one: a loop would cost more than they do.
        unchecked {
            uint256 earned0 = _earn(batch, attribution.partner(0), base, ratesAt);
            uint256 earned1 = _earn(batch, attribution.partner(1), base, ratesAt + 16);
            uint256 earned2 = _earn(batch, attribution.partner(2), base, ratesAt + 32);
            // The three partners and the plan stand at the same place in both words.
            terms = uint120(attribution) | OrderCodec.tiersWord(earned0, earned1, earned2);
            shares = earned0 >> 192 | earned1 >> 192 << 64 | earned2 >> 192 << 128;
        }
        if (batch.rules.canBeWhole(order.kind())) shares = _withResidue(batch, base, ratesAt, attribution, shares);
        if (attribution.hasTwice()) _countOnce(batch, base, attribution, shares);
        shares |= batch.daysWord;
    }

    /// @dev Adds a partner's share of an order to its entry, which is made when it is the first one of this batch.
    /// @return earned As `CreditTable.earn` returns it; zero for nobody.
    function _earn(Batch memory batch, uint256 partnerId, uint256 base, uint256 rateAt)
        private
        view
        returns (uint256 earned)
    {
        if (partnerId == 0) return 0;
        uint256 key = partnerId | batch.planKey;
        earned = batch.credits.earn(key, base, rateAt);
        if (earned == 0) {
            uint256 tier = batch.rules.tierOf(_volumes[partnerId].rolledTo(batch.month).before());
            batch.credits.insert(key, tier, batch.releaseDay, batch.rates[0], batch.rates[1]);
            return _earn(batch, partnerId, base, rateAt);
        }
    }

    /// @dev When the rates that apply add up to the whole order, adds what flooring lost.
    function _withResidue(Batch memory batch, uint256 base, uint256 ratesAt, uint256 attribution, uint256 shares)
        private
        pure
        returns (uint256)
    {
        uint256[3] memory entries;
        uint256 rates;
        for (uint256 role; role < PlanWords.MAX_ROLES; ++role) {
            if (attribution.partner(role) == 0) continue;
            entries[role] = _entryOf(batch, attribution.partner(role));
            rates |= CreditTable.rate(entries[role], ratesAt, role) << (16 * role);
        }
        uint256 residue = SplitMath.residue(base, rates);
        for (uint256 role; role < PlanWords.MAX_ROLES; ++role) {
            if (uint64(residue >> (64 * role)) == 0) continue;
            CreditTable.add(entries[role], 1, uint64(shares >> (64 * role)) == 0 ? base : 0);
        }
        return shares + residue;
    }

    /// @dev An order counts once for a partner who has a share in several of its roles.
    function _countOnce(Batch memory batch, uint256 base, uint256 attribution, uint256 shares) private pure {
        for (uint256 role = 1; role < PlanWords.MAX_ROLES; ++role) {
            uint256 partnerId = attribution.partner(role);
            if (uint64(shares >> (64 * role)) == 0) continue;
            for (uint256 earlier; earlier < role; ++earlier) {
                if (attribution.partner(earlier) != partnerId || uint64(shares >> (64 * earlier)) == 0) continue;
                CreditTable.uncount(_entryOf(batch, partnerId), base);
                break;
            }
        }
    }

    function _entryOf(Batch memory batch, uint256 partnerId) private pure returns (uint256 entry) {
        (entry,) = batch.credits.find(partnerId | batch.planKey);
    }

    // The two lists that mostly stay empty are made when they are needed: memory is paid for.

    function _lockLater(Batch memory batch, bytes12 customerKey) private pure {
        if (batch.unlocked == 0) batch.toLock = new bytes12[](batch.hashes.length);
        batch.toLock[batch.unlocked++] = customerKey;
    }

    function _skip(Batch memory batch, uint256 orderNo, Skip reason) private pure {
        if (batch.skips == 0) batch.skipped = new Skipped[](batch.hashes.length);
        batch.skipped[batch.skips++] = Skipped(orderNo.toUint48(), reason);
    }

    /// @dev Brings the order's word of the bitmap into the batch; the one before it is written.
    function _loadSeen(Batch memory batch, uint256 orderNo) private {
        _writeSeen(batch);
        batch.seenAt = orderNo >> 8;
        batch.seen = _bits(Word.Settled, _settled, orderNo);
    }

    function _writeSeen(Batch memory batch) private {
        if (batch.seenAt != NOWHERE) _settled[batch.seenAt] = batch.seen;
    }

    function _loadPlan(Batch memory batch, uint256 attribution) private view {
        batch.planKey = CreditTable.planKey(attribution);
        (batch.rules, batch.rates[OrderCodec.KIND_NEW], batch.rates[OrderCodec.KIND_RENEWAL]) =
            PLANS.wordsOf(attribution.planId());
        batch.releaseDay = batch.day + batch.rules.holdDays() + 1;
        batch.daysWord = OrderCodec.daysWord(batch.day, batch.releaseDay);
    }

    /// @dev Two words for each partner and plan: what is held until the release day, and the month's volume.
    function _writeCredits(Batch memory batch) private returns (uint256 credited) {
        uint256 entry = batch.credits.last;
        while (entry != 0) {
            (uint256 word, uint256 sums) = (CreditTable.wordOf(entry), CreditTable.sumsOf(entry));
            uint256 held = CreditTable.held(sums);
            if (held != 0) {
                credited += held;
                uint256 partnerId = CreditTable.partnerId(word);
                uint256 volume = _volumes[partnerId].rolledTo(batch.month);
                _volumes[partnerId] = volume.withCurrent(volume.current() + CreditTable.volume(sums));
                uint256 key = HeldWord.key(partnerId, CreditTable.releaseDay(word));
                uint256 before = _held[key];
                _held[key] = HeldWord.withHeld(before, HeldWord.held(before) + held);
            }
            entry = CreditTable.next(sums);
        }
        _owed = (_owed + credited).toUint96();
    }

    function _end(Batch memory batch) private returns (uint256 batchId) {
        _writeSeen(batch);
        bytes32 root = MerkleTree.root(batch.hashes, batch.settled);
        batchId = ++_batchCount;
        _roots[batchId] = root;

        // Shortens the lists to what they hold.
        (bytes memory leaves, Skipped[] memory skipped, bytes12[] memory toLock) =
            (batch.leaves, batch.skipped, batch.toLock);
        (uint256 bytesUsed, uint256 skips, uint256 unlocked) =
            (batch.settled * OrderCodec.LEAF_BYTES, batch.skips, batch.unlocked);
        assembly ("memory-safe") {
            mstore(leaves, bytesUsed)
            // An empty list may be the one that all empty lists share.
            if skips { mstore(skipped, skips) }
            if unlocked { mstore(toLock, unlocked) }
        }
        if (unlocked != 0) REFERRALS.lock(toLock);

        _record(BatchSettled.selector, abi.encode(batchId, batch.day, root, leaves, skipped));
    }
}
