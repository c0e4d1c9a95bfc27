// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";

/// @notice What the books said when a month was closed.
/// @param root Merkle root over all partners' figures of the month; how it is built, docs/proofs.md says.
/// @param journalHash The hash of the books' journal after the month's last transaction.
/// @param ledgerSeq The ledger's last log of the month: the last one that the figures know of.
/// @param ledgerHead The ledger's head after that log.
/// @param partners How many leaves the tree has.
struct Checkpoint {
    bytes32 root;
    bytes32 journalHash;
    bytes32 ledgerHead;
    uint64 ledgerSeq;
    uint32 partners;
}

/// @title ICheckpointRegistry
/// @notice The closed months of ledgers, in a few words each: append-only, so that what was said once stays said.
/// A month that has to be closed again is given its next revision; earlier ones stay.
interface ICheckpointRegistry is IJournal {
    /* ERRORS */

    /// @notice Thrown when the month has not ended yet.
    error Checkpoint_NotOver(uint256 month, uint256 present);

    /// @notice Thrown when the revision is not the next one: it was sent before, or out of turn.
    error Checkpoint_NotNext(uint256 month, uint256 revision, uint256 next);

    /// @notice Thrown when the figures claim to know of logs that the ledger has not written.
    error Checkpoint_AheadOfLedger(address ledger, uint256 ledgerSeq, uint256 written);

    /// @notice Thrown when there is nothing to anchor.
    error Checkpoint_Empty(address ledger, uint256 month);

    /* EVENTS */

    /// @notice Emitted when a month's figures were anchored.
    /// @param month As in {anchor}.
    event CheckpointAnchored(
        uint256 indexed seq, address ledger, uint256 month, uint256 revision, Checkpoint checkpoint
    );

    /* FUNCTIONS */

    /// @notice Anchors the figures of a month.
    ///
    /// Emits {CheckpointAnchored}.
    ///
    /// Requirements: the caller is a TREASURER; the month is over; the revision is the month's next; the root is not
    /// zero; the ledger has written as many logs.
    /// @param month Months since year 0: `year × 12 + month − 1`, in UTC.
    function anchor(IJournal ledger, uint256 month, uint256 revision, Checkpoint calldata checkpoint) external;

    /// @notice How often a ledger's month was anchored, which is also its last revision.
    function revisionsOf(address ledger, uint256 month) external view returns (uint256);

    /// @notice What a ledger's month was said to be; all zero when there is no such revision.
    function checkpointOf(address ledger, uint256 month, uint256 revision) external view returns (Checkpoint memory);
}
