// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {
    Adjustment,
    Clawback,
    Inheritance,
    Maturity,
    Payout,
    Phase,
    Release,
    Resolution,
    Ruling,
    Skipped
} from "contracts/interfaces/LedgerTypes.sol";

import {Vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {OrderBook, OrderBooks, ShareBook} from "./OrderBooks.sol";

/// @dev A payout as the logs say.
struct PayoutBook {
    uint256 partnerId;
    uint256 gross;
    uint256 withheld;
    bool isReturned;
}

/// @title LedgerBooks
/// @notice Balances, from the ledger's logs alone. What a log says is added up; what it should say is worked out
/// beside it, naively.
abstract contract LedgerBooks is OrderBooks {
    /* BOOKS */

    mapping(uint256 partnerId => uint256) internal _available;
    mapping(uint256 partnerId => uint256) internal _debt;
    mapping(uint256 partnerId => uint256) internal _frozen;
    uint256 internal _frozenShares;

    mapping(uint256 payoutNo => PayoutBook) internal _payoutBooks;
    uint256[] internal _payoutNos;
    mapping(uint256 adjustmentNo => bool) internal _isAdjusted;

    address internal _attestor;
    /// @dev `partner << 24 | day` that a successor took over.
    mapping(address ledger => mapping(uint256 heldKey => bool)) internal _isInherited;

    /// @dev Whether an account holds the role of those who adjust.
    function _mayAdjust(address account) internal view virtual returns (bool);

    /* READING LOGS */

    function _onLedgerLog(Vm.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == ISettlementLedger.BatchSettled.selector) _onBatch(log.data);
        else if (topic == ISettlementLedger.OrderRefunded.selector) _onRefund(log.data);
        else if (topic == ISettlementLedger.CreditsMatured.selector) _onMaturities(log.data);
        else if (topic == ISettlementLedger.PayoutsRecorded.selector) _onPayouts(log.data);
        else if (topic == ISettlementLedger.PayoutReturned.selector) _onReturn(log.data);
        else if (topic == ISettlementLedger.WithdrawalRecorded.selector) _onWithdrawal(log.data);
        else if (topic == ISettlementLedger.BalanceAdjusted.selector) _onAdjustment(log.data);
        else if (topic == ISettlementLedger.DebtWrittenOff.selector) _onWriteOff(log.data);
        else if (topic == ISettlementLedger.ShareFrozen.selector) _onFreeze(log.data);
        else if (topic == ISettlementLedger.ShareResolved.selector) _onResolution(log.data);
        else _onGoverning(topic, log);
    }

    function _onGoverning(bytes32 topic, Vm.Log memory log) private {
        if (topic == ISettlementLedger.AttestorChanged.selector) {
            (, _attestor) = abi.decode(log.data, (address, address));
        } else if (topic == ISettlementLedger.PhaseChanged.selector) {
            Phase from;
            (from, _phase,) = abi.decode(log.data, (Phase, Phase, address));
        } else if (topic == ISettlementLedger.AccountsInherited.selector) {
            _onInheritance(log.data);
        } else if (topic == ISettlementLedger.CreditsInherited.selector) {
            (Release[] memory releases, uint256[] memory amounts) = abi.decode(log.data, (Release[], uint256[]));
            for (uint256 i; i < releases.length; ++i) {
                uint256 key = uint256(releases[i].partnerId) << 24 | releases[i].releaseDay;
                _keep(Promise.InheritedOnce, !_isInherited[log.emitter][key], "a credit was inherited twice");
                _isInherited[log.emitter][key] = true;
                _keep(
                    Promise.InheritedOnce,
                    amounts[i] <= _held[releases[i].partnerId][releases[i].releaseDay],
                    "more was inherited than was held"
                );
            }
        }
    }

    /// @dev Nothing may change when a successor takes over.
    function _onInheritance(bytes memory data) private {
        (uint256 firstId, Inheritance[] memory list, uint256 left, uint256 batches,) =
            abi.decode(data, (uint256, Inheritance[], uint256, uint256, uint256));
        for (uint256 i; i < list.length; ++i) {
            _keep(Promise.InheritedOnce, list[i].balance == _balanceWord(firstId + i), "another balance was inherited");
        }
        _keep(Promise.InheritedOnce, batches == _batches, "the batches go on");
        if (left == 0) _phase = Phase.Open;
    }

    function _onRefund(bytes memory data) private {
        (uint256 orderNo,, uint256 from, uint256 to, Clawback[] memory clawbacks) =
            abi.decode(data, (uint256, bytes32, uint256, uint256, Clawback[]));
        OrderBook storage order = _orderBooks[orderNo];
        _keep(Promise.PauseStops, _phase == Phase.Open, "refunded during a pause");
        _keep(Promise.Proven, order.base != 0, "an order was refunded that was never settled");
        if (order.base == 0) return;
        _keep(Promise.RefundsAddUp, from == order.refunded, "another sum of refunds before");
        _keep(Promise.RefundsAddUp, from < to && to <= order.base, "a refund beyond the order, or backwards");
        order.refunded = to;

        uint256 next;
        for (uint256 role; role < 3; ++role) {
            ShareBook storage share = _shareBooks[orderNo][role];
            uint256 due = share.amount * to / order.base - share.amount * from / order.base;
            if (share.owner == 0) due = 0;
            if (next < clawbacks.length && clawbacks[next].role == role) {
                Clawback memory clawback = clawbacks[next++];
                share.clawed += _sum(clawback);
                _claw(share, order.releaseDay, due, clawback);
            } else {
                _keep(Promise.RefundsAddUp, due == 0, "a share gave nothing back");
            }
        }
        _keep(Promise.RefundsAddUp, next == clawbacks.length, "somebody else gave something back");
    }

    function _sum(Clawback memory c) private pure returns (uint256) {
        return uint256(c.fromFrozen) + c.fromHeld + c.fromAvailable + c.toDebt;
    }

    /// @dev Of what is frozen of the share, of what is held, of what is available; the rest is owed.
    function _claw(ShareBook storage share, uint256 day, uint256 due, Clawback memory c) private {
        uint256 id = share.owner;
        _keep(Promise.RefundsAddUp, c.partnerId == id, "somebody else's share was clawed back");
        _keep(Promise.RefundsAddUp, _sum(c) == due, "another amount was clawed back");
        uint256 frozen = _least(due, share.frozen);
        uint256 held = _least(due - frozen, _held[id][day]);
        uint256 available = _least(due - frozen - held, _available[id]);
        _keep(
            Promise.ClawedInOrder,
            _sum(c) != due || c.fromFrozen == frozen && c.fromHeld == held && c.fromAvailable == available,
            "clawed back from elsewhere first"
        );
        share.frozen = _minus(share.frozen, c.fromFrozen);
        _frozen[id] = _minus(_frozen[id], c.fromFrozen);
        _held[id][day] = _minus(_held[id][day], c.fromHeld);
        _available[id] = _minus(_available[id], c.fromAvailable);
        _debt[id] += c.toDebt;
        _sayBalance(id, c.balance);
    }

    function _onMaturities(bytes memory data) private {
        Maturity[] memory list = abi.decode(data, (Maturity[]));
        _keep(Promise.TheLogsSayIt, list.length != 0, "a log of nothing");
        for (uint256 i; i < list.length; ++i) {
            (uint256 id, uint256 day) = (list[i].partnerId, list[i].releaseDay);
            _keep(Promise.HeldUntilItsDay, day <= _today(), "matured before its day");
            _keep(Promise.TheLogsSayIt, list[i].amount == _held[id][day], "another amount matured than was held");
            _held[id][day] = _minus(_held[id][day], list[i].amount);
            _credit(id, list[i].amount, list[i].debtRepaid);
            _sayBalance(id, list[i].balance);
        }
    }

    /// @dev Debt first.
    function _credit(uint256 id, uint256 amount, uint256 debtRepaid) private {
        _keep(Promise.NoMoneyAndDebt, debtRepaid == _least(amount, _debt[id]), "debt is repaid first");
        _debt[id] = _minus(_debt[id], debtRepaid);
        _available[id] += _minus(amount, debtRepaid);
    }

    function _onPayouts(bytes memory data) private {
        (Payout[] memory list, uint256[] memory balances,) = abi.decode(data, (Payout[], uint256[], Skipped[]));
        _keep(Promise.PauseStops, _phase == Phase.Open, "paid during a pause");
        for (uint256 i; i < list.length; ++i) {
            (uint256 number, uint256 id, uint256 gross) = (list[i].payoutNo, list[i].partnerId, list[i].gross);
            _keep(Promise.PaidWhatIsThere, _payoutBooks[number].gross == 0, "a payout number was used twice");
            if (_payoutBooks[number].gross == 0) _payoutNos.push(number);
            _payoutBooks[number] = PayoutBook(id, gross, list[i].withheld, false);
            _pay(id, gross);
            _sayBalance(id, balances[i]);
        }
    }

    function _pay(uint256 id, uint256 amount) private {
        _keep(Promise.NotWhileSuspended, _isActive(id), "paid while suspended");
        _keep(Promise.PaidWhatIsThere, amount <= _available[id], "paid what is not available");
        _available[id] = _minus(_available[id], amount);
    }

    function _onReturn(bytes memory data) private {
        (uint256 number, uint256 id, uint256 gross, uint256 debtRepaid, uint256 balance,) =
            abi.decode(data, (uint256, uint256, uint256, uint256, uint256, bytes32));
        PayoutBook storage book = _payoutBooks[number];
        _keep(Promise.PauseStops, _phase == Phase.Open, "returned during a pause");
        _keep(Promise.PaidWhatIsThere, !book.isReturned, "a payout came back twice");
        _keep(Promise.PaidWhatIsThere, book.gross == gross && book.partnerId == id, "another amount came back");
        book.isReturned = true;
        _credit(id, gross, debtRepaid);
        _sayBalance(id, balance);
    }

    function _onWithdrawal(bytes memory data) private {
        (uint256 id, uint256 amount, uint256 balance) = abi.decode(data, (uint256, uint256, uint256));
        _pay(id, amount);
        _sayBalance(id, balance);
    }

    function _onAdjustment(bytes memory data) private {
        (Adjustment memory a, address by, address approver, uint256 fromDebt, uint256 balance) =
            abi.decode(data, (Adjustment, address, address, uint256, uint256));
        _keep(Promise.PauseStops, _phase == Phase.Open, "adjusted during a pause");
        _keep(Promise.TwoKeys, by != approver && _mayAdjust(by) && _mayAdjust(approver), "adjusted by one key");
        _keep(Promise.TwoKeys, !_isAdjusted[a.adjustmentNo], "an adjustment was made twice");
        _isAdjusted[a.adjustmentNo] = true;
        uint256 id = a.partnerId;
        _keep(Promise.TheLogsSayIt, fromDebt == _debt[id], "another debt before");
        if (a.amount > 0) {
            uint256 amount = uint80(a.amount);
            _credit(id, amount, _least(amount, _debt[id]));
        } else {
            uint256 amount = uint80(-a.amount);
            uint256 available = _least(amount, _available[id]);
            _available[id] = _minus(_available[id], available);
            _debt[id] += amount - available;
        }
        _sayBalance(id, balance);
    }

    function _onWriteOff(bytes memory data) private {
        (uint256 id, uint256 amount, uint256 balance,) = abi.decode(data, (uint256, uint256, uint256, bytes32));
        _keep(Promise.PauseStops, _phase == Phase.Open, "written off during a pause");
        _keep(Promise.PaidWhatIsThere, amount <= _debt[id], "more debt was forgiven than there is");
        _debt[id] = _minus(_debt[id], amount);
        _sayBalance(id, balance);
    }

    /* DISPUTES */

    function _onFreeze(bytes memory data) private {
        (uint256 orderNo, uint256 role, uint256 id, uint256 fromHeld, uint256 fromAvailable, uint256 balance,) =
            abi.decode(data, (uint256, uint256, uint256, uint256, uint256, uint256, uint256));
        ShareBook storage share = _shareBooks[orderNo][role];
        _keep(Promise.PauseStops, _phase == Phase.Open, "frozen during a pause");
        _keep(Promise.OneDispute, !share.isDisputed, "a share was disputed twice");
        uint256 left = _leftOf(orderNo, role);
        uint256 day = _orderBooks[orderNo].releaseDay;
        uint256 held = _least(left, _held[id][day]);
        _keep(
            Promise.FrozenUntilRuled,
            id == share.owner && fromHeld == held && fromAvailable == _least(left - held, _available[id]),
            "another amount was frozen"
        );
        (share.isDisputed, share.isFrozen, share.frozen) = (true, true, fromHeld + fromAvailable);
        _held[id][day] = _minus(_held[id][day], fromHeld);
        _available[id] = _minus(_available[id], fromAvailable);
        _frozen[id] += fromHeld + fromAvailable;
        ++_frozenShares;
        _sayBalance(id, balance);
    }

    function _onResolution(bytes memory data) private {
        (Resolution memory r, Clawback memory c) = abi.decode(data, (Resolution, Clawback));
        ShareBook storage share = _shareBooks[r.orderNo][r.role];
        uint256 day = _orderBooks[r.orderNo].releaseDay;
        _keep(Promise.RulingCarriedOut, share.isFrozen, "ruled over what was not frozen");
        uint256 given;
        if (r.ruling == Ruling.Keep) {
            given = share.frozen;
            _frozen[share.owner] = _minus(_frozen[share.owner], given);
            _keep(Promise.RulingCarriedOut, r.to == share.owner && _sum(c) == 0, "a share that is kept changed hands");
        } else {
            uint256 left = _leftOf(r.orderNo, r.role);
            _claw(share, day, left, c);
            if (r.ruling == Ruling.Transfer) given = left;
            else _keep(Promise.RulingCarriedOut, r.to == 0, "a share that is nobody's has an owner");
        }
        bool isDue = day <= _today();
        _keep(
            Promise.RulingCarriedOut,
            r.toHeld == (isDue ? 0 : given) && r.toCredit == (isDue ? given : 0),
            "another amount was given"
        );
        (share.isFrozen, share.frozen, share.owner, share.isReversed) = (false, 0, r.to, r.to == 0);
        _frozenShares = _minus(_frozenShares, 1);
        _hold(r.to, day, r.toHeld);
        _credit(r.to, r.toCredit, r.debtRepaid);
        _sayBalance(r.to, r.balance);
    }

    /* VALUES */

    /// @dev Wraps: wrong logs of a wrong contract must not stop the books.
    function _minus(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return a - b;
        }
    }

    /// @dev What a log says the balance is afterwards.
    function _sayBalance(uint256 id, uint256 word) private {
        _keep(Promise.TheLogsSayIt, word == _balanceWord(id), "a balance afterwards");
    }

    function _balanceWord(uint256 id) internal view returns (uint256) {
        return _available[id] | _debt[id] << 88 | _frozen[id] << 168;
    }
}
