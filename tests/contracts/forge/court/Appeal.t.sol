// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {ProvenOrder, Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract AppealTest is CourtTest {
    /* WHO MAY */

    function test_RevertWhen_ThePartnerIsNoParty() public {
        uint256 disputeId = _ruled(KEEP);
        vm.prank(carol);
        _fails(disputeId, CAROL, abi.encodeWithSelector(IDisputeCourt.Court_NotParty.selector, disputeId, CAROL));
    }

    function test_RevertWhen_TheCallerDoesNotActForTheParty() public {
        uint256 disputeId = _ruled(KEEP);
        address[4] memory callers = [bob, desk, arbiter, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            _fails(disputeId, ALICE, _notActingFor(ALICE, callers[i]));
        }
    }

    function test_TheDeskAppealsForAPartyWithoutAWallet() public {
        ProvenOrder memory order = _proven(1);
        vm.prank(alice);
        uint256 disputeId = court.open(order, 1, ALICE, Ground.Evidence, "");
        vm.prank(arbiter);
        court.rule(disputeId, TRANSFER);
        _appeal(disputeId, desk, WALLETLESS, Ruling.Transfer);
    }

    function test_TheClaimantAppeals() public {
        _appeal(_ruled(KEEP), alice, ALICE, Ruling.Keep);
    }

    function test_TheRespondentAppeals() public {
        _appeal(_ruled(TRANSFER), bob, BOB, Ruling.Transfer);
    }

    function test_WhatTheRecordRuledCanBeAppealed() public {
        uint256 disputeId = _open(Ground.Record);
        court.ruleByRecord(disputeId);
        _appeal(disputeId, alice, ALICE, Ruling.Keep);
    }

    /* WHEN */

    function test_RevertWhen_NothingIsRuled() public {
        vm.prank(alice);
        _fails(1, ALICE, _wrongStatus(1, Status.Unknown));
        uint256 disputeId = _open(Ground.Evidence);
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Open));
    }

    function test_RevertWhen_SilenceDecided() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId));
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Open));
    }

    function test_RevertWhen_ItIsAppealedAlready() public {
        uint256 disputeId = _appealed(REVERSE);
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Appealed));
        vm.prank(bob);
        _fails(disputeId, BOB, _wrongStatus(disputeId, Status.Appealed));
    }

    function test_AnAppealInTheLastSecond() public {
        uint256 disputeId = _ruled(KEEP);
        _until(court.deadlineOf(disputeId) - 1);
        _appeal(disputeId, alice, ALICE, Ruling.Keep);
    }

    function test_RevertWhen_TheTimeToAppealIsOver() public {
        uint256 disputeId = _ruled(KEEP);
        _until(court.deadlineOf(disputeId));
        bytes memory error = _tooLate(disputeId);
        vm.prank(alice);
        _fails(disputeId, ALICE, error);
    }

    function test_RevertWhen_ItIsExecuted() public {
        uint256 disputeId = _ruled(KEEP);
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Executed));
    }

    /* HELPERS */

    function _appeal(uint256 disputeId, address caller, uint256 partnerId, Ruling stands) private {
        vm.prank(caller);
        court.appeal(disputeId, partnerId);
        _sync();
        uint256 deadline = _now() + PANEL_PERIOD;
        _assertLog(IDisputeCourt.RulingAppealed.selector, abi.encode(disputeId, partnerId, caller, deadline));
        _assertStatus(disputeId, Status.Appealed, stands);
        vm.assertEq(court.deadlineOf(disputeId), deadline, "deadline");
    }

    /// @dev Behind a prank.
    function _fails(uint256 disputeId, uint256 partnerId, bytes memory error) private {
        vm.expectRevert(error);
        court.appeal(disputeId, partnerId);
    }
}
