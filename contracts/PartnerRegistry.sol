// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Journal} from "./Journal.sol";
import {IPartnerRegistry, NewPartner, PayoutDetails} from "./interfaces/IPartnerRegistry.sol";
import {PartnerWord} from "./libraries/PartnerWord.sol";

/// @title PartnerRegistry
/// @notice Who can earn.
contract PartnerRegistry is IPartnerRegistry, Journal, AccessManaged {
    using PartnerWord for uint256;

    /* CONSTANTS */

    /// @inheritdoc IPartnerRegistry
    uint256 public constant PAYOUT_CHANGE_DELAY = 3 days;

    /* STORAGE */

    /// @inheritdoc IPartnerRegistry
    uint256 public count;

    mapping(uint256 partnerId => uint256 word) private _words;
    mapping(uint256 partnerId => bytes32 payoutRef) private _payoutRefs;
    mapping(uint256 partnerId => PayoutDetails) private _waiting;

    /* CONSTRUCTOR */

    constructor(address authority) AccessManaged(authority) {}

    /* REGISTRATION */

    /// @inheritdoc IPartnerRegistry
    function registerPartners(uint256 firstId, NewPartner[] calldata partners) external restricted {
        require(firstId == count + 1, Partner_NotNext(firstId, count + 1));

        for (uint256 i; i < partners.length; ++i) {
            NewPartner calldata partner = partners[i];
            require(PartnerWord.areRoles(partner.roles), Partner_BadRoles(i, partner.roles));

            _words[firstId + i] = PartnerWord.pack(partner.wallet, partner.roles, uint8(Status.Active));
            // Most partners have no bank details yet; a zero is not written.
            if (partner.payoutRef != 0) _payoutRefs[firstId + i] = partner.payoutRef;
        }
        count += partners.length;

        _record(PartnersRegistered.selector, abi.encode(firstId, partners));
    }

    /// @inheritdoc IPartnerRegistry
    function setStatus(uint256 partnerId, Status status, bytes32 reason) external restricted {
        Status from = statusOf(partnerId);
        require(from != Status.Unknown, Partner_Unknown(partnerId));
        require(status != Status.Unknown && status != from, Partner_BadStatus(partnerId, status));

        _words[partnerId] = _words[partnerId].withStatus(uint8(status));

        _record(PartnerStatusChanged.selector, abi.encode(partnerId, from, status, reason));
    }

    /// @inheritdoc IPartnerRegistry
    function setRoles(uint256 partnerId, uint8 roles) external restricted {
        uint256 word = _words[partnerId];
        uint8 from = word.roles();
        require(from != 0, Partner_Unknown(partnerId));
        require(PartnerWord.areRoles(roles) && roles != from, Partner_BadRoles(partnerId, roles));

        _words[partnerId] = word.withRoles(roles);

        _record(PartnerRolesChanged.selector, abi.encode(partnerId, from, roles));
    }

    /* PAYOUT DETAILS */

    /// @inheritdoc IPartnerRegistry
    function changePayout(uint256 partnerId, PayoutDetails calldata to) external restricted {
        require(statusOf(partnerId) != Status.Unknown, Partner_Unknown(partnerId));
        PayoutDetails memory from = _payoutOf(partnerId);

        uint256 effectiveAt = block.timestamp + PAYOUT_CHANGE_DELAY;
        _words[partnerId] = _words[partnerId].withWallet(from.wallet).withChangesAt(effectiveAt);
        _payoutRefs[partnerId] = from.payoutRef;
        _waiting[partnerId] = to;

        _record(PayoutChangeRequested.selector, abi.encode(partnerId, from, to, effectiveAt));
    }

    /// @inheritdoc IPartnerRegistry
    function cancelPayoutChange(uint256 partnerId) external {
        uint256 word = _words[partnerId];
        if (msg.sender != word.wallet()) _checkCanCall(msg.sender, msg.data);
        require(word.changesAt() > block.timestamp, Partner_NothingWaiting(partnerId));

        _words[partnerId] = word.withChangesAt(0);
        PayoutDetails memory canceled = _waiting[partnerId];
        delete _waiting[partnerId];

        _record(PayoutChangeCanceled.selector, abi.encode(partnerId, canceled, msg.sender));
    }

    /* VIEWS */

    /// @inheritdoc IPartnerRegistry
    function partnerOf(uint256 partnerId)
        external
        view
        returns (address wallet, uint8 roles, Status status, bytes32 payoutRef)
    {
        uint256 word = _words[partnerId];
        PayoutDetails memory payout = _payoutOf(partnerId);
        return (payout.wallet, word.roles(), Status(word.status()), payout.payoutRef);
    }

    /// @inheritdoc IPartnerRegistry
    function waitingOf(uint256 partnerId) external view returns (PayoutDetails memory to, uint256 effectiveAt) {
        effectiveAt = _words[partnerId].changesAt();
        if (effectiveAt <= block.timestamp) return (to, 0);
        to = _waiting[partnerId];
    }

    /// @inheritdoc IPartnerRegistry
    function rolesOf(uint256 partnerId) external view returns (uint8) {
        return _words[partnerId].roles();
    }

    /// @inheritdoc IPartnerRegistry
    function statusOf(uint256 partnerId) public view returns (Status) {
        return Status(_words[partnerId].status());
    }

    /* INTERNAL */

    /// @dev The details in force: those that waited take effect by themselves.
    function _payoutOf(uint256 partnerId) private view returns (PayoutDetails memory) {
        uint256 word = _words[partnerId];
        uint256 changesAt = word.changesAt();
        if (changesAt != 0 && changesAt <= block.timestamp) return _waiting[partnerId];
        return PayoutDetails(word.wallet(), _payoutRefs[partnerId]);
    }
}
