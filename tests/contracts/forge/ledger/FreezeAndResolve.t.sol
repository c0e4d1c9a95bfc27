// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Clawback, Payout, Phase, ProvenOrder, Resolution, Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

/// @dev The share of the referrer is 500, held until `RELEASE`; another order holds 500 more for the same partner and
/// day. The court's contract has its own tests; here an account plays it.
contract FreezeAndResolveTest is BaseTest {
    uint256 private constant DAY = JAN_1 + 14;
    uint256 private constant RELEASE = DAY + 8;

    ProvenOrder private _proof;

    function setUp() public override {
        super.setUp();
        bytes12 customer = _customer(1, FLAT, 1, 2, 0);
        Order[] memory orders = new Order[](2);
        orders[0] = _order(1, customer, 10_000);
        orders[1] = _order(2, customer, 10_000);
        Settled memory settled = _settle(orders);
        ProvenOrder memory order = _proven(settled, 0);
        (_proof.batchId, _proof.leaf, _proof.proof) = (order.batchId, order.leaf, order.proof);
    }

    /* FREEZING */

    function test_WhatIsHeldIsSetAside() public {
        vm.assertEq(_freeze(0), 1, "whose it is");
        _assertFrozen(500, 500);
        _assertHeld(1, RELEASE, 500);
        vm.assertEq(ledger.frozenShares(), 1, "shares that wait");
        vm.assertEq(ledger.owed(), 1600, "owed all the same");
    }

    function test_ThenWhatIsAvailable() public {
        _at(RELEASE);
        _mature(1, RELEASE);
        _freeze(0);
        _assertFrozen(500, 500);
        (uint256 available,,) = ledger.balanceOf(1);
        vm.assertEq(available, 500, "the rest is the partner's");
    }

    function test_WhatWasPaidCannotBeFrozen() public {
        _payAllBut(120);
        _freeze(0);
        _assertFrozen(120, 120);
    }

    function test_WhatWasRefundedIsNotAtStake() public {
        _refund(4000);
        _freeze(0);
        _assertFrozen(300, 300);
    }

    function test_FrozenAmountsNeitherMatureNorArePaid() public {
        _freeze(0);
        _at(RELEASE);
        _mature(1, RELEASE);
        (uint256 available,, uint256 frozen) = ledger.balanceOf(1);
        vm.assertEq(available, 500, "the other order's");
        vm.assertEq(frozen, 500, "waits");
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(1, 1, 501, 0, 0)));
        (available,,) = ledger.balanceOf(1);
        vm.assertEq(available, 500, "not paid");
    }

    function test_RevertWhen_NothingIsAtStake() public {
        // Nobody trains here, there is no fourth role, and a refunded share is no share.
        _freezeFails(2, abi.encodeWithSelector(ILedgerErrors.Ledger_NothingAtStake.selector, 1, 2));
        _freezeFails(3, abi.encodeWithSelector(ILedgerErrors.Ledger_NothingAtStake.selector, 1, 3));
        _freezeFails(
            type(uint256).max,
            abi.encodeWithSelector(ILedgerErrors.Ledger_NothingAtStake.selector, 1, type(uint256).max)
        );
        _refund(10_000);
        _freezeFails(0, abi.encodeWithSelector(ILedgerErrors.Ledger_NothingAtStake.selector, 1, 0));
    }

    function test_RevertWhen_TheShareWasDisputedBefore() public {
        bytes memory error = abi.encodeWithSelector(ILedgerErrors.Ledger_AlreadyDisputed.selector, 1, 0);
        _freeze(0);
        _freezeFails(0, error);
        _resolve(Ruling.Keep, 0);
        _freezeFails(0, error);
        // The other role is a share of its own.
        vm.assertEq(_freeze(1), 2, "the implementer's");
    }

    function test_RevertWhen_NotProvenOrNotOpen() public {
        ProvenOrder memory order = _proof;
        order.batchId = 2;
        vm.prank(bench);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_BadProof.selector, 2, 1));
        ledger.freeze(order, 0);

        vm.prank(pauser);
        ledger.pause();
        _freezeFails(0, abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Paused));
    }

    /* KEEPING */

    function test_KeepGivesBackWhatIsHeld() public {
        _freeze(0);
        (Resolution memory resolution, Clawback memory clawback) = _resolve(Ruling.Keep, 9);
        _assertHeld(1, RELEASE, 1000);
        _assertFrozen(0, 0);
        vm.assertEq(resolution.to, 1, "the partner, whoever was named");
        vm.assertEq(resolution.toHeld, 500, "held");
        vm.assertEq(clawback.partnerId, 0, "nothing was taken");
        vm.assertEq(ledger.frozenShares(), 0, "nothing waits");
        vm.assertEq(ledger.owed(), 1600, "owed as before");
    }

    function test_KeepCreditsAtOnceWhenTheDayHasCome() public {
        _freeze(0);
        _at(RELEASE);
        (Resolution memory resolution,) = _resolve(Ruling.Keep, 0);
        vm.assertEq(resolution.toCredit, 500, "credited");
        vm.assertEq(resolution.balance, 500, "the balance afterwards");
        _assertBalance(1, 500);
    }

    function test_WhatIsGivenBackRepaysDebtFirst() public {
        _payAllBut(100);
        _freeze(0);
        _adjust(1, -70);
        uint256 owed = ledger.owed();
        (Resolution memory resolution,) = _resolve(Ruling.Keep, 0);
        vm.assertEq(resolution.debtRepaid, 70, "debt first");
        _assertBalance(1, 30);
        vm.assertEq(ledger.owed(), owed - 70, "owed");
    }

    /* REVERSING */

    function test_ReverseTakesTheShare() public {
        _freeze(0);
        (Resolution memory resolution, Clawback memory clawback) = _resolve(Ruling.Reverse, 9);
        vm.assertEq(clawback.fromFrozen, 500, "what was set aside");
        vm.assertEq(clawback.partnerId, 1, "from whom");
        vm.assertEq(resolution.to, 0, "nobody has it");
        _assertFrozen(0, 0);
        _assertHeld(1, RELEASE, 500);
        vm.assertEq(ledger.owed(), 1100, "owed");
        (uint256 partnerId,, bool isFrozen, bool isDisputed) = ledger.shareOf(1, 0);
        vm.assertEq(partnerId, 0, "nobody");
        vm.assertTrue(!isFrozen && isDisputed, "settled for good");
    }

    function test_ReverseMakesDebtOfWhatWasPaid() public {
        _payAllBut(120);
        _freeze(0);
        (, Clawback memory clawback) = _resolve(Ruling.Reverse, 0);
        vm.assertEq(clawback.fromFrozen, 120, "what was set aside");
        vm.assertEq(clawback.toDebt, 380, "the rest");
        (, uint256 debt,) = ledger.balanceOf(1);
        vm.assertEq(debt, 380, "debt");
    }

    /* TRANSFERRING */

    function test_TransferGivesTheShareToAnother() public {
        _freeze(0);
        (Resolution memory resolution, Clawback memory clawback) = _resolve(Ruling.Transfer, 5);
        vm.assertEq(clawback.fromFrozen, 500, "taken");
        vm.assertEq(resolution.toHeld, 500, "given");
        _assertHeld(5, RELEASE, 500);
        _assertHeld(1, RELEASE, 500);
        vm.assertEq(ledger.owed(), 1600, "owed as before");
        _assertVolume(5, 0, 0);
    }

    function test_TransferGivesTheWholeShareEvenIfItWasPaid() public {
        _payAllBut(0);
        _freeze(0);
        (Resolution memory resolution, Clawback memory clawback) = _resolve(Ruling.Transfer, 5);
        vm.assertEq(clawback.toDebt, 500, "the one owes it");
        vm.assertEq(resolution.toCredit, 500, "the other has it");
        _assertBalance(5, 500);
    }

    function test_WhatARefundTookIsNotTransferred() public {
        _freeze(0);
        _refund(4000);
        (Resolution memory resolution,) = _resolve(Ruling.Transfer, 5);
        vm.assertEq(resolution.toHeld, 300, "what is left");
    }

    function test_NothingIsGivenWhenAllWasRefunded() public {
        _freeze(0);
        _refund(10_000);
        (Resolution memory resolution,) = _resolve(Ruling.Transfer, 5);
        vm.assertEq(resolution.toHeld + resolution.toCredit, 0, "nothing");
    }

    /* REFUSED */

    function test_RevertWhen_TheRulingIsNone() public {
        _freeze(0);
        _resolveFails(
            Ruling.None, 0, abi.encodeWithSelector(ILedgerErrors.Ledger_BadRuling.selector, 1, 0, Ruling.None)
        );
        _resolveFails(
            Ruling.Transfer, 1, abi.encodeWithSelector(ILedgerErrors.Ledger_BadRuling.selector, 1, 0, Ruling.Transfer)
        );
        _resolveFails(Ruling.Transfer, 99, abi.encodeWithSelector(ILedgerErrors.Ledger_UnknownPartner.selector, 99));
    }

    function test_RevertWhen_NothingIsFrozen() public {
        bytes memory error = abi.encodeWithSelector(ILedgerErrors.Ledger_NotFrozen.selector, 1, 0);
        _resolveFails(Ruling.Keep, 0, error);
        _freeze(0);
        _resolve(Ruling.Keep, 0);
        _resolveFails(Ruling.Keep, 0, error);
    }

    function test_ARulingIsCarriedOutWhilePaused() public {
        _freeze(0);
        vm.prank(pauser);
        ledger.pause();
        _resolve(Ruling.Transfer, 5);
        _assertHeld(5, RELEASE, 500);
    }

    /* HELPERS */

    function _freeze(uint256 role) private returns (uint256 partnerId) {
        ProvenOrder memory order = _proof;
        vm.prank(bench);
        partnerId = ledger.freeze(order, role);
        _sync();
        vm.assertEq(_lastLog[address(ledger)].topics[0], ISettlementLedger.ShareFrozen.selector, "frozen");
    }

    function _freezeFails(uint256 role, bytes memory error) private {
        ProvenOrder memory order = _proof;
        vm.prank(bench);
        vm.expectRevert(error);
        ledger.freeze(order, role);
    }

    function _resolve(Ruling ruling, uint256 to) private returns (Resolution memory, Clawback memory) {
        vm.prank(bench);
        ledger.resolve(1, 0, ruling, to);
        _sync();
        vm.assertEq(_lastLog[address(ledger)].topics[0], ISettlementLedger.ShareResolved.selector, "resolved");
        return abi.decode(_lastLog[address(ledger)].data, (Resolution, Clawback));
    }

    function _resolveFails(Ruling ruling, uint256 to, bytes memory error) private {
        vm.prank(bench);
        vm.expectRevert(error);
        ledger.resolve(1, 0, ruling, to);
    }

    function _refund(uint64 refunded) private {
        ProvenOrder memory order = _proof;
        vm.prank(refunder);
        ledger.refund(order, refunded, "ref");
        _sync();
    }

    function _payAllBut(uint80 left) private {
        _at(RELEASE);
        _mature(1, RELEASE);
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(1, 1, 1000 - left, 0, 0)));
        _sync();
    }

    function _assertFrozen(uint256 ofShare, uint256 ofPartner) private view {
        (, uint256 frozen,,) = ledger.shareOf(1, 0);
        vm.assertEq(frozen, ofShare, "of the share");
        (,, frozen) = ledger.balanceOf(1);
        vm.assertEq(frozen, ofPartner, "of the partner");
    }
}
