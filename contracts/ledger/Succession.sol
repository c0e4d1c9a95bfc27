// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Inheritance, Phase, Release, Word} from "../interfaces/LedgerTypes.sol";
import {HeldWord} from "../libraries/AccountWords.sol";
import {LedgerState} from "./LedgerState.sol";

/// @title Succession
/// @notice A ledger is paused, retired and followed by another one. A retired ledger never changes again, so that its
/// successor may read it at any time: accounts and held credits are copied, everything else is read where it is.
abstract contract Succession is LedgerState {
    using SafeCast for uint256;

    /* PAUSING AND RETIRING */

    /// @inheritdoc ISettlementLedger
    function pause() external restricted whenOpen {
        _enter(Phase.Paused);
    }

    /// @inheritdoc ISettlementLedger
    function unpause() external restricted {
        require(phase == Phase.Paused, Ledger_NotPaused(phase));

        _enter(Phase.Open);
    }

    /// @inheritdoc ISettlementLedger
    function retire(ISettlementLedger to) external restricted whenOpenOrPaused {
        require(_frozenShares == 0, Ledger_DisputesOpen(_frozenShares));
        require(address(to.PREDECESSOR()) == address(this), Ledger_BadSuccessor(address(to)));

        successor = to;
        _enter(Phase.Retired);
    }

    /* INHERITING */

    /// @inheritdoc ISettlementLedger
    function inheritAccounts(uint256 most) external {
        require(phase == Phase.Inheriting && most != 0 && _isHeir(), Ledger_NothingToInherit());

        uint256 count = PARTNERS.count() - _inheritedTo;
        if (_inheritedTo == 0) {
            _batchCount = uint40(PREDECESSOR.batchCount());
            _owed = uint96(PREDECESSOR.owed());
        }
        if (count > most) count = most;
        uint256 firstId = _inheritedTo + 1;
        Inheritance[] memory accounts = new Inheritance[](count);
        for (uint256 i; i < count; ++i) {
            uint256 partnerId = firstId + i;
            accounts[i] =
                Inheritance(PREDECESSOR.wordOf(Word.Volume, partnerId), PREDECESSOR.wordOf(Word.Balance, partnerId));
            _volumes[partnerId] = accounts[i].volume;
            _balances[partnerId] = accounts[i].balance;
        }
        _inheritedTo += uint32(count);
        uint256 toInherit = PARTNERS.count() - _inheritedTo;
        if (toInherit == 0) phase = Phase.Open;

        _record(AccountsInherited.selector, abi.encode(firstId, accounts, toInherit, _batchCount, _owed));
    }

    /// @inheritdoc ISettlementLedger
    function inheritCredits(Release[] calldata releases) external {
        require(phase != Phase.Retired && _isHeir(), Ledger_NothingToInherit());

        Release[] memory inherited = new Release[](releases.length);
        uint256[] memory amounts = new uint256[](releases.length);
        uint256 count;
        for (uint256 i; i < releases.length; ++i) {
            uint256 key = HeldWord.key(releases[i].partnerId, releases[i].releaseDay);
            uint256 word = _held[key];
            uint256 amount = HeldWord.held(_predecessors(Word.Held, key));
            if (HeldWord.isInherited(word) || amount == 0) continue;

            _held[key] = HeldWord.inherited(HeldWord.withHeld(word, HeldWord.held(word) + amount));
            inherited[count] = releases[i];
            amounts[count++] = amount;
        }
        // Nothing changed, and anyone may call: nothing is logged.
        if (count == 0) return;
        // Shortens the lists to what was inherited.
        assembly ("memory-safe") {
            mstore(inherited, count)
            mstore(amounts, count)
        }

        _record(CreditsInherited.selector, abi.encode(inherited, amounts));
    }

    /* INTERNAL */

    function _isHeir() private view returns (bool) {
        return address(PREDECESSOR) != address(0) && address(PREDECESSOR.successor()) == address(this);
    }

    function _enter(Phase to) private {
        Phase from = phase;
        phase = to;

        _record(PhaseChanged.selector, abi.encode(from, to, successor));
    }
}
