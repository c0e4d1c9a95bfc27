// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Journal} from "../Journal.sol";
import {IPartnerRegistry} from "../interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "../interfaces/IPlanRegistry.sol";
import {IReferralRegistry} from "../interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Phase, Word} from "../interfaces/LedgerTypes.sol";
import {BalanceWord, HeldWord, PayoutWord, VolumeWord} from "../libraries/AccountWords.sol";
import {OrderWord, ShareWord} from "../libraries/OrderWords.sol";

/// @title LedgerState
/// @notice What a ledger holds, how a balance moves, and what it says to readers.
abstract contract LedgerState is ISettlementLedger, Journal, AccessManaged {
    using BalanceWord for uint256;
    using PayoutWord for uint256;
    using SafeCast for uint256;
    using VolumeWord for uint256;

    /* IMMUTABLES */

    /// @inheritdoc ISettlementLedger
    IPartnerRegistry public immutable PARTNERS;

    /// @inheritdoc ISettlementLedger
    IPlanRegistry public immutable PLANS;

    /// @inheritdoc ISettlementLedger
    IReferralRegistry public immutable REFERRALS;

    /// @inheritdoc ISettlementLedger
    ISettlementLedger public immutable PREDECESSOR;

    /// @inheritdoc ISettlementLedger
    bytes3 public immutable currency;

    /* STORAGE */

    // One slot with the journal's number and the authority: every call reads and writes it anyway.

    /// @inheritdoc ISettlementLedger
    Phase public phase;
    uint40 internal _batchCount;

    /// @inheritdoc ISettlementLedger
    address public attestor;
    uint96 internal _owed;

    /// @inheritdoc ISettlementLedger
    ISettlementLedger public successor;

    /// @dev The last partner whose account was inherited.
    uint32 internal _inheritedTo;
    uint32 internal _frozenShares;

    mapping(uint256 batchId => bytes32 root) internal _roots;
    mapping(uint256 orderNoShifted => uint256 bits) internal _settled;
    mapping(uint256 partnerId => uint256 word) internal _volumes;
    mapping(uint256 partnerAndDay => uint256 word) internal _held;
    mapping(uint256 partnerId => uint256 word) internal _balances;
    mapping(uint256 payoutNo => uint256 word) internal _payouts;
    mapping(uint256 adjustmentNoShifted => uint256 bits) internal _adjusted;
    mapping(uint256 orderNo => uint256 word) internal _orders;
    mapping(uint256 orderNoAndRole => uint256 word) internal _shares;

    /* MODIFIERS */

    modifier whenOpen() {
        require(phase == Phase.Open, Ledger_NotOpen(phase));
        _;
    }

    /// @dev A retired ledger never changes again: its successor relies on it.
    modifier whenOpenOrPaused() {
        require(phase == Phase.Open || phase == Phase.Paused, Ledger_NotOpen(phase));
        _;
    }

    /* VIEWS */

    /// @inheritdoc ISettlementLedger
    function owed() external view returns (uint256) {
        return _owed;
    }

    /// @inheritdoc ISettlementLedger
    function batchCount() external view returns (uint256) {
        return _batchCount;
    }

    /// @inheritdoc ISettlementLedger
    function frozenShares() external view returns (uint256) {
        return _frozenShares;
    }

    /// @inheritdoc ISettlementLedger
    function rootOf(uint256 batchId) public view returns (bytes32 root) {
        root = _roots[batchId];
        if (root == 0 && address(PREDECESSOR) != address(0)) root = PREDECESSOR.rootOf(batchId);
    }

    /// @inheritdoc ISettlementLedger
    function isSettled(uint256 orderNo) external view returns (bool) {
        return _bits(Word.Settled, _settled, orderNo) >> (orderNo & 0xff) & 1 == 1;
    }

    /// @inheritdoc ISettlementLedger
    function volumeOf(uint256 partnerId) external view returns (uint256 month, uint256 current, uint256 before) {
        uint256 word = _volumes[partnerId];
        return (word.month(), word.current(), word.before());
    }

    /// @inheritdoc ISettlementLedger
    function heldOf(uint256 partnerId, uint256 releaseDay) external view returns (uint256) {
        return HeldWord.held(_held[HeldWord.key(partnerId, releaseDay)]);
    }

    /// @inheritdoc ISettlementLedger
    function balanceOf(uint256 partnerId) external view returns (uint256 available, uint256 debt, uint256 frozen) {
        uint256 word = _balances[partnerId];
        return (word.available(), word.debt(), word.frozen());
    }

    /// @inheritdoc ISettlementLedger
    function payoutOf(uint256 payoutNo)
        external
        view
        returns (uint256 partnerId, uint256 gross, uint256 withheld, bool returned)
    {
        uint256 word = _word(Word.Payout, _payouts, payoutNo);
        return (word.partnerId(), word.gross(), word.withheld(), word.isReturned());
    }

    /// @inheritdoc ISettlementLedger
    function refundedOf(uint256 orderNo) external view returns (uint256) {
        return OrderWord.refunded(_word(Word.Order, _orders, orderNo));
    }

    /// @inheritdoc ISettlementLedger
    function shareOf(uint256 orderNo, uint256 role)
        external
        view
        returns (uint256 partnerId, uint256 frozen, bool isFrozen, bool isDisputed)
    {
        uint256 word = _word(Word.Share, _shares, ShareWord.key(orderNo, role));
        return (ShareWord.partnerId(word), ShareWord.frozen(word), ShareWord.isFrozen(word), word != 0);
    }

    /// @inheritdoc ISettlementLedger
    function wordOf(Word kind, uint256 key) external view returns (uint256) {
        if (kind == Word.Settled) return _bits(kind, _settled, key << 8);
        if (kind == Word.Adjusted) return _bits(kind, _adjusted, key << 8);
        if (kind == Word.Volume) return _volumes[key];
        if (kind == Word.Held) {
            // What was not yet taken over is the predecessor's still, and so the successor's to take.
            return HeldWord.isInherited(_held[key]) ? _held[key] : _held[key] + HeldWord.held(_predecessors(kind, key));
        }
        if (kind == Word.Balance) return _balances[key];
        if (kind == Word.Payout) return _word(kind, _payouts, key);
        if (kind == Word.Order) return _word(kind, _orders, key);
        return _word(kind, _shares, key);
    }

    /* INTERNAL: WORDS */

    /// @dev A word here or, before it is first written here, the retired predecessor's. A word that was written is
    /// never zero again.
    function _word(Word kind, mapping(uint256 => uint256) storage words, uint256 key)
        internal
        view
        returns (uint256 word)
    {
        word = words[key];
        if (word == 0) word = _predecessors(kind, key);
    }

    /// @dev The word of a bitmap that a number falls into: bits set here or by a predecessor.
    function _bits(Word kind, mapping(uint256 => uint256) storage words, uint256 number)
        internal
        view
        returns (uint256)
    {
        return words[number >> 8] | _predecessors(kind, number >> 8);
    }

    function _predecessors(Word kind, uint256 key) internal view returns (uint256) {
        return address(PREDECESSOR) == address(0) ? 0 : PREDECESSOR.wordOf(kind, key);
    }

    /// @dev What is held for a partner until a day; what a predecessor held has to be inherited first, so that the
    /// logs of this ledger alone say where an amount came from.
    function _heldWord(uint256 partnerId, uint256 releaseDay) internal view returns (uint256 word) {
        uint256 key = HeldWord.key(partnerId, releaseDay);
        word = _held[key];
        require(
            HeldWord.isInherited(word) || HeldWord.held(_predecessors(Word.Held, key)) == 0,
            Ledger_NotInherited(partnerId, releaseDay)
        );
    }

    /* INTERNAL: BALANCES */

    /// @dev Adds to what is available, after repaying debt.
    function _credit(uint256 partnerId, uint256 amount) internal returns (uint256 word, uint256 debtRepaid) {
        word = _balances[partnerId];
        uint256 debt = word.debt();
        debtRepaid = amount < debt ? amount : debt;
        word = BalanceWord.pack(word.available() + amount - debtRepaid, debt - debtRepaid, word.frozen());
        _balances[partnerId] = word;
    }

    /// @dev Takes from what is available; the rest becomes debt.
    function _debit(uint256 partnerId, uint256 amount) internal returns (uint256 word, uint256 fromAvailable) {
        word = _balances[partnerId];
        uint256 available = word.available();
        fromAvailable = amount < available ? amount : available;
        word = BalanceWord.pack(available - fromAvailable, word.debt() + amount - fromAvailable, word.frozen());
        _balances[partnerId] = word;
    }

    /// @dev Takes from what is held until a day, as far as it goes.
    function _takeHeld(uint256 partnerId, uint256 releaseDay, uint256 amount) internal returns (uint256 taken) {
        uint256 word = _heldWord(partnerId, releaseDay);
        uint256 held = HeldWord.held(word);
        taken = amount < held ? amount : held;
        if (taken != 0) _held[HeldWord.key(partnerId, releaseDay)] = HeldWord.withHeld(word, held - taken);
    }
}
