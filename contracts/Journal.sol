// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./interfaces/IJournal.sol";

/// @title Journal
/// @notice One state-changing call, one log, one sequence number.
abstract contract Journal is IJournal {
    /* STORAGE */

    /// @inheritdoc IJournal
    bytes32 public head;

    /// @dev Behind the head, so that it shares a slot with what a contract reads in every call: its authority.
    uint40 private _seq;

    /* CONSTRUCTOR */

    constructor() {
        head = keccak256(abi.encode(block.chainid, address(this)));
    }

    /* VIEWS */

    /// @inheritdoc IJournal
    function seq() external view returns (uint256) {
        return _seq;
    }

    /* INTERNAL */

    /// @dev Takes the next sequence number, extends the head over `data` and logs it.
    /// @param topic The selector of an event whose only indexed argument is its sequence number.
    /// @param data The ABI encoding of the event's other arguments.
    function _record(bytes32 topic, bytes memory data) internal {
        uint256 next = ++_seq;
        head = keccak256(abi.encode(head, next, topic, keccak256(data)));
        // What is hashed is what is logged: `emit` would encode the same bytes a second time.
        assembly ("memory-safe") {
            log2(add(data, 0x20), mload(data), topic, next)
        }
    }
}
