// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {DisputeCourt} from "contracts/DisputeCourt.sol";
import {Dispute, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract DisputeCourtTest is CourtTest {
    function test_WhatTheCourtIs() public view {
        vm.assertEq(address(court.LEDGER()), address(ledger), "ledger");
        vm.assertEq(address(court.PARTNERS()), address(partners), "partners");
        vm.assertEq(address(court.REFERRALS()), address(referrals), "referrals");
        vm.assertEq(court.RULING_PERIOD(), RULING_PERIOD, "to rule");
        vm.assertEq(court.APPEAL_PERIOD(), APPEAL_PERIOD, "to appeal");
        vm.assertEq(court.PANEL_PERIOD(), PANEL_PERIOD, "to vote");
        vm.assertEq(court.disputeCount(), 0, "no dispute yet");
        vm.assertEq(court.seq(), 0, "no log yet");
    }

    function test_AnIdThatWasNeverGivenIsAllZero() public view {
        Dispute memory nothing;
        for (uint256 id; id < 2; ++id) {
            vm.assertEq(abi.encode(court.disputeOf(id)), abi.encode(nothing), "dispute");
            vm.assertEq(uint256(court.statusOf(id)), uint256(Status.Unknown), "status");
            vm.assertEq(court.deadlineOf(id), 0, "deadline");
        }
    }

    function test_RevertWhen_APeriodIsZeroOrTooLong() public {
        uint256[2] memory bad = [uint256(0), 30 days + 1];
        for (uint256 i; i < 2; ++i) {
            bytes memory error = abi.encodeWithSelector(IDisputeCourt.Court_BadPeriod.selector, bad[i], 30 days);
            vm.expectRevert(error);
            new DisputeCourt(address(manager), ledger, _periods(bad[i], 1, 1));
            vm.expectRevert(error);
            new DisputeCourt(address(manager), ledger, _periods(1, bad[i], 1));
            vm.expectRevert(error);
            new DisputeCourt(address(manager), ledger, _periods(1, 1, bad[i]));
        }
        new DisputeCourt(address(manager), ledger, _periods(1, 30 days, 1));
    }
}
