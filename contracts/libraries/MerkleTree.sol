// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title MerkleTree
/// @notice The root of a list of leaves, as OpenZeppelin's `MerkleProof` verifies it: sorted pairs, level by level,
/// the odd one out moves up as it is.
/// @dev A leaf is the hash of 128 bytes and a node the hash of 64, so neither can pass for the other.
library MerkleTree {
    /// @dev The root over the first `count` leaves; zero when there are none. Overwrites `leaves`.
    function root(bytes32[] memory leaves, uint256 count) internal pure returns (bytes32) {
        if (count == 0) return 0;
        while (count > 1) {
            uint256 half = count / 2;
            for (uint256 i; i < half; ++i) {
                leaves[i] = Hashes.commutativeKeccak256(leaves[2 * i], leaves[2 * i + 1]);
            }
            if (count % 2 == 1) {
                leaves[half] = leaves[count - 1];
                ++half;
            }
            count = half;
        }
        return leaves[0];
    }
}
