// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";
import {ILedgerErrors} from "./ILedgerErrors.sol";
import {IPartnerRegistry} from "./IPartnerRegistry.sol";
import {IPlanRegistry} from "./IPlanRegistry.sol";
import {IReferralRegistry} from "./IReferralRegistry.sol";
import {
    Adjustment,
    Clawback,
    Inheritance,
    Maturity,
    Payout,
    Phase,
    ProvenOrder,
    Release,
    Resolution,
    Ruling,
    Skipped,
    Word
} from "./LedgerTypes.sol";

/// @title ISettlementLedger
/// @notice The ledger of one currency: batches of orders become shares, shares become held credits, held credits
/// mature, what is available is paid. Credits are records, never a token; this contract holds no money.
///
/// Amounts are integer minor units of {currency}. Days and months are UTC, those of the block.
///
/// Share of a role: `floor(base × rate)`; what is left over stays with the house. When the rates that apply to an order
/// add up to the whole of it, nothing is left over: the units that flooring lost go to the largest remainders, the
/// lower role first.
///
/// Tier of an order: how many thresholds of its own plan the partner's volume of the month before has reached. Volume
/// is the sum of the bases of the orders in which the partner has a share above zero, each counted once, all plans of
/// this ledger together. Neither the order inside a month nor a later refund changes a tier.
///
/// A clawback takes what is frozen of the same share, then what is held until the share's release day, then what is
/// available; the rest becomes debt, which later credits repay first. Nobody has money available and debt.
interface ISettlementLedger is IJournal, ILedgerErrors {
    /* EVENTS */

    /// @notice Emitted when a batch is settled. It adds every share to what is held for its partner until the release
    /// day, and the base to the volume of every partner who has a share above zero.
    /// @param batchId Dense, from 1.
    /// @param day UTC day since 1970 of the settling block.
    /// @param root Merkle root over the leaves; see `libraries/MerkleTree`.
    /// @param leaves The settled orders, 96 bytes each; see `libraries/OrderCodec`.
    /// @param skipped The orders that were left out.
    event BatchSettled(
        uint256 indexed seq, uint256 batchId, uint256 day, bytes32 root, bytes leaves, Skipped[] skipped
    );

    /// @notice Emitted when an order was refunded, in part or whole.
    /// @param from The sum of the order's refunds before, `to` after.
    /// @param clawbacks What each partner gave back, by role; those that gave nothing are left out.
    event OrderRefunded(
        uint256 indexed seq, uint256 orderNo, bytes32 refundRef, uint256 from, uint256 to, Clawback[] clawbacks
    );

    /// @notice Emitted when held credits became available.
    event CreditsMatured(uint256 indexed seq, Maturity[] maturities);

    /// @notice Emitted when payments on the bank rail were recorded.
    /// @param balances The payees' balance words afterwards, in the order of the payouts.
    event PayoutsRecorded(uint256 indexed seq, Payout[] payouts, uint256[] balances, Skipped[] skipped);

    /// @notice Emitted when a payment came back.
    event PayoutReturned(
        uint256 indexed seq,
        uint256 payoutNo,
        uint256 partnerId,
        uint256 gross,
        uint256 debtRepaid,
        uint256 balance,
        bytes32 reason
    );

    /// @notice Emitted when a payment on the token rail left.
    event WithdrawalRecorded(uint256 indexed seq, uint256 partnerId, uint256 amount, uint256 balance);

    /// @notice Emitted when a balance was corrected by hand.
    /// @param fromDebt The partner's debt before; the balance word afterwards says the rest.
    event BalanceAdjusted(
        uint256 indexed seq,
        Adjustment adjustment,
        address requestedBy,
        address approvedBy,
        uint256 fromDebt,
        uint256 balance
    );

    /// @notice Emitted when debt was forgiven.
    event DebtWrittenOff(uint256 indexed seq, uint256 partnerId, uint256 amount, uint256 balance, bytes32 reason);

    /// @notice Emitted when a share waits for a ruling.
    /// @param share The share's word; see `libraries/OrderWords`.
    event ShareFrozen(
        uint256 indexed seq,
        uint256 orderNo,
        uint256 role,
        uint256 partnerId,
        uint256 fromHeld,
        uint256 fromAvailable,
        uint256 balance,
        uint256 share
    );

    /// @notice Emitted when a ruling was carried out.
    /// @param clawback What the partner gave up; when the ruling is `Keep`, nothing: what was frozen is given back.
    event ShareResolved(uint256 indexed seq, Resolution resolution, Clawback clawback);

    /// @notice Emitted when another key attests orders.
    event AttestorChanged(uint256 indexed seq, address from, address to);

    /// @notice Emitted when the ledger is opened, paused, unpaused or retired.
    event PhaseChanged(uint256 indexed seq, Phase from, Phase to, address successor);

    /// @notice Emitted when accounts of the predecessor were taken over, those of partners `firstId` and following.
    /// @param toInherit How many partners are left.
    /// At zero the ledger is open.
    /// @param batchCount What the ledger goes on from, as `owed`.
    event AccountsInherited(
        uint256 indexed seq,
        uint256 firstId,
        Inheritance[] accounts,
        uint256 toInherit,
        uint256 batchCount,
        uint256 owed
    );

