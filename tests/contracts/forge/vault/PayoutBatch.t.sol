// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {ITokenVault, Outcome, Payee} from "contracts/interfaces/ITokenVault.sol";
import {Phase} from "contracts/interfaces/LedgerTypes.sol";
import {BurningPayee, GaugingPayee, ITokenReceiver, LoudPayee, ReentrantPayee} from "contracts/mocks/AwkwardPayees.sol";
import {BlocklistToken, FalseToken, FeeToken, HookToken, Uint96Token} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultPayoutBatchTest is VaultTest {
    address private constant LAST = address(0x1A57);

    /// @dev What may happen to a payee. Between burning and suspended: two that revert.
    uint256 private constant BURNING = 0;
    uint256 private constant SUSPENDED = 3;
    uint256 private constant TOO_LITTLE = 4;
    uint256 private constant PAID = 5;

    /* WHAT IS PAID */

    function test_EveryWalletIsPaid() public {
        _earn(aliceId, 500);
        _earn(bobId, 300);
        Payee[] memory payees = new Payee[](3);
        payees[0] = Payee(uint32(aliceId), 200);
        payees[1] = Payee(uint32(bobId), 300);
        payees[2] = Payee(uint32(aliceId), 300);
        Outcome[] memory outcomes = _payOut(payees);
        vm.assertEq(outcomes.length, 3, "one outcome for each payee");
        _assertPaid(outcomes[0], aliceId, 200, alice);
        _assertPaid(outcomes[1], bobId, 300, bob);
        _assertPaid(outcomes[2], aliceId, 300, alice);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid twice, as asked");
        vm.assertEq(token.balanceOf(bob), 300 * SCALE, "paid");
        _assertEven();
    }

    function test_NobodyIsNobody() public {
        vm.assertEq(_payOut(new Payee[](0)).length, 0, "no payee, no outcome");
        vm.assertEq(vault.payoutBatchCount(), 1, "and yet a batch");
    }

    function test_AWithdrawalPauseDoesNotStopIt() public {
        _earn(aliceId, 500);
        vm.prank(pauser);
        vault.pauseWithdrawals();
        _assertPaid(_payOut(_payees(aliceId, 500))[0], aliceId, 500, alice);
    }

    /* WHO CANNOT BE PAID */

    function test_APartnerWithoutAWalletIsLeftOut() public {
        _earn(1, 500);
        _assertFailsAlone(1, 500, ITokenVault.Vault_NoWallet.selector);
    }

    function test_APartnerThatDoesNotExistIsLeftOut() public {
        _assertFailsAlone(type(uint32).max, 1, ITokenVault.Vault_NoWallet.selector);
    }

    function test_ASuspendedPartnerIsLeftOut() public {
        _earn(aliceId, 500);
        vm.prank(registrar);
        partners.setStatus(aliceId, IPartnerRegistry.Status.Suspended, "why");
        _assertFailsAlone(aliceId, 500, ILedgerErrors.Ledger_Suspended.selector);
    }

    function test_APartnerWithTooLittleIsLeftOut() public {
        _earn(aliceId, 500);
        _assertFailsAlone(aliceId, 501, ILedgerErrors.Ledger_Insufficient.selector);
    }

    function test_NothingIsNotPaid() public {
        _earn(aliceId, 500);
        _assertFailsAlone(aliceId, 0, ILedgerErrors.Ledger_Insufficient.selector);
    }

    function test_ABlockedWalletIsLeftOut() public {
        BlocklistToken blocking = new BlocklistToken();
        _use(blocking, SCALE);
        _earn(aliceId, 500);
        blocking.setBlocked(alice, true);
        _assertFailsAlone(aliceId, 500, BlocklistToken.Blocked.selector);
    }

    function test_AWalletThatGetsFalseIsLeftOut() public {
        FalseToken falsy = new FalseToken();
        _use(falsy, SCALE);
        _earn(aliceId, 500);
        falsy.setBlocked(alice, true);
        _assertFailsAlone(aliceId, 500, SafeERC20.SafeERC20FailedOperation.selector);
    }

    function test_WhatTheTokenCannotCountIsLeftOut() public {
        _use(new Uint96Token(), 1e16);
        uint256 half = 7_922_816_251_426;
        _earn(aliceId, half);
        _earn(aliceId, half);
        _assertFailsAlone(aliceId, 2 * half, Uint96Token.ExceedsUint96.selector);
    }

    function test_AFeeOnTopLeavesEverybodyOut() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        _earn(aliceId, 500);
        _earn(bobId, 300);
        fees.setFees(0, 1);
        _assertFailed(_payOut(_payees(aliceId, 500))[0], aliceId, 500, ITokenVault.Vault_FeeOnTransfer.selector);
        _assertBalance(aliceId, 500);
        _assertEven();
    }

    function test_APayeeThatBurnsItsGasIsLeftOut() public {
        _assertFailsAlone(_hooked(new BurningPayee()), 500, 0);
    }

    function test_APayeeThatRevertsIsLeftOut() public {
        _assertFailsAlone(_hooked(new LoudPayee(4)), 500, LoudPayee.Loud.selector);
    }

    function test_APayeeThatRevertsWithoutAWordIsLeftOut() public {
        _assertFailsAlone(_hooked(new LoudPayee(0)), 500, 0);
    }

    function test_APayeeThatRevertsWith100kBIsLeftOut() public {
        _assertFailsAlone(_hooked(new LoudPayee(100_000)), 500, LoudPayee.Loud.selector);
    }

    /// @dev Were what they revert with kept, memory would grow, and every payee cost more than the one before.
    function test_FiftyLoudPayeesCostNoMoreThanTheirOwnGas() public {
        uint256 loud = _hooked(new LoudPayee(100_000));
        uint256 one = _gasOf(loud, 1);
        vm.assertLe(_gasOf(loud, 50), 51 * one, "each costs the same");
    }

    function _gasOf(uint256 partnerId, uint256 times) private returns (uint256 spent) {
        Payee[] memory payees = new Payee[](times);
        for (uint256 i; i < times; ++i) {
            payees[i] = Payee(uint32(partnerId), 1);
        }
        uint256 batchNo = vault.payoutBatchCount() + 1;
        vm.prank(treasurer);
        spent = gasleft();
        vault.payoutBatch(batchNo, payees);
        spent -= gasleft();
        _sync();
    }

    function test_APayeeThatCallsBackIsPaidOnce() public {
        ReentrantPayee payee = new ReentrantPayee();
        uint256 id = _hooked(payee);
        payee.callBack(address(vault), abi.encodeCall(vault.withdraw, (id, 200)));
        _assertPaid(_payOut(_payees(id, 200))[0], id, 200, address(payee));
        vm.assertEq(payee.calls(), 1, "it was called");
        vm.assertEq(
            payee.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "and refused"
        );
        vm.assertEq(token.balanceOf(address(payee)), 200 * SCALE, "paid once");
        _assertBalance(id, 300);
        _assertEven();
    }

    /// @dev Any of the payees may fail, each in another way: the others are paid, to the unit.
    function testFuzz_OneNeverChangesAnother(uint8[12] memory ways) public {
        Payee[] memory payees = _payeesOf(ways);
        Outcome[] memory outcomes = _payOut(payees);
        for (uint256 i; i < ways.length; ++i) {
            bool paid = ways[i] % 6 == PAID;
            if (paid) _assertPaid(outcomes[i], payees[i].partnerId, payees[i].amount, _wallet(i));
            else _assertFailed(outcomes[i], payees[i].partnerId, payees[i].amount, _reason(ways[i] % 6));
            vm.assertEq(token.balanceOf(_wallet(i)), paid ? payees[i].amount * SCALE : 0, "what arrived");
            _assertBalance(payees[i].partnerId, paid ? 0 : 100 + i);
        }
        _assertEven();
    }

    function _payeesOf(uint8[12] memory ways) private returns (Payee[] memory payees) {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        ITokenReceiver[3] memory hooks = [ITokenReceiver(new BurningPayee()), new LoudPayee(100_000), new LoudPayee(4)];
        payees = new Payee[](ways.length);
        bytes memory records;
        for (uint256 i; i < ways.length; ++i) {
            payees[i] = Payee(uint32(_partner(_wallet(i))), uint80(100 + i));
            records = bytes.concat(records, _share(payees[i].partnerId, 100 + i));
            uint256 way = ways[i] % 6;
            if (way < hooks.length) hooked.setHook(_wallet(i), hooks[way]);
            if (way == SUSPENDED) {
                vm.prank(registrar);
                partners.setStatus(payees[i].partnerId, IPartnerRegistry.Status.Suspended, "why");
            }
            if (way == TOO_LITTLE) ++payees[i].amount;
        }
        _settleAndCollect(records);
        uint256 day = vm.getBlockTimestamp() / 1 days + 8;
        _at(day);
        for (uint256 i; i < ways.length; ++i) {
            _mature(payees[i].partnerId, day);
        }
    }

    function _wallet(uint256 index) private pure returns (address) {
        return address(uint160(0xC0FFEE00 + index));
    }

    function _reason(uint256 way) private pure returns (bytes4) {
        if (way == BURNING) return 0;
        if (way == SUSPENDED) return ILedgerErrors.Ledger_Suspended.selector;
        if (way == TOO_LITTLE) return ILedgerErrors.Ledger_Insufficient.selector;
        return LoudPayee.Loud.selector;
    }

    /* GAS */

    /// @dev Whatever gas is sent: either everything is as it would be with more, or nothing happens at all.
    function testFuzz_TheGasThatIsSentChoosesNobody(uint256 gas_) public {
        uint256 burner = _hooked(new BurningPayee());
        uint256 last = _partner(LAST);
        _earn(last, 300);
        _earn(aliceId, 500);
        Payee[] memory payees = new Payee[](3);
        payees[0] = Payee(uint32(aliceId), 500);
        payees[1] = Payee(uint32(burner), 500);
        payees[2] = Payee(uint32(last), 300);

        gas_ = _bound(gas_, 50_000, 1_200_000);
        vm.prank(treasurer);
        (bool done,) = address(vault).call{gas: gas_}(abi.encodeCall(vault.payoutBatch, (1, payees)));
        _sync();
        vm.assertEq(token.balanceOf(alice), done ? 500 * SCALE : 0, "the first");
        vm.assertEq(token.balanceOf(LAST), done ? 300 * SCALE : 0, "the last");
        _assertBalance(burner, 500);
        vm.assertEq(vault.payoutBatchCount(), done ? 1 : 0, "the batch");
        // What the interface says one has to send, and the call itself.
        if (gas_ >= 3 * vault.PAYOUT_GAS() + 150_000) vm.assertTrue(done, "that was enough");
    }

    /// @dev With the least gas with which a batch goes through at all, its payee has as much as with any other.
    function test_APayeeHasTheSameGasWhateverIsSent() public {
        GaugingPayee payee = new GaugingPayee();
        uint256 id = _hooked(payee);
        // The second time every word is written over, as it will be from then on.
        _sendsEnough(id, 1_000_000);
        _sendsEnough(id, 1_000_000);
        uint256 seen = payee.seen();

        (uint256 tooLittle, uint256 enough) = (vault.PAYOUT_GAS(), 2 * vault.PAYOUT_GAS());
        while (enough - tooLittle > 1) {
            uint256 middle = (enough + tooLittle) / 2;
            if (_sendsEnough(id, middle)) enough = middle;
            else tooLittle = middle;
        }
        vm.assertTrue(_sendsEnough(id, enough), "the least that goes through");
        vm.assertEq(payee.seen(), seen, "is as good as any");
        _sync();
    }

    function _sendsEnough(uint256 partnerId, uint256 gas_) private returns (bool paid) {
        bytes memory call = abi.encodeCall(vault.payoutBatch, (vault.payoutBatchCount() + 1, _payees(partnerId, 1)));
        uint256 before = token.balanceOf(address(vault));
        vm.prank(treasurer);
        (paid,) = address(vault).call{gas: gas_}(call);
        vm.assertEq(token.balanceOf(address(vault)), paid ? before - SCALE : before, "paid, or nothing happened");
    }

    function test_RevertWhen_APayeeCouldNotHaveItsGas() public {
        _earn(aliceId, 500);
        uint256 tooLittle = vault.PAYOUT_GAS();
        vm.prank(treasurer);
        (bool done, bytes memory answer) =
            address(vault).call{gas: tooLittle}(abi.encodeCall(vault.payoutBatch, (1, _payees(aliceId, 500))));
        vm.assertFalse(done, "refused");
        vm.assertEq(answer, abi.encodeWithSelector(ITokenVault.Vault_TooLittleGas.selector, 0), "for the first payee");
    }

    function test_APayeeNeedsFarLessThanItMayUse() public {
        _earn(aliceId, 500);
        vm.prank(address(vault));
        uint256 spent = gasleft();
        vault.payOut(aliceId, 500);
        spent -= gasleft();
        vm.assertLe(spent, vault.PAYOUT_GAS() / 2, "half of it is enough for a plain token");
        _sync();
    }

    /* WHAT IS REFUSED */

    function test_RevertWhen_TheLedgerIsNotOpen() public {
        _earn(aliceId, 500);
        vm.prank(pauser);
        ledger.pause();
        _payOutFails(1, abi.encodeWithSelector(ITokenVault.Vault_LedgerNotOpen.selector, Phase.Paused));
    }

    function test_RevertWhen_TheNumberIsNotTheNext() public {
        _earn(aliceId, 500);
        _payOutFails(0, abi.encodeWithSelector(ITokenVault.Vault_NotNext.selector, 0, 1));
        _payOutFails(2, abi.encodeWithSelector(ITokenVault.Vault_NotNext.selector, 2, 1));
        _payOut(_payees(aliceId, 100));
        // Sent again after an unknown outcome.
        _payOutFails(1, abi.encodeWithSelector(ITokenVault.Vault_NotNext.selector, 1, 2));
        _assertBalance(aliceId, 400);
    }

    function test_RevertWhen_OneIsPaidOutFromOutside() public {
        _earn(aliceId, 500);
        address[4] memory callers = [alice, treasurer, governor, stranger];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(ITokenVault.Vault_NotItself.selector, callers[i]));
            vault.payOut(aliceId, 500);
        }
    }

    /// @dev A partner with 500 available whose wallet calls when it is paid; others have money in the vault, too.
    function _hooked(ITokenReceiver payee) private returns (uint256 partnerId) {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        hooked.setHook(address(payee), payee);
        partnerId = _partner(address(payee));
        _earn(partnerId, 500);
    }

    /// @dev Between two who are paid, one who is not: it stays as it was.
    function _assertFailsAlone(uint256 partnerId, uint256 amount, bytes4 reason) private {
        uint256 last = _partner(LAST);
        _earn(bobId, 300);
        _earn(last, 100);
        (uint256 before,,) = ledger.balanceOf(partnerId);
        uint256 shortage = vault.shortage();
        Payee[] memory payees = new Payee[](3);
        payees[0] = Payee(uint32(bobId), 300);
        payees[1] = Payee(uint32(partnerId), uint80(amount));
        payees[2] = Payee(uint32(last), 100);
        Outcome[] memory outcomes = _payOut(payees);
        _assertPaid(outcomes[0], bobId, 300, bob);
        _assertFailed(outcomes[1], partnerId, amount, reason);
        _assertPaid(outcomes[2], last, 100, LAST);
        vm.assertEq(token.balanceOf(bob), 300 * vault.SCALE(), "the first arrived");
        vm.assertEq(token.balanceOf(LAST), 100 * vault.SCALE(), "the last arrived");
        _assertBalance(partnerId, before);
        _assertBalance(bobId, 0);
        _assertBalance(last, 0);
        vm.assertEq(vault.shortage(), shortage, "nothing went missing");
    }

    function _payOutFails(uint256 batchNo, bytes memory error) private {
        vm.prank(treasurer);
        vm.expectRevert(error);
        vault.payoutBatch(batchNo, _payees(aliceId, 100));
    }
}
