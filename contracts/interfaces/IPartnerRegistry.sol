// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";

/// @notice What a new partner starts with.
/// @param partnerRef HMAC of the partner's id in the CRM: links a log to the books and says nothing to others.
/// @param payoutRef HMAC of the bank details to pay to; zero while there are none.
/// @param wallet Address that signs for the partner; zero on the bank rail.
/// @param roles Bit set of the roles the partner may hold: 1 referrer, 2 implementer, 4 trainer.
struct NewPartner {
    bytes32 partnerRef;
    bytes32 payoutRef;
    address wallet;
    uint8 roles;
}

/// @notice Where a partner is paid.
/// @param wallet Address that signs for the partner and is paid on the token rail; zero for none.
/// @param payoutRef HMAC of the bank details; zero for none.
struct PayoutDetails {
    address wallet;
    bytes32 payoutRef;
}

/// @title IPartnerRegistry
/// @notice Who can earn: dense partner ids from 1, each with a wallet, a payout reference, a status and roles.
interface IPartnerRegistry is IJournal {
    /* ENUMS */

    /// @notice `Unknown` is the value of an id that was never registered.
    enum Status {
        Unknown,
        Active,
        Suspended
    }

    /* ERRORS */

    /// @notice Thrown when the first id is not the next one: the list was sent before, or out of turn.
    error Partner_NotNext(uint256 firstId, uint256 next);

    /// @notice Thrown when no partner has this id.
    error Partner_Unknown(uint256 partnerId);

    /// @notice Thrown when no role is named, one that does not exist, or those that the partner has; the first argument
    /// is the place in the list, or the partner's id.
    error Partner_BadRoles(uint256 index, uint8 roles);

    /// @notice Thrown when the status is the one the partner already has, or `Unknown`.
    error Partner_BadStatus(uint256 partnerId, Status status);

    /// @notice Thrown when no payout details of the partner wait to take effect.
    error Partner_NothingWaiting(uint256 partnerId);

    /* EVENTS */

    /// @notice Emitted when partners `firstId` and following are registered, in the order of the list.
    event PartnersRegistered(uint256 indexed seq, uint256 firstId, NewPartner[] partners);

    /// @notice Emitted when a partner is suspended or reinstated.
    event PartnerStatusChanged(uint256 indexed seq, uint256 partnerId, Status from, Status to, bytes32 reason);

    /// @notice Emitted when a partner may hold other roles from now on.
    event PartnerRolesChanged(uint256 indexed seq, uint256 partnerId, uint8 from, uint8 to);

    /// @notice Emitted when a partner's payout details will change.
    /// @param from Those in force; any that waited are replaced by `to`.
    /// @param effectiveAt When they change by themselves, in Unix seconds.
    event PayoutChangeRequested(
        uint256 indexed seq, uint256 partnerId, PayoutDetails from, PayoutDetails to, uint256 effectiveAt
    );

    /// @notice Emitted when a change of payout details was called off in time.
    event PayoutChangeCanceled(uint256 indexed seq, uint256 partnerId, PayoutDetails canceled, address by);

    /* FUNCTIONS */

    /// @notice Registers partners; they are active at once.
    ///
    /// Emits {PartnersRegistered}.
    ///
    /// Requirements: the caller is a REGISTRAR; `firstId` is the next id; every partner has at least one role.
    /// @param firstId The id of the first of them; the others follow without a gap. Naming it makes resending safe.
    function registerPartners(uint256 firstId, NewPartner[] calldata partners) external;

    /// @notice Suspends or reinstates a partner. A suspended partner keeps accruing and cannot be paid.
    ///
    /// Emits {PartnerStatusChanged}.
    ///
    /// Requirements: the caller is a REGISTRAR; the partner exists and has another status.
    /// @param reason Hash of the reason given to the partner.
    function setStatus(uint256 partnerId, Status status, bytes32 reason) external;

    /// @notice Lets a partner hold other roles from now on. Attributions that exist are not touched.
    ///
    /// Emits {PartnerRolesChanged}.
    ///
    /// Requirements: the caller is a REGISTRAR; the partner exists; at least one role, and not those it has.
    function setRoles(uint256 partnerId, uint8 roles) external;

    /// @notice Changes where a partner is paid, after {PAYOUT_CHANGE_DELAY}: by itself, with no second call. A change
    /// that waits already is replaced, and the delay begins anew.
    ///
    /// Emits {PayoutChangeRequested}.
    ///
    /// Requirements: the caller is a REGISTRAR; the partner exists.
    function changePayout(uint256 partnerId, PayoutDetails calldata to) external;

    /// @notice Calls off a change that waits.
    ///
    /// Emits {PayoutChangeCanceled}.
    ///
    /// Requirements: the caller is the partner's present wallet or a REGISTRAR; a change waits.
    function cancelPayoutChange(uint256 partnerId) external;

    /// @notice How long a change of payout details waits, in seconds.
    function PAYOUT_CHANGE_DELAY() external view returns (uint256);

    /// @notice The payout details that wait, and when they take effect; zero when there are none.
    function waitingOf(uint256 partnerId) external view returns (PayoutDetails memory to, uint256 effectiveAt);

    /// @notice How many partners there are, which is also the last id.
    function count() external view returns (uint256);

    /// @notice The partner's wallet, roles, status and payout reference.
    function partnerOf(uint256 partnerId)
        external
        view
        returns (address wallet, uint8 roles, Status status, bytes32 payoutRef);

    /// @notice The roles the partner may hold, as a bit set; zero for an id that was never registered.
    function rolesOf(uint256 partnerId) external view returns (uint8);

    /// @notice The partner's status.
    function statusOf(uint256 partnerId) external view returns (Status);
}
