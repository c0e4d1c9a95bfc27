// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title SplitMath
/// @notice Money is integer minor units; a share is floored and the residue stays with the house.
library SplitMath {
    /// @dev 100 % in basis points.
    uint256 internal constant WHOLE_BPS = 10_000;

    /// @dev The share of `base` at `bps`, rounded down. Neither may exceed 128 bits.
    function shareDown(uint256 base, uint256 bps) internal pure returns (uint256) {
        // Cannot overflow: an order's base has 64 bits, a rate 16.
        unchecked {
            return base * bps / WHOLE_BPS;
        }
    }
}
