// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract VoteTest is CourtTest {
    /* WHO MAY */

    function test_RevertWhen_TheCallerIsNoMember() public {
        uint256 disputeId = _appealed(KEEP);
        address[4] memory callers = [alice, desk, governor, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]));
            court.vote(disputeId, KEEP);
        }
    }

    function test_RevertWhen_WhoRuledFirstVotes() public {
        uint256 disputeId = _appealed(KEEP);
        _fails(
            disputeId, arbiter, KEEP, abi.encodeWithSelector(IDisputeCourt.Court_OwnRuling.selector, disputeId, arbiter)
        );
    }

    function test_AnArbiterWhoDidNotRuleVotes() public {
        // The record ruled, so the arbiter sits on the panel like any other member.
        uint256 disputeId = _open(Ground.Record);
        court.ruleByRecord(disputeId);
        vm.prank(alice);
        court.appeal(disputeId, ALICE);
        vm.prank(arbiter);
        court.vote(disputeId, REVERSE);
        _sync();
        vm.assertTrue(court.hasVoted(disputeId, arbiter), "voted");
    }

    function test_RevertWhen_AMemberVotesAgain() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, KEEP);
        bytes memory error = abi.encodeWithSelector(IDisputeCourt.Court_AlreadyVoted.selector, disputeId, panel[0]);
        _fails(disputeId, panel[0], KEEP, error);
        _fails(disputeId, panel[0], TRANSFER, error);
    }

    /* WHEN */

    function test_RevertWhen_ItIsNotAppealed() public {
        _fails(1, panel[0], KEEP, _wrongStatus(1, Status.Unknown));
        uint256 disputeId = _open(Ground.Evidence);
        _fails(disputeId, panel[0], KEEP, _wrongStatus(disputeId, Status.Open));
        vm.prank(arbiter);
        court.rule(disputeId, KEEP);
        _fails(disputeId, panel[0], KEEP, _wrongStatus(disputeId, Status.Ruled));
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        _fails(disputeId, panel[0], KEEP, _wrongStatus(disputeId, Status.Executed));
    }

    function test_AVoteInTheLastSecond() public {
        uint256 disputeId = _appealed(KEEP);
        _until(court.deadlineOf(disputeId) - 1);
        _vote(disputeId, 0, REVERSE);
        _vote(disputeId, 1, REVERSE);
        _assertStatus(disputeId, Status.Decided, Ruling.Reverse);
    }

    function test_RevertWhen_TheTimeToVoteIsOver() public {
        uint256 disputeId = _appealed(KEEP);
        _until(court.deadlineOf(disputeId));
        _fails(disputeId, panel[0], KEEP, _tooLate(disputeId));
    }

    function test_RevertWhen_ThePanelHasDecided() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, REVERSE);
        _vote(disputeId, 1, REVERSE);
        _fails(disputeId, panel[2], KEEP, _tooLate(disputeId));
    }

    function testFuzz_RevertWhen_ThereIsNoSuchRuling(uint256 ruling) public {
        uint256 disputeId = _appealed(KEEP);
        if (ruling != 0) ruling = _bound(ruling, 4, type(uint256).max);
        _fails(
            disputeId,
            panel[0],
            ruling,
            abi.encodeWithSelector(IDisputeCourt.Court_BadRuling.selector, disputeId, ruling)
        );
        vm.assertFalse(court.hasVoted(disputeId, panel[0]), "has not voted");
    }

    /* WHAT IT DOES */

    function test_OneVoteDecidesNothing() public {
        uint256 disputeId = _appealed(KEEP);
        uint256 deadline = court.deadlineOf(disputeId);
        _vote(disputeId, 0, TRANSFER);
        _assertCast(disputeId, 0, Ruling.Transfer, Ruling.Keep, Ruling.Keep, deadline);
        _assertStatus(disputeId, Status.Appealed, Ruling.Keep);
        vm.assertEq(court.disputeOf(disputeId).votes, 1 << TRANSFER, "votes");
        vm.assertTrue(court.hasVoted(disputeId, panel[0]), "has voted");
        vm.assertFalse(court.hasVoted(disputeId, panel[1]), "has not voted");
    }

    function test_TwoVotesDecide() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, TRANSFER);
        vm.warp(_now() + 1 hours);
        _vote(disputeId, 1, TRANSFER);
        _assertCast(disputeId, 1, Ruling.Transfer, Ruling.Keep, Ruling.Transfer, _now());
        _assertStatus(disputeId, Status.Decided, Ruling.Transfer);
    }

    function test_TwoVotesOfThreeDecide() public {
        uint256 disputeId = _appealed(KEEP);
        _vote(disputeId, 0, TRANSFER);
        _vote(disputeId, 1, REVERSE);
        _assertStatus(disputeId, Status.Appealed, Ruling.Keep);
        _vote(disputeId, 2, TRANSFER);
        _assertCast(disputeId, 2, Ruling.Transfer, Ruling.Keep, Ruling.Transfer, _now());
        _assertStatus(disputeId, Status.Decided, Ruling.Transfer);
    }

    function test_ThreeDifferentVotesLeaveTheFirstRuling() public {
        uint256 disputeId = _appealed(REVERSE);
        _vote(disputeId, 0, TRANSFER);
        _vote(disputeId, 1, KEEP);
        _vote(disputeId, 2, REVERSE);
        _assertCast(disputeId, 2, Ruling.Reverse, Ruling.Reverse, Ruling.Reverse, _now());
        _assertStatus(disputeId, Status.Decided, Ruling.Reverse);
    }

    /// @dev Whatever members vote, the count says the same as counting.
    function testFuzz_ThePanelDecidesByTheThirdVote(uint256 first, uint256[3] memory votes) public {
        first = _bound(first, KEEP, TRANSFER);
        uint256 disputeId = _appealed(first);
        uint256[4] memory counts;
        uint256 decided;
        for (uint256 i; i < 3 && decided == 0; ++i) {
            votes[i] = _bound(votes[i], KEEP, TRANSFER);
            _vote(disputeId, i, votes[i]);
            if (++counts[votes[i]] == 2) decided = votes[i];
            else if (i == 2) decided = first;
            _assertStatus(
                disputeId, decided == 0 ? Status.Appealed : Status.Decided, Ruling(decided == 0 ? first : decided)
            );
        }
        vm.assertTrue(decided != 0, "decided");
        _fails(disputeId, panel[3], KEEP, _tooLate(disputeId));
        _execute(disputeId);
        _assertStatus(disputeId, Status.Executed, Ruling(decided));
    }

    /* HELPERS */

    function _assertCast(uint256 disputeId, uint256 member, Ruling cast, Ruling from, Ruling to, uint256 deadline)
        private
        view
    {
        _assertLog(IDisputeCourt.VoteCast.selector, abi.encode(disputeId, panel[member], cast, from, to, deadline));
        vm.assertEq(court.deadlineOf(disputeId), deadline, "deadline");
    }

    function _fails(uint256 disputeId, address member, uint256 ruling, bytes memory error) private {
        vm.prank(member);
        vm.expectRevert(error);
        court.vote(disputeId, ruling);
    }
}
