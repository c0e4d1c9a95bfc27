// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {vm} from "./Vm.sol";

/// @dev An order as the CRM knows it.
struct Order {
    uint48 no;
    bytes12 customer;
    uint64 base;
    uint8 kind;
    uint40 paidAt;
}

/// @dev A leaf, unpacked.
struct Leaf {
    bytes32[3] words;
    bytes32 hash;
    bytes16 orderRef;
    Order order;
    uint256[3] partners;
    uint256 planId;
    uint256[3] tiers;
    uint256 releaseDay;
    uint256[3] shares;
    uint256 day;
}

/// @dev What a batch's event says.
struct Settled {
    uint256 batchId;
    uint256 day;
    bytes32 root;
    Leaf[] leaves;
    bytes packed;
    Skipped[] skipped;
}

/// @title Codec
/// @notice Packs records and unpacks leaves byte by byte, not with the contracts' own libraries.
abstract contract Codec {
    function _orderRef(uint256 no) internal pure returns (bytes16) {
        return bytes16(keccak256(abi.encode("order", no)));
    }

    function _encode(Order memory order) internal pure returns (bytes memory) {
        return abi.encodePacked(order.no, order.base, order.kind, order.paidAt, order.customer, _orderRef(order.no));
    }

    function _encode(Order[] memory orders) internal pure returns (bytes memory records) {
        for (uint256 i; i < orders.length; ++i) {
            records = bytes.concat(records, _encode(orders[i]));
        }
    }

    /// @dev The leaf at an index of a batch's event.
    function _leaf(bytes memory packed, uint256 index) internal pure returns (Leaf memory leaf) {
        leaf.words = _leafWords(packed, index);
        (uint256 order, uint256 terms, uint256 shares) =
            (uint256(leaf.words[0]), uint256(leaf.words[1]), uint256(leaf.words[2]));
        leaf.hash = keccak256(abi.encode(leaf.words));
        leaf.order = Order({
            no: uint48(order >> 208),
            base: uint64(order >> 144),
            kind: uint8(order >> 136),
            paidAt: uint40(order >> 96),
            customer: bytes12(uint96(order))
        });
        for (uint256 role; role < 3; ++role) {
            leaf.partners[role] = uint32(terms >> (32 * role));
            leaf.tiers[role] = terms >> (120 + 2 * role) & 3;
            leaf.shares[role] = uint64(shares >> (64 * role));
        }
        leaf.planId = uint24(terms >> 96);
        leaf.orderRef = bytes16(uint128(terms >> 128));
        leaf.releaseDay = uint24(shares >> 192);
        leaf.day = uint24(shares >> 216);
        vm.assertEq(terms >> 126 & 3, 0, "nothing stands between the tiers and the reference");
        vm.assertEq(shares >> 240, 0, "nothing stands above a leaf's shares");
    }

    function _leafWords(bytes memory packed, uint256 index) internal pure returns (bytes32[3] memory words) {
        for (uint256 i; i < 3; ++i) {
            uint256 at = 96 * index + 32 * i + 32;
            bytes32 word;
            assembly ("memory-safe") {
                word := mload(add(packed, at))
            }
            words[i] = word;
        }
    }
}
