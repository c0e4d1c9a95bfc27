// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Handler} from "./Handler.sol";

/// @title SettlementInvariants
/// @notice What holds after whatever is done in whatever order:
/// - an order pays at most once, and the ledger knows which did;
/// - every share is the floor of base × rate, the rate that of the tier which the volume of the month before reached;
/// - what was earned is held, available or paid: nothing appears, nothing is lost;
/// - nobody has money and debt; nothing matures before its day; nobody is paid what is not available;
/// - the logs alone give every journal's number and head, and every balance.
contract SettlementInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private _handler;

    function setUp() public {
        _handler = new Handler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = Handler.settle.selector;
        selectors[1] = Handler.mature.selector;
        selectors[2] = Handler.matureAll.selector;
        selectors[3] = Handler.matureTooEarly.selector;
        selectors[4] = Handler.pay.selector;
        selectors[5] = Handler.passDays.selector;
        selectors[6] = Handler.passMonths.selector;
        selectors[7] = Handler.suspendOrReinstate.selector;
        selectors[8] = Handler.reassign.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), selectors);
    }

    function invariant_ChainLogsAndBooksAgree() public view {
        _handler.requireHeads();
        _handler.requireBooks();
    }

    /// @dev At the end of a run: it looks at every number.
    function afterInvariant() public view {
        _handler.requireOrdersPaidOnce();
    }
}
