// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Dispute, Status} from "contracts/interfaces/IDisputeCourt.sol";
import {IPartnerRegistry, PayoutDetails} from "contracts/interfaces/IPartnerRegistry.sol";
import {Word} from "contracts/interfaces/LedgerTypes.sol";

import {vm} from "../utils/Vm.sol";
import {World} from "./World.sol";
import {ShareBook} from "./books/OrderBooks.sol";
import {DisputeBook} from "./books/RailBooks.sol";

/// @title Rebuilt
/// @notice What the contracts say is what the books say, which know nothing but the logs: word by word.
abstract contract Rebuilt is World {
    function _theLogsSayIt() internal view {
        _requireAccounts();
        _requireOrders();
        _requirePayouts();
        _requireRegistries();
        _requireDisputes();
        _requireVault();
    }

    /* THE LEDGER */

    function _requireAccounts() private view {
        for (uint256 id = 1; id <= ALL_PARTNERS; ++id) {
            vm.assertEq(ledger.wordOf(Word.Balance, id), _balanceWord(id), "a balance is not what the logs say");
        }
        for (uint256 i; i < _heldKeys.length; ++i) {
            uint256 held = uint96(ledger.wordOf(Word.Held, _heldKeys[i]));
            uint256 said = _held[_heldKeys[i] >> 24][uint24(_heldKeys[i])];
            vm.assertEq(held, said, "a held credit is not what the logs say");
        }
        vm.assertEq(uint256(ledger.phase()), uint256(_phase), "the phase");
        vm.assertEq(ledger.attestor(), _attestor, "the attestor");
        vm.assertEq(ledger.batchCount(), _batches, "how many batches");
        vm.assertEq(ledger.frozenShares(), _frozenShares, "how many frozen shares");
        for (uint256 id; id <= _batches; ++id) {
            vm.assertEq(ledger.rootOf(id), _roots[id], "a batch's root");
        }
    }

    /// @dev `libraries/OrderWords`, written out a second time.
    function _requireOrders() private view {
        for (uint256 i; i < _orderNos.length; ++i) {
            uint256 no = _orderNos[i];
            uint256 word = _orderBooks[no].refunded;
            for (uint256 role; role < 3; ++role) {
                ShareBook storage share = _shareBooks[no][role];
                if (!share.isDisputed) continue;
                word |= 1 << (64 + role);
                uint256 said = share.frozen | share.amount << 64 | _orderBooks[no].base << 128 | share.owner << 192
                    | _orderBooks[no].releaseDay << 224 | (share.isFrozen ? 1 << 248 : 0);
                vm.assertEq(ledger.wordOf(Word.Share, no << 2 | role), said, "a disputed share");
            }
            if (word != 0) vm.assertEq(ledger.wordOf(Word.Order, no), word, "an order's refunds and disputes");
        }
    }

    function _requirePayouts() private view {
        for (uint256 i; i < _payoutNos.length; ++i) {
            uint256 no = _payoutNos[i];
            uint256 word = _payoutBooks[no].partnerId | _payoutBooks[no].gross << 32 | _payoutBooks[no].withheld << 112;
            if (_payoutBooks[no].isReturned) word |= 1 << 192;
            vm.assertEq(ledger.wordOf(Word.Payout, no), word, "a payout");
        }
        for (uint256 key; key < 2; ++key) {
            uint256 bits;
            for (uint256 i; i < 256; ++i) {
                if (_isAdjusted[key << 8 | i]) bits |= 1 << i;
            }
            vm.assertEq(ledger.wordOf(Word.Adjusted, key), bits, "which adjustments were made");
        }
    }

    /* THE REGISTRIES */

    function _requireRegistries() private view {
        vm.assertEq(partners.count(), _partnerBooks.length, "how many partners");
        for (uint256 id = 1; id <= _partnerBooks.length; ++id) {
            (address wallet, uint8 roles, IPartnerRegistry.Status status, bytes32 payoutRef) = partners.partnerOf(id);
            PayoutDetails memory payout = _payoutOf(id);
            vm.assertEq(wallet, payout.wallet, "a partner's wallet");
            vm.assertEq(uint256(roles), _partnerBooks[id - 1].roles, "a partner's roles");
            vm.assertTrue((status == IPartnerRegistry.Status.Active) == _isActive(id), "a partner's status");
            vm.assertEq(payoutRef, payout.payoutRef, "a partner's payout reference");
        }
        vm.assertEq(plans.count(), _planBooks.length, "how many plans");
        for (uint256 planId = 1; planId <= _planBooks.length; ++planId) {
            vm.assertTrue(plans.isOpen(planId) != _isRetired[planId], "whether a plan is open");
        }
        for (uint256 i; i < _customerKeys.length; ++i) {
            uint256[] storage words = _customerBooks[_customerKeys[i]];
            vm.assertEq(referrals.wordOf(_customerKeys[i]), words[words.length - 1], "a customer's attribution");
            for (uint256 version; version < words.length; ++version) {
                uint256 word = referrals.wordOfVersion(_customerKeys[i], version);
                vm.assertEq(word, words[version], "an earlier attribution");
            }
        }
    }

    /* THE COURT */

    function _requireDisputes() private view {
        vm.assertEq(court.disputeCount(), _disputes().length, "how many disputes");
        for (uint256 id = 1; id <= _disputes().length; ++id) {
            DisputeBook memory book = _disputes()[id - 1];
            if (_isDecided(book)) (book.dispute.status, book.dispute.ruling) = (Status.Decided, _due(book));
            Dispute memory dispute = court.disputeOf(id);
            vm.assertEq(keccak256(abi.encode(dispute)), keccak256(abi.encode(book.dispute)), "a dispute");
            for (uint256 i; i < panel.length; ++i) {
                vm.assertTrue(court.hasVoted(id, panel[i]) == _hasVoted[_era][id][panel[i]], "who has voted");
            }
        }
    }

    /// @dev Dispute by dispute, what waits for a ruling is there.
    function _frozenUntilRuled() internal view {
        uint256[] memory frozen = new uint256[](ALL_PARTNERS + 1);
        uint256 count;
        for (uint256 id = 1; id <= _disputes().length; ++id) {
            Dispute memory dispute = court.disputeOf(id);
            (uint256 owner, uint256 amount, bool isFrozen,) = ledger.shareOf(dispute.orderNo, dispute.role);
            vm.assertTrue(isFrozen == (dispute.status != Status.Executed), "a share is frozen until it is ruled over");
            if (!isFrozen) continue;
            frozen[owner] += amount;
            ++count;
        }
        vm.assertEq(ledger.frozenShares(), count, "how many shares wait for a ruling");
        for (uint256 id = 1; id <= ALL_PARTNERS; ++id) {
            (,, uint256 amount) = ledger.balanceOf(id);
            vm.assertEq(amount, frozen[id], "what is frozen of a partner's shares");
        }
    }

    function _endsByItsDeadline() internal view {
        for (uint256 id = 1; id <= _disputes().length; ++id) {
            if (vm.getBlockTimestamp() < _disputes()[id - 1].openedAt + _longestDispute()) continue;
            Status status = court.statusOf(id);
            vm.assertTrue(status == Status.Decided || status == Status.Executed, "a dispute outlives its deadline");
        }
    }

    /* THE VAULT */

    function _requireVault() private view {
        vm.assertEq(vault.payoutBatchCount(), _payoutBatches[_era], "how many batches of payouts");
        vm.assertEq(vault.withdrawalsPausedUntil(), _pausedUntil[_era], "until when withdrawals are paused");
        for (uint256 id = FIRST_WALLET; id <= ALL_PARTNERS; ++id) {
            for (uint256 nonce; nonce < NONCES; ++nonce) {
                vm.assertTrue(vault.isNonceUsed(id, nonce) == _isSpent[_era][id][nonce], "which nonces were used");
            }
        }
    }

    function _vaultHoldsWhatItSays() internal view {
        uint256 left = _collected + _donated - _returned;
        for (uint256 i; i < _payees.length; ++i) {
            uint256 units = token.balanceOf(_payees[i]);
            vm.assertEq(units, _withdrawn[_payees[i]], "an account has what the vault says that it paid");
            left -= units;
        }
        vm.assertEq(token.balanceOf(address(vault)), left, "the vault has what it says that it has");
        vm.assertEq(token.balanceOf(payer), FUNDS + _returned - _collected, "and the payer");
    }
}
