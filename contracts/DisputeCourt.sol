// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {Journal} from "./Journal.sol";
import {Dispute, Ground, IDisputeCourt, Periods, Status} from "./interfaces/IDisputeCourt.sol";
import {IPartnerRegistry} from "./interfaces/IPartnerRegistry.sol";
import {IReferralRegistry} from "./interfaces/IReferralRegistry.sol";
import {ISettlementLedger} from "./interfaces/ISettlementLedger.sol";
import {ProvenOrder, Ruling} from "./interfaces/LedgerTypes.sol";
import {OrderCodec} from "./libraries/OrderCodec.sol";
import {ReferralWord} from "./libraries/ReferralWord.sol";

/// @title DisputeCourt
/// @notice Decides who a share belongs to.
/// @dev `Decided` is never stored: a dispute is decided from its deadline on, and a decisive vote brings that forward.
contract DisputeCourt is IDisputeCourt, Journal, AccessManaged {
    using OrderCodec for uint256;
    using ReferralWord for uint256;

    /* CONSTANTS */

    uint256 private constant MAX_PERIOD = 30 days;

    /// @dev Votes for all three rulings.
    uint8 private constant SPLIT = 1 << 1 | 1 << 2 | 1 << 3;

    /* IMMUTABLES */

    /// @inheritdoc IDisputeCourt
    ISettlementLedger public immutable LEDGER;

    /// @inheritdoc IDisputeCourt
    IPartnerRegistry public immutable PARTNERS;

    /// @inheritdoc IDisputeCourt
    IReferralRegistry public immutable REFERRALS;

    /// @inheritdoc IDisputeCourt
    uint256 public immutable RULING_PERIOD;

    /// @inheritdoc IDisputeCourt
    uint256 public immutable APPEAL_PERIOD;

    /// @inheritdoc IDisputeCourt
    uint256 public immutable PANEL_PERIOD;

    /* STORAGE */

    /// @inheritdoc IDisputeCourt
    uint256 public disputeCount;

    /// @inheritdoc IDisputeCourt
    mapping(uint256 disputeId => mapping(address member => bool)) public hasVoted;

    mapping(uint256 disputeId => Dispute) private _disputes;

    /* CONSTRUCTOR */

    constructor(address authority, ISettlementLedger ledger, Periods memory periods) AccessManaged(authority) {
        LEDGER = ledger;
        PARTNERS = ledger.PARTNERS();
        REFERRALS = ledger.REFERRALS();
        RULING_PERIOD = _checked(periods.ruling);
        APPEAL_PERIOD = _checked(periods.appeal);
        PANEL_PERIOD = _checked(periods.panel);
    }

    /* PARTIES */

    /// @inheritdoc IDisputeCourt
    function open(ProvenOrder calldata order, uint256 role, uint32 claimant, Ground ground, bytes32 evidence)
        external
        returns (uint256 disputeId)
    {
        require(PARTNERS.statusOf(claimant) != IPartnerRegistry.Status.Unknown, Court_UnknownPartner(claimant));
        _requireActingFor(claimant);
        // The ledger verifies the proof: from here on the leaf is what was settled, and the role one of three.
        uint256 respondent = LEDGER.freeze(order, role);
        uint256 word = OrderCodec.orderOf(order.leaf);
        require(claimant != respondent, Court_OwnShare(word.orderNo(), role, claimant));

        disputeId = ++disputeCount;
        Dispute memory dispute = Dispute({
            claimant: claimant,
            respondent: uint32(respondent),
            orderNo: uint48(word.orderNo()),
            role: uint8(role),
            ground: ground,
            status: Status.Open,
            ruling: Ruling.None,
            votes: 0,
            deadline: _after(RULING_PERIOD),
            paidAt: uint40(word.paidAt()),
            customerKey: word.customerKey(),
            ruler: address(0)
        });
        _disputes[disputeId] = dispute;

        _record(DisputeOpened.selector, abi.encode(disputeId, dispute, msg.sender, evidence));
    }

    /// @inheritdoc IDisputeCourt
    function submitEvidence(uint256 disputeId, uint256 partnerId, bytes32 evidence) external {
        Dispute storage dispute = _disputes[disputeId];
        Status status = dispute.status;
        require(status == Status.Open || status == Status.Appealed, Court_WrongStatus(disputeId, status));
        _requireInTime(disputeId, dispute);
        _requireParty(disputeId, dispute, partnerId);

        _record(EvidenceSubmitted.selector, abi.encode(disputeId, partnerId, msg.sender, evidence));
    }

    /// @inheritdoc IDisputeCourt
    function appeal(uint256 disputeId, uint256 partnerId) external {
        Dispute storage dispute = _at(disputeId, Status.Ruled);
        _requireParty(disputeId, dispute, partnerId);

        dispute.status = Status.Appealed;
        dispute.deadline = _after(PANEL_PERIOD);

        _record(RulingAppealed.selector, abi.encode(disputeId, partnerId, msg.sender, dispute.deadline));
    }

    /* RULING */

    /// @inheritdoc IDisputeCourt
    function ruleByRecord(uint256 disputeId) external {
        Dispute storage dispute = _at(disputeId, Status.Open);
        require(dispute.ground == Ground.Record, Court_WrongGround(disputeId, dispute.ground));
        uint256 named = REFERRALS.wordAt(dispute.customerKey, dispute.paidAt).partner(dispute.role);

        Ruling ruling = Ruling.Reverse;
        if (named == dispute.claimant) ruling = Ruling.Transfer;
        else if (named == dispute.respondent) ruling = Ruling.Keep;
        _rule(disputeId, dispute, ruling, address(0));
    }

    /// @inheritdoc IDisputeCourt
    function rule(uint256 disputeId, uint256 ruling) external restricted {
        Dispute storage dispute = _at(disputeId, Status.Open);
        require(dispute.ground == Ground.Evidence, Court_WrongGround(disputeId, dispute.ground));

        _rule(disputeId, dispute, _ruling(disputeId, ruling), msg.sender);
    }

    /// @inheritdoc IDisputeCourt
    function vote(uint256 disputeId, uint256 ruling) external restricted {
        Dispute storage dispute = _at(disputeId, Status.Appealed);
        require(msg.sender != dispute.ruler, Court_OwnRuling(disputeId, msg.sender));
        require(!hasVoted[disputeId][msg.sender], Court_AlreadyVoted(disputeId, msg.sender));
        Ruling cast = _ruling(disputeId, ruling);
        Ruling from = dispute.ruling;
        uint8 before = dispute.votes;
        uint8 votes = before | uint8(1 << ruling);

        hasVoted[disputeId][msg.sender] = true;
        dispute.votes = votes;
        // A bit that was set already is a second vote; otherwise there was at most one vote for each ruling.
        if (votes == before) dispute.ruling = cast;
        if (votes == before || votes == SPLIT) dispute.deadline = _after(0);

        _record(VoteCast.selector, abi.encode(disputeId, msg.sender, cast, from, dispute.ruling, dispute.deadline));
    }

    /// @inheritdoc IDisputeCourt
    function execute(uint256 disputeId) external {
        Dispute storage dispute = _disputes[disputeId];
        Status from = dispute.status;
        require(from != Status.Unknown && from != Status.Executed, Court_WrongStatus(disputeId, from));
        require(_isOver(dispute), Court_TooEarly(disputeId, dispute.deadline, block.timestamp));
        Ruling ruling = _outcome(dispute.ruling);

        dispute.status = Status.Executed;
        dispute.ruling = ruling;
        LEDGER.resolve(dispute.orderNo, dispute.role, ruling, dispute.claimant);

        _record(DisputeExecuted.selector, abi.encode(disputeId, from, ruling));
    }

    /* VIEWS */

    /// @inheritdoc IDisputeCourt
    function disputeOf(uint256 disputeId) external view returns (Dispute memory dispute) {
        dispute = _disputes[disputeId];
        dispute.status = statusOf(disputeId);
        if (dispute.status == Status.Decided) dispute.ruling = _outcome(dispute.ruling);
    }

    /// @inheritdoc IDisputeCourt
    function statusOf(uint256 disputeId) public view returns (Status status) {
        Dispute storage dispute = _disputes[disputeId];
        status = dispute.status;
        if (status != Status.Unknown && status != Status.Executed && _isOver(dispute)) status = Status.Decided;
    }

    /// @inheritdoc IDisputeCourt
    function deadlineOf(uint256 disputeId) external view returns (uint256) {
        return _disputes[disputeId].deadline;
    }

    /* INTERNAL */

    function _rule(uint256 disputeId, Dispute storage dispute, Ruling ruling, address ruler) private {
        dispute.status = Status.Ruled;
        dispute.ruling = ruling;
        dispute.ruler = ruler;
        dispute.deadline = _after(APPEAL_PERIOD);

        _record(DisputeRuled.selector, abi.encode(disputeId, ruler, ruling, dispute.deadline));
    }

    /// @dev The dispute, which must be at a stage that is not over.
    function _at(uint256 disputeId, Status status) private view returns (Dispute storage dispute) {
        dispute = _disputes[disputeId];
        require(dispute.status == status, Court_WrongStatus(disputeId, dispute.status));
        _requireInTime(disputeId, dispute);
    }

    function _requireInTime(uint256 disputeId, Dispute storage dispute) private view {
        require(!_isOver(dispute), Court_TooLate(disputeId, dispute.deadline, block.timestamp));
    }

    function _requireParty(uint256 disputeId, Dispute storage dispute, uint256 partnerId) private view {
        require(partnerId == dispute.claimant || partnerId == dispute.respondent, Court_NotParty(disputeId, partnerId));
        _requireActingFor(partnerId);
    }

    /// @dev Who has a key speaks for itself, and nobody else does.
    function _requireActingFor(uint256 partnerId) private view {
        (address wallet,,,) = PARTNERS.partnerOf(partnerId);
        if (wallet == msg.sender) return;
        (bool may,) = IAccessManager(authority()).canCall(msg.sender, address(this), msg.sig);
        require(may && wallet == address(0), Court_NotActingFor(partnerId, msg.sender));
    }

    function _isOver(Dispute storage dispute) private view returns (bool) {
        return block.timestamp >= dispute.deadline;
    }

    function _after(uint256 period) private view returns (uint40) {
        return uint40(block.timestamp + period);
    }

    function _ruling(uint256 disputeId, uint256 ruling) private pure returns (Ruling) {
        require(ruling != 0 && ruling <= uint256(Ruling.Transfer), Court_BadRuling(disputeId, ruling));
        return Ruling(ruling);
    }

    /// @dev Whoever claims has to be found right.
    function _outcome(Ruling ruling) private pure returns (Ruling) {
        return ruling == Ruling.None ? Ruling.Keep : ruling;
    }

    function _checked(uint256 period) private pure returns (uint256) {
        require(period != 0 && period <= MAX_PERIOD, Court_BadPeriod(period, MAX_PERIOD));
        return period;
    }
}
