// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Dispute, Ground, Status} from "contracts/interfaces/IDisputeCourt.sol";

import {vm} from "../../utils/Vm.sol";
import {Promise} from "../Ghosts.sol";
import {World} from "../World.sol";
import {ShareBook} from "../books/OrderBooks.sol";
import {DisputeBook} from "../books/RailBooks.sol";

/// @title DisputingActs
/// @notice Disputes from their opening to their end, at every stage in time and too late.
abstract contract DisputingActs is World {
    function open(uint256 seed) external step {
        if (_orderNos.length == 0) return;
        // Mostly a young order: of an old one, nothing may be left.
        uint256 from = _orderNos.length > 24 && seed >> 255 == 0 ? _orderNos.length - 24 : 0;
        uint256 no = _orderNos[from + seed % (_orderNos.length - from)];
        uint256 role = (seed >> 16) % 3;
        uint256 claimant = FIRST_WALLET + (seed >> 32) % (ALL_PARTNERS - PARTNERS);
        ShareBook storage share = _shareBooks[no][role];
        _inheritSharesOf(no);

        bool isAtStake = _leftOf(no, role) != 0 && share.owner != claimant;
        Promise wouldBreak =
            share.isDisputed ? Promise.OneDispute : _isOpen() ? Promise.FrozenUntilRuled : Promise.PauseStops;
        bytes memory call =
            abi.encodeCall(court.open, (_proven(no), role, uint32(claimant), Ground((seed >> 40) % 2), bytes32(seed)));
        bool isAllowed = isAtStake && !share.isDisputed && _isOpen();
        _do(_walletOf(claimant), address(court), call, isAllowed, wouldBreak, "opening a dispute");
    }

    function submitEvidence(uint256 seed) external step {
        if (_disputes().length == 0) return;
        (uint256 id, Dispute memory dispute) = _someDispute(seed, Status.Appealed);
        bytes memory call = abi.encodeCall(court.submitEvidence, (id, dispute.claimant, bytes32(seed)));
        bool isAllowed = _isAt(dispute, Status.Open) || _isAt(dispute, Status.Appealed);
        address caller = _walletOf(dispute.claimant);
        _do(caller, address(court), call, isAllowed, Promise.EndsByItsDeadline, "evidence");
    }

    function rule(uint256 seed) external step {
        if (_disputes().length == 0) return;
        (uint256 id, Dispute memory dispute) = _someDispute(seed, Status.Open);
        bytes memory call = abi.encodeCall(court.rule, (id, 1 + (seed >> 64) % 3));
        bool isAllowed = _isAt(dispute, Status.Open) && dispute.ground == Ground.Evidence;
        _do(arbiter, address(court), call, isAllowed, Promise.EndsByItsDeadline, "a ruling");
    }

    function ruleByRecord(uint256 seed) external step {
        if (_disputes().length == 0) return;
        (uint256 id, Dispute memory dispute) = _someDispute(seed, Status.Open);
        bool isAllowed = _isAt(dispute, Status.Open) && dispute.ground == Ground.Record;
        bytes memory call = abi.encodeCall(court.ruleByRecord, (id));
        _do(stranger, address(court), call, isAllowed, Promise.EndsByItsDeadline, "the record's ruling");
    }

    function appeal(uint256 seed) external step {
        if (_disputes().length == 0) return;
        (uint256 id, Dispute memory dispute) = _someDispute(seed, Status.Ruled);
        bytes memory call = abi.encodeCall(court.appeal, (id, dispute.claimant));
        bool isAllowed = _isAt(dispute, Status.Ruled);
        address caller = _walletOf(dispute.claimant);
        _do(caller, address(court), call, isAllowed, Promise.EndsByItsDeadline, "an appeal");
    }

    function vote(uint256 seed) external step {
        if (_disputes().length == 0) return;
        (uint256 id, Dispute memory dispute) = _someDispute(seed, Status.Appealed);
        address member = panel[(seed >> 64) % panel.length];
        bytes memory call = abi.encodeCall(court.vote, (id, 1 + (seed >> 96) % 3));
        bool hasVoted = _hasVoted[_era][id][member];
        bool isAllowed = _isAt(dispute, Status.Appealed) && !hasVoted;
        Promise wouldBreak = hasVoted ? Promise.RulingCarriedOut : Promise.EndsByItsDeadline;
        _do(member, address(court), call, isAllowed, wouldBreak, "a vote");
    }

    /// @dev By anybody, when its time has come and before.
    function execute(uint256 seed) external step {
        if (_disputes().length == 0) return;
        // At no stage: any of the last.
        (uint256 id,) = _someDispute(seed, Status.Unknown);
        _execute(id);
    }

    function executeAll() external step {
        for (uint256 id = 1; id <= _disputes().length; ++id) {
            if (_isDecided(_disputes()[id - 1])) _execute(id);
        }
    }

    /// @dev Whatever anybody does or does not do.
    function _execute(uint256 id) internal {
        DisputeBook memory book = _disputes()[id - 1];
        bool isDecided = _isDecided(book);
        bytes memory call = abi.encodeCall(court.execute, (id));
        vm.prank(stranger);
        (bool done,) = address(court).call(call);
        _sync();
        _keep(Promise.EndsByItsDeadline, done == isDecided, "a dispute does not end when its time has come");
    }

    /// @dev One of the last, which are those that are not over: mostly one at the stage, if there is one.
    function _someDispute(uint256 seed, Status stage) private view returns (uint256 id, Dispute memory dispute) {
        uint256 count = _disputes().length;
        uint256 some = _least(count, 8);
        for (uint256 i; i < some; ++i) {
            id = count - (seed % 997 + i) % some;
            dispute = _disputes()[id - 1].dispute;
            if (_isAt(dispute, stage) || seed >> 253 == 0) return (id, dispute);
        }
    }

    function _isAt(Dispute memory dispute, Status status) private view returns (bool) {
        return dispute.status == status && vm.getBlockTimestamp() < dispute.deadline;
    }
}
