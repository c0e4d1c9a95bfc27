// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IPartnerRegistry, NewPartner} from "contracts/interfaces/IPartnerRegistry.sol";
import {IPlanRegistry, PlanTerms} from "contracts/interfaces/IPlanRegistry.sol";
import {IReferralRegistry, Referral} from "contracts/interfaces/IReferralRegistry.sol";

import {BaseTest} from "../utils/BaseTest.sol";
import {Order} from "../utils/Codec.sol";
import {vm} from "../utils/Vm.sol";

contract PartnerRegistryTest is BaseTest {
    function test_PartnersAreRegisteredInARow() public {
        NewPartner[] memory list = new NewPartner[](2);
        list[0] = NewPartner("a", "bank", address(0xAA), 1);
        list[1] = NewPartner("b", 0, address(0), 6);
        vm.prank(registrar);
        partners.registerPartners(PARTNERS + 1, list);
        _sync();

        vm.assertEq(partners.count(), PARTNERS + 2, "count");
        _assertPartner(PARTNERS + 1, address(0xAA), 1, "bank");
        _assertPartner(PARTNERS + 2, address(0), 6, 0);
        vm.assertEq(uint256(partners.statusOf(0)), uint256(IPartnerRegistry.Status.Unknown), "nobody is zero");
        vm.assertEq(
            uint256(partners.statusOf(PARTNERS + 3)), uint256(IPartnerRegistry.Status.Unknown), "nobody is next"
        );
    }

    function test_RevertWhen_TheFirstIdIsNotNext() public {
        NewPartner[] memory list = new NewPartner[](1);
        list[0] = NewPartner("a", 0, address(0), 1);
        uint256[3] memory ids = [uint256(0), PARTNERS, PARTNERS + 2];
        for (uint256 i; i < 3; ++i) {
            vm.prank(registrar);
            vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_NotNext.selector, ids[i], PARTNERS + 1));
            partners.registerPartners(ids[i], list);
        }
    }

    function test_RevertWhen_RolesAreBad() public {
        uint8[3] memory bad = [0, 8, 255];
        for (uint256 i; i < 3; ++i) {
            NewPartner[] memory list = new NewPartner[](2);
            list[0] = NewPartner("a", 0, address(0), 7);
            list[1] = NewPartner("b", 0, address(0), bad[i]);
            vm.prank(registrar);
            vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_BadRoles.selector, 1, bad[i]));
            partners.registerPartners(PARTNERS + 1, list);
        }
        vm.assertEq(partners.count(), PARTNERS, "none of them");
    }

    function test_APartnerIsSuspendedAndReinstated() public {
        vm.prank(registrar);
        partners.setStatus(2, IPartnerRegistry.Status.Suspended, "why");
        vm.assertEq(uint256(partners.statusOf(2)), uint256(IPartnerRegistry.Status.Suspended), "suspended");
        vm.prank(registrar);
        partners.setStatus(2, IPartnerRegistry.Status.Active, "cleared");
        _assertPartner(2, address(0), 7, 0);
        _sync();
    }

    function test_RevertWhen_TheStatusIsBad() public {
        IPartnerRegistry.Status[2] memory bad = [IPartnerRegistry.Status.Active, IPartnerRegistry.Status.Unknown];
        for (uint256 i; i < 2; ++i) {
            vm.prank(registrar);
            vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_BadStatus.selector, 1, bad[i]));
            partners.setStatus(1, bad[i], 0);
        }
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IPartnerRegistry.Partner_Unknown.selector, PARTNERS + 1));
        partners.setStatus(PARTNERS + 1, IPartnerRegistry.Status.Suspended, 0);
    }

    function _assertPartner(uint256 id, address wallet, uint8 roles, bytes32 payoutRef) private view {
        (address walletIs, uint8 rolesAre, IPartnerRegistry.Status status, bytes32 payoutRefIs) = partners.partnerOf(id);
        vm.assertEq(walletIs, wallet, "wallet");
        vm.assertEq(rolesAre, roles, "roles");
        vm.assertEq(uint256(status), uint256(IPartnerRegistry.Status.Active), "status");
        vm.assertEq(payoutRefIs, payoutRef, "payout reference");
    }
}

