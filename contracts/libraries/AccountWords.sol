// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title VolumeWord
/// @notice A partner's volumes in one word, from the lowest bit: `current 96 | before 96 | month 32 | unused 32`.
library VolumeWord {
    /// @dev The word as it stands in a month: rolled forward, so that `before` is the volume of the month before.
    /// Until the partner's first credited order of a month the stored word is older; reading it rolls it.
    function rolledTo(uint256 word, uint256 month_) internal pure returns (uint256) {
        uint256 last = month(word);
        if (last == month_) return word;
        // A month without credited orders in between leaves nothing to look back on.
        return month_ << 192 | (last + 1 == month_ ? current(word) << 96 : 0);
    }

    function current(uint256 word) internal pure returns (uint256) {
        return uint96(word);
    }

    function before(uint256 word) internal pure returns (uint256) {
        return uint96(word >> 96);
    }

    function month(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 192);
    }

    function withCurrent(uint256 word, uint256 current_) internal pure returns (uint256) {
        return word >> 96 << 96 | SafeCast.toUint96(current_);
    }
}

/// @title HeldWord
/// @notice What is held for one partner until one day, from the lowest bit: `held 96 | inherited 1 | unused`.
/// @dev Inherited says that what a predecessor held for the same partner and day is in it.
library HeldWord {
    uint256 private constant INHERITED = 1 << 96;

    function held(uint256 word) internal pure returns (uint256) {
        return uint96(word);
    }

    function isInherited(uint256 word) internal pure returns (bool) {
        return word & INHERITED != 0;
    }

    function inherited(uint256 word) internal pure returns (uint256) {
        return word | INHERITED;
    }

    function withHeld(uint256 word, uint256 held_) internal pure returns (uint256) {
        return word & INHERITED | SafeCast.toUint96(held_);
    }

    /// @dev The key of a partner and a release day.
    function key(uint256 partnerId, uint256 releaseDay) internal pure returns (uint256) {
        return partnerId << 24 | releaseDay;
    }
}

/// @title BalanceWord
/// @notice A partner's balance in one word, from the lowest bit: `available 88 | debt 80 | frozen 88`.
/// @dev Available and debt are never both above zero. Frozen waits for rulings.
library BalanceWord {
    uint256 private constant DEBT_AT = 88;
    uint256 private constant FROZEN_AT = 168;

    function pack(uint256 available_, uint256 debt_, uint256 frozen_) internal pure returns (uint256) {
        return SafeCast.toUint88(available_) | uint256(SafeCast.toUint80(debt_)) << DEBT_AT
            | uint256(SafeCast.toUint88(frozen_)) << FROZEN_AT;
    }

    function available(uint256 word) internal pure returns (uint256) {
        return uint88(word);
    }

    function debt(uint256 word) internal pure returns (uint256) {
        return uint80(word >> DEBT_AT);
    }

    function frozen(uint256 word) internal pure returns (uint256) {
        return word >> FROZEN_AT;
    }
}

/// @title PayoutWord
/// @notice A recorded payout in one word, from the lowest bit: `partner 32 | gross 80 | withheld 80 | returned 1 |
/// unused`.
library PayoutWord {
    uint256 private constant RETURNED = 1 << 192;

    function pack(uint256 partnerId_, uint256 gross_, uint256 withheld_) internal pure returns (uint256) {
        return partnerId_ | gross_ << 32 | withheld_ << 112;
    }

    function partnerId(uint256 word) internal pure returns (uint256) {
        return uint32(word);
    }

    function gross(uint256 word) internal pure returns (uint256) {
        return uint80(word >> 32);
    }

    function withheld(uint256 word) internal pure returns (uint256) {
        return uint80(word >> 112);
    }

    function isReturned(uint256 word) internal pure returns (bool) {
        return word & RETURNED != 0;
    }

    function returned(uint256 word) internal pure returns (uint256) {
        return word | RETURNED;
    }
}
