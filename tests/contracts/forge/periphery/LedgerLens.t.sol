// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Ground} from "contracts/interfaces/IDisputeCourt.sol";
import {Account, Standing} from "contracts/interfaces/ILedgerLens.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {LedgerLens} from "contracts/periphery/LedgerLens.sol";

import {CourtTest} from "../utils/CourtTest.sol";
import {vm} from "../utils/Vm.sol";

/// @dev The court's world: Bob has 1500 that are held until day `RELEASE`.
contract LedgerLensTest is CourtTest {
    /// @dev All the days there can be something on.
    uint256 private constant FIRST = SETTLED;
    uint256 private constant LAST = SETTLED + 60;

    LedgerLens private lens;

    function setUp() public override {
        super.setUp();
        lens = new LedgerLens();
    }

    /* ACCOUNTS */

    function test_APartnerWithoutAnything() public view {
        Account memory nothing;
        nothing.partnerId = CAROL;
        nothing.isPayable = true;
        _assertAccount(nothing);
    }

    function test_APartnerThatDoesNotExistIsNotPayable() public view {
        Account memory nothing;
        nothing.partnerId = CAROL + 1;
        _assertAccount(nothing);
    }

    function test_ASuspendedPartnerIsNotPayable() public {
        _setStatus(CAROL, IPartnerRegistry.Status.Suspended);
        vm.assertFalse(_account(CAROL).isPayable, "suspended");
        _setStatus(CAROL, IPartnerRegistry.Status.Active);
        vm.assertTrue(_account(CAROL).isPayable, "reinstated");
    }

    function test_WhatIsHeldAndTheNextRelease() public {
        Account memory expected = _held(1500, RELEASE, 1500);
        _assertAccount(expected);

        // A later release adds to what is held; an earlier one comes next.
        _at(SETTLED + 2);
        _settle(_order(11, _customer(2, TIERED, BOB, 0, 0), 10_000));
        expected.held = 2500;
        _assertAccount(expected);
        _settle(_order(12, _customer(3, OTHER, BOB, 0, 0), 10_000));
        _assertAccount(_held(2600, SETTLED + 3, 100));
    }

    function test_WhatIsHeldMaturesWithTheFirstSecondOfTheDay() public {
        vm.warp(RELEASE * 1 days - 1);
        _assertAccount(_held(1500, RELEASE, 1500));
        vm.warp(RELEASE * 1 days);
        Account memory expected = _held(0, 0, 0);
        expected.matured = 1500;
        _assertAccount(expected);

        _mature(BOB, RELEASE);
        expected.matured = 0;
        expected.available = 1500;
        _assertAccount(expected);
    }

    function test_WhatIsFrozenIsNotHeld() public {
        _open(Ground.Evidence);
        Account memory expected = _held(1000, RELEASE, 1000);
        expected.frozen = 500;
        _assertAccount(expected);
    }

    function test_DebtIsTold() public {
        vm.warp(RELEASE * 1 days);
        _mature(BOB, RELEASE);
        _pay(BOB, 1500);
        _refund(1, 10_000);
        Account memory expected = _held(0, 0, 0);
        expected.debt = 500;
        _assertAccount(expected);
    }

    function test_DaysOutsideTheRangeAreLeftOut() public {
        uint256[4] memory firsts = [RELEASE, RELEASE - 1, RELEASE + 1, RELEASE];
        uint256[4] memory lasts = [RELEASE, RELEASE - 1, RELEASE + 1, RELEASE - 1];
        uint256[4] memory seen = [uint256(1500), 0, 0, 0];
        for (uint256 i; i < 4; ++i) {
            Account memory account = lens.accountOf(ledger, BOB, firsts[i], lasts[i]);
            vm.assertEq(account.held, seen[i], "held");
            vm.assertEq(account.nextRelease, seen[i], "next");
        }
        vm.warp(RELEASE * 1 days);
        for (uint256 i; i < 4; ++i) {
            vm.assertEq(lens.accountOf(ledger, BOB, firsts[i], lasts[i]).matured, seen[i], "matured");
        }
    }

    function test_AListOfAccountsIsInItsOrder() public view {
        uint256[] memory ids = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (3, BOB, 3);
        Account[] memory accounts = lens.accountsOf(ledger, ids, FIRST, LAST);
        vm.assertEq(accounts.length, 3, "as many");
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(abi.encode(accounts[i]), abi.encode(_account(ids[i])), "one by one");
        }
        vm.assertEq(lens.accountsOf(ledger, new uint256[](0), FIRST, LAST).length, 0, "none");
    }

    /// @dev What the lens says matures is what maturing makes available, and what is held is what is left.
    function testFuzz_WhatMaturesIsWhatTheLensSaid(uint256[6] memory bases, uint256 day) public {
        for (uint48 i; i < 6; ++i) {
            _at(SETTLED + 1 + i);
            bytes12 key = _customer(20 + i, i % 2 == 0 ? OTHER : FLAT, BOB, 0, 0);
            _settle(_order(20 + i, key, uint64(_bound(bases[i], 1, 1e12))));
        }
        day = _bound(day, SETTLED + 6, LAST);
        vm.warp(day * 1 days);
        Account memory before = _account(BOB);

        for (uint256 release = FIRST; release <= day; ++release) {
            _mature(BOB, release);
        }
        Account memory afterwards = _account(BOB);
        vm.assertEq(afterwards.available, before.available + before.matured, "available");
        vm.assertEq(afterwards.matured, 0, "nothing is left to mature");
        vm.assertEq(afterwards.held, before.held, "held");
        vm.assertEq(ledger.owed(), before.matured + before.held + 1500, "all that is owed, with 1500 of the others");
        if (before.held == 0) return;
        vm.assertTrue(before.nextReleaseDay > day, "the next release is to come");
        vm.assertEq(ledger.heldOf(BOB, before.nextReleaseDay), before.nextRelease, "what is held until then");
    }

    /* STANDINGS */

    function test_TheTierIsOfTheMonthBefore() public {
        _settle(_order(11, _customer(2, TIERED, CAROL, 0, 0), 500_000));
        _assertStanding(CAROL, TIERED, 500_000, 0, 0, 2, 1_500_000);
        _at(FEB_1);
        _assertStanding(CAROL, TIERED, 0, 500_000, 2, 0, 100_000);
        _settle(_order(12, _key(2), 99_999));
        _assertStanding(CAROL, TIERED, 99_999, 500_000, 2, 0, 1);
        _settle(_order(13, _key(2), 10));
        _assertStanding(CAROL, TIERED, 100_009, 500_000, 2, 1, 399_991);
        _at(MAR_1);
        _assertStanding(CAROL, TIERED, 0, 100_009, 1, 0, 100_000);
        _at(APR_1);
        _assertStanding(CAROL, TIERED, 0, 0, 0, 0, 100_000);
    }

    function test_NothingIsMissingAtTheHighestTier() public {
        _settle(_order(11, _customer(2, TIERED, CAROL, 0, 0), 2_000_000));
        _assertStanding(CAROL, TIERED, 2_000_000, 0, 0, 3, 0);
        _assertStanding(CAROL, OTHER, 2_000_000, 0, 0, 1, 0);
    }

    function test_APlanWithoutTiers() public view {
        _assertStanding(BOB, FLAT, 30_000, 0, 0, 0, 0);
    }

    function test_APlanThatDoesNotExist() public view {
        _assertStanding(BOB, 99, 30_000, 0, 0, 0, 0);
    }

    function test_AListOfStandingsIsInItsOrder() public view {
        uint256[] memory ids = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (3, CAROL, BOB);
        Standing[] memory standings = lens.standingsOf(ledger, ids, TIERED);
        vm.assertEq(standings.length, 3, "as many");
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(abi.encode(standings[i]), abi.encode(lens.standingOf(ledger, ids[i], TIERED)), "one by one");
        }
        vm.assertEq(lens.standingsOf(ledger, new uint256[](0), TIERED).length, 0, "none");
    }

    /// @dev The tier that the lens promises is the one that next month's order gets, and the volume that it says is
    /// missing is enough, and no less would be. By tens, because an order that pays nobody adds no volume.
    function testFuzz_WhatIsMissingLeadsToTheNextTier(uint64 volume) public {
        volume = 10 * uint64(_bound(volume, 1, 300_000));
        _settle(_order(11, _customer(2, TIERED, CAROL, 0, 0), volume));
        Standing memory standing = lens.standingOf(ledger, CAROL, TIERED);
        if (standing.missing > 10) {
            _settle(_order(12, _key(2), uint64(standing.missing - 10)));
            vm.assertEq(lens.standingOf(ledger, CAROL, TIERED).nextTier, standing.nextTier, "not yet");
        }
        if (standing.missing != 0) {
            _settle(_order(13, _key(2), 10));
            vm.assertEq(lens.standingOf(ledger, CAROL, TIERED).nextTier, standing.nextTier + 1, "reached");
            ++standing.nextTier;
        }
        _at(FEB_1);
        vm.assertEq(lens.standingOf(ledger, CAROL, TIERED).tier, standing.nextTier, "the tier of the month");
        vm.assertEq(_settle(_order(14, _key(2), 10_000)).leaves[0].tiers[0], standing.nextTier, "of its orders");
    }

    /* HELPERS */

    function _account(uint256 partnerId) private view returns (Account memory) {
        return lens.accountOf(ledger, partnerId, FIRST, LAST);
    }

    /// @dev Bob's account, with nothing beside what is held.
    function _held(uint256 held, uint256 nextReleaseDay, uint256 nextRelease)
        private
        pure
        returns (Account memory account)
    {
        account.partnerId = BOB;
        account.isPayable = true;
        (account.held, account.nextReleaseDay, account.nextRelease) = (held, nextReleaseDay, nextRelease);
    }

    function _setStatus(uint256 partnerId, IPartnerRegistry.Status status) private {
        vm.prank(registrar);
        partners.setStatus(partnerId, status, "");
    }

    function _assertAccount(Account memory expected) private view {
        vm.assertEq(abi.encode(_account(expected.partnerId)), abi.encode(expected), "account");
    }

    function _assertStanding(
        uint256 partnerId,
        uint256 planId,
        uint256 volume,
        uint256 before,
        uint256 tier,
        uint256 nextTier,
        uint256 missing
    ) private view {
        Standing memory standing = lens.standingOf(ledger, partnerId, planId);
        vm.assertEq(standing.partnerId, partnerId, "partner");
        vm.assertEq(standing.volume, volume, "volume");
        vm.assertEq(standing.volumeBefore, before, "of the month before");
        vm.assertEq(standing.tier, tier, "tier");
        vm.assertEq(standing.nextTier, nextTier, "next tier");
        vm.assertEq(standing.missing, missing, "missing");
    }
}
