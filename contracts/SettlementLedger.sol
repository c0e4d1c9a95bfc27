// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Journal} from "./Journal.sol";
import {IPartnerRegistry} from "./interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReferralRegistry} from "./interfaces/IReferralRegistry.sol";
import {ISettlementLedger, Maturity, Payout, Release, Skip, Skipped} from "./interfaces/ISettlementLedger.sol";
import {BalanceWord, HeldWord, PayoutWord, VolumeWord} from "./libraries/AccountWords.sol";
import {Calendar} from "./libraries/Calendar.sol";
import {MerkleTree} from "./libraries/MerkleTree.sol";
import {OrderCodec} from "./libraries/OrderCodec.sol";
import {PlanWords} from "./libraries/PlanWords.sol";
import {ReferralWord} from "./libraries/ReferralWord.sol";
import {SplitMath} from "./libraries/SplitMath.sol";

/// @title SettlementLedger
/// @notice The ledger of one currency.
contract SettlementLedger is ISettlementLedger, Journal, AccessManaged, EIP712 {
    using BalanceWord for uint256;
    using OrderCodec for uint256;
    using PayoutWord for uint256;
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
        uint256 planId;
        uint256 rules;
        uint256[2] rates;
        // The word of the bitmap that the last order number fell into.
        uint256 seenAt;
        uint256 seen;
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

    /* IMMUTABLES */

    IPartnerRegistry public immutable PARTNERS;
    IPlanRegistry public immutable PLANS;
    IReferralRegistry public immutable REFERRALS;

    /// @inheritdoc ISettlementLedger
    bytes3 public immutable currency;

    /* STORAGE */

    /// @inheritdoc ISettlementLedger
    address public attestor;

    /// @inheritdoc ISettlementLedger
    uint256 public batchCount;

    /// @inheritdoc ISettlementLedger
    mapping(uint256 batchId => bytes32 root) public rootOf;

    mapping(uint256 orderNoShifted => uint256 bits) private _settled;
    mapping(uint256 partnerId => uint256 word) private _volumes;
    mapping(uint256 partnerAndDay => uint256 word) private _held;
    mapping(uint256 partnerId => uint256 word) private _balances;
    mapping(uint256 payoutNo => uint256 word) private _payouts;

    /* CONSTRUCTOR */

    constructor(
        address authority,
        IPartnerRegistry partners,
        IPlanRegistry plans,
        IReferralRegistry referrals,
        bytes3 currency_,
        address attestor_
    ) AccessManaged(authority) EIP712("Fenrun SettlementLedger", "1") {
        PARTNERS = partners;
        PLANS = plans;
        REFERRALS = referrals;
        currency = currency_;
        _setAttestor(attestor_);
    }

    /* SETTLING */

    /// @inheritdoc ISettlementLedger
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        restricted
        returns (uint256 batchId)
    {
        uint256 count = orders.length / OrderCodec.RECORD_BYTES;
        require(count != 0 && orders.length % OrderCodec.RECORD_BYTES == 0, Ledger_BadLength(orders.length));
        _requireAttested(orders, deadline, attestation);

        Batch memory batch = _open(count);
        uint256[] memory attributions = _attributions(orders, count);
        for (uint256 i; i < count; ++i) {
            (bytes32 orderRef, uint256 order) = OrderCodec.recordAt(orders, i);
            _settle(batch, orderRef, order, attributions[i]);
        }

        batchId = _close(batch);
    }

    /// @inheritdoc ISettlementLedger
    function mature(Release[] calldata releases) external {
        uint256 today = Calendar.dayOf(block.timestamp);

        Maturity[] memory maturities = new Maturity[](releases.length);
        uint256 count;
        for (uint256 i; i < releases.length; ++i) {
            (uint256 partnerId, uint256 day) = (releases[i].partnerId, releases[i].releaseDay);
            require(day <= today, Ledger_NotMatured(partnerId, day, today));
            uint256 word = _held[HeldWord.key(partnerId, day)];
            uint256 amount = HeldWord.held(word) - HeldWord.frozen(word);
            if (amount == 0) continue;

            _held[HeldWord.key(partnerId, day)] = HeldWord.withHeld(word, HeldWord.frozen(word));
            (uint256 balance, uint256 debtRepaid) = _credit(partnerId, amount);
            // Safe casts: both are parts of a word of 96 bits.
            maturities[count++] =
                Maturity(releases[i].partnerId, releases[i].releaseDay, uint96(amount), uint96(debtRepaid), balance);
        }
        // Shortens the list to what matured.
        assembly ("memory-safe") {
            mstore(maturities, count)
        }

        _record(CreditsMatured.selector, abi.encode(maturities));
    }

    /* PAYING */

    /// @inheritdoc ISettlementLedger
    function recordPayouts(Payout[] calldata payouts) external restricted {
        Payout[] memory recorded = new Payout[](payouts.length);
        uint256[] memory balances = new uint256[](payouts.length);
        Skipped[] memory skipped = new Skipped[](payouts.length);
        uint256 count;
        for (uint256 i; i < payouts.length; ++i) {
            Payout calldata payout = payouts[i];
            require(
                payout.payoutNo != 0 && payout.gross != 0 && payout.withheld <= payout.gross,
                Ledger_BadPayout(payout.payoutNo, payout.gross, payout.withheld)
            );

            Skip reason = _whyNotPaid(payout);
            if (reason != Skip.None) {
                skipped[i - count] = Skipped(payout.payoutNo, reason);
                continue;
            }

            uint256 word = _balances[payout.partnerId];
            word = word.with({available_: word.available() - payout.gross, debt_: word.debt()});
            _balances[payout.partnerId] = word;
            _payouts[payout.payoutNo] = PayoutWord.pack(payout.partnerId, payout.gross, payout.withheld);
            recorded[count] = payout;
            balances[count++] = word;
        }
        // Shortens the lists to what they hold.
        uint256 left = payouts.length - count;
        assembly ("memory-safe") {
            mstore(recorded, count)
            mstore(balances, count)
            mstore(skipped, left)
        }

        _record(PayoutsRecorded.selector, abi.encode(recorded, balances, skipped));
    }

    /* GOVERNING */

    /// @inheritdoc ISettlementLedger
    function setAttestor(address to) external restricted {
        _setAttestor(to);
    }

    /* VIEWS */

    /// @inheritdoc ISettlementLedger
    function isSettled(uint256 orderNo) external view returns (bool) {
        return _settled[orderNo >> 8] >> (orderNo & 0xff) & 1 == 1;
    }

    /// @inheritdoc ISettlementLedger
    function volumeOf(uint256 partnerId) external view returns (uint256 month, uint256 current, uint256 before) {
        uint256 word = _volumes[partnerId];
        return (word.month(), word.current(), word.before());
    }

    /// @inheritdoc ISettlementLedger
    function heldOf(uint256 partnerId, uint256 releaseDay) external view returns (uint256 held, uint256 frozen) {
        uint256 word = _held[HeldWord.key(partnerId, releaseDay)];
        return (HeldWord.held(word), HeldWord.frozen(word));
    }

    /// @inheritdoc ISettlementLedger
    function balanceOf(uint256 partnerId) external view returns (uint256 available, uint256 debt, uint256 frozen) {
        uint256 word = _balances[partnerId];
        return (word.available(), word.debt(), word.frozen());
    }

    /// @inheritdoc ISettlementLedger
    function payoutOf(uint256 payoutNo) external view returns (uint256 partnerId, uint256 gross, uint256 withheld) {
        uint256 word = _payouts[payoutNo];
        return (word.partnerId(), word.gross(), word.withheld());
    }

    /* INTERNAL: A BATCH */

    function _requireAttested(bytes calldata orders, uint40 deadline, bytes calldata attestation) private view {
        require(block.timestamp <= deadline, Ledger_AttestationExpired(deadline, block.timestamp));
        bytes32 ordersHash = keccak256(orders);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ORDER_BATCH_TYPEHASH, ordersHash, deadline)));
        require(
            SignatureChecker.isValidSignatureNowCalldata(attestor, digest, attestation),
            Ledger_BadAttestation(ordersHash, attestor)
        );
    }

    function _open(uint256 count) private view returns (Batch memory batch) {
        batch.day = Calendar.dayOf(block.timestamp);
        batch.month = Calendar.monthOf(batch.day);
        batch.leaves = new bytes(count * OrderCodec.LEAF_BYTES);
        batch.hashes = new bytes32[](count);
        batch.skipped = new Skipped[](count);
        batch.toLock = new bytes12[](count);
        batch.seen = _settled[0];
    }

    function _attributions(bytes calldata orders, uint256 count) private view returns (uint256[] memory) {
        uint256[] memory lookups = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            (, uint256 order) = OrderCodec.recordAt(orders, i);
            lookups[i] = order.lookup();
        }
        return REFERRALS.attributionsAt(lookups);
    }

    function _settle(Batch memory batch, bytes32 orderRef, uint256 order, uint256 attribution) private {
        uint256 orderNo = order.orderNo();
        require(orderNo != 0 && order.base() != 0 && order.kind() <= OrderCodec.KIND_RENEWAL, Ledger_BadOrder(orderNo));

        uint256 bit = _loadSeen(batch, orderNo);
        if (batch.seen & bit != 0) return _skip(batch, orderNo, Skip.Duplicate);
        if (attribution == 0) return _skip(batch, orderNo, Skip.NoReferral);
        batch.seen |= bit;
        if (!attribution.isLocked()) batch.toLock[batch.unlocked++] = order.customerKey();
        if (attribution.planId() != batch.planId) _loadPlan(batch, attribution.planId());

        (uint256 terms, uint256 shares) = _share(batch, order, attribution);
        batch.hashes[batch.settled] = OrderCodec.putLeaf(batch.leaves, batch.settled, orderRef, order, terms, shares);
        ++batch.settled;
    }

    /// @dev Computes and credits the shares of an order; returns the last two words of its leaf.
    function _share(Batch memory batch, uint256 order, uint256 attribution)
        private
        returns (uint256 terms, uint256 shares)
    {
        uint256 base = order.base();
        uint256 rates = batch.rates[order.kind()];
        uint256 releaseDay = batch.day + batch.rules.holdDays() + 1;
        // The three partners and the plan stand at the same place in both words.
        terms = uint120(attribution) | releaseDay << 144;
        shares = batch.day << 192;

        for (uint256 role; role < PlanWords.MAX_ROLES; ++role) {
            uint256 partnerId = attribution.partner(role);
            if (partnerId == 0) continue;

            uint256 volume = _volumes[partnerId].rolledTo(batch.month);
            uint256 tier = batch.rules.tierOf(volume.before());
            uint256 share = SplitMath.shareDown(base, rates.rate(role, tier));
            terms |= tier << (120 + 8 * role);
            shares |= share << (64 * role);
            if (share == 0) continue;

            if (!_sharedBefore(attribution, shares, role, partnerId)) {
                _volumes[partnerId] = volume.withCurrent(volume.current() + base);
            }
            uint256 key = HeldWord.key(partnerId, releaseDay);
            uint256 held = _held[key];
            _held[key] = HeldWord.withHeld(held, HeldWord.held(held) + share);
        }
    }

    /// @dev Whether the partner has a share above zero in an earlier role of the order: its base counts once.
    function _sharedBefore(uint256 attribution, uint256 shares, uint256 role, uint256 partnerId)
        private
        pure
        returns (bool)
    {
        for (uint256 earlier; earlier < role; ++earlier) {
            if (attribution.partner(earlier) == partnerId && uint64(shares >> (64 * earlier)) != 0) return true;
        }
        return false;
    }

    function _skip(Batch memory batch, uint256 orderNo, Skip reason) private pure {
        batch.skipped[batch.skips++] = Skipped(orderNo.toUint48(), reason);
    }

    /// @dev Brings the order's word of the bitmap into the batch; the one before it is written. Returns the order's bit.
    function _loadSeen(Batch memory batch, uint256 orderNo) private returns (uint256) {
        if (orderNo >> 8 != batch.seenAt) {
            _settled[batch.seenAt] = batch.seen;
            batch.seenAt = orderNo >> 8;
            batch.seen = _settled[batch.seenAt];
        }
        return 1 << (orderNo & 0xff);
    }

    function _loadPlan(Batch memory batch, uint256 planId) private view {
        batch.planId = planId;
        (batch.rules, batch.rates[OrderCodec.KIND_NEW], batch.rates[OrderCodec.KIND_RENEWAL]) = PLANS.wordsOf(planId);
    }

    function _close(Batch memory batch) private returns (uint256 batchId) {
        _settled[batch.seenAt] = batch.seen;
        bytes32 root = MerkleTree.root(batch.hashes, batch.settled);
        batchId = ++batchCount;
        rootOf[batchId] = root;

        // Shortens the lists to what they hold.
        (bytes memory leaves, Skipped[] memory skipped, bytes12[] memory toLock) =
            (batch.leaves, batch.skipped, batch.toLock);
        (uint256 bytesUsed, uint256 skips, uint256 unlocked) =
            (batch.settled * OrderCodec.LEAF_BYTES, batch.skips, batch.unlocked);
        assembly ("memory-safe") {
            mstore(leaves, bytesUsed)
            mstore(skipped, skips)
            mstore(toLock, unlocked)
        }
        if (unlocked != 0) REFERRALS.lock(toLock);

        _record(BatchSettled.selector, abi.encode(batchId, batch.day, root, leaves, skipped));
    }

    /* INTERNAL: BALANCES */

    /// @dev Adds to what is available, after repaying debt.
    function _credit(uint256 partnerId, uint256 amount) private returns (uint256 word, uint256 debtRepaid) {
        word = _balances[partnerId];
        uint256 debt = word.debt();
        debtRepaid = amount < debt ? amount : debt;
        word = word.with({available_: word.available() + amount - debtRepaid, debt_: debt - debtRepaid});
        _balances[partnerId] = word;
    }

    function _whyNotPaid(Payout calldata payout) private view returns (Skip) {
        if (_payouts[payout.payoutNo] != 0) return Skip.Duplicate;
        IPartnerRegistry.Status status = PARTNERS.statusOf(payout.partnerId);
        if (status == IPartnerRegistry.Status.Unknown) return Skip.UnknownPartner;
        if (status == IPartnerRegistry.Status.Suspended) return Skip.Suspended;
        if (_balances[payout.partnerId].available() < payout.gross) return Skip.Insufficient;
        return Skip.None;
    }

    function _setAttestor(address to) private {
        require(to != address(0), Ledger_NoAttestor());
        address from = attestor;
        attestor = to;

        _record(AttestorChanged.selector, abi.encode(from, to));
    }
}
