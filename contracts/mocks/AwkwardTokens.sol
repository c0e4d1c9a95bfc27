// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {ITokenReceiver} from "./AwkwardPayees.sol";

/// @title MockToken
/// @notice A token as it should be, of which anybody can make more. Those below each have one habit of real tokens.
contract MockToken is ERC20 {
    uint8 private immutable _DECIMALS;

    constructor(uint8 decimals_) ERC20("Mock", "MOCK") {
        _DECIMALS = decimals_;
    }

    function mint(address to, uint256 units) external {
        _mint(to, units);
    }

    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }
}

/// @title SilentToken
/// @notice Returns nothing (USDT, BNB).
contract SilentToken is MockToken(6) {
    function transfer(address to, uint256 units) public override returns (bool) {
        super.transfer(to, units);
        assembly ("memory-safe") {
            return(0x00, 0x00)
        }
    }

    function transferFrom(address from, address to, uint256 units) public override returns (bool) {
        super.transferFrom(from, to, units);
        assembly ("memory-safe") {
            return(0x00, 0x00)
        }
    }
}

/// @title BlocklistToken
/// @notice Refuses some accounts (USDC, USDT).
contract BlocklistToken is MockToken(6) {
    error Blocked(address account);

    mapping(address account => bool) public isBlocked;

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 units) internal override {
        require(!isBlocked[from], Blocked(from));
        require(!isBlocked[to], Blocked(to));
        super._update(from, to, units);
    }
}

/// @title FalseToken
/// @notice Returns false where others revert (ZRX, EURS).
contract FalseToken is BlocklistToken {
    function transfer(address to, uint256 units) public override returns (bool) {
        return !isBlocked[to] && balanceOf(msg.sender) >= units && super.transfer(to, units);
    }

    function transferFrom(address from, address to, uint256 units) public override returns (bool) {
        return balanceOf(from) >= units && allowance(from, msg.sender) >= units && super.transferFrom(from, to, units);
    }
}

/// @title FeeToken
/// @notice Charges for a transfer: out of what arrives (STA, PAXG), or on top of what leaves.
contract FeeToken is MockToken(6) {
    uint256 public fromArriving;
    uint256 public onTop;

    function setFees(uint256 fromArriving_, uint256 onTop_) external {
        (fromArriving, onTop) = (fromArriving_, onTop_);
    }

    function _update(address from, address to, uint256 units) internal override {
        super._update(from, to, units);
        if (from == address(0)) return;
        super._update(to, address(0), fromArriving);
        super._update(from, address(0), onTop);
    }
}

/// @title Uint96Token
/// @notice Moves amounts of 96 bits and refuses more (UNI, COMP).
contract Uint96Token is MockToken(18) {
    error ExceedsUint96(uint256 units);

    function _update(address from, address to, uint256 units) internal override {
        require(from == address(0) || units <= type(uint96).max, ExceedsUint96(units));
        super._update(from, to, units);
    }
}

/// @title NonZeroToken
/// @notice Refuses to move nothing (LEND).
contract NonZeroToken is MockToken(6) {
    error NothingMoved();

    function _update(address from, address to, uint256 units) internal override {
        require(units != 0, NothingMoved());
        super._update(from, to, units);
    }
}

/// @title HookToken
/// @notice Calls whom an account named when it sends or receives (ERC-777).
contract HookToken is MockToken(6) {
    mapping(address account => ITokenReceiver) public hookOf;

    function setHook(address account, ITokenReceiver hook) external {
        hookOf[account] = hook;
    }

    function _update(address from, address to, uint256 units) internal override {
        super._update(from, to, units);
        if (address(hookOf[from]) != address(0)) hookOf[from].tokensMoved();
        if (address(hookOf[to]) != address(0)) hookOf[to].tokensMoved();
    }
}
