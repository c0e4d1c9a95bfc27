// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {SettlementLedger} from "contracts/SettlementLedger.sol";
import {TokenVault} from "contracts/TokenVault.sol";
import {Phase, Release} from "contracts/interfaces/LedgerTypes.sol";

import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {DisputingActs} from "./Disputing.sol";

/// @title SucceedingActs
/// @notice A ledger is retired, and another one takes over.
abstract contract SucceedingActs is DisputingActs {
    uint256 private constant MOST_ERAS = 2;

    /// @dev Seldom: it ends all disputes.
    function succeed(uint256 seed) external step {
        if (_era == MOST_ERAS || seed % 8 != 0 || _orderNos.length == 0) return;
        _endDisputes();
        SettlementLedger from = ledger;
        TokenVault fromVault = vault;
        SettlementLedger to = _newLedger(from);
        _follow(to);
        bytes memory call = abi.encodeCall(from.retire, (to));
        if (!_doAsGovernor(address(from), call, true, Promise.None, "retiring a ledger")) return;
        _keep(Promise.InheritedOnce, from.phase() == Phase.Retired, "a ledger is not retired");

        ledger = to;
        ++_era;
        _phase = Phase.Inheriting;
        _openRails();
        call = abi.encodeCall(to.inheritAccounts, (1 + (seed >> 8) % ALL_PARTNERS));
        _do(stranger, address(to), call, true, Promise.None, "inheriting some accounts");
        call = abi.encodeCall(to.inheritAccounts, (ALL_PARTNERS));
        bool isLeft = _phase == Phase.Inheriting;
        _do(stranger, address(to), call, isLeft, Promise.InheritedOnce, "inheriting the others");
        if (token.balanceOf(address(fromVault)) != 0) {
            call = abi.encodeCall(fromVault.moveTo, (vault));
            _doAsGovernor(address(fromVault), call, true, Promise.None, "moving the money");
        }
    }

    function _endDisputes() private {
        uint256 last = vm.getBlockTimestamp();
        for (uint256 i; i < _disputes().length; ++i) {
            if (_disputes()[i].dispute.deadline > last) last = _disputes()[i].dispute.deadline;
        }
        vm.warp(last);
        for (uint256 id = 1; id <= _disputes().length; ++id) {
            if (_isDecided(_disputes()[id - 1])) _execute(id);
        }
    }

    /// @dev Also what was inherited before.
    function inheritCredits(uint256 seed, uint256 count) external step {
        if (_heldKeys.length == 0) return;
        Release[] memory list = new Release[](1 + count % 6);
        for (uint256 i; i < list.length; ++i) {
            list[i] = _release(_some(_heldKeys, _draw(seed, i)));
        }
        _inherit(list);
    }
}
