// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {ITokenVault, Withdrawal} from "contracts/interfaces/ITokenVault.sol";
import {ReentrantPayee, SigningWallet} from "contracts/mocks/AwkwardPayees.sol";
import {HookToken} from "contracts/mocks/AwkwardTokens.sol";

import {VaultTest} from "../utils/VaultTest.sol";
import {vm} from "../utils/Vm.sol";

contract VaultWithdrawWithSigTest is VaultTest {
    address private constant ELSEWHERE = address(0xE15E);

    function setUp() public override {
        super.setUp();
        _earn(aliceId, 500);
    }

    /* WHAT IS PAID */

    function test_AnybodyMayBringWhatTheWalletSigned() public {
        Withdrawal memory withdrawal = _withdrawal(200, 7);
        _bring(withdrawal, ALICE_KEY);
        vm.assertEq(token.balanceOf(ELSEWHERE), 200 * SCALE, "paid where the wallet said");
        vm.assertTrue(vault.isNonceUsed(aliceId, 7), "the nonce is used");
        _assertBalance(aliceId, 300);
        _assertEven();
        vm.assertEq(_lastVaultLog(ITokenVault.SignedWithdrawalPaid.selector), abi.encode(withdrawal), "logged");
    }

    function test_AContractMaySign() public {
        uint256 id = _partner(address(new SigningWallet(alice)));
        _earn(id, 500);
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        withdrawal.partnerId = uint32(id);
        _bring(withdrawal, ALICE_KEY);
        vm.assertEq(token.balanceOf(ELSEWHERE), 200 * SCALE, "paid");
        _assertBalance(id, 300);

        withdrawal.nonce = 1;
        _bringFails(withdrawal, 1, _badSignature(id, _walletOf(id)));
    }

    function test_InTheLastSecond() public {
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        bytes memory signature = _sign(ALICE_KEY, withdrawal);
        vm.warp(withdrawal.deadline);
        vault.withdrawWithSig(withdrawal, signature);
        vm.assertEq(token.balanceOf(ELSEWHERE), 200 * SCALE, "paid");
    }

    function test_ANonceIsThePartnersOwn() public {
        uint256 id = _partner(alice);
        _earn(id, 500);
        _bring(_withdrawal(200, 7), ALICE_KEY);
        Withdrawal memory withdrawal = _withdrawal(200, 7);
        withdrawal.partnerId = uint32(id);
        _bring(withdrawal, ALICE_KEY);
        vm.assertEq(token.balanceOf(ELSEWHERE), 400 * SCALE, "one wallet, two partners, two nonces 7");
    }

    function testFuzz_NoncesNeedNoOrderAndCountOnce(uint256[4] memory nonces, uint256 other) public {
        uint256 paid;
        for (uint256 i; i < nonces.length; ++i) {
            // Close together, too: then they share a word.
            uint256 nonce = i % 2 == 0 ? nonces[i] : nonces[i] % 4;
            if (vault.isNonceUsed(aliceId, nonce)) {
                _bringFails(_withdrawal(1, nonce), ALICE_KEY, _nonceUsed(nonce));
            } else {
                _bring(_withdrawal(1, nonce), ALICE_KEY);
                ++paid;
            }
            _bringFails(_withdrawal(2, nonce), ALICE_KEY, _nonceUsed(nonce));
            nonces[i] = nonce;
        }
        vm.assertEq(token.balanceOf(ELSEWHERE), paid * SCALE, "one for each nonce");

        bool used;
        for (uint256 i; i < nonces.length; ++i) {
            used = used || nonces[i] == other;
        }
        vm.assertTrue(vault.isNonceUsed(aliceId, other) == used, "no other nonce was touched");
    }

    /* WHAT IS REFUSED */

    function test_RevertWhen_ItIsBroughtTwice() public {
        Withdrawal memory withdrawal = _withdrawal(200, 7);
        _bring(withdrawal, ALICE_KEY);
        _bringFails(withdrawal, ALICE_KEY, _nonceUsed(7));
    }

    function test_RevertWhen_ItCameTooLate() public {
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        uint40 late = withdrawal.deadline + 1;
        vm.warp(late);
        _bringFails(
            withdrawal,
            ALICE_KEY,
            abi.encodeWithSelector(ITokenVault.Vault_SignatureExpired.selector, aliceId, withdrawal.deadline, late)
        );
    }

    function test_RevertWhen_AnotherKeySigned() public {
        _bringFails(_withdrawal(200, 0), 1, _badSignature(aliceId, alice));
    }

    function test_RevertWhen_ThereIsNoWallet() public {
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        withdrawal.partnerId = 1;
        _bringFails(withdrawal, ALICE_KEY, _badSignature(1, address(0)));
        vm.expectRevert(_badSignature(1, address(0)));
        vault.withdrawWithSig(withdrawal, "");
        // What `ecrecover` answers with the zero address.
        vm.expectRevert(_badSignature(1, address(0)));
        vault.withdrawWithSig(withdrawal, new bytes(65));
    }

    function test_RevertWhen_AnythingElseWasSigned() public {
        Withdrawal memory signed = _withdrawal(200, 0);
        bytes memory signature = _sign(ALICE_KEY, signed);
        uint256 sameWallet = _partner(alice);
        Withdrawal[5] memory changed;
        for (uint256 i; i < changed.length; ++i) {
            changed[i] = _withdrawal(200, 0);
        }
        changed[0].partnerId = uint32(sameWallet);
        changed[1].to = stranger;
        changed[2].amount = 201;
        changed[3].nonce = 1;
        changed[4].deadline = signed.deadline + 1;
        for (uint256 i; i < changed.length; ++i) {
            vm.expectRevert(_badSignature(changed[i].partnerId, alice));
            vault.withdrawWithSig(changed[i], signature);
        }
        vault.withdrawWithSig(signed, signature);
    }

    function test_RevertWhen_ItWasSignedForAnotherVault() public {
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        bytes memory signature = _sign(ALICE_KEY, withdrawal);
        _use(token, SCALE);
        withdrawal.deadline = _now();
        vm.expectRevert(_badSignature(aliceId, alice));
        vault.withdrawWithSig(withdrawal, signature);
    }

    function test_RevertWhen_TooLittleIsAvailable() public {
        _bringFails(
            _withdrawal(501, 7),
            ALICE_KEY,
            abi.encodeWithSelector(ILedgerErrors.Ledger_Insufficient.selector, aliceId, 501, 500)
        );
        vm.assertFalse(vault.isNonceUsed(aliceId, 7), "what was refused can be brought again");
    }

    function test_RevertWhen_WithdrawalsArePaused() public {
        vm.prank(pauser);
        vault.pauseWithdrawals();
        _bringFails(
            _withdrawal(200, 0),
            ALICE_KEY,
            abi.encodeWithSelector(ITokenVault.Vault_WithdrawalsPaused.selector, vault.withdrawalsPausedUntil())
        );
    }

    function test_RevertWhen_ItWouldGoToTheVault() public {
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        withdrawal.to = address(vault);
        _bringFails(
            withdrawal, ALICE_KEY, abi.encodeWithSelector(ITokenVault.Vault_FeeOnTransfer.selector, 200 * SCALE, 0)
        );
    }

    /* CALLING BACK */

    function test_APayeeThatBringsItAgainIsPaidOnce() public {
        HookToken hooked = new HookToken();
        _use(hooked, SCALE);
        // What was earned in the first vault is missing here.
        vm.prank(treasurer);
        vault.collect();
        ReentrantPayee payee = new ReentrantPayee();
        hooked.setHook(ELSEWHERE, payee);
        Withdrawal memory withdrawal = _withdrawal(200, 0);
        payee.callBack(
            address(vault), abi.encodeCall(vault.withdrawWithSig, (withdrawal, _sign(ALICE_KEY, withdrawal)))
        );

        _bring(withdrawal, ALICE_KEY);
        vm.assertEq(payee.calls(), 1, "it was called");
        vm.assertEq(
            payee.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "and refused"
        );
        vm.assertEq(token.balanceOf(ELSEWHERE), 200 * SCALE, "paid once");
        _assertEven();
    }

    function _withdrawal(uint80 amount, uint256 nonce) private view returns (Withdrawal memory) {
        return Withdrawal(uint32(aliceId), ELSEWHERE, amount, nonce, _now() + 1 hours);
    }

    function _bring(Withdrawal memory withdrawal, uint256 key) private {
        bytes memory signature = _sign(key, withdrawal);
        vm.prank(stranger);
        vault.withdrawWithSig(withdrawal, signature);
        _sync();
    }

    function _bringFails(Withdrawal memory withdrawal, uint256 key, bytes memory error) private {
        bytes memory signature = _sign(key, withdrawal);
        vm.prank(stranger);
        vm.expectRevert(error);
        vault.withdrawWithSig(withdrawal, signature);
    }

    function _walletOf(uint256 partnerId) private view returns (address wallet) {
        (wallet,,,) = partners.partnerOf(partnerId);
    }

    function _nonceUsed(uint256 nonce) private view returns (bytes memory) {
        return abi.encodeWithSelector(ITokenVault.Vault_NonceUsed.selector, aliceId, nonce);
    }

    function _badSignature(uint256 partnerId, address wallet) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ITokenVault.Vault_BadSignature.selector, partnerId, wallet);
    }
}
