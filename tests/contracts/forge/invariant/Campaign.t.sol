// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {Promise} from "./Ghosts.sol";
import {Handler} from "./Handler.sol";

/// @title Campaign
/// @notice Everything at once, in random order: every promise of `tests/contracts/invariants/README.md` holds.
contract Campaign {
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
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), _handler.acts());
    }

    /// @dev All are looked at, so that a failure names every promise that is broken, by its number.
    function invariant_EveryPromiseHolds() public view {
        string memory broken;
        for (uint256 i = 1; i <= uint256(type(Promise).max); ++i) {
            try _handler.check(Promise(i)) {}
            catch (bytes memory error) {
                broken = string.concat(broken, "[", _decimal(i), "] ", _reason(error), " ");
            }
        }
        require(bytes(broken).length == 0, broken);
    }

    /// @dev Both `Error(string)` and a cheat code's error.
    function _reason(bytes memory error) private pure returns (string memory reason) {
        if (error.length < 68) return "without a word";
        bytes memory rest = new bytes(error.length - 4);
        for (uint256 i; i < rest.length; ++i) {
            rest[i] = error[i + 4];
        }
        return abi.decode(rest, (string));
    }

    function _decimal(uint256 i) private pure returns (string memory) {
        bytes memory digits = i < 10 ? new bytes(1) : new bytes(2);
        if (i > 9) digits[0] = bytes1(uint8(48 + i / 10));
        digits[digits.length - 1] = bytes1(uint8(48 + i % 10));
        return string(digits);
    }
}
