// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";

/// @notice Who earned a customer, and under which plan.
/// @param customerKey The first 96 bits of an HMAC of the customer's id in the CRM.
/// @param referrer Partner id; zero when nobody has the role. The same partner may hold several.
/// @param implementer As above.
/// @param trainer As above.
/// @param planId The plan version that applies.
/// @param effectiveFrom The first second (Unix, UTC) for which it counts.
/// @param validTo The first second for which it no longer counts; zero for no end.
struct Referral {
    bytes12 customerKey;
    uint32 referrer;
    uint32 implementer;
    uint32 trainer;
    uint24 planId;
    uint40 effectiveFrom;
    uint40 validTo;
}

/// @title IReferralRegistry
/// @notice Attribution of customers to partners. First touch wins; the first settled order locks it; a reassignment
/// counts only forwards in time, and the attribution before it is kept for orders that were paid earlier.
interface IReferralRegistry is IJournal {
    /* ERRORS */

    /// @notice Thrown when the customer has an attribution already.
    error Referral_AlreadyRegistered(bytes12 customerKey);

    /// @notice Thrown when the customer has none.
    error Referral_Unknown(bytes12 customerKey);

    /// @notice Thrown when a partner of the attribution does not exist.
    error Referral_UnknownPartner(bytes12 customerKey, uint256 partnerId);

    /// @notice Thrown when a partner may not hold the role; see {IPartnerRegistry}.
    error Referral_RoleNotHeld(bytes12 customerKey, uint256 partnerId, uint256 role);

    /// @notice Thrown when the plan does not exist or is retired.
    error Referral_PlanNotOpen(bytes12 customerKey, uint256 planId);

    /// @notice Thrown when the attribution would end before it begins.
    error Referral_EmptyWindow(bytes12 customerKey, uint256 effectiveFrom, uint256 validTo);

    /// @notice Thrown when a reassignment would count from a moment that has passed, or from before the one in force.
    error Referral_NotForward(bytes12 customerKey, uint256 effectiveFrom, uint256 earliest);

    /* EVENTS */

    /// @notice Emitted when customers get their first attribution.
    event ReferralsRegistered(uint256 indexed seq, Referral[] referrals);

    /// @notice Emitted when a customer is attributed anew; both words as `libraries/ReferralWord` lays them out.
    event ReferralReassigned(uint256 indexed seq, bytes12 customerKey, uint256 from, uint256 to);

    /// @notice Emitted when the first orders of customers were settled.
    event ReferralsLocked(uint256 indexed seq, bytes12[] customerKeys);

    /* FUNCTIONS */

    /// @notice Registers first attributions.
    ///
    /// Emits {ReferralsRegistered}.
    ///
    /// Requirements: the caller is a REGISTRAR; no customer has one; partners exist and may hold their roles; plans are
    /// open.
    function registerReferrals(Referral[] calldata referrals) external;

    /// @notice Attributes a customer anew, forwards in time.
    ///
    /// Notes: a reassignment that has not begun is replaced. The attribution in force is kept as the one before; of
    /// those before it nothing is kept, so an order paid under one of them finds none.
    ///
    /// Emits {ReferralReassigned}.
    ///
    /// Requirements: the caller is an ARBITER; the customer has an attribution; the new one begins neither in the past
    /// nor before the one in force; partners exist and may hold their roles; the plan is open.
    function reassign(Referral calldata referral) external;

    /// @notice Marks customers whose first order is being settled: from then on no correction can claim that the
    /// attribution was never used. The mark stays with the customer. Keys may repeat.
    ///
    /// Emits {ReferralsLocked}.
    ///
    /// Requirements: the caller is a LEDGER; every customer has an attribution.
    function lock(bytes12[] calldata customerKeys) external;

    /// @notice The words that were in force for customers at given moments; zero where there was none.
    /// @param lookups `customerKey 96 | paidAt 40`, from the lowest bit.
    function attributionsAt(uint256[] calldata lookups) external view returns (uint256[] memory words);

    /// @notice The customer's current word and the one before it.
    function wordsOf(bytes12 customerKey) external view returns (uint256 current, uint256 previous);
}
