// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title IJournal
/// @notice A contract whose logs are dense and chained, so that a reader can tell that none was left out.
/// @dev Every state-changing call emits exactly one log `(topic, seq indexed, data)` and moves the head to
/// `keccak256(abi.encode(head, seq, topic, keccak256(data)))`. The first head is
/// `keccak256(abi.encode(chainId, address))`. Whoever holds the logs 1…seq and gets the same head holds all of them.
interface IJournal {
    /// @notice The sequence number of the last log, counted from 1; zero before the first.
    function seq() external view returns (uint256);

    /// @notice The running hash over all logs so far.
    function head() external view returns (bytes32);
}
