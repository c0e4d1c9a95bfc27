// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultPauseWithdrawalsTest is VaultTest {
    function setUp() public override {
        super.setUp();
        _earn(aliceId, 500);
    }

    function test_ItEndsByItself() public {
        vm.assertEq(vault.withdrawalsPausedUntil(), 0, "never paused");
        uint256 until = vm.getBlockTimestamp() + 3 days;
        _pause();
        vm.assertEq(vault.withdrawalsPausedUntil(), until, "for three days");
        vm.assertEq(_lastVaultLog(ITokenVault.WithdrawalsPaused.selector), abi.encode(0, until), "the log says so");

        vm.warp(until - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ITokenVault.Vault_WithdrawalsPaused.selector, until));
        vault.withdraw(aliceId, 500);

        vm.warp(until);
        vm.prank(alice);
        vault.withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid without anybody's doing");
    }

    function test_AgainOnlyAfterSevenDays() public {
        _pause();
        uint256 until = vault.withdrawalsPausedUntil();
        _pauseFails(until + 7 days);
        vm.warp(until);
        _pauseFails(until + 7 days);
        vm.warp(until + 7 days - 1);
        _pauseFails(until + 7 days);

        vm.warp(until + 7 days);
        _pause();
        vm.assertEq(vault.withdrawalsPausedUntil(), until + 10 days, "three days more");
        vm.assertEq(
            _lastVaultLog(ITokenVault.WithdrawalsPaused.selector), abi.encode(until, until + 10 days), "the log says so"
        );
    }

    function test_PayingOutGoesOn() public {
        _pause();
        _assertPaid(_payOut(_payees(aliceId, 500))[0], aliceId, 500, alice);
    }

    /// @dev Somebody pauses whenever it is allowed: whenever one looks, a wait of three days is enough.
    function testFuzz_NobodyWaitsLongerThanThreeDays(uint256 start, uint256[8] memory steps) public {
        vm.warp(vm.getBlockTimestamp() + start % 100 days);
        for (uint256 i; i < steps.length; ++i) {
            vm.warp(vm.getBlockTimestamp() + steps[i] % 12 days);
            vm.prank(pauser);
            (bool paused,) = address(vault).call(abi.encodeCall(vault.pauseWithdrawals, ()));
            uint256 until = vault.withdrawalsPausedUntil();
            vm.assertLe(until, vm.getBlockTimestamp() + 3 days, "no pause is longer");
            if (!paused) vm.assertTrue(vm.getBlockTimestamp() < until + 7 days, "refused only within the rest");
        }
        uint256 end = vault.withdrawalsPausedUntil();
        if (vm.getBlockTimestamp() < end) vm.warp(end);
        vm.prank(alice);
        vault.withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid");
    }

    function _pause() private {
        vm.prank(pauser);
        vault.pauseWithdrawals();
        _sync();
    }

    function _pauseFails(uint256 earliest) private {
        vm.prank(pauser);
        vm.expectRevert(abi.encodeWithSelector(ITokenVault.Vault_PausedLately.selector, earliest));
        vault.pauseWithdrawals();
    }
}
