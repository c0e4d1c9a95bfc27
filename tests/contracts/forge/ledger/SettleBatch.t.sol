// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {Skip} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Leaf, Order, Settled} from "../utils/Codec.sol";
import {NaiveTree} from "../utils/NaiveTree.sol";
import {vm} from "../utils/Vm.sol";

/// @dev A contract that attests what it was told to.
contract ContractAttestor is IERC1271 {
    bytes32 private immutable _DIGEST;

    constructor(bytes32 digest) {
        _DIGEST = digest;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return hash == _DIGEST ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract SettleBatchTest is BaseTest {
    /* SHARES AND CREDITS */

    function test_SharesAreFlooredAndHeld() public {
        bytes12 customer = _customer(1, FLAT, 1, 2, 3);
        Leaf memory leaf = _settle(_order(1, customer, 999)).leaves[0];

        // 999 × 5 %, 3 %, 2 % = 49.95, 29.97, 19.98
        _assertShares(leaf, 49, 29, 19);
        _assertHeld(1, JAN_1 + 14 + 8, 49);
        _assertHeld(2, JAN_1 + 14 + 8, 29);
        _assertHeld(3, JAN_1 + 14 + 8, 19);
        _assertBalance(1, 0);
    }

    function test_ALeafSaysAllThatWasUsed() public {
        bytes12 customer = _customer(1, FLAT, 4, 0, 6);
        Order memory order = Order(7, customer, 20_000, RENEWAL, _now() - 5 days);
        Settled memory settled = _settle(order);
        Leaf memory leaf = settled.leaves[0];

        vm.assertEq(leaf.orderRef, _orderRef(7), "reference");
        vm.assertEq(keccak256(abi.encode(leaf.order)), keccak256(abi.encode(order)), "the order as it came");
        vm.assertEq(leaf.partners[0], 4, "referrer");
        vm.assertEq(leaf.partners[1], 0, "nobody");
        vm.assertEq(leaf.partners[2], 6, "trainer");
        vm.assertEq(leaf.planId, FLAT, "plan");
        vm.assertEq(leaf.releaseDay, JAN_1 + 14 + 7 + 1, "release day");
        vm.assertEq(leaf.day, JAN_1 + 14, "day");
        vm.assertEq(settled.day, JAN_1 + 14, "the batch's day");
        vm.assertTrue(ledger.isSettled(7), "settled");
        vm.assertFalse(ledger.isSettled(8), "not settled");
    }

    function test_NewAndRenewalHaveTheirRates() public {
        bytes12 customer = _customer(1, FLAT, 1, 2, 3);
        _assertShares(_settle(Order(1, customer, 10_000, NEW, _now())).leaves[0], 500, 300, 200);
        _assertShares(_settle(Order(2, customer, 10_000, RENEWAL, _now())).leaves[0], 250, 150, 100);
    }

    function test_ARoleThePlanDoesNotPayGetsNothing() public {
        bytes12 customer = _customer(1, OTHER, 1, 2, 3);
        _assertShares(_settle(_order(1, customer, 10_000)).leaves[0], 100, 0, 0);
        _assertVolume(2, 0, 0);
    }

    function test_TheDayIsTheBlocks() public {
        bytes12 customer = _customer(1, OTHER, 1, 0, 0);
        vm.warp(JAN_1 * 1 days + 86_399);
        vm.assertEq(_settle(_order(1, customer, 10_000)).leaves[0].releaseDay, JAN_1 + 1, "the last second");
        vm.warp((JAN_1 + 1) * 1 days);
        vm.assertEq(_settle(_order(2, customer, 10_000)).leaves[0].releaseDay, JAN_1 + 2, "the first second");
    }

    function test_TheGreatestOrderFits() public {
        bytes12 customer = _customer(1, FLAT, 1, 2, 3);
        Leaf memory leaf = _settle(Order(type(uint48).max, customer, type(uint64).max, NEW, _now())).leaves[0];
        uint256 base = type(uint64).max;
        _assertShares(leaf, base * 500 / 10_000, base * 300 / 10_000, base * 200 / 10_000);
        _assertVolume(1, base, 0);
        vm.assertTrue(ledger.isSettled(type(uint48).max), "settled");
    }

    /* SKIPPING */

    function test_ADuplicateIsSkipped() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        _settle(_order(1, customer, 10_000));
        // The same number with another amount is the same order.
        Settled memory settled = _settle(_order(1, customer, 77_777));
        vm.assertEq(settled.leaves.length, 0, "settled");
        vm.assertEq(settled.root, 0, "no root");
        vm.assertEq(settled.batchId, 2, "a batch all the same");
        _assertSkipped(settled, 0, 1, Skip.Duplicate);
        _assertHeld(1, JAN_1 + 14 + 8, 500);
        _assertVolume(1, 10_000, 0);
    }

    function test_DuplicatesWithinABatchAndAcrossWords() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        uint48[11] memory numbers = [uint48(300), 5, 300, 255, 256, 5, 70_000, 256, 255, 301, 70_000];
        Order[] memory orders = new Order[](11);
        for (uint256 i; i < 11; ++i) {
            orders[i] = _order(numbers[i], customer, 10_000);
        }
        Settled memory settled = _settle(orders);
        vm.assertEq(settled.leaves.length, 6, "settled");
        uint48[6] memory once = [uint48(300), 5, 255, 256, 70_000, 301];
        for (uint256 i; i < 6; ++i) {
            vm.assertEq(settled.leaves[i].order.no, once[i], "in the order given");
            vm.assertTrue(ledger.isSettled(once[i]), "settled");
        }
        uint48[5] memory twice = [uint48(300), 5, 256, 255, 70_000];
        vm.assertEq(settled.skipped.length, 5, "skipped");
        for (uint256 i; i < 5; ++i) {
            _assertSkipped(settled, i, twice[i], Skip.Duplicate);
        }
        vm.assertFalse(ledger.isSettled(254) || ledger.isSettled(4) || ledger.isSettled(6), "neighbours");

        // All of it again changes nothing.
        settled = _settle(orders);
        vm.assertEq(settled.leaves.length, 0, "nothing twice");
        vm.assertEq(settled.skipped.length, 11, "all skipped");
        _assertHeld(1, JAN_1 + 14 + 8, 6 * 500);
    }

    function test_AMissingReferralIsSkippedAndStaysRetryable() public {
        bytes12 known = _customer(1, FLAT, 1, 0, 0);
        Order[] memory orders = new Order[](3);
        orders[0] = _order(1, _key(2), 10_000);
        orders[1] = _order(2, known, 10_000);
        orders[2] = _order(1, _key(2), 10_000);
        Settled memory settled = _settle(orders);
        vm.assertEq(settled.leaves.length, 1, "the other one is settled");
        _assertSkipped(settled, 0, 1, Skip.NoReferral);
        _assertSkipped(settled, 1, 1, Skip.NoReferral);
        vm.assertFalse(ledger.isSettled(1), "not settled");

        _customer(2, FLAT, 3, 0, 0);
        settled = _settle(orders);
        vm.assertEq(settled.leaves.length, 1, "settled once");
        _assertSkipped(settled, 0, 2, Skip.Duplicate);
        _assertSkipped(settled, 1, 1, Skip.Duplicate);
        _assertHeld(3, JAN_1 + 14 + 8, 500);
    }

    /* WHICH ATTRIBUTION */

    function test_TheWindowIsOfTheMomentOfPayment() public {
        uint40 from = _now() - 10 days;
        uint40 to = _now() - 5 days;
        _register(Referral(_key(1), 1, 0, 0, FLAT, from, to));
        uint40[4] memory paid = [from - 1, from, to - 1, to];
        Order[] memory orders = new Order[](4);
        for (uint48 i; i < 4; ++i) {
            orders[i] = Order(i + 1, _key(1), 10_000, NEW, paid[i]);
        }
        Settled memory settled = _settle(orders);
        vm.assertEq(settled.leaves.length, 2, "in force");
        vm.assertEq(settled.leaves[0].order.no, 2, "from the first second");
        vm.assertEq(settled.leaves[1].order.no, 3, "to the last");
        _assertSkipped(settled, 0, 1, Skip.NoReferral);
        _assertSkipped(settled, 1, 4, Skip.NoReferral);
    }

    function test_AnOrderPaidBeforeAReassignmentUsesTheWordOfThatTime() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        uint40 from = _now() + 1 days;
        vm.prank(arbiter);
        referrals.reassign(Referral(customer, 2, 0, 0, OTHER, from, 0));
        _at(JAN_1 + 16);

        Order[] memory orders = new Order[](2);
        orders[0] = Order(1, customer, 10_000, NEW, from - 1);
        orders[1] = Order(2, customer, 10_000, NEW, from);
        Settled memory settled = _settle(orders);
        vm.assertEq(settled.leaves[0].partners[0], 1, "paid before");
        vm.assertEq(settled.leaves[0].planId, FLAT, "the plan of that time");
        vm.assertEq(settled.leaves[1].partners[0], 2, "paid after");
        vm.assertEq(settled.leaves[1].planId, OTHER, "the plan of now");
    }

    function test_ARetiredPlanStillPaysThoseWhoHaveIt() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        _govern(address(plans), abi.encodeCall(plans.retirePlan, (FLAT)));
        _assertShares(_settle(_order(1, customer, 10_000)).leaves[0], 500, 0, 0);
    }

    function test_ASuspendedPartnerKeepsAccruing() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        vm.prank(registrar);
        partners.setStatus(1, IPartnerRegistry.Status.Suspended, "why");
        _assertShares(_settle(_order(1, customer, 10_000)).leaves[0], 500, 0, 0);
    }

    function test_TheFirstSettledOrderLocks() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        bytes12 untouched = _customer(2, FLAT, 1, 0, 0);
        _sync();
        Order[] memory orders = new Order[](2);
        orders[0] = _order(1, customer, 10_000);
        orders[1] = _order(2, customer, 10_000);
        _settle(orders);
        vm.assertTrue(_isLocked(customer), "locked");
        vm.assertFalse(_isLocked(untouched), "no order, no lock");
        uint256 seq = referrals.seq();

        _settle(_order(3, customer, 10_000));
        vm.assertEq(referrals.seq(), seq, "locked once");
        vm.assertTrue(_isLocked(customer), "still locked");
    }

    function test_ASkippedOrderDoesNotLock() public {
        _register(Referral(_key(1), 1, 0, 0, FLAT, _now(), 0));
        _settle(Order(1, _key(1), 10_000, NEW, _now() - 1));
        vm.assertFalse(_isLocked(_key(1)), "not in force when it was paid");
    }

    /* REVERTING */

    function test_RevertWhen_TheLengthIsBad() public {
        _settleFails("", abi.encodeWithSelector(ILedgerErrors.Ledger_BadLength.selector, 0));
        _settleFails(new bytes(63), abi.encodeWithSelector(ILedgerErrors.Ledger_BadLength.selector, 63));
        _settleFails(new bytes(65), abi.encodeWithSelector(ILedgerErrors.Ledger_BadLength.selector, 65));
    }

    function test_RevertWhen_AnOrderIsMalformed() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        Order[3] memory bad = [
            Order(0, customer, 10_000, NEW, _now()),
            Order(9, customer, 0, NEW, _now()),
            Order(9, customer, 10_000, 2, _now())
        ];
        for (uint256 i; i < 3; ++i) {
            // Behind a good order: the whole batch falls.
            bytes memory records = bytes.concat(_encode(_order(1, customer, 10_000)), _encode(bad[i]));
            _settleFails(records, abi.encodeWithSelector(ILedgerErrors.Ledger_BadOrder.selector, bad[i].no));
        }
        vm.assertFalse(ledger.isSettled(1), "nothing is half done");
        // Malformed even where it would have been skipped.
        bad[1].customer = _key(99);
        _settleFails(_encode(bad[1]), abi.encodeWithSelector(ILedgerErrors.Ledger_BadOrder.selector, 9));
    }

    function test_RevertWhen_TheSignatureIsBad() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        bytes memory records = _encode(_order(1, customer, 10_000));
        uint40 deadline = _now() + 1 hours;
        bytes memory good = _attest(records, deadline);
        bytes memory error = abi.encodeWithSelector(
            ILedgerErrors.Ledger_BadAttestation.selector, keccak256(records), vm.addr(ATTESTOR_KEY)
        );

        _sendFails(records, deadline, _attestWith(42, records, deadline), error);
        _sendFails(records, deadline + 1, good, error);
        _sendFails(records, deadline, "", error);
        _sendFails(records, deadline, new bytes(65), error);
        bytes memory more = bytes.concat(records, records);
        _sendFails(
            more,
            deadline,
            good,
            abi.encodeWithSelector(ILedgerErrors.Ledger_BadAttestation.selector, keccak256(more), vm.addr(ATTESTOR_KEY))
        );
    }

    function test_RevertWhen_TheDeadlineHasPassed() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        bytes memory records = _encode(_order(1, customer, 10_000));
        uint40 deadline = _now();
        bytes memory attestation = _attest(records, deadline);
        vm.warp(deadline + 1);
        _sendFails(
            records,
            deadline,
            attestation,
            abi.encodeWithSelector(ILedgerErrors.Ledger_AttestationExpired.selector, deadline, deadline + 1)
        );
        vm.warp(deadline);
        vm.prank(operator);
        ledger.settleBatch(records, deadline, attestation);
    }

    function test_AContractMayAttest() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        bytes memory records = _encode(_order(1, customer, 10_000));
        uint40 deadline = _now() + 3 days;
        address to = address(new ContractAttestor(_digest(records, deadline)));
        _govern(address(ledger), abi.encodeCall(ledger.setAttestor, (to)));

        // The key before is out.
        bytes memory error =
            abi.encodeWithSelector(ILedgerErrors.Ledger_BadAttestation.selector, keccak256(records), to);
        _sendFails(records, deadline + 1, _attest(records, deadline + 1), error);
        vm.prank(operator);
        ledger.settleBatch(records, deadline, "any");
        vm.assertTrue(ledger.isSettled(1), "settled");
    }

    /* ROOT */

    function test_TheRootProvesEveryLeaf() public {
        bytes12 customer = _customer(1, FLAT, 1, 2, 3);
        uint48 no;
        for (uint256 count = 1; count <= 9; ++count) {
            Order[] memory orders = new Order[](count);
            for (uint256 i; i < count; ++i) {
                orders[i] = _order(++no, customer, 10_000 * no);
            }
            Settled memory settled = _settle(orders);
            bytes32[] memory hashes = new bytes32[](count);
            for (uint256 i; i < count; ++i) {
                hashes[i] = settled.leaves[i].hash;
            }
            for (uint256 i; i < count; ++i) {
                bytes32[] memory proof = NaiveTree.proof(hashes, i);
                vm.assertTrue(MerkleProof.verify(proof, settled.root, hashes[i]), "a leaf is proved");
                vm.assertFalse(MerkleProof.verify(proof, settled.root, keccak256("another")), "another is not");
            }
        }
    }

    /* HELPERS */

    function _isLocked(bytes12 customer) private view returns (bool) {
        uint256 word = referrals.wordOf(customer);
        return word >> 200 & 1 == 1;
    }

    function _sendFails(bytes memory records, uint40 deadline, bytes memory attestation, bytes memory error) private {
        vm.prank(operator);
        vm.expectRevert(error);
        ledger.settleBatch(records, deadline, attestation);
    }
}