    /// @notice Emitted when held credits of the predecessor were taken over.
    event CreditsInherited(uint256 indexed seq, Release[] releases, uint256[] amounts);

    /* SETTLING */

    /// @notice Settles a batch of orders.
    ///
    /// Notes: an order number counts once; a duplicate, an order without attribution and one that is paid later than
    /// now are left out, which the event says, and disturb nobody else. Malformed orders and a bad attestation revert
    /// the batch.
    ///
    /// Emits {BatchSettled}.
    ///
    /// Requirements: the caller is an OPERATOR; the ledger is open; the attestor signed
    /// `OrderBatch(bytes32 ordersHash,uint40 deadline)` (EIP-712; a contract may sign by ERC-1271) and the deadline has
    /// not passed.
    /// @param orders Records of 48 bytes; see `libraries/OrderCodec`.
    /// @return batchId The batch's id. @return credited The sum of all shares.
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        returns (uint256 batchId, uint256 credited);

    /// @notice Refunds an order, in part or whole: each share goes back in proportion.
    ///
    /// Notes: `refunded` is the sum of the order's refunds, this one included, so that sending it twice changes nothing.
    /// Of a share `s` of base `b`, refunds from `r0` to `r1` take back `floor(s·r1/b) − floor(s·r0/b)`: a series of
    /// refunds that ends at `b` takes back exactly `s`. The share is the one that was credited; live rates are not read.
    ///
    /// Emits {OrderRefunded}.
    ///
    /// Requirements: the caller is a REFUNDER; the ledger is open; the proof holds; `refunded` is above what was
    /// refunded before and at most the base.
    /// @param refundRef HMAC of the refund's id in the CRM.
    function refund(ProvenOrder calldata order, uint64 refunded, bytes32 refundRef) external;

    /// @notice Makes held credits available, first repaying the partner's debt. Anyone may call.
    ///
    /// Notes: a release with nothing held is passed over; when nothing at all is held, nothing is emitted.
    ///
    /// Emits {CreditsMatured}.
    ///
    /// Requirements: every release day has come; the ledger is open or paused.
    function mature(Release[] calldata releases) external;

    /* PAYING */

    /// @notice Records payments on the bank rail.
    ///
    /// Notes: a payout number counts once, whatever comes with it: whether a duplicate is the same payment, {payoutOf}
    /// says. A payee that is unknown, suspended or has too little available is left out, which the event says, and
    /// disturbs nobody else.
    ///
    /// Emits {PayoutsRecorded}.
    ///
    /// Requirements: the caller is a TREASURER; the ledger is open; every payout is well formed.
    function recordPayouts(Payout[] calldata payouts) external;

    /// @notice Takes back a payment that the bank sent back: the whole of it, tax included, is credited again, first
    /// repaying debt.
    ///
    /// Emits {PayoutReturned}.
    ///
    /// Requirements: the caller is a TREASURER; the ledger is open; the payout exists and has not come back before.
    /// @param reason Hash of the bank's reason.
    function returnPayout(uint256 payoutNo, bytes32 reason) external;

    /// @notice Records a payment on the token rail. A pause does not stop it: it would stop partners' own withdrawals.
    ///
    /// Emits {WithdrawalRecorded}.
    ///
    /// Requirements: the caller is a VAULT; the ledger is open or paused; the partner is active and has as much
    /// available.
    function recordWithdrawal(uint256 partnerId, uint256 amount) external;

    /// @notice Corrects a balance by hand. A credit repays debt first; a debit takes what is available, the rest
    /// becomes debt.
    ///
    /// Emits {BalanceAdjusted}.
    ///
    /// Requirements: the caller is a TREASURER; another TREASURER signed
    /// `Adjustment(uint48 adjustmentNo,uint32 partnerId,int80 amount,bytes32 reason,uint40 deadline)` (EIP-712; a
    /// contract may sign by ERC-1271), whose deadline has not passed; the ledger is open; the number is new; the
    /// partner exists.
    function adjust(Adjustment calldata adjustment, address approver, bytes calldata approval) external;

    /// @notice Forgives debt.
    ///
    /// Emits {DebtWrittenOff}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay; the ledger is open; as much is owed.
    /// @param reason Hash of the reason.
    function writeOffDebt(uint256 partnerId, uint256 amount, bytes32 reason) external;

    /* DISPUTES */

    /// @notice Sets a share aside until a ruling: what is left of it is taken from what is held until its release day,
    /// then from what is available. What was paid already cannot be frozen.
    ///
    /// Emits {ShareFrozen}.
    ///
    /// Requirements: the caller is a COURT; the ledger is open; the proof holds; something is left of the share; it was
    /// not disputed before.
    /// @return partnerId Who has the share.
    function freeze(ProvenOrder calldata order, uint256 role) external returns (uint256 partnerId);

