// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Account, ILedgerLens, Standing} from "../interfaces/ILedgerLens.sol";
import {IPartnerRegistry} from "../interfaces/IPartnerRegistry.sol";
import {ISettlementLedger} from "../interfaces/ISettlementLedger.sol";
import {Word} from "../interfaces/LedgerTypes.sol";
import {VolumeWord} from "../libraries/AccountWords.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {PlanWords} from "../libraries/PlanWords.sol";

/// @title LedgerLens
/// @notice Answers what a portal asks of a ledger in one call.
contract LedgerLens is ILedgerLens {
    using PlanWords for uint256;
    using VolumeWord for uint256;

    /* ACCOUNTS */

    /// @inheritdoc ILedgerLens
    function accountsOf(ISettlementLedger ledger, uint256[] calldata partnerIds, uint256 firstDay, uint256 lastDay)
        external
        view
        returns (Account[] memory accounts)
    {
        accounts = new Account[](partnerIds.length);
        for (uint256 i; i < partnerIds.length; ++i) {
            accounts[i] = accountOf(ledger, partnerIds[i], firstDay, lastDay);
        }
    }

    /// @inheritdoc ILedgerLens
    function accountOf(ISettlementLedger ledger, uint256 partnerId, uint256 firstDay, uint256 lastDay)
        public
        view
        returns (Account memory account)
    {
        account.partnerId = partnerId;
        account.isPayable = ledger.PARTNERS().statusOf(partnerId) == IPartnerRegistry.Status.Active;
        (account.available, account.debt, account.frozen) = ledger.balanceOf(partnerId);

        uint256 today = Calendar.dayOf(block.timestamp);
        for (uint256 day = firstDay; day <= lastDay; ++day) {
            uint256 held = ledger.heldOf(partnerId, day);
            if (day <= today) {
                account.matured += held;
                continue;
            }
            if (account.held == 0 && held != 0) (account.nextReleaseDay, account.nextRelease) = (day, held);
            account.held += held;
        }
    }

    /* STANDINGS */

    /// @inheritdoc ILedgerLens
    function standingsOf(ISettlementLedger ledger, uint256[] calldata partnerIds, uint256 planId)
        external
        view
        returns (Standing[] memory standings)
    {
        standings = new Standing[](partnerIds.length);
        for (uint256 i; i < partnerIds.length; ++i) {
            standings[i] = standingOf(ledger, partnerIds[i], planId);
        }
    }

    /// @inheritdoc ILedgerLens
    function standingOf(ISettlementLedger ledger, uint256 partnerId, uint256 planId)
        public
        view
        returns (Standing memory standing)
    {
        uint256 month = Calendar.monthOf(Calendar.dayOf(block.timestamp));
        uint256 volumes = ledger.wordOf(Word.Volume, partnerId).rolledTo(month);
        (uint256 rules,,) = ledger.PLANS().wordsOf(planId);

        standing.partnerId = partnerId;
        standing.volume = volumes.current();
        standing.volumeBefore = volumes.before();
        standing.tier = rules.tierOf(standing.volumeBefore);
        standing.nextTier = rules.tierOf(standing.volume);
        uint256 threshold = rules.thresholdAbove(standing.nextTier);
        if (threshold != 0) standing.missing = threshold - standing.volume;
    }
}
