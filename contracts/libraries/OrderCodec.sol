// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title OrderCodec
/// @notice An order on its way in (64 bytes) and as it was settled (128 bytes, a leaf of its batch's tree).
///
/// record: `orderRef 256`
///         `customerKey 96 | paidAt 40 | kind 8 | base 64 | orderNo 48`, from the lowest bit
/// leaf:   the two words of the record, and
///         `referrer 32 | implementer 32 | trainer 32 | plan 24 | tier 8 × 3 | release day 24 | unused`
///         `share 64 × 3 | settled day 24 | unused`
library OrderCodec {
    uint256 internal constant RECORD_BYTES = 64;
    uint256 internal constant LEAF_BYTES = 128;

    /// @dev Kinds of orders, as the CRM attests them: a new subscription, and every later payment.
    uint256 internal constant KIND_NEW = 0;
    uint256 internal constant KIND_RENEWAL = 1;

    /// @dev The two words of a record. The record must be there.
    function recordAt(bytes calldata orders, uint256 index) internal pure returns (bytes32 orderRef, uint256 order) {
        assembly ("memory-safe") {
            let at := add(orders.offset, mul(index, 64))
            orderRef := calldataload(at)
            order := calldataload(add(at, 32))
        }
    }

    /// @dev `customerKey 96 | paidAt 40`: what an attribution is looked up by.
    function lookup(uint256 order) internal pure returns (uint256) {
        return uint136(order);
    }

    function customerKey(uint256 order) internal pure returns (bytes12) {
        return bytes12(uint96(order));
    }

    function kind(uint256 order) internal pure returns (uint256) {
        return uint8(order >> 136);
    }

    function base(uint256 order) internal pure returns (uint256) {
        return uint64(order >> 144);
    }

    function orderNo(uint256 order) internal pure returns (uint256) {
        return order >> 208;
    }

    /// @dev Writes a leaf behind the `count` leaves that are there, and hashes it. The room must be there.
    function putLeaf(bytes memory leaves, uint256 count, bytes32 orderRef, uint256 order, uint256 terms, uint256 shares)
        internal
        pure
        returns (bytes32 hash)
    {
        assembly ("memory-safe") {
            let at := add(add(leaves, 32), mul(count, 128))
            mstore(at, orderRef)
            mstore(add(at, 32), order)
            mstore(add(at, 64), terms)
            mstore(add(at, 96), shares)
            hash := keccak256(at, 128)
        }
    }
}
