// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {IPartnerRegistry, NewPartner, PayoutDetails} from "contracts/interfaces/IPartnerRegistry.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {vm} from "../utils/Vm.sol";

contract PayoutDetailsTest is BaseTest {
    uint256 private constant DELAY = 3 days;

    address private _wallet = address(0xA11CE);
    address private _other = address(0xB0B);
    uint256 private _id;

    function setUp() public override {
        super.setUp();
        _id = partners.count() + 1;
        NewPartner[] memory list = new NewPartner[](1);
        list[0] = NewPartner("partner", "bank", _wallet, 7);
        vm.prank(registrar);
        partners.registerPartners(_id, list);
        _sync();
    }

    /* CHANGING */

    function test_DetailsChangeByThemselvesAfterTheDelay() public {
        uint256 asked = vm.getBlockTimestamp();
        _change(_other, "new bank");
        vm.assertEq(
            keccak256(_lastLog[address(partners)].data),
            keccak256(
                abi.encode(_id, PayoutDetails(_wallet, "bank"), PayoutDetails(_other, "new bank"), asked + DELAY)
            ),
            "announced"
        );
        _assertWaiting(_other, "new bank", asked + DELAY);
        vm.warp(asked + DELAY - 1);
        _assertInForce(_wallet, "bank");
        vm.warp(asked + DELAY);
        _assertInForce(_other, "new bank");
        _assertWaiting(address(0), 0, 0);
    }

    function test_AChangeThatWaitsIsReplaced() public {
        _change(_other, "first");
        vm.warp(vm.getBlockTimestamp() + DELAY - 1);
        _change(_other, "second");
        vm.warp(vm.getBlockTimestamp() + DELAY - 1);
        _assertInForce(_wallet, "bank");
        vm.warp(vm.getBlockTimestamp() + 1);
        _assertInForce(_other, "second");
    }

    function test_AChangeThatTookEffectIsWhatTheNextComesFrom() public {
        _change(_other, "second");
        vm.warp(vm.getBlockTimestamp() + DELAY);
        _change(address(0), "third");
        _assertInForce(_other, "second");
        vm.warp(vm.getBlockTimestamp() + DELAY);
        _assertInForce(address(0), "third");
    }

    function test_StatusAndRolesAreLeftAlone() public {
        vm.prank(registrar);
        partners.setStatus(_id, IPartnerRegistry.Status.Suspended, "why");
        _change(_other, "new bank");
        vm.warp(vm.getBlockTimestamp() + DELAY);
        (, uint8 roles, IPartnerRegistry.Status status,) = partners.partnerOf(_id);
        vm.assertEq(roles, 7, "roles");
        vm.assertEq(uint256(status), uint256(IPartnerRegistry.Status.Suspended), "status");
    }

    function test_RevertWhen_ThePartnerIsUnknown() public {
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_Unknown.selector, _id + 1));
        partners.changePayout(_id + 1, PayoutDetails(_other, 0));
    }

    /* CALLING OFF */

    function test_TheWalletOrTheRegistrarCallsItOff() public {
        address[2] memory callers = [_wallet, registrar];
        for (uint256 i; i < 2; ++i) {
            _change(_other, "thief's bank");
            vm.prank(callers[i]);
            partners.cancelPayoutChange(_id);
            _sync();
            vm.assertEq(
                keccak256(_lastLog[address(partners)].data),
                keccak256(abi.encode(_id, PayoutDetails(_other, "thief's bank"), callers[i])),
                "logged"
            );
            vm.warp(vm.getBlockTimestamp() + DELAY);
            _assertInForce(_wallet, "bank");
        }
    }

    function test_RevertWhen_SomebodyElseCallsItOff() public {
        _change(_other, "new bank");
        address[2] memory callers = [_other, stranger];
        for (uint256 i; i < 2; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]));
            partners.cancelPayoutChange(_id);
        }
    }

    function test_RevertWhen_NothingWaits() public {
        bytes memory error = abi.encodeWithSelector(IPartnerRegistry.Partner_NothingWaiting.selector, _id);
        vm.prank(_wallet);
        vm.expectRevert(error);
        partners.cancelPayoutChange(_id);
        _change(_other, "new bank");
        vm.warp(vm.getBlockTimestamp() + DELAY);
        vm.prank(registrar);
        vm.expectRevert(error);
        partners.cancelPayoutChange(_id);
    }

    /* ROLES */

    function test_RolesChange() public {
        vm.prank(registrar);
        partners.setRoles(_id, 4);
        _sync();
        vm.assertEq(partners.rolesOf(_id), 4, "roles");
        vm.assertEq(
            keccak256(_lastLog[address(partners)].data), keccak256(abi.encode(_id, uint8(7), uint8(4))), "logged"
        );
        _assertInForce(_wallet, "bank");
    }

    function test_RevertWhen_RolesAreBad() public {
        uint8[3] memory bad = [uint8(0), 8, 7];
        for (uint256 i; i < 3; ++i) {
            vm.prank(registrar);
            vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_BadRoles.selector, _id, bad[i]));
            partners.setRoles(_id, bad[i]);
        }
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_Unknown.selector, _id + 1));
        partners.setRoles(_id + 1, 1);
    }

    /* HELPERS */

    function _change(address wallet, bytes32 payoutRef) private {
        vm.prank(registrar);
        partners.changePayout(_id, PayoutDetails(wallet, payoutRef));
        _sync();
    }

    function _assertInForce(address wallet, bytes32 payoutRef) private view {
        (address wallet_,,, bytes32 payoutRef_) = partners.partnerOf(_id);
        vm.assertEq(wallet_, wallet, "wallet");
        vm.assertEq(payoutRef_, payoutRef, "payout reference");
    }

    function _assertWaiting(address wallet, bytes32 payoutRef, uint256 at) private view {
        (PayoutDetails memory to, uint256 effectiveAt) = partners.waitingOf(_id);
        vm.assertEq(to.wallet, wallet, "waiting wallet");
        vm.assertEq(to.payoutRef, payoutRef, "waiting reference");
        vm.assertEq(effectiveAt, at, "until");
    }
}
