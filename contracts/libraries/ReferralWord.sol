// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title ReferralWord
/// @notice An attribution in one word, from the lowest bit:
/// `referrer 32 | implementer 32 | trainer 32 | plan 24 | effective from 40 | valid to 40 | locked 1 | version 16 |
/// unused`. The version counts the words that the customer had before this one.
library ReferralWord {
    uint256 private constant PLAN_AT = 96;
    uint256 private constant FROM_AT = 120;
    uint256 private constant TO_AT = 160;
    uint256 private constant LOCKED = 1 << 200;
    uint256 private constant VERSION_AT = 201;

    function pack(
        uint256 referrer,
        uint256 implementer,
        uint256 trainer,
        uint256 planId_,
        uint256 effectiveFrom_,
        uint256 validTo_
    ) internal pure returns (uint256) {
        return referrer | implementer << 32 | trainer << 64 | planId_ << PLAN_AT | effectiveFrom_ << FROM_AT | validTo_
            << TO_AT;
    }

    /// @dev The word at an index of a list of words, as `IReferralRegistry.attributionsOf` returns it.
    function at(bytes memory words, uint256 index) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(words, 32), shl(5, index)))
        }
    }

    /// @dev Sets the word at an index of such a list. The room must be there.
    function put(bytes memory words, uint256 index, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(words, 32), shl(5, index)), word)
        }
    }

    /// @dev The partner in the role, zero for nobody. The role must be below 3.
    function partner(uint256 word, uint256 role) internal pure returns (uint256) {
        return uint32(word >> (32 * role));
    }

    /// @dev Whether two roles are the same partner's, or nobody's.
    function hasTwice(uint256 word) internal pure returns (bool) {
        // Cannot overflow: three times 32 bits. The product is zero when two are the same.
        unchecked {
            uint256 neighbours = word ^ word >> 32;
            return uint256(uint32(neighbours)) * uint32(neighbours >> 32) * uint32(word ^ word >> 64) == 0;
        }
    }

    function planId(uint256 word) internal pure returns (uint256) {
        return uint24(word >> PLAN_AT);
    }

    function effectiveFrom(uint256 word) internal pure returns (uint256) {
        return uint40(word >> FROM_AT);
    }

    /// @dev The first second for which it no longer counts; zero for no end.
    function validTo(uint256 word) internal pure returns (uint256) {
        return uint40(word >> TO_AT);
    }

    function version(uint256 word) internal pure returns (uint256) {
        return uint16(word >> VERSION_AT);
    }

    /// @dev The word, which must have version zero, as the given version.
    function asVersion(uint256 word, uint256 version_) internal pure returns (uint256) {
        return word | version_ << VERSION_AT;
    }

    function isLocked(uint256 word) internal pure returns (bool) {
        return word & LOCKED != 0;
    }

    function locked(uint256 word) internal pure returns (uint256) {
        return word | LOCKED;
    }

    /// @dev The word, locked if the other one is: a lock belongs to the customer.
    function withLockOf(uint256 word, uint256 other) internal pure returns (uint256) {
        return word | other & LOCKED;
    }

    /// @dev Whether a moment is in the word's window. The empty word's window has no end.
    function covers(uint256 word, uint256 moment) internal pure returns (bool) {
        unchecked {
            // No end is zero, and the last second before it the greatest number there is.
            return effectiveFrom(word) <= moment && moment <= validTo(word) - 1;
        }
    }
}
