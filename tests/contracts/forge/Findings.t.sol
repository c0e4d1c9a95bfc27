// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {BaseTest} from "./utils/BaseTest.sol";
import {Order, Settled} from "./utils/Codec.sol";
import {vm} from "./utils/Vm.sol";
import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {IReferralRegistry, Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {Skip} from "contracts/interfaces/LedgerTypes.sol";

/// @dev What a review of the contracts found, so that it stays found.
contract FindingsTest is BaseTest {
    function test_RevertWhen_TheFirstReferralsHaveNoPlan() public {
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_PlanNotOpen.selector, _key(1), 0));
        referrals.registerReferrals(_list(Referral(_key(1), 1, 0, 0, 0, 0, 0)));
    }

    function test_AReassignmentThatHasNotBegunIsReplaced() public {
        bytes12 key = _customer(1, FLAT, 1, 0, 0);
        uint40 today = _now();
        _reassign(Referral(key, 2, 0, 0, FLAT, today + 30 days, 0));
        _reassign(Referral(key, 3, 0, 0, FLAT, today + 10 days, 0));
        vm.assertEq(_referrerAt(key, today), 1, "still in force");
        vm.assertEq(_referrerAt(key, today + 10 days), 3, "the correction");
        vm.assertEq(_referrerAt(key, today + 40 days), 3, "the replaced one never begins");
    }

    function test_ADuplicateIsOne_EvenWhenItsReferralIsGone() public {
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now() - 100, 0));
        Order memory order = _order(1, _key(1), 10_000);
        _settle(order);
        for (uint32 i = 2; i < 4; ++i) {
            _at(JAN_1 + 14 + i);
            _reassign(Referral(_key(1), i, 0, 0, FLAT, _now(), 0));
        }
        Settled memory settled = _settle(order);
        vm.assertEq(uint256(settled.skipped[0].reason), uint256(Skip.Duplicate), "it was settled");
    }

    function test_ALockBelongsToTheCustomer() public {
        bytes12 key = _customer(1, FLAT, 1, 0, 0);
        uint40 today = _now();
        _reassign(Referral(key, 2, 0, 0, FLAT, today + 1 days, 0));
        _sync();
        _settle(Order(1, key, 10_000, NEW, today));
        uint256 seq = referrals.seq();
        _settle(Order(2, key, 10_000, NEW, today));
        vm.assertEq(referrals.seq(), seq, "locked once, whichever word an order uses");
        _at(JAN_1 + 20);
        _reassign(Referral(key, 3, 0, 0, FLAT, _now(), 0));
        uint256 current = referrals.wordOf(key);
        vm.assertTrue(current >> 200 & 1 == 1, "and a reassignment keeps it");
    }

    function test_RevertWhen_APartnerMayNotHoldTheRole() public {
        NewPartner[] memory list = new NewPartner[](1);
        list[0] = NewPartner("trains only", 0, address(0), 4);
        uint256 id = partners.count() + 1;
        vm.prank(registrar);
        partners.registerPartners(id, list);
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_RoleNotHeld.selector, _key(1), id, 0));
        referrals.registerReferrals(_list(Referral(_key(1), uint32(id), 0, 0, FLAT, 0, 0)));
        _register(Referral(_key(1), 0, 0, uint32(id), FLAT, 0, 0));
    }

    function _reassign(Referral memory referral) private {
        vm.prank(arbiter);
        referrals.reassign(referral);
    }

    function _referrerAt(bytes12 key, uint256 at) private view returns (uint256) {
        return uint32(referrals.wordAt(key, at));
    }
}
