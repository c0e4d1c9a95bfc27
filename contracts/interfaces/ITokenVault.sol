// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IJournal} from "./IJournal.sol";
import {ISettlementLedger} from "./ISettlementLedger.sol";
import {Phase} from "./LedgerTypes.sol";

/// @notice A withdrawal that a partner's wallet signs and anybody may bring.
/// @param to Who is paid.
/// @param nonce Any number that the partner has not used yet.
/// @param deadline Until when the signature counts, in Unix seconds.
struct Withdrawal {
    uint32 partnerId;
    address to;
    uint80 amount;
    uint256 nonce;
    uint40 deadline;
}

/// @notice A partner to pay, and how much.
struct Payee {
    uint32 partnerId;
    uint80 amount;
}

/// @notice What became of a payee.
/// @param to The wallet that was paid; zero when it was not.
/// @param reason The first four bytes of what it failed with, which a payee that is called may choose; zero when it
/// was paid, or failed without a word.
struct Outcome {
    uint32 partnerId;
    uint80 amount;
    address to;
    bytes4 reason;
}

/// @title ITokenVault
/// @notice The token rail of one ledger: holds what the ledger says is owed, in one ERC-20, and pays it out.
///
/// `amount` is in the ledger's minor units, `units` in those of the token: `SCALE` of them are one minor unit.
///
/// The ledger does not know of the vault: the vault holds the role VAULT, which may call its `recordWithdrawal`. Where
/// that role is also the one that may call its `settleBatch`, nothing is settled that was not collected.
///
/// What it promises about the money it holds:
/// - What was collected is what was paid, returned and moved, and what is there; but for what others sent unasked.
/// - After settling, as much is missing as before; after {collect}, nothing is.
/// - What becomes of one payee never changes what becomes of another.
/// - A pause of withdrawals ends by itself, and out of any ten days it leaves seven.
/// - Nothing is paid twice, even when a token or a payee calls back.
/// - Nothing leaves but to a partner's wallet, to an address that this wallet signed, to the payer, or to the vault of
///   the ledger's successor.
///
/// A token that moves another amount than it was told to is refused. One that takes a fee out of what it delivers can
/// still be paid out, so that nobody's money stays behind when it begins to. One that changes balances by itself does
/// not belong here.
interface ITokenVault is IJournal {
    /* ERRORS */

    /// @notice Thrown when a minor unit would be nothing in the token.
    error Vault_NoScale();

    /// @notice Thrown when the ledger's phase does not allow it.
    error Vault_LedgerNotOpen(Phase phase);

    /// @notice Thrown when the vault's balance changed by another amount than was asked for: the token charges a fee.
    error Vault_FeeOnTransfer(uint256 expected, uint256 got);

    /// @notice Thrown when there is nothing to collect, return or move.
    error Vault_NothingToMove();

    /// @notice Thrown while withdrawals are paused.
    error Vault_WithdrawalsPaused(uint256 until);

    /// @notice Thrown when the last pause ended too short a time ago.
    error Vault_PausedLately(uint256 earliest);

    /// @notice Thrown when somebody else than the partner's wallet withdraws.
    error Vault_NotTheWallet(uint256 partnerId, address caller);

    /// @notice Thrown when a signature is no longer valid.
    error Vault_SignatureExpired(uint256 partnerId, uint256 deadline, uint256 at);

    /// @notice Thrown when the partner used the nonce before.
    error Vault_NonceUsed(uint256 partnerId, uint256 nonce);

    /// @notice Thrown when the partner's wallet did not sign this withdrawal.
    error Vault_BadSignature(uint256 partnerId, address wallet);

    /// @notice Thrown when the number is not the next one: the batch was sent before, or out of turn.
    error Vault_NotNext(uint256 batchNo, uint256 next);

    /// @notice Thrown when less gas is left than the payee at `index` may use.
    error Vault_TooLittleGas(uint256 index);

    /// @notice Thrown when somebody else than the vault calls what only the vault may call.
    error Vault_NotItself(address caller);

    /// @notice Thrown when a partner has no wallet.
    error Vault_NoWallet(uint256 partnerId);

    /// @notice Thrown when this is not the vault of the ledger's successor, with the same token and scale, or when
    /// another one was named before.
    error Vault_BadSuccessor(address successor);

    /* EVENTS */

    /// @notice Emitted when a batch was settled and its shares collected.
    event BatchCollected(uint256 indexed seq, uint256 batchId, uint256 credited, uint256 units);

    /// @notice Emitted when what was missing was collected.
    event ShortageCollected(uint256 indexed seq, uint256 units);

    /// @notice Emitted when what was left over went back to the payer.
    event SurplusReturned(uint256 indexed seq, uint256 units);

    /// @notice Emitted when a partner withdrew to its wallet.
    event Withdrawn(uint256 indexed seq, uint256 partnerId, address to, uint256 amount);

    /// @notice Emitted when a signed withdrawal was paid; its nonce is used from now on.
    event SignedWithdrawalPaid(uint256 indexed seq, Withdrawal withdrawal);

    /// @notice Emitted when a list of payees was gone through.
    /// @param outcomes One for each payee, in their order.
    event PayoutBatchPaid(uint256 indexed seq, uint256 batchNo, Outcome[] outcomes);

    /// @notice Emitted when withdrawals were paused. Both are ends of pauses: the last one's, and this one's.
    event WithdrawalsPaused(uint256 indexed seq, uint256 from, uint256 to);

