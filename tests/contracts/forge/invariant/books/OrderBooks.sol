// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {Phase, Skipped} from "contracts/interfaces/LedgerTypes.sol";
import {Calendar} from "contracts/libraries/Calendar.sol";

import {NaiveTree} from "../../utils/NaiveTree.sol";
import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {RegistryBooks} from "./RegistryBooks.sol";

/// @dev An order as the logs say.
struct OrderBook {
    uint256 timesSettled;
    uint256 batchId;
    uint256 index;
    uint256 base;
    uint256 releaseDay;
    uint256 refunded;
    bytes32[3] leaf;
}

/// @dev A share of an order.
struct ShareBook {
    uint256 owner;
    uint256 amount;
    // By refunds alone.
    uint256 clawed;
    uint256 frozen;
    bool isFrozen;
    bool isDisputed;
    // Its owner after the ruling.
    bool isReversed;
}

/// @title OrderBooks
/// @notice Batches and orders, from the ledger's logs alone, and what each order should have given.
abstract contract OrderBooks is RegistryBooks {
    /* BOOKS */

    Phase internal _phase;
    uint256 internal _batches;
    mapping(uint256 batchId => bytes32[]) internal _hashes;
    mapping(uint256 batchId => bytes32) internal _roots;
    mapping(uint256 orderNo => OrderBook) internal _orderBooks;
    mapping(uint256 orderNo => mapping(uint256 role => ShareBook)) internal _shareBooks;
    /// @dev Of all orders that were settled.
    uint256[] internal _orderNos;

    mapping(uint256 partnerId => mapping(uint256 month => uint256)) internal _volume;
    mapping(uint256 partnerId => uint256 month) internal _lastMonth;
    mapping(uint256 partnerId => mapping(uint256 day => uint256)) internal _held;
    /// @dev All `partner << 24 | day` for which anything was ever held.
    uint256[] internal _heldKeys;
    mapping(uint256 heldKey => bool) private _isKnown;

    /* READING LOGS */

    function _onBatch(bytes memory data) internal {
        (uint256 batchId, uint256 day, bytes32 root, bytes memory leaves, Skipped[] memory skipped) =
            abi.decode(data, (uint256, uint256, bytes32, bytes, Skipped[]));
        _keep(Promise.PauseStops, _phase == Phase.Open, "settled during a pause");
        _keep(Promise.TheLogsSayIt, batchId == ++_batches, "batch ids are dense");
        _keep(Promise.TheLogsSayIt, day == _today(), "a batch's day is the block's");
        for (uint256 i; i < skipped.length; ++i) {
            _keep(Promise.LeftOutForItsReason, uint256(skipped[i].reason) != 0, "left out for no reason");
        }

        bytes32[] memory hashes = new bytes32[](leaves.length / 96);
        for (uint256 i; i < hashes.length; ++i) {
            bytes32[3] memory leaf;
            for (uint256 j; j < 3; ++j) {
                uint256 at = 96 * i + 32 * j + 32;
                assembly ("memory-safe") {
                    mstore(add(leaf, mul(j, 32)), mload(add(leaves, at)))
                }
            }
            hashes[i] = keccak256(abi.encode(leaf));
            _onLeaf(leaf, batchId, i);
        }
        _hashes[batchId] = hashes;
        _roots[batchId] = root;
        _keep(Promise.Proven, root == NaiveTree.root(hashes), "a root that is not the leaves'");
    }

    function _onLeaf(bytes32[3] memory leaf, uint256 batchId, uint256 index) private {
        uint256 order = uint256(leaf[0]);
        uint256 orderNo = order >> 208;
        uint256 base = uint64(order >> 144);
        uint256 terms = uint256(leaf[1]);
        uint256 day = uint24(uint256(leaf[2]) >> 216);
        OrderBook storage book = _orderBooks[orderNo];
        _keep(Promise.PaidOnce, ++book.timesSettled == 1, "an order was settled twice");
        if (book.timesSettled == 1) _orderNos.push(orderNo);
        (book.batchId, book.index, book.base, book.leaf) = (batchId, index, base, leaf);
        book.releaseDay = uint24(uint256(leaf[2]) >> 192);

        uint256 attribution = _attributionAt(bytes12(uint96(order)), uint40(order >> 96));
        _keep(Promise.AttributionInForce, uint40(order >> 96) <= vm.getBlockTimestamp(), "paid later than now");
        _keep(Promise.AttributionInForce, attribution != 0, "settled for nobody");
        _keep(Promise.AttributionInForce, uint120(terms) == uint120(attribution), "another attribution was in force");
        _keep(Promise.TheLogsSayIt, day == _today(), "a leaf's day is the block's");

        _checkShares(leaf, base);
        _bookShares(leaf, orderNo, base, day);
    }

    /* WHAT AN ORDER SHOULD GIVE */

    function _checkShares(bytes32[3] memory leaf, uint256 base) private {
        (uint256 terms, uint256 shares) = (uint256(leaf[1]), uint256(leaf[2]));
        PlanTerms memory plan = _termsOf(uint24(terms >> 96));
        uint256 month = Calendar.monthOf(_today());
        uint256[3] memory rates;
        for (uint256 role; role < 3; ++role) {
            uint256 id = uint32(terms >> (32 * role));
            uint256 tier = terms >> (120 + 2 * role) & 3;
            uint256 reached;
            if (id != 0) {
                while (reached < plan.thresholds.length && _volume[id][month - 1] >= plan.thresholds[reached]) ++reached;
            }
            _keep(Promise.TierOfTheMonthBefore, tier == reached, "a tier that the month before does not give");
            uint16[][] memory bps = uint8(uint256(leaf[0]) >> 136) == 0 ? plan.newBps : plan.renewalBps;
            if (id != 0 && role < bps.length) rates[role] = bps[role][tier];
        }
        uint256[3] memory expected = _split(base, rates);
        for (uint256 role; role < 3; ++role) {
            _keep(Promise.ExactShares, uint64(shares >> (64 * role)) == expected[role], "another share than the plan's");
        }
        uint256 releaseDay = uint24(shares >> 192);
        _keep(Promise.HeldUntilItsDay, releaseDay == _today() + plan.holdDays + 1, "another hold than the plan's");
    }

    /// @dev Floors, and when the rates add up to the whole, largest remainders first, the lower role at a tie.
    function _split(uint256 base, uint256[3] memory rates) private pure returns (uint256[3] memory shares) {
        uint256 left = base;
        for (uint256 role; role < 3; ++role) {
            shares[role] = base * rates[role] / 10_000;
            left -= shares[role];
        }
        if (rates[0] + rates[1] + rates[2] != 10_000) return shares;
        bool[3] memory has;
        for (; left > 0; --left) {
            uint256 best = 3;
            for (uint256 role; role < 3; ++role) {
                if (has[role]) continue;
                if (best == 3 || base * rates[role] % 10_000 > base * rates[best] % 10_000) best = role;
            }
            has[best] = true;
            ++shares[best];
        }
    }

    function _bookShares(bytes32[3] memory leaf, uint256 orderNo, uint256 base, uint256 day) private {
        uint256 releaseDay = uint24(uint256(leaf[2]) >> 192);
        uint256 month = Calendar.monthOf(day);
        uint256[3] memory ids;
        for (uint256 role; role < 3; ++role) {
            uint256 amount = uint64(uint256(leaf[2]) >> (64 * role));
            uint256 id = uint32(uint256(leaf[1]) >> (32 * role));
            ShareBook storage share = _shareBooks[orderNo][role];
            (share.owner, share.amount) = (id, amount);
            _hold(id, releaseDay, amount);
            if (amount == 0) continue;
            ids[role] = id;
            if (role > 0 && ids[0] == id || role > 1 && ids[1] == id) continue;
            _volume[id][month] += base;
            _lastMonth[id] = month;
        }
    }

    function _hold(uint256 id, uint256 day, uint256 amount) internal {
        if (amount == 0) return;
        uint256 key = id << 24 | day;
        if (!_isKnown[key]) _heldKeys.push(key);
        _isKnown[key] = true;
        _held[id][day] += amount;
    }

    /* VALUES */

    /// @dev What refunds have left of a share.
    function _leftOf(uint256 orderNo, uint256 role) internal view returns (uint256) {
        uint256 amount = _shareBooks[orderNo][role].amount;
        if (amount == 0) return 0;
        return amount - amount * _orderBooks[orderNo].refunded / _orderBooks[orderNo].base;
    }

    function _today() internal view returns (uint256) {
        return vm.getBlockTimestamp() / 1 days;
    }

    function _least(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }
}
