// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Outcome, Payee, Withdrawal} from "contracts/interfaces/ITokenVault.sol";

import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {World} from "../World.sol";

/// @title WithdrawingActs
/// @notice The token rail, with wallets that the token blocks.
abstract contract WithdrawingActs is World {
    /// @dev Signed withdrawals that were paid, as calls.
    bytes[] private _paid;

    /* WITHDRAWING */

    function withdraw(uint256 seed) external step {
        uint256 id = _someWithMoney(seed);
        uint256 amount = _someOf(id, seed);
        bytes memory call = abi.encodeCall(vault.withdraw, (id, amount));
        Promise wouldBreak = _isPaused() ? Promise.WithdrawalPauseEnds : _whatBreaks(id);
        address wallet = _walletOf(id);
        _do(wallet, address(vault), call, !_isPaused() && _canBePaid(id, amount, wallet), wouldBreak, "a withdrawal");
    }

    function withdrawForOthers(uint256 seed) external step {
        uint256 id = 1 + seed % ALL_PARTNERS;
        bytes memory call = abi.encodeCall(vault.withdraw, (id, 1 + (seed >> 64) % (_available[id] + 1)));
        _do(stranger, address(vault), call, false, Promise.OnlyToItsOwner, "a stranger's withdrawal");
    }

    /// @dev With a nonce that may have been used, and sometimes with another wallet's signature.
    function withdrawWithSig(uint256 seed) external step {
        uint256 id = _someWithMoney(seed);
        Withdrawal memory w = Withdrawal({
            partnerId: uint32(id),
            to: address(uint160(0xC0FFEE + (seed >> 8) % 4)),
            amount: uint80(_someOf(id, seed)),
            nonce: (seed >> 16) % NONCES,
            deadline: _now() + 1000 days
        });
        bool isSigned = (seed >> 32) % 4 != 0;
        bytes32 typehash =
            keccak256("Withdrawal(uint32 partnerId,address to,uint80 amount,uint256 nonce,uint40 deadline)");
        bytes32 digest = _typed("Fenrun TokenVault", address(vault), keccak256(abi.encode(typehash, w)));
        bytes memory signature = _sign(isSigned ? _keyOf[_walletOf(id)] : STRANGERS_KEY, digest);
        bool isNew = !_isSpent[_era][id][w.nonce];
        bool isAllowed = isSigned && isNew && !_isPaused() && _canBePaid(id, w.amount, w.to);
        Promise wouldBreak = !isSigned
            ? Promise.OnlyToItsOwner
            : !isNew ? Promise.NothingPaidTwice : _isPaused() ? Promise.WithdrawalPauseEnds : _whatBreaks(id);
        bytes memory call = abi.encodeCall(vault.withdrawWithSig, (w, signature));
        if (_do(stranger, address(vault), call, isAllowed, wouldBreak, "a signed withdrawal")) _paid.push(call);
    }

    /// @dev What was paid is brought again, to the vault of today.
    function withdrawAgain(uint256 seed) external step {
        if (_paid.length == 0) return;
        bytes memory call = _paid[seed % _paid.length];
        _do(stranger, address(vault), call, false, Promise.NothingPaidTwice, "a signed withdrawal that was paid");
    }

    function pauseWithdrawals() external step {
        bool isAllowed = vm.getBlockTimestamp() >= _pausedUntil[_era] + 7 days;
        bytes memory call = abi.encodeCall(vault.pauseWithdrawals, ());
        _do(pauser, address(vault), call, isAllowed, Promise.WithdrawalPauseEnds, "a pause of withdrawals");
    }

    /// @dev A partner with a wallet and money available, if there is one.
    function _someWithMoney(uint256 seed) private view returns (uint256 id) {
        for (uint256 i; i < ALL_PARTNERS - PARTNERS; ++i) {
            id = FIRST_WALLET + (seed % 8 + i) % (ALL_PARTNERS - PARTNERS);
            if (_available[id] != 0) return id;
        }
    }

    /// @dev Mostly a part of it, sometimes a little more than there is.
    function _someOf(uint256 id, uint256 seed) private view returns (uint256) {
        return 1 + (seed >> 64) % (_available[id] * 9 / 8 + 1);
    }

    function _isPaused() private view returns (bool) {
        return vm.getBlockTimestamp() < _pausedUntil[_era];
    }

    function _canBePaid(uint256 id, uint256 amount, address to) private view returns (bool) {
        return _isActive(id) && amount != 0 && amount <= _available[id] && !token.isBlocked(to)
            && amount * SCALE <= token.balanceOf(address(vault));
    }

    function _whatBreaks(uint256 id) private view returns (Promise) {
        return _isActive(id) ? Promise.PaidWhatIsThere : Promise.NotWhileSuspended;
    }

    /* PAYING OUT */

    /// @dev Some cannot be paid; the others are, all the same.
    function payOut(uint256 seed, uint256 count) external step {
        Payee[] memory list = new Payee[](1 + count % 5);
        bool[] memory isPaid = new bool[](list.length);
        uint256[] memory spent = new uint256[](ALL_PARTNERS + 2);
        uint256 left = token.balanceOf(address(vault));
        for (uint256 i; i < list.length; ++i) {
            uint256 draw = _draw(seed, i);
            uint256 id =
                draw % 8 == 0 ? 1 + (draw >> 8) % PARTNERS : FIRST_WALLET + (draw >> 8) % (ALL_PARTNERS - PARTNERS);
            uint256 amount = (draw >> 64) % (_available[id] + 2);
            list[i] = Payee(uint32(id), uint80(amount));
            isPaid[i] = _walletOf(id) != address(0) && _canBePaid(id, amount + spent[id], _walletOf(id)) && amount != 0
                && amount * SCALE <= left;
            if (isPaid[i]) (spent[id], left) = (spent[id] + amount, left - amount * SCALE);
        }
        bytes memory call = abi.encodeCall(vault.payoutBatch, (_payoutBatches[_era] + 1, list));
        vm.prank(treasurer);
        (bool done,) = address(vault).call(call);
        _sync();
        _keep(Promise.PayeesApart, done == _isOpen(), "one payee stops the others");
        if (!done) return;

        (, Outcome[] memory outcomes) = abi.decode(_lastLog[address(vault)].data, (uint256, Outcome[]));
        for (uint256 i; i < list.length; ++i) {
            address to = isPaid[i] ? _walletOf(list[i].partnerId) : address(0);
            _keep(Promise.PayeesApart, outcomes[i].to == to, "what became of a payee is not its own affair");
        }
    }

    function payOutAgain(uint256 seed) external step {
        uint256 batchNo = _payoutBatches[_era];
        if (batchNo == 0) return;
        bytes memory call = abi.encodeCall(vault.payoutBatch, (1 + seed % batchNo, new Payee[](1)));
        _do(treasurer, address(vault), call, false, Promise.NothingPaidTwice, "a payout batch sent again");
    }

    function blockOrUnblock(uint256 seed) external step {
        address wallet = _walletOf(FIRST_WALLET + seed % (ALL_PARTNERS - PARTNERS));
        token.setBlocked(wallet, !token.isBlocked(wallet));
    }

    /* EVENING OUT */

    function collect() external step {
        uint256 missing = vault.shortage();
        bytes memory call = abi.encodeCall(vault.collect, ());
        if (_do(treasurer, address(vault), call, missing != 0, Promise.VaultHoldsWhatItSays, "collecting")) {
            _keep(Promise.NothingSettledUncollected, vault.shortage() == 0, "something is missing all the same");
        }
    }

    function returnSurplus(uint256 donation) external step {
        if (donation % 4 == 0) {
            _donated += donation % 1e9;
            token.mint(address(vault), donation % 1e9);
        }
        bool isAllowed = vault.surplus() != 0;
        bytes memory call = abi.encodeCall(vault.returnSurplus, ());
        _do(treasurer, address(vault), call, isAllowed, Promise.VaultHoldsWhatItSays, "returning what is left over");
    }
}
