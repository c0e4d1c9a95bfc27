// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract ExecuteTest is CourtTest {
    /* WHEN */

    function test_RevertWhen_ThereIsNoDispute() public {
        _executeFails(0, _wrongStatus(0, Status.Unknown));
        _executeFails(1, _wrongStatus(1, Status.Unknown));
    }

    function test_RevertWhen_ItIsExecutedAlready() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        _executeFails(disputeId, _wrongStatus(disputeId, Status.Executed));
    }

    function test_RevertWhen_AnArbiterMayStillRule() public {
        uint256 disputeId = _open(Ground.Evidence);
        _executeFails(disputeId, _tooEarly(disputeId));
        _until(court.deadlineOf(disputeId) - 1);
        _executeFails(disputeId, _tooEarly(disputeId));
    }

    function test_RevertWhen_APartyMayStillAppeal() public {
        uint256 disputeId = _ruled(KEEP);
        _executeFails(disputeId, _tooEarly(disputeId));
        _until(court.deadlineOf(disputeId) - 1);
        _executeFails(disputeId, _tooEarly(disputeId));
    }

    function test_RevertWhen_ThePanelMayStillVote() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, TRANSFER);
        _until(court.deadlineOf(disputeId) - 1);
        _executeFails(disputeId, _tooEarly(disputeId));
    }

    /* SILENCE */

    function test_WithoutARulingTheRespondentKeepsIt() public {
        uint256 disputeId = _open(Ground.Evidence);
        _until(court.deadlineOf(disputeId));
        _assertStatus(disputeId, Status.Decided, Ruling.Keep);
        _ends(disputeId, Status.Open, Ruling.Keep);
        _assertShare(500, 0, 0);
    }

    function test_WithoutAnyoneAskingTheRecordTheRespondentKeepsIt() public {
        uint256 disputeId = _open(Ground.Record);
        _until(court.deadlineOf(disputeId));
        _ends(disputeId, Status.Open, Ruling.Keep);
    }

    function test_WithoutAnAppealTheRulingStands() public {
        uint256 disputeId = _ruled(TRANSFER);
        _until(court.deadlineOf(disputeId));
        _assertStatus(disputeId, Status.Decided, Ruling.Transfer);
        _ends(disputeId, Status.Ruled, Ruling.Transfer);
        _assertShare(0, 500, 0);
    }

    function test_WithoutADecisionOfThePanelTheFirstRulingStands() public {
        uint256 disputeId = _appealed(REVERSE);
        _vote(disputeId, 0, TRANSFER);
        _vote(disputeId, 1, KEEP);
        _until(court.deadlineOf(disputeId));
        _assertStatus(disputeId, Status.Decided, Ruling.Reverse);
        _ends(disputeId, Status.Appealed, Ruling.Reverse);
        _assertShare(0, 0, 0);
    }

    /* DECISIONS */

    function test_ADecisionOfThePanelIsExecutedAtOnce() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, TRANSFER);
        _vote(disputeId, 1, TRANSFER);
        _ends(disputeId, Status.Appealed, Ruling.Transfer);
        _assertShare(0, 500, 0);
    }

    function test_AfterTheReleaseDayItIsCreditedAtOnce() public {
        uint256 disputeId = _ruled(TRANSFER);
        vm.warp(RELEASE * 1 days);
        _ends(disputeId, Status.Ruled, Ruling.Transfer);
        _assertBalance(ALICE, 500, 0);
        _assertBalance(BOB, 0, 0);
    }

    /* WHATEVER HAPPENS MEANWHILE */

    function test_APauseStopsNoDispute() public {
        uint256 disputeId = _open(Ground.Evidence);
        _pause();
        vm.prank(arbiter);
        court.rule(disputeId, KEEP);
        vm.prank(alice);
        court.appeal(disputeId, ALICE);
        _vote(disputeId, 0, TRANSFER);
        _vote(disputeId, 1, TRANSFER);
        _ends(disputeId, Status.Appealed, Ruling.Transfer);
        _assertShare(0, 500, 0);
    }

    function test_ASuspensionStopsNoDispute() public {
        uint256 disputeId = _ruled(TRANSFER);
        vm.prank(registrar);
        partners.setStatus(ALICE, IPartnerRegistry.Status.Suspended, "");
        vm.prank(registrar);
        partners.setStatus(BOB, IPartnerRegistry.Status.Suspended, "");
        vm.prank(bob);
        court.appeal(disputeId, BOB);
        _until(court.deadlineOf(disputeId));
        _ends(disputeId, Status.Appealed, Ruling.Transfer);
        _assertShare(0, 500, 0);
    }

    function test_WhatIsLeftOfARefundedShareIsGiven() public {
        uint256 disputeId = _ruled(TRANSFER);
        _refund(1, 4000);
        _assertShare(0, 0, 300);
        _until(court.deadlineOf(disputeId));
        _ends(disputeId, Status.Ruled, Ruling.Transfer);
        _assertShare(0, 300, 0);
    }

    function test_NothingIsLeftOfAShareRefundedInWhole() public {
        uint256[3] memory rulings = [KEEP, REVERSE, TRANSFER];
        for (uint48 i; i < 3; ++i) {
            uint256 disputeId = _openOrder(i + 1);
            vm.prank(arbiter);
            court.rule(disputeId, rulings[i]);
            _refund(i + 1, 10_000);
            _until(court.deadlineOf(disputeId));
            _ends(disputeId, Status.Ruled, Ruling(rulings[i]));
        }
        _assertHeld(BOB, RELEASE, 0);
        _assertHeld(ALICE, RELEASE, 0);
        _assertBalance(BOB, 0, 0);
        _assertBalance(ALICE, 0, 0);
    }

    function test_WhatWasPaidBeforeBecomesDebt() public {
        vm.warp(RELEASE * 1 days);
        _mature(BOB, RELEASE);
        _pay(BOB, 1500);
        uint256 disputeId = _ruled(TRANSFER);
        _until(court.deadlineOf(disputeId));
        _ends(disputeId, Status.Ruled, Ruling.Transfer);
        _assertBalance(ALICE, 500, 0);
        _assertBalance(BOB, 0, 500);
    }

    /// @dev Random acts at random times, and a pause among them: a stranger ends every dispute when the three periods
    /// are over at the latest, and what is owed to both together is what it was, but for what is taken back.
    function testFuzz_EveryDisputeEnds(uint256 seed, bool pauses) public {
        uint256 opened = _now();
        uint256 disputeId = _open(Ground.Evidence);
        uint256 owed = ledger.owed();
        if (pauses) _pause();
        for (uint256 i; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(_now() + (seed >> 8) % 2 days);
            _actAtRandom(disputeId, seed);
        }

        uint256 last = opened + RULING_PERIOD + APPEAL_PERIOD + PANEL_PERIOD;
        if (_now() < last) _until(last);
        if (court.statusOf(disputeId) != Status.Executed) _execute(disputeId);
        _sync();

        Ruling ruling = court.disputeOf(disputeId).ruling;
        vm.assertEq(uint256(court.statusOf(disputeId)), uint256(Status.Executed), "ended");
        vm.assertEq(ledger.frozenShares(), 0, "nothing is frozen");
        vm.assertEq(ledger.owed(), ruling == Ruling.Reverse ? owed - 500 : owed, "owed");
        _assertOwned(BOB, ruling == Ruling.Keep ? 1500 : 1000);
        _assertOwned(ALICE, ruling == Ruling.Transfer ? 500 : 0);
    }

    /* HELPERS */

    function _ends(uint256 disputeId, Status from, Ruling ruling) private {
        _execute(disputeId);
        _assertLog(IDisputeCourt.DisputeExecuted.selector, abi.encode(disputeId, from, ruling));
        _assertStatus(disputeId, Status.Executed, ruling);
    }

    function _actAtRandom(uint256 disputeId, uint256 seed) private {
        uint256 ruling = KEEP + (seed >> 64) % 3;
        (address caller, bytes memory act) = (stranger, abi.encodeCall(court.execute, (disputeId)));
        uint256 what = seed % 8;
        if (what < 2) (caller, act) = (arbiter, abi.encodeCall(court.rule, (disputeId, ruling)));
        else if (what == 2) (caller, act) = (alice, abi.encodeCall(court.appeal, (disputeId, ALICE)));
        else if (what == 3) (caller, act) = (bob, abi.encodeCall(court.appeal, (disputeId, BOB)));
        else if (what < 7) (caller, act) = (panel[what - 4], abi.encodeCall(court.vote, (disputeId, ruling)));
        Status status = court.statusOf(disputeId);
        bool voted = court.hasVoted(disputeId, caller);
        vm.prank(caller);
        (bool done,) = address(court).call(act);

        bool may = status == Status.Decided;
        if (what < 2) may = status == Status.Open;
        else if (what < 4) may = status == Status.Ruled;
        else if (what < 7) may = status == Status.Appealed && !voted;
        vm.assertTrue(done == may, "each act at its stage and at no other");
    }

    /// @dev Held or available.
    function _assertOwned(uint256 partnerId, uint256 amount) private view {
        (uint256 available,,) = ledger.balanceOf(partnerId);
        vm.assertEq(ledger.heldOf(partnerId, RELEASE) + available, amount, "owned");
    }

    function _openOrder(uint48 no) private returns (uint256 disputeId) {
        bytes memory call = abi.encodeCall(court.open, (_proven(no), 0, ALICE, Ground.Evidence, ""));
        vm.prank(alice);
        (bool done, bytes memory answer) = address(court).call(call);
        vm.assertTrue(done, "opened");
        disputeId = abi.decode(answer, (uint256));
    }
}
