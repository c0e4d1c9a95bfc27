// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Promises} from "./Promises.sol";
import {PayingActs} from "./acts/Paying.sol";
import {SettlingActs} from "./acts/Settling.sol";
import {SucceedingActs} from "./acts/Succeeding.sol";
import {WithdrawingActs} from "./acts/Withdrawing.sol";

/// @title Handler
/// @notice Does to the contracts what the people of an installation do, and what they must not be able to do. Every
/// act knows, from the books alone, whether it is allowed.
contract Handler is Promises, SettlingActs, PayingActs, WithdrawingActs, SucceedingActs {
    /// @dev Those named twice happen twice as often.
    function acts() external pure returns (bytes4[] memory list) {
        list = new bytes4[](60);
        bytes4[60] memory all = [
            this.settle.selector,
            this.settle.selector,
            this.settle.selector,
            this.settle.selector,
            this.settleUnsigned.selector,
            this.refund.selector,
            this.refund.selector,
            this.refund.selector,
            this.refundBackwards.selector,
            this.refundUnproven.selector,
            this.mature.selector,
            this.matureAll.selector,
            this.matureAll.selector,
            this.passDays.selector,
            this.passDays.selector,
            this.passMonths.selector,
            this.pay.selector,
            this.pay.selector,
            this.returnPayout.selector,
            this.adjust.selector,
            this.adjust.selector,
            this.writeOffDebt.selector,
            this.pause.selector,
            this.unpause.selector,
            this.unpause.selector,
            this.suspendOrReinstate.selector,
            this.publish.selector,
            this.retirePlan.selector,
            this.reassign.selector,
            this.registerAgain.selector,
            this.claim.selector,
            this.remember.selector,
            this.open.selector,
            this.open.selector,
            this.submitEvidence.selector,
            this.rule.selector,
            this.ruleByRecord.selector,
            this.appeal.selector,
            this.vote.selector,
            this.vote.selector,
            this.execute.selector,
            this.executeAll.selector,
            this.withdraw.selector,
            this.withdrawForOthers.selector,
            this.withdrawWithSig.selector,
            this.withdrawWithSig.selector,
            this.withdrawAgain.selector,
            this.withdrawAgain.selector,
            this.withdraw.selector,
            this.pauseWithdrawals.selector,
            this.payOut.selector,
            this.payOutAgain.selector,
            this.blockOrUnblock.selector,
            this.collect.selector,
            this.returnSurplus.selector,
            this.changePayout.selector,
            this.cancelPayoutChange.selector,
            this.setRoles.selector,
            this.succeed.selector,
            this.inheritCredits.selector
        ];
        for (uint256 i; i < list.length; ++i) {
            list[i] = all[i];
        }
    }
}
