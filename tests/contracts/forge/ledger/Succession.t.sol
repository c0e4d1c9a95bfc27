// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {
    Adjustment,
    Payout,
    Phase,
    ProvenOrder,
    Release,
    Ruling,
    Skip,
    Word
} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

contract SuccessionTest is BaseTest {
    uint256 private constant DAY = JAN_1 + 14;
    uint256 private constant RELEASE = DAY + 15;

    bytes12 private _tiered;
    ProvenOrder private _proof;

    /// @dev A history: two orders, one matured and partly paid, a refund, an adjustment, a dispute that ended.
    function setUp() public override {
        super.setUp();
        _tiered = _customer(1, TIERED, 1, 2, 0);
        Order[] memory orders = new Order[](2);
        orders[0] = _order(1, _tiered, 600_000);
        orders[1] = _order(2, _customer(2, OTHER, 3, 0, 0), 10_000);
        Settled memory settled = _settle(orders);
        ProvenOrder memory order = _proven(settled, 0);
        (_proof.batchId, _proof.leaf, _proof.proof) = (order.batchId, order.leaf, order.proof);

        _at(DAY + 1);
        _mature(3, DAY + 1);
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(4, 3, 60, 0, 0)));
        vm.prank(refunder);
        ledger.refund(order, 60_000, "ref");
        _adjust(4, -5);
        vm.startPrank(bench);
        ledger.freeze(order, 1);
        ledger.resolve(1, 1, Ruling.Transfer, 5);
        vm.stopPrank();
        _sync();
    }

    /* PAUSING */

    function test_APauseEnds() public {
        vm.prank(pauser);
        ledger.pause();
        _sync();
        vm.assertEq(
            keccak256(_lastLog[address(ledger)].data),
            keccak256(abi.encode(Phase.Open, Phase.Paused, address(0))),
            "logged"
        );
        vm.assertEq(uint256(ledger.phase()), uint256(Phase.Paused), "paused");
        _settleFails(_encode(_order(9, _tiered, 1)), _notOpen(Phase.Paused));
        vm.prank(pauser);
        vm.expectRevert(_notOpen(Phase.Paused));
        ledger.pause();
        _at(RELEASE);
        _mature(1, RELEASE);
        (uint256 available,,) = ledger.balanceOf(1);
        vm.assertEq(available, 54_000, "credits mature all the same");

        _govern(address(ledger), abi.encodeCall(ledger.unpause, ()));
        _settle(_order(9, _tiered, 1));
    }

    function test_RevertWhen_NotPaused() public {
        _governFails(
            address(ledger),
            abi.encodeCall(ledger.unpause, ()),
            abi.encodeWithSelector(ILedgerErrors.Ledger_NotPaused.selector, Phase.Open)
        );
    }

    /* RETIRING */

    function test_ARetiredLedgerNeverChangesAgain() public {
        SettlementLedger old = ledger;
        SettlementLedger next = _retireLedger();
        vm.assertEq(address(old.successor()), address(next), "in favour of");
        bytes32 head = old.head();

        bytes memory error = _notOpen(Phase.Retired);
        _settleFails(_encode(_order(9, _tiered, 1)), error);
        _at(RELEASE);
        vm.expectRevert(error);
        old.mature(new Release[](0));
        vm.prank(treasurer);
        vm.expectRevert(error);
        old.recordPayouts(new Payout[](0));
        vm.prank(treasurer);
        vm.expectRevert(error);
        old.returnPayout(4, "why");
        vm.prank(refunder);
        vm.expectRevert(error);
        old.refund(_proof, 600_000, "ref");
        vm.prank(bench);
        vm.expectRevert(error);
        old.freeze(_proof, 0);
        vm.prank(bench);
        vm.expectRevert(error);
        old.resolve(1, 1, Ruling.Keep, 0);
        vm.prank(pauser);
        vm.expectRevert(error);
        old.pause();
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        old.inheritAccounts(1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        old.inheritCredits(new Release[](0));
        vm.assertEq(old.head(), head, "nothing was logged");
    }

    function test_RevertWhen_ASuccessorIsNone() public {
        SettlementLedger other = _newLedger(ISettlementLedger(address(0)));
        _governFails(
            address(ledger),
            abi.encodeCall(ledger.retire, (other)),
            abi.encodeWithSelector(ILedgerErrors.Ledger_BadSuccessor.selector, address(other))
        );
    }

    function test_RevertWhen_AShareIsFrozen() public {
        vm.prank(bench);
        ledger.freeze(_proof, 0);
        SettlementLedger next = _newLedger(ledger);
        _governFails(
            address(ledger),
            abi.encodeCall(ledger.retire, (next)),
            abi.encodeWithSelector(ILedgerErrors.Ledger_DisputesOpen.selector, 1)
        );
    }

    function test_RevertWhen_AnotherCurrencyWouldFollow() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_BadPredecessor.selector, address(ledger)));
        new SettlementLedger(address(manager), partners, plans, referrals, "EUR", vm.addr(ATTESTOR_KEY), ledger);
    }

    /* INHERITING */

    function test_TheSuccessorGoesOn() public {
        SettlementLedger old = ledger;
        _succeed();

        // Accounts.
        vm.assertEq(ledger.owed(), old.owed(), "owed");
        vm.assertEq(ledger.batchCount(), old.batchCount(), "batches");
        _assertBalance(3, 40);
        (, uint256 debt,) = ledger.balanceOf(4);
        vm.assertEq(debt, 5, "debt");
        _assertVolume(1, 600_000, 0);
        // Credits.
        _assertHeld(1, RELEASE, 54_000);
        _assertHeld(5, RELEASE, 27_000);
        // Orders, payouts, numbers.
        vm.assertTrue(ledger.isSettled(1) && ledger.isSettled(2) && !ledger.isSettled(3), "settled there");
        vm.assertEq(ledger.refundedOf(1), 60_000, "refunded there");
        vm.assertEq(ledger.rootOf(1), old.rootOf(1), "root");
        (uint256 partnerId,,, bool isDisputed) = ledger.shareOf(1, 1);
        vm.assertTrue(isDisputed && partnerId == 5, "disputed there");
        Settled memory again = _settle(_order(1, _tiered, 600_000));
        _assertSkipped(again, 0, 1, Skip.Duplicate);
        vm.assertEq(again.batchId, 2, "ids go on");

        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(4, 3, 1, 0, 0)));
        _assertBalance(3, 40);
        vm.prank(treasurer);
        ledger.returnPayout(4, "why");
        _assertBalance(3, 100);
        Adjustment memory adjustment = Adjustment(1, 4, -5, "reason", _now());
        bytes memory approval = _approve(CONTROLLER_KEY, adjustment);
        vm.prank(treasurer);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_AlreadyAdjusted.selector, 1));
        ledger.adjust(adjustment, controller, approval);
    }

    function test_OldOrdersAreRefundedByTheSuccessor() public {
        _succeed();
        vm.prank(refunder);
        ledger.refund(_proof, 600_000, "ref");
        _sync();
        _assertHeld(1, RELEASE, 0);
        _assertHeld(5, RELEASE, 0);
        vm.assertEq(ledger.owed(), 40, "all but what was available");
        vm.prank(bench);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_AlreadyDisputed.selector, 1, 1));
        ledger.freeze(_proof, 1);
    }

    function test_TheTierOfTheNextMonthIsThatOfTheVolume() public {
        _succeed();
        _at(FEB_1);
        _assertTierOf(_settle(_order(9, _tiered, 10_000)), 2);
    }

    function test_AccountsComeInPortions() public {
        SettlementLedger next = _retireLedger();
        ledger = next;
        next.inheritAccounts(2);
        _sync();
        vm.assertEq(uint256(next.phase()), uint256(Phase.Inheriting), "not yet");
        _settleFails(_encode(_order(9, _tiered, 1)), _notOpen(Phase.Inheriting));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        next.inheritAccounts(0);
        next.inheritAccounts(PARTNERS);
        _sync();
        vm.assertEq(uint256(next.phase()), uint256(Phase.Open), "open");
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        next.inheritAccounts(1);
    }

    function test_CreditsAreInheritedOnce() public {
        SettlementLedger next = _retireLedger();
        ledger = next;
        next.inheritAccounts(PARTNERS);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NotInherited.selector, 1, RELEASE));
        vm.prank(refunder);
        ledger.refund(_proof, 600_000, "ref");

        uint256 seq = ledger.seq();
        next.inheritCredits(_releases());
        next.inheritCredits(_releases());
        _sync();
        vm.assertEq(ledger.seq(), seq + 1, "the second time nothing");
        _assertHeld(1, RELEASE, 54_000);
        _at(RELEASE);
        _mature(1, RELEASE);
        _assertBalance(1, 54_000);
    }

    function test_ACreditOfTheSuccessorIsAdded() public {
        bytes12 sameDay = _customer(3, FLAT, 1, 0, 0);
        SettlementLedger next = _retireLedger();
        ledger = next;
        next.inheritAccounts(PARTNERS);
        // Seven days of hold from here end when the fourteen of the old order do.
        _at(RELEASE - 8);
        _settle(_order(9, sameDay, 10_000));
        _assertHeld(1, RELEASE, 500);
        vm.assertEq(next.wordOf(Word.Held, 1 << 24 | RELEASE), 54_500, "with what is still to be taken over");
        next.inheritCredits(_releases());
        _assertHeld(1, RELEASE, 54_500);
    }

    function test_AThirdLedgerInheritsWhatTheSecondDidNot() public {
        SettlementLedger second = _retireLedger();
        second.inheritAccounts(PARTNERS);
        ledger = second;
        SettlementLedger third = _retireLedger();
        ledger = third;
        third.inheritAccounts(PARTNERS);
        third.inheritCredits(_releases());
        _sync();
        _assertHeld(1, RELEASE, 54_000);
        vm.assertTrue(third.isSettled(1), "settled by the first");
        vm.assertTrue(third.rootOf(1) != 0, "a root of the first");
        vm.assertEq(third.refundedOf(1), 60_000, "refunded by the first");
    }

    function test_RevertWhen_ThePredecessorIsNotRetired() public {
        SettlementLedger next = _newLedger(ledger);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        next.inheritAccounts(1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        next.inheritCredits(_releases());
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NothingToInherit.selector));
        ledger.inheritCredits(_releases());
    }

    /* HELPERS */

    function _succeed() private {
        SettlementLedger next = _retireLedger();
        ledger = next;
        next.inheritAccounts(PARTNERS);
        next.inheritCredits(_releases());
        _sync();
    }

    function _releases() private pure returns (Release[] memory list) {
        list = new Release[](4);
        list[0] = Release(1, uint24(RELEASE));
        list[1] = Release(2, uint24(RELEASE));
        list[2] = Release(5, uint24(RELEASE));
        list[3] = Release(3, uint24(DAY + 1));
    }

    function _notOpen(Phase phase) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, phase);
    }

    function _assertTierOf(Settled memory settled, uint256 tier) private pure {
        vm.assertEq(settled.leaves[0].tiers[0], tier, "tier");
    }
}
