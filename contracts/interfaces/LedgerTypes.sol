// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @notice `Inheriting` until all accounts of the predecessor are taken over; `Retired` is for good.
enum Phase {
    Open,
    Paused,
    Inheriting,
    Retired
}

/// @notice Why an order or a payout was left out. It can be sent again once the cause is gone, but for `Duplicate`.
enum Skip {
    None,
    Duplicate,
    NoReferral,
    Suspended,
    Insufficient,
    UnknownPartner,
    NotYetPaid
}

/// @notice What a ruling does with a share: the partner keeps it, the house gets it back, another partner gets it.
enum Ruling {
    None,
    Keep,
    Reverse,
    Transfer
}

/// @notice The kinds of words in a ledger's storage. Keys: partner, partner and day as `HeldWord.key`, payout number,
/// order number, order number × 4 + role; of the bitmaps, the number's upper bits (`>> 8`).
enum Word {
    Settled,
    Volume,
    Held,
    Balance,
    Payout,
    Adjusted,
    Order,
    Share
}

/// @notice An order or payout that was left out of a call, and why.
struct Skipped {
    uint48 number;
    Skip reason;
}

/// @notice A held credit whose release day has come.
/// @param partnerId Whose.
/// @param releaseDay The first UTC day (since 1970) on which it may be paid.
struct Release {
    uint32 partnerId;
    uint24 releaseDay;
}

/// @notice A matured credit: what left `held`, what of it repaid debt, and the partner's balance word after it.
struct Maturity {
    uint32 partnerId;
    uint24 releaseDay;
    uint96 amount;
    uint96 debtRepaid;
    uint256 balance;
}

/// @notice A payment on the bank rail.
/// @param payoutNo Chosen by the payer, used once: sending it again changes nothing.
/// @param partnerId Who is paid.
/// @param gross What leaves the partner's balance, in minor units.
/// @param withheld The part of it that goes to the tax office.
/// @param bankRef HMAC of the bank's reference.
struct Payout {
    uint48 payoutNo;
    uint32 partnerId;
    uint80 gross;
    uint80 withheld;
    bytes32 bankRef;
}

/// @notice A correction by hand.
/// @param adjustmentNo Chosen by who asks for it, used once.
/// @param amount Above zero a credit, below zero a debit, in minor units.
/// @param reason Hash of the reason.
/// @param deadline Until when the second key's signature counts, in Unix seconds.
struct Adjustment {
    uint48 adjustmentNo;
    uint32 partnerId;
    int80 amount;
    bytes32 reason;
    uint40 deadline;
}

/// @notice A settled order and the proof that it belongs to a batch.
/// @param leaf The three words of the leaf; see `libraries/OrderCodec`.
/// @param proof Siblings from the leaf up; see `libraries/MerkleTree`.
struct ProvenOrder {
    uint256 batchId;
    bytes32[3] leaf;
    bytes32[] proof;
}

/// @notice What was taken back from a partner, from where, and the partner's balance word after it.
struct Clawback {
    uint32 partnerId;
    uint8 role;
    uint64 fromFrozen;
    uint64 fromHeld;
    uint64 fromAvailable;
    uint64 toDebt;
    uint256 balance;
}

/// @notice The words of a partner's account as a successor takes them over.
struct Inheritance {
    uint256 volume;
    uint256 balance;
}

/// @notice What a ruling did with a share, beside the clawback.
/// @param to Who has the share now; zero for nobody.
/// @param toHeld What that partner got that is held until the release day; `toCredit` what was credited at once.
/// @param debtRepaid The part of what was credited at once that repaid debt.
/// @param balance That partner's balance word afterwards.
/// @param share The share's word afterwards; see `libraries/OrderWords`.
struct Resolution {
    uint48 orderNo;
    uint8 role;
    Ruling ruling;
    uint32 to;
    uint64 toHeld;
    uint64 toCredit;
    uint64 debtRepaid;
    uint256 balance;
    uint256 share;
}
