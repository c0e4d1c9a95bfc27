// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {DisputeCourt} from "contracts/DisputeCourt.sol";
import {TokenVault} from "contracts/TokenVault.sol";
import {IDisputeCourt, Periods} from "contracts/interfaces/IDisputeCourt.sol";
import {NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {Referral} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";
import {Phase, ProvenOrder, Release} from "contracts/interfaces/LedgerTypes.sol";
import {BlocklistToken} from "contracts/mocks/AwkwardTokens.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {NaiveTree} from "../utils/NaiveTree.sol";
import {Vm, vm} from "../utils/Vm.sol";
import {Promise} from "./Ghosts.sol";
import {RailBooks} from "./books/RailBooks.sol";

/// @title World
/// @notice An installation with everything: a court, the token rail beside the bank's, keys of all roles, plans of all
/// kinds. Six partners have no wallet, four have one. Books are kept beside it.
abstract contract World is BaseTest, RailBooks {
    /* CONSTANTS */

    uint64 internal constant PANEL = 100;

    uint256 internal constant ALL_PARTNERS = 10;
    uint256 internal constant FIRST_WALLET = PARTNERS + 1;
    uint256 internal constant PLANS = 5;

    /// @dev Customers 1…12 are registered at the start.
    uint256 internal constant CUSTOMERS = 16;
    uint256 internal constant REGISTERED = 12;
    /// @dev Few enough that numbers repeat; two words of the bitmap.
    uint256 internal constant ORDER_NUMBERS = 400;

    /// @dev Few enough that most are soon used.
    uint256 internal constant NONCES = 8;

    uint256 internal constant SCALE = 10_000;
    uint256 internal constant FUNDS = 1e30;

    uint256 internal constant STRANGERS_KEY = uint256(keccak256("a key that nobody knows in a test"));

    /* STORAGE */

    address internal payer = address(0xFA);
    address[4] internal panel = [address(0x9A1), address(0x9A2), address(0x9A3), address(0x9A4)];

    DisputeCourt internal court;
    TokenVault internal vault;
    BlocklistToken internal token;
    uint256 internal _donated;
    mapping(address wallet => uint256 key) internal _keyOf;

    mapping(bytes32 topic => uint256) public timesSeen;

    /// @dev forge starts every call at the time of the block; this is where the campaign is.
    uint256 private _clock;

    modifier step() {
        vm.warp(_clock);
        vm.recordLogs();
        _;
        _sync();
        _clock = vm.getBlockTimestamp();
    }

    /* SET UP */

    constructor() {
        setUp();
        token = new BlocklistToken();
        token.mint(payer, FUNDS);
        _openRails();
        _registerWallets();
        _registerCustomers();
        _at(JAN_1 + 20);
        _sync();
        _clock = vm.getBlockTimestamp();
    }

    /// @dev A court and a vault for the ledger that there is.
    function _openRails() internal {
        court = new DisputeCourt(address(manager), ledger, Periods(30 days, 20 days, 25 days));
        vault = new TokenVault(address(manager), ledger, token, payer, SCALE);
        _follow(court);
        _follow(vault);
        vm.prank(payer);
        token.approve(address(vault), type(uint256).max);

        bytes[] memory calls = new bytes[](32);
        uint256 count;
        address at = address(ledger);
        // Settling is the vault's: nothing is settled that was not collected.
        count = _let(calls, count, VAULT, at, ISettlementLedger.settleBatch.selector);
        if (_era != 0) count = _letTheOthers(calls, count, at);
        count = _let(calls, count, ARBITER, address(court), IDisputeCourt.rule.selector);
        count = _let(calls, count, PANEL, address(court), IDisputeCourt.vote.selector);
        at = address(vault);
        count = _let(calls, count, OPERATOR, at, ITokenVault.settleBatch.selector);
        count = _let(calls, count, TREASURER, at, ITokenVault.collect.selector);
        count = _let(calls, count, TREASURER, at, ITokenVault.returnSurplus.selector);
        count = _let(calls, count, TREASURER, at, ITokenVault.payoutBatch.selector);
        count = _let(calls, count, PAUSER, at, ITokenVault.pauseWithdrawals.selector);
        count = _let(calls, count, GOVERNOR, at, ITokenVault.moveTo.selector);
        calls[count++] = abi.encodeCall(manager.grantRole, (LEDGER, address(ledger), 0));
        calls[count++] = abi.encodeCall(manager.grantRole, (COURT, address(court), 0));
        calls[count++] = abi.encodeCall(manager.grantRole, (VAULT, address(vault), 0));
        for (uint256 i; i < panel.length; ++i) {
            calls[count++] = abi.encodeCall(manager.grantRole, (PANEL, panel[i], 0));
        }
        _administer(calls, count);
    }

    /// @dev What `BaseTest` permits of the first ledger.
    function _letTheOthers(bytes[] memory calls, uint256 count, address at) private view returns (uint256) {
        count = _let(calls, count, REFUNDER, at, ISettlementLedger.refund.selector);
        count = _let(calls, count, TREASURER, at, ISettlementLedger.recordPayouts.selector);
        count = _let(calls, count, TREASURER, at, ISettlementLedger.returnPayout.selector);
        count = _let(calls, count, TREASURER, at, ISettlementLedger.adjust.selector);
        count = _let(calls, count, VAULT, at, ISettlementLedger.recordWithdrawal.selector);
        count = _let(calls, count, COURT, at, ISettlementLedger.freeze.selector);
        count = _let(calls, count, COURT, at, ISettlementLedger.resolve.selector);
        count = _let(calls, count, PAUSER, at, ISettlementLedger.pause.selector);
        count = _let(calls, count, GOVERNOR, at, ISettlementLedger.unpause.selector);
        count = _let(calls, count, GOVERNOR, at, ISettlementLedger.writeOffDebt.selector);
        return _let(calls, count, GOVERNOR, at, ISettlementLedger.retire.selector);
    }

    function _let(bytes[] memory calls, uint256 count, uint64 role, address target, bytes4 selector)
        private
        view
        returns (uint256)
    {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        calls[count] = abi.encodeCall(manager.setTargetFunctionRole, (target, selectors, role));
        return count + 1;
    }

    function _administer(bytes[] memory calls, uint256 count) private {
        for (uint256 i; i < count; ++i) {
            vm.prank(governor);
            manager.schedule(address(manager), calls[i], 0);
        }
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        for (uint256 i; i < count; ++i) {
            vm.prank(governor);
            manager.execute(address(manager), calls[i]);
        }
        _sync();
    }

    function _registerWallets() private {
        NewPartner[] memory list = new NewPartner[](ALL_PARTNERS - PARTNERS);
        for (uint256 i; i < list.length; ++i) {
            list[i] = NewPartner(bytes32(i), bytes32(i), _newWallet(FIRST_WALLET + i, 0), 7);
        }
        vm.prank(registrar);
        partners.registerPartners(FIRST_WALLET, list);
    }

    /// @dev Some partners hold two roles or three, some roles are nobody's, some attributions end.
    function _registerCustomers() private {
        for (uint256 name = 1; name <= REGISTERED; ++name) {
            uint32 id = uint32(1 + 3 * name % ALL_PARTNERS);
            uint32 implementer = name % 4 == 0 ? id : uint32(1 + (3 * name + 1) % ALL_PARTNERS);
            uint32 trainer = name % 6 == 0 ? id : name % 6 == 1 ? 0 : uint32(1 + (3 * name + 2) % ALL_PARTNERS);
            uint40 validTo = name % 3 == 1 ? uint40((JAN_1 + 20 + 10 * name) * 1 days) : 0;
            _register(Referral(_key(name), id, implementer, trainer, uint24(1 + name % PLANS), 0, validTo));
        }
    }

    /* LOGS */

    function _onLog(Vm.Log memory log) internal override {
        ++timesSeen[log.topics[0]];
        if (log.emitter == address(ledger)) _onLedgerLog(log);
        else if (log.emitter == address(vault)) _onVaultLog(log);
        else if (log.emitter == address(court)) _onCourtLog(log);
        else if (log.emitter == address(referrals)) _onReferralLog(log);
        else if (log.emitter == address(partners)) _onPartnerLog(log);
        else if (log.emitter == address(plans)) _onPlanLog(log);
    }

    /// @dev Whether heads follow from the logs is a promise, and no act's affair.
    function _onSync() internal override {}

    function _mayAdjust(address account) internal view override returns (bool) {
        return account == treasurer || account == controller;
    }

    function _scale() internal pure override returns (uint256) {
        return SCALE;
    }

    function _longestDispute() internal pure override returns (uint256) {
        return 75 days;
    }

    /* CALLING */

    /// @dev A call that is allowed, and so must succeed, or one that would break a promise, and so must not.
    function _do(
        address caller,
        address target,
        bytes memory call,
        bool isAllowed,
        Promise wouldBreak,
        string memory what
    ) internal returns (bool done) {
        vm.prank(caller);
        (done,) = target.call(call);
        _sync();
        if (isAllowed) _keep(Promise.WhatIsAllowedSucceeds, done, what);
        else _keep(wouldBreak, !done, what);
    }

    /// @dev What the governor does: announce, wait, call.
    function _doAsGovernor(address target, bytes memory call, bool isAllowed, Promise wouldBreak, string memory what)
        internal
        returns (bool)
    {
        vm.prank(governor);
        manager.schedule(target, call, 0);
        vm.warp(vm.getBlockTimestamp() + GOVERNING_DELAY);
        bytes memory execution = abi.encodeCall(IAccessManager.execute, (target, call));
        return _do(governor, address(manager), execution, isAllowed, wouldBreak, what);
    }

    function _isOpen() internal view returns (bool) {
        return _phase == Phase.Open;
    }

    /* INHERITING */

    /// @dev What a predecessor held has to be taken over before it moves. Those that were are passed over.
    function _inherit(Release[] memory list) internal {
        if (_era == 0) return;
        bytes memory call = abi.encodeCall(ledger.inheritCredits, (list));
        _do(stranger, address(ledger), call, true, Promise.None, "inheriting credits");
    }

    function _inheritSharesOf(uint256 orderNo) internal {
        Release[] memory list = new Release[](3);
        for (uint256 role; role < 3; ++role) {
            uint256 owner = _shareBooks[orderNo][role].owner;
            list[role] = Release(uint32(owner), uint24(_orderBooks[orderNo].releaseDay));
        }
        _inherit(list);
    }

    function _release(uint256 heldKey) internal pure returns (Release memory) {
        return Release(uint32(heldKey >> 24), uint24(heldKey));
    }

    /* VALUES */

    /// @dev One of a partner's wallets, whose key is known from now on.
    function _newWallet(uint256 id, uint256 which) internal returns (address wallet) {
        uint256 key = uint256(keccak256(abi.encode("wallet", id, which)));
        wallet = vm.addr(key);
        _keyOf[wallet] = key;
    }

    /// @dev A settled order with its proof, worked out from the logs.
    function _proven(uint256 orderNo) internal view returns (ProvenOrder memory order) {
        order.batchId = _orderBooks[orderNo].batchId;
        order.leaf = _orderBooks[orderNo].leaf;
        order.proof = NaiveTree.proof(_hashes[order.batchId], _orderBooks[orderNo].index);
    }

    function _draw(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    function _some(uint256[] storage list, uint256 draw) internal view returns (uint256) {
        return list[draw % list.length];
    }
}
