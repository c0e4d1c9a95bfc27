// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {ProvenOrder} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract SubmitEvidenceTest is CourtTest {
    /* WHO MAY */

    function test_RevertWhen_ThePartnerIsNoParty() public {
        uint256 disputeId = _open(Ground.Evidence);
        vm.prank(carol);
        _fails(disputeId, CAROL, abi.encodeWithSelector(IDisputeCourt.Court_NotParty.selector, disputeId, CAROL));
    }

    function test_RevertWhen_TheCallerDoesNotActForTheParty() public {
        uint256 disputeId = _open(Ground.Evidence);
        address[3] memory callers = [bob, desk, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            _fails(disputeId, ALICE, _notActingFor(ALICE, callers[i]));
        }
    }

    function test_EitherPartySubmits() public {
        uint256 disputeId = _open(Ground.Evidence);
        _submit(disputeId, alice, ALICE, "invoice");
        _submit(disputeId, bob, BOB, "contract");
    }

    function test_TheDeskSubmitsForAPartyWithoutAWallet() public {
        ProvenOrder memory order = _proven(1);
        vm.prank(alice);
        uint256 disputeId = court.open(order, 1, ALICE, Ground.Evidence, "");
        _submit(disputeId, desk, WALLETLESS, "contract");
        vm.prank(stranger);
        _fails(disputeId, WALLETLESS, _notActingFor(WALLETLESS, stranger));
    }

    /* WHEN */

    function test_RevertWhen_ThereIsNoDispute() public {
        vm.prank(alice);
        _fails(1, ALICE, _wrongStatus(1, Status.Unknown));
    }

    function test_RevertWhen_TheTimeToRuleIsOver() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId) - 1);
        _submit(disputeId, alice, ALICE, "in the last second");
        vm.warp(_now() + 1);
        bytes memory error = _tooLate(disputeId);
        vm.prank(alice);
        _fails(disputeId, ALICE, error);
    }

    function test_RevertWhen_ItIsRuled() public {
        uint256 disputeId = _ruled(KEEP);
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Ruled));
    }

    function test_ThePanelHearsEvidenceToo() public {
        uint256 disputeId = _appealed(TRANSFER);
        _until(court.deadlineOf(disputeId) - 1);
        _submit(disputeId, bob, BOB, "in the last second");
        vm.warp(_now() + 1);
        bytes memory error = _tooLate(disputeId);
        vm.prank(bob);
        _fails(disputeId, BOB, error);
    }

    function test_RevertWhen_ThePanelHasDecided() public {
        uint256 disputeId = _appealed(TRANSFER);
        _vote(disputeId, 0, KEEP);
        _vote(disputeId, 1, KEEP);
        bytes memory error = _tooLate(disputeId);
        vm.prank(bob);
        _fails(disputeId, BOB, error);
    }

    function test_RevertWhen_ItIsExecuted() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        vm.prank(alice);
        _fails(disputeId, ALICE, _wrongStatus(disputeId, Status.Executed));
    }

    /* HELPERS */

    /// @dev Evidence is logged and changes nothing else.
    function _submit(uint256 disputeId, address caller, uint256 partnerId, bytes32 evidence) private {
        bytes memory before = abi.encode(court.disputeOf(disputeId));
        vm.prank(caller);
        court.submitEvidence(disputeId, partnerId, evidence);
        _sync();
        _assertLog(IDisputeCourt.EvidenceSubmitted.selector, abi.encode(disputeId, partnerId, caller, evidence));
        vm.assertEq(abi.encode(court.disputeOf(disputeId)), before, "as before");
    }

    /// @dev Behind a prank.
    function _fails(uint256 disputeId, uint256 partnerId, bytes memory error) private {
        vm.expectRevert(error);
        court.submitEvidence(disputeId, partnerId, "");
    }
}
