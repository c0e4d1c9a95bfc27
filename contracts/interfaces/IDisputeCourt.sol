// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "./IJournal.sol";
import {IPartnerRegistry} from "./IPartnerRegistry.sol";
import {IReferralRegistry} from "./IReferralRegistry.sol";
import {ISettlementLedger} from "./ISettlementLedger.sol";
import {ProvenOrder, Ruling} from "./LedgerTypes.sol";

/// @notice What a claim rests on: no more than that the referral record names the claimant, or evidence.
enum Ground {
    Record,
    Evidence
}

/// @notice Where a dispute stands. `Unknown` is the value of an id that was never given; `Decided` waits for anyone to
/// call {IDisputeCourt-execute}.
enum Status {
    Unknown,
    Open,
    Ruled,
    Appealed,
    Decided,
    Executed
}

/// @notice How long each stage lasts, in seconds.
/// @param ruling From the opening to the first ruling.
/// @param appeal From the first ruling to an appeal.
/// @param panel From the appeal to the panel's decision.
struct Periods {
    uint32 ruling;
    uint32 appeal;
    uint32 panel;
}

/// @notice A dispute about one share.
/// @param claimant The partner who says that the share is its own.
/// @param respondent The partner who has the share.
/// @param role The share's role in the order.
/// @param ruling What stands: of the arbiter or the record, then of the panel; `None` while nobody has ruled.
/// @param votes Bit set of the rulings for which a member of the panel voted: bit 1 `Keep`, 2 `Reverse`, 3 `Transfer`.
/// @param deadline The first second that is too late for what the status waits for; of a dispute that is decided, the
/// first second in which it was.
/// @param paidAt When the order was paid: the moment for which the record is asked.
/// @param customerKey Whose order it was.
/// @param ruler Who ruled first; zero while nobody has, and when the record did.
struct Dispute {
    uint32 claimant;
    uint32 respondent;
    uint48 orderNo;
    uint8 role;
    Ground ground;
    Status status;
    Ruling ruling;
    uint8 votes;
    uint40 deadline;
    uint40 paidAt;
    bytes12 customerKey;
    address ruler;
}

/// @title IDisputeCourt
/// @notice Decides who a share of a settled order belongs to: the referral record or an arbiter rules, one appeal goes
/// to a panel of three, and whoever misses a deadline loses the right, never the others theirs. It holds no money: the
/// ledger sets the share aside and carries the decision out.
///
/// Every dispute can be executed, by anyone, at the latest when the three periods have passed since it was opened:
/// without a ruling the respondent keeps the share, without a decision of the panel the first ruling stands. Neither a
/// pause of the ledger nor the suspension of a partner changes that.
///
/// A partner acts through its wallet. For a partner without one, whoever the authority lets call the same function.
interface IDisputeCourt is IJournal {
    /* ERRORS */

    /// @notice Thrown when a period is zero or longer than thirty days.
    error Court_BadPeriod(uint256 given, uint256 most);

    /// @notice Thrown when the claimant is not a registered partner.
    error Court_UnknownPartner(uint256 partnerId);

    /// @notice Thrown when the caller may not act for the partner.
    error Court_NotActingFor(uint256 partnerId, address account);

    /// @notice Thrown when the claimant has the share already.
    error Court_OwnShare(uint256 orderNo, uint256 role, uint256 partnerId);

    /// @notice Thrown when the partner is neither the claimant nor the respondent.
    error Court_NotParty(uint256 disputeId, uint256 partnerId);

    /// @notice Thrown when the dispute is not at the stage that the call belongs to.
    error Court_WrongStatus(uint256 disputeId, Status status);

    /// @notice Thrown when the record is asked about a claim that rests on evidence, or an arbiter rules on one that
    /// rests on the record.
    error Court_WrongGround(uint256 disputeId, Ground ground);

    /// @notice Thrown when the stage is over.
    error Court_TooLate(uint256 disputeId, uint256 deadline, uint256 at);

    /// @notice Thrown when the stage is not over.
    error Court_TooEarly(uint256 disputeId, uint256 deadline, uint256 at);

    /// @notice Thrown when a ruling is none of the three there are.
    error Court_BadRuling(uint256 disputeId, uint256 ruling);

    /// @notice Thrown when who ruled first would vote over it.
    error Court_OwnRuling(uint256 disputeId, address account);

    /// @notice Thrown when a member of the panel votes again.
    error Court_AlreadyVoted(uint256 disputeId, address account);

    /* EVENTS */

    /// @notice Emitted when a dispute is opened, and the share with it frozen.
    /// @param evidence Hash of the claim and what supports it.
    event DisputeOpened(uint256 indexed seq, uint256 disputeId, Dispute dispute, address openedBy, bytes32 evidence);

    /// @notice Emitted when a party submits evidence.
    /// @param evidence Its hash.
    event EvidenceSubmitted(
        uint256 indexed seq, uint256 disputeId, uint256 partnerId, address submittedBy, bytes32 evidence
    );

    /// @notice Emitted with the first ruling.
    /// @param ruler Zero when the record ruled.
    /// @param deadline The first second that is too late for an appeal.
    event DisputeRuled(uint256 indexed seq, uint256 disputeId, address ruler, Ruling ruling, uint256 deadline);

