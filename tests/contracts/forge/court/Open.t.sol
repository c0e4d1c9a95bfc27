// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Dispute, Ground, IDisputeCourt, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Phase, ProvenOrder, Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

contract OpenTest is CourtTest {
    /* WHO MAY */

    function test_RevertWhen_TheClaimantIsUnknown() public {
        vm.prank(desk);
        _fails(1, 0, CAROL + 1, abi.encodeWithSelector(IDisputeCourt.Court_UnknownPartner.selector, CAROL + 1));
        vm.prank(desk);
        _fails(1, 0, 0, abi.encodeWithSelector(IDisputeCourt.Court_UnknownPartner.selector, 0));
    }

    function test_RevertWhen_AnotherActsForAClaimantWithAWallet() public {
        address[4] memory callers = [desk, bob, arbiter, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            _fails(1, 0, ALICE, _notActingFor(ALICE, callers[i]));
        }
    }

    function test_RevertWhen_AnyoneElseActsForAClaimantWithoutAWallet() public {
        address[3] memory callers = [alice, arbiter, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            _fails(1, 0, WALLETLESS, _notActingFor(WALLETLESS, callers[i]));
        }
    }

    function test_TheDeskActsForAClaimantWithoutAWallet() public {
        ProvenOrder memory order = _proven(1);
        vm.prank(desk);
        court.open(order, 0, WALLETLESS, Ground.Evidence, "claim");
        _sync();
        vm.assertEq(court.disputeOf(1).claimant, WALLETLESS, "claimant");
    }

    function test_ASuspendedPartnerMayClaim() public {
        vm.prank(registrar);
        partners.setStatus(ALICE, IPartnerRegistry.Status.Suspended, "");
        _open(Ground.Evidence);
    }

    /* WHAT MAY BE CLAIMED */

    function test_RevertWhen_TheClaimantHasTheShare() public {
        vm.prank(bob);
        _fails(1, 0, BOB, abi.encodeWithSelector(IDisputeCourt.Court_OwnShare.selector, 1, 0, BOB));
        // What the ledger had logged went with the call, but forge keeps it.
        vm.getRecordedLogs();

        // Of another role of the same order it has nothing.
        ProvenOrder memory order = _proven(1);
        vm.prank(bob);
        court.open(order, 1, BOB, Ground.Evidence, "");
        _sync();
        vm.assertEq(court.disputeOf(1).respondent, WALLETLESS, "respondent");
    }

    function test_RevertWhen_TheProofDoesNotHold() public {
        ProvenOrder memory order = _proven(1);
        uint256 last = order.leaf.length - 1;
        order.leaf[last] = bytes32(uint256(order.leaf[last]) + 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_BadProof.selector, 1, 1));
        court.open(order, 0, ALICE, Ground.Evidence, "");
    }

    function test_RevertWhen_ThereIsNoSuchRole() public {
        uint256[2] memory roles = [uint256(3), type(uint256).max];
        for (uint256 i; i < roles.length; ++i) {
            vm.prank(alice);
            _fails(
                1, roles[i], ALICE, abi.encodeWithSelector(ILedgerErrors.Ledger_NothingAtStake.selector, 1, roles[i])
            );
        }
    }

    function test_RevertWhen_TheShareWasDisputedBefore() public {
        uint256 disputeId = _open(Ground.Evidence);
        bytes memory error = abi.encodeWithSelector(ILedgerErrors.Ledger_AlreadyDisputed.selector, 1, 0);
        vm.prank(carol);
        _fails(1, 0, CAROL, error);
        _until(court.deadlineOf(disputeId));
        _execute(disputeId);
        vm.prank(carol);
        _fails(1, 0, CAROL, error);
    }

    function test_RevertWhen_TheLedgerIsPaused() public {
        _pause();
        vm.prank(alice);
        _fails(1, 0, ALICE, abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Paused));
    }

    /* WHAT IT DOES */

    function test_AnOpenDisputeSaysAllOfIt() public {
        ProvenOrder memory order = _proven(2);
        vm.warp(_now() + 1 days);
        vm.prank(desk);
        vm.assertEq(court.open(order, 2, WALLETLESS, Ground.Record, "claim"), 1, "the first id");
        _sync();

        Dispute memory expected = Dispute({
            claimant: WALLETLESS,
            respondent: 3,
            orderNo: 2,
            role: 2,
            ground: Ground.Record,
            status: Status.Open,
            ruling: Ruling.None,
            votes: 0,
            deadline: uint40(_now() + RULING_PERIOD),
            paidAt: _now() - 1 days,
            customerKey: customer,
            ruler: address(0)
        });
        vm.assertEq(abi.encode(court.disputeOf(1)), abi.encode(expected), "what is stored");
        _assertLog(IDisputeCourt.DisputeOpened.selector, abi.encode(1, expected, desk, bytes32("claim")));
        vm.assertEq(court.disputeCount(), 1, "count");
    }

    function test_TheShareIsFrozen() public {
        _assertShare(500, 0, 0);
        _open(Ground.Evidence);
        _assertShare(0, 0, 500);
    }

    function test_IdsAreDense() public {
        vm.assertEq(_open(Ground.Evidence), 1, "first");
        for (uint256 no = 2; no < 4; ++no) {
            ProvenOrder memory order = _proven(no);
            vm.prank(alice);
            vm.assertEq(court.open(order, 0, ALICE, Ground.Record, ""), no, "next");
        }
        vm.assertEq(court.disputeCount(), 3, "count");
        _sync();
    }

    /* HELPERS */

    /// @dev Behind a prank.
    function _fails(uint256 no, uint256 role, uint32 claimant, bytes memory error) private {
        ProvenOrder memory order = _proven(no);
        vm.expectRevert(error);
        court.open(order, role, claimant, Ground.Evidence, "");
    }
}