contract PlanRegistryTest is BaseTest {
    uint256 private constant NEXT = 6;

    function test_APlanIsPublished() public {
        PlanTerms memory terms = _terms(
            _thresholds(1, 2, type(uint64).max),
            _rates(_row(1, 2, 3, 4000), _row(5000, 6, 7, 8), _row(9, 1000, 11, 12)),
            3650
        );
        terms.renewalBps = _rates(_row(10_000, 0, 0, 0));
        _publish(terms);
        _sync();

        vm.assertEq(plans.count(), NEXT, "count");
        vm.assertTrue(plans.isOpen(NEXT), "open");
        (uint256 rules, uint256 newRates, uint256 renewalRates) = plans.wordsOf(NEXT);
        // Both sets of rates can give away the whole order.
        uint256 flags = 1 << 216 | 3 << 217;
        vm.assertEq(rules, 1 | 2 << 64 | uint256(type(uint64).max) << 128 | 3 << 192 | 3650 << 200 | flags, "rules");
        // Cells of 16 bits, four to a role, from the lowest.
        uint256 expected = 0x000c000b03e8000900080007000613880fa0000300020001;
        vm.assertEq(newRates, expected, "rates for new orders");
        vm.assertEq(renewalRates, 10_000, "rates for renewals");
    }

    function test_NoPlanIsZero() public view {
        vm.assertFalse(plans.isOpen(0), "not open");
        vm.assertFalse(plans.isOpen(NEXT), "not open");
        (uint256 rules,,) = plans.wordsOf(0);
        vm.assertEq(rules, 0, "no words");
    }

    function test_RevertWhen_ThereAreFourThresholds() public {
        uint64[] memory four = new uint64[](4);
        (four[0], four[1], four[2], four[3]) = (1, 2, 3, 4);
        _publishFails(
            _terms(four, _rates(_row(1)), 0),
            abi.encodeWithSelector(IPlanRegistry.Plan_TooManyThresholds.selector, 4, 3)
        );
    }

    function test_RevertWhen_ThresholdsDoNotAscend() public {
        bytes4 error = IPlanRegistry.Plan_ThresholdNotAscending.selector;
        uint16[][] memory rates = _rates(_row(1, 2, 3, 4));
        _publishFails(_terms(_thresholds(0), _rates(_row(1, 2)), 0), abi.encodeWithSelector(error, 0, 0));
        _publishFails(_terms(_thresholds(5, 5, 6), rates, 0), abi.encodeWithSelector(error, 1, 5));
        _publishFails(_terms(_thresholds(5, 7, 6), rates, 0), abi.encodeWithSelector(error, 2, 6));
    }

    function test_RevertWhen_RolesAreNoneOrFour() public {
        bytes4 error = IPlanRegistry.Plan_BadRoleCount.selector;
        _publishFails(_terms(_thresholds(), new uint16[][](0), 0), abi.encodeWithSelector(error, 0, 3));

        uint16[][] memory four = new uint16[][](4);
        for (uint256 i; i < 4; ++i) {
            four[i] = _row(1);
        }
        _publishFails(_terms(_thresholds(), four, 0), abi.encodeWithSelector(error, 4, 3));

        PlanTerms memory terms = _terms(_thresholds(), _rates(_row(1)), 0);
        terms.renewalBps = four;
        _publishFails(terms, abi.encodeWithSelector(error, 4, 3));
    }

    function test_RevertWhen_ARoleHasNotOneRatePerTier() public {
        bytes4 error = IPlanRegistry.Plan_BadRateCount.selector;
        _publishFails(_terms(_thresholds(5), _rates(_row(1)), 0), abi.encodeWithSelector(error, 0, 1, 2));
        _publishFails(_terms(_thresholds(), _rates(_row(1, 2)), 0), abi.encodeWithSelector(error, 0, 2, 1));
        _publishFails(
            _terms(_thresholds(5), _rates(_row(1, 2), _row(1, 2), _row(1)), 0), abi.encodeWithSelector(error, 2, 1, 2)
        );
    }

    function test_RevertWhen_TheHighestRatesExceedTheOrder() public {
        bytes4 error = IPlanRegistry.Plan_SumExceeds.selector;
        // Each tier alone would fit; roles reach theirs apart from each other.
        _publishFails(
            _terms(_thresholds(5), _rates(_row(6000, 1), _row(1, 4000), _row(1, 0)), 0),
            abi.encodeWithSelector(error, 10_001, 10_000)
        );
        _publishFails(
            _terms(_thresholds(), _rates(_row(type(uint16).max)), 0), abi.encodeWithSelector(error, 65_535, 10_000)
        );
        _publish(_terms(_thresholds(5), _rates(_row(6000, 1), _row(1, 4000), _row(0, 0)), 0));
    }

    function test_RevertWhen_TheHoldIsTooLong() public {
        _publishFails(
            _terms(_thresholds(), _rates(_row(1)), 3651),
            abi.encodeWithSelector(IPlanRegistry.Plan_HoldTooLong.selector, 3651, 3650)
        );
    }

    function test_RevertWhen_TheIdIsNotNext() public {
        PlanTerms memory terms = _terms(_thresholds(), _rates(_row(1)), 0);
        uint256[4] memory ids = [uint256(0), NEXT - 1, NEXT + 1, type(uint256).max];
        for (uint256 i; i < 4; ++i) {
            _governFails(
                address(plans),
                abi.encodeCall(plans.publishPlan, (ids[i], terms)),
                abi.encodeWithSelector(IPlanRegistry.Plan_NotNext.selector, ids[i], NEXT)
            );
        }
    }

    function test_APlanIsRetiredOnce() public {
        _govern(address(plans), abi.encodeCall(plans.retirePlan, (2)));
        _sync();
        vm.assertFalse(plans.isOpen(2), "closed");
        (uint256 rules,,) = plans.wordsOf(2);
        vm.assertTrue(rules != 0, "its words stay");
        _governFails(
            address(plans),
            abi.encodeCall(plans.retirePlan, (2)),
            abi.encodeWithSelector(IPlanRegistry.Plan_Retired.selector, 2)
        );
        _governFails(
            address(plans),
            abi.encodeCall(plans.retirePlan, (NEXT)),
            abi.encodeWithSelector(IPlanRegistry.Plan_Unknown.selector, NEXT)
        );
    }

    function _publish(PlanTerms memory terms) private {
        _govern(address(plans), abi.encodeCall(plans.publishPlan, (NEXT, terms)));
    }

    function _publishFails(PlanTerms memory terms, bytes memory error) private {
        _governFails(address(plans), abi.encodeCall(plans.publishPlan, (NEXT, terms)), error);
    }
}

