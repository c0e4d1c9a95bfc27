// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IPartnerRegistry} from "../interfaces/IPartnerRegistry.sol";
import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Adjustment, Maturity, Payout, Release, Skip, Skipped, Word} from "../interfaces/LedgerTypes.sol";
import {BalanceWord, HeldWord, PayoutWord} from "../libraries/AccountWords.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {LedgerState} from "./LedgerState.sol";

/// @title Paying
/// @notice Held credits mature, what is available is paid, and balances are corrected by hand.
abstract contract Paying is LedgerState, EIP712 {
    using BalanceWord for uint256;
    using PayoutWord for uint256;
    using SafeCast for uint256;

    /* CONSTANTS */

    bytes32 private constant ADJUSTMENT_TYPEHASH =
        keccak256("Adjustment(uint48 adjustmentNo,uint32 partnerId,int80 amount,bytes32 reason,uint40 deadline)");

    /* MATURING */

    /// @inheritdoc ISettlementLedger
    function mature(Release[] calldata releases) external whenOpenOrPaused {
        uint256 today = Calendar.dayOf(block.timestamp);

        Maturity[] memory maturities = new Maturity[](releases.length);
        uint256 count;
        uint256 repaid;
        for (uint256 i; i < releases.length; ++i) {
            (uint256 partnerId, uint256 day) = (releases[i].partnerId, releases[i].releaseDay);
            require(day <= today, Ledger_NotMatured(partnerId, day, today));
            uint256 word = _heldWord(partnerId, day);
            uint256 amount = HeldWord.held(word);
            if (amount == 0) continue;

            _held[HeldWord.key(partnerId, day)] = HeldWord.withHeld(word, 0);
            (uint256 balance, uint256 debtRepaid) = _credit(partnerId, amount);
            repaid += debtRepaid;
            // Safe casts: both are parts of a word of 96 bits.
            maturities[count++] =
                Maturity(releases[i].partnerId, releases[i].releaseDay, uint96(amount), uint96(debtRepaid), balance);
        }
        // Nothing changed, and anyone may call: nothing is logged.
        if (count == 0) return;
        _owed -= repaid.toUint96();
        // Shortens the list to what matured.
        assembly ("memory-safe") {
            mstore(maturities, count)
        }

        _record(CreditsMatured.selector, abi.encode(maturities));
    }

    /* PAYING */

    /// @inheritdoc ISettlementLedger
    function recordPayouts(Payout[] calldata payouts) external restricted whenOpen {
        Payout[] memory recorded = new Payout[](payouts.length);
        uint256[] memory balances = new uint256[](payouts.length);
        Skipped[] memory skipped = new Skipped[](payouts.length);
        uint256 count;
        uint256 paid;
        for (uint256 i; i < payouts.length; ++i) {
            Payout calldata payout = payouts[i];
            require(
                payout.payoutNo != 0 && payout.gross != 0 && payout.withheld <= payout.gross,
                Ledger_BadPayout(payout.payoutNo, payout.gross, payout.withheld)
            );

            Skip reason = _whyNotPaid(payout);
            if (reason != Skip.None) {
                skipped[i - count] = Skipped(payout.payoutNo, reason);
                continue;
            }

            (uint256 word,) = _debit(payout.partnerId, payout.gross);
            _payouts[payout.payoutNo] = PayoutWord.pack(payout.partnerId, payout.gross, payout.withheld);
            paid += payout.gross;
            recorded[count] = payout;
            balances[count++] = word;
        }
        _owed -= paid.toUint96();
        // Shortens the lists to what they hold.
        uint256 left = payouts.length - count;
        assembly ("memory-safe") {
            mstore(recorded, count)
            mstore(balances, count)
            mstore(skipped, left)
        }

        _record(PayoutsRecorded.selector, abi.encode(recorded, balances, skipped));
    }

    /// @inheritdoc ISettlementLedger
    function returnPayout(uint256 payoutNo, bytes32 reason) external restricted whenOpen {
        uint256 word = _word(Word.Payout, _payouts, payoutNo);
        require(word != 0, Ledger_UnknownPayout(payoutNo));
        require(!word.isReturned(), Ledger_AlreadyReturned(payoutNo));

        _payouts[payoutNo] = word.returned();
        (uint256 partnerId, uint256 gross) = (word.partnerId(), word.gross());
        (uint256 balance, uint256 debtRepaid) = _credit(partnerId, gross);
        _owed += (gross - debtRepaid).toUint96();

        _record(PayoutReturned.selector, abi.encode(payoutNo, partnerId, gross, debtRepaid, balance, reason));
    }

    /// @inheritdoc ISettlementLedger
    function recordWithdrawal(uint256 partnerId, uint256 amount) external restricted whenOpenOrPaused {
        require(PARTNERS.statusOf(partnerId) == IPartnerRegistry.Status.Active, Ledger_Suspended(partnerId));
        uint256 available = _balances[partnerId].available();
        require(amount != 0 && amount <= available, Ledger_Insufficient(partnerId, amount, available));

        (uint256 balance,) = _debit(partnerId, amount);
        _owed -= amount.toUint96();

        _record(WithdrawalRecorded.selector, abi.encode(partnerId, amount, balance));
    }

    /* CORRECTING */

    /// @inheritdoc ISettlementLedger
    function adjust(Adjustment calldata adjustment, address approver, bytes calldata approval)
        external
        restricted
        whenOpen
    {
        (uint256 number, uint256 partnerId) = (adjustment.adjustmentNo, adjustment.partnerId);
        require(number != 0 && adjustment.amount != 0, Ledger_BadAdjustment(number));
        _requireApproved(adjustment, approver, approval);
        uint256 bits = _bits(Word.Adjusted, _adjusted, number);
        require(bits >> (number & 0xff) & 1 == 0, Ledger_AlreadyAdjusted(number));
        require(PARTNERS.statusOf(partnerId) != IPartnerRegistry.Status.Unknown, Ledger_UnknownPartner(partnerId));

        _adjusted[number >> 8] = bits | 1 << (number & 0xff);
        uint256 fromDebt = _balances[partnerId].debt();
        uint256 balance;
        uint256 part;
        if (adjustment.amount > 0) {
            uint256 amount = uint80(adjustment.amount);
            (balance, part) = _credit(partnerId, amount);
            _owed += (amount - part).toUint96();
        } else {
            (balance, part) = _debit(partnerId, uint256(-int256(adjustment.amount)));
            _owed -= part.toUint96();
        }

        _record(BalanceAdjusted.selector, abi.encode(adjustment, msg.sender, approver, fromDebt, balance));
    }

    /// @inheritdoc ISettlementLedger
    function writeOffDebt(uint256 partnerId, uint256 amount, bytes32 reason) external restricted whenOpen {
        uint256 word = _balances[partnerId];
        uint256 debt = word.debt();
        require(amount != 0 && amount <= debt, Ledger_BadWriteOff(partnerId, amount, debt));

        word = BalanceWord.pack(word.available(), debt - amount, word.frozen());
        _balances[partnerId] = word;

        _record(DebtWrittenOff.selector, abi.encode(partnerId, amount, word, reason));
    }

    /* INTERNAL */

    function _whyNotPaid(Payout calldata payout) private view returns (Skip) {
        if (_word(Word.Payout, _payouts, payout.payoutNo) != 0) return Skip.Duplicate;
        IPartnerRegistry.Status status = PARTNERS.statusOf(payout.partnerId);
        if (status == IPartnerRegistry.Status.Unknown) return Skip.UnknownPartner;
        if (status == IPartnerRegistry.Status.Suspended) return Skip.Suspended;
        if (_balances[payout.partnerId].available() < payout.gross) return Skip.Insufficient;
        return Skip.None;
    }

    /// @dev The second key: somebody else who may adjust too.
    function _requireApproved(Adjustment calldata adjustment, address approver, bytes calldata approval) private view {
        require(
            block.timestamp <= adjustment.deadline,
            Ledger_ApprovalExpired(adjustment.adjustmentNo, adjustment.deadline, block.timestamp)
        );
        (bool may,) = IAccessManager(authority()).canCall(approver, address(this), this.adjust.selector);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    ADJUSTMENT_TYPEHASH,
                    adjustment.adjustmentNo,
                    adjustment.partnerId,
                    adjustment.amount,
                    adjustment.reason,
                    adjustment.deadline
                )
            )
        );
        require(
            may && approver != msg.sender && SignatureChecker.isValidSignatureNowCalldata(approver, digest, approval),
            Ledger_BadApproval(adjustment.adjustmentNo, approver)
        );
    }
}
