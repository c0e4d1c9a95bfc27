// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {TokenVault} from "contracts/TokenVault.sol";
import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {Phase} from "contracts/interfaces/LedgerTypes.sol";
import {MockToken} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultMoveToTest is VaultTest {
    SettlementLedger private _heir;
    TokenVault private _next;

    function setUp() public override {
        super.setUp();
        _earn(aliceId, 500);
        _settleAndCollect(_share(bobId, 300));
        address attestor = vm.addr(ATTESTOR_KEY);
        _heir = new SettlementLedger(address(manager), partners, plans, referrals, "USD", attestor, ledger);
        _follow(_heir);
        _next = _deploy(_heir, token, SCALE);
    }

    /* WHAT IS MOVED */

    function test_EverythingGoesToTheSuccessorsVault() public {
        token.mint(address(vault), 1);
        _retire();
        _move(_next);
        vm.assertEq(token.balanceOf(address(vault)), 0, "nothing stays");
        vm.assertEq(token.balanceOf(address(_next)), 800 * SCALE + 1, "all of it, what others sent too");
        vm.assertEq(address(vault.successor()), address(_next), "and it is known where");
        vm.assertEq(
            _lastVaultLog(ITokenVault.FundsMoved.selector), abi.encode(_next, 800 * SCALE + 1), "the log says so"
        );
    }

    function test_PartnersArePaidThere() public {
        _retire();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Retired));
        vault.withdraw(aliceId, 500);

        _move(_next);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Inheriting));
        _next.withdraw(aliceId, 500);

        _heir.inheritAccounts(type(uint256).max);
        vm.assertEq(_next.shortage(), 0, "nothing is missing there");
        vm.assertEq(_next.surplus(), 0, "nothing is left over there");
        vm.prank(alice);
        _next.withdraw(aliceId, 500);
        vm.assertEq(token.balanceOf(alice), 500 * SCALE, "paid");
    }

    function test_WhatComesLaterFollows() public {
        _retire();
        _move(_next);
        token.mint(address(vault), 5);
        _move(_next);
        vm.assertEq(token.balanceOf(address(_next)), 800 * SCALE + 5, "what came later, too");
    }

    /* WHAT IS REFUSED */

    function test_RevertWhen_TheLedgerIsNotRetired() public {
        _moveFails(_next, _badSuccessor(_next));
        // A vault of no ledger is not the vault of the successor that is not there.
        TokenVault none = new TokenVault(address(manager), ISettlementLedger(address(0)), token, payer, SCALE);
        _moveFails(none, _badSuccessor(none));
    }

    function test_RevertWhen_ItIsNotTheSuccessorsVault() public {
        _retire();
        ITokenVault[4] memory others = [
            ITokenVault(vault),
            new TokenVault(address(manager), ledger, token, payer, SCALE),
            new TokenVault(address(manager), _heir, new MockToken(6), payer, SCALE),
            new TokenVault(address(manager), _heir, token, payer, SCALE + 1)
        ];
        for (uint256 i; i < others.length; ++i) {
            _moveFails(others[i], _badSuccessor(others[i]));
        }
    }

    function test_RevertWhen_AnotherVaultWasNamedBefore() public {
        _retire();
        _move(_next);
        token.mint(address(vault), 5);
        TokenVault another = new TokenVault(address(manager), _heir, token, payer, SCALE);
        _moveFails(another, _badSuccessor(another));
    }

    function test_RevertWhen_NothingIsThere() public {
        _retire();
        _move(_next);
        _moveFails(_next, abi.encodeWithSelector(ITokenVault.Vault_NothingToMove.selector));
    }

    function test_RevertWhen_ARetiredLedgersVaultWouldCollectOrReturn() public {
        _retire();
        token.mint(address(vault), 1);
        _assertNotInForce(vault, Phase.Retired);
        _move(_next);
        // It holds nothing and its ledger still says what was owed: the payer must not pay that again.
        vm.assertEq(vault.shortage(), 800 * SCALE, "as if everything were missing");
        _assertNotInForce(vault, Phase.Retired);
    }

    function test_RevertWhen_AnInheritingLedgersVaultWouldCollectOrReturn() public {
        _retire();
        _move(_next);
        vm.assertEq(_next.surplus(), 800 * SCALE, "as if nothing were owed");
        _assertNotInForce(_next, Phase.Inheriting);
    }

    function _retire() private {
        _govern(address(ledger), abi.encodeCall(ledger.retire, (_heir)));
    }

    function _move(ITokenVault to) private {
        _govern(address(vault), abi.encodeCall(vault.moveTo, (to)));
        _sync();
    }

    function _moveFails(ITokenVault to, bytes memory error) private {
        _governFails(address(vault), abi.encodeCall(vault.moveTo, (to)), error);
    }

    function _badSuccessor(ITokenVault to) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ITokenVault.Vault_BadSuccessor.selector, to);
    }

    function _assertNotInForce(TokenVault at, Phase phase) private {
        bytes memory error = abi.encodeWithSelector(ITokenVault.Vault_LedgerNotOpen.selector, phase);
        vm.prank(treasurer);
        vm.expectRevert(error);
        at.collect();
        vm.prank(treasurer);
        vm.expectRevert(error);
        at.returnSurplus();
    }
}
