// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Who is called by a token that calls.
interface ITokenReceiver {
    function tokensMoved() external;
}

/// @title BurningPayee
/// @notice Burns all gas that it gets.
contract BurningPayee is ITokenReceiver {
    function tokensMoved() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// @title LoudPayee
/// @notice Reverts with as many bytes as it was made with, zeros behind the selector of {Loud}.
contract LoudPayee is ITokenReceiver {
    error Loud();

    uint256 public immutable LENGTH;

    constructor(uint256 length) {
        LENGTH = length;
    }

    function tokensMoved() external view {
        bytes memory payload = new bytes(LENGTH);
        bytes32 selector = Loud.selector;
        assembly ("memory-safe") {
            mstore(add(payload, 0x20), selector)
            revert(add(payload, 0x20), mload(payload))
        }
    }
}

/// @title ReentrantPayee
/// @notice Makes a call when tokens move, keeps what came of it, and goes on as if nothing had been.
contract ReentrantPayee is ITokenReceiver {
    address public target;
    bytes public data;

    uint256 public calls;
    bytes public answer;

    function callBack(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function tokensMoved() external {
        ++calls;
        (, answer) = target.call(data);
    }
}

/// @title GaugingPayee
/// @notice Keeps how much gas it had.
contract GaugingPayee is ITokenReceiver {
    uint256 public seen;

    function tokensMoved() external {
        seen = gasleft();
    }
}

/// @title SigningWallet
/// @notice A contract for which a key signs (ERC-1271).
contract SigningWallet is IERC1271 {
    address public immutable SIGNER;

    constructor(address signer) {
        SIGNER = signer;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(digest, signature) == SIGNER ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
