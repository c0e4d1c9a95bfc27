// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title SplitMath
/// @notice Money is integer minor units; a share is floored and the residue stays with the house, unless the rates
/// give the whole order away.
library SplitMath {
    /// @dev 100 % in basis points.
    uint256 internal constant WHOLE_BPS = 10_000;

    /// @dev The part of a share that refunds of `refunded` out of `base` take back, rounded down.
    function clawedDown(uint256 share, uint256 refunded, uint256 base) internal pure returns (uint256) {
        // Cannot overflow: all three have 64 bits. An order's base is never zero.
        unchecked {
            return share * refunded / base;
        }
    }

    /// @dev What flooring lost of an order whose rates add up to the whole, unit by unit: each goes to the largest
    /// remainder that has none yet, at a tie to the lower role. When the rates give less, the house keeps it.
    /// Source: the method of largest remainders (Hamilton).
    /// @param rates `bps 16 × 3`, by role.
    /// @return units Zero or one, `64 × 3`, by role.
    function residue(uint256 base, uint256 rates) internal pure returns (uint256 units) {
        // Cannot overflow: an order's base has 64 bits, a rate 16.
        unchecked {
            if (uint256(uint16(rates)) + uint16(rates >> 16) + uint16(rates >> 32) != WHOLE_BPS) return 0;
            uint256[3] memory remainders;
            uint256 left = base;
            for (uint256 role; role < 3; ++role) {
                uint256 product = base * uint16(rates >> (16 * role));
                remainders[role] = product % WHOLE_BPS;
                left -= product / WHOLE_BPS;
            }
            // At most two units are left, and more remainders than that are above zero.
            for (; left != 0; --left) {
                uint256 largest = remainders[1] > remainders[0] ? 1 : 0;
                if (remainders[2] > remainders[largest]) largest = 2;
                remainders[largest] = 0;
                units |= 1 << (64 * largest);
            }
        }
    }
}
