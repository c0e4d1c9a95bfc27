// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title MerkleTree
/// @notice The root of a list of leaves, as OpenZeppelin's `MerkleProof` verifies it: sorted pairs, level by level,
/// the odd one out moves up as it is.
/// @dev A leaf is the hash of 96 bytes and a node the hash of 64, so neither can pass for the other.
library MerkleTree {
    /// @dev The root over the first `count` leaves; zero when there are none. Overwrites `leaves`.
    function root(bytes32[] memory leaves, uint256 count) internal pure returns (bytes32 top) {
        if (count == 0) return 0;
        // By pointers: checked indices would cost more than the hashes.
        assembly ("memory-safe") {
            let first := add(leaves, 32)
            for {} gt(count, 1) {} {
                let to := first
                let last := add(first, shl(5, and(count, not(1))))
                for { let from := first } lt(from, last) { from := add(from, 64) } {
                    let a := mload(from)
                    let b := mload(add(from, 32))
                    switch lt(a, b)
                    case 1 {
                        mstore(0x00, a)
                        mstore(0x20, b)
                    }
                    default {
                        mstore(0x00, b)
                        mstore(0x20, a)
                    }
                    mstore(to, keccak256(0x00, 0x40))
                    to := add(to, 32)
                }
                if and(count, 1) {
                    mstore(to, mload(last))
                    to := add(to, 32)
                }
                count := shr(5, sub(to, first))
            }
            top := mload(first)
        }
    }
}
