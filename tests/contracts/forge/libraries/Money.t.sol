// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Calendar} from "contracts/libraries/Calendar.sol";
import {MerkleTree} from "contracts/libraries/MerkleTree.sol";
import {PlanWords} from "contracts/libraries/PlanWords.sol";

import {NaiveTree} from "../utils/NaiveTree.sol";
import {vm} from "../utils/Vm.sol";

contract TierTest {
    function testFuzz_TheTierCountsWhatIsReached(uint64[3] memory thresholds, uint256 count, uint96 volume)
        public
        pure
    {
        uint64[] memory list = _ascending(thresholds, count % 4);
        uint256 expected;
        for (uint256 i; i < list.length; ++i) {
            if (volume >= list[i]) ++expected;
        }
        vm.assertEq(PlanWords.tierOf(PlanWords.packRules(list, 9, true, true), volume), expected, "tier");
    }

    function testFuzz_AThresholdIsReachedWhenMet(uint64[3] memory thresholds, uint256 count) public pure {
        uint64[] memory list = _ascending(thresholds, count % 4);
        uint256 rules = PlanWords.packRules(list, 0, false, false);
        for (uint256 i; i < list.length; ++i) {
            vm.assertEq(PlanWords.tierOf(rules, list[i]), i + 1, "met");
            vm.assertEq(PlanWords.tierOf(rules, list[i] - 1), i, "one short");
        }
    }

    /// @dev The first `count` of them, each above the one before it.
    function _ascending(uint64[3] memory raw, uint256 count) private pure returns (uint64[] memory list) {
        list = new uint64[](count);
        uint64 below;
        for (uint64 i; i < count; ++i) {
            // Leaves room for those that follow.
            uint64 room = type(uint64).max - below - 3;
            below += 1 + raw[i] % (room / 2);
            list[i] = below;
        }
    }
}

contract CalendarTest {
    /// @dev Day by day through a whole cycle of the Gregorian calendar, from 1970.
    function test_MonthsFollowTheCalendarForFourHundredYears() public pure {
        uint256 day;
        uint256 month = Calendar.monthOf(0);
        for (uint256 year = 1970; year < 2370; ++year) {
            for (uint256 m = 1; m <= 12; ++m) {
                uint256 length = _length(year, m);
                for (uint256 i; i < length; ++i) {
                    // Cheaper than the cheat code, 146 097 times.
                    require(Calendar.monthOf(day) == month, "month");
                    ++day;
                }
                ++month;
            }
        }
        vm.assertEq(day, 146_097, "all days");
    }

    function testFuzz_FourHundredYearsLaterItIsTheSame(uint24 day) public pure {
        vm.assertEq(Calendar.monthOf(uint256(day) + 146_097), Calendar.monthOf(day) + 4800, "a cycle later");
    }

    function testFuzz_ADayHasItsSeconds(uint24 day, uint256 second) public pure {
        vm.assertEq(Calendar.dayOf(uint256(day) * 86_400 + second % 86_400), day, "day");
    }

    function _length(uint256 year, uint256 month) private pure returns (uint256) {
        if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }
}

contract MerkleTreeTest {
    function testFuzz_TheRootIsTheNaiveOne(bytes32 seed, uint256 count, uint256 spare) public pure {
        count = count % 70;
        bytes32[] memory leaves = _leaves(seed, count);
        // The ledger's list has room for orders that were skipped.
        bytes32[] memory roomy = new bytes32[](count + spare % 5);
        for (uint256 i; i < count; ++i) {
            roomy[i] = leaves[i];
        }
        vm.assertEq(MerkleTree.root(roomy, count), NaiveTree.root(leaves), "root");
    }

    function testFuzz_EveryLeafIsProved(bytes32 seed, uint256 count, uint256 at) public pure {
        count = 1 + count % 40;
        at = at % count;
        bytes32[] memory leaves = _leaves(seed, count);
        bytes32[] memory proof = NaiveTree.proof(leaves, at);
        bytes32 leaf = leaves[at];
        bytes32 root = MerkleTree.root(leaves, count);
        vm.assertTrue(MerkleProof.verify(proof, root, leaf), "proved");
        vm.assertFalse(MerkleProof.verify(proof, root, keccak256(abi.encode(leaf))), "another is not");
    }

    function test_ATreeOfNothingAndOfOne() public pure {
        vm.assertEq(MerkleTree.root(new bytes32[](0), 0), 0, "nothing");
        bytes32[] memory one = _leaves("seed", 1);
        bytes32 leaf = one[0];
        vm.assertEq(MerkleTree.root(one, 1), leaf, "one");
    }

    function _leaves(bytes32 seed, uint256 count) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
        }
    }
}
