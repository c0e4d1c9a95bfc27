// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {TokenVault} from "contracts/TokenVault.sol";
import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {ITokenVault, Outcome, Payee, Withdrawal} from "contracts/interfaces/ITokenVault.sol";
import {MockToken} from "contracts/mocks/AwkwardTokens.sol";

import {BaseTest} from "./BaseTest.sol";
import {Vm, vm} from "./Vm.sol";

/// @title VaultTest
/// @notice The token rail beside the ledger, and partners with wallets.
abstract contract VaultTest is BaseTest {
    /* CONSTANTS */

    uint256 internal constant ALICE_KEY = uint256(keccak256("the wallet of a partner in a test"));

    /// @dev The ledger counts cents, the token has six decimals.
    uint256 internal constant SCALE = 10_000;
    uint256 internal constant FUNDS = 1e30;

    /* STORAGE */

    address internal payer = address(0xFA);
    address internal alice = vm.addr(ALICE_KEY);
    address internal bob = address(0xB0B);

    MockToken internal token;
    TokenVault internal vault;

    uint256 internal aliceId;
    uint256 internal bobId;

    /// @dev The last order's number, and the last customer's name.
    uint48 private _orders;

    /* SET UP */

    function setUp() public virtual override {
        super.setUp();
        aliceId = _partner(alice);
        bobId = _partner(bob);
        _use(new MockToken(6), SCALE);
    }

    /// @dev Opens a vault for a token, which the payer has and has approved.
    function _use(MockToken token_, uint256 scale) internal {
        token = token_;
        vault = _deploy(ledger, token_, scale);
        token.mint(payer, FUNDS);
        vm.prank(payer);
        token.approve(address(vault), type(uint256).max);
    }

    function _deploy(ISettlementLedger ledger_, IERC20 token_, uint256 scale) internal returns (TokenVault made) {
        made = new TokenVault(address(manager), ledger_, token_, payer, scale);
        _follow(made);

        bytes[] memory calls = new bytes[](9);
        // Settling is the vault's: nothing is settled that was not collected.
        calls[0] = _permission(address(ledger_), ISettlementLedger.settleBatch.selector, VAULT);
        calls[1] = _permission(address(ledger_), ISettlementLedger.recordWithdrawal.selector, VAULT);
        calls[2] = abi.encodeCall(manager.grantRole, (VAULT, address(made), 0));
        calls[3] = _permission(address(made), ITokenVault.settleBatch.selector, OPERATOR);
        calls[4] = _permission(address(made), ITokenVault.collect.selector, TREASURER);
        calls[5] = _permission(address(made), ITokenVault.returnSurplus.selector, TREASURER);
        calls[6] = _permission(address(made), ITokenVault.payoutBatch.selector, TREASURER);
        calls[7] = _permission(address(made), ITokenVault.pauseWithdrawals.selector, PAUSER);
        calls[8] = _permission(address(made), ITokenVault.moveTo.selector, GOVERNOR);
        _administer(calls);
    }

    /// @dev As {_govern}, on the manager itself: several calls, one delay.
    function _administer(bytes[] memory calls) internal {
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(governor);
            manager.schedule(address(manager), calls[i], 0);
        }
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(governor);
            manager.execute(address(manager), calls[i]);
        }
        _sync();
    }

    /* ACTIONS */

    function _partner(address wallet) internal returns (uint256 partnerId) {
        partnerId = partners.count() + 1;
        NewPartner[] memory list = new NewPartner[](1);
        list[0] = NewPartner(keccak256(abi.encode("partner", partnerId)), 0, wallet, 7);
        vm.prank(registrar);
        partners.registerPartners(partnerId, list);
    }

    /// @dev A record of an order of which a partner's share is an amount: plan FLAT gives the referrer 5 %.
    function _share(uint256 partnerId, uint256 amount) internal returns (bytes memory records) {
        ++_orders;
        bytes12 customer = _customer(1_000_000 + _orders, FLAT, uint32(partnerId), 0, 0);
        return _encode(_order(1_000_000 + _orders, customer, uint64(amount * 20)));
    }

    function _settleAndCollect(bytes memory records) internal returns (uint256 batchId, uint256 credited) {
        uint40 deadline = _now() + 1 hours;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        return vault.settleBatch(records, deadline, attestation);
    }

    /// @dev A call of the vault's `settleBatch` that must fail.
    function _settleAndCollectFails(bytes memory records, bytes memory error) internal {
        uint40 deadline = _now() + 1 hours;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(operator);
        vm.expectRevert(error);
        vault.settleBatch(records, deadline, attestation);
    }

    /// @dev Settles past the vault, so that nothing is collected for it.
    function _settleUncollected(uint256 partnerId, uint256 amount) internal {
        bytes memory records = _share(partnerId, amount);
        uint40 deadline = _now() + 1 hours;
        bytes memory attestation = _attest(records, deadline);
        vm.prank(address(vault));
        ledger.settleBatch(records, deadline, attestation);
    }

    /// @dev Eight days later an amount is available to a partner.
    function _earn(uint256 partnerId, uint256 amount) internal {
        _settleAndCollect(_share(partnerId, amount));
        uint256 day = vm.getBlockTimestamp() / 1 days + 8;
        _at(day);
        _mature(partnerId, day);
    }

    /// @dev EIP-712 worked out from its text.
    function _sign(uint256 key, Withdrawal memory withdrawal) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Fenrun TokenVault"),
                keccak256("1"),
                block.chainid,
                address(vault)
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Withdrawal(uint32 partnerId,address to,uint80 amount,uint256 nonce,uint40 deadline)"),
                withdrawal.partnerId,
                withdrawal.to,
                withdrawal.amount,
                withdrawal.nonce,
                withdrawal.deadline
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    /// @dev Pays a batch out and reads what the event says.
    function _payOut(Payee[] memory payees) internal returns (Outcome[] memory outcomes) {
        uint256 batchNo = vault.payoutBatchCount() + 1;
        vm.prank(treasurer);
        vault.payoutBatch(batchNo, payees);
        _sync();
        (uint256 logged, Outcome[] memory list) =
            abi.decode(_lastVaultLog(ITokenVault.PayoutBatchPaid.selector), (uint256, Outcome[]));
        vm.assertEq(logged, batchNo, "the number that was called is the one logged");
        return list;
    }

    function _payees(uint256 partnerId, uint256 amount) internal pure returns (Payee[] memory list) {
        list = new Payee[](1);
        list[0] = Payee(uint32(partnerId), uint80(amount));
    }

    /* READING AND ASSERTIONS */

    function _lastVaultLog(bytes32 topic) internal view returns (bytes memory) {
        Vm.Log memory log = _lastLog[address(vault)];
        vm.assertEq(log.topics[0], topic, "the last log is another event");
        return log.data;
    }

    /// @dev The vault holds what is owed, to the unit.
    function _assertEven() internal view {
        vm.assertEq(token.balanceOf(address(vault)), ledger.owed() * vault.SCALE(), "holds what is owed");
        vm.assertEq(vault.shortage(), 0, "nothing is missing");
        vm.assertEq(vault.surplus(), 0, "nothing is left over");
    }

    function _assertPaid(Outcome memory outcome, uint256 partnerId, uint256 amount, address to) internal pure {
        vm.assertEq(outcome.partnerId, partnerId, "who was to be paid");
        vm.assertEq(outcome.amount, amount, "how much");
        vm.assertEq(outcome.to, to, "who was paid");
        vm.assertEq(bytes32(outcome.reason), 0, "nothing went wrong");
    }

    function _assertFailed(Outcome memory outcome, uint256 partnerId, uint256 amount, bytes4 reason) internal pure {
        vm.assertEq(outcome.partnerId, partnerId, "who was to be paid");
        vm.assertEq(outcome.amount, amount, "how much");
        vm.assertEq(outcome.to, address(0), "nobody was paid");
        vm.assertEq(bytes32(outcome.reason), bytes32(reason), "what went wrong");
    }
}
