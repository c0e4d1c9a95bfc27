// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./interfaces/IJournal.sol";

/// @title Journal
/// @notice One state-changing call, one log, one sequence number.
abstract contract Journal is IJournal {
    /* STORAGE */

    /// @inheritdoc IJournal
    uint256 public seq;

    /// @inheritdoc IJournal
    bytes32 public head;

    /* CONSTRUCTOR */

    constructor() {
        head = keccak256(abi.encode(block.chainid, address(this)));
    }

    /* INTERNAL */

    /// @dev Takes the next sequence number, extends the head over `data` and logs it.
    /// @param topic The selector of an event whose only indexed argument is its sequence number.
    /// @param data The ABI encoding of the event's other arguments.
    function _record(bytes32 topic, bytes memory data) internal {
        uint256 next = ++seq;
        head = keccak256(abi.encode(head, next, topic, keccak256(data)));
        // What is hashed is what is logged: `emit` would encode the same bytes a second time.
        assembly ("memory-safe") {
            log2(add(data, 0x20), mload(data), topic, next)
        }
    }
}
