// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

contract TiersTest is BaseTest {
    /* TIERS AND VOLUME */

    function test_TheTierIsOfTheMonthBefore() public {
        bytes12 customer = _customer(1, TIERED, 1, 0, 0);
        // January: far above every threshold, and yet the lowest tier to its end.
        _assertTier(_settle(_order(1, customer, 3_000_000)), 0, 0);
        _assertTier(_settle(_order(2, customer, 3_000_000)), 0, 0);
        _at(FEB_1 - 1);
        _assertTier(_settle(_order(3, customer, 10)), 0, 0);
        // February: three thresholds are reached, and the month's own volume changes nothing.
        vm.warp(FEB_1 * 1 days);
        Settled memory settled = _settle(_order(4, customer, 10_000));
        _assertTier(settled, 0, 3);
        _assertShares(settled.leaves[0], 1500, 0, 0);
        _assertVolume(1, 10_000, 6_000_010);
        // March: one order of 100.00 is below the first threshold.
        _at(MAR_1);
        _assertTier(_settle(_order(5, customer, 10_000)), 0, 0);
    }

    function test_AThresholdIsReachedWhenMet() public {
        uint64[6] memory volumes = [uint64(99_999), 100_000, 499_999, 500_000, 1_999_999, 2_000_000];
        uint256[6] memory tiers = [uint256(0), 1, 1, 2, 2, 3];
        for (uint32 i; i < 6; ++i) {
            _at(JAN_1);
            bytes12 customer = _customer(i, TIERED, i + 1, 0, 0);
            _settle(_order(2 * i + 1, customer, volumes[i]));
            _at(FEB_1);
            _assertTier(_settle(_order(2 * i + 2, customer, 10_000)), 0, tiers[i]);
        }
    }

    function test_AMonthWithoutOrdersForgets() public {
        bytes12 customer = _customer(1, TIERED, 1, 0, 0);
        _settle(_order(1, customer, 3_000_000));
        _at(MAR_1);
        _assertTier(_settle(_order(2, customer, 10_000)), 0, 0);
        _assertVolume(1, 10_000, 0);
        _at(APR_1);
        _settle(_order(3, customer, 500));
        _assertVolume(1, 500, 10_000);
    }

    function test_AYearLaterTheSameMonthForgets() public {
        bytes12 customer = _customer(1, TIERED, 1, 0, 0);
        _settle(_order(1, customer, 3_000_000));
        _at(JAN_1 + 365);
        _assertTier(_settle(_order(2, customer, 10_000)), 0, 0);
        _assertVolume(1, 10_000, 0);
    }

    function test_DecemberCountsForJanuary() public {
        bytes12 customer = _customer(1, TIERED, 1, 0, 0);
        _at(JAN_1 - 1);
        _settle(_order(1, customer, 100_000));
        _at(JAN_1);
        _assertTier(_settle(_order(2, customer, 10_000)), 0, 1);
    }

    function test_APartnerInTwoRolesIsCountedOnce() public {
        bytes12 customer = _customer(1, TIERED, 1, 1, 2);
        Settled memory settled = _settle(_order(1, customer, 100_000));
        _assertShares(settled.leaves[0], 10_000, 5000, 1000);
        _assertVolume(1, 100_000, 0);
        _assertHeld(1, settled.leaves[0].releaseDay, 15_000);

        bytes12 third = _customer(2, TIERED, 3, 4, 3);
        _settle(_order(2, third, 700));
        _assertVolume(3, 700, 0);

        bytes12 all = _customer(3, TIERED, 5, 5, 5);
        _settle(_order(3, all, 10_000));
        _assertVolume(5, 10_000, 0);
        _assertHeld(5, settled.leaves[0].releaseDay, 1600);
    }

    function test_BothRolesOfAPartnerHaveTheSameTier() public {
        bytes12 customer = _customer(1, TIERED, 1, 1, 0);
        _at(FEB_1 - 1);
        _settle(_order(1, customer, 100_000));
        _at(FEB_1);
        Settled memory settled = _settle(_order(2, customer, 10_000));
        _assertTier(settled, 0, 1);
        _assertTier(settled, 1, 1);
        _assertShares(settled.leaves[0], 1100, 600, 0);
        _assertVolume(1, 10_000, 100_000);
    }

    function test_AnOrderWithoutAShareIsNoVolume() public {
        // TINY pays the referrer 0.01 %, the implementer nothing and the trainer 99.98 %.
        bytes12 customer = _customer(1, TINY, 1, 2, 3);
        _assertShares(_settle(_order(1, customer, 9999)).leaves[0], 0, 0, 9997);
        _assertVolume(1, 0, 0);
        _assertVolume(2, 0, 0);
        _assertVolume(3, 9999, 0);
        _settle(_order(2, customer, 10_000));
        _assertVolume(1, 10_000, 0);

        // Nothing in the first role, something in the last: counted, once.
        bytes12 same = _customer(2, TINY, 4, 4, 4);
        _settle(_order(3, same, 9999));
        _assertVolume(4, 9999, 0);
        _settle(_order(4, same, 20_000));
        _assertVolume(4, 29_999, 0);
    }

    function test_TwoPlansShareTheVolume() public {
        bytes12 tiered = _customer(1, TIERED, 1, 0, 0);
        bytes12 other = _customer(2, OTHER, 1, 0, 0);
        _settle(_order(1, tiered, 60_000));
        _settle(_order(2, other, 40_000));
        _at(FEB_1);
        // Together 1 000.00: one threshold of each plan, though none of them brought it alone.
        _assertTier(_settle(_order(3, tiered, 10_000)), 0, 1);
        Settled memory settled = _settle(_order(4, other, 10_000));
        _assertTier(settled, 0, 1);
        _assertShares(settled.leaves[0], 200, 0, 0);
        _assertVolume(1, 20_000, 100_000);
    }

    function test_PlansMayAlternateWithinABatch() public {
        bytes12 flat = _customer(1, FLAT, 1, 0, 0);
        bytes12 other = _customer(2, OTHER, 1, 0, 0);
        Order[] memory orders = new Order[](4);
        for (uint48 i; i < 4; ++i) {
            orders[i] = _order(i + 1, i % 2 == 0 ? flat : other, 10_000);
        }
        Settled memory settled = _settle(orders);
        for (uint256 i; i < 4; ++i) {
            _assertShares(settled.leaves[i], i % 2 == 0 ? 500 : 100, 0, 0);
            vm.assertEq(settled.leaves[i].planId, i % 2 == 0 ? FLAT : OTHER, "plan");
        }
        _assertHeld(1, JAN_1 + 14 + 8, 1000);
        _assertHeld(1, JAN_1 + 14 + 1, 200);
    }

    /* HELPERS */

    function _assertTier(Settled memory settled, uint256 role, uint256 tier) private pure {
        vm.assertEq(settled.leaves[0].tiers[role], tier, "tier");
    }
}
