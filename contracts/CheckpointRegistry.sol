// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Journal} from "./Journal.sol";
import {Checkpoint, ICheckpointRegistry} from "./interfaces/ICheckpointRegistry.sol";
import {IJournal} from "./interfaces/IJournal.sol";
import {Calendar} from "./libraries/Calendar.sol";

/// @title CheckpointRegistry
/// @notice The closed months of ledgers.
contract CheckpointRegistry is ICheckpointRegistry, Journal, AccessManaged {
    /* CONSTANTS */

    /// @dev `Calendar.monthOf` counts from a March; this is what it says of months that begin in January.
    uint256 private constant MARCH = 2;

    /* STORAGE */

    mapping(address ledger => mapping(uint256 month => Checkpoint[])) private _checkpoints;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* ANCHORING */

    /// @inheritdoc ICheckpointRegistry
    function anchor(IJournal ledger, uint256 month, uint256 revision, Checkpoint calldata checkpoint)
        external
        restricted
    {
        uint256 present = Calendar.monthOf(Calendar.dayOf(block.timestamp)) + MARCH;
        require(month < present, Checkpoint_NotOver(month, present));
        Checkpoint[] storage revisions = _checkpoints[address(ledger)][month];
        require(revision == revisions.length + 1, Checkpoint_NotNext(month, revision, revisions.length + 1));
        require(checkpoint.root != 0, Checkpoint_Empty(address(ledger), month));
        uint256 written = ledger.seq();
        require(
            checkpoint.ledgerSeq <= written, Checkpoint_AheadOfLedger(address(ledger), checkpoint.ledgerSeq, written)
        );

        revisions.push(checkpoint);

        _record(CheckpointAnchored.selector, abi.encode(ledger, month, revision, checkpoint));
    }

    /* VIEWS */

    /// @inheritdoc ICheckpointRegistry
    function revisionsOf(address ledger, uint256 month) external view returns (uint256) {
        return _checkpoints[ledger][month].length;
    }

    /// @inheritdoc ICheckpointRegistry
    function checkpointOf(address ledger, uint256 month, uint256 revision)
        external
        view
        returns (Checkpoint memory checkpoint)
    {
        Checkpoint[] storage revisions = _checkpoints[ledger][month];
        if (revision != 0 && revision <= revisions.length) checkpoint = revisions[revision - 1];
    }
}
