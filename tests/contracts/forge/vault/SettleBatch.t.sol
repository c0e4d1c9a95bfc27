// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {ReentrantPayee} from "contracts/mocks/AwkwardPayees.sol";
import {
    BlocklistToken,
    FalseToken,
    FeeToken,
    HookToken,
    MockToken,
    NonZeroToken,
    SilentToken,
    Uint96Token
} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultSettleBatchTest is VaultTest {
    /* WHAT IS COLLECTED */

    function test_ExactlyTheSharesAreCollected() public {
        (uint256 batchId, uint256 credited) = _settleAndCollect(bytes.concat(_share(aliceId, 500), _share(bobId, 301)));
        _sync();
        vm.assertEq(batchId, 1, "the ledger's batch");
        vm.assertEq(credited, 801, "the sum of the shares");
        vm.assertEq(token.balanceOf(address(vault)), 801 * SCALE, "collected");
        vm.assertEq(token.balanceOf(payer), FUNDS - 801 * SCALE, "paid");
        _assertEven();
        vm.assertEq(
            _lastVaultLog(ITokenVault.BatchCollected.selector),
            abi.encode(batchId, credited, credited * SCALE),
            "the log says so"
        );
    }

    function test_ADuplicateIsNotCollectedAgain() public {
        bytes memory records = _share(aliceId, 500);
        _settleAndCollect(records);
        (, uint256 credited) = _settleAndCollect(bytes.concat(records, _share(bobId, 300)));
        vm.assertEq(credited, 300, "one of the two");
        _assertEven();
    }

    function test_WhatIsMissingStaysMissing() public {
        _settleUncollected(aliceId, 500);
        _settleAndCollect(_share(bobId, 300));
        vm.assertEq(vault.shortage(), 500 * SCALE, "as before");
        vm.assertEq(token.balanceOf(address(vault)), 300 * SCALE, "only the batch was collected");
    }

    function testFuzz_TheVaultIsEvenAfterEveryBatch(uint32[5] memory amounts, uint256 scale) public {
        _use(new MockToken(18), scale = _bound(scale, 1, 1e16));
        for (uint256 i; i < amounts.length; ++i) {
            _settleAndCollect(bytes.concat(_share(aliceId, _bound(amounts[i], 1, 1e9)), _share(bobId, 1)));
            _assertEven();
        }
    }

    /* WHAT IS REFUSED */

    function test_RevertWhen_TheLedgerRefuses() public {
        bytes memory records = _share(aliceId, 500);
        uint40 deadline = _now() - 1;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.Ledger_AttestationExpired.selector, deadline, deadline + 1)
        );
        vault.settleBatch(records, deadline, attestation);
    }

    function test_RevertWhen_ThePayerHasTooLittle() public {
        uint256 all = token.balanceOf(payer);
        vm.prank(payer);
        token.transfer(stranger, all - 1);
        bytes memory records = _share(aliceId, 500);
        _settleAndCollectFails(
            records, abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, payer, 1, 500 * SCALE)
        );
        // Nothing was settled either: the same orders go through later.
        token.mint(payer, FUNDS);
        (, uint256 credited) = _settleAndCollect(records);
        vm.assertEq(credited, 500, "settled");
    }

    /* TOKENS */

    function test_ATokenMayReturnNothing() public {
        _use(new SilentToken(), SCALE);
        _settleAndCollect(_share(aliceId, 500));
        _assertEven();
    }

    function test_ATokenThatMovesNothingIsNotAskedTo() public {
        _use(new NonZeroToken(), SCALE);
        bytes memory records = _share(aliceId, 500);
        _settleAndCollect(records);
        (uint256 batchId, uint256 credited) = _settleAndCollect(records);
        _sync();
        vm.assertEq(batchId, 2, "a batch of one duplicate");
        vm.assertEq(credited, 0, "credits nothing");
        vm.assertEq(
            _lastVaultLog(ITokenVault.BatchCollected.selector), abi.encode(2, 0, 0), "and is logged like every other"
        );
        vm.expectRevert(abi.encodeWithSelector(NonZeroToken.NothingMoved.selector));
        token.transfer(stranger, 0);
    }

    function test_RevertWhen_AFeeIsTakenFromWhatArrives() public {
        FeeToken fees = new FeeToken();
        _use(fees, SCALE);
        fees.setFees(1, 0);
        _settleAndCollectFails(
            _share(aliceId, 500),
            abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 500 * SCALE, 500 * SCALE - 1)
        );
    }

    function test_RevertWhen_FalseIsReturned() public {
        FalseToken falsy = new FalseToken();
        _use(falsy, SCALE);
        vm.prank(payer);
        falsy.approve(address(vault), 500 * SCALE - 1);
        _settleAndCollectFails(
            _share(aliceId, 500), abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, falsy)
        );
    }

    function test_RevertWhen_ThePayerIsBlocked() public {
        BlocklistToken blocking = new BlocklistToken();
        _use(blocking, SCALE);
        blocking.setBlocked(payer, true);
        _settleAndCollectFails(_share(aliceId, 500), abi.encodeWithSelector(BlocklistToken.Blocked.selector, payer));
    }

    function test_RevertWhen_TheTokenCannotCountSoFar() public {
        _use(new Uint96Token(), 1e16);
        // 2^96 − 1 units of 18 decimals are 79,228,162,514.26 whole ones.
        _settleAndCollect(_share(aliceId, 7_922_816_251_426));
        _assertEven();
        _settleAndCollectFails(
            _share(aliceId, 7_922_816_251_427),
            abi.encodeWithSelector(Uint96Token.ExceedsUint96.selector, 7_922_816_251_427 * 1e16)
        );
    }

    /* CALLING BACK */

    function test_APayersHookCannotWithdrawMeanwhile() public {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        ReentrantPayee payee = new ReentrantPayee();
        uint256 id = _partner(address(payee));
        _earn(id, 500);
        hooked.setHook(payer, payee);
        payee.callBack(address(vault), abi.encodeCall(vault.withdraw, (id, 500)));

        _settleAndCollect(_share(aliceId, 300));
        vm.assertEq(payee.calls(), 1, "the payer's hook was called");
        vm.assertEq(
            payee.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "and refused"
        );
        _assertEven();
        _assertBalance(id, 500);
    }
}
