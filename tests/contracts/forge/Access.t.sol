// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry, NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {Payout} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "./utils/BaseTest.sol";
import {vm} from "./utils/Vm.sol";

contract AccessTest is BaseTest {
    /// @dev A restricted function, called well, and the only one who may call it.
    struct Restricted {
        address target;
        bytes call;
        address holder;
    }

    function test_EveryRestrictedFunctionRefusesEverybodyElse() public {
        Restricted[] memory list = _restricted();
        address[9] memory callers = [
            governor,
            registrar,
            operator,
            arbiter,
            treasurer,
            address(ledger),
            stranger,
            vm.addr(ATTESTOR_KEY),
            address(this)
        ];
        for (uint256 i; i < list.length; ++i) {
            for (uint256 j; j < callers.length; ++j) {
                if (callers[j] == list[i].holder) continue;
                vm.prank(callers[j]);
                (bool done, bytes memory answer) = list[i].target.call(list[i].call);
                vm.assertFalse(done, "refused");
                vm.assertEq(
                    answer,
                    abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[j]),
                    "because of who called"
                );
            }
        }
    }

    function test_WhoHoldsTheRoleMayCall() public {
        Restricted[] memory list = _restricted();
        for (uint256 i; i < list.length; ++i) {
            if (list[i].holder == governor) {
                _govern(list[i].target, list[i].call);
            } else {
                vm.prank(list[i].holder);
                (bool done,) = list[i].target.call(list[i].call);
                vm.assertTrue(done, "may call");
            }
        }
        _sync();
    }

    function test_GoverningMustBeAnnounced() public {
        Restricted[] memory list = _restricted();
        for (uint256 i; i < list.length; ++i) {
            if (list[i].holder != governor) continue;
            bytes32 id = manager.hashOperation(governor, list[i].target, list[i].call);

            vm.prank(governor);
            vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
            manager.execute(list[i].target, list[i].call);

            vm.prank(governor);
            manager.schedule(list[i].target, list[i].call, 0);
            vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY - 1);
            vm.prank(governor);
            vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
            manager.execute(list[i].target, list[i].call);
        }
    }

    function test_TheDeployerKeepsNothing() public view {
        (bool isAdmin,) = manager.hasRole(0, address(this));
        vm.assertFalse(isAdmin, "no administration");
        (bool governs, uint32 delay) = manager.hasRole(0, governor);
        vm.assertTrue(governs, "the governor administers");
        vm.assertEq(delay, GOVERNING_DELAY, "under the same delay");
    }

    function test_RevertWhen_NobodyWouldAttest() public {
        _governFails(
            address(ledger),
            abi.encodeCall(ledger.setAttestor, (address(0))),
            abi.encodeWithSelector(ILedgerErrors.Ledger_NoAttestor.selector)
        );
    }

    function test_WhatTheLedgerIs() public view {
        vm.assertEq(bytes32(ledger.currency()), bytes32("USD"), "currency");
        vm.assertEq(ledger.attestor(), vm.addr(ATTESTOR_KEY), "attestor");
        vm.assertEq(address(ledger.PARTNERS()), address(partners), "partners");
        vm.assertEq(address(ledger.PLANS()), address(plans), "plans");
        vm.assertEq(address(ledger.REFERRALS()), address(referrals), "referrals");
        vm.assertEq(ledger.batchCount(), 0, "no batch yet");
        vm.assertEq(ledger.seq(), 1, "it named its attestor");
    }

    function _restricted() private returns (Restricted[] memory list) {
        bytes12 customer = _customer(1, FLAT, 1, 2, 3);
        bytes12[] memory keys = new bytes12[](1);
        keys[0] = customer;
        uint40 later = _now() + 30 days;
        bytes memory records = _encode(_order(1, customer, 10_000));
        NewPartner[] memory newPartners = new NewPartner[](1);
        newPartners[0] = NewPartner("new", 0, address(0), 7);
        bytes memory settle = abi.encodeCall(ledger.settleBatch, (records, later, _attest(records, later)));

        list = new Restricted[](10);
        list[0] = Restricted(
            address(partners), abi.encodeCall(partners.registerPartners, (PARTNERS + 1, newPartners)), registrar
        );
        list[1] = Restricted(
            address(partners), abi.encodeCall(partners.setStatus, (1, IPartnerRegistry.Status.Suspended, 0)), registrar
        );
        list[2] = Restricted(
            address(referrals),
            abi.encodeCall(referrals.registerReferrals, (_list(Referral(_key(2), 1, 0, 0, FLAT, 0, 0)))),
            registrar
        );
        list[3] = Restricted(
            address(referrals),
            abi.encodeCall(referrals.reassign, (Referral(customer, 2, 0, 0, FLAT, later, 0))),
            arbiter
        );
        list[4] = Restricted(address(referrals), abi.encodeCall(referrals.lock, (keys)), address(ledger));
        list[5] = Restricted(address(ledger), settle, operator);
        list[6] = Restricted(
            address(ledger), abi.encodeCall(ledger.recordPayouts, (_list(Payout(1, 1, 1, 0, 0)))), treasurer
        );
        list[7] = Restricted(address(ledger), abi.encodeCall(ledger.setAttestor, (stranger)), governor);
        list[8] = Restricted(
            address(plans),
            abi.encodeCall(plans.publishPlan, (uint256(WHOLE) + 1, _terms(_thresholds(), _rates(_row(1)), 0))),
            governor
        );
        list[9] = Restricted(address(plans), abi.encodeCall(plans.retirePlan, (1)), governor);
    }
}
