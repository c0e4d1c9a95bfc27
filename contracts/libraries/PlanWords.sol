// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title PlanWords
/// @notice A plan version in three words, from the lowest bit:
/// rules `threshold 64 × 3 | thresholds 8 | hold days 16 | exists 1 | whole 1 × 2 | unused`,
/// rates (one word for new orders, one for renewals) `bps 16 × 12`, the cell of a role and tier at `role × 4 + tier`.
library PlanWords {
    uint256 internal constant MAX_ROLES = 3;
    uint256 internal constant MAX_THRESHOLDS = 3;

    uint256 private constant COUNT_AT = 192;
    uint256 private constant HOLD_AT = 200;
    uint256 private constant EXISTS = 1 << 216;
    uint256 private constant WHOLE_AT = 217;

    /// @param wholeNew Whether the highest rates for new orders add up to the whole; `wholeRenewal` for renewals.
    function packRules(uint64[] memory thresholds, uint16 holdDays_, bool wholeNew, bool wholeRenewal)
        internal
        pure
        returns (uint256 rules)
    {
        rules = EXISTS | thresholds.length << COUNT_AT | uint256(holdDays_) << HOLD_AT;
        if (wholeNew) rules |= 1 << WHOLE_AT;
        if (wholeRenewal) rules |= 2 << WHOLE_AT;
        for (uint256 i; i < thresholds.length; ++i) {
            rules |= uint256(thresholds[i]) << (64 * i);
        }
    }

    /// @dev The word of rates with the given cell set; the cell must be empty.
    function withRate(uint256 rates, uint256 role, uint256 tier, uint16 bps) internal pure returns (uint256) {
        return rates | uint256(bps) << _cell(role, tier);
    }

    /// @dev The rates of all roles at a tier: `bps 16 × 3`, from the lowest bit.
    function ratesAt(uint256 rates, uint256 tier) internal pure returns (uint256) {
        unchecked {
            uint256 word = rates >> (16 * tier);
            return uint16(word) | uint256(uint16(word >> 64)) << 16 | uint256(uint16(word >> 128)) << 32;
        }
    }

    function holdDays(uint256 rules) internal pure returns (uint256) {
        return uint16(rules >> HOLD_AT);
    }

    /// @dev Whether rates for a kind of order can add up to the whole of it.
    function canBeWhole(uint256 rules, uint256 kind) internal pure returns (bool) {
        return rules >> WHOLE_AT >> kind & 1 == 1;
    }

    /// @dev How many of the plan's thresholds the volume has reached.
    function tierOf(uint256 rules, uint256 volume) internal pure returns (uint256 tier) {
        uint256 most = uint8(rules >> COUNT_AT);
        while (tier < most && volume >= uint64(rules >> (64 * tier))) ++tier;
    }

    /// @dev The volume at which the tier above this one begins; zero when there is none.
    function thresholdAbove(uint256 rules, uint256 tier) internal pure returns (uint256) {
        return tier < uint8(rules >> COUNT_AT) ? uint64(rules >> (64 * tier)) : 0;
    }

    function _cell(uint256 role, uint256 tier) private pure returns (uint256) {
        return 16 * (4 * role + tier);
    }
}
