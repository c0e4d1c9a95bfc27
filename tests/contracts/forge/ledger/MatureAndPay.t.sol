// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Maturity, Payout, Release, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {vm} from "../utils/Vm.sol";

contract MatureAndPayTest is BaseTest {
    uint256 private constant RELEASE = JAN_1 + 14 + 8;

    bytes12 private _flat;

    function setUp() public override {
        super.setUp();
        _flat = _customer(1, FLAT, 1, 2, 3);
    }

    /* MATURING */

    function test_NotBeforeItsDay() public {
        _settle(_order(1, _flat, 10_000));
        vm.warp(RELEASE * 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NotMatured.selector, 1, RELEASE, RELEASE - 1));
        ledger.mature(_release(1, RELEASE));

        vm.warp(RELEASE * 1 days);
        _mature(1, RELEASE);
        _assertHeld(1, RELEASE, 0);
        _assertBalance(1, 500);
    }

    function test_AnyoneMayMature() public {
        _settle(_order(1, _flat, 10_000));
        _at(RELEASE);
        vm.prank(stranger);
        ledger.mature(_release(1, RELEASE));
        _assertBalance(1, 500);
        // The others' credits wait until somebody asks.
        _assertHeld(2, RELEASE, 300);
        _assertBalance(2, 0);
    }

    function test_WhatHoldsNothingIsPassedOver() public {
        _settle(_order(1, _flat, 10_000));
        _at(RELEASE + 5);
        Release[] memory list = new Release[](6);
        list[0] = Release(0, 0);
        list[1] = Release(1, uint24(RELEASE - 1));
        list[2] = Release(1, uint24(RELEASE));
        list[3] = Release(1, uint24(RELEASE));
        list[4] = Release(type(uint32).max, uint24(RELEASE));
        list[5] = Release(3, uint24(RELEASE));
        ledger.mature(list);
        _sync();

        Maturity[] memory matured = _lastMatured();
        vm.assertEq(matured.length, 2, "matured");
        _assertMatured(matured[0], 1, 500, 500);
        _assertMatured(matured[1], 3, 200, 200);

        uint256 seq = ledger.seq();
        _mature(1, RELEASE);
        vm.assertEq(ledger.seq(), seq, "once");
        _assertBalance(1, 500);
    }

    function test_CreditsOfManyDaysAddUp() public {
        _settle(_order(1, _flat, 10_000));
        _at(JAN_1 + 15);
        _settle(_order(2, _flat, 20_000));
        _settle(_order(3, _flat, 20_000));
        _at(RELEASE + 1);
        _mature(1, RELEASE);
        _mature(1, RELEASE + 1);
        _assertMatured(_lastMatured()[0], 1, 2000, 2500);
        _assertBalance(1, 2500);
    }

    function test_ADayThatHasBegunGetsNothingMore() public {
        // Held for no day: payable from tomorrow, so a day that has begun can get nothing more.
        bytes12 other = _customer(2, OTHER, 4, 0, 0);
        _settle(_order(1, other, 10_000));
        _at(JAN_1 + 15);
        _mature(4, JAN_1 + 15);
        _settle(_order(2, other, 10_000));
        _assertHeld(4, JAN_1 + 15, 0);
        _assertHeld(4, JAN_1 + 16, 100);
    }

    function test_OneReleaseTooEarlyStopsTheCall() public {
        _settle(_order(1, _flat, 10_000));
        _at(RELEASE);
        Release[] memory list = new Release[](2);
        list[0] = Release(1, uint24(RELEASE));
        list[1] = Release(1, uint24(RELEASE + 1));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NotMatured.selector, 1, RELEASE + 1, RELEASE));
        ledger.mature(list);
        _assertHeld(1, RELEASE, 500);
    }

    /* PAYING */

    function test_APayoutIsRecordedOnce() public {
        _earn();
        _pay(Payout(9, 1, 300, 60, "bank"));
        _assertBalance(1, 200);
        (uint256 partnerId, uint256 gross, uint256 withheld,) = ledger.payoutOf(9);
        vm.assertEq(partnerId, 1, "partner");
        vm.assertEq(gross, 300, "gross");
        vm.assertEq(withheld, 60, "withheld");

        Skipped[] memory skipped = _pay(Payout(9, 2, 100, 0, "bank"));
        _assertSkipped(skipped[0], 9, Skip.Duplicate);
        _assertBalance(1, 200);
        _assertBalance(2, 300);
        (partnerId,,,) = ledger.payoutOf(9);
        vm.assertEq(partnerId, 1, "as it was");
    }

    function test_WhatCannotBePaidDisturbsNobody() public {
        _earn();
        vm.prank(registrar);
        partners.setStatus(2, IPartnerRegistry.Status.Suspended, "why");

        Payout[] memory list = new Payout[](8);
        list[0] = Payout(1, 1, 501, 0, 0); // more than there is
        list[1] = Payout(2, 1, 400, 400, 0); // all of it to the tax office
        list[2] = Payout(2, 3, 1, 0, 0); // the number again, within the list
        list[3] = Payout(3, 2, 300, 0, 0); // suspended
        list[4] = Payout(4, 1, 101, 0, 0); // the second time there is less
        list[5] = Payout(5, 1, 100, 0, 0); // exactly what is left
        list[6] = Payout(6, 99, 1, 0, 0); // nobody
        list[7] = Payout(7, 3, 200, 1, 0);
        vm.prank(treasurer);
        ledger.recordPayouts(list);
        _sync();

        (Payout[] memory paid, uint256[] memory balances, Skipped[] memory skipped) = _lastPaid();
        vm.assertEq(paid.length, 3, "paid");
        vm.assertEq(balances.length, 3, "a balance each");
        vm.assertEq(skipped.length, 5, "left out");
        vm.assertEq(paid[0].payoutNo * 100 + paid[1].payoutNo * 10 + paid[2].payoutNo, 257, "which");
        vm.assertEq(balances[0], 100, "after the first");
        vm.assertEq(balances[1], 0, "after the second");
        vm.assertEq(balances[2], 0, "after the third");
        _assertSkipped(skipped[0], 1, Skip.Insufficient);
        _assertSkipped(skipped[1], 2, Skip.Duplicate);
        _assertSkipped(skipped[2], 3, Skip.Suspended);
        _assertSkipped(skipped[3], 4, Skip.Insufficient);
        _assertSkipped(skipped[4], 6, Skip.UnknownPartner);
        _assertBalance(1, 0);
        _assertBalance(2, 300);
        _assertBalance(3, 0);
    }

    function test_ASkippedPayoutMayBeSentAgain() public {
        _earn();
        vm.prank(registrar);
        partners.setStatus(2, IPartnerRegistry.Status.Suspended, "why");
        vm.assertEq(_pay(Payout(1, 2, 300, 0, 0)).length, 1, "left out");
        vm.prank(registrar);
        partners.setStatus(2, IPartnerRegistry.Status.Active, "cleared");
        vm.assertEq(_pay(Payout(1, 2, 300, 0, 0)).length, 0, "paid");
        _assertBalance(2, 0);
    }

    function test_WhatIsHeldCannotBePaid() public {
        _settle(_order(1, _flat, 10_000));
        _assertSkipped(_pay(Payout(1, 1, 1, 0, 0))[0], 1, Skip.Insufficient);
        _at(RELEASE);
        // Its day has come, and yet nobody matured it.
        _assertSkipped(_pay(Payout(1, 1, 1, 0, 0))[0], 1, Skip.Insufficient);
    }

    function test_RevertWhen_APayoutIsMalformed() public {
        _earn();
        Payout[3] memory bad = [Payout(0, 1, 100, 0, 0), Payout(2, 1, 0, 0, 0), Payout(2, 1, 100, 101, 0)];
        for (uint256 i; i < 3; ++i) {
            Payout[] memory list = new Payout[](2);
            list[0] = Payout(1, 1, 100, 0, 0);
            list[1] = bad[i];
            bytes memory error = abi.encodeWithSelector(
                ILedgerErrors.Ledger_BadPayout.selector, bad[i].payoutNo, bad[i].gross, bad[i].withheld
            );
            vm.prank(treasurer);
            vm.expectRevert(error);
            ledger.recordPayouts(list);
        }
        _assertBalance(1, 500);
    }

    function testFuzz_APayoutTakesWhatItSays(uint80 gross, uint80 withheld) public {
        _earn();
        gross = uint80(_bound(gross, 1, 500));
        withheld = uint80(_bound(withheld, 0, gross));
        _pay(Payout(1, 1, gross, withheld, 0));
        _assertBalance(1, 500 - gross);
    }

    /* HELPERS */

    /// @dev 500, 300 and 200 are available to the first three.
    function _earn() private {
        _settle(_order(1, _flat, 10_000));
        _at(RELEASE);
        for (uint256 id = 1; id <= 3; ++id) {
            _mature(id, RELEASE);
        }
    }

    function _pay(Payout memory payout) private returns (Skipped[] memory skipped) {
        vm.prank(treasurer);
        ledger.recordPayouts(_list(payout));
        _sync();
        (,, skipped) = _lastPaid();
    }

    function _release(uint256 partnerId, uint256 day) private pure returns (Release[] memory list) {
        list = new Release[](1);
        list[0] = Release(uint32(partnerId), uint24(day));
    }

    function _assertMatured(Maturity memory maturity, uint256 partnerId, uint256 amount, uint256 balance) private pure {
        vm.assertEq(maturity.partnerId, partnerId, "whose");
        vm.assertEq(maturity.amount, amount, "how much");
        vm.assertEq(maturity.debtRepaid, 0, "no debt");
        vm.assertEq(maturity.balance, balance, "the balance word");
    }

    function _assertSkipped(Skipped memory skipped, uint256 no, Skip reason) private pure {
        vm.assertEq(skipped.number, no, "which was left out");
        vm.assertEq(uint256(skipped.reason), uint256(reason), "why");
    }
}
