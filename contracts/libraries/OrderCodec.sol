// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title OrderCodec
/// @notice An order on its way in (48 bytes) and as it was settled (96 bytes, a leaf of its batch's tree), in words from
/// the lowest bit.
///
/// record: `customerKey 96 | paidAt 40 | kind 8 | base 64 | orderNo 48`, then 16 bytes `orderRef`
/// leaf:   `customerKey 96 | paidAt 40 | kind 8 | base 64 | orderNo 48`, as in the record
///         `referrer 32 | implementer 32 | trainer 32 | plan 24 | tier 2 × 3 | unused 2 | orderRef 128`
///         `share 64 × 3 | release day 24 | settled day 24 | unused 16`
library OrderCodec {
    uint256 internal constant RECORD_BYTES = 48;
    uint256 internal constant LEAF_BYTES = 96;

    /// @dev Kinds of orders, as the CRM attests them: a new subscription, and every later payment.
    uint256 internal constant KIND_NEW = 0;
    uint256 internal constant KIND_RENEWAL = 1;

    uint256 private constant TIERS_AT = 120;
    uint256 private constant RELEASE_DAY_AT = 192;
    uint256 private constant DAY_AT = 216;

    /* RECORDS */

    /// @dev The order's word, and its reference in the upper half of a word. The record must be there.
    function recordAt(bytes calldata orders, uint256 index) internal pure returns (uint256 order, uint256 orderRef) {
        assembly ("memory-safe") {
            let at := add(orders.offset, mul(index, 48))
            order := calldataload(at)
            orderRef := shl(128, shr(128, calldataload(add(at, 32))))
        }
    }

    function customerKey(uint256 order) internal pure returns (bytes12) {
        return bytes12(uint96(order));
    }

    function paidAt(uint256 order) internal pure returns (uint256) {
        return uint40(order >> 96);
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

    /// @dev A number, a base, and a kind that exists.
    function isWellFormed(uint256 order) internal pure returns (bool) {
        // Cannot overflow: 48 and 64 bits. The product is zero when one of them is.
        unchecked {
            return kind(order) <= KIND_RENEWAL && orderNo(order) * base(order) != 0;
        }
    }

    /* LEAVES */

    /// @dev The tiers of the three roles as they stand in a leaf's second word; only their lowest two bits are read.
    function tiersWord(uint256 tier0, uint256 tier1, uint256 tier2) internal pure returns (uint256) {
        return (tier0 & 3 | (tier1 & 3) << 2 | (tier2 & 3) << 4) << TIERS_AT;
    }

    /// @dev The days of a leaf, as they stand in its third word.
    function daysWord(uint256 day, uint256 releaseDay_) internal pure returns (uint256) {
        return releaseDay_ << RELEASE_DAY_AT | day << DAY_AT;
    }

    /// @dev Writes a leaf and its hash at their places in the lists. The room must be there.
    function putLeaf(
        bytes memory leaves,
        bytes32[] memory hashes,
        uint256 index,
        uint256 order,
        uint256 terms,
        uint256 shares
    ) internal pure {
        assembly ("memory-safe") {
            let at := add(add(leaves, 32), mul(index, 96))
            mstore(at, order)
            mstore(add(at, 32), terms)
            mstore(add(at, 64), shares)
            mstore(add(add(hashes, 32), shl(5, index)), keccak256(at, 96))
        }
    }

    /// @dev The hash of a leaf, as it stands in the batch's tree.
    function hash(bytes32[3] calldata leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(leaf));
    }

    /// @dev The order's word of a leaf.
    function orderOf(bytes32[3] calldata leaf) internal pure returns (uint256) {
        return uint256(leaf[0]);
    }

    /// @dev The partner in a role of a leaf, zero for nobody. The role must be below 3.
    function partner(bytes32[3] calldata leaf, uint256 role) internal pure returns (uint256) {
        return uint32(uint256(leaf[1]) >> (32 * role));
    }

    /// @dev The share of a role of a leaf. The role must be below 3.
    function share(bytes32[3] calldata leaf, uint256 role) internal pure returns (uint256) {
        return uint64(uint256(leaf[2]) >> (64 * role));
    }

    function releaseDay(bytes32[3] calldata leaf) internal pure returns (uint256) {
        return uint24(uint256(leaf[2]) >> RELEASE_DAY_AT);
    }
}
