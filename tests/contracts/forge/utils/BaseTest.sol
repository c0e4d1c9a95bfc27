// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {PartnerRegistry} from "contracts/PartnerRegistry.sol";
import {PlanRegistry} from "contracts/PlanRegistry.sol";
import {ReferralRegistry} from "contracts/ReferralRegistry.sol";
import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {IPartnerRegistry, NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {IReferralRegistry, Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Adjustment, Maturity, Payout, ProvenOrder, Release, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {Codec, Leaf, Order, Settled} from "./Codec.sol";
import {JournalMirror} from "./JournalMirror.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {Values} from "./Values.sol";
import {Vm, vm} from "./Vm.sol";

/// @title BaseTest
/// @notice The contracts, deployed and wired as an installation wires them, and what a test feeds them.
abstract contract BaseTest is JournalMirror, Codec, Values {
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

    uint48 private _adjustments;

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
    function _ledgerPermissions(address at) private view returns (bytes[] memory calls) {
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

    /* ACTIONS */

    /// @dev A ledger that follows the present one, and is not open yet. Two days pass.
    function _retireLedger() internal returns (SettlementLedger next) {
        next = _newLedger(ledger);
        _follow(next);
        bytes[] memory calls = _ledgerPermissions(address(next));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(governor);
            manager.schedule(address(manager), calls[i], 0);
        }
        _govern(address(ledger), abi.encodeCall(ledger.retire, (next)));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(governor);
            manager.execute(address(manager), calls[i]);
        }
        _sync();
    }

    /// @dev Noon of a day.
    function _at(uint256 day) internal {
        vm.warp(day * 1 days + 12 hours);
    }

    function _now() internal view returns (uint40) {
        return uint40(vm.getBlockTimestamp());
    }

    /// @dev What the governor does: announce, wait, call.
    function _govern(address target, bytes memory call) internal {
        vm.prank(governor);
        manager.schedule(target, call, 0);
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        vm.prank(governor);
        manager.execute(target, call);
    }

    /// @dev A governor's call that must fail; the delay has passed.
    function _governFails(address target, bytes memory call, bytes memory error) internal {
        vm.prank(governor);
        manager.schedule(target, call, 0);
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        vm.prank(governor);
        vm.expectRevert(error);
        manager.execute(target, call);
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

    /// @dev A customer of a plan with no end, from the beginning of time.
    function _customer(uint256 name, uint24 planId, uint32 referrer, uint32 implementer, uint32 trainer)
        internal
        returns (bytes12 key)
    {
        key = _key(name);
        _register(Referral(key, referrer, implementer, trainer, planId, 0, 0));
    }

    function _key(uint256 name) internal pure returns (bytes12) {
        return bytes12(keccak256(abi.encode("customer", name)));
    }

    function _register(Referral memory referral) internal {
        vm.prank(registrar);
        referrals.registerReferrals(_list(referral));
    }

    /// @dev A new order, paid now.
    function _order(uint48 no, bytes12 customer, uint64 base) internal view returns (Order memory) {
        return Order(no, customer, base, NEW, _now());
    }

    function _settle(Order memory order) internal returns (Settled memory) {
        return _settle(_list(order));
    }

    /// @dev Settles orders and reads what the event says.
    function _settle(Order[] memory orders) internal returns (Settled memory settled) {
        bytes memory records = _encode(orders);
        uint40 deadline = _now() + 1 hours;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        (uint256 batchId, uint256 credited) = ledger.settleBatch(records, deadline, attestation);
        _sync();
        settled = _lastSettled();
        vm.assertEq(settled.batchId, batchId, "the id that is returned is the one logged");
        vm.assertEq(ledger.rootOf(batchId), settled.root, "the root that is stored is the one logged");
        for (uint256 i; i < settled.leaves.length; ++i) {
            credited -= settled.leaves[i].shares[0] + settled.leaves[i].shares[1] + settled.leaves[i].shares[2];
        }
        vm.assertEq(credited, 0, "what is returned is the sum of the shares");
    }

    function _settleFails(bytes memory records, bytes memory error) internal {
        uint40 deadline = _now() + 1 hours;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        vm.expectRevert(error);
        ledger.settleBatch(records, deadline, attestation);
    }

    function _mature(uint256 partnerId, uint256 day) internal {
        Release[] memory list = new Release[](1);
        list[0] = Release(uint32(partnerId), uint24(day));
        ledger.mature(list);
        _sync();
    }

    /// @dev A correction that both treasurers want, under a number of its own.
    function _adjust(uint32 partnerId, int80 amount) internal {
        Adjustment memory adjustment = Adjustment(++_adjustments, partnerId, amount, "reason", _now());
        bytes memory approval = _approve(CONTROLLER_KEY, adjustment);
        vm.prank(treasurer);
        ledger.adjust(adjustment, controller, approval);
        _sync();
    }

    /// @dev EIP-712 worked out from its text.
    function _approve(uint256 key, Adjustment memory adjustment) internal view returns (bytes memory) {
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "Adjustment(uint48 adjustmentNo,uint32 partnerId,int80 amount,bytes32 reason,uint40 deadline)"
                ),
                adjustment
            )
        );
        return _sign(key, _typed("Fenrun SettlementLedger", address(ledger), message));
    }

    /* ATTESTING AND DECODING */

    function _attest(bytes memory records, uint40 deadline) internal view returns (bytes memory) {
        return _attestWith(ATTESTOR_KEY, records, deadline);
    }

    function _attestWith(uint256 key, bytes memory records, uint40 deadline) internal view returns (bytes memory) {
        return _sign(key, _digest(records, deadline));
    }

    /// @dev EIP-712 worked out from its text.
    function _digest(bytes memory records, uint40 deadline) internal view returns (bytes32) {
        bytes32 message = keccak256(
            abi.encode(keccak256("OrderBatch(bytes32 ordersHash,uint40 deadline)"), keccak256(records), deadline)
        );
        return _typed("Fenrun SettlementLedger", address(ledger), message);
    }

    function _typed(string memory name, address at, bytes32 message) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                at
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _lastSettled() internal view returns (Settled memory settled) {
        Vm.Log memory log = _lastLog[address(ledger)];
        vm.assertEq(log.topics[0], ISettlementLedger.BatchSettled.selector, "the last log is a batch");
        (settled.batchId, settled.day, settled.root, settled.packed, settled.skipped) =
            abi.decode(log.data, (uint256, uint256, bytes32, bytes, Skipped[]));
        vm.assertEq(settled.packed.length % 96, 0, "leaves have 96 bytes");
        settled.leaves = new Leaf[](settled.packed.length / 96);
        for (uint256 i; i < settled.leaves.length; ++i) {
            settled.leaves[i] = _leaf(settled.packed, i);
        }
    }

    /// @dev A settled order with its proof, from what the batch's event says.
    function _proven(Settled memory settled, uint256 index) internal pure returns (ProvenOrder memory order) {
        bytes32[] memory hashes = new bytes32[](settled.leaves.length);
        for (uint256 i; i < hashes.length; ++i) {
            hashes[i] = settled.leaves[i].hash;
        }
        return ProvenOrder(settled.batchId, settled.leaves[index].words, NaiveTree.proof(hashes, index));
    }

    function _lastMatured() internal view returns (Maturity[] memory) {
        Vm.Log memory log = _lastLog[address(ledger)];
        vm.assertEq(log.topics[0], ISettlementLedger.CreditsMatured.selector, "the last log is of maturities");
        return abi.decode(log.data, (Maturity[]));
    }

    function _lastPaid() internal view returns (Payout[] memory, uint256[] memory, Skipped[] memory) {
        Vm.Log memory log = _lastLog[address(ledger)];
        vm.assertEq(log.topics[0], ISettlementLedger.PayoutsRecorded.selector, "the last log is of payouts");
        return abi.decode(log.data, (Payout[], uint256[], Skipped[]));
    }

    /* ASSERTIONS */

    function _assertSkipped(Settled memory settled, uint256 at, uint256 no, Skip reason) internal pure {
        vm.assertEq(settled.skipped[at].number, no, "the order that was skipped");
        vm.assertEq(uint256(settled.skipped[at].reason), uint256(reason), "why it was skipped");
    }

    function _assertShares(Leaf memory leaf, uint256 referrer, uint256 implementer, uint256 trainer) internal pure {
        vm.assertEq(leaf.shares[0], referrer, "the referrer's share");
        vm.assertEq(leaf.shares[1], implementer, "the implementer's share");
        vm.assertEq(leaf.shares[2], trainer, "the trainer's share");
    }

    function _assertHeld(uint256 partnerId, uint256 day, uint256 amount) internal view {
        vm.assertEq(ledger.heldOf(partnerId, day), amount, "held");
    }

    function _assertBalance(uint256 partnerId, uint256 amount) internal view {
        (uint256 available, uint256 debt, uint256 frozen) = ledger.balanceOf(partnerId);
        vm.assertEq(available, amount, "available");
        vm.assertEq(debt, 0, "debt");
        vm.assertEq(frozen, 0, "frozen");
    }

    function _assertVolume(uint256 partnerId, uint256 current, uint256 before) internal view {
        (, uint256 nowVolume, uint256 beforeVolume) = ledger.volumeOf(partnerId);
        vm.assertEq(nowVolume, current, "volume of the month");
        vm.assertEq(beforeVolume, before, "volume of the month before");
    }
}
