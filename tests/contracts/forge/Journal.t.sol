// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {Payout, Release} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "./utils/BaseTest.sol";
import {Order} from "./utils/Codec.sol";
import {Vm, vm} from "./utils/Vm.sol";

contract JournalTest is BaseTest {
    uint256 private _names;
    uint48 private _orders;

    function test_TheFirstHeadNamesChainAndContract() public view {
        // The registry of referrals has logged nothing yet.
        vm.assertEq(referrals.seq(), 0, "no log");
        vm.assertEq(referrals.head(), keccak256(abi.encode(block.chainid, address(referrals))), "head");
    }

    function test_AFailedCallTakesNoNumber() public {
        vm.prank(operator);
        (bool done,) = address(ledger).call(abi.encodeCall(ledger.settleBatch, ("", 0, "")));
        vm.assertFalse(done, "reverted");
        _sync();
    }

    function test_EmptyCallsOfThoseWhoMayAreLoggedToo() public {
        uint256 seq = ledger.seq();
        // This one is for anybody, and nothing changes.
        ledger.mature(new Release[](0));
        vm.prank(treasurer);
        ledger.recordPayouts(new Payout[](0));
        vm.prank(registrar);
        referrals.registerReferrals(new Referral[](0));
        _sync();
        vm.assertEq(ledger.seq(), seq + 1, "one log of the ledger");
        vm.assertEq(referrals.seq(), 1, "one of the referrals");
    }

    /// @dev Whatever is called in whatever order, one log each, and the heads follow from them.
    function testFuzz_TheHeadsFollowFromTheLogs(uint256[16] calldata calls) public {
        for (uint256 i; i < calls.length; ++i) {
            uint256 before = _sum();
            uint256 logs = _step(calls[i] % 8, calls[i] / 8);
            vm.assertEq(_sum(), before + logs, "one log per call");
        }
        _sync();
    }

    /// @dev What a node that omits, repeats or swaps logs cannot hide.
    function testFuzz_NoLogCanBeLeftOut(uint256 seed, uint256 count) public {
        count = _bound(count, 2, 8);
        bytes32 start = ledger.head();
        _sync();
        uint256 seq = ledger.seq();
        for (uint256 i; i < count; ++i) {
            _step(i % 2 == 0 ? 5 : 6, seed);
        }
        Vm.Log[] memory logs = _ofLedger(vm.getRecordedLogs());
        vm.assertEq(_head(start, seq, logs, type(uint256).max), ledger.head(), "all of them");
        vm.assertTrue(_head(start, seq, logs, seed % logs.length) != ledger.head(), "one missing");
    }

    /* HELPERS */

    /// @dev Returns how many logs the step makes.
    function _step(uint256 what, uint256 seed) private returns (uint256) {
        if (what == 0) {
            _registerPartners(1 + seed % 3);
            return 1;
        }
        if (what == 1) {
            IPartnerRegistry.Status status = partners.statusOf(1);
            vm.prank(registrar);
            partners.setStatus(
                1,
                status == IPartnerRegistry.Status.Active
                    ? IPartnerRegistry.Status.Suspended
                    : IPartnerRegistry.Status.Active,
                bytes32(seed)
            );
            return 1;
        }
        if (what == 2) {
            _customer(++_names, FLAT, uint32(1 + seed % PARTNERS), 0, 0);
            return 1;
        }
        if (what == 3) {
            if (_names == 0) return 0;
            vm.warp(_now() + 1);
            vm.prank(arbiter);
            referrals.reassign(Referral(_key(_names), 2, 0, 0, TIERED, _now(), 0));
            return 1;
        }
        if (what == 4) {
            _govern(address(ledger), abi.encodeCall(ledger.setAttestor, (vm.addr(ATTESTOR_KEY))));
            return 1;
        }
        if (what == 5) {
            // Nothing is held, nothing is logged.
            ledger.mature(new Release[](seed % 3));
            return 0;
        }
        if (what == 6) {
            vm.prank(treasurer);
            ledger.recordPayouts(_list(Payout(uint48(1 + seed % 1000), 1, 1, 0, bytes32(seed))));
            return 1;
        }
        return _settleNext(seed);
    }

    function _settleNext(uint256 seed) private returns (uint256) {
        Order[] memory orders = new Order[](1 + seed % 3);
        for (uint256 i; i < orders.length; ++i) {
            orders[i] = _order(++_orders, _key(1), uint64(1 + seed % 1e9));
        }
        uint40 deadline = _now();
        bytes memory records = _encode(orders);
        bytes memory attestation = _attest(records, deadline);
        uint256 word = referrals.wordOf(_key(1));
        vm.prank(operator);
        ledger.settleBatch(records, deadline, attestation);
        // The batch, and the lock of a customer whose first order it settled.
        return word != 0 && word >> 200 & 1 == 0 ? 2 : 1;
    }

    function _sum() private view returns (uint256) {
        return partners.seq() + plans.seq() + referrals.seq() + ledger.seq();
    }

    function _ofLedger(Vm.Log[] memory logs) private view returns (Vm.Log[] memory ours) {
        ours = new Vm.Log[](logs.length);
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(ledger)) ours[count++] = logs[i];
        }
        assembly ("memory-safe") {
            mstore(ours, count)
        }
    }

    /// @dev The head over all logs but one, numbered as a node would have to number them.
    function _head(bytes32 head, uint256 seq, Vm.Log[] memory logs, uint256 without) private pure returns (bytes32) {
        for (uint256 i; i < logs.length; ++i) {
            if (i == without) continue;
            head = keccak256(abi.encode(head, ++seq, logs[i].topics[0], keccak256(logs[i].data)));
        }
        return head;
    }
}
