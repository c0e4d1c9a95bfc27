// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {DisputeCourt} from "contracts/DisputeCourt.sol";
import {Dispute, Ground, IDisputeCourt, Periods, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Payout, ProvenOrder, Ruling, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "./BaseTest.sol";
import {Order} from "./Codec.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {vm} from "./Vm.sol";

/// @title CourtTest
/// @notice A court, wired to the ledger, and a batch of three orders to dispute: the shares of each are 500 of Bob, 300
/// of partner 2 and 200 of partner 3, held until day `RELEASE`. Alice claims what is Bob's; Carol is no party.
abstract contract CourtTest is BaseTest {
    /* CONSTANTS */

    uint64 internal constant DESK = 101;
    uint64 internal constant PANEL = 102;

    uint32 internal constant ALICE = 7;
    uint32 internal constant BOB = 8;
    uint32 internal constant CAROL = 9;
    /// @dev A partner without a wallet.
    uint32 internal constant WALLETLESS = 2;

    uint256 internal constant RULING_PERIOD = 7 days;
    uint256 internal constant APPEAL_PERIOD = 3 days;
    uint256 internal constant PANEL_PERIOD = 5 days;

    uint256 internal constant SETTLED = JAN_1 + 20;
    uint256 internal constant RELEASE = SETTLED + 8;

    uint256 internal constant KEEP = 1;
    uint256 internal constant REVERSE = 2;
    uint256 internal constant TRANSFER = 3;

    /* STORAGE */

    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    address internal carol = address(0xCA401);
    address internal desk = address(0xDE5C);
    address[4] internal panel = [address(0x9A1), address(0x9A2), address(0x9A3), address(0x9A4)];

    DisputeCourt internal court;
    bytes12 internal customer;
    bytes private _packed;

    /* SET UP */

    function setUp() public virtual override {
        super.setUp();
        court = new DisputeCourt(address(manager), ledger, _periods(RULING_PERIOD, APPEAL_PERIOD, PANEL_PERIOD));
        _follow(court);
        _wire();
        NewPartner[] memory list = new NewPartner[](3);
        list[0] = NewPartner("alice", 0, alice, 7);
        list[1] = NewPartner("bob", 0, bob, 7);
        list[2] = NewPartner("carol", 0, carol, 7);
        vm.prank(registrar);
        partners.registerPartners(ALICE, list);

        _at(SETTLED);
        customer = _customer(1, FLAT, BOB, WALLETLESS, 3);
        Order[] memory orders = new Order[](3);
        for (uint48 i; i < 3; ++i) {
            orders[i] = _order(i + 1, customer, 10_000);
        }
        _settle(orders);
        (,,, _packed,) = abi.decode(_lastLog[address(ledger)].data, (uint256, uint256, bytes32, bytes, Skipped[]));
    }

    function _wire() private {
        bytes[] memory calls = new bytes[](32);
        uint256 count;
        count = _let(calls, count, DESK, address(court), IDisputeCourt.open.selector);
        count = _let(calls, count, DESK, address(court), IDisputeCourt.submitEvidence.selector);
        count = _let(calls, count, DESK, address(court), IDisputeCourt.appeal.selector);
        count = _let(calls, count, ARBITER, address(court), IDisputeCourt.rule.selector);
        count = _let(calls, count, PANEL, address(court), IDisputeCourt.vote.selector);
        calls[count++] = abi.encodeCall(manager.grantRole, (COURT, address(court), 0));
        calls[count++] = abi.encodeCall(manager.grantRole, (DESK, desk, 0));
        // The arbiter sits on the panel too.
        calls[count++] = abi.encodeCall(manager.grantRole, (PANEL, arbiter, 0));
        for (uint256 i; i < panel.length; ++i) {
            calls[count++] = abi.encodeCall(manager.grantRole, (PANEL, panel[i], 0));
        }

        for (uint256 i; i < count; ++i) {
            vm.prank(governor);
            manager.schedule(address(manager), calls[i], 0);
        }
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        for (uint256 i; i < count; ++i) {
            vm.prank(governor);
            manager.execute(address(manager), calls[i]);
        }
    }

    function _let(bytes[] memory calls, uint256 count, uint64 role, address target, bytes4 selector)
        private
        view
        returns (uint256)
    {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        calls[count] = abi.encodeCall(manager.setTargetFunctionRole, (target, selectors, role));
        return count + 1;
    }

    /* ACTIONS */

    /// @dev Alice claims Bob's share of order 1.
    function _open(Ground ground) internal returns (uint256 disputeId) {
        vm.prank(alice);
        disputeId = court.open(_proven(1), 0, ALICE, ground, "claim");
        _sync();
    }

    /// @dev A dispute on evidence, ruled by the arbiter.
    function _ruled(uint256 ruling) internal returns (uint256 disputeId) {
        disputeId = _open(Ground.Evidence);
        vm.prank(arbiter);
        court.rule(disputeId, ruling);
        _sync();
    }

    /// @dev The same, and Bob has appealed.
    function _appealed(uint256 ruling) internal returns (uint256 disputeId) {
        disputeId = _ruled(ruling);
        vm.prank(bob);
        court.appeal(disputeId, BOB);
        _sync();
    }

    function _vote(uint256 disputeId, uint256 member, uint256 ruling) internal {
        vm.prank(panel[member]);
        court.vote(disputeId, ruling);
        _sync();
    }

    /// @dev By a stranger.
    function _execute(uint256 disputeId) internal {
        vm.prank(stranger);
        court.execute(disputeId);
        _sync();
    }

    function _executeFails(uint256 disputeId, bytes memory error) internal {
        vm.prank(stranger);
        vm.expectRevert(error);
        court.execute(disputeId);
    }

    function _pause() internal {
        vm.prank(pauser);
        ledger.pause();
    }

    /// @dev The sum of an order's refunds becomes this.
    function _refund(uint256 no, uint64 refunded) internal {
        ProvenOrder memory order = _proven(no);
        vm.prank(refunder);
        ledger.refund(order, refunded, "refund");
        _sync();
    }

    function _pay(uint32 partnerId, uint80 amount) internal {
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(1, partnerId, amount, 0, "")));
    }

    /// @dev Moves time to a moment.
    function _until(uint256 moment) internal {
        vm.warp(moment);
    }

    /* VALUES */

    function _periods(uint256 ruling, uint256 appeal, uint256 panel_) internal pure returns (Periods memory) {
        return Periods(uint32(ruling), uint32(appeal), uint32(panel_));
    }

    /// @dev An order of the batch, with its proof worked out from the log.
    function _proven(uint256 no) internal view returns (ProvenOrder memory order) {
        bytes memory packed = _packed;
        uint256 words = order.leaf.length;
        bytes32[] memory hashes = new bytes32[](packed.length / (32 * words));
        for (uint256 i; i < hashes.length; ++i) {
            bytes memory leaf;
            for (uint256 j; j < words; ++j) {
                bytes32 word;
                uint256 at = 32 * (words * i + j + 1);
                assembly ("memory-safe") {
                    word := mload(add(packed, at))
                }
                leaf = bytes.concat(leaf, word);
                if (i + 1 == no) order.leaf[j] = word;
            }
            hashes[i] = keccak256(leaf);
        }
        order.batchId = 1;
        order.proof = NaiveTree.proof(hashes, no - 1);
    }

    /* ASSERTIONS */

    function _assertStatus(uint256 disputeId, Status status, Ruling ruling) internal view {
        vm.assertEq(uint256(court.statusOf(disputeId)), uint256(status), "status");
        Dispute memory dispute = court.disputeOf(disputeId);
        vm.assertEq(uint256(dispute.status), uint256(status), "the same status");
        vm.assertEq(uint256(dispute.ruling), uint256(ruling), "ruling");
        vm.assertEq(court.deadlineOf(disputeId), dispute.deadline, "deadline");
    }

    /// @dev Who has what of the disputed share of order 1 before its release day; Bob's two other shares are held too.
    function _assertShare(uint256 bobs, uint256 alices, uint256 frozen) internal view {
        _assertHeld(BOB, RELEASE, 1000 + bobs);
        _assertHeld(ALICE, RELEASE, alices);
        (,, uint256 balanceFrozen) = ledger.balanceOf(BOB);
        vm.assertEq(balanceFrozen, frozen, "frozen");
        (,, bool isFrozen,) = ledger.shareOf(1, 0);
        vm.assertTrue(isFrozen == (frozen != 0), "waits for a ruling");
    }

    function _assertBalance(uint256 partnerId, uint256 available, uint256 debt) internal view {
        (uint256 isAvailable, uint256 isDebt,) = ledger.balanceOf(partnerId);
        vm.assertEq(isAvailable, available, "available");
        vm.assertEq(isDebt, debt, "debt");
    }

    function _assertLog(bytes32 topic, bytes memory data) internal view {
        vm.assertEq(_lastLog[address(court)].topics[0], topic, "event");
        vm.assertEq(_lastLog[address(court)].data, data, "what it says");
    }

    /* ERRORS */

    function _wrongStatus(uint256 disputeId, Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputeCourt.Court_WrongStatus.selector, disputeId, status);
    }

    function _tooLate(uint256 disputeId) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IDisputeCourt.Court_TooLate.selector, disputeId, court.deadlineOf(disputeId), vm.getBlockTimestamp()
        );
    }

    function _tooEarly(uint256 disputeId) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IDisputeCourt.Court_TooEarly.selector, disputeId, court.deadlineOf(disputeId), vm.getBlockTimestamp()
        );
    }

    function _notActingFor(uint256 partnerId, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputeCourt.Court_NotActingFor.selector, partnerId, account);
    }
}
