// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IPartnerRegistry, PayoutDetails} from "contracts/interfaces/IPartnerRegistry.sol";
import {PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";

import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {World} from "../World.sol";

/// @dev What the registry once said of a moment that had passed.
struct Memory {
    bytes12 customer;
    uint256 moment;
    uint256 word;
}

/// @title RegisteringActs
/// @notice Partners, plans and customers.
abstract contract RegisteringActs is World {
    uint256 private constant MOST_PLANS = 8;
    uint256 private constant MOST_MEMORIES = 24;

    Memory[] internal _memories;

    /// @dev Makes each plan another one.
    uint256 private _drafts;

    /* PARTNERS */

    function suspendOrReinstate(uint256 seed) external step {
        uint256 id = 1 + seed % ALL_PARTNERS;
        IPartnerRegistry.Status to = _isActive(id) ? IPartnerRegistry.Status.Suspended : IPartnerRegistry.Status.Active;
        bytes memory call = abi.encodeCall(partners.setStatus, (id, to, bytes32(seed)));
        _do(registrar, address(partners), call, true, Promise.None, "another status");
    }

    /// @dev To one of the partner's wallets.
    function changePayout(uint256 seed) external step {
        uint256 id = FIRST_WALLET + seed % (ALL_PARTNERS - PARTNERS);
        PayoutDetails memory to = PayoutDetails(_newWallet(id, (seed >> 8) % 3), bytes32(seed));
        bytes memory call = abi.encodeCall(partners.changePayout, (id, to));
        _do(registrar, address(partners), call, true, Promise.None, "another wallet");
    }

    function cancelPayoutChange(uint256 seed) external step {
        uint256 id = FIRST_WALLET + seed % (ALL_PARTNERS - PARTNERS);
        bool isWaiting = _partnerBooks[id - 1].changesAt > vm.getBlockTimestamp();
        bytes memory call = abi.encodeCall(partners.cancelPayoutChange, (id));
        address caller = seed >> 255 == 0 ? _walletOf(id) : registrar;
        _do(caller, address(partners), call, isWaiting, Promise.PayoutChangesWait, "calling another wallet off");
    }

    function setRoles(uint256 seed) external step {
        uint256 id = 1 + seed % PARTNERS;
        uint8 roles = uint8(1 + (seed >> 8) % 7);
        bytes memory call = abi.encodeCall(partners.setRoles, (id, roles));
        bool isNew = roles != _partnerBooks[id - 1].roles;
        _do(registrar, address(partners), call, isNew, Promise.WhatIsAllowedSucceeds, "other roles");
    }

    /* PLANS */

    /// @dev A new plan, or one under the id of another.
    function publish(uint256 seed) external step {
        if ((seed >> 240) % 4 != 0) return;
        bool isNew = seed % 2 == 0 && _planBooks.length < MOST_PLANS;
        uint256 planId = isNew ? _planBooks.length + 1 : 1 + (seed >> 8) % _planBooks.length;
        PlanTerms memory terms =
            _terms(_thresholds(uint64(1000 + ++_drafts)), _rates(_row(700, 900)), uint16((seed >> 16) % 30));
        bytes memory call = abi.encodeCall(plans.publishPlan, (planId, terms));
        _doAsGovernor(address(plans), call, isNew, Promise.PlansStand, "publishing a plan");
    }

    function retirePlan(uint256 seed) external step {
        uint256 planId = 2 + seed % (_planBooks.length - 1);
        if (_isRetired[planId] || seed >> 255 == 0) return;
        bytes memory call = abi.encodeCall(plans.retirePlan, (planId));
        _doAsGovernor(address(plans), call, true, Promise.None, "retiring a plan");
    }

    /* CUSTOMERS */

    /// @dev From now on or later, as is allowed; or from a moment that has passed.
    function reassign(uint256 seed) external step {
        Referral memory referral = _randomReferral(seed, _customerKeys[seed % _customerKeys.length]);
        bool isForward = (seed >> 224) % 4 != 0;
        referral.effectiveFrom =
            isForward ? _now() + 1 + uint40((seed >> 128) % 12 days) : _now() - 1 - uint40((seed >> 128) % 30 days);
        if (referral.validTo != 0) referral.validTo = referral.effectiveFrom + 20 days;
        bytes memory call = abi.encodeCall(referrals.reassign, (referral));
        _do(arbiter, address(referrals), call, isForward, Promise.ThePastStands, "reassigning");
    }

    /// @dev A customer that has an attribution; only one that lapsed without an order makes room.
    function registerAgain(uint256 seed) external step {
        bytes12 key = _customerKeys[seed % _customerKeys.length];
        Referral memory referral = _randomReferral(seed, key);
        uint256 validTo = _makesRoomFrom(key);
        referral.effectiveFrom = uint40(validTo) + uint40((seed >> 128) % 12 days);
        if (referral.validTo != 0) referral.validTo = referral.effectiveFrom + 20 days;
        bytes memory call = abi.encodeCall(referrals.registerReferrals, (_list(referral)));
        _do(registrar, address(referrals), call, validTo != 0, Promise.ThePastStands, "registering again");
    }

    /// @dev The end of an attribution that lapsed without an order; zero when there is none.
    function _makesRoomFrom(bytes12 key) private view returns (uint256) {
        uint256 word = _customerBooks[key][_customerBooks[key].length - 1];
        uint256 validTo = uint40(word >> 160);
        return word & LOCKED == 0 && validTo <= vm.getBlockTimestamp() ? validTo : 0;
    }

    /// @dev A partner claims a customer, signed by its wallet or by a stranger's. The last customer is nobody's.
    function claim(uint256 seed) external step {
        bytes12 key = _key(REGISTERED + 1 + seed % (CUSTOMERS - REGISTERED - 1));
        Referral memory referral = _randomReferral(seed, key);
        uint32 claimant = uint32(FIRST_WALLET + (seed >> 8) % (ALL_PARTNERS - PARTNERS));
        (referral.referrer, referral.effectiveFrom) = (claimant, 0);
        if (referral.validTo != 0) referral.validTo = _now() + 20 days;
        uint40 deadline = _now() + 1 hours;
        bytes32 typehash = keccak256(
            "ReferralClaim(bytes12 customerKey,uint32 referrer,uint32 implementer,uint32 trainer,uint24 planId,"
            "uint40 effectiveFrom,uint40 validTo,uint32 claimant,uint40 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typehash, referral, claimant, deadline));
        bool isSigned = (seed >> 16) % 4 != 0;
        bytes32 digest = _typed("Fenrun ReferralRegistry", address(referrals), message);
        bytes memory signature = _sign(isSigned ? _keyOf[_walletOf(claimant)] : STRANGERS_KEY, digest);
        bool isNew = _customerBooks[key].length == 0;
        bytes memory call = abi.encodeCall(referrals.registerClaim, (referral, claimant, deadline, signature));
        _do(
            registrar,
            address(referrals),
            call,
            isSigned && isNew,
            isNew ? Promise.Signed : Promise.ThePastStands,
            "claiming"
        );
    }

    /// @dev Roles may be nobody's or one partner's; every third attribution ends. Who asks sets the beginning.
    function _randomReferral(uint256 seed, bytes12 key) private view returns (Referral memory referral) {
        uint256 planId = 1 + (seed >> 24) % _planBooks.length;
        while (_isRetired[planId]) planId = 1 + planId % _planBooks.length;
        uint256 id = 1 + (seed >> 32) % ALL_PARTNERS;
        return Referral({
            customerKey: key,
            referrer: _inRole(0, id),
            implementer: _inRole(1, (seed >> 64) % (ALL_PARTNERS + 1)),
            trainer: _inRole(2, seed >> 255 == 0 ? (seed >> 96) % (ALL_PARTNERS + 1) : id),
            planId: uint24(planId),
            effectiveFrom: 0,
            validTo: (seed >> 192) % 3 == 0 ? 1 : 0
        });
    }

    /// @dev The partner, if it may hold the role, or else nobody.
    function _inRole(uint256 role, uint256 id) private view returns (uint32) {
        return id != 0 && _partnerBooks[id - 1].roles >> role & 1 == 1 ? uint32(id) : 0;
    }

    /// @dev Writes down what the registry says of a moment that has passed.
    function remember(uint256 seed) external step {
        if (_memories.length == MOST_MEMORIES) return;
        bytes12 key = _customerKeys[seed % _customerKeys.length];
        uint256 moment = vm.getBlockTimestamp() - (seed >> 64) % 60 days;
        uint256 word = uint200(referrals.wordAt(key, moment));
        _keep(Promise.AttributionInForce, word == uint200(_attributionAt(key, moment)), "another one was in force");
        if (word != 0) _memories.push(Memory(key, moment, word));
    }
}
