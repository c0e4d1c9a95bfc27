// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Journal} from "./Journal.sol";
import {IPartnerRegistry} from "./interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReferralRegistry, Referral} from "./interfaces/IReferralRegistry.sol";
import {OrderCodec} from "./libraries/OrderCodec.sol";
import {ReferralWord} from "./libraries/ReferralWord.sol";

/// @title ReferralRegistry
/// @notice Attribution of customers to partners.
contract ReferralRegistry is IReferralRegistry, Journal, AccessManaged, EIP712 {
    using OrderCodec for uint256;
    using ReferralWord for uint256;

    /* CONSTANTS */

    bytes32 private constant CLAIM_TYPEHASH = keccak256(
        "ReferralClaim(bytes12 customerKey,uint32 referrer,uint32 implementer,uint32 trainer,uint24 planId,"
        "uint40 effectiveFrom,uint40 validTo,uint32 claimant,uint40 deadline)"
    );

    /* IMMUTABLES */

    /// @inheritdoc IReferralRegistry
    IPartnerRegistry public immutable PARTNERS;

    /// @inheritdoc IReferralRegistry
    IPlanRegistry public immutable PLANS;

    /* STORAGE */

    mapping(bytes12 customerKey => uint256 word) private _current;
    mapping(bytes12 customerKey => mapping(uint256 version => uint256 word)) private _earlier;

    /* CONSTRUCTOR */

    constructor(address authority, IPartnerRegistry partners, IPlanRegistry plans)
        AccessManaged(authority)
        EIP712("Fenrun ReferralRegistry", "1")
    {
        PARTNERS = partners;
        PLANS = plans;
    }

    /* REGISTRATION */

    /// @inheritdoc IReferralRegistry
    function registerReferrals(Referral[] calldata referrals) external restricted {
        uint256 openPlan;
        for (uint256 i; i < referrals.length; ++i) {
            // Neighbours mostly share a plan: ask once for a run of them.
            if (i == 0 || referrals[i].planId != openPlan) {
                _requireOpen(referrals[i]);
                openPlan = referrals[i].planId;
            }
            _register(referrals[i]);
        }

        _record(ReferralsRegistered.selector, abi.encode(referrals));
    }

    /// @inheritdoc IReferralRegistry
    function registerClaim(Referral calldata referral, uint32 claimant, uint40 deadline, bytes calldata signature)
        external
        restricted
    {
        bytes12 key = referral.customerKey;
        require(
            claimant != 0
                && (claimant == referral.referrer || claimant == referral.implementer || claimant == referral.trainer),
            Referral_NotClaimants(key, claimant)
        );
        require(block.timestamp <= deadline, Referral_ClaimExpired(key, deadline, block.timestamp));
        (address wallet,,,) = PARTNERS.partnerOf(claimant);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, referral, claimant, deadline)));
        require(
            wallet != address(0) && SignatureChecker.isValidSignatureNowCalldata(wallet, digest, signature),
            Referral_BadClaim(key, claimant)
        );
        _requireOpen(referral);
        _register(referral);

        _record(ReferralClaimed.selector, abi.encode(referral, claimant));
    }

    /// @inheritdoc IReferralRegistry
    function reassign(Referral calldata referral) external restricted {
        bytes12 key = referral.customerKey;
        uint256 from = _current[key];
        require(from != 0, Referral_Unknown(key));
        uint256 version = from.version();
        // A word that has not begun is replaced; the one in force is what comes before the new one.
        bool begun = from.effectiveFrom() <= block.timestamp;
        uint256 inForce = begun ? from : version == 0 ? 0 : _earlier[key][version - 1];
        uint256 earliest = inForce.effectiveFrom() + 1;
        if (earliest < block.timestamp) earliest = block.timestamp;
        require(referral.effectiveFrom >= earliest, Referral_NotForward(key, referral.effectiveFrom, earliest));
        _requireOpen(referral);

        if (begun) _earlier[key][version++] = from;
        require(version <= type(uint16).max, Referral_TooManyVersions(key));
        uint256 to = _pack(referral).asVersion(version).withLockOf(from);
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
    function attributionsOf(bytes calldata orders) external view returns (bytes memory words) {
        uint256 count = orders.length / OrderCodec.RECORD_BYTES;
        words = new bytes(32 * count);
        for (uint256 i; i < count; ++i) {
            (uint256 order,) = OrderCodec.recordAt(orders, i);
            uint256 word = _current[order.customerKey()];
            // Orders that are settled late may be of an earlier version.
            if (!word.covers(order.paidAt())) word = wordAt(order.customerKey(), order.paidAt());
            ReferralWord.put(words, i, word);
        }
    }

    /// @inheritdoc IReferralRegistry
    function wordAt(bytes12 customerKey, uint256 moment) public view returns (uint256) {
        uint256 current = _current[customerKey];
        uint256 word = current;
        while (moment < word.effectiveFrom() && word.version() != 0) {
            word = _earlier[customerKey][word.version() - 1];
        }
        return word.covers(moment) ? word.withLockOf(current) : 0;
    }

    /// @inheritdoc IReferralRegistry
    function wordOf(bytes12 customerKey) external view returns (uint256) {
        return _current[customerKey];
    }

    /// @inheritdoc IReferralRegistry
    function wordOfVersion(bytes12 customerKey, uint256 version) external view returns (uint256) {
        uint256 current = _current[customerKey];
        return version == current.version() ? current : _earlier[customerKey][version];
    }

    /* INTERNAL */

    /// @dev The first touch wins, unless it lapsed before any order was settled.
    function _register(Referral calldata referral) private {
        bytes12 key = referral.customerKey;
        uint256 from = _current[key];
        uint256 word = _pack(referral);
        if (from != 0) {
            bool lapsed = !from.isLocked() && from.validTo() != 0 && from.validTo() <= block.timestamp;
            require(lapsed, Referral_AlreadyRegistered(key));
            require(
                referral.effectiveFrom >= from.validTo(),
                Referral_NotForward(key, referral.effectiveFrom, from.validTo())
            );
            require(from.version() < type(uint16).max, Referral_TooManyVersions(key));

            _earlier[key][from.version()] = from;
            word = word.asVersion(from.version() + 1);
        }
        _current[key] = word;
    }

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
            validTo_: referral.validTo
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
