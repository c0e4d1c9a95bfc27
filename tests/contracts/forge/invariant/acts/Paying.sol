// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Adjustment, Payout, Phase, Skip, Skipped} from "contracts/interfaces/LedgerTypes.sol";

import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {World} from "../World.sol";

/// @title PayingActs
/// @notice The bank rail, corrections by hand, and pauses.
abstract contract PayingActs is World {
    uint256 private constant PAYOUT_NUMBERS = 200;
    uint256 private constant ADJUSTMENT_NUMBERS = 300;

    /* PAYING */

    function pay(uint256 seed, uint256 count) external step {
        Payout[] memory list = new Payout[](1 + count % 4);
        Skip[] memory reasons = new Skip[](list.length);
        uint256[] memory spent = new uint256[](ALL_PARTNERS + 2);
        for (uint256 i; i < list.length; ++i) {
            uint256 draw = _draw(seed, i);
            uint32 id = uint32(1 + draw % (ALL_PARTNERS + 1));
            // Up to a quarter more than there is.
            uint80 gross = uint80(1 + (draw >> 64) % (_available[id] * 5 / 4 + 1));
            list[i] = Payout(uint48(1 + (draw >> 16) % PAYOUT_NUMBERS), id, gross, gross / 5, bytes32(draw));
            reasons[i] = _whyNot(list, i, spent[id], reasons);
            if (reasons[i] == Skip.None) spent[id] += gross;
        }
        bytes memory call = abi.encodeCall(ledger.recordPayouts, (list));
        if (!_do(treasurer, address(ledger), call, _isOpen(), Promise.PauseStops, "paying")) return;

        (Payout[] memory paid,, Skipped[] memory skipped) =
            abi.decode(_lastLog[address(ledger)].data, (Payout[], uint256[], Skipped[]));
        uint256 done;
        uint256 left;
        for (uint256 i; i < list.length; ++i) {
            bool isSo = reasons[i] == Skip.None
                ? done < paid.length && keccak256(abi.encode(paid[done++])) == keccak256(abi.encode(list[i]))
                : left < skipped.length && skipped[left].number == list[i].payoutNo
                    && skipped[left++].reason == reasons[i];
            _keep(Promise.LeftOutForItsReason, isSo, "a payout was left out, or was not, for another reason");
        }
    }

    function _whyNot(Payout[] memory list, uint256 at, uint256 spent, Skip[] memory reasons)
        private
        view
        returns (Skip)
    {
        Payout memory payout = list[at];
        if (_payoutBooks[payout.payoutNo].gross != 0) return Skip.Duplicate;
        for (uint256 i; i < at; ++i) {
            if (list[i].payoutNo == payout.payoutNo && reasons[i] == Skip.None) return Skip.Duplicate;
        }
        if (!_isPartner(payout.partnerId)) return Skip.UnknownPartner;
        if (!_isActive(payout.partnerId)) return Skip.Suspended;
        return payout.gross + spent > _available[payout.partnerId] ? Skip.Insufficient : Skip.None;
    }

    function returnPayout(uint256 seed) external step {
        if (_payoutNos.length == 0) return;
        uint256 number = _some(_payoutNos, seed);
        bool isOut = !_payoutBooks[number].isReturned;
        Promise wouldBreak = isOut ? Promise.PauseStops : Promise.PaidWhatIsThere;
        bytes memory call = abi.encodeCall(ledger.returnPayout, (number, bytes32(seed)));
        _do(treasurer, address(ledger), call, isOut && _isOpen(), wouldBreak, "a payout that comes back");
    }

    /* CORRECTING */

    /// @dev Approved by the second key; or by the caller's own, by a stranger's, or for another amount.
    function adjust(uint256 seed) external step {
        int80 amount = int80(int256(1 + (seed >> 64) % 10 ** (1 + (seed >> 32) % 6)));
        if (seed >> 40 & 1 == 1) amount = -amount;
        Adjustment memory a = Adjustment(
            uint48(1 + (seed >> 16) % ADJUSTMENT_NUMBERS),
            uint32(1 + seed % ALL_PARTNERS),
            amount,
            bytes32(seed),
            _now() + 1 hours
        );
        uint256 fault = (seed >> 48) % 6;
        bytes memory approval = _approve(fault == 2 ? STRANGERS_KEY : CONTROLLER_KEY, a);
        address caller = fault == 0 ? controller : treasurer;
        if (fault == 1) a.amount = 2 * amount;
        bool isApproved = fault > 2 && !_isAdjusted[a.adjustmentNo];
        bytes memory call =
            abi.encodeCall(ledger.adjust, (a, fault == 2 ? vm.addr(STRANGERS_KEY) : controller, approval));
        Promise wouldBreak = isApproved ? Promise.PauseStops : Promise.TwoKeys;
        _do(caller, address(ledger), call, isApproved && _isOpen(), wouldBreak, "an adjustment");
    }

    function writeOffDebt(uint256 seed) external step {
        uint256 id = 1 + seed % ALL_PARTNERS;
        for (uint256 i; i < ALL_PARTNERS && _debt[id] == 0; ++i) {
            id = 1 + id % ALL_PARTNERS;
        }
        uint256 amount = 1 + (seed >> 32) % (_debt[id] + 1);
        bool isOwed = amount <= _debt[id];
        Promise wouldBreak = isOwed ? Promise.PauseStops : Promise.PaidWhatIsThere;
        bytes memory call = abi.encodeCall(ledger.writeOffDebt, (id, amount, bytes32(++_calls)));
        _doAsGovernor(address(ledger), call, isOwed && _isOpen(), wouldBreak, "writing debt off");
    }

    /// @dev Makes each announcement of the governor's another one.
    uint256 private _calls;

    /* PAUSING */

    /// @dev A pause is shorter than what else happens.
    function pause(uint256 seed) external step {
        if (!_isOpen() || seed % 3 != 0) return;
        _do(pauser, address(ledger), abi.encodeCall(ledger.pause, ()), true, Promise.None, "pausing");
    }

    function unpause() external step {
        if (_phase != Phase.Paused) return;
        _doAsGovernor(address(ledger), abi.encodeCall(ledger.unpause, ()), true, Promise.None, "unpausing");
    }
}