contract ReferralRegistryTest is BaseTest {
    /* FIRST TOUCH */

    function test_AReferralIsOneWord() public {
        _register(Referral(_key(1), 1, 2, 3, TIERED, 4, 5));
        _sync();
        (uint256 current, uint256 previous) = (referrals.wordOf(_key(1)), referrals.wordOfVersion(_key(1), 1));
        vm.assertEq(current, 1 | 2 << 32 | 3 << 64 | uint256(TIERED) << 96 | 4 << 120 | 5 << 160, "current");
        vm.assertEq(previous, 0, "previous");
    }

    function test_RevertWhen_ACustomerHasOne() public {
        _customer(1, FLAT, 1, 0, 0);
        _registerFails(
            Referral(_key(1), 2, 0, 0, FLAT, 0, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_AlreadyRegistered.selector, _key(1))
        );

        // Twice in one list: none of it.
        Referral[] memory list = new Referral[](2);
        list[0] = list[1] = Referral(_key(2), 2, 0, 0, FLAT, 0, 0);
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_AlreadyRegistered.selector, _key(2)));
        referrals.registerReferrals(list);
    }

    function test_RevertWhen_APartnerIsUnknown() public {
        uint32 nobody = uint32(PARTNERS + 1);
        bytes memory error = abi.encodeWithSelector(IReferralRegistry.Referral_UnknownPartner.selector, _key(1), nobody);
        _registerFails(Referral(_key(1), nobody, 0, 0, FLAT, 0, 0), error);
        _registerFails(Referral(_key(1), 1, nobody, 0, FLAT, 0, 0), error);
        _registerFails(Referral(_key(1), 1, 0, nobody, FLAT, 0, 0), error);
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_Unknown.selector, _key(1)));
        referrals.reassign(Referral(_key(1), 1, 0, 0, FLAT, _now(), 0));
    }

    function test_RevertWhen_ThePlanIsNotOpen() public {
        _registerFails(
            Referral(_key(1), 1, 0, 0, 9, 0, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_PlanNotOpen.selector, _key(1), 9)
        );
        _govern(address(plans), abi.encodeCall(plans.retirePlan, (TIERED)));
        // Behind one whose plan is open, and before one of the same retired plan.
        Referral[] memory list = new Referral[](3);
        list[0] = Referral(_key(1), 1, 0, 0, FLAT, 0, 0);
        list[1] = Referral(_key(2), 1, 0, 0, TIERED, 0, 0);
        list[2] = Referral(_key(3), 1, 0, 0, TIERED, 0, 0);
        vm.prank(registrar);
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_PlanNotOpen.selector, _key(2), TIERED));
        referrals.registerReferrals(list);
    }

    function test_RevertWhen_TheWindowIsEmpty() public {
        uint40[2] memory ends = [uint40(100), 99];
        for (uint256 i; i < 2; ++i) {
            _registerFails(
                Referral(_key(1), 1, 0, 0, FLAT, 100, ends[i]),
                abi.encodeWithSelector(IReferralRegistry.Referral_EmptyWindow.selector, _key(1), 100, ends[i])
            );
        }
        _register(Referral(_key(1), 1, 0, 0, FLAT, 100, 101));
    }

    /* REASSIGNING */

    function test_RevertWhen_WhoIsLockedIsUnknown() public {
        bytes12[] memory keys = new bytes12[](1);
        keys[0] = _key(99);
        vm.prank(address(ledger));
        vm.expectRevert(abi.encodeWithSelector(IReferralRegistry.Referral_Unknown.selector, keys[0]));
        referrals.lock(keys);
    }

    function test_AReassignmentKeepsTheWordBefore() public {
        _customer(1, FLAT, 1, 0, 0);
        uint256 from = referrals.wordOf(_key(1));
        _reassign(Referral(_key(1), 2, 0, 0, TIERED, _now(), 0));
        _sync();
        (uint256 current, uint256 previous) = (referrals.wordOf(_key(1)), referrals.wordOfVersion(_key(1), 0));
        vm.assertEq(previous, from, "previous");
        vm.assertEq(uint32(current), 2, "referrer");
        vm.assertEq(_attribution(1, _now() - 1), from, "before");
        vm.assertEq(_attribution(1, _now()), current, "from then on");
    }

    function test_RevertWhen_AReassignmentIsNotForwards() public {
        _customer(1, FLAT, 1, 0, 0);
        uint40 today = _now();
        _reassignFails(
            Referral(_key(1), 2, 0, 0, FLAT, today - 1, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_NotForward.selector, _key(1), today - 1, today)
        );
        _reassign(Referral(_key(1), 2, 0, 0, FLAT, today, 0));
        _reassignFails(
            Referral(_key(1), 3, 0, 0, FLAT, today, 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_NotForward.selector, _key(1), today, today + 1)
        );
        _reassign(Referral(_key(1), 3, 0, 0, FLAT, today + 1, 0));
    }

    function test_RevertWhen_AReassignmentIsBad() public {
        _customer(1, FLAT, 1, 0, 0);
        _reassignFails(
            Referral(_key(1), uint32(PARTNERS + 1), 0, 0, FLAT, _now(), 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_UnknownPartner.selector, _key(1), PARTNERS + 1)
        );
        _reassignFails(
            Referral(_key(1), 2, 0, 0, 0, _now(), 0),
            abi.encodeWithSelector(IReferralRegistry.Referral_PlanNotOpen.selector, _key(1), 0)
        );
        _reassignFails(
            Referral(_key(1), 2, 0, 0, FLAT, _now(), _now()),
            abi.encodeWithSelector(IReferralRegistry.Referral_EmptyWindow.selector, _key(1), _now(), _now())
        );
    }

    /* LOOKING UP */

    function test_LookupsAnswerInTheirOrder() public {
        _customer(1, FLAT, 1, 0, 0);
        _customer(2, FLAT, 2, 0, 0);
        Order[] memory orders = new Order[](3);
        orders[0] = Order(1, _key(2), 1, NEW, 0);
        orders[1] = Order(2, _key(3), 1, NEW, 0);
        orders[2] = Order(3, _key(1), 1, NEW, type(uint40).max);
        bytes memory words = referrals.attributionsOf(_encode(orders));
        vm.assertEq(
            words, abi.encode(referrals.wordOf(_key(2)), uint256(0), referrals.wordOf(_key(1))), "the second is unknown"
        );
    }

    function testFuzz_TheWordInForce(uint40 from, uint40 to, uint40 at, uint16 later) public {
        from = uint40(_bound(from, 0, _now()));
        if (to != 0) to = uint40(_bound(to, from + 1, type(uint40).max));
        _register(Referral(_key(1), 1, 0, 0, FLAT, from, to));
        uint40 second = uint40(_bound(later, _now() + 1, _now() + type(uint16).max));
        _reassign(Referral(_key(1), 2, 0, 0, FLAT, second, 0));

        uint256 expected;
        if (at >= second) expected = 2;
        else if (at >= from && (to == 0 || at < to)) expected = 1;
        vm.assertEq(uint32(_attribution(1, at)), expected, "whose");
    }

    /* HELPERS */

    function _attribution(uint256 name, uint256 at) private view returns (uint256) {
        return referrals.wordAt(_key(name), at);
    }

    function _registerFails(Referral memory referral, bytes memory error) private {
        vm.prank(registrar);
        vm.expectRevert(error);
        referrals.registerReferrals(_list(referral));
    }

    function _reassign(Referral memory referral) private {
        vm.prank(arbiter);
        referrals.reassign(referral);
    }

    function _reassignFails(Referral memory referral, bytes memory error) private {
        vm.prank(arbiter);
        vm.expectRevert(error);
        referrals.reassign(referral);
    }
}
