// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Journal} from "./Journal.sol";
import {ISettlementLedger} from "./interfaces/ISettlementLedger.sol";
import {ITokenVault, Outcome, Payee, Withdrawal} from "./interfaces/ITokenVault.sol";
import {Phase} from "./interfaces/LedgerTypes.sol";

/// @title TokenVault
/// @notice The token rail of one ledger.
contract TokenVault is ITokenVault, EIP712, Journal, AccessManaged, ReentrancyGuardTransient {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /* CONSTANTS */

    bytes32 private constant WITHDRAWAL_TYPEHASH =
        keccak256("Withdrawal(uint32 partnerId,address to,uint80 amount,uint256 nonce,uint40 deadline)");

    uint40 private constant PAUSE = 3 days;
    uint40 private constant REST = 7 days;

    /// @inheritdoc ITokenVault
    uint256 public constant PAYOUT_GAS = 300_000;

    /// @dev What the vault spends between looking at the gas that is left and handing `PAYOUT_GAS` on.
    uint256 private constant CALL_GAS = 2000;

    /* IMMUTABLES */

    /// @inheritdoc ITokenVault
    ISettlementLedger public immutable LEDGER;

    /// @inheritdoc ITokenVault
    IERC20 public immutable TOKEN;

    /// @inheritdoc ITokenVault
    address public immutable PAYER;

    /// @inheritdoc ITokenVault
    uint256 public immutable SCALE;

    /* STORAGE */

    /// @inheritdoc ITokenVault
    uint40 public withdrawalsPausedUntil;

    /// @inheritdoc ITokenVault
    uint40 public payoutBatchCount;

    /// @inheritdoc ITokenVault
    ITokenVault public successor;

    mapping(uint256 partnerId => BitMaps.BitMap used) private _nonces;

    /* CONSTRUCTOR */

    constructor(address authority, ISettlementLedger ledger, IERC20 token, address payer, uint256 scale)
        EIP712("Fenrun TokenVault", "1")
        AccessManaged(authority)
    {
        require(scale != 0, Vault_NoScale());
        LEDGER = ledger;
        TOKEN = token;
        PAYER = payer;
        SCALE = scale;
    }

    /* COLLECTING */

    /// @inheritdoc ITokenVault
    function settleBatch(bytes calldata orders, uint40 deadline, bytes calldata attestation)
        external
        restricted
        nonReentrant
        returns (uint256 batchId, uint256 credited)
    {
        (batchId, credited) = LEDGER.settleBatch(orders, deadline, attestation);
        uint256 units = credited * SCALE;
        // Some tokens refuse to move nothing, and a batch may credit nothing.
        if (units != 0) _pull(units);

        _record(BatchCollected.selector, abi.encode(batchId, credited, units));
    }

    /// @inheritdoc ITokenVault
    function collect() external restricted nonReentrant {
        _requireInForce();
        uint256 units = shortage();
        require(units != 0, Vault_NothingToMove());

        _pull(units);

        _record(ShortageCollected.selector, abi.encode(units));
    }

    /// @inheritdoc ITokenVault
    function returnSurplus() external restricted nonReentrant {
        _requireInForce();
        uint256 units = surplus();
        require(units != 0, Vault_NothingToMove());

        _push(PAYER, units);

        _record(SurplusReturned.selector, abi.encode(units));
    }

    /* WITHDRAWING */

    /// @inheritdoc ITokenVault
    function withdraw(uint256 partnerId, uint256 amount) external nonReentrant {
        _requireNotPaused();
        require(msg.sender == _walletOf(partnerId), Vault_NotTheWallet(partnerId, msg.sender));

        _pay(partnerId, msg.sender, amount);

        _record(Withdrawn.selector, abi.encode(partnerId, msg.sender, amount));
    }

    /// @inheritdoc ITokenVault
    function withdrawWithSig(Withdrawal calldata withdrawal, bytes calldata signature) external nonReentrant {
        (uint256 partnerId, uint256 nonce) = (withdrawal.partnerId, withdrawal.nonce);
        _requireNotPaused();
        require(
            block.timestamp <= withdrawal.deadline,
            Vault_SignatureExpired(partnerId, withdrawal.deadline, block.timestamp)
        );
        require(!_nonces[partnerId].get(nonce), Vault_NonceUsed(partnerId, nonce));
        // No signature is valid for a partner without a wallet.
        address wallet = _walletOf(partnerId);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(WITHDRAWAL_TYPEHASH, withdrawal)));
        require(
            SignatureChecker.isValidSignatureNowCalldata(wallet, digest, signature),
            Vault_BadSignature(partnerId, wallet)
        );

        _nonces[partnerId].set(nonce);
        _pay(partnerId, withdrawal.to, withdrawal.amount);

        _record(SignedWithdrawalPaid.selector, abi.encode(withdrawal));
    }

    /// @inheritdoc ITokenVault
    function pauseWithdrawals() external restricted {
        uint40 from = withdrawalsPausedUntil;
        require(block.timestamp >= from + REST, Vault_PausedLately(from + REST));

        // Safe cast: 40 bits of seconds last for 34,000 years.
        uint40 to = uint40(block.timestamp) + PAUSE;
        withdrawalsPausedUntil = to;

        _record(WithdrawalsPaused.selector, abi.encode(from, to));
    }

    /* PAYING OUT */

    /// @inheritdoc ITokenVault
    function payoutBatch(uint256 batchNo, Payee[] calldata payees) external restricted nonReentrant {
        Phase phase = LEDGER.phase();
        require(phase == Phase.Open, Vault_LedgerNotOpen(phase));
        uint40 next = payoutBatchCount + 1;
        require(batchNo == next, Vault_NotNext(batchNo, next));

        payoutBatchCount = next;
        Outcome[] memory outcomes = new Outcome[](payees.length);
        for (uint256 i; i < payees.length; ++i) {
            // Or else one that burns its gas would take from the next, and who calls could choose who fails.
            require(gasleft() * 63 / 64 >= PAYOUT_GAS + CALL_GAS, Vault_TooLittleGas(i));
            (address to, bytes4 reason) = _tryPayOut(payees[i]);
            outcomes[i] = Outcome(payees[i].partnerId, payees[i].amount, to, reason);
        }

        _record(PayoutBatchPaid.selector, abi.encode(batchNo, outcomes));
    }

    /// @inheritdoc ITokenVault
    function payOut(uint256 partnerId, uint256 amount) external returns (address wallet) {
        require(msg.sender == address(this), Vault_NotItself(msg.sender));
        wallet = _walletOf(partnerId);
        require(wallet != address(0), Vault_NoWallet(partnerId));

        _pay(partnerId, wallet, amount);
    }

    /* GOVERNING */

    /// @inheritdoc ITokenVault
    function moveTo(ITokenVault to) external restricted nonReentrant {
        ISettlementLedger heir = LEDGER.successor();
        ITokenVault named = successor;
        require(
            address(heir) != address(0) && to.LEDGER() == heir && to.TOKEN() == TOKEN && to.SCALE() == SCALE
                && (address(named) == address(0) || to == named),
            Vault_BadSuccessor(address(to))
        );
        uint256 units = TOKEN.balanceOf(address(this));
        require(units != 0, Vault_NothingToMove());

        successor = to;
        _push(address(to), units);

        _record(FundsMoved.selector, abi.encode(to, units));
    }

    /* VIEWS */

    /// @inheritdoc ITokenVault
    function isNonceUsed(uint256 partnerId, uint256 nonce) external view returns (bool) {
        return _nonces[partnerId].get(nonce);
    }

    /// @inheritdoc ITokenVault
    function shortage() public view returns (uint256) {
        return Math.saturatingSub(LEDGER.owed() * SCALE, TOKEN.balanceOf(address(this)));
    }

    /// @inheritdoc ITokenVault
    function surplus() public view returns (uint256) {
        return Math.saturatingSub(TOKEN.balanceOf(address(this)), LEDGER.owed() * SCALE);
    }

    /* INTERNAL: REQUIREMENTS */

    function _requireNotPaused() private view {
        require(block.timestamp >= withdrawalsPausedUntil, Vault_WithdrawalsPaused(withdrawalsPausedUntil));
    }

    /// @dev What a retired ledger owes, its successor owes; what an inheriting one owes is not yet known.
    function _requireInForce() private view {
        Phase phase = LEDGER.phase();
        require(phase == Phase.Open || phase == Phase.Paused, Vault_LedgerNotOpen(phase));
    }

    function _walletOf(uint256 partnerId) private view returns (address wallet) {
        (wallet,,,) = LEDGER.PARTNERS().partnerOf(partnerId);
    }

    /* INTERNAL: MOVING MONEY */

    /// @dev Calls {payOut}. Not by `try`, which copies the whole of what a token or a payee reverts with.
    function _tryPayOut(Payee calldata payee) private returns (address to, bytes4 reason) {
        bytes memory call_ = abi.encodeCall(this.payOut, (payee.partnerId, payee.amount));
        bool paid;
        bytes32 answer;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            paid := call(PAYOUT_GAS, address(), 0, add(call_, 0x20), mload(call_), 0x00, 0x20)
            answer := mload(0x00)
        }
        if (paid) to = address(uint160(uint256(answer)));
        else reason = bytes4(answer);
    }

    function _pay(uint256 partnerId, address to, uint256 amount) private {
        LEDGER.recordWithdrawal(partnerId, amount);
        _push(to, amount * SCALE);
    }

    function _pull(uint256 units) private {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(PAYER, address(this), units);
        uint256 got = TOKEN.balanceOf(address(this)) - before;
        require(got == units, Vault_FeeOnTransfer(units, got));
    }

    /// @dev A transfer to the vault itself is refused, too: nothing leaves.
    function _push(address to, uint256 units) private {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransfer(to, units);
        uint256 left = before - TOKEN.balanceOf(address(this));
        require(left == units, Vault_FeeOnTransfer(units, left));
    }
}
