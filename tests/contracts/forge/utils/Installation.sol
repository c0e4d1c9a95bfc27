// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {PartnerRegistry} from "contracts/PartnerRegistry.sol";
import {PlanRegistry} from "contracts/PlanRegistry.sol";
import {ReferralRegistry} from "contracts/ReferralRegistry.sol";
import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {IPartnerRegistry, NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {IReferralRegistry} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";

import {Codec} from "./Codec.sol";
import {JournalMirror} from "./JournalMirror.sol";
import {Values} from "./Values.sol";
import {vm} from "./Vm.sol";

/// @title Installation
/// @notice The contracts, deployed and wired as an installation wires them.
abstract contract Installation is JournalMirror, Codec, Values {
    /* CONSTANTS */

    uint64 internal constant GOVERNOR = 1;
    uint64 internal constant REGISTRAR = 2;
    uint64 internal constant OPERATOR = 3;
    uint64 internal constant REFUNDER = 4;
    uint64 internal constant ARBITER = 5;
    uint64 internal constant PAUSER = 6;
    uint64 internal constant TREASURER = 7;
    uint64 internal constant LEDGER = 8;
    uint64 internal constant COURT = 9;
    uint64 internal constant VAULT = 10;
    uint32 internal constant GOVERNING_DELAY = 2 days;

    uint8 internal constant NEW = 0;
    uint8 internal constant RENEWAL = 1;

    /// @dev First days of months of 2025.
    uint256 internal constant JAN_1 = 20_089;
    uint256 internal constant FEB_1 = 20_120;
    uint256 internal constant MAR_1 = 20_148;
    uint256 internal constant APR_1 = 20_179;

    uint256 internal constant ATTESTOR_KEY = uint256(keccak256("the CRM's attestor in a test"));

    uint256 internal constant CONTROLLER_KEY = uint256(keccak256("the second treasurer in a test"));

    uint24 internal constant FLAT = 1;
    uint24 internal constant TIERED = 2;
    uint24 internal constant OTHER = 3;
    uint24 internal constant TINY = 4;
    uint24 internal constant WHOLE = 5;

    uint256 internal constant PARTNERS = 6;

    /* STORAGE */

    address internal governor = address(0xA1);
    address internal registrar = address(0xA2);
    address internal operator = address(0xA3);
    address internal refunder = address(0xA4);
    address internal arbiter = address(0xA5);
    address internal pauser = address(0xA6);
    address internal treasurer = address(0xA7);
    /// @dev The second key of an adjustment.
    address internal controller = vm.addr(CONTROLLER_KEY);
    /// @dev Whoever the COURT role is given to; here an account, elsewhere the contract.
    address internal bench = address(0xA9);
    address internal stranger = address(0xBAD);

    AccessManager internal manager;
    PartnerRegistry internal partners;
    PlanRegistry internal plans;
    ReferralRegistry internal referrals;
    SettlementLedger internal ledger;

    /* SET UP */

    function setUp() public virtual {
        vm.warp((JAN_1 - 30) * 1 days);
        vm.recordLogs();
        _deploy();
        _grant();
        _publishPlans();
        _registerPartners(PARTNERS);
        _sync();
        _at(JAN_1 + 14);
    }

    function _deploy() private {
        manager = new AccessManager(address(this));
        partners = new PartnerRegistry(address(manager));
        plans = new PlanRegistry(address(manager));
        referrals = new ReferralRegistry(address(manager), partners, plans);
        ledger = _newLedger(ISettlementLedger(address(0)));
        _follow(partners);
        _follow(plans);
        _follow(referrals);
        _follow(ledger);
    }

    function _newLedger(ISettlementLedger predecessor) internal returns (SettlementLedger) {
        return
            new SettlementLedger(
                address(manager), partners, plans, referrals, "USD", vm.addr(ATTESTOR_KEY), predecessor
            );
    }

    /// @dev As `backend/fenrun/chain/deploy.py`.
    function _grant() private {
        _permit(address(partners), IPartnerRegistry.registerPartners.selector, REGISTRAR);
        _permit(address(partners), IPartnerRegistry.setStatus.selector, REGISTRAR);
        _permit(address(partners), IPartnerRegistry.setRoles.selector, REGISTRAR);
        _permit(address(partners), IPartnerRegistry.changePayout.selector, REGISTRAR);
        _permit(address(partners), IPartnerRegistry.cancelPayoutChange.selector, REGISTRAR);
        _permit(address(plans), PlanRegistry.publishPlan.selector, GOVERNOR);
        _permit(address(plans), PlanRegistry.retirePlan.selector, GOVERNOR);
        _permit(address(referrals), IReferralRegistry.registerReferrals.selector, REGISTRAR);
        _permit(address(referrals), IReferralRegistry.registerClaim.selector, REGISTRAR);
        _permit(address(referrals), IReferralRegistry.reassign.selector, ARBITER);
        _permit(address(referrals), IReferralRegistry.lock.selector, LEDGER);
        bytes[] memory calls = _ledgerPermissions(address(ledger));
        for (uint256 i; i < calls.length; ++i) {
            (bool done,) = address(manager).call(calls[i]);
            vm.assertTrue(done, "permitted");
        }

        manager.grantRole(GOVERNOR, governor, GOVERNING_DELAY);
        manager.grantRole(REGISTRAR, registrar, 0);
        manager.grantRole(OPERATOR, operator, 0);
        manager.grantRole(REFUNDER, refunder, 0);
        manager.grantRole(ARBITER, arbiter, 0);
        manager.grantRole(PAUSER, pauser, 0);
        manager.grantRole(TREASURER, treasurer, 0);
        manager.grantRole(TREASURER, controller, 0);
        manager.grantRole(COURT, bench, 0);
        manager.grantRole(0, governor, GOVERNING_DELAY);
        manager.renounceRole(0, address(this));
    }

    /// @dev The calls that let the roles use a ledger.
    function _ledgerPermissions(address at) internal view returns (bytes[] memory calls) {
        calls = new bytes[](14);
        calls[0] = _permission(at, ISettlementLedger.settleBatch.selector, OPERATOR);
        calls[1] = _permission(at, ISettlementLedger.refund.selector, REFUNDER);
        calls[2] = _permission(at, ISettlementLedger.recordPayouts.selector, TREASURER);
        calls[3] = _permission(at, ISettlementLedger.returnPayout.selector, TREASURER);
        calls[4] = _permission(at, ISettlementLedger.adjust.selector, TREASURER);
        calls[5] = _permission(at, ISettlementLedger.recordWithdrawal.selector, VAULT);
        calls[6] = _permission(at, ISettlementLedger.freeze.selector, COURT);
        calls[7] = _permission(at, ISettlementLedger.resolve.selector, COURT);
        calls[8] = _permission(at, ISettlementLedger.pause.selector, PAUSER);
        calls[9] = _permission(at, ISettlementLedger.unpause.selector, GOVERNOR);
        calls[10] = _permission(at, ISettlementLedger.writeOffDebt.selector, GOVERNOR);
        calls[11] = _permission(at, ISettlementLedger.retire.selector, GOVERNOR);
        calls[12] = _permission(at, ISettlementLedger.setAttestor.selector, GOVERNOR);
        calls[13] = abi.encodeCall(manager.grantRole, (LEDGER, at, 0));
    }

    function _permission(address target, bytes4 selector, uint64 role) internal view returns (bytes memory) {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        return abi.encodeCall(manager.setTargetFunctionRole, (target, selectors, role));
    }

    function _permit(address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }

    /// @dev FLAT has no tiers; TIERED has four; OTHER has one role and a low threshold; TINY's rates round to zero;
    /// WHOLE gives the whole order away, new ones from the second tier of the referrer on.
    function _publishPlans() private {
        PlanTerms[] memory terms = new PlanTerms[](5);
        terms[0] = _terms(_thresholds(), _rates(_row(500), _row(300), _row(200)), 7);
        terms[0].renewalBps = _rates(_row(250), _row(150), _row(100));
        terms[1] = _terms(
            _thresholds(100_000, 500_000, 2_000_000),
            _rates(_row(1000, 1100, 1200, 1500), _row(500, 600, 700, 800), _row(100, 200, 300, 400)),
            14
        );
        terms[2] = _terms(_thresholds(50_000), _rates(_row(100, 200)), 0);
        terms[3] = _terms(_thresholds(), _rates(_row(1), _row(0), _row(9998)), 0);
        terms[4] = _terms(_thresholds(100_000), _rates(_row(3333, 3334), _row(3333, 3333), _row(3333, 3333)), 0);
        terms[4].renewalBps = _rates(_row(5000, 5000), _row(5000, 5000), _row(0, 0));

        uint256 first = plans.count() + 1;
        for (uint256 i; i < terms.length; ++i) {
            bytes memory call = abi.encodeCall(plans.publishPlan, (first + i, terms[i]));
            vm.prank(governor);
            manager.schedule(address(plans), call, 0);
        }
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        for (uint256 i; i < terms.length; ++i) {
            vm.prank(governor);
            plans.publishPlan(first + i, terms[i]);
        }
    }

    function _registerPartners(uint256 count) internal {
        NewPartner[] memory list = new NewPartner[](count);
        uint256 first = partners.count() + 1;
        for (uint256 i; i < count; ++i) {
            list[i] = NewPartner(keccak256(abi.encode("partner", first + i)), 0, address(0), 7);
        }
        vm.prank(registrar);
        partners.registerPartners(first, list);
    }

    function _at(uint256 day) internal {
        vm.warp(day * 1 days + 12 hours);
    }
}
