// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ILedgerErrors} from "contracts/interfaces/ILedgerErrors.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {Clawback, Payout, Phase, ProvenOrder, Ruling} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

contract RefundTest is BaseTest {
    uint256 private constant DAY = JAN_1 + 14;
    uint256 private constant RELEASE = DAY + 8;

    bytes12 private _flat;
    Settled private _batch;

    function setUp() public override {
        super.setUp();
        _flat = _customer(1, FLAT, 1, 2, 3);
        // 999 × 5 %, 3 %, 2 %: 49, 29, 19; two more of 10 000 and one of somebody else's.
        Order[] memory orders = new Order[](4);
        orders[0] = _order(1, _flat, 999);
        orders[1] = _order(2, _flat, 10_000);
        orders[2] = _order(3, _flat, 10_000);
        orders[3] = _order(4, _customer(2, OTHER, 4, 0, 0), 10_000);
        _store(_settle(orders));
    }

    /* WHAT IS TAKEN */

    function test_AWholeRefundTakesTheShares() public {
        Clawback[] memory clawbacks = _refund(0, 999);

        vm.assertEq(clawbacks.length, 3, "every role");
        _assertClawback(clawbacks[0], 1, 0, 49);
        _assertClawback(clawbacks[1], 2, 1, 29);
        _assertClawback(clawbacks[2], 3, 2, 19);
        _assertHeld(1, RELEASE, 1000);
        _assertHeld(2, RELEASE, 600);
        _assertHeld(3, RELEASE, 400);
        vm.assertEq(ledger.refundedOf(1), 999, "refunded");
        vm.assertEq(ledger.owed(), 2000 + 100, "owed");
    }

    function testFuzz_ASeriesOfPartsTakesExactlyTheShare(uint64[6] memory parts) public {
        uint256 refunded;
        uint256[3] memory taken;
        for (uint256 i; i <= parts.length && refunded < 999; ++i) {
            uint256 from = refunded;
            refunded = i == parts.length ? 999 : _bound(parts[i], from + 1, 999);
            Clawback[] memory clawbacks = _refund(0, uint64(refunded));
            for (uint256 j; j < clawbacks.length; ++j) {
                uint256 share = [uint256(49), 29, 19][clawbacks[j].role];
                uint256 expected = share * refunded / 999 - share * from / 999;
                vm.assertEq(clawbacks[j].fromHeld, expected, "in proportion");
                taken[clawbacks[j].role] += expected;
            }
        }
        vm.assertEq(
            keccak256(abi.encode(taken)), keccak256(abi.encode([uint256(49), 29, 19])), "the share, no unit more"
        );
    }

    function test_APartThatTakesLessThanAUnitTakesNothing() public {
        vm.assertEq(_refund(0, 1).length, 0, "nothing");
        vm.assertEq(ledger.refundedOf(1), 1, "and is remembered");
    }

    function test_HeldThenAvailableThenDebt() public {
        _at(RELEASE);
        _mature(1, RELEASE);
        _pay(1, 1, 700);
        // 349 are left, of two orders 500 each.
        Clawback memory first = _refund(1, 10_000)[0];
        vm.assertEq(first.fromHeld, 0, "nothing is held any more");
        vm.assertEq(first.fromAvailable, 349, "what was available");
        vm.assertEq(first.toDebt, 151, "and the rest is owed");
        vm.assertEq(first.balance, 151 << 88, "the balance afterwards");
        Clawback memory second = _refund(2, 10_000)[0];
        vm.assertEq(second.toDebt, 500, "owed");
        (uint256 available, uint256 debt,) = ledger.balanceOf(1);
        vm.assertEq(available, 0, "available");
        vm.assertEq(debt, 651, "debt");
    }

    function test_WhatWasNotMaturedYetIsTakenFromHeldOnItsDayToo() public {
        _at(RELEASE + 1);
        vm.assertEq(_refund(1, 10_000)[0].fromHeld, 500, "held");
    }

    function test_DebtIsRepaidByWhatMatures() public {
        _at(RELEASE);
        _mature(1, RELEASE);
        _pay(1, 1, 1049);
        _refund(1, 10_000);
        uint256 owed = ledger.owed();
        _settle(_order(9, _flat, 14_000));
        _at(RELEASE + 8);
        _mature(1, RELEASE + 8);
        vm.assertEq(_lastMatured()[0].debtRepaid, 500, "repaid first");
        _assertBalance(1, 200);
        vm.assertEq(ledger.owed(), owed + 700 + 420 + 280 - 500, "what repaid a debt is owed to nobody");
    }

    function test_ARefundNeverChangesAVolumeOrATier() public {
        _refund(1, 10_000);
        _assertVolume(1, 20_999, 0);
    }

    function test_TheSharesAreThoseThatWereCredited() public {
        vm.prank(arbiter);
        referrals.reassign(Referral(_flat, 5, 6, 0, OTHER, _now() + 1, 0));
        _govern(address(plans), abi.encodeCall(plans.retirePlan, (FLAT)));
        Clawback[] memory clawbacks = _refund(1, 10_000);
        vm.assertEq(clawbacks.length, 3, "three roles");
        vm.assertEq(clawbacks[0].partnerId, 1, "of the partner of that time");
        vm.assertEq(clawbacks[0].fromHeld, 500, "at the rate of that time");
    }

    function test_OnePartnersRefundTouchesNobodyElse() public {
        _refund(3, 10_000);
        _assertHeld(4, DAY + 1, 0);
        _assertHeld(1, RELEASE, 1049);
    }

    /* DISPUTED SHARES */

    function test_WhatIsFrozenGoesFirst() public {
        _freeze(1, 0);
        Clawback memory clawback = _refund(1, 4000)[0];
        vm.assertEq(clawback.fromFrozen, 200, "of the frozen share");
        vm.assertEq(clawback.fromHeld, 0, "not of another order's");
        (, uint256 frozen, bool isFrozen,) = ledger.shareOf(2, 0);
        vm.assertEq(frozen, 300, "left");
        vm.assertTrue(isFrozen, "still waits");
    }

    function test_AReversedShareIsNotTakenTwice() public {
        _freeze(1, 0);
        _resolve(1, 0, Ruling.Reverse, 0);
        Clawback[] memory clawbacks = _refund(1, 10_000);
        vm.assertEq(clawbacks.length, 2, "the other two roles");
        vm.assertEq(clawbacks[0].partnerId, 2, "the implementer");
    }

    function test_ATransferredShareIsTakenFromWhoHasIt() public {
        _freeze(1, 0);
        _resolve(1, 0, Ruling.Transfer, 5);
        Clawback memory clawback = _refund(1, 10_000)[0];
        vm.assertEq(clawback.partnerId, 5, "who has it");
        vm.assertEq(clawback.fromHeld, 500, "from what is held");
        _assertHeld(5, RELEASE, 0);
        _assertHeld(1, RELEASE, 549);
    }

    /* REFUSED */

    function test_RevertWhen_MoreIsRefundedThanWasPaid() public {
        _refundFails(1, 10_001, abi.encodeWithSelector(ILedgerErrors.Ledger_OverRefund.selector, 2, 10_001, 10_000));
    }

    function test_RevertWhen_ItWasSentBefore() public {
        _refund(1, 4000);
        bytes memory again = abi.encodeWithSelector(ILedgerErrors.Ledger_RefundNotForward.selector, 2, 4000, 4000);
        _refundFails(1, 4000, again);
        _refundFails(1, 3999, abi.encodeWithSelector(ILedgerErrors.Ledger_RefundNotForward.selector, 2, 3999, 4000));
        _refundFails(0, 0, abi.encodeWithSelector(ILedgerErrors.Ledger_RefundNotForward.selector, 1, 0, 0));
    }

    function testFuzz_RevertWhen_AnythingInTheProofDiffers(uint256 bit, uint256 where) public {
        ProvenOrder memory order = _proven(_batch, 1);
        uint256 flip = 1 << (bit % 256);
        uint256 words = 3 + order.proof.length;
        where = where % words;
        if (where < 3) order.leaf[where] ^= bytes32(flip);
        else order.proof[where - 3] ^= bytes32(flip);
        vm.prank(refunder);
        (bool done, bytes memory answer) = address(ledger).call(abi.encodeCall(ledger.refund, (order, 1, "ref")));
        vm.assertFalse(done, "refused");
        vm.assertEq(bytes32(bytes4(answer)), bytes32(ILedgerErrors.Ledger_BadProof.selector), "as not proven");
    }

    function test_RevertWhen_TheBatchIsAnother() public {
        _settle(_order(1, _flat, 10_000));
        ProvenOrder memory order = _proven(_batch, 1);
        for (uint256 id; id < 4; ++id) {
            if (id == 1) continue;
            order.batchId = id;
            vm.prank(refunder);
            vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Ledger_BadProof.selector, id, 2));
            ledger.refund(order, 1, "ref");
        }
    }

    function test_RevertWhen_Paused() public {
        vm.prank(pauser);
        ledger.pause();
        _refundFails(1, 1, abi.encodeWithSelector(ILedgerErrors.Ledger_NotOpen.selector, Phase.Paused));
    }

    /* HELPERS */

    function _store(Settled memory settled) private {
        _batch.batchId = settled.batchId;
        for (uint256 i; i < settled.leaves.length; ++i) {
            _batch.leaves.push(settled.leaves[i]);
        }
    }

    function _refund(uint256 index, uint64 refunded) private returns (Clawback[] memory clawbacks) {
        uint256 before = ledger.refundedOf(index + 1);
        ProvenOrder memory order = _proven(_batch, index);
        vm.prank(refunder);
        ledger.refund(order, refunded, "ref");
        _sync();
        vm.assertEq(_lastLog[address(ledger)].topics[0], ISettlementLedger.OrderRefunded.selector, "a refund");
        uint256 orderNo;
        bytes32 refundRef;
        uint256 from;
        uint256 to;
        (orderNo, refundRef, from, to, clawbacks) =
            abi.decode(_lastLog[address(ledger)].data, (uint256, bytes32, uint256, uint256, Clawback[]));
        vm.assertEq(orderNo, index + 1, "order");
        vm.assertEq(refundRef, "ref", "reference");
        vm.assertEq(from, before, "from");
        vm.assertEq(to, refunded, "to");
    }

    function _refundFails(uint256 index, uint64 refunded, bytes memory error) private {
        ProvenOrder memory order = _proven(_batch, index);
        vm.prank(refunder);
        vm.expectRevert(error);
        ledger.refund(order, refunded, "ref");
    }

    function _freeze(uint256 index, uint256 role) private {
        ProvenOrder memory order = _proven(_batch, index);
        vm.prank(bench);
        ledger.freeze(order, role);
    }

    function _resolve(uint256 index, uint256 role, Ruling ruling, uint256 to) private {
        vm.prank(bench);
        ledger.resolve(index + 1, role, ruling, to);
    }

    function _pay(uint48 no, uint32 partnerId, uint80 gross) private {
        vm.prank(treasurer);
        ledger.recordPayouts(_list(Payout(no, partnerId, gross, 0, 0)));
    }

    function _assertClawback(Clawback memory clawback, uint256 partnerId, uint256 role, uint256 held) private pure {
        vm.assertEq(clawback.partnerId, partnerId, "from whom");
        vm.assertEq(clawback.role, role, "role");
        vm.assertEq(clawback.fromHeld, held, "held");
        vm.assertEq(clawback.fromFrozen + clawback.fromAvailable + clawback.toDebt, 0, "and nowhere else");
    }
}
