// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Journal} from "./Journal.sol";
import {IPartnerRegistry, NewPartner} from "./interfaces/IPartnerRegistry.sol";
import {PartnerWord} from "./libraries/PartnerWord.sol";

/// @title PartnerRegistry
/// @notice Who can earn.
contract PartnerRegistry is IPartnerRegistry, Journal, AccessManaged {
    using PartnerWord for uint256;

    /* STORAGE */

    /// @inheritdoc IPartnerRegistry
    uint256 public count;

    mapping(uint256 partnerId => uint256 word) private _words;
    mapping(uint256 partnerId => bytes32 payoutRef) private _payoutRefs;

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

    /* VIEWS */

    /// @inheritdoc IPartnerRegistry
    function partnerOf(uint256 partnerId)
        external
        view
        returns (address wallet, uint8 roles, Status status, bytes32 payoutRef)
    {
        uint256 word = _words[partnerId];
        return (word.wallet(), word.roles(), Status(word.status()), _payoutRefs[partnerId]);
    }

    /// @inheritdoc IPartnerRegistry
    function rolesOf(uint256 partnerId) external view returns (uint8) {
        return _words[partnerId].roles();
    }

    /// @inheritdoc IPartnerRegistry
    function statusOf(uint256 partnerId) public view returns (Status) {
        return Status(_words[partnerId].status());
    }
}
