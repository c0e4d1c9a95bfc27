// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ProvenOrder, Release, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {Order} from "../../utils/Codec.sol";
import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {World} from "../World.sol";

/// @title SettlingActs
/// @notice Batches, refunds, and credits that mature.
abstract contract SettlingActs is World {
    mapping(uint256 orderNo => uint256 batch) private _lastSentIn;
    uint256 private _sent;

    /* SETTLING */

    function settle(uint256 seed, uint256 count) external step {
        Order[] memory orders = new Order[](1 + count % 16);
        Skip[] memory reasons = new Skip[](orders.length);
        ++_sent;
        for (uint256 i; i < orders.length; ++i) {
            orders[i] = _randomOrder(_draw(seed, i));
            reasons[i] = _whyNot(orders[i]);
            if (reasons[i] == Skip.None) _lastSentIn[orders[i].no] = _sent;
        }
        bytes memory records = _encode(orders);
        uint40 deadline = _now() + 1 hours;
        int256 missing = _missing();
        bytes memory call = abi.encodeCall(vault.settleBatch, (records, deadline, _attest(records, deadline)));
        if (!_do(operator, address(vault), call, _isOpen(), Promise.PauseStops, "settling")) return;
        _keep(Promise.NothingSettledUncollected, _missing() == missing, "settled, and not collected");
        _checkSkipped(orders, reasons);
    }

    /// @dev What the vault lacks of what is owed; below zero, what it has beyond it.
    function _missing() internal view returns (int256) {
        return int256(ledger.owed() * SCALE) - int256(token.balanceOf(address(vault)));
    }

    function _whyNot(Order memory order) private view returns (Skip) {
        if (_orderBooks[order.no].timesSettled != 0 || _lastSentIn[order.no] == _sent) return Skip.Duplicate;
        if (order.paidAt > vm.getBlockTimestamp()) return Skip.NotYetPaid;
        return _attributionAt(order.customer, order.paidAt) == 0 ? Skip.NoReferral : Skip.None;
    }

    function _checkSkipped(Order[] memory orders, Skip[] memory reasons) private {
        (,,,, Skipped[] memory skipped) =
            abi.decode(_lastLog[address(ledger)].data, (uint256, uint256, bytes32, bytes, Skipped[]));
        uint256 next;
        for (uint256 i; i < orders.length; ++i) {
            if (reasons[i] == Skip.None) {
                _keep(Promise.LeftOutForItsReason, _orderBooks[orders[i].no].timesSettled != 0, "left out");
                continue;
            }
            bool isSo =
                next < skipped.length && skipped[next].number == orders[i].no && skipped[next].reason == reasons[i];
            _keep(Promise.LeftOutForItsReason, isSo, "not left out, or for another reason");
            ++next;
        }
    }

    /// @dev Signed by another key, too late, or changed afterwards.
    function settleUnsigned(uint256 seed) external step {
        bytes memory records = _encode(_randomOrder(_draw(seed, 0)));
        bool isLate = seed % 3 == 0;
        uint40 deadline = isLate ? _now() - 1 : _now() + 1 hours;
        bytes memory attestation = _attestWith(seed % 3 == 1 ? STRANGERS_KEY : ATTESTOR_KEY, records, deadline);
        if (seed % 3 == 2) records = _encode(_randomOrder(_draw(seed, 1)));
        bytes memory call = abi.encodeCall(vault.settleBatch, (records, deadline, attestation));
        _do(operator, address(vault), call, false, Promise.Signed, "settled what was not attested");
    }

    function _randomOrder(uint256 draw) private view returns (Order memory order) {
        order.no = uint48(1 + draw % ORDER_NUMBERS);
        order.customer = _key(1 + (draw >> 16) % CUSTOMERS);
        // Of every size between a unit and 5 000 000.00.
        order.base = uint64(1 + (draw >> 64) % 10 ** (1 + (draw >> 32) % 9) / 2);
        order.kind = uint8((draw >> 40) % 2);
        order.paidAt = uint40(vm.getBlockTimestamp() - (draw >> 48) % 40 days);
        if ((draw >> 128) % 16 == 0) order.paidAt = _now() + uint40(1 + (draw >> 136) % 30 days);
    }

    /* REFUNDING */

    /// @dev In parts, and often to the end; every second time while a share is disputed.
    function refund(uint256 seed) external step {
        if (_orderNos.length == 0) return;
        uint256 no = _some(_orderNos, seed);
        uint256 disputes = _disputes().length;
        if (disputes != 0 && seed >> 255 == 0) no = _disputes()[(seed >> 128) % disputes].dispute.orderNo;
        uint256 left = _orderBooks[no].base - _orderBooks[no].refunded;
        uint256 refunded = _orderBooks[no].refunded + ((seed >> 32) % 3 == 0 ? left : 1 + (seed >> 64) % (left + 1));
        _inheritSharesOf(no);
        bool isForward = left != 0 && refunded <= _orderBooks[no].base;
        Promise wouldBreak = isForward ? Promise.PauseStops : Promise.RefundsAddUp;
        bytes memory call = abi.encodeCall(ledger.refund, (_proven(no), uint64(refunded), bytes32(seed)));
        _do(refunder, address(ledger), call, isForward && _isOpen(), wouldBreak, "a refund");
    }

    /// @dev The same refund again, or a lesser one.
    function refundBackwards(uint256 seed) external step {
        if (_orderNos.length == 0) return;
        uint256 no = _some(_orderNos, seed);
        uint256 refunded = (seed >> 64) % (_orderBooks[no].refunded + 1);
        bytes memory call = abi.encodeCall(ledger.refund, (_proven(no), uint64(refunded), bytes32(seed)));
        _do(refunder, address(ledger), call, false, Promise.RefundsAddUp, "a refund that takes nothing");
    }

    /// @dev With a greater share, of another batch, or with a node for a leaf.
    function refundUnproven(uint256 seed) external step {
        if (_orderNos.length == 0) return;
        uint256 no = _some(_orderNos, seed);
        ProvenOrder memory order = _proven(no);
        if (seed >> 32 & 1 == 0) order.leaf[2] = bytes32(uint256(order.leaf[2]) ^ 1);
        else order.batchId = _batches + 1 + (seed >> 64) % 3;
        uint256 refunded = _orderBooks[no].refunded + 1;
        bytes memory call = abi.encodeCall(ledger.refund, (order, uint64(refunded), bytes32(seed)));
        _do(refunder, address(ledger), call, false, Promise.Proven, "a refund of what was not settled");
    }

    /* MATURING */

    function mature(uint256 seed, uint256 count) external step {
        if (_heldKeys.length == 0) return;
        Release[] memory list = new Release[](1 + count % 5);
        bool isDue = true;
        for (uint256 i; i < list.length; ++i) {
            list[i] = _release(_some(_heldKeys, _draw(seed, i)));
            // Mostly only what is due.
            if (list[i].releaseDay > _today() && seed % 8 != 0) list[i].releaseDay = uint24(_today());
            if (list[i].releaseDay > _today()) isDue = false;
        }
        _inherit(list);
        bytes memory call = abi.encodeCall(ledger.mature, (list));
        _do(stranger, address(ledger), call, isDue, Promise.HeldUntilItsDay, "maturing");
    }

    /// @dev All that is due, as the worker asks for it.
    function matureAll() external step {
        uint256 count;
        Release[] memory list = new Release[](_heldKeys.length);
        for (uint256 i; i < _heldKeys.length; ++i) {
            Release memory release = _release(_heldKeys[i]);
            if (release.releaseDay > _today() || _held[release.partnerId][release.releaseDay] == 0) continue;
            list[count++] = release;
        }
        assembly ("memory-safe") {
            mstore(list, count)
        }
        _inherit(list);
        bytes memory call = abi.encodeCall(ledger.mature, (list));
        _do(stranger, address(ledger), call, true, Promise.None, "maturing all that is due");
    }

    /* TIME */

    function passDays(uint256 some) external step {
        vm.warp(vm.getBlockTimestamp() + 1 hours + some % 3 days);
    }

    /// @dev Seldom: what has a deadline would miss it.
    function passMonths(uint256 some) external step {
        if (some >> 254 == 0) vm.warp(vm.getBlockTimestamp() + 15 days + some % 25 days);
    }
}
