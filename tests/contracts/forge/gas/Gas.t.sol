// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Payout, ProvenOrder, Release} from "contracts/interfaces/LedgerTypes.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order, Settled} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

/// @title Gas
/// @notice What is kept in `.gas-snapshot`: one call a test, everything else is prepared before it. The figures hold the
/// test's own overhead; they are there to be compared with themselves. Prices are `make bench-gas`.
contract GasTest is BaseTest {
    uint256 private constant ORDERS = 200;
    uint256 private constant TEAM = 30;

    bytes private _records;
    bytes private _attestation;
    uint40 private _deadline;
    bytes private _proven200;
    bytes private _payouts;
    bytes private _releases;

    /// @dev A month in which every partner and customer has had an order, one batch of it settled today.
    function setUp() public override {
        super.setUp();
        _registerPartners(TEAM - PARTNERS);
        for (uint256 i; i < ORDERS; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(i)));
            uint32 referrer = uint32(1 + draw % 10);
            _customer(i, FLAT, referrer, uint32(11 + (draw >> 32) % 10), uint32(21 + (draw >> 64) % 10));
        }
        Settled memory settled = _settle(_orders(256));
        _proven200 = abi.encode(_proven(settled, 17));

        Payout[] memory payouts = new Payout[](TEAM);
        Release[] memory releases = new Release[](TEAM);
        for (uint32 i; i < TEAM; ++i) {
            payouts[i] = Payout(i + 1, i + 1, 10, 2, "bank");
            releases[i] = Release(i + 1, uint24(settled.leaves[0].releaseDay));
        }
        _payouts = abi.encode(payouts);
        _releases = abi.encode(releases);

        _records = _encode(_orders(512));
        _deadline = _now() + 30 days;
        _attestation = _attest(_records, _deadline);
    }

    /// @dev Only the call between this modifier's pauses is metered.
    modifier metered() {
        vm.pauseGasMetering();
        _;
        vm.resumeGasMetering();
    }

    function test_SettleWarm200x30() public metered {
        _settlePrepared();
    }

    function test_SettleNewEpoch200x30() public metered {
        _at(JAN_1 + 15);
        _settlePrepared();
    }

    function test_Refund() public metered {
        ProvenOrder memory order = abi.decode(_proven200, (ProvenOrder));
        vm.prank(refunder);
        vm.resumeGasMetering();
        ledger.refund(order, 500, "refund");
        vm.pauseGasMetering();
    }

    function test_Freeze() public metered {
        ProvenOrder memory order = abi.decode(_proven200, (ProvenOrder));
        vm.prank(bench);
        vm.resumeGasMetering();
        ledger.freeze(order, 0);
        vm.pauseGasMetering();
    }

    function test_Mature30() public metered {
        _at(JAN_1 + 14 + 8);
        Release[] memory releases = abi.decode(_releases, (Release[]));
        vm.resumeGasMetering();
        ledger.mature(releases);
        vm.pauseGasMetering();
    }

    function test_RecordPayouts30() public metered {
        _at(JAN_1 + 14 + 8);
        ledger.mature(abi.decode(_releases, (Release[])));
        Payout[] memory payouts = abi.decode(_payouts, (Payout[]));
        vm.prank(treasurer);
        vm.resumeGasMetering();
        ledger.recordPayouts(payouts);
        vm.pauseGasMetering();
    }

    function _settlePrepared() private {
        (bytes memory records, bytes memory attestation) = (_records, _attestation);
        vm.prank(operator);
        vm.resumeGasMetering();
        ledger.settleBatch(records, _deadline, attestation);
        vm.pauseGasMetering();
    }

    function _orders(uint48 first) private view returns (Order[] memory orders) {
        orders = new Order[](ORDERS);
        for (uint48 i; i < ORDERS; ++i) {
            orders[i] = _order(first + i, _key(i), 1000 + uint64(uint256(keccak256(abi.encode(i))) % 200_000));
        }
    }
}
