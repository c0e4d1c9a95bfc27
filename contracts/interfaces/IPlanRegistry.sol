// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";

/// @notice The terms of a plan version.
/// @param planRef HMAC of the plan's id and version in the books.
/// @param thresholds Monthly volumes, in minor units, at which the next tier begins: ascending, three at most.
/// @param newBps Rates in basis points for a customer's new orders: one row per role (referrer, implementer,
/// trainer; later roles may be left out), one cell per tier, which is one more than there are thresholds.
/// @param renewalBps The same for renewals.
/// @param holdDays Whole UTC days a credit is held: one of day `d` may be paid from the start of day `d + hold + 1`.
struct PlanTerms {
    bytes32 planRef;
    uint64[] thresholds;
    uint16[][] newBps;
    uint16[][] renewalBps;
    uint16 holdDays;
}

/// @title IPlanRegistry
/// @notice The published rules: append-only plan versions with dense ids from 1. A plan is never edited.
interface IPlanRegistry is IJournal {
    /* ERRORS */

    /// @notice Thrown when the id is not the next one: the plan was sent before, or out of turn.
    error Plan_NotNext(uint256 planId, uint256 next);

    /// @notice Thrown when no plan has this id.
    error Plan_Unknown(uint256 planId);

    /// @notice Thrown when the plan is retired already.
    error Plan_Retired(uint256 planId);

    /// @notice Thrown when a plan has more than three thresholds.
    error Plan_TooManyThresholds(uint256 given, uint256 most);

    /// @notice Thrown when a plan has no role, or more than three.
    error Plan_BadRoleCount(uint256 given, uint256 most);

    /// @notice Thrown when a role does not have one rate per tier.
    error Plan_BadRateCount(uint256 role, uint256 given, uint256 expected);

    /// @notice Thrown when a threshold is zero or not above the one before it.
    error Plan_ThresholdNotAscending(uint256 index, uint256 threshold);

    /// @notice Thrown when the highest rates of all roles add up to more than the whole order.
    error Plan_SumExceeds(uint256 bps, uint256 most);

    /// @notice Thrown when a credit would be held for longer than ten years.
    error Plan_HoldTooLong(uint256 given, uint256 most);

    /* EVENTS */

    /// @notice Emitted when a plan version is published.
    event PlanPublished(uint256 indexed seq, uint256 planId, PlanTerms terms);

    /// @notice Emitted when a plan is closed for new referrals.
    event PlanRetired(uint256 indexed seq, uint256 planId);

    /* FUNCTIONS */

    /// @notice Publishes a plan version.
    ///
    /// Emits {PlanPublished}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay; `planId` is the next id; the terms are
    /// well formed.
    function publishPlan(uint256 planId, PlanTerms calldata terms) external;

    /// @notice Closes a plan for new referrals. Those that have it keep it.
    ///
    /// Emits {PlanRetired}.
    ///
    /// Requirements: the caller is a GOVERNOR; the plan exists and is not retired.
    function retirePlan(uint256 planId) external;

    /// @notice How many plans there are, which is also the last id.
    function count() external view returns (uint256);

    /// @notice Whether a new referral may name the plan.
    function isOpen(uint256 planId) external view returns (bool);

    /// @notice The plan in words, as `libraries/PlanWords` lays them out; all zero when there is no such plan.
    function wordsOf(uint256 planId) external view returns (uint256 rules, uint256 newRates, uint256 renewalRates);
}
