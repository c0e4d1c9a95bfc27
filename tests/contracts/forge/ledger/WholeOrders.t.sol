// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Skip} from "contracts/interfaces/LedgerTypes.sol";
import {SplitMath} from "contracts/libraries/SplitMath.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

/// @dev WHOLE's rates for new orders are 33.33 % three times, the referrer's 33.34 % from a month's volume of 1 000.00
/// on: then they are the whole. Its renewals are 50 % twice.
contract WholeOrdersTest is BaseTest {
    /* THROUGH THE LEDGER */

    function test_RatesThatAreTheWholeLeaveNoResidue() public {
        bytes12 customer = _wholeCustomer(1, 2, 3);
        // 101 × 33.34 %, 33.33 %, 33.33 % = 33.6734, 33.6633, 33.6633
        _assertShares(_settle(_order(10, customer, 101)).leaves[0], 34, 34, 33);
        // 1 × 0.3334, 0.3333, 0.3333
        _assertShares(_settle(_order(11, customer, 1)).leaves[0], 1, 0, 0);
        _assertVolume(2, 101, 100_000);
        _assertVolume(3, 101, 100_000);
    }

    function test_RatesBelowTheWholeDo() public {
        bytes12 customer = _customer(1, WHOLE, 1, 2, 3);
        // 99.99 %: the house keeps what is left.
        _assertShares(_settle(_order(1, customer, 101)).leaves[0], 33, 33, 33);
    }

    function test_ARoleWithoutPartnerDoesNotCount() public {
        bytes12 customer = _customer(1, WHOLE, 1, 0, 0);
        _assertShares(_settle(Order(1, customer, 101, RENEWAL, _now())).leaves[0], 50, 0, 0);
    }

    function test_ATieGoesToTheLowerRole() public {
        bytes12 customer = _customer(1, WHOLE, 1, 2, 3);
        _assertShares(_settle(Order(1, customer, 101, RENEWAL, _now())).leaves[0], 51, 50, 0);
    }

    function test_AUnitThatIsLeftOverIsAShareLikeAnother() public {
        bytes12 customer = _customer(1, WHOLE, 1, 1, 0);
        // One unit: the first role gets it, and the order counts once.
        Settled memory settled = _settle(Order(1, customer, 1, RENEWAL, _now()));
        _assertShares(settled.leaves[0], 1, 0, 0);
        _assertVolume(1, 1, 0);
        _assertHeld(1, settled.leaves[0].releaseDay, 1);
        settled = _settle(Order(2, customer, 3, RENEWAL, _now()));
        _assertShares(settled.leaves[0], 2, 1, 0);
        _assertVolume(1, 4, 0);
        vm.assertEq(ledger.owed(), 4, "owed");
    }

    function testFuzz_TheSumIsExactlyTheOrder(uint64 base, uint8 same) public {
        base = uint64(_bound(base, 1, type(uint64).max));
        uint32 second = same % 2 == 0 ? 1 : 2;
        bytes12 customer = _customer(1, WHOLE, 1, second, 3);
        Settled memory settled = _settle(Order(1, customer, base, RENEWAL, _now()));
        uint256 sum = settled.leaves[0].shares[0] + settled.leaves[0].shares[1];
        vm.assertEq(sum, base, "all of it");
        _assertVolume(1, base, 0);
        vm.assertEq(ledger.owed(), base, "owed");
    }

    function test_AnOrderPaidLaterThanNowIsLeftOut() public {
        bytes12 customer = _customer(1, FLAT, 1, 0, 0);
        Order[] memory orders = new Order[](2);
        orders[0] = Order(1, customer, 10_000, NEW, _now() + 1);
        orders[1] = Order(2, customer, 10_000, NEW, _now());
        Settled memory settled = _settle(orders);
        _assertSkipped(settled, 0, 1, Skip.NotYetPaid);
        vm.assertEq(settled.leaves.length, 1, "the other is settled");
        vm.warp(vm.getBlockTimestamp() + 1);
        vm.assertEq(_settle(orders).leaves.length, 1, "and can be sent again");
    }

    /* THE MATHS */

    function testFuzz_UnitsGoToTheLargestRemainders(uint64 base, uint16 a, uint16 b) public pure {
        uint256[3] memory bps = [uint256(a % 10_001), 0, 0];
        bps[1] = b % (10_001 - bps[0]);
        bps[2] = 10_000 - bps[0] - bps[1];
        uint256 units = SplitMath.residue(base, bps[0] | bps[1] << 16 | bps[2] << 32);

        uint256 sum;
        uint256 given;
        for (uint256 role; role < 3; ++role) {
            uint256 unit = uint64(units >> (64 * role));
            vm.assertLe(unit, 1, "a unit at the most");
            sum += base * bps[role] / 10_000 + unit;
            given += unit;
            for (uint256 other; other < 3; ++other) {
                if (unit == 1 || uint64(units >> (64 * other)) == 0) continue;
                (uint256 mine, uint256 others) = (base * bps[role] % 10_000, base * bps[other] % 10_000);
                vm.assertTrue(others > mine || (others == mine && other < role), "nobody with less came first");
            }
        }
        vm.assertEq(sum, base, "exact");
        vm.assertLe(given, 2, "two units at the most");
    }

    function testFuzz_LessThanTheWholeLeavesItsResidue(uint64 base, uint16 a, uint16 b, uint16 c) public pure {
        if (uint256(a) + b + c == 10_000) return;
        vm.assertEq(SplitMath.residue(base, uint256(a) | uint256(b) << 16 | uint256(c) << 32), 0, "the house keeps it");
    }

    /// @dev A customer of partners who reached the second tier.
    function _wholeCustomer(uint32 a, uint32 b, uint32 c) private returns (bytes12 customer) {
        customer = _customer(1, WHOLE, a, b, c);
        _settle(_order(1, customer, 100_000));
        _at(FEB_1);
    }
}
