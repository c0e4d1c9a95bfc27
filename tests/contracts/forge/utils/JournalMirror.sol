// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IJournal} from "contracts/interfaces/IJournal.sol";

import {Vm, vm} from "./Vm.sol";

/// @title JournalMirror
/// @notice Follows journals from their logs alone, as an indexer does.
abstract contract JournalMirror {
    /// @dev Of `AccessManaged`, outside the journal: a contract names its authority when it is created.
    bytes32 private constant AUTHORITY_UPDATED = keccak256("AuthorityUpdated(address)");

    IJournal[] internal _journals;

    mapping(address journal => uint256) internal _seqSeen;
    mapping(address journal => bytes32) internal _headSeen;
    /// @dev The last log of a journal.
    mapping(address journal => Vm.Log) internal _lastLog;

    /// @dev Before the first log of the journal is read.
    function _follow(IJournal journal) internal {
        _journals.push(journal);
        _headSeen[address(journal)] = keccak256(abi.encode(block.chainid, address(journal)));
    }

    /// @dev Reads the logs since the last time; every journal must then be where its logs say.
    function _sync() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        _dropReverted(logs);
        for (uint256 i; i < logs.length; ++i) {
            address at = logs[i].emitter;
            if (_headSeen[at] == 0 || logs[i].topics[0] == AUTHORITY_UPDATED) continue;

            vm.assertEq(logs[i].topics.length, 2, "a journal's log has a topic and a number");
            vm.assertEq(uint256(logs[i].topics[1]), ++_seqSeen[at], "numbers are dense");
            _headSeen[at] =
                keccak256(abi.encode(_headSeen[at], logs[i].topics[1], logs[i].topics[0], keccak256(logs[i].data)));
            _lastLog[at] = logs[i];
            _onLog(logs[i]);
        }
        _onSync();
    }

    /// @dev After logs were read.
    function _onSync() internal virtual {
        _requireHeads();
    }

    /// @dev A log of a journal, in the order in which they came.
    function _onLog(Vm.Log memory log) internal virtual {}

    /// @dev Forge also keeps what was logged in calls that were reverted, as no chain does. Read backwards, the logs of
    /// a journal count down from its number; one that does not was reverted. A wrong guess would not lead to the head.
    function _dropReverted(Vm.Log[] memory logs) private view {
        for (uint256 j; j < _journals.length; ++j) {
            uint256 next = _journals[j].seq();
            for (uint256 i = logs.length; i > 0; --i) {
                Vm.Log memory log = logs[i - 1];
                if (log.emitter != address(_journals[j]) || log.topics.length != 2) continue;
                if (uint256(log.topics[1]) == next) --next;
                else log.emitter = address(0);
            }
        }
    }

    function _requireHeads() internal view {
        for (uint256 i; i < _journals.length; ++i) {
            address at = address(_journals[i]);
            vm.assertEq(_journals[i].seq(), _seqSeen[at], "every log was seen");
            vm.assertEq(_journals[i].head(), _headSeen[at], "the head follows from the logs");
        }
    }
}
