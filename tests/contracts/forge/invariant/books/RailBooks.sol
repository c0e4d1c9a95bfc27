// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Dispute, Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {ITokenVault, Outcome, Withdrawal} from "contracts/interfaces/ITokenVault.sol";
import {Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {Vm, vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {LedgerBooks} from "./LedgerBooks.sol";

/// @dev A dispute as the logs say.
struct DisputeBook {
    Dispute dispute;
    uint256 openedAt;
    Ruling firstRuling;
    // By ruling.
    uint256[4] votes;
}

/// @title RailBooks
/// @notice Disputes, from the court's logs alone, and money, from the vault's.
abstract contract RailBooks is LedgerBooks {
    /* BOOKS */

    /// @dev How often a ledger was succeeded. Court and vault are new then; the money is the same.
    uint256 internal _era;

    mapping(uint256 era => DisputeBook[]) private _disputeBooks;
    mapping(uint256 era => mapping(uint256 disputeId => mapping(address => bool))) internal _hasVoted;

    uint256 internal _collected;
    uint256 internal _returned;
    mapping(address account => uint256 units) internal _withdrawn;
    address[] internal _payees;
    mapping(address account => bool) private _isPayee;
    mapping(uint256 era => mapping(uint256 partnerId => mapping(uint256 nonce => bool))) internal _isSpent;
    mapping(uint256 era => uint256) internal _payoutBatches;
    mapping(uint256 era => uint256) internal _pausedUntil;

    /// @dev Units of the token for one of the ledger.
    function _scale() internal view virtual returns (uint256);

    /// @dev The three periods together.
    function _longestDispute() internal view virtual returns (uint256);

    function _disputes() internal view returns (DisputeBook[] storage) {
        return _disputeBooks[_era];
    }

    /* THE COURT'S LOGS */

    function _onCourtLog(Vm.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == IDisputeCourt.DisputeOpened.selector) {
            (uint256 id, Dispute memory dispute,,) = abi.decode(log.data, (uint256, Dispute, address, bytes32));
            uint256[4] memory votes;
            _disputes().push(DisputeBook(dispute, vm.getBlockTimestamp(), Ruling.None, votes));
            _keep(Promise.TheLogsSayIt, id == _disputes().length, "dispute ids are dense");
        } else if (topic == IDisputeCourt.DisputeRuled.selector) {
            (uint256 id, address ruler, Ruling ruling, uint256 deadline) =
                abi.decode(log.data, (uint256, address, Ruling, uint256));
            DisputeBook storage book = _disputes()[id - 1];
            if (book.dispute.ground == Ground.Record) {
                _keep(Promise.RulingCarriedOut, ruling == _recordSays(book.dispute), "the record says otherwise");
            }
            _move(id, Status.Ruled, ruling, deadline);
            (book.firstRuling, book.dispute.ruler) = (ruling, ruler);
        } else if (topic == IDisputeCourt.RulingAppealed.selector) {
            (uint256 id,,, uint256 deadline) = abi.decode(log.data, (uint256, uint256, address, uint256));
            _move(id, Status.Appealed, _disputes()[id - 1].dispute.ruling, deadline);
        } else if (topic == IDisputeCourt.VoteCast.selector) {
            (uint256 id, address member, Ruling vote,, Ruling to, uint256 deadline) =
                abi.decode(log.data, (uint256, address, Ruling, Ruling, Ruling, uint256));
            _keep(Promise.RulingCarriedOut, !_hasVoted[_era][id][member], "somebody voted twice");
            _hasVoted[_era][id][member] = true;
            ++_disputes()[id - 1].votes[uint256(vote)];
            _disputes()[id - 1].dispute.votes |= uint8(1 << uint256(vote));
            _move(id, Status.Appealed, to, deadline);
        } else if (topic == IDisputeCourt.DisputeExecuted.selector) {
            (uint256 id,, Ruling ruling) = abi.decode(log.data, (uint256, Status, Ruling));
            _keep(Promise.RulingCarriedOut, ruling == _due(_disputes()[id - 1]), "another ruling was carried out");
            _move(id, Status.Executed, ruling, _disputes()[id - 1].dispute.deadline);
        }
    }

    function _move(uint256 id, Status to, Ruling ruling, uint256 deadline) private {
        DisputeBook storage book = _disputes()[id - 1];
        _keep(Promise.EndsByItsDeadline, deadline <= book.openedAt + _longestDispute(), "a deadline beyond the last");
        (book.dispute.status, book.dispute.ruling, book.dispute.deadline) = (to, ruling, uint40(deadline));
    }

    /// @dev Whom the record named when the order was paid.
    function _recordSays(Dispute memory dispute) private view returns (Ruling) {
        uint256 word = _attributionAt(dispute.customerKey, dispute.paidAt);
        uint256 named = uint32(word >> (32 * dispute.role));
        if (named == dispute.claimant) return Ruling.Transfer;
        return named == dispute.respondent ? Ruling.Keep : Ruling.Reverse;
    }

    /// @dev Two votes decide; or else the first ruling stands; or else the respondent keeps the share.
    function _due(DisputeBook memory book) internal pure returns (Ruling) {
        for (uint256 ruling = 1; ruling < 4; ++ruling) {
            if (book.votes[ruling] > 1) return Ruling(ruling);
        }
        return book.firstRuling == Ruling.None ? Ruling.Keep : book.firstRuling;
    }

    function _isDecided(DisputeBook memory book) internal view returns (bool) {
        return book.dispute.status != Status.Executed && vm.getBlockTimestamp() >= book.dispute.deadline;
    }

    /* THE VAULT'S LOGS */

    function _onVaultLog(Vm.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == ITokenVault.BatchCollected.selector) {
            (,, uint256 units) = abi.decode(log.data, (uint256, uint256, uint256));
            _collected += units;
        } else if (topic == ITokenVault.ShortageCollected.selector) {
            _collected += abi.decode(log.data, (uint256));
        } else if (topic == ITokenVault.SurplusReturned.selector) {
            _returned += abi.decode(log.data, (uint256));
        } else if (topic == ITokenVault.Withdrawn.selector) {
            (uint256 id, address to, uint256 amount) = abi.decode(log.data, (uint256, address, uint256));
            _keep(Promise.OnlyToItsOwner, to == _walletOf(id), "somebody else withdrew");
            _paidTo(to, amount);
        } else if (topic == ITokenVault.SignedWithdrawalPaid.selector) {
            Withdrawal memory w = abi.decode(log.data, (Withdrawal));
            _keep(Promise.NothingPaidTwice, !_isSpent[_era][w.partnerId][w.nonce], "a signature was paid twice");
            _isSpent[_era][w.partnerId][w.nonce] = true;
            _paidTo(w.to, w.amount);
        } else if (topic == ITokenVault.PayoutBatchPaid.selector) {
            (uint256 batchNo, Outcome[] memory list) = abi.decode(log.data, (uint256, Outcome[]));
            _keep(Promise.NothingPaidTwice, batchNo == ++_payoutBatches[_era], "payout batches are dense");
            for (uint256 i; i < list.length; ++i) {
                if (list[i].to == address(0)) continue;
                _keep(Promise.OnlyToItsOwner, list[i].to == _walletOf(list[i].partnerId), "somebody else was paid");
                _paidTo(list[i].to, list[i].amount);
            }
        } else if (topic == ITokenVault.WithdrawalsPaused.selector) {
            (uint256 from, uint256 to) = abi.decode(log.data, (uint256, uint256));
            uint256 at = vm.getBlockTimestamp();
            _keep(Promise.WithdrawalPauseEnds, from == _pausedUntil[_era], "another end of the last pause");
            _keep(Promise.WithdrawalPauseEnds, to <= at + 3 days, "a pause of more than three days");
            _keep(Promise.WithdrawalPauseEnds, at >= from + 7 days, "less than seven days between two pauses");
            _pausedUntil[_era] = to;
        }
    }

    function _paidTo(address to, uint256 amount) private {
        if (!_isPayee[to]) _payees.push(to);
        _isPayee[to] = true;
        _withdrawn[to] += amount * _scale();
    }
}
