// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {ReentrantPayee} from "contracts/mocks/AwkwardPayees.sol";
import {
    BlocklistToken,
    FalseToken,
    FeeToken,
    HookToken,
    MockToken,
    SilentToken
} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultWithdrawTest is VaultTest {
    /* WHAT IS PAID */

    function test_TheWalletIsPaid() public {
        _earn(aliceId, 500);
        _withdraw(aliceId, 200);
        vm.assertEq(token.balanceOf(alice), 200 * SCALE, "paid");
        _assertBalance(aliceId, 300);
        _assertEven();
        vm.assertEq(_lastVaultLog(ITokenVault.Withdrawn.selector), abi.encode(aliceId, alice, 200), "the log says so");
    }

    function test_TheLedgersPauseDoesNotStopIt() public {
        _earn(aliceId, 500);
        vm.prank(pauser);
        ledger.pause();
        _withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid");
        _assertEven();
    }

    function testFuzz_PartByPartNoMoreThanWasAvailable(uint256 earned, uint256[4] memory parts, uint256 scale) public {
        _use(new MockToken(18), scale = _bound(scale, 1, 1e16));
        earned = _bound(earned, 10, 1e12);
        _earn(aliceId, earned);
        uint256 left = earned;
        for (uint256 i; i < parts.length && left != 0; ++i) {
            uint256 part = _bound(parts[i], 1, left);
            _withdraw(aliceId, part);
            left -= part;
            vm.assertEq(token.balanceOf(alice), (earned - left) * scale, "paid so far");
            _assertBalance(aliceId, left);
            _assertEven();
        }
        _withdrawFails(
            alice,
            aliceId,
            left + 1,
            abi.encodeWithSelector(ILedgerErrors.Ledger_Insufficient.selector, aliceId, left + 1, left)
        );
    }

    /* WHAT IS REFUSED */

    function test_RevertWhen_TheCallerIsNotThePartnersWallet() public {
        _earn(aliceId, 500);
        address[5] memory callers = [bob, stranger, treasurer, governor, address(0)];
        uint256 noWallet = 1;
        for (uint256 i; i < callers.length; ++i) {
            _withdrawFails(
                callers[i],
                aliceId,
                500,
                abi.encodeWithSelector(ITokenVault.Vault_NotTheWallet.selector, aliceId, callers[i])
            );
            if (callers[i] == address(0)) continue;
            _withdrawFails(
                callers[i],
                noWallet,
                1,
                abi.encodeWithSelector(ITokenVault.Vault_NotTheWallet.selector, noWallet, callers[i])
            );
        }
    }

    function test_RevertWhen_ThePartnerIsSuspended() public {
        _earn(aliceId, 500);
        vm.prank(registrar);
        partners.setStatus(aliceId, IPartnerRegistry.Status.Suspended, "why");
        _withdrawFails(alice, aliceId, 500, abi.encodeWithSelector(ILedgerErrors.Ledger_Suspended.selector, aliceId));
    }

    function test_RevertWhen_ItIsStillHeld() public {
        _settleAndCollect(_share(aliceId, 500));
        _withdrawFails(
            alice, aliceId, 500, abi.encodeWithSelector(ILedgerErrors.Ledger_Insufficient.selector, aliceId, 500, 0)
        );
    }

    function test_RevertWhen_WithdrawalsArePaused() public {
        _earn(aliceId, 500);
        vm.prank(pauser);
        vault.pauseWithdrawals();
        _withdrawFails(
            alice,
            aliceId,
            500,
            abi.encodeWithSelector(ITokenVault.Vault_WithdrawalsPaused.selector, vault.withdrawalsPausedUntil())
        );
    }

    function test_RevertWhen_TheWalletIsTheVault() public {
        uint256 id = _partner(address(vault));
        _earn(id, 500);
        _withdrawFails(
            address(vault), id, 500, abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 500 * SCALE, 0)
        );
    }

    /* TOKENS */

    function test_ATokenMayReturnNothing() public {
        _use(new SilentToken(), SCALE);
        _earn(aliceId, 500);
        _withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid");
        _assertEven();
    }

    function test_AFeeThatCameLaterDoesNotLockMoneyIn() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        _earn(aliceId, 500);
        fees.setFees(3, 0);
        _withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE - 3, "paid, but for the fee");
        _assertEven();
    }

    function test_RevertWhen_AFeeIsTakenOnTop() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        _earn(aliceId, 500);
        _earn(bobId, 1);
        fees.setFees(0, 1);
        _withdrawFails(
            alice,
            aliceId,
            500,
            abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 500 * SCALE, 500 * SCALE + 1)
        );
    }

    function test_RevertWhen_TheWalletIsBlocked() public {
        BlocklistToken blocking = new BlocklistToken();
        _use(blocking, SCALE);
        _earn(aliceId, 500);
        blocking.setBlocked(alice, true);
        _withdrawFails(alice, aliceId, 500, abi.encodeWithSelector(BlocklistToken.Blocked.selector, alice));
        _assertBalance(aliceId, 500);

        blocking.setBlocked(alice, false);
        _withdraw(aliceId, 500);
        _assertEven();
    }

    function test_RevertWhen_FalseIsReturned() public {
        FalseToken falsy = new FalseToken();
        _use(falsy, SCALE);
        _earn(aliceId, 500);
        falsy.setBlocked(alice, true);
        _withdrawFails(alice, aliceId, 500, abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, falsy));
        _assertBalance(aliceId, 500);
    }

    /* CALLING BACK */

    function test_APayeeThatCallsBackIsPaidOnce() public {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        ReentrantPayee payee = new ReentrantPayee();
        uint256 id = _partner(address(payee));
        hooked.setHook(address(payee), payee);
        _earn(id, 500);
        _earn(aliceId, 500);
        payee.callBack(address(vault), abi.encodeCall(vault.withdraw, (id, 250)));

        vm.prank(address(payee));
        vault.withdraw(id, 250);
        vm.assertEq(payee.calls(), 1, "it was called");
        vm.assertEq(
            payee.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "and refused"
        );
        vm.assertEq(token.balanceOf(address(payee)), 250 * SCALE, "paid once");
        _assertBalance(id, 250);
        _assertEven();
    }

    /// @dev Once under the guard of `withdraw`, the others would see tokens that are about to leave as surplus.
    function test_ATokensHookFindsEveryDoorClosed() public {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        ReentrantPayee hook = new ReentrantPayee();
        hooked.setHook(alice, hook);
        _earn(aliceId, 500);
        _earn(bobId, 500);
        // As if the token itself held every role.
        bytes[] memory grants = new bytes[](3);
        grants[0] = abi.encodeCall(manager.grantRole, (TREASURER, address(hook), 0));
        grants[1] = abi.encodeCall(manager.grantRole, (OPERATOR, address(hook), 0));
        grants[2] = abi.encodeCall(manager.grantRole, (GOVERNOR, address(hook), 0));
        _administer(grants);

        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeCall(vault.returnSurplus, ());
        calls[1] = abi.encodeCall(vault.collect, ());
        calls[2] = abi.encodeCall(vault.payoutBatch, (1, _payees(bobId, 1)));
        calls[3] = abi.encodeCall(vault.settleBatch, ("", 0, ""));
        calls[4] = abi.encodeCall(vault.moveTo, (vault));
        calls[5] = abi.encodeCall(vault.withdraw, (aliceId, 1));
        for (uint256 i; i < calls.length; ++i) {
            hook.callBack(address(vault), calls[i]);
            _withdraw(aliceId, 1);
            vm.assertEq(hook.calls(), i + 1, "it was called");
            vm.assertEq(
                hook.answer(),
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
                "and refused"
            );
        }
        hook.callBack(address(vault), abi.encodeCall(vault.payOut, (bobId, 1)));
        _withdraw(aliceId, 1);
        vm.assertEq(
            hook.answer(), abi.encodeWithSelector(ITokenVault.Vault_NotItself.selector, hook), "nor is that one open"
        );
        _assertEven();
        _assertBalance(bobId, 500);
    }

    function _withdraw(uint256 partnerId, uint256 amount) private {
        vm.prank(alice);
        vault.withdraw(partnerId, amount);
        _sync();
    }

    function _withdrawFails(address caller, uint256 partnerId, uint256 amount, bytes memory error) private {
        vm.prank(caller);
        vm.expectRevert(error);
        vault.withdraw(partnerId, amount);
    }
}
