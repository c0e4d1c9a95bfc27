// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title Calendar
/// @notice UTC days and months.
library Calendar {
    /// @dev Whole days since 1970-01-01.
    function dayOf(uint256 timestamp) internal pure returns (uint256) {
        return timestamp / 1 days;
    }

    /// @dev Months since the first one of the year 0 of the proleptic Gregorian calendar, which begins in March here:
    /// two days have the same number if and only if they are of the same month, and following months follow.
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    function monthOf(uint256 day) internal pure returns (uint256) {
        unchecked {
            uint256 z = day + 719_468;
            uint256 era = z / 146_097;
            uint256 dayOfEra = z - era * 146_097;
            uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
            uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            uint256 monthFromMarch = (5 * dayOfYear + 2) / 153;
            return (era * 400 + yearOfEra) * 12 + monthFromMarch;
        }
    }
}