    /// @notice Carries out a ruling over a frozen share.
    ///
    /// Notes: `Keep` gives what is frozen back to the partner. `Reverse` claws back what is left of the share; nobody
    /// has it then. `Transfer` claws it back and credits another partner with it; later refunds take it from that one.
    /// What is given is held until the release day, or credited at once when that day has come.
    ///
    /// Emits {ShareResolved}.
    ///
    /// Requirements: the caller is a COURT; the ledger is open or paused; the share is frozen; who receives it exists.
    /// @param to Who receives the share; read only when the ruling is `Transfer`.
    function resolve(uint256 orderNo, uint256 role, Ruling ruling, uint256 to) external;

    /* GOVERNING */

    /// @notice Lets another key attest orders.
    ///
    /// Emits {AttestorChanged}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay.
    function setAttestor(address to) external;

    /// @notice Stops settling, refunds, payouts, adjustments and new disputes. Credits still mature, disputes still
    /// end, partners still withdraw.
    ///
    /// Emits {PhaseChanged}.
    ///
    /// Requirements: the caller is a PAUSER; the ledger is open.
    function pause() external;

    /// @notice Ends a pause.
    ///
    /// Emits {PhaseChanged}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay; the ledger is paused.
    function unpause() external;

    /// @notice Closes this ledger for good, in favour of a successor that takes over what it says. From then on
    /// nothing here changes.
    ///
    /// Emits {PhaseChanged}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay; the ledger is open or paused; no share is
    /// frozen; the successor names this ledger as its predecessor.
    function retire(ISettlementLedger to) external;

    /// @notice Takes over the accounts of the next partners from the retired predecessor. Anyone may call; the ledger
    /// opens when none is left.
    ///
    /// Emits {AccountsInherited}.
    ///
    /// Requirements: the predecessor is retired in favour of this ledger; accounts are left.
    /// @param most How many partners at the most.
    function inheritAccounts(uint256 most) external;

    /// @notice Takes over held credits from the retired predecessor. Anyone may call, at any time before they mature.
    ///
    /// Notes: those that were taken over before, and those with nothing held, are passed over.
    ///
    /// Emits {CreditsInherited}.
    ///
    /// Requirements: the predecessor is retired in favour of this ledger; this one is not retired.
    function inheritCredits(Release[] calldata releases) external;

    /* VIEWS */

    /// @notice The registries that this ledger reads, and the ledger that it follows; zero when it is the first.
    function PARTNERS() external view returns (IPartnerRegistry);

    /// @notice See {PARTNERS}.
    function PLANS() external view returns (IPlanRegistry);

    /// @notice See {PARTNERS}.
    function REFERRALS() external view returns (IReferralRegistry);

    /// @notice See {PARTNERS}.
    function PREDECESSOR() external view returns (ISettlementLedger);

    /// @notice The ledger that took over from this one; zero while it is not retired.
    function successor() external view returns (ISettlementLedger);

    /// @notice ISO 4217 code of the currency, left-aligned.
    function currency() external view returns (bytes3);

    /// @notice Who attests orders.
    function attestor() external view returns (address);

    /// @notice Whether the ledger is open, paused, still inheriting, or retired.
    function phase() external view returns (Phase);

    /// @notice The sum of all that is held, available and frozen.
    function owed() external view returns (uint256);

    /// @notice How many batches were settled, those of predecessors included; also the last id.
    function batchCount() external view returns (uint256);

    /// @notice How many shares wait for a ruling.
    function frozenShares() external view returns (uint256);

    /// @notice The Merkle root of a batch, those of predecessors included; zero when it settled nothing.
    function rootOf(uint256 batchId) external view returns (bytes32);

    /// @notice Whether an order number was settled, here or by a predecessor.
    function isSettled(uint256 orderNo) external view returns (bool);

    /// @notice The partner's volumes as written at its last credited order: of that order's month and of the month
    /// before it. `month` as in `libraries/Calendar`.
    function volumeOf(uint256 partnerId) external view returns (uint256 month, uint256 current, uint256 before);

    /// @notice What is held for a partner until a day. Of a predecessor's only what was taken over.
    function heldOf(uint256 partnerId, uint256 releaseDay) external view returns (uint256 held);

    /// @notice The partner's balance beyond what is held.
    function balanceOf(uint256 partnerId) external view returns (uint256 available, uint256 debt, uint256 frozen);

    /// @notice The payout of a number; no partner when there is none.
    function payoutOf(uint256 payoutNo)
        external
        view
        returns (uint256 partnerId, uint256 gross, uint256 withheld, bool returned);

    /// @notice The sum of an order's refunds.
    function refundedOf(uint256 orderNo) external view returns (uint256);

    /// @notice A disputed share: who has it now (zero for nobody), and what of it is frozen. All zero when it was never
    /// disputed.
    function shareOf(uint256 orderNo, uint256 role)
        external
        view
        returns (uint256 partnerId, uint256 frozen, bool isFrozen, bool isDisputed);

    /// @notice A word of the storage as it is, for a successor, a lens or an auditor; see `libraries`. Of predecessors
    /// too, but for what {inheritAccounts} and {inheritCredits} take over.
    function wordOf(Word kind, uint256 key) external view returns (uint256);
}
