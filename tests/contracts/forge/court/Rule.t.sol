// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract RuleTest is CourtTest {
    function test_RevertWhen_TheCallerIsNoArbiter() public {
        uint256 disputeId = _open(Ground.Evidence);
        address[6] memory callers = [alice, bob, desk, panel[0], governor, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]));
            court.rule(disputeId, KEEP);
        }
    }

    function test_RevertWhen_ItIsNotOpen() public {
        _fails(1, KEEP, _wrongStatus(1, Status.Unknown));
        uint256 disputeId = _ruled(KEEP);
        _fails(disputeId, TRANSFER, _wrongStatus(disputeId, Status.Ruled));
        vm.prank(alice);
        court.appeal(disputeId, ALICE);
        _fails(disputeId, TRANSFER, _wrongStatus(disputeId, Status.Appealed));
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        _fails(disputeId, TRANSFER, _wrongStatus(disputeId, Status.Executed));
    }

    function test_RevertWhen_TheClaimRestsOnTheRecord() public {
        uint256 disputeId = _open(Ground.Record);
        _fails(
            disputeId,
            TRANSFER,
            abi.encodeWithSelector(IDisputeCourt.Court_WrongGround.selector, disputeId, Ground.Record)
        );
    }

    function testFuzz_RevertWhen_ThereIsNoSuchRuling(uint256 ruling) public {
        uint256 disputeId = _open(Ground.Evidence);
        if (ruling != 0) ruling = _bound(ruling, 4, type(uint256).max);
        _fails(disputeId, ruling, abi.encodeWithSelector(IDisputeCourt.Court_BadRuling.selector, disputeId, ruling));
    }

    function test_RevertWhen_ARulingIsRefused() public {
        // What ERC-792 calls a refusal to arbitrate is no ruling: the deadline decides.
        uint256 disputeId = _open(Ground.Evidence);
        _fails(disputeId, 0, abi.encodeWithSelector(IDisputeCourt.Court_BadRuling.selector, disputeId, 0));
    }

    function test_RevertWhen_TheTimeToRuleIsOver() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId));
        _fails(disputeId, KEEP, _tooLate(disputeId));
    }

    function testFuzz_AnArbiterRules(uint256 ruling, uint256 moment) public {
        ruling = _bound(ruling, KEEP, TRANSFER);
        uint256 disputeId = _open(Ground.Evidence);
        _until(_bound(moment, _now(), court.deadlineOf(disputeId) - 1));

        vm.prank(arbiter);
        court.rule(disputeId, ruling);
        _sync();

        uint256 deadline = _now() + APPEAL_PERIOD;
        _assertLog(IDisputeCourt.DisputeRuled.selector, abi.encode(disputeId, arbiter, ruling, deadline));
        _assertStatus(disputeId, Status.Ruled, Ruling(ruling));
        vm.assertEq(court.deadlineOf(disputeId), deadline, "deadline");
        vm.assertEq(court.disputeOf(disputeId).ruler, arbiter, "who ruled");
        _assertShare(0, 0, 500);
    }

    function _fails(uint256 disputeId, uint256 ruling, bytes memory error) private {
        vm.prank(arbiter);
        vm.expectRevert(error);
        court.rule(disputeId, ruling);
    }
}
