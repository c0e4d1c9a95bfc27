// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title OrderWord
/// @notice What happened to an order after it was settled, from the lowest bit:
/// `refunded 64 | disputed roles 3 | unused`.
library OrderWord {
    function refunded(uint256 word) internal pure returns (uint256) {
        return uint64(word);
    }

    function withRefunded(uint256 word, uint256 refunded_) internal pure returns (uint256) {
        return word >> 64 << 64 | refunded_;
    }

    function isDisputed(uint256 word, uint256 role) internal pure returns (bool) {
        return word >> (64 + role) & 1 == 1;
    }

    function disputed(uint256 word, uint256 role) internal pure returns (uint256) {
        return word | 1 << (64 + role);
    }
}

/// @title ShareWord
/// @notice A disputed share in one word, from the lowest bit:
/// `frozen 64 | share 64 | base 64 | partner 32 | release day 24 | is frozen 1 | unused`.
/// @dev It holds what a ruling needs, and whose the share is from then on: zero for nobody.
library ShareWord {
    uint256 private constant PARTNER_AT = 192;
    uint256 private constant DAY_AT = 224;
    uint256 private constant IS_FROZEN = 1 << 248;

    /// @dev The word of a share that is being frozen.
    function pack(uint256 share_, uint256 base_, uint256 partnerId_, uint256 releaseDay_)
        internal
        pure
        returns (uint256)
    {
        return share_ << 64 | base_ << 128 | partnerId_ << PARTNER_AT | releaseDay_ << DAY_AT | IS_FROZEN;
    }

    function frozen(uint256 word) internal pure returns (uint256) {
        return uint64(word);
    }

    function share(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 64);
    }

    function base(uint256 word) internal pure returns (uint256) {
        return uint64(word >> 128);
    }

    function partnerId(uint256 word) internal pure returns (uint256) {
        return uint32(word >> PARTNER_AT);
    }

    function releaseDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> DAY_AT);
    }

    function isFrozen(uint256 word) internal pure returns (bool) {
        return word & IS_FROZEN != 0;
    }

    function withFrozen(uint256 word, uint256 frozen_) internal pure returns (uint256) {
        return word >> 64 << 64 | frozen_;
    }

    /// @dev The word after a ruling: nothing is frozen, and the share is somebody's.
    function resolvedTo(uint256 word, uint256 partnerId_) internal pure returns (uint256) {
        return
            word & ~(IS_FROZEN | uint256(type(uint32).max) << PARTNER_AT | type(uint64).max) | partnerId_ << PARTNER_AT;
    }

    /// @dev The key of an order and a role.
    function key(uint256 orderNo, uint256 role) internal pure returns (uint256) {
        return orderNo << 2 | role;
    }
}
