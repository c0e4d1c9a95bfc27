// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Journal} from "./Journal.sol";
import {IPlanRegistry, PlanTerms} from "./interfaces/IPlanRegistry.sol";
import {PlanWords} from "./libraries/PlanWords.sol";
import {SplitMath} from "./libraries/SplitMath.sol";

/// @title PlanRegistry
/// @notice The published rules.
contract PlanRegistry is IPlanRegistry, Journal, AccessManaged {
    using PlanWords for uint256;

    /* CONSTANTS */

    uint256 private constant MAX_HOLD_DAYS = 3650;

    /* STORAGE */

    /// @inheritdoc IPlanRegistry
    uint256 public count;

    mapping(uint256 planId => uint256[3] words) private _words;
    mapping(uint256 planId => bool) private _retired;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* PUBLISHING */

    /// @inheritdoc IPlanRegistry
    function publishPlan(uint256 planId, PlanTerms calldata terms) external restricted {
        require(planId == count + 1, Plan_NotNext(planId, count + 1));
        _requireThresholds(terms.thresholds);
        require(terms.holdDays <= MAX_HOLD_DAYS, Plan_HoldTooLong(terms.holdDays, MAX_HOLD_DAYS));
        uint256 tiers = terms.thresholds.length + 1;
        (uint256 newRates, bool wholeNew) = _packRates(terms.newBps, tiers);
        (uint256 renewalRates, bool wholeRenewal) = _packRates(terms.renewalBps, tiers);

        count = planId;
        uint256 rules = PlanWords.packRules(terms.thresholds, terms.holdDays, wholeNew, wholeRenewal);
        _words[planId] = [rules, newRates, renewalRates];

        _record(PlanPublished.selector, abi.encode(planId, terms));
    }

    /// @inheritdoc IPlanRegistry
    function retirePlan(uint256 planId) external restricted {
        require(_words[planId][0] != 0, Plan_Unknown(planId));
        require(!_retired[planId], Plan_Retired(planId));

        _retired[planId] = true;

        _record(PlanRetired.selector, abi.encode(planId));
    }

    /* VIEWS */

    /// @inheritdoc IPlanRegistry
    function isOpen(uint256 planId) external view returns (bool) {
        return _words[planId][0] != 0 && !_retired[planId];
    }

    /// @inheritdoc IPlanRegistry
    function wordsOf(uint256 planId) external view returns (uint256 rules, uint256 newRates, uint256 renewalRates) {
        uint256[3] storage words = _words[planId];
        return (words[0], words[1], words[2]);
    }

    /* INTERNAL */

    function _requireThresholds(uint64[] calldata thresholds) private pure {
        uint256 most = PlanWords.MAX_THRESHOLDS;
        require(thresholds.length <= most, Plan_TooManyThresholds(thresholds.length, most));
        uint256 below;
        for (uint256 i; i < thresholds.length; ++i) {
            require(thresholds[i] > below, Plan_ThresholdNotAscending(i, thresholds[i]));
            below = thresholds[i];
        }
    }

    /// @dev Roles reach their tiers apart from each other, so it is the highest rates that must fit into the order.
    function _packRates(uint16[][] calldata bps, uint256 tiers) private pure returns (uint256 rates, bool whole) {
        uint256 most = PlanWords.MAX_ROLES;
        require(bps.length != 0 && bps.length <= most, Plan_BadRoleCount(bps.length, most));
        uint256 sum;
        for (uint256 role; role < bps.length; ++role) {
            require(bps[role].length == tiers, Plan_BadRateCount(role, bps[role].length, tiers));
            uint256 highest;
            for (uint256 tier; tier < tiers; ++tier) {
                uint16 cell = bps[role][tier];
                if (cell > highest) highest = cell;
                rates = rates.withRate(role, tier, cell);
            }
            sum += highest;
        }
        require(sum <= SplitMath.WHOLE_BPS, Plan_SumExceeds(sum, SplitMath.WHOLE_BPS));
        whole = sum == SplitMath.WHOLE_BPS;
    }
}
