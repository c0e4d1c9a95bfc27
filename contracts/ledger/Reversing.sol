// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IPartnerRegistry} from "../interfaces/IPartnerRegistry.sol";
import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Clawback, ProvenOrder, Resolution, Ruling, Word} from "../interfaces/LedgerTypes.sol";
import {BalanceWord, HeldWord} from "../libraries/AccountWords.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {OrderCodec} from "../libraries/OrderCodec.sol";
import {OrderWord, ShareWord} from "../libraries/OrderWords.sol";
import {PlanWords} from "../libraries/PlanWords.sol";
import {SplitMath} from "../libraries/SplitMath.sol";
import {LedgerState} from "./LedgerState.sol";

/// @title Reversing
/// @notice Settled shares are taken back, set aside, or given to another partner: refunds and disputes, each against
/// the proof of the order. A share reads as it was credited, never at today's rates.
abstract contract Reversing is LedgerState {
    using OrderWord for uint256;
    using SafeCast for uint256;
    using ShareWord for uint256;

    /* REFUNDS */

    /// @inheritdoc ISettlementLedger
    function refund(ProvenOrder calldata order, uint64 refunded, bytes32 refundRef) external restricted whenOpen {
        uint256 orderNo = _requireProven(order);
        uint256 base = OrderCodec.base(OrderCodec.orderOf(order.leaf));
        uint256 word = _word(Word.Order, _orders, orderNo);
        uint256 from = word.refunded();
        require(refunded <= base, Ledger_OverRefund(orderNo, refunded, base));
        require(refunded > from, Ledger_RefundNotForward(orderNo, refunded, from));

        _orders[orderNo] = word.withRefunded(refunded);
        Clawback[] memory clawbacks = new Clawback[](PlanWords.MAX_ROLES);
        uint256 count;
        for (uint256 role; role < PlanWords.MAX_ROLES; ++role) {
            Clawback memory clawback = _clawShare(order.leaf, word, refunded, role);
            if (clawback.partnerId != 0) clawbacks[count++] = clawback;
        }
        // Shortens the list to what was taken.
        assembly ("memory-safe") {
            mstore(clawbacks, count)
        }

        _record(OrderRefunded.selector, abi.encode(orderNo, refundRef, from, refunded, clawbacks));
    }

    /* DISPUTES */

    /// @inheritdoc ISettlementLedger
    function freeze(ProvenOrder calldata order, uint256 role) external restricted whenOpen returns (uint256 partnerId) {
        uint256 orderNo = _requireProven(order);
        require(role < PlanWords.MAX_ROLES, Ledger_NothingAtStake(orderNo, role));
        uint256 word = _word(Word.Order, _orders, orderNo);
        require(!word.isDisputed(role), Ledger_AlreadyDisputed(orderNo, role));
        partnerId = OrderCodec.partner(order.leaf, role);
        uint256 releaseDay = OrderCodec.releaseDay(order.leaf);
        uint256 share = ShareWord.pack(
            OrderCodec.share(order.leaf, role), OrderCodec.base(OrderCodec.orderOf(order.leaf)), partnerId, releaseDay
        );
        uint256 left = _left(share, word);
        require(left != 0, Ledger_NothingAtStake(orderNo, role));

        _orders[orderNo] = word.disputed(role);
        ++_frozenShares;
        uint256 fromHeld = _takeHeld(partnerId, releaseDay, left);
        uint256 balance = _balances[partnerId];
        uint256 fromAvailable = left - fromHeld;
        if (fromAvailable > BalanceWord.available(balance)) fromAvailable = BalanceWord.available(balance);
        balance = BalanceWord.pack(
            BalanceWord.available(balance) - fromAvailable,
            BalanceWord.debt(balance),
            BalanceWord.frozen(balance) + fromHeld + fromAvailable
        );
        _balances[partnerId] = balance;
        share = share.withFrozen(fromHeld + fromAvailable);
        _shares[ShareWord.key(orderNo, role)] = share;

        _record(ShareFrozen.selector, abi.encode(orderNo, role, partnerId, fromHeld, fromAvailable, balance, share));
    }

    /// @inheritdoc ISettlementLedger
    function resolve(uint256 orderNo, uint256 role, Ruling ruling, uint256 to) external restricted whenOpenOrPaused {
        uint256 key = ShareWord.key(orderNo, role);
        uint256 share = _shares[key];
        require(share.isFrozen(), Ledger_NotFrozen(orderNo, role));
        uint256 partnerId = share.partnerId();
        if (ruling == Ruling.Transfer) {
            require(PARTNERS.statusOf(to) != IPartnerRegistry.Status.Unknown, Ledger_UnknownPartner(to));
        } else {
            to = ruling == Ruling.Keep ? partnerId : 0;
        }
        require(
            ruling != Ruling.None && (ruling == Ruling.Keep || to != partnerId), Ledger_BadRuling(orderNo, role, ruling)
        );

        Clawback memory clawback;
        uint256 given;
        if (ruling == Ruling.Keep) {
            given = share.frozen();
            _unfreeze(partnerId, given);
        } else {
            uint256 left = _left(share, _orders[orderNo]);
            clawback = _claw(partnerId, share.releaseDay(), share.frozen(), left);
            clawback.role = uint8(role);
            if (to != 0) given = left;
        }
        --_frozenShares;
        share = share.resolvedTo(to);
        _shares[key] = share;

        Resolution memory resolution = _give(to, share.releaseDay(), given);
        if (ruling == Ruling.Transfer) _owed += given.toUint96();
        _owed -= resolution.debtRepaid;
        resolution.orderNo = uint48(orderNo);
        resolution.role = uint8(role);
        resolution.ruling = ruling;
        resolution.share = share;
        _record(ShareResolved.selector, abi.encode(resolution, clawback));
    }

    /* INTERNAL */

    function _requireProven(ProvenOrder calldata order) private view returns (uint256 orderNo) {
        orderNo = OrderCodec.orderNo(OrderCodec.orderOf(order.leaf));
        bytes32 root = rootOf(order.batchId);
        // The root of a batch that settled nothing is zero, and nothing hashes to it.
        require(
            MerkleProof.verifyCalldata(order.proof, root, OrderCodec.hash(order.leaf)),
            Ledger_BadProof(order.batchId, orderNo)
        );
    }

    /// @dev Takes back what a refund takes of one share; all zero when that is nothing.
    /// @param word The order's word before the refund.
    function _clawShare(bytes32[3] calldata leaf, uint256 word, uint256 refunded, uint256 role)
        private
        returns (Clawback memory clawback)
    {
        uint256 base = OrderCodec.base(OrderCodec.orderOf(leaf));
        uint256 share = OrderCodec.share(leaf, role);
        uint256 amount =
            SplitMath.clawedDown(share, refunded, base) - SplitMath.clawedDown(share, word.refunded(), base);
        uint256 partnerId = OrderCodec.partner(leaf, role);
        uint256 key = ShareWord.key(OrderCodec.orderNo(OrderCodec.orderOf(leaf)), role);
        uint256 disputed;
        if (word.isDisputed(role)) {
            disputed = _word(Word.Share, _shares, key);
            partnerId = disputed.partnerId();
        }
        // Nobody has the share when a ruling took it back already.
        if (amount == 0 || partnerId == 0) return clawback;

        clawback = _claw(partnerId, OrderCodec.releaseDay(leaf), disputed.frozen(), amount);
        clawback.role = uint8(role);
        if (clawback.fromFrozen != 0) _shares[key] = disputed.withFrozen(disputed.frozen() - clawback.fromFrozen);
    }

    /// @dev What refunds have left of a share.
    function _left(uint256 share, uint256 orderWord) private pure returns (uint256) {
        return share.share() - SplitMath.clawedDown(share.share(), orderWord.refunded(), share.base());
    }

    /// @dev Takes an amount back from a partner: of what is frozen of the same share, then of what is held, then of
    /// what is available; the rest becomes debt.
    function _claw(uint256 partnerId, uint256 releaseDay, uint256 frozen, uint256 amount)
        private
        returns (Clawback memory clawback)
    {
        uint256 fromFrozen = amount < frozen ? amount : frozen;
        // Beyond the amount the frozen rest stays: a ruling decides over it.
        if (fromFrozen != 0) _unfreeze(partnerId, fromFrozen);
        uint256 fromHeld = _takeHeld(partnerId, releaseDay, amount - fromFrozen);
        (uint256 balance, uint256 fromAvailable) = _debit(partnerId, amount - fromFrozen - fromHeld);
        _owed -= (fromFrozen + fromHeld + fromAvailable).toUint96();
        // Safe casts: they are parts of a share, which has 64 bits.
        clawback.partnerId = uint32(partnerId);
        clawback.fromFrozen = uint64(fromFrozen);
        clawback.fromHeld = uint64(fromHeld);
        clawback.fromAvailable = uint64(fromAvailable);
        clawback.toDebt = uint64(amount - fromFrozen - fromHeld - fromAvailable);
        clawback.balance = balance;
    }

    function _unfreeze(uint256 partnerId, uint256 amount) private {
        uint256 word = _balances[partnerId];
        _balances[partnerId] =
            BalanceWord.pack(BalanceWord.available(word), BalanceWord.debt(word), BalanceWord.frozen(word) - amount);
    }

    /// @dev Gives an amount to a partner: held until the release day, or credited at once when that day has come.
    function _give(uint256 partnerId, uint256 releaseDay, uint256 amount)
        private
        returns (Resolution memory resolution)
    {
        resolution.to = uint32(partnerId);
        resolution.balance = _balances[partnerId];
        if (amount == 0) return resolution;
        if (releaseDay > Calendar.dayOf(block.timestamp)) {
            uint256 key = HeldWord.key(partnerId, releaseDay);
            uint256 word = _held[key];
            _held[key] = HeldWord.withHeld(word, HeldWord.held(word) + amount);
            resolution.toHeld = uint64(amount);
        } else {
            uint256 debtRepaid;
            (resolution.balance, debtRepaid) = _credit(partnerId, amount);
            resolution.toCredit = uint64(amount);
            resolution.debtRepaid = uint64(debtRepaid);
        }
    }
}
