// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @dev What is promised, in words: `tests/contracts/invariants/README.md`.
enum Promise {
    None,
    PaidOnce,
    ExactShares,
    TierOfTheMonthBefore,
    VolumeCountsOnce,
    AttributionInForce,
    ThePastStands,
    PlansStand,
    Signed,
    LeftOutForItsReason,
    Proven,
    RefundsAddUp,
    ClawedInOrder,
    HeldUntilItsDay,
    NotWhileSuspended,
    PaidWhatIsThere,
    TwoKeys,
    NoMoneyAndDebt,
    OwedIsTheSum,
    TheLogsSayIt,
    NoLogIsMissing,
    PauseStops,
    WhatIsAllowedSucceeds,
    FrozenUntilRuled,
    OneDispute,
    RulingCarriedOut,
    EndsByItsDeadline,
    VaultHoldsWhatItSays,
    NothingSettledUncollected,
    PayeesApart,
    WithdrawalPauseEnds,
    NothingPaidTwice,
    OnlyToItsOwner,
    PayoutChangesWait,
    InheritedOnce
}

/// @title Ghosts
/// @notice Remembers which promise was broken. Nothing here reverts: a campaign must go on to the invariant.
abstract contract Ghosts {
    mapping(Promise => string) private _why;

    function _keep(Promise which, bool kept, string memory why) internal {
        if (!kept && bytes(_why[which]).length == 0) _why[which] = why;
    }

    /// @notice Why the promise was broken; empty while it was not.
    function whyBroken(Promise which) public view returns (string memory) {
        return _why[which];
    }
}
