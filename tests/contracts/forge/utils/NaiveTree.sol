// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title NaiveTree
/// @notice A Merkle tree as one would draw it: a fresh list per level.
library NaiveTree {
    function root(bytes32[] memory level) internal pure returns (bytes32) {
        if (level.length == 0) return 0;
        while (level.length > 1) {
            level = _above(level);
        }
        return level[0];
    }

    /// @dev The siblings on the way up.
    function proof(bytes32[] memory level, uint256 at) internal pure returns (bytes32[] memory siblings) {
        while (level.length > 1) {
            if (at ^ 1 < level.length) {
                bytes32[] memory longer = new bytes32[](siblings.length + 1);
                for (uint256 i; i < siblings.length; ++i) {
                    longer[i] = siblings[i];
                }
                longer[siblings.length] = level[at ^ 1];
                siblings = longer;
            }
            (level, at) = (_above(level), at / 2);
        }
    }

    function _above(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i; i < level.length; i += 2) {
            if (i + 1 == level.length) above[i / 2] = level[i];
            else if (level[i] < level[i + 1]) above[i / 2] = keccak256(abi.encode(level[i], level[i + 1]));
            else above[i / 2] = keccak256(abi.encode(level[i + 1], level[i]));
        }
    }
}
