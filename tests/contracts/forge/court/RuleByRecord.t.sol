// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ProvenOrder, Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

/// @dev The record of a moment can change after an order was settled only within the second of both: a reassignment
/// counts from now at the earliest, and a settled order was paid now at the latest.
contract RuleByRecordTest is CourtTest {
    /* WHAT THE RECORD SAYS */

    function test_TheClaimantIsNamed() public {
        _recordSays(ALICE, CAROL, 3);
        _rules(_open(Ground.Record), Ruling.Transfer);
    }

    function test_TheRespondentIsNamed() public {
        _rules(_open(Ground.Record), Ruling.Keep);
    }

    function test_AnotherIsNamed() public {
        _recordSays(CAROL, ALICE, ALICE);
        _rules(_open(Ground.Record), Ruling.Reverse);
    }

    function test_NobodyIsNamed() public {
        _recordSays(0, ALICE, ALICE);
        _rules(_open(Ground.Record), Ruling.Reverse);
    }

    function test_TheRecordOfTheRoleCounts() public {
        _recordSays(BOB, ALICE, 3);
        _rules(_openRole(1), Ruling.Transfer);
    }

    function test_TheRecordOfAnotherTimeDoesNotCount() public {
        _until(_now() + 1);
        _recordSays(ALICE, ALICE, ALICE);
        _until(_now() + 1 days);
        _rules(_open(Ground.Record), Ruling.Keep);
    }

    function testFuzz_TheRecordAloneRules(uint256 referrer, uint256 implementer, uint256 trainer, uint256 role) public {
        uint256[3] memory named = [referrer % (CAROL + 1), implementer % (CAROL + 1), trainer % (CAROL + 1)];
        _recordSays(uint32(named[0]), uint32(named[1]), uint32(named[2]));
        role = _bound(role, 0, 2);
        uint256 disputeId = _openRole(role);

        uint256 holder = court.disputeOf(disputeId).respondent;
        if (named[role] == ALICE) _rules(disputeId, Ruling.Transfer);
        else if (named[role] == holder) _rules(disputeId, Ruling.Keep);
        else _rules(disputeId, Ruling.Reverse);
    }

    /* WHEN */

    function test_RevertWhen_TheClaimRestsOnEvidence() public {
        uint256 disputeId = _open(Ground.Evidence);
        _fails(disputeId, abi.encodeWithSelector(IDisputeCourt.Court_WrongGround.selector, disputeId, Ground.Evidence));
    }

    function test_RevertWhen_ItIsNotOpen() public {
        _fails(1, _wrongStatus(1, Status.Unknown));
        uint256 disputeId = _open(Ground.Record);
        court.ruleByRecord(disputeId);
        _fails(disputeId, _wrongStatus(disputeId, Status.Ruled));
    }

    function test_ARulingInTheLastSecond() public {
        uint256 disputeId = _open(Ground.Record);
        _until(court.deadlineOf(disputeId) - 1);
        _rules(disputeId, Ruling.Keep);
    }

    function test_RevertWhen_TheTimeToRuleIsOver() public {
        uint256 disputeId = _open(Ground.Record);
        _until(court.deadlineOf(disputeId));
        _fails(disputeId, _tooLate(disputeId));
    }

    function test_ThePanelCanIncludeWhoeverAskedTheRecord() public {
        uint256 disputeId = _open(Ground.Record);
        vm.prank(panel[0]);
        court.ruleByRecord(disputeId);
        vm.prank(alice);
        court.appeal(disputeId, ALICE);
        _vote(disputeId, 0, TRANSFER);
        vm.assertTrue(court.hasVoted(disputeId, panel[0]), "it was the record that ruled");
    }

    /* HELPERS */

    /// @dev From this second on, which is the one in which the orders were paid and settled.
    function _recordSays(uint32 referrer, uint32 implementer, uint32 trainer) private {
        vm.prank(arbiter);
        referrals.reassign(Referral(customer, referrer, implementer, trainer, FLAT, _now(), 0));
    }

    function _openRole(uint256 role) private returns (uint256 disputeId) {
        ProvenOrder memory order = _proven(1);
        vm.prank(alice);
        disputeId = court.open(order, role, ALICE, Ground.Record, "");
    }

    /// @dev Anyone asks, and the record rules.
    function _rules(uint256 disputeId, Ruling ruling) private {
        vm.prank(stranger);
        court.ruleByRecord(disputeId);
        _sync();
        uint256 deadline = _now() + APPEAL_PERIOD;
        _assertLog(IDisputeCourt.DisputeRuled.selector, abi.encode(disputeId, address(0), ruling, deadline));
        _assertStatus(disputeId, Status.Ruled, ruling);
        vm.assertEq(court.deadlineOf(disputeId), deadline, "deadline");
        vm.assertEq(court.disputeOf(disputeId).ruler, address(0), "nobody ruled");
    }

    function _fails(uint256 disputeId, bytes memory error) private {
        vm.prank(stranger);
        vm.expectRevert(error);
        court.ruleByRecord(disputeId);
    }
}
