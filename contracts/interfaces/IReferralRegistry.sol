// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";
import {IPartnerRegistry} from "./IPartnerRegistry.sol";
import {IPlanRegistry} from "./IPlanRegistry.sol";

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
/// @notice Attribution of customers to partners. First touch wins; the first settled order locks it; one that lapsed
/// without an order makes room for another. A reassignment counts only forwards in time. Every attribution that ever
/// counted is kept, for orders that were paid while it did.
interface IReferralRegistry is IJournal {
    /* ERRORS */

    /// @notice Thrown when the customer has an attribution that has not lapsed, or by which an order was settled.
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

    /// @notice Thrown when an attribution would count from a moment that has passed, or that belongs to the one before.
    error Referral_NotForward(bytes12 customerKey, uint256 effectiveFrom, uint256 earliest);

    /// @notice Thrown when a customer was attributed anew 65,535 times.
    error Referral_TooManyVersions(bytes12 customerKey);

    /// @notice Thrown when a partner claims a customer for others alone.
    error Referral_NotClaimants(bytes12 customerKey, uint256 partnerId);

    /// @notice Thrown when the partner's signature is no longer valid.
    error Referral_ClaimExpired(bytes12 customerKey, uint256 deadline, uint256 at);

    /// @notice Thrown when the partner has no wallet, or it did not sign this claim.
    error Referral_BadClaim(bytes12 customerKey, uint256 partnerId);

    /* EVENTS */

    /// @notice Emitted when customers get an attribution: their first one, or one after a lapsed one.
    event ReferralsRegistered(uint256 indexed seq, Referral[] referrals);

    /// @notice Emitted when a partner's own claim became an attribution.
    event ReferralClaimed(uint256 indexed seq, Referral referral, uint256 partnerId);

    /// @notice Emitted when a customer is attributed anew; both words as `libraries/ReferralWord` lays them out.
    event ReferralReassigned(uint256 indexed seq, bytes12 customerKey, uint256 from, uint256 to);

    /// @notice Emitted when the first orders of customers were settled.
    event ReferralsLocked(uint256 indexed seq, bytes12[] customerKeys);

    /* FUNCTIONS */

    /// @notice Registers attributions.
    ///
    /// Notes: an attribution that lapsed without an order is followed by the new one and kept.
    ///
    /// Emits {ReferralsRegistered}.
    ///
    /// Requirements: the caller is a REGISTRAR; no customer has one, but for a lapsed one that ended before the new one
    /// begins; partners exist and may hold their roles; plans are open.
    function registerReferrals(Referral[] calldata referrals) external;

    /// @notice Registers an attribution that a partner claims with its own signature.
    ///
    /// Notes: a signature cannot be used twice, because a customer's first touch happens once; for one that lapsed, the
    /// window that is signed has passed.
    ///
    /// Emits {ReferralClaimed}.
    ///
    /// Requirements: those of {registerReferrals}; the claimant has one of the roles, and its wallet signed
    /// `ReferralClaim(bytes12 customerKey,uint32 referrer,uint32 implementer,uint32 trainer,uint24 planId,uint40
    /// effectiveFrom,uint40 validTo,uint32 claimant,uint40 deadline)` (EIP-712; a contract may sign by ERC-1271), whose
    /// deadline has not passed.
    function registerClaim(Referral calldata referral, uint32 claimant, uint40 deadline, bytes calldata signature)
        external;

    /// @notice Attributes a customer anew, forwards in time.
    ///
    /// Notes: a reassignment that has not begun is replaced. The attribution in force is kept.
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

    /* VIEWS */

    /// @notice The registries that this one reads.
    function PARTNERS() external view returns (IPartnerRegistry);

    /// @notice See {PARTNERS}.
    function PLANS() external view returns (IPlanRegistry);

    /// @notice For each order the word that was in force for its customer when it was paid, 32 bytes each; zero where
    /// there was none.
    /// @dev Bytes on both sides, because a list of numbers is checked number by number when it is decoded.
    /// @param orders Records of 48 bytes; see `libraries/OrderCodec`.
    function attributionsOf(bytes calldata orders) external view returns (bytes memory words);

    /// @notice The word that was in force for a customer at a moment; zero when there was none.
    function wordAt(bytes12 customerKey, uint256 moment) external view returns (uint256);

    /// @notice The customer's last word, whether or not it has begun.
    function wordOf(bytes12 customerKey) external view returns (uint256);

    /// @notice The customer's word of a version, from zero on.
    function wordOfVersion(bytes12 customerKey, uint256 version) external view returns (uint256);
}
