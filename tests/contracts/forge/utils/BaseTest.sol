// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Adjustment, Maturity, Payout, ProvenOrder, Release, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {Leaf, Order, Settled} from "./Codec.sol";
import {Installation} from "./Installation.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {Vm, vm} from "./Vm.sol";

/// @title BaseTest
/// @notice An installation, and what a test does with it.
abstract contract BaseTest is Installation {
    uint48 private _adjustments;

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
