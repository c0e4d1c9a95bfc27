// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Journal} from "./Journal.sol";
import {IPartnerRegistry} from "./interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReferralRegistry, Referral} from "./interfaces/IReferralRegistry.sol";
import {ReferralWord} from "./libraries/ReferralWord.sol";

/// @title ReferralRegistry
/// @notice Attribution of customers to partners.
contract ReferralRegistry is IReferralRegistry, Journal, AccessManaged {
    using ReferralWord for uint256;

    /* IMMUTABLES */

    IPartnerRegistry public immutable PARTNERS;
    IPlanRegistry public immutable PLANS;

    /* STORAGE */

    mapping(bytes12 customerKey => uint256 word) private _current;
    mapping(bytes12 customerKey => uint256 word) private _previous;

    /* CONSTRUCTOR */

    constructor(address authority, IPartnerRegistry partners, IPlanRegistry plans) AccessManaged(authority) {
        PARTNERS = partners;
        PLANS = plans;
    }

    /* REGISTRATION */

    /// @inheritdoc IReferralRegistry
    function registerReferrals(Referral[] calldata referrals) external restricted {
        uint256 openPlan;
        for (uint256 i; i < referrals.length; ++i) {
            Referral calldata referral = referrals[i];
            bytes12 key = referral.customerKey;
            require(_current[key] == 0, Referral_AlreadyRegistered(key));

            // Neighbours mostly share a plan: ask once for a run of them.
            if (i == 0 || referral.planId != openPlan) {
                _requireOpen(referral);
                openPlan = referral.planId;
            }
            _current[key] = _pack(referral);
        }

        _record(ReferralsRegistered.selector, abi.encode(referrals));
    }

    /// @inheritdoc IReferralRegistry
    function reassign(Referral calldata referral) external restricted {
        bytes12 key = referral.customerKey;
        uint256 from = _current[key];
        require(from != 0, Referral_Unknown(key));
        // A word that has not begun is replaced; the one in force is what comes before the new one.
        bool begun = from.effectiveFrom() <= block.timestamp;
        uint256 inForce = begun ? from : _previous[key];
        uint256 earliest = inForce.effectiveFrom() + 1;
        if (earliest < block.timestamp) earliest = block.timestamp;
        require(referral.effectiveFrom >= earliest, Referral_NotForward(key, referral.effectiveFrom, earliest));
        _requireOpen(referral);

        uint256 to = _pack(referral).withLockOf(from);
        if (begun) _previous[key] = from;
        _current[key] = to;

        _record(ReferralReassigned.selector, abi.encode(key, from, to));
    }

    /// @inheritdoc IReferralRegistry
    function lock(bytes12[] calldata customerKeys) external restricted {
        for (uint256 i; i < customerKeys.length; ++i) {
            bytes12 key = customerKeys[i];
            uint256 word = _current[key];
            require(word != 0, Referral_Unknown(key));

            _current[key] = word.locked();
        }

        _record(ReferralsLocked.selector, abi.encode(customerKeys));
    }

    /* VIEWS */

    /// @inheritdoc IReferralRegistry
    function attributionsAt(uint256[] calldata lookups) external view returns (uint256[] memory words) {
        words = new uint256[](lookups.length);
        for (uint256 i; i < lookups.length; ++i) {
            bytes12 key = bytes12(uint96(lookups[i]));
            uint256 paidAt = lookups[i] >> 96;

            uint256 current = _current[key];
            uint256 word = paidAt < current.effectiveFrom() ? _previous[key] : current;
            if (word.isInForce(paidAt)) words[i] = word.withLockOf(current);
        }
    }

    /// @inheritdoc IReferralRegistry
    function wordsOf(bytes12 customerKey) external view returns (uint256 current, uint256 previous) {
        return (_current[customerKey], _previous[customerKey]);
    }

    /* INTERNAL */

    function _requireOpen(Referral calldata referral) private view {
        require(PLANS.isOpen(referral.planId), Referral_PlanNotOpen(referral.customerKey, referral.planId));
    }

    function _pack(Referral calldata referral) private view returns (uint256 word) {
        word = ReferralWord.pack({
            referrer: referral.referrer,
            implementer: referral.implementer,
            trainer: referral.trainer,
            planId_: referral.planId,
            effectiveFrom_: referral.effectiveFrom,
            validTo: referral.validTo
        });
        for (uint256 role; role < 3; ++role) {
            uint256 id = word.partner(role);
            if (id == 0) continue;
            uint256 roles = PARTNERS.rolesOf(id);
            require(roles != 0, Referral_UnknownPartner(referral.customerKey, id));
            require(roles >> role & 1 == 1, Referral_RoleNotHeld(referral.customerKey, id, role));
        }
        require(
            referral.validTo == 0 || referral.validTo > referral.effectiveFrom,
            Referral_EmptyWindow(referral.customerKey, referral.effectiveFrom, referral.validTo)
        );
    }
}
