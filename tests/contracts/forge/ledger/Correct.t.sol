// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Adjustment, Payout, Phase} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {vm} from "../utils/Vm.sol";

/// @dev What is corrected after the fact: payments that come back, balances, debt; and withdrawals.
contract CorrectTest is BaseTest {
    uint256 private constant RELEASE = JAN_1 + 14 + 8;

    function setUp() public override {
        super.setUp();
        _settle(_order(1, _customer(1, FLAT, 1, 2, 3), 10_000));
        _at(RELEASE);
        _mature(1, RELEASE);
    }

    /* RETURNED PAYOUTS */

    function test_AReturnedPayoutIsAvailableAgain() public {
        _pay(7, 300);
        vm.prank(treasurer);
        ledger.returnPayout(7, "account closed");
        _sync();

        _assertBalance(1, 500);
        (uint256 partnerId, uint256 gross, uint256 withheld, bool returned) = ledger.payoutOf(7);
        vm.assertEq(partnerId, 1, "the record stays");
        vm.assertEq(gross, 300, "gross");
        vm.assertEq(withheld, 60, "tax");
        vm.assertTrue(returned, "and says so");
        vm.assertEq(ledger.owed(), 1000, "owed again");
        vm.assertEq(
            keccak256(_lastLog[address(ledger)].data),
            keccak256(abi.encode(7, 1, 300, 0, 500, bytes32("account closed"))),
            "logged"
        );
    }

    function test_AReturnedPayoutRepaysDebtFirst() public {
        _pay(7, 500);
        _adjust(1, -120);
        vm.prank(treasurer);
        ledger.returnPayout(7, "why");
        _assertBalance(1, 380);
        vm.assertEq(ledger.owed(), 500 + 380, "owed");
    }

    function test_RevertWhen_APayoutCannotComeBack() public {
        _treasurerFails(
            abi.encodeCall(ledger.returnPayout, (7, "why")),
            abi.encodeWithSelector(ILedgerErrors.Ledger_UnknownPayout.selector, 7)
        );
        _pay(7, 300);
        vm.prank(treasurer);
        ledger.returnPayout(7, "why");
        _treasurerFails(
            abi.encodeCall(ledger.returnPayout, (7, "why")),
            abi.encodeWithSelector(ILedgerErrors.Ledger_AlreadyReturned.selector, 7)
        );
        // Its number is used.
        _pay(7, 300);
        _assertBalance(1, 500);
    }

    /* ADJUSTMENTS */

    function test_ACreditIsAvailable() public {
        _adjust(1, 250);
        _assertBalance(1, 750);
        vm.assertEq(ledger.owed(), 1250, "owed");
        (Adjustment memory adjustment, address by, address approver, uint256 fromDebt, uint256 balance) =
            abi.decode(_lastLog[address(ledger)].data, (Adjustment, address, address, uint256, uint256));
        vm.assertEq(uint256(int256(adjustment.amount)), 250, "amount");
        vm.assertEq(by, treasurer, "who asked");
        vm.assertEq(approver, controller, "who agreed");
        vm.assertEq(fromDebt, 0, "debt before");
        vm.assertEq(balance, 750, "balance afterwards");
    }

    function test_ADebitTakesWhatIsAvailableAndOwesTheRest() public {
        _adjust(1, -700);
        (uint256 available, uint256 debt,) = ledger.balanceOf(1);
        vm.assertEq(available, 0, "available");
        vm.assertEq(debt, 200, "debt");
        vm.assertEq(ledger.owed(), 500, "owed");
        _adjust(1, 300);
        _assertBalance(1, 100);
        vm.assertEq(ledger.owed(), 600, "debt first");
    }

    function test_TheGreatestDebitFits() public {
        _adjust(2, type(int80).min + 1);
        (, uint256 debt,) = ledger.balanceOf(2);
        vm.assertEq(debt, uint80(type(int80).max), "debt");
        _adjust(3, type(int80).min);
        (, debt,) = ledger.balanceOf(3);
        vm.assertEq(debt, 1 << 79, "the least number too");
    }

    function test_RevertWhen_AnAdjustmentIsBad() public {
        _adjustFails(Adjustment(0, 1, 5, 0, _now()), _bad(ILedgerErrors.Ledger_BadAdjustment.selector, 0));
        _adjustFails(Adjustment(9, 1, 0, 0, _now()), _bad(ILedgerErrors.Ledger_BadAdjustment.selector, 9));
        _adjustFails(Adjustment(9, 99, 5, 0, _now()), _bad(ILedgerErrors.Ledger_UnknownPartner.selector, 99));
        _adjustFails(
            Adjustment(9, 1, 5, 0, _now() - 1),
            abi.encodeWithSelector(ILedgerErrors.Ledger_ApprovalExpired.selector, 9, _now() - 1, vm.getBlockTimestamp())
        );
        _adjust(1, 5);
        _adjustFails(Adjustment(1, 1, 5, 0, _now()), _bad(ILedgerErrors.Ledger_AlreadyAdjusted.selector, 1));
    }

    function test_RevertWhen_TheSecondKeyIsNotAnothers() public {
        Adjustment memory adjustment = Adjustment(9, 1, 5, "why", _now());
        bytes memory approval = _approve(CONTROLLER_KEY, adjustment);
        bytes memory error = abi.encodeWithSelector(ILedgerErrors.Ledger_BadApproval.selector, 9, controller);

        // Its own.
        vm.prank(controller);
        vm.expectRevert(error);
        ledger.adjust(adjustment, controller, approval);
        // For another amount.
        adjustment.amount = 6;
        vm.prank(treasurer);
        vm.expectRevert(error);
        ledger.adjust(adjustment, controller, approval);
        adjustment.amount = 5;
        // Of somebody who may not adjust.
        address clerk = vm.addr(ATTESTOR_KEY);
        approval = _approve(ATTESTOR_KEY, adjustment);
        vm.prank(treasurer);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_BadApproval.selector, 9, clerk));
        ledger.adjust(adjustment, clerk, approval);
        // Of nobody.
        vm.prank(treasurer);
        vm.expectRevert(error);
        ledger.adjust(adjustment, controller, "");
    }

    /* DEBT */

    function test_DebtIsWrittenOff() public {
        _adjust(1, -700);
        _govern(address(ledger), abi.encodeCall(ledger.writeOffDebt, (1, 150, "why")));
        _sync();
        (uint256 available, uint256 debt,) = ledger.balanceOf(1);
        vm.assertEq(available, 0, "available");
        vm.assertEq(debt, 50, "debt");
        vm.assertEq(ledger.owed(), 500, "owed to others as before");
    }

    function test_RevertWhen_LessIsOwed() public {
        _adjust(1, -700);
        uint256[2] memory amounts = [uint256(0), 201];
        for (uint256 i; i < 2; ++i) {
            _governFails(
                address(ledger),
                abi.encodeCall(ledger.writeOffDebt, (1, amounts[i], "why")),
                abi.encodeWithSelector(ILedgerErrors.Ledger_BadWriteOff.selector, 1, amounts[i], 200)
            );
        }
    }

    /* PAUSED */

    function test_RevertWhen_Paused() public {
        _pay(7, 300);
        vm.prank(pauser);
        ledger.pause();
        bytes memory error = abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Paused);
        _treasurerFails(abi.encodeCall(ledger.returnPayout, (7, "why")), error);
        _treasurerFails(abi.encodeCall(ledger.recordPayouts, (_list(Payout(8, 1, 1, 0, 0)))), error);
        _adjustFails(Adjustment(9, 1, 5, 0, _now()), error);
        _governFails(address(ledger), abi.encodeCall(ledger.writeOffDebt, (1, 1, "why")), error);
    }

    /* WITHDRAWALS */

    function test_AWithdrawalIsRecorded() public {
        _beVault();
        ledger.recordWithdrawal(1, 200);
        _sync();
        _assertBalance(1, 300);
        vm.assertEq(ledger.owed(), 800, "owed");
        vm.prank(pauser);
        ledger.pause();
        ledger.recordWithdrawal(1, 300);
        _assertBalance(1, 0);
    }

    function test_RevertWhen_AWithdrawalCannotBe() public {
        _beVault();
        uint256[2] memory amounts = [uint256(0), 501];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_Insufficient.selector, 1, amounts[i], 500));
            ledger.recordWithdrawal(1, amounts[i]);
        }
        vm.prank(registrar);
        partners.setStatus(1, IPartnerRegistry.Status.Suspended, "why");
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_Suspended.selector, 1));
        ledger.recordWithdrawal(1, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_Suspended.selector, 99));
        ledger.recordWithdrawal(99, 1);
    }

    /* HELPERS */

    function _pay(uint48 no, uint80 gross) private {
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(no, 1, gross, gross / 5, "ref")));
        _sync();
    }

    function _beVault() private {
        _govern(address(manager), abi.encodeCall(manager.grantRole, (VAULT, address(this), 0)));
    }

    function _bad(bytes4 error, uint256 number) private pure returns (bytes memory) {
        return abi.encodeWithSelector(error, number);
    }

    function _adjustFails(Adjustment memory adjustment, bytes memory error) private {
        bytes memory approval = _approve(CONTROLLER_KEY, adjustment);
        vm.prank(treasurer);
        vm.expectRevert(error);
        ledger.adjust(adjustment, controller, approval);
    }

    function _treasurerFails(bytes memory call, bytes memory error) private {
        vm.prank(treasurer);
        (bool done, bytes memory answer) = address(ledger).call(call);
        vm.assertFalse(done, "refused");
        vm.assertEq(answer, error, "why");
    }
}
