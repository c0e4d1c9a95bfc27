// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {Payout} from "contracts/interfaces/LedgerTypes.sol";

import {Order} from "./Codec.sol";

/// @title Values
/// @notice Lists and numbers for tests.
abstract contract Values {
    function _bound(uint256 x, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + x % (most - least + 1);
    }

    function _list(Referral memory referral) internal pure returns (Referral[] memory list) {
        list = new Referral[](1);
        list[0] = referral;
    }

    function _list(Payout memory payout) internal pure returns (Payout[] memory list) {
        list = new Payout[](1);
        list[0] = payout;
    }

    function _list(Order memory order) internal pure returns (Order[] memory list) {
        list = new Order[](1);
        list[0] = order;
    }

    function _terms(uint64[] memory thresholds, uint16[][] memory bps, uint16 hold)
        internal
        pure
        returns (PlanTerms memory)
    {
        return PlanTerms("plan", thresholds, bps, bps, hold);
    }

    function _thresholds() internal pure returns (uint64[] memory) {}

    function _thresholds(uint64 a) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = a;
    }

    function _thresholds(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory list) {
        list = new uint64[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _row(uint16 a) internal pure returns (uint16[] memory row) {
        row = new uint16[](1);
        row[0] = a;
    }

    function _row(uint16 a, uint16 b) internal pure returns (uint16[] memory row) {
        row = new uint16[](2);
        (row[0], row[1]) = (a, b);
    }

    function _row(uint16 a, uint16 b, uint16 c, uint16 d) internal pure returns (uint16[] memory row) {
        row = new uint16[](4);
        (row[0], row[1], row[2], row[3]) = (a, b, c, d);
    }

    function _rates(uint16[] memory a) internal pure returns (uint16[][] memory rates) {
        rates = new uint16[][](1);
        rates[0] = a;
    }

    function _rates(uint16[] memory a, uint16[] memory b, uint16[] memory c)
        internal
        pure
        returns (uint16[][] memory rates)
    {
        rates = new uint16[][](3);
        (rates[0], rates[1], rates[2]) = (a, b, c);
    }
}
