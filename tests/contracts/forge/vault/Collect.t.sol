// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {FeeToken, MockToken} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultCollectTest is VaultTest {
    function test_WhatIsMissingIsCollected() public {
        _settleAndCollect(_share(aliceId, 500));
        _settleUncollected(bobId, 300);
        vm.assertEq(vault.shortage(), 300 * SCALE, "missing");
        vm.assertEq(vault.surplus(), 0, "and nothing left over");

        _collect();
        vm.assertEq(token.balanceOf(payer), FUNDS - 800 * SCALE, "the payer paid");
        vm.assertEq(_lastVaultLog(ITokenVault.ShortageCollected.selector), abi.encode(300 * SCALE), "the log says so");
        _assertEven();
    }

    function test_WhatOthersSentCounts() public {
        token.mint(address(vault), 1);
        _settleUncollected(aliceId, 500);
        _collect();
        vm.assertEq(token.balanceOf(payer), FUNDS - 500 * SCALE + 1, "one unit was there");
        _assertEven();
    }

    function test_WhileTheLedgerIsPaused() public {
        _settleUncollected(aliceId, 500);
        vm.prank(pauser);
        ledger.pause();
        _collect();
        _assertEven();
    }

    function testFuzz_NothingIsMissingAfterwards(uint256 credited, uint256 there, uint256 scale) public {
        _use(new MockToken(18), scale = _bound(scale, 1, 1e16));
        credited = _bound(credited, 1, 1e12);
        token.mint(address(vault), there = _bound(there, 0, credited * scale - 1));
        _settleUncollected(aliceId, credited);
        _collect();
        vm.assertEq(token.balanceOf(payer), FUNDS - credited * scale + there, "no more than was missing");
        _assertEven();
    }

    function test_RevertWhen_NothingIsMissing() public {
        _settleAndCollect(_share(aliceId, 500));
        _collectFails(abi.encodeWithSelector(ITokenVault.Vault_NothingToMove.selector));
    }

    function test_RevertWhen_AFeeIsTakenFromWhatArrives() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        fees.setFees(7, 0);
        _settleUncollected(aliceId, 500);
        _collectFails(abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 500 * SCALE, 500 * SCALE - 7));
    }

    function _collect() private {
        vm.prank(treasurer);
        vault.collect();
        _sync();
    }

    function _collectFails(bytes memory error) private {
        vm.prank(treasurer);
        vm.expectRevert(error);
        vault.collect();
    }
}
