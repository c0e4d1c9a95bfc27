// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IDisputeCourt} from "contracts/interfaces/IDisputeCourt.sol";
import {IPartnerRegistry} from "contracts/interfaces/IPartnerRegistry.sol";
import {IPlanRegistry} from "contracts/interfaces/IPlanRegistry.sol";
import {IReferralRegistry} from "contracts/interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "contracts/interfaces/ISettlementLedger.sol";
import {ITokenVault} from "contracts/interfaces/ITokenVault.sol";

import {vm} from "../utils/Vm.sol";
import {Promise} from "./Ghosts.sol";
import {Handler} from "./Handler.sol";

/// @title RebuiltFromLogs
/// @notice After a year of everything that can happen, every balance, registry entry and dispute is what somebody says
/// who has read the logs and nothing else.
contract RebuiltFromLogs {
    uint256 private constant ACTS = 1800;

    Handler private _handler;

    function setUp() public {
        vm.pauseGasMetering();
        _handler = new Handler();
        bytes4[] memory acts = _handler.acts();
        for (uint256 i; i < ACTS; ++i) {
            uint256 draw = uint256(keccak256(abi.encode("a year", i)));
            // Those that take fewer arguments do not read the rest.
            (bool done,) =
                address(_handler).call(abi.encodeWithSelector(acts[draw % acts.length], _next(draw), _next(~draw)));
            vm.assertTrue(done, "an act came to its end");
        }
    }

    function test_EverythingIsWhatTheLogsSay() public view {
        _handler.check(Promise.TheLogsSayIt);
        _handler.check(Promise.NoLogIsMissing);
        _handler.check(Promise.OwedIsTheSum);
        _handler.check(Promise.VolumeCountsOnce);
    }

    /// @dev What a year without one of them shows, it does not show of that one.
    function test_EveryEventCameUp() public view {
        bytes32[39] memory topics = [
            IPartnerRegistry.PartnersRegistered.selector,
            IPartnerRegistry.PartnerStatusChanged.selector,
            IPartnerRegistry.PartnerRolesChanged.selector,
            IPartnerRegistry.PayoutChangeRequested.selector,
            IPartnerRegistry.PayoutChangeCanceled.selector,
            IPlanRegistry.PlanPublished.selector,
            IPlanRegistry.PlanRetired.selector,
            IReferralRegistry.ReferralsRegistered.selector,
            IReferralRegistry.ReferralClaimed.selector,
            IReferralRegistry.ReferralReassigned.selector,
            IReferralRegistry.ReferralsLocked.selector,
            ISettlementLedger.BatchSettled.selector,
            ISettlementLedger.OrderRefunded.selector,
            ISettlementLedger.CreditsMatured.selector,
            ISettlementLedger.PayoutsRecorded.selector,
            ISettlementLedger.PayoutReturned.selector,
            ISettlementLedger.WithdrawalRecorded.selector,
            ISettlementLedger.BalanceAdjusted.selector,
            ISettlementLedger.DebtWrittenOff.selector,
            ISettlementLedger.ShareFrozen.selector,
            ISettlementLedger.ShareResolved.selector,
            ISettlementLedger.AttestorChanged.selector,
            ISettlementLedger.PhaseChanged.selector,
            ISettlementLedger.AccountsInherited.selector,
            ISettlementLedger.CreditsInherited.selector,
            IDisputeCourt.DisputeOpened.selector,
            IDisputeCourt.EvidenceSubmitted.selector,
            IDisputeCourt.DisputeRuled.selector,
            IDisputeCourt.RulingAppealed.selector,
            IDisputeCourt.VoteCast.selector,
            IDisputeCourt.DisputeExecuted.selector,
            ITokenVault.BatchCollected.selector,
            ITokenVault.ShortageCollected.selector,
            ITokenVault.SurplusReturned.selector,
            ITokenVault.Withdrawn.selector,
            ITokenVault.SignedWithdrawalPaid.selector,
            ITokenVault.PayoutBatchPaid.selector,
            ITokenVault.WithdrawalsPaused.selector,
            ITokenVault.FundsMoved.selector
        ];
        for (uint256 i; i < topics.length; ++i) {
            // So that the failure names it.
            if (_handler.timesSeen(topics[i]) == 0) vm.assertEq(topics[i], 0, "an event that never came up");
        }
    }

    function _next(uint256 draw) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(draw)));
    }
}
