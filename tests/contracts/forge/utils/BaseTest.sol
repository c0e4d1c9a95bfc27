// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {PartnerRegistry} from "contracts/PartnerRegistry.sol";
import {PlanRegistry} from "contracts/PlanRegistry.sol";
import {ReferralRegistry} from "contracts/ReferralRegistry.sol";
import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger, Maturity, Payout, Release, Skip, Skipped} from "contracts/interfaces/ISettlementLedger.sol";

import {JournalMirror} from "./JournalMirror.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev An order as the CRM knows it.
struct Order {
    uint48 no;
    bytes12 customer;
    uint64 base;
    uint8 kind;
    uint40 paidAt;
}

/// @dev A leaf, unpacked.
struct Leaf {
    bytes32 hash;
    bytes32 orderRef;
    Order order;
    uint256[3] partners;
    uint256 planId;
    uint256[3] tiers;
    uint256 releaseDay;
    uint256[3] shares;
    uint256 day;
}

/// @dev What a batch's event says.
struct Settled {
    uint256 batchId;
    uint256 day;
    bytes32 root;
    Leaf[] leaves;
    Skipped[] skipped;
}

/// @title BaseTest
/// @notice The contracts, deployed and wired as an installation wires them, and what a test feeds them. Records are
/// packed and leaves unpacked here byte by byte, not with the contracts' own libraries.
abstract contract BaseTest is JournalMirror {
    /* CONSTANTS */

    uint64 internal constant GOVERNOR = 1;
    uint64 internal constant REGISTRAR = 2;
    uint64 internal constant OPERATOR = 3;
    uint64 internal constant ARBITER = 5;
    uint64 internal constant TREASURER = 7;
    uint64 internal constant LEDGER = 8;
    uint32 internal constant GOVERNING_DELAY = 2 days;

    uint8 internal constant NEW = 0;
    uint8 internal constant RENEWAL = 1;

    /// @dev First days of months of 2025.
    uint256 internal constant JAN_1 = 20_089;
    uint256 internal constant FEB_1 = 20_120;
    uint256 internal constant MAR_1 = 20_148;
    uint256 internal constant APR_1 = 20_179;

    uint256 internal constant ATTESTOR_KEY = uint256(keccak256("the CRM's attestor in a test"));

    uint24 internal constant FLAT = 1;
    uint24 internal constant TIERED = 2;
    uint24 internal constant OTHER = 3;
    uint24 internal constant TINY = 4;

    uint256 internal constant PARTNERS = 6;

    /* STORAGE */

    address internal governor = address(0xA1);
    address internal registrar = address(0xA2);
    address internal operator = address(0xA3);
    address internal arbiter = address(0xA5);
    address internal treasurer = address(0xA7);
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
        ledger = new SettlementLedger(address(manager), partners, plans, referrals, "USD", vm.addr(ATTESTOR_KEY));
        _follow(partners);
        _follow(plans);
        _follow(referrals);
        _follow(ledger);
    }

    /// @dev As `backend/fenrun/chain/deploy.py`.
    function _grant() private {
        _permit(address(partners), PartnerRegistry.registerPartners.selector, REGISTRAR);
        _permit(address(partners), PartnerRegistry.setStatus.selector, REGISTRAR);
        _permit(address(plans), PlanRegistry.publishPlan.selector, GOVERNOR);
        _permit(address(plans), PlanRegistry.retirePlan.selector, GOVERNOR);
        _permit(address(referrals), ReferralRegistry.registerReferrals.selector, REGISTRAR);
        _permit(address(referrals), ReferralRegistry.reassign.selector, ARBITER);
        _permit(address(referrals), ReferralRegistry.lock.selector, LEDGER);
        _permit(address(ledger), SettlementLedger.settleBatch.selector, OPERATOR);
        _permit(address(ledger), SettlementLedger.recordPayouts.selector, TREASURER);
        _permit(address(ledger), SettlementLedger.setAttestor.selector, GOVERNOR);

        manager.grantRole(GOVERNOR, governor, GOVERNING_DELAY);
        manager.grantRole(REGISTRAR, registrar, 0);
        manager.grantRole(OPERATOR, operator, 0);
        manager.grantRole(ARBITER, arbiter, 0);
        manager.grantRole(TREASURER, treasurer, 0);
        manager.grantRole(LEDGER, address(ledger), 0);
        manager.grantRole(0, governor, GOVERNING_DELAY);
        manager.renounceRole(0, address(this));
    }

    function _permit(address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }

    /// @dev FLAT has no tiers; TIERED has four; OTHER has one role and a low threshold; TINY's rates round to zero.
    function _publishPlans() private {
        PlanTerms[] memory terms = new PlanTerms[](4);
        terms[0] = _terms(_thresholds(), _rates(_row(500), _row(300), _row(200)), 7);
        terms[0].renewalBps = _rates(_row(250), _row(150), _row(100));
        terms[1] = _terms(
            _thresholds(100_000, 500_000, 2_000_000),
            _rates(_row(1000, 1100, 1200, 1500), _row(500, 600, 700, 800), _row(100, 200, 300, 400)),
            14
        );
        terms[2] = _terms(_thresholds(50_000), _rates(_row(100, 200)), 0);
        terms[3] = _terms(_thresholds(), _rates(_row(1), _row(0), _row(10_000 - 1)), 0);

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

    function _list(Referral memory referral) internal pure returns (Referral[] memory list) {
        list = new Referral[](1);
        list[0] = referral;
    }

    function _list(Payout memory payout) internal pure returns (Payout[] memory list) {
        list = new Payout[](1);
        list[0] = payout;
    }

    function _list(Order memory order) internal pure returns (Order[] memory list) {
        list = new Order[](1);
        list[0] = order;
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
        uint256 batchId = ledger.settleBatch(records, deadline, attestation);
        _sync();
        settled = _lastSettled();
        vm.assertEq(settled.batchId, batchId, "the id that is returned is the one logged");
        vm.assertEq(ledger.rootOf(batchId), settled.root, "the root that is stored is the one logged");
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

    /* ATTESTING AND DECODING */

    /// @dev EIP-712 worked out from its text.
    function _digest(bytes memory records, uint40 deadline) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Fenrun SettlementLedger"),
                keccak256("1"),
                block.chainid,
                address(ledger)
            )
        );
        bytes32 message = keccak256(
            abi.encode(keccak256("OrderBatch(bytes32 ordersHash,uint40 deadline)"), keccak256(records), deadline)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _attest(bytes memory records, uint40 deadline) internal view returns (bytes memory) {
        return _attestWith(ATTESTOR_KEY, records, deadline);
    }

    function _attestWith(uint256 key, bytes memory records, uint40 deadline) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(records, deadline));
        return abi.encodePacked(r, s, v);
    }

    function _orderRef(uint256 no) internal pure returns (bytes32) {
        return keccak256(abi.encode("order", no));
    }

    function _encode(Order memory order) internal pure returns (bytes memory) {
        return abi.encodePacked(_orderRef(order.no), order.no, order.base, order.kind, order.paidAt, order.customer);
    }

    function _encode(Order[] memory orders) internal pure returns (bytes memory records) {
        for (uint256 i; i < orders.length; ++i) {
            records = bytes.concat(records, _encode(orders[i]));
        }
    }

    function _lastSettled() internal view returns (Settled memory settled) {
        Vm.Log memory log = _lastLog[address(ledger)];
        vm.assertEq(log.topics[0], ISettlementLedger.BatchSettled.selector, "the last log is a batch");
        bytes memory packed;
        (settled.batchId, settled.day, settled.root, packed, settled.skipped) =
            abi.decode(log.data, (uint256, uint256, bytes32, bytes, Skipped[]));
        vm.assertEq(packed.length % 128, 0, "leaves have 128 bytes");
        settled.leaves = new Leaf[](packed.length / 128);
        for (uint256 i; i < settled.leaves.length; ++i) {
            settled.leaves[i] = _leaf(packed, i);
        }
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

    function _leaf(bytes memory packed, uint256 index) private pure returns (Leaf memory leaf) {
        uint256[4] memory words;
        for (uint256 i; i < 4; ++i) {
            uint256 at = 128 * index + 32 * i + 32;
            assembly ("memory-safe") {
                mstore(add(words, mul(i, 32)), mload(add(packed, at)))
            }
        }
        leaf.hash = keccak256(abi.encode(words));
        leaf.orderRef = bytes32(words[0]);
        leaf.order = Order({
            no: uint48(words[1] >> 208),
            base: uint64(words[1] >> 144),
            kind: uint8(words[1] >> 136),
            paidAt: uint40(words[1] >> 96),
            customer: bytes12(uint96(words[1]))
        });
        for (uint256 role; role < 3; ++role) {
            leaf.partners[role] = uint32(words[2] >> (32 * role));
            leaf.tiers[role] = uint8(words[2] >> (120 + 8 * role));
            leaf.shares[role] = uint64(words[3] >> (64 * role));
        }
        leaf.planId = uint24(words[2] >> 96);
        leaf.releaseDay = uint24(words[2] >> 144);
        leaf.day = uint24(words[3] >> 192);
        vm.assertEq(words[2] >> 168, 0, "nothing stands above a leaf's terms");
        vm.assertEq(words[3] >> 216, 0, "nothing stands above a leaf's shares");
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
        (uint256 held, uint256 frozen) = ledger.heldOf(partnerId, day);
        vm.assertEq(held, amount, "held");
        vm.assertEq(frozen, 0, "frozen");
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

    /* VALUES */

    function _bound(uint256 x, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + x % (most - least + 1);
    }

    function _terms(uint64[] memory thresholds, uint16[][] memory bps, uint16 hold)
        internal
        pure
        returns (PlanTerms memory)
    {
        return PlanTerms("plan", thresholds, bps, bps, hold);
    }

    function _thresholds() internal pure returns (uint64[] memory) {}

    function _thresholds(uint64 a) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = a;
    }

    function _thresholds(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory list) {
        list = new uint64[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _row(uint16 a) internal pure returns (uint16[] memory row) {
        row = new uint16[](1);
        row[0] = a;
    }

    function _row(uint16 a, uint16 b) internal pure returns (uint16[] memory row) {
        row = new uint16[](2);
        (row[0], row[1]) = (a, b);
    }

    function _row(uint16 a, uint16 b, uint16 c, uint16 d) internal pure returns (uint16[] memory row) {
        row = new uint16[](4);
        (row[0], row[1], row[2], row[3]) = (a, b, c, d);
    }

    function _rates(uint16[] memory a) internal pure returns (uint16[][] memory rates) {
        rates = new uint16[][](1);
        rates[0] = a;
    }

    function _rates(uint16[] memory a, uint16[] memory b, uint16[] memory c)
        internal
        pure
        returns (uint16[][] memory rates)
    {
        rates = new uint16[][](3);
        (rates[0], rates[1], rates[2]) = (a, b, c);
    }
}
