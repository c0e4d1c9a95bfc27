// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Phase, Ruling} from "./LedgerTypes.sol";

/// @title ILedgerErrors
/// @notice Why a ledger refuses; see {ISettlementLedger}.
interface ILedgerErrors {
    /// @notice Thrown when the ledger is paused, retired, or has not yet inherited all accounts.
    error Ledger_NotOpen(Phase phase);

    /// @notice Thrown when a ledger that is not paused would be unpaused.
    error Ledger_NotPaused(Phase phase);

    /// @notice Thrown when the batch is empty or not a whole number of records.
    error Ledger_BadLength(uint256 length);

    /// @notice Thrown when an order has the number zero, no base, or a kind that does not exist.
    error Ledger_BadOrder(uint256 orderNo);

    /// @notice Thrown when the attestation is no longer valid.
    error Ledger_AttestationExpired(uint256 deadline, uint256 at);

    /// @notice Thrown when the attestor did not sign these orders.
    error Ledger_BadAttestation(bytes32 ordersHash, address attestor);

    /// @notice Thrown when a credit is not yet due.
    error Ledger_NotMatured(uint256 partnerId, uint256 releaseDay, uint256 today);

    /// @notice Thrown when a payout has the number zero, pays nothing, or withholds more than it pays.
    error Ledger_BadPayout(uint256 payoutNo, uint256 gross, uint256 withheld);

    /// @notice Thrown when no payout has this number.
    error Ledger_UnknownPayout(uint256 payoutNo);

    /// @notice Thrown when the payout came back before.
    error Ledger_AlreadyReturned(uint256 payoutNo);

    /// @notice Thrown when a partner does not exist.
    error Ledger_UnknownPartner(uint256 partnerId);

    /// @notice Thrown when a suspended partner would be paid.
    error Ledger_Suspended(uint256 partnerId);

    /// @notice Thrown when less is available than is asked for.
    error Ledger_Insufficient(uint256 partnerId, uint256 asked, uint256 available);

    /// @notice Thrown when less is owed than would be written off, or nothing would be.
    error Ledger_BadWriteOff(uint256 partnerId, uint256 asked, uint256 debt);

    /// @notice Thrown when an adjustment has the number zero or changes nothing.
    error Ledger_BadAdjustment(uint256 adjustmentNo);

    /// @notice Thrown when the adjustment was made before.
    error Ledger_AlreadyAdjusted(uint256 adjustmentNo);

    /// @notice Thrown when the second key is the caller's own, may not adjust, or did not sign.
    error Ledger_BadApproval(uint256 adjustmentNo, address approver);

    /// @notice Thrown when the second signature is no longer valid.
    error Ledger_ApprovalExpired(uint256 adjustmentNo, uint256 deadline, uint256 at);

    /// @notice Thrown when the leaf is not one of the batch's.
    error Ledger_BadProof(uint256 batchId, uint256 orderNo);

    /// @notice Thrown when more would be refunded than was paid.
    error Ledger_OverRefund(uint256 orderNo, uint256 asked, uint256 base);

    /// @notice Thrown when as much was refunded before: the refund was sent already.
    error Ledger_RefundNotForward(uint256 orderNo, uint256 asked, uint256 refunded);

    /// @notice Thrown when a share was disputed before. A share has one dispute.
    error Ledger_AlreadyDisputed(uint256 orderNo, uint256 role);

    /// @notice Thrown when there is no such role, or nothing is left of the share.
    error Ledger_NothingAtStake(uint256 orderNo, uint256 role);

    /// @notice Thrown when the share is not frozen.
    error Ledger_NotFrozen(uint256 orderNo, uint256 role);

    /// @notice Thrown when a ruling says nothing, or would move a share to the partner who has it.
    error Ledger_BadRuling(uint256 orderNo, uint256 role, Ruling ruling);

    /// @notice Thrown when the attestor would be nobody.
    error Ledger_NoAttestor();

    /// @notice Thrown when a ledger with another currency or other partners would be succeeded.
    error Ledger_BadPredecessor(address predecessor);

    /// @notice Thrown when the successor does not name this ledger as its predecessor.
    error Ledger_BadSuccessor(address successor);

    /// @notice Thrown when shares are frozen: their disputes have to end first.
    error Ledger_DisputesOpen(uint256 frozen);

    /// @notice Thrown when there is no predecessor, or it has not been retired in favour of this ledger.
    error Ledger_NothingToInherit();

    /// @notice Thrown when a held credit of the predecessor has to be inherited first; see {inheritCredits}.
    error Ledger_NotInherited(uint256 partnerId, uint256 releaseDay);
}
