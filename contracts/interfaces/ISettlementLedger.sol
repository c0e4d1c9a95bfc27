// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";
import {IPartnerRegistry} from "./IPartnerRegistry.sol";
import {IPlanRegistry} from "./IPlanRegistry.sol";
import {IReferralRegistry} from "./IReferralRegistry.sol";

/// @notice A held credit whose release day has come.
/// @param partnerId Whose.
/// @param releaseDay The first UTC day (since 1970) on which it may be paid.
struct Release {
    uint32 partnerId;
    uint24 releaseDay;
}

/// @notice A matured credit: what left `held`, what of it repaid debt, and the partner's balance word after it.
struct Maturity {
    uint32 partnerId;
    uint24 releaseDay;
    uint96 amount;
    uint96 debtRepaid;
    uint256 balance;
}

/// @notice A payment on the bank rail.
/// @param payoutNo Chosen by the payer, used once: sending it again changes nothing.
/// @param partnerId Who is paid.
/// @param gross What leaves the partner's balance, in minor units.
/// @param withheld The part of it that goes to the tax office.
/// @param bankRef HMAC of the bank's reference.
struct Payout {
    uint48 payoutNo;
    uint32 partnerId;
    uint80 gross;
    uint80 withheld;
    bytes32 bankRef;
}

/// @notice Why an order or a payout was left out. It can be sent again once the cause is gone, but for `Duplicate`.
enum Skip {
    None,
    Duplicate,
    NoReferral,
    Suspended,
    Insufficient,
    UnknownPartner
}

/// @notice An order or payout that was left out of a call, and why.
struct Skipped {
    uint48 number;
    Skip reason;
}

/// @title ISettlementLedger
/// @notice The ledger of one currency: batches of orders become shares, shares become held credits, held credits
/// mature, what is available is paid. Credits are records, never a token; this contract holds no money.
///
/// Amounts are integer minor units of {currency}. Days and months are UTC, those of the block.
///
/// Tier of an order: how many thresholds of its own plan the partner's volume of the month before has reached. Volume
/// is the sum of the bases of the orders in which the partner has a share above zero, each counted once, all plans of
/// this ledger together. Neither the order inside a month nor a later refund changes a tier.
interface ISettlementLedger is IJournal {
    /* ERRORS */

    /// @notice Thrown when the batch is empty or not a whole number of records.
    error Ledger_BadLength(uint256 length);

    /// @notice Thrown when an order has the number zero, no base, or a kind that does not exist.
    error Ledger_BadOrder(uint256 orderNo);

    /// @notice Thrown when the attestation is no longer valid.
    error Ledger_AttestationExpired(uint256 deadline, uint256 at);

    /// @notice Thrown when the attestor did not sign these orders.
    error Ledger_BadAttestation(bytes32 ordersHash, address attestor);

    /// @notice Thrown when a credit is not yet due.
    error Ledger_NotMatured(uint256 partnerId, uint256 releaseDay, uint256 today);

    /// @notice Thrown when a payout has the number zero, pays nothing, or withholds more than it pays.
    error Ledger_BadPayout(uint256 payoutNo, uint256 gross, uint256 withheld);

    /// @notice Thrown when the attestor would be nobody.
    error Ledger_NoAttestor();

    /* EVENTS */

    /// @notice Emitted when a batch is settled.
    /// @param batchId Dense, from 1.
    /// @param day UTC day since 1970 of the settling block.
    /// @param root Merkle root over the leaves; see `libraries/MerkleTree`.
    /// @param leaves The settled orders, 128 bytes each; see `libraries/OrderCodec`.
    /// @param skipped The orders that were left out.
    event BatchSettled(
        uint256 indexed seq, uint256 batchId, uint256 day, bytes32 root, bytes leaves, Skipped[] skipped
    );

    /// @notice Emitted when held credits became available.
    event CreditsMatured(uint256 indexed seq, Maturity[] maturities);

    /// @notice Emitted when payments on the bank rail were recorded.
    /// @param balances The payees' balance words afterwards, in the order of the payouts.
    event PayoutsRecorded(uint256 indexed seq, Payout[] payouts, uint256[] balances, Skipped[] skipped);

    /// @notice Emitted when another key attests orders.
    event AttestorChanged(uint256 indexed seq, address from, address to);

    /* FUNCTIONS */

    /// @notice Settles a batch of orders.
    ///
    /// Notes: an order number counts once; a duplicate and an order without attribution are left out, which the event
    /// says, and disturb nobody else. Malformed orders and a bad attestation revert the batch.
    ///
    /// Emits {BatchSettled}.
    ///
    /// Requirements: the caller is an OPERATOR; the attestor signed `OrderBatch(bytes32 ordersHash,uint40 deadline)`
    /// (EIP-712; a contract may sign by ERC-1271) and the deadline has not passed.
    /// @param orders Records of 64 bytes; see `libraries/OrderCodec`.
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        returns (uint256 batchId);

    /// @notice Makes held credits available, first repaying the partner's debt. Anyone may call.
    ///
    /// Notes: a release with nothing held is passed over.
    ///
    /// Emits {CreditsMatured}.
    ///
    /// Requirements: every release day has come.
    function mature(Release[] calldata releases) external;

    /// @notice Records payments on the bank rail.
    ///
    /// Notes: a payout number counts once, whatever comes with it: whether a duplicate is the same payment, {payoutOf}
    /// says. A payee that is unknown, suspended or has too little available is left out, which the event says, and
    /// disturbs nobody else.
    ///
    /// Emits {PayoutsRecorded}.
    ///
    /// Requirements: the caller is a TREASURER; every payout is well formed.
    function recordPayouts(Payout[] calldata payouts) external;

    /// @notice Lets another key attest orders.
    ///
    /// Emits {AttestorChanged}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay.
    function setAttestor(address to) external;

    /// @notice ISO 4217 code of the currency, left-aligned.
    function currency() external view returns (bytes3);

    /// @notice Who attests orders.
    function attestor() external view returns (address);

    /// @notice How many batches were settled, which is also the last id.
    function batchCount() external view returns (uint256);

    /// @notice The Merkle root of a batch; zero when it settled nothing.
    function rootOf(uint256 batchId) external view returns (bytes32);

    /// @notice Whether an order number was settled.
    function isSettled(uint256 orderNo) external view returns (bool);

    /// @notice The partner's volumes as written at its last credited order: of that order's month and of the month
    /// before it. `month` as in `libraries/Calendar`.
    function volumeOf(uint256 partnerId) external view returns (uint256 month, uint256 current, uint256 before);

    /// @notice What is held for a partner until a day, of which `frozen` waits for a ruling.
    function heldOf(uint256 partnerId, uint256 releaseDay) external view returns (uint256 held, uint256 frozen);

    /// @notice The partner's balance beyond what is held.
    function balanceOf(uint256 partnerId) external view returns (uint256 available, uint256 debt, uint256 frozen);

    /// @notice The payout of a number; no partner when there is none.
    function payoutOf(uint256 payoutNo) external view returns (uint256 partnerId, uint256 gross, uint256 withheld);
}