    /// @notice Emitted when everything went to the successor's vault.
    event FundsMoved(uint256 indexed seq, ITokenVault to, uint256 units);

    /* COLLECTING */

    /// @notice Settles a batch of orders in the ledger and collects from the payer what it credited.
    ///
    /// Emits {BatchCollected}.
    ///
    /// Requirements: the caller is an OPERATOR; the ledger settles the batch; the payer has approved and has as much;
    /// the token moves exactly that.
    /// @param orders As in {ISettlementLedger-settleBatch}, to which all three are handed on.
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        returns (uint256 batchId, uint256 credited);

    /// @notice Collects from the payer what is owed beyond what is here: credits that no batch made.
    ///
    /// Notes: a vault that follows another one has everything missing until {moveTo} has been called there.
    ///
    /// Emits {ShortageCollected}.
    ///
    /// Requirements: the caller is a TREASURER; the ledger is open or paused; something is missing; the payer has
    /// approved and has as much; the token moves exactly that.
    function collect() external;

    /// @notice Returns to the payer what is here beyond what is owed: clawed back, paid on another rail, or sent
    /// unasked.
    ///
    /// Emits {SurplusReturned}.
    ///
    /// Requirements: the caller is a TREASURER; the ledger is open or paused; something is left over.
    function returnSurplus() external;

    /* WITHDRAWING */

    /// @notice Pays a partner's available credits to its wallet.
    ///
    /// Notes: the ledger's pause does not stop it.
    ///
    /// Emits {Withdrawn}.
    ///
    /// Requirements: the caller is the partner's wallet; withdrawals are not paused; the ledger is open or paused; the
    /// partner is active and has as much available.
    function withdraw(uint256 partnerId, uint256 amount) external;

    /// @notice Pays a partner's available credits to an address that its wallet signed. Anyone may call.
    ///
    /// Notes: nonces need no order. Whoever wants a signature to count no more spends its nonce on another withdrawal.
    ///
    /// Emits {SignedWithdrawalPaid}.
    ///
    /// Requirements: those of {withdraw}, but that the partner's wallet signed
    /// `Withdrawal(uint32 partnerId,address to,uint80 amount,uint256 nonce,uint40 deadline)` (EIP-712; a contract may
    /// sign by ERC-1271); the deadline has not passed; the nonce is new.
    function withdrawWithSig(Withdrawal calldata withdrawal, bytes calldata signature) external;

    /// @notice Stops withdrawals for three days. It cannot be ended, nor repeated until seven days after its end.
    ///
    /// Emits {WithdrawalsPaused}.
    ///
    /// Requirements: the caller is a PAUSER; the last pause ended seven days ago.
    function pauseWithdrawals() external;

    /* PAYING OUT */

    /// @notice Pays partners' available credits to their wallets.
    ///
    /// Notes: a payee that cannot be paid is left as it was, in the ledger too, and disturbs nobody else: each has
    /// {PAYOUT_GAS} to itself. To be sure that a batch goes through, send as much for each payee.
    ///
    /// Emits {PayoutBatchPaid}.
    ///
    /// Requirements: the caller is a TREASURER; the ledger is open; `batchNo` is the next one.
    /// @param batchNo Dense, from 1. Naming it makes resending safe.
    function payoutBatch(uint256 batchNo, Payee[] calldata payees) external;

    /// @notice One payee of a batch: what fails here fails alone.
    ///
    /// Requirements: the caller is this vault; the partner has a wallet; the ledger records the withdrawal; the token
    /// moves exactly that.
    /// @return wallet Who was paid.
    function payOut(uint256 partnerId, uint256 amount) external returns (address wallet);

    /* GOVERNING */

    /// @notice Moves everything to the vault of the ledger's successor; again, when something came later.
    ///
    /// Emits {FundsMoved}.
    ///
    /// Requirements: the caller is a GOVERNOR and has waited out its delay; the ledger is retired; `to` serves its
    /// successor with the same token and scale, and no other vault was named before; something is here.
    function moveTo(ITokenVault to) external;

    /* VIEWS */

    /// @notice The ledger that says what is owed.
    function LEDGER() external view returns (ISettlementLedger);

    /// @notice The token that is held. No other one that is sent here can ever leave.
    function TOKEN() external view returns (IERC20);

    /// @notice Who pays for what is credited, and gets what is left over.
    function PAYER() external view returns (address);

    /// @notice How many units of the token are one minor unit of the ledger.
    function SCALE() external view returns (uint256);

    /// @notice How much gas one payee of a batch may use.
    function PAYOUT_GAS() external view returns (uint256);

    /// @notice The first second in which withdrawals are not paused any more; zero before the first pause.
    function withdrawalsPausedUntil() external view returns (uint40);

    /// @notice How many batches were paid out, which is also the last number.
    function payoutBatchCount() external view returns (uint40);

    /// @notice The vault that everything was moved to; zero before.
    function successor() external view returns (ITokenVault);

    /// @notice Whether a partner used a nonce.
    function isNonceUsed(uint256 partnerId, uint256 nonce) external view returns (bool);

    /// @notice What is owed beyond what is here, in units.
    function shortage() external view returns (uint256);

    /// @notice What is here beyond what is owed, in units.
    function surplus() external view returns (uint256);
}
