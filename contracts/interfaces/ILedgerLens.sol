// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ISettlementLedger} from "./ISettlementLedger.sol";

/// @notice A partner's account on a ledger, as it stands in this block.
/// @param isPayable Whether the partner may be paid: it is registered and not suspended.
/// @param available What may be paid.
/// @param debt What later credits repay first.
/// @param frozen What waits for rulings.
/// @param matured What is held although its release day has come: what {ISettlementLedger-mature} would release now,
/// debt being repaid from it first.
/// @param held What is held until a day to come.
/// @param nextReleaseDay The first of those days, UTC, since 1970; zero when nothing is held.
/// @param nextRelease What is held until that day.
struct Account {
    uint256 partnerId;
    bool isPayable;
    uint256 available;
    uint256 debt;
    uint256 frozen;
    uint256 matured;
    uint256 held;
    uint256 nextReleaseDay;
    uint256 nextRelease;
}

/// @notice Where a partner stands under a plan this month, UTC.
/// @param volume The partner's volume on the ledger this month, all plans together.
/// @param volumeBefore That of the month before, which decides the tier.
/// @param tier The tier of this month's orders.
/// @param nextTier The tier of next month's, if nothing is added to the volume.
/// @param missing What the volume lacks for the tier above that; zero when there is none.
struct Standing {
    uint256 partnerId;
    uint256 volume;
    uint256 volumeBefore;
    uint256 tier;
    uint256 nextTier;
    uint256 missing;
}

/// @title ILedgerLens
/// @notice Answers what a portal asks of a ledger in one call. It holds nothing and changes nothing; one lens serves
/// every ledger.
interface ILedgerLens {
    /// @notice The accounts of partners, in the order asked for.
    ///
    /// Notes: a ledger keeps no list of release days, so the caller names the days among which to look, both included;
    /// what is held for others is left out. The longest hold plus one day from today leaves out nothing to come. A
    /// successor's answer counts of its predecessor's credits only those that were taken over.
    function accountsOf(ISettlementLedger ledger, uint256[] calldata partnerIds, uint256 firstDay, uint256 lastDay)
        external
        view
        returns (Account[] memory accounts);

    /// @notice The account of one partner; see {accountsOf}.
    function accountOf(ISettlementLedger ledger, uint256 partnerId, uint256 firstDay, uint256 lastDay)
        external
        view
        returns (Account memory);

    /// @notice Where partners stand under a plan, in the order asked for. Under a plan that does not exist everybody is
    /// at the lowest tier.
    function standingsOf(ISettlementLedger ledger, uint256[] calldata partnerIds, uint256 planId)
        external
        view
        returns (Standing[] memory standings);

    /// @notice Where one partner stands; see {standingsOf}.
    function standingOf(ISettlementLedger ledger, uint256 partnerId, uint256 planId)
        external
        view
        returns (Standing memory);
}
