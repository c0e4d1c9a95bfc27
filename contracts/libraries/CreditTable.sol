// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {PlanWords} from "./PlanWords.sol";

/// @title CreditTable
/// @notice The credits of a batch in memory, added up before they are written: a partner who earns by a hundred orders
/// costs two writes. One entry for each partner and plan.
/// @dev An entry is two words, from the lowest bit:
/// `partner 32 | plan 24 | tier 8 | release day 24 | bps 16 × 6`: the partner's rates at its tier, for new orders by
/// role, then for renewals;
/// `held 96 | volume 96 | next 64`: what is to be added, and where the entry before it lies.
/// A table of open addressing, 16 bits a slot, finds an entry: its address in words.
library CreditTable {
    /// @param slots Where the slots begin.
    /// @param mask The number of slots less one; a power of two, and more than there can be entries.
    /// @param last The entry that was made last; zero when there is none.
    struct Table {
        uint256 slots;
        uint256 mask;
        uint256 last;
    }

    /// @dev As in `SplitMath`; inline assembly knows only constants of its own file.
    uint256 private constant WHOLE_BPS = 10_000;

    uint256 private constant KEY_MASK = 2 ** 56 - 1;
    uint256 private constant TIER_AT = 56;
    uint256 private constant DAY_AT = 64;
    uint256 private constant RATES_AT = 88;

    /// @dev An odd number without pattern spreads the keys: 2⁶⁴ divided by the golden ratio.
    uint256 private constant SPREAD = 0x9e3779b97f4a7c15;

    uint256 private constant VOLUME_AT = 96;
    uint256 private constant NEXT_AT = 192;

    /// @dev An empty table with room for so many entries.
    function create(uint256 most) internal pure returns (Table memory table) {
        uint256 size = 4;
        while (size <= most) size *= 2;
        // One word more than the slots need: reading the last slot reads beyond it.
        bytes memory room = new bytes(2 * size + 32);
        assembly ("memory-safe") {
            mstore(table, add(room, 32))
        }
        table.mask = size - 1;
    }

    /// @dev The plan of an attribution, where a key has it; with a partner below it, it is a key.
    function planKey(uint256 attribution) internal pure returns (uint256) {
        return attribution >> 64 & (KEY_MASK ^ type(uint32).max);
    }

    /// @dev The entry of a key, zero when there is none, and the slot where it stands or belongs.
    function find(Table memory table, uint256 key_) internal pure returns (uint256 entry, uint256 slot) {
        assembly ("memory-safe") {
            let mask := mload(add(table, 0x20))
            for { let i := shr(48, mul(key_, SPREAD)) } 1 { i := add(i, 1) } {
                slot := add(mload(table), shl(1, and(i, mask)))
                entry := shl(5, shr(240, mload(slot)))
                if iszero(entry) { break }
                if eq(and(mload(entry), KEY_MASK), key_) { break }
            }
        }
    }

    /// @dev Makes the entry of a key that has none. Memory may not exceed 2 MiB, which would cost more gas than a
    /// transaction may use.
    function insert(
        Table memory table,
        uint256 key_,
        uint256 tier_,
        uint256 releaseDay_,
        uint256 newRates,
        uint256 renewalRates
    ) internal pure {
        (, uint256 slot) = find(table, key_);
        uint256 word = key_ | tier_ << TIER_AT | releaseDay_ << DAY_AT
            | (PlanWords.ratesAt(newRates, tier_) | PlanWords.ratesAt(renewalRates, tier_) << 48) << RATES_AT;
        assembly ("memory-safe") {
            // Free memory need not begin at a word.
            let entry := and(add(mload(0x40), 31), not(31))
            mstore(0x40, add(entry, 64))
            mstore(entry, word)
            mstore(add(entry, 32), shl(NEXT_AT, mload(add(table, 0x40))))
            mstore(add(table, 0x40), entry)
            mstore8(slot, shr(13, entry))
            mstore8(add(slot, 1), shr(5, entry))
        }
    }

    /// @dev Finds the entry of a key, reckons the share of an order by the rate that stands there, and adds it, with the
    /// order's base unless the share is zero. No sum can reach 96 bits: amounts have 64.
    ///
    /// This is done for every share of a batch. Written in assembly it costs half of what it costs in Solidity.
    /// @param rateAt Where the rate stands; see {ratesAt}.
    /// @return earned The share in the highest 64 bits, the tier in the lowest two; zero when there is no such entry.
    function earn(Table memory table, uint256 key_, uint256 base, uint256 rateAt)
        internal
        pure
        returns (uint256 earned)
    {
        assembly ("memory-safe") {
            let slots := mload(table)
            let mask := mload(add(table, 0x20))
            for { let i := shr(48, mul(key_, SPREAD)) } 1 { i := add(i, 1) } {
                let entry := shl(5, shr(240, mload(add(slots, shl(1, and(i, mask))))))
                if iszero(entry) { break }
                let word := mload(entry)
                if eq(and(word, KEY_MASK), key_) {
                    let share := div(mul(base, and(shr(rateAt, word), 0xffff)), WHOLE_BPS)
                    if share {
                        let at := add(entry, 32)
                        mstore(at, add(mload(at), or(share, shl(VOLUME_AT, base))))
                    }
                    earned := or(shl(192, share), shr(TIER_AT, word))
                    break
                }
            }
        }
    }

    /// @dev Adds to what an entry is to write.
    function add(uint256 entry, uint256 share, uint256 base) internal pure {
        uint256 sums = sumsOf(entry) + share + (base << VOLUME_AT);
        assembly ("memory-safe") {
            mstore(add(entry, 32), sums)
        }
    }

    /// @dev Takes the base of an order out of the volume again.
    function uncount(uint256 entry, uint256 base) internal pure {
        uint256 sums = sumsOf(entry) - (base << VOLUME_AT);
        assembly ("memory-safe") {
            mstore(add(entry, 32), sums)
        }
    }

    /// @dev The first word of an entry.
    function wordOf(uint256 entry) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(entry)
        }
    }

    /// @dev The second word of an entry.
    function sumsOf(uint256 entry) internal pure returns (uint256 sums) {
        assembly ("memory-safe") {
            sums := mload(add(entry, 32))
        }
    }

    function partnerId(uint256 word) internal pure returns (uint256) {
        return uint32(word);
    }

    function releaseDay(uint256 word) internal pure returns (uint256) {
        return uint24(word >> DAY_AT);
    }

    /// @dev Where the rates for a kind of order begin, 16 bits a role.
    function ratesAt(uint256 kind) internal pure returns (uint256) {
        unchecked {
            return RATES_AT + 48 * kind;
        }
    }

    /// @dev The rate of a role in an entry.
    function rate(uint256 entry, uint256 ratesAt_, uint256 role) internal pure returns (uint256) {
        return uint16(wordOf(entry) >> (ratesAt_ + 16 * role));
    }

    function held(uint256 sums) internal pure returns (uint256) {
        return uint96(sums);
    }

    function volume(uint256 sums) internal pure returns (uint256) {
        return uint96(sums >> VOLUME_AT);
    }

    function next(uint256 sums) internal pure returns (uint256) {
        return sums >> NEXT_AT;
    }
}
