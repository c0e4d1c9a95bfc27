// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {CreditTable} from "contracts/libraries/CreditTable.sol";
import {PlanWords} from "contracts/libraries/PlanWords.sol";

import {vm} from "../utils/Vm.sol";

contract CreditTableTest {
    using CreditTable for CreditTable.Table;

    /* A SHARE */

    function testFuzz_AShareIsTheFloor(uint64 base, uint16 bps) public pure {
        bps %= 10_001;
        uint256 share = _share(base, bps);
        vm.assertLe(share * 10_000, uint256(base) * bps, "not above");
        vm.assertTrue((share + 1) * 10_000 > uint256(base) * bps, "and less than one below");
    }

    function test_Edges() public pure {
        uint256 most = type(uint64).max;
        vm.assertEq(_share(most, 10_000), most, "all of it");
        vm.assertEq(_share(most, 0), 0, "nothing");
        vm.assertEq(_share(9999, 1), 0, "less than a unit");
        vm.assertEq(_share(10_000, 1), 1, "a unit");
    }

    function testFuzz_EachRoleAndKindHasItsRate(uint16[6] memory bps, uint8 tier) public pure {
        tier = tier % 4;
        (uint256 newRates, uint256 renewalRates) = (0, 0);
        for (uint256 role; role < 3; ++role) {
            newRates = PlanWords.withRate(newRates, role, tier, bps[role]);
            renewalRates = PlanWords.withRate(renewalRates, role, tier, bps[3 + role]);
        }
        CreditTable.Table memory table = CreditTable.create(1);
        table.insert(9, tier, 20_000, newRates, renewalRates);
        (uint256 entry,) = table.find(9);
        for (uint256 role; role < 3; ++role) {
            for (uint256 kind; kind < 2; ++kind) {
                uint256 earned = table.earn(9, 10_000, CreditTable.ratesAt(kind) + 16 * role);
                vm.assertEq(earned >> 192, bps[3 * kind + role], "of 100.00 a rate is that many cents");
                vm.assertEq(earned & 3, tier, "tier");
                vm.assertEq(CreditTable.rate(entry, CreditTable.ratesAt(kind), role), bps[3 * kind + role], "rate");
            }
        }
        vm.assertEq(CreditTable.partnerId(CreditTable.wordOf(entry)), 9, "partner");
        vm.assertEq(CreditTable.releaseDay(CreditTable.wordOf(entry)), 20_000, "release day");
    }

    function test_TheBaseCountsWithAShareOnly() public pure {
        CreditTable.Table memory table = CreditTable.create(1);
        table.insert(9, 0, 1, 100, 0);
        (uint256 entry,) = table.find(9);
        table.earn(9, 99, CreditTable.ratesAt(0));
        vm.assertEq(CreditTable.sumsOf(entry), 0, "less than a unit");
        table.earn(9, 250, CreditTable.ratesAt(0));
        CreditTable.add(entry, 1, 7);
        CreditTable.uncount(entry, 50);
        vm.assertEq(CreditTable.held(CreditTable.sumsOf(entry)), 3, "held");
        vm.assertEq(CreditTable.volume(CreditTable.sumsOf(entry)), 207, "volume");
    }

    /* FINDING */

    /// @dev As full as a batch can make it, whatever the keys and wherever memory begins.
    function testFuzz_EveryEntryIsFound(uint256 seed, uint8 count, uint8 offset) public pure {
        uint256 most = 3 * (1 + uint256(count));
        assembly ("memory-safe") {
            mstore(0x40, add(mload(0x40), and(offset, 0x1f)))
        }
        CreditTable.Table memory table = CreditTable.create(most);
        vm.assertTrue(table.mask + 1 > most && table.mask & (table.mask + 1) == 0, "there is always an empty slot");
        uint256[] memory keys = new uint256[](most);
        for (uint256 i; i < most; ++i) {
            // Neighbours, and strangers; every key once.
            keys[i] = i % 2 == 0 ? i + 1 : uint256(keccak256(abi.encode(seed, i))) % 2 ** 56 | 1 << 40;
            vm.assertEq(table.earn(keys[i], 1, CreditTable.ratesAt(0)), 0, "not there yet");
            table.insert(keys[i], 0, i, 10_000, 0);
        }
        for (uint256 i; i < most; ++i) {
            vm.assertEq(table.earn(keys[i], i + 1, CreditTable.ratesAt(0)) >> 192, i + 1, "there");
        }
        // The list of all entries, from the last one on.
        uint256 entry = table.last;
        for (uint256 i = most; i != 0; --i) {
            uint256 sums = CreditTable.sumsOf(entry);
            vm.assertEq(CreditTable.wordOf(entry) % 2 ** 56, keys[i - 1], "its key");
            vm.assertEq(CreditTable.held(sums), i, "its sum");
            entry = CreditTable.next(sums);
        }
        vm.assertEq(entry, 0, "and no more");
    }

    function _share(uint256 base, uint16 bps) private pure returns (uint256) {
        CreditTable.Table memory table = CreditTable.create(1);
        table.insert(9, 0, 1, PlanWords.withRate(0, 0, 0, bps), 0);
        return table.earn(9, base, CreditTable.ratesAt(0)) >> 192;
    }
}
