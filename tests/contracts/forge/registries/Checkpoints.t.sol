// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {CheckpointRegistry} from "contracts/CheckpointRegistry.sol";
import {Checkpoint, ICheckpointRegistry} from "contracts/interfaces/ICheckpointRegistry.sol";
import {IJournal} from "contracts/interfaces/IJournal.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {vm} from "../utils/Vm.sol";

contract CheckpointsTest is BaseTest {
    /// @dev Months since year 0 of the first ones of 2025.
    uint256 private constant JAN = 2025 * 12;
    uint256 private constant FEB = JAN + 1;

    CheckpointRegistry private _registry;

    function setUp() public override {
        super.setUp();
        AccessManager authority = new AccessManager(address(this));
        _registry = new CheckpointRegistry(address(authority));
        _follow(_registry);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = ICheckpointRegistry.anchor.selector;
        authority.setTargetFunctionRole(address(_registry), selectors, TREASURER);
        authority.grantRole(TREASURER, treasurer, 0);
        _sync();
    }

    /* ANCHORING */

    function test_AMonthIsAnchoredOnceItIsOver() public {
        vm.warp(FEB_1 * 1 days);
        Checkpoint memory checkpoint = _checkpoint("january");
        _anchor(ledger, JAN, 1, checkpoint);

        _assertAnchored(address(ledger), JAN, 1, checkpoint);
        vm.assertEq(_registry.revisionsOf(address(ledger), JAN), 1, "one revision");
        vm.assertEq(
            keccak256(_lastLog[address(_registry)].data),
            keccak256(abi.encode(ledger, JAN, uint256(1), checkpoint)),
            "logged"
        );
    }

    function test_LaterRevisionsLeaveEarlierOnes() public {
        vm.warp(MAR_1 * 1 days);
        _anchor(ledger, JAN, 1, _checkpoint("first"));
        _anchor(ledger, JAN, 2, _checkpoint("second"));
        _anchor(ledger, FEB, 1, _checkpoint("february"));
        // Whatever keeps a journal has its own months.
        _anchor(referrals, JAN, 1, Checkpoint("other", 0, 0, 0, 1));

        _assertAnchored(address(ledger), JAN, 1, _checkpoint("first"));
        _assertAnchored(address(ledger), JAN, 2, _checkpoint("second"));
        _assertAnchored(address(ledger), FEB, 1, _checkpoint("february"));
        _assertAnchored(address(referrals), JAN, 1, Checkpoint("other", 0, 0, 0, 1));
    }

    function test_WhatWasNeverAnchoredIsZero() public {
        vm.warp(FEB_1 * 1 days);
        _anchor(ledger, JAN, 1, _checkpoint("january"));
        Checkpoint memory none;
        _assertAnchored(address(ledger), JAN, 0, none);
        _assertAnchored(address(ledger), JAN, 2, none);
        _assertAnchored(address(ledger), FEB, 1, none);
        vm.assertEq(_registry.revisionsOf(address(ledger), FEB), 0, "no revision");
    }

    /// @dev Months begin with their first second, in every month of a leap cycle.
    function testFuzz_OnlyMonthsThatAreOver(uint256 ahead, uint256 day) public {
        day = _bound(day, FEB_1, FEB_1 + 146_097);
        vm.warp(day * 1 days);
        uint256 present = _monthOf(day);
        _anchor(ledger, present - 1, 1, _checkpoint("the last one"));
        ahead = _bound(ahead, 0, type(uint256).max - present);
        _anchorFails(
            present + ahead,
            1,
            _checkpoint("too early"),
            abi.encodeWithSelector(ICheckpointRegistry.Checkpoint_NotOver.selector, present + ahead, present)
        );
    }

    function test_RevertWhen_TheMonthHasASecondLeft() public {
        vm.warp(FEB_1 * 1 days - 1);
        _anchorFails(
            JAN,
            1,
            _checkpoint("january"),
            abi.encodeWithSelector(ICheckpointRegistry.Checkpoint_NotOver.selector, JAN, JAN)
        );
    }

    function test_RevertWhen_TheRevisionIsNotNext() public {
        vm.warp(FEB_1 * 1 days);
        _anchor(ledger, JAN, 1, _checkpoint("january"));
        uint256[3] memory revisions = [uint256(0), 1, 3];
        for (uint256 i; i < 3; ++i) {
            _anchorFails(
                JAN,
                revisions[i],
                _checkpoint("again"),
                abi.encodeWithSelector(ICheckpointRegistry.Checkpoint_NotNext.selector, JAN, revisions[i], 2)
            );
        }
    }

    function test_RevertWhen_ThereIsNothingToAnchor() public {
        vm.warp(FEB_1 * 1 days);
        Checkpoint memory none = _checkpoint(0);
        _anchorFails(
            JAN, 1, none, abi.encodeWithSelector(ICheckpointRegistry.Checkpoint_Empty.selector, address(ledger), JAN)
        );
    }

    function test_RevertWhen_TheFiguresAreAheadOfTheLedger() public {
        vm.warp(FEB_1 * 1 days);
        Checkpoint memory checkpoint = _checkpoint("january");
        uint256 written = ledger.seq();
        checkpoint.ledgerSeq = uint64(written + 1);
        _anchorFails(
            JAN,
            1,
            checkpoint,
            abi.encodeWithSelector(
                ICheckpointRegistry.Checkpoint_AheadOfLedger.selector, address(ledger), written + 1, written
            )
        );
    }

    function test_RevertWhen_TheCallerIsNoTreasurer() public {
        vm.warp(FEB_1 * 1 days);
        address[4] memory callers = [operator, governor, stranger, address(this)];
        Checkpoint memory checkpoint = _checkpoint("january");
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, callers[i]));
            _registry.anchor(ledger, JAN, 1, checkpoint);
        }
    }

    /* HELPERS */

    function _checkpoint(bytes32 root) private view returns (Checkpoint memory) {
        return Checkpoint(root, "journal", ledger.head(), uint64(ledger.seq()), 6);
    }

    function _anchor(IJournal journal, uint256 month, uint256 revision, Checkpoint memory checkpoint) private {
        vm.prank(treasurer);
        _registry.anchor(journal, month, revision, checkpoint);
        _sync();
    }

    function _anchorFails(uint256 month, uint256 revision, Checkpoint memory checkpoint, bytes memory error) private {
        vm.prank(treasurer);
        vm.expectRevert(error);
        _registry.anchor(ledger, month, revision, checkpoint);
    }

    function _assertAnchored(address at, uint256 month, uint256 revision, Checkpoint memory checkpoint) private view {
        vm.assertEq(
            abi.encode(_registry.checkpointOf(at, month, revision)), abi.encode(checkpoint), "what was anchored"
        );
    }

    /// @dev By counting the months one by one.
    function _monthOf(uint256 day) private pure returns (uint256 month) {
        uint8[12] memory lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        (uint256 first, uint256 year) = (JAN_1, 2025);
        while (true) {
            for (uint256 m; m < 12; ++m) {
                bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                first += lengths[m] + (m == 1 && leap ? 1 : 0);
                if (day < first) return year * 12 + m;
            }
            ++year;
        }
    }
}
