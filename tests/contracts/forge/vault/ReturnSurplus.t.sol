// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {Payout, ProvenOrder, Skipped} from "contracts/interfaces/LedgerTypes.sol";
import {FeeToken, MockToken} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultReturnSurplusTest is VaultTest {
    function test_WhatAnotherRailPaidGoesBack() public {
        _earn(aliceId, 500);
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(1, uint32(aliceId), 200, 0, "bank")));
        vm.assertEq(vault.surplus(), 200 * SCALE, "left over");
        vm.assertEq(vault.shortage(), 0, "and nothing missing");

        _return();
        vm.assertEq(token.balanceOf(payer), FUNDS - 300 * SCALE, "back with the payer");
        vm.assertEq(_lastVaultLog(ITokenVault.SurplusReturned.selector), abi.encode(200 * SCALE), "the log says so");
        _assertEven();
    }

    function test_WhatWasClawedBackGoesBack() public {
        _settleAndCollect(_share(aliceId, 500));
        _sync();
        _refundHalf();
        vm.assertEq(vault.surplus(), 250 * SCALE, "half of the share");
        _return();
        vm.assertEq(token.balanceOf(payer), FUNDS - 250 * SCALE, "back with the payer");
        _assertEven();
    }

    function test_WhatOthersSentGoesToThePayer() public {
        _settleAndCollect(_share(aliceId, 500));
        token.mint(address(vault), 1);
        _return();
        vm.assertEq(token.balanceOf(payer), FUNDS - 500 * SCALE + 1, "one unit more");
        _assertEven();
    }

    function test_WhileTheLedgerIsPaused() public {
        token.mint(address(vault), 1);
        vm.prank(pauser);
        ledger.pause();
        _return();
        _assertEven();
    }

    function testFuzz_WhatIsOwedStays(uint256 owed, uint256 beyond, uint256 scale) public {
        _use(new MockToken(18), scale = _bound(scale, 1, 1e16));
        _settleAndCollect(_share(aliceId, owed = _bound(owed, 1, 1e12)));
        token.mint(address(vault), beyond = _bound(beyond, 1, 1e28));
        _return();
        vm.assertEq(token.balanceOf(payer), FUNDS - owed * scale + beyond, "only what was beyond");
        _assertEven();
    }

    function test_RevertWhen_NothingIsLeftOver() public {
        _settleAndCollect(_share(aliceId, 500));
        _returnFails(abi.encodeWithSelector(ITokenVault.Vault_NothingToMove.selector));
    }

    function test_RevertWhen_AFeeIsTakenOnTop() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        _settleAndCollect(_share(aliceId, 500));
        token.mint(address(vault), 10);
        fees.setFees(0, 1);
        _returnFails(abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 10, 11));
    }

    /// @dev Refunds half of the order of the last batch, which has no other: its leaf is the root.
    function _refundHalf() private {
        (uint256 batchId,,, bytes memory leaves,) =
            abi.decode(_lastLog[address(ledger)].data, (uint256, uint256, bytes32, bytes, Skipped[]));
        ProvenOrder memory order = ProvenOrder(batchId, _leafWords(leaves, 0), new bytes32[](0));
        vm.prank(refunder);
        ledger.refund(order, _leaf(leaves, 0).order.base / 2, "refund");
        _sync();
    }

    function _return() private {
        vm.prank(treasurer);
        vault.returnSurplus();
        _sync();
    }

    function _returnFails(bytes memory error) private {
        vm.prank(treasurer);
        vm.expectRevert(error);
        vault.returnSurplus();
    }
}
