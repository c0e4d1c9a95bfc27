// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title ReferralWord
/// @notice An attribution in one word, from the lowest bit:
/// `referrer 32 | implementer 32 | trainer 32 | plan 24 | effective from 40 | valid to 40 | locked 1 | unused`.
library ReferralWord {
    uint256 private constant PLAN_AT = 96;
    uint256 private constant FROM_AT = 120;
    uint256 private constant TO_AT = 160;
    uint256 private constant LOCKED = 1 << 200;

    function pack(
        uint256 referrer,
        uint256 implementer,
        uint256 trainer,
        uint256 planId_,
        uint256 effectiveFrom_,
        uint256 validTo
    ) internal pure returns (uint256) {
        return referrer | implementer << 32 | trainer << 64 | planId_ << PLAN_AT | effectiveFrom_ << FROM_AT | validTo
            << TO_AT;
    }

    /// @dev The partner in the role, zero for nobody. The role must be below 3.
    function partner(uint256 word, uint256 role) internal pure returns (uint256) {
        return uint32(word >> (32 * role));
    }

    function planId(uint256 word) internal pure returns (uint256) {
        return uint24(word >> PLAN_AT);
    }

    function effectiveFrom(uint256 word) internal pure returns (uint256) {
        return uint40(word >> FROM_AT);
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

    /// @dev Whether the word counts at a moment. The empty word never does.
    function isInForce(uint256 word, uint256 at) internal pure returns (bool) {
        uint256 to = uint40(word >> TO_AT);
        return word != 0 && effectiveFrom(word) <= at && (to == 0 || at < to);
    }
}
