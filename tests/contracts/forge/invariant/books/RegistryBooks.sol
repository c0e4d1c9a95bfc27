// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IPartnerRegistry, NewPartner, PayoutDetails} from "contracts/interfaces/IPartnerRegistry.sol";
import {IPlanRegistry, PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {IReferralRegistry, Referral} from "contracts/interfaces/IReferralRegistry.sol";

import {Vm, vm} from "../../utils/Vm.sol";
import {Ghosts, Promise} from "../Ghosts.sol";

/// @dev A partner as the logs say.
struct PartnerBook {
    address wallet;
    uint8 roles;
    bool isActive;
    bytes32 payoutRef;
    // What takes their place, and when; zero for never.
    PayoutDetails waiting;
    uint256 changesAt;
}

/// @title RegistryBooks
/// @notice Partners, plans and customers, from the registries' logs alone.
abstract contract RegistryBooks is Ghosts {
    uint256 internal constant LOCKED = 1 << 200;

    PartnerBook[] internal _partnerBooks;
    /// @dev ABI encoding of the terms, by plan id less one.
    bytes[] internal _planBooks;
    mapping(uint256 planId => bool) internal _isRetired;
    /// @dev By version, each as `libraries/ReferralWord` lays it out.
    mapping(bytes12 customerKey => uint256[] words) internal _customerBooks;
    bytes12[] internal _customerKeys;

    /* READING LOGS */

    function _onPartnerLog(Vm.Log memory log) internal {
        if (log.topics[0] == IPartnerRegistry.PartnersRegistered.selector) {
            (uint256 firstId, NewPartner[] memory list) = abi.decode(log.data, (uint256, NewPartner[]));
            _keep(Promise.TheLogsSayIt, firstId == _partnerBooks.length + 1, "partner ids are dense");
            for (uint256 i; i < list.length; ++i) {
                PartnerBook storage book = _partnerBooks.push();
                (book.wallet, book.roles, book.isActive) = (list[i].wallet, list[i].roles, true);
                book.payoutRef = list[i].payoutRef;
            }
        } else if (log.topics[0] == IPartnerRegistry.PartnerStatusChanged.selector) {
            (uint256 id, IPartnerRegistry.Status from, IPartnerRegistry.Status to,) =
                abi.decode(log.data, (uint256, IPartnerRegistry.Status, IPartnerRegistry.Status, bytes32));
            bool wasActive = from == IPartnerRegistry.Status.Active;
            _keep(Promise.TheLogsSayIt, _partnerBooks[id - 1].isActive == wasActive, "a partner's status before");
            _partnerBooks[id - 1].isActive = to == IPartnerRegistry.Status.Active;
        } else if (log.topics[0] == IPartnerRegistry.PartnerRolesChanged.selector) {
            (uint256 id, uint8 from, uint8 to) = abi.decode(log.data, (uint256, uint8, uint8));
            _keep(Promise.TheLogsSayIt, _partnerBooks[id - 1].roles == from, "a partner's roles before");
            _partnerBooks[id - 1].roles = to;
        } else if (log.topics[0] == IPartnerRegistry.PayoutChangeRequested.selector) {
            _onPayoutChange(log.data);
        } else if (log.topics[0] == IPartnerRegistry.PayoutChangeCanceled.selector) {
            (uint256 id,,) = abi.decode(log.data, (uint256, PayoutDetails, address));
            bool isWaiting = _partnerBooks[id - 1].changesAt > vm.getBlockTimestamp();
            _keep(Promise.PayoutChangesWait, isWaiting, "a change was called off that had taken effect");
            _partnerBooks[id - 1].changesAt = 0;
        }
    }

    function _onPayoutChange(bytes memory data) private {
        (uint256 id, PayoutDetails memory from, PayoutDetails memory to, uint256 effectiveAt) =
            abi.decode(data, (uint256, PayoutDetails, PayoutDetails, uint256));
        PartnerBook storage book = _partnerBooks[id - 1];
        PayoutDetails memory present = _payoutOf(id);
        bool isSame = from.wallet == present.wallet && from.payoutRef == present.payoutRef;
        _keep(Promise.TheLogsSayIt, isSame, "a partner's payout details before");
        _keep(Promise.PayoutChangesWait, effectiveAt >= vm.getBlockTimestamp() + 3 days, "a change did not wait");
        (book.wallet, book.payoutRef) = (present.wallet, present.payoutRef);
        (book.waiting, book.changesAt) = (to, effectiveAt);
    }

    function _onPlanLog(Vm.Log memory log) internal {
        if (log.topics[0] == IPlanRegistry.PlanPublished.selector) {
            (uint256 planId, PlanTerms memory terms) = abi.decode(log.data, (uint256, PlanTerms));
            bool isNext = planId == _planBooks.length + 1;
            _keep(Promise.PlansStand, isNext, "a plan was published over another one");
            if (isNext) _planBooks.push(abi.encode(terms));
        } else if (log.topics[0] == IPlanRegistry.PlanRetired.selector) {
            _isRetired[abi.decode(log.data, (uint256))] = true;
        }
    }

    function _onReferralLog(Vm.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == IReferralRegistry.ReferralsRegistered.selector) {
            Referral[] memory list = abi.decode(log.data, (Referral[]));
            for (uint256 i; i < list.length; ++i) {
                _attribute(list[i]);
            }
        } else if (topic == IReferralRegistry.ReferralClaimed.selector) {
            (Referral memory referral,) = abi.decode(log.data, (Referral, uint256));
            _attribute(referral);
        } else if (topic == IReferralRegistry.ReferralReassigned.selector) {
            (bytes12 key, uint256 from, uint256 to) = abi.decode(log.data, (bytes12, uint256, uint256));
            _reattribute(_customerBooks[key], from, to);
        } else if (topic == IReferralRegistry.ReferralsLocked.selector) {
            bytes12[] memory keys = abi.decode(log.data, (bytes12[]));
            for (uint256 i; i < keys.length; ++i) {
                uint256[] storage words = _customerBooks[keys[i]];
                words[words.length - 1] |= LOCKED;
            }
        }
    }

    function _attribute(Referral memory r) private {
        uint256[] storage words = _customerBooks[r.customerKey];
        if (words.length == 0) _customerKeys.push(r.customerKey);
        words.push(
            uint256(r.referrer) | uint256(r.implementer) << 32 | uint256(r.trainer) << 64 | uint256(r.planId) << 96
                | uint256(r.effectiveFrom) << 120 | uint256(r.validTo) << 160 | words.length << 201
        );
    }

    function _reattribute(uint256[] storage words, uint256 from, uint256 to) private {
        _keep(Promise.TheLogsSayIt, from == words[words.length - 1], "a customer's word before");
        // One that had not begun is replaced; the version says so.
        if (uint16(to >> 201) == words.length) words.push(to);
        else words[words.length - 1] = to;
    }

    /* WHAT THEY ADD UP TO */

    function _isPartner(uint256 id) internal view returns (bool) {
        return id != 0 && id <= _partnerBooks.length;
    }

    function _isActive(uint256 id) internal view returns (bool) {
        return _isPartner(id) && _partnerBooks[id - 1].isActive;
    }

    /// @dev The payout details in force.
    function _payoutOf(uint256 id) internal view returns (PayoutDetails memory) {
        PartnerBook storage book = _partnerBooks[id - 1];
        bool isChanged = book.changesAt != 0 && book.changesAt <= vm.getBlockTimestamp();
        return isChanged ? book.waiting : PayoutDetails(book.wallet, book.payoutRef);
    }

    function _walletOf(uint256 id) internal view returns (address) {
        return _isPartner(id) ? _payoutOf(id).wallet : address(0);
    }

    function _termsOf(uint256 planId) internal view returns (PlanTerms memory) {
        return abi.decode(_planBooks[planId - 1], (PlanTerms));
    }

    /// @dev The attribution that was in force at a moment, zero for none: the last one that had begun, unless over.
    function _attributionAt(bytes12 key, uint256 moment) internal view returns (uint256 word) {
        uint256[] storage words = _customerBooks[key];
        for (uint256 i = words.length; i > 0; --i) {
            word = words[i - 1];
            if (uint40(word >> 120) > moment) continue;
            uint256 validTo = uint40(word >> 160);
            return validTo == 0 || moment < validTo ? word : 0;
        }
        return 0;
    }
}
