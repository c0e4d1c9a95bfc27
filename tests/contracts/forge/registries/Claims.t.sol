// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {IReferralRegistry, Referral} from "contracts/interfaces/IReferralRegistry.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

/// @dev Claims that partners sign, attributions that lapse, and the versions that are kept.
contract ClaimsTest is BaseTest {
    uint256 private constant ALICE_KEY = uint256(keccak256("a partner's wallet in a test"));

    uint32 private _alice;

    function setUp() public override {
        super.setUp();
        _alice = uint32(partners.count() + 1);
        NewPartner[] memory list = new NewPartner[](1);
        list[0] = NewPartner("alice", 0, vm.addr(ALICE_KEY), 7);
        vm.prank(registrar);
        partners.registerPartners(_alice, list);
        _sync();
    }

    /* CLAIMS */

    function test_AClaimBecomesAnAttribution() public {
        for (uint32 role; role < 3; ++role) {
            Referral memory referral = _referral(role);
            referral.customerKey = _key(role);
            _claim(referral, _alice, _now());
            vm.assertEq(uint32(referrals.wordOf(_key(role)) >> (32 * role)), _alice, "attributed");
            vm.assertEq(
                keccak256(_lastLog[address(referrals)].data), keccak256(abi.encode(referral, uint256(_alice))), "logged"
            );
        }
    }

    function test_RevertWhen_TheClaimantHasNoRoleInIt() public {
        Referral memory referral = _referral(0);
        _claimFails(referral, 2, ALICE_KEY, _now(), IReferralRegistry.Referral_NotClaimants.selector, 2);
        _claimFails(referral, 0, ALICE_KEY, _now(), IReferralRegistry.Referral_NotClaimants.selector, 0);
    }

    function test_RevertWhen_TheWalletDidNotSign() public {
        Referral memory referral = _referral(0);
        _claimFails(referral, _alice, ATTESTOR_KEY, _now(), IReferralRegistry.Referral_BadClaim.selector, _alice);
        // A partner without a wallet signs nothing.
        referral.implementer = 2;
        _claimFails(referral, 2, ALICE_KEY, _now(), IReferralRegistry.Referral_BadClaim.selector, 2);
        // Signed for something else.
        bytes memory signature = _signature(referral, _alice, _now(), ALICE_KEY);
        referral.trainer = 3;
        vm.prank(registrar);
        vm.expectRevert(
            abi.encodeWithSelector(IReferralRegistry.Referral_BadClaim.selector, referral.customerKey, _alice)
        );
        referrals.registerClaim(referral, _alice, _now(), signature);
    }

    function test_RevertWhen_TheSignatureIsTooOld() public {
        Referral memory referral = _referral(0);
        uint40 deadline = _now() - 1;
        bytes memory signature = _signature(referral, _alice, deadline, ALICE_KEY);
        vm.prank(registrar);
        vm.expectRevert(
            abi.encodeWithSelector(
                IReferralRegistry.Referral_ClaimExpired.selector, referral.customerKey, deadline, deadline + 1
            )
        );
        referrals.registerClaim(referral, _alice, deadline, signature);
    }

    function test_RevertWhen_TheCustomerIsTaken() public {
        Referral memory referral = _referral(0);
        _claim(referral, _alice, _now());
        bytes memory signature = _signature(referral, _alice, _now(), ALICE_KEY);
        vm.prank(registrar);
        vm.expectRevert(
            abi.encodeWithSelector(IReferralRegistry.Referral_AlreadyRegistered.selector, referral.customerKey)
        );
        referrals.registerClaim(referral, _alice, _now(), signature);
    }

    function test_RevertWhen_ThePlanIsNotOpen() public {
        Referral memory referral = _referral(0);
        referral.planId = 99;
        bytes memory signature = _signature(referral, _alice, _now(), ALICE_KEY);
        vm.prank(registrar);
        vm.expectRevert(
            abi.encodeWithSelector(IReferralRegistry.Referral_PlanNotOpen.selector, referral.customerKey, 99)
        );
        referrals.registerClaim(referral, _alice, _now(), signature);
    }

    /* LAPSING */

    function test_WhatLapsedUnusedMakesRoom() public {
        uint40 end = _now() + 10;
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now(), end));
        uint256 first = referrals.wordOf(_key(1));
        vm.warp(end);
        _register(Referral(_key(1), 2, 0, 0, FLAT, end, 0));

        vm.assertEq(uint32(referrals.wordAt(_key(1), end - 1)), 1, "the first, while it counted");
        vm.assertEq(uint32(referrals.wordAt(_key(1), end)), 2, "then the second");
        vm.assertEq(referrals.wordOfVersion(_key(1), 0), first, "kept");
        vm.assertEq(referrals.wordOfVersion(_key(1), 1), referrals.wordOf(_key(1)), "the last version");
    }

    function test_RevertWhen_ItHasNotLapsed() public {
        uint40 end = _now() + 10;
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now(), end));
        vm.warp(end - 1);
        _registerFails(
            Referral(_key(1), 2, 0, 0, FLAT, end, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_AlreadyRegistered.selector, _key(1))
        );
    }

    function test_RevertWhen_ItWouldCountBeforeTheOtherEnded() public {
        uint40 end = _now() + 10;
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now(), end));
        vm.warp(end);
        _registerFails(
            Referral(_key(1), 2, 0, 0, FLAT, end - 1, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_NotForward.selector, _key(1), end - 1, end)
        );
    }

    function test_RevertWhen_AnOrderWasSettledByIt() public {
        uint40 end = _now() + 10;
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now(), end));
        _settle(_order(1, _key(1), 10_000));
        vm.warp(end);
        _registerFails(
            Referral(_key(1), 2, 0, 0, FLAT, end, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_AlreadyRegistered.selector, _key(1))
        );
    }

    /* VERSIONS */

    function test_EveryVersionIsKept() public {
        _register(Referral(_key(1), 1, 0, 0, FLAT, 0, 0));
        uint40[4] memory from;
        for (uint32 i = 1; i < 4; ++i) {
            _at(JAN_1 + 14 + i);
            from[i] = _now();
            vm.prank(arbiter);
            referrals.reassign(Referral(_key(1), i + 1, 0, 0, FLAT, from[i], 0));
        }
        for (uint32 i; i < 4; ++i) {
            vm.assertEq(uint32(referrals.wordAt(_key(1), from[i])), i + 1, "from its first second");
            if (i != 0) vm.assertEq(uint32(referrals.wordAt(_key(1), from[i] - 1)), i, "until then the one before");
        }
        // A late order finds its own.
        vm.assertEq(_settle(_orderAt(1, from[1])).leaves[0].partners[0], 2, "two versions back");
    }

    /* HELPERS */

    function _orderAt(uint48 no, uint40 paidAt) private pure returns (Order memory) {
        return Order(no, _key(1), 10_000, NEW, paidAt);
    }

    function _referral(uint32 role) private view returns (Referral memory referral) {
        referral = Referral(_key(1), 0, 0, 0, FLAT, _now(), _now() + 90 days);
        if (role == 0) referral.referrer = _alice;
        if (role == 1) referral.implementer = _alice;
        if (role == 2) referral.trainer = _alice;
    }

    /// @dev EIP-712 worked out from its text.
    function _signature(Referral memory referral, uint32 claimant, uint40 deadline, uint256 key)
        private
        view
        returns (bytes memory)
    {
        bytes32 typehash = keccak256(
            "ReferralClaim(bytes12 customerKey,uint32 referrer,uint32 implementer,uint32 trainer,uint24 planId,"
            "uint40 effectiveFrom,uint40 validTo,uint32 claimant,uint40 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typehash, referral, claimant, deadline));
        return _sign(key, _typed("Fenrun ReferralRegistry", address(referrals), message));
    }

    function _claim(Referral memory referral, uint32 claimant, uint40 deadline) private {
        bytes memory signature = _signature(referral, claimant, deadline, ALICE_KEY);
        vm.prank(registrar);
        referrals.registerClaim(referral, claimant, deadline, signature);
        _sync();
    }

    function _claimFails(
        Referral memory referral,
        uint32 claimant,
        uint256 key,
        uint40 deadline,
        bytes4 error,
        uint256 partnerId
    ) private {
        bytes memory signature = _signature(referral, claimant, deadline, key);
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(error, referral.customerKey, partnerId));
        referrals.registerClaim(referral, claimant, deadline, signature);
    }

    function _registerFails(Referral memory referral, bytes memory error) private {
        vm.prank(registrar);
        vm.expectRevert(error);
        referrals.registerReferrals(_list(referral));
    }
}