    /// @notice Emitted when a party appeals.
    /// @param deadline The first second that is too late for a vote.
    event RulingAppealed(
        uint256 indexed seq, uint256 disputeId, uint256 partnerId, address appealedBy, uint256 deadline
    );

    /// @notice Emitted when a member of the panel votes.
    /// @param from The ruling that stood before, `to` after.
    /// @param deadline The first second that is too late for a vote: this one when the vote was decisive.
    event VoteCast(
        uint256 indexed seq, uint256 disputeId, address member, Ruling vote, Ruling from, Ruling to, uint256 deadline
    );

    /// @notice Emitted when a dispute ends.
    /// @param from Where it stood when its time ran out or the panel decided: `Open`, `Ruled` or `Appealed`.
    event DisputeExecuted(uint256 indexed seq, uint256 disputeId, Status from, Ruling ruling);

    /* PARTIES */

    /// @notice Claims a share, which is frozen until the end.
    ///
    /// Notes: a share has one dispute, ever.
    ///
    /// Emits {DisputeOpened}.
    ///
    /// Requirements: the caller acts for the claimant, which exists and does not have the share; those of
    /// {ISettlementLedger-freeze}.
    /// @param evidence Hash of the claim and what supports it.
    /// @return disputeId Dense, from 1.
    function open(ProvenOrder calldata order, uint256 role, uint32 claimant, Ground ground, bytes32 evidence)
        external
        returns (uint256 disputeId);

    /// @notice Puts evidence on record, by its hash.
    ///
    /// Emits {EvidenceSubmitted}.
    ///
    /// Requirements: the partner is a party; the caller acts for it; the dispute is open or appealed, and its deadline
    /// has not come.
    function submitEvidence(uint256 disputeId, uint256 partnerId, bytes32 evidence) external;

    /// @notice Brings the first ruling before the panel.
    ///
    /// Emits {RulingAppealed}.
    ///
    /// Requirements: the partner is a party; the caller acts for it; there is a first ruling, nobody appealed, and its
    /// deadline has not come.
    function appeal(uint256 disputeId, uint256 partnerId) external;

    /* RULING */

    /// @notice Lets the referral record rule, as it was in force when the order was paid. Anyone may call.
    ///
    /// Notes: if it names the claimant in the role, the share is its; if it names the respondent, it stays; if it names
    /// another or nobody, it goes back to the house.
    ///
    /// Emits {DisputeRuled}.
    ///
    /// Requirements: the claim rests on the record; the dispute is open and its deadline has not come.
    function ruleByRecord(uint256 disputeId) external;

    /// @notice Rules on a claim that rests on evidence.
    ///
    /// Notes: the shape is that of ERC-792's `IArbitrable`, so the role can be given to an outside arbitrator; one that
    /// has numbers of its own, through an adapter.
    ///
    /// Emits {DisputeRuled}.
    ///
    /// Requirements: the caller is an ARBITER; the claim rests on evidence; the dispute is open and its deadline has
    /// not come.
    /// @param ruling 1 `Keep`, 2 `Reverse`, 3 `Transfer`.
    function rule(uint256 disputeId, uint256 ruling) external;

    /// @notice Votes over an appealed ruling. The ruling that first has two votes is decided; when three members vote
    /// for all three, the first ruling stands.
    ///
    /// Emits {VoteCast}.
    ///
    /// Requirements: the caller is a PANEL member, did not rule first and has not voted; the dispute is appealed, not
    /// decided, and its deadline has not come.
    /// @param ruling As in {rule}.
    function vote(uint256 disputeId, uint256 ruling) external;

    /// @notice Carries out what was decided, or what silence decides. Anyone may call.
    ///
    /// Emits {DisputeExecuted}.
    ///
    /// Requirements: the dispute is decided, which {statusOf} says.
    function execute(uint256 disputeId) external;

    /* VIEWS */

    /// @notice The ledger whose shares are disputed here.
    function LEDGER() external view returns (ISettlementLedger);

    /// @notice The ledger's registries.
    function PARTNERS() external view returns (IPartnerRegistry);

    /// @notice See {PARTNERS}.
    function REFERRALS() external view returns (IReferralRegistry);

    /// @notice How long each stage lasts, in seconds.
    function RULING_PERIOD() external view returns (uint256);

    /// @notice See {RULING_PERIOD}.
    function APPEAL_PERIOD() external view returns (uint256);

    /// @notice See {RULING_PERIOD}.
    function PANEL_PERIOD() external view returns (uint256);

    /// @notice How many disputes there are, which is also the last id.
    function disputeCount() external view returns (uint256);

    /// @notice A dispute as it stands now: once it is decided, `ruling` is what will be carried out. All zero for an id
    /// that was never given.
    function disputeOf(uint256 disputeId) external view returns (Dispute memory);

    /// @notice Where a dispute stands now.
    function statusOf(uint256 disputeId) external view returns (Status);

    /// @notice The dispute's deadline; see {Dispute}.
    function deadlineOf(uint256 disputeId) external view returns (uint256);

    /// @notice Whether a member of the panel has voted.
    function hasVoted(uint256 disputeId, address member) external view returns (bool);
}
