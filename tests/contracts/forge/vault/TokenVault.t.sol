// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {TokenVault} from "contracts/TokenVault.sol";
import {ITokenVault, Outcome} from "contracts/interfaces/ITokenVault.sol";
import {BlocklistToken} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {Vm, vm} from "../utils/Vm.sol";

contract TokenVaultTest is VaultTest {
    /* WHAT IT IS */

    function test_WhatTheVaultIs() public view {
        vm.assertEq(address(vault.LEDGER()), address(ledger), "ledger");
        vm.assertEq(address(vault.TOKEN()), address(token), "token");
        vm.assertEq(uint256(token.decimals()), 6, "six decimals");
        vm.assertEq(vault.PAYER(), payer, "payer");
        vm.assertEq(vault.SCALE(), SCALE, "scale");
        vm.assertEq(vault.PAYOUT_GAS(), 300_000, "gas for one payee");
        vm.assertEq(vault.payoutBatchCount(), 0, "no batch yet");
        vm.assertEq(vault.seq(), 0, "no log yet");
        _assertEven();
    }

    function test_RevertWhen_AMinorUnitWouldBeNothing() public {
        vm.expectRevert(abi.encodeWithSelector(ITokenVault.Vault_NoScale.selector));
        new TokenVault(address(manager), ledger, token, payer, 0);
    }

    /* WHO MAY CALL */

    function test_EveryRestrictedFunctionRefusesEverybodyElse() public {
        bytes[6] memory calls = [
            abi.encodeCall(vault.settleBatch, ("", 0, "")),
            abi.encodeCall(vault.collect, ()),
            abi.encodeCall(vault.returnSurplus, ()),
            abi.encodeCall(vault.payoutBatch, (1, _payees(aliceId, 1))),
            abi.encodeCall(vault.pauseWithdrawals, ()),
            abi.encodeCall(vault.moveTo, (vault))
        ];
        address[6] memory holders = [operator, treasurer, treasurer, treasurer, pauser, governor];
        address[11] memory callers = [
            governor,
            registrar,
            operator,
            arbiter,
            pauser,
            treasurer,
            address(ledger),
            address(vault),
            payer,
            alice,
            stranger
        ];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < callers.length; ++j) {
                if (callers[j] == holders[i]) continue;
                vm.prank(callers[j]);
                (bool done, bytes memory answer) = address(vault).call(calls[i]);
                vm.assertFalse(done, "refused");
                vm.assertEq(
                    answer,
                    abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[j]),
                    "because of who called"
                );
            }
        }
    }

    function test_NobodySettlesPastTheVault() public {
        bytes memory records = _share(aliceId, 500);
        uint40 deadline = _now();
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, operator));
        ledger.settleBatch(records, deadline, attestation);
    }

    /* CUSTODY */

    /// @dev Twenty steps of any kind; the vault's logs alone then say what it holds.
    function testFuzz_WhatWasCollectedIsWhatLeftAndWhatIsThere(uint256[20] memory steps) public {
        BlocklistToken blocking = new BlocklistToken();
        _use(blocking, SCALE);
        uint256 came;
        uint256 left;
        uint256 sent;
        for (uint256 i; i < steps.length; ++i) {
            uint256 amount = _bound(steps[i] >> 8, 1, 1000);
            (uint256 id, address wallet) = steps[i] >> 4 & 1 == 0 ? (aliceId, alice) : (bobId, bob);
            (uint256 kind, uint256 missing, uint256 seq) = (steps[i] % 8, vault.shortage(), vault.seq());
            if (kind == 0) _earn(id, amount);
            if (kind == 1) _settleUncollected(id, amount);
            if (kind == 2) blocking.setBlocked(wallet, !blocking.isBlocked(wallet));
            if (kind == 3) {
                token.mint(address(vault), amount);
                sent += amount;
            }
            if (kind == 4) _try(treasurer, abi.encodeCall(vault.collect, ()));
            if (kind == 5) _try(treasurer, abi.encodeCall(vault.returnSurplus, ()));
            if (kind == 6) _try(wallet, abi.encodeCall(vault.withdraw, (id, amount)));
            if (kind == 7) _payOut(_payees(id, amount));
            _sync();

            if (vault.seq() != seq) {
                (uint256 collected, uint256 paid) = _moved();
                came += collected;
                left += paid;
            }
            vm.assertEq(token.balanceOf(address(vault)) + left, came + sent, "what the logs say, and what others sent");
            if (kind == 0) vm.assertEq(vault.shortage(), missing, "settling changes nothing in what is missing");
            if (kind == 4) vm.assertEq(vault.shortage(), 0, "after collecting nothing is missing");
            if (kind == 5) vm.assertEq(vault.surplus(), 0, "after returning nothing is left over");
        }
        vm.assertEq(
            token.balanceOf(payer) + token.balanceOf(alice) + token.balanceOf(bob) + token.balanceOf(address(vault)),
            FUNDS + sent,
            "nobody else has any"
        );
    }

    /// @dev May fail: then nothing happened.
    function _try(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool done,) = address(vault).call(call);
        done;
    }

    /// @dev What the last log says that came or left.
    function _moved() private view returns (uint256 came, uint256 left) {
        Vm.Log memory log = _lastLog[address(vault)];
        bytes32 topic = log.topics[0];
        if (topic == ITokenVault.BatchCollected.selector) {
            (,, came) = abi.decode(log.data, (uint256, uint256, uint256));
        } else if (topic == ITokenVault.ShortageCollected.selector) {
            came = abi.decode(log.data, (uint256));
        } else if (topic == ITokenVault.SurplusReturned.selector) {
            left = abi.decode(log.data, (uint256));
        } else if (topic == ITokenVault.Withdrawn.selector) {
            (,, left) = abi.decode(log.data, (uint256, address, uint256));
            left *= SCALE;
        } else {
            vm.assertEq(topic, ITokenVault.PayoutBatchPaid.selector, "no other log moves money here");
            (, Outcome[] memory outcomes) = abi.decode(log.data, (uint256, Outcome[]));
            if (outcomes[0].to != address(0)) left = outcomes[0].amount * SCALE;
        }
    }
}
