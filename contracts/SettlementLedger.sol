// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IPartnerRegistry} from "./interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "./interfaces/IPlanRegistry.sol";
import {IReferralRegistry} from "./interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "./interfaces/ISettlementLedger.sol";
import {Phase} from "./interfaces/LedgerTypes.sol";
import {Paying} from "./ledger/Paying.sol";
import {Reversing} from "./ledger/Reversing.sol";
import {Settling} from "./ledger/Settling.sol";
import {Succession} from "./ledger/Succession.sol";

/// @title SettlementLedger
/// @notice The ledger of one currency. Its parts, one concern each, are in `ledger/`.
contract SettlementLedger is Settling, Paying, Reversing, Succession {
    /* CONSTRUCTOR */

    /// @param predecessor The ledger that this one follows; zero when it is the first.
    constructor(
        address authority,
        IPartnerRegistry partners,
        IPlanRegistry plans,
        IReferralRegistry referrals,
        bytes3 currency_,
        address attestor_,
        ISettlementLedger predecessor
    ) AccessManaged(authority) EIP712("Fenrun SettlementLedger", "1") {
        PARTNERS = partners;
        PLANS = plans;
        REFERRALS = referrals;
        PREDECESSOR = predecessor;
        currency = currency_;
        if (address(predecessor) != address(0)) {
            require(
                predecessor.currency() == currency_ && predecessor.PARTNERS() == partners,
                Ledger_BadPredecessor(address(predecessor))
            );
            phase = Phase.Inheriting;
        }
        _setAttestor(attestor_);
    }

    /* GOVERNING */

    /// @inheritdoc ISettlementLedger
    function setAttestor(address to) external restricted {
        _setAttestor(to);
    }

    /* INTERNAL */

    function _setAttestor(address to) private {
        require(to != address(0), Ledger_NoAttestor());
        address from = attestor;
        attestor = to;

        _record(AttestorChanged.selector, abi.encode(from, to));
    }
}
