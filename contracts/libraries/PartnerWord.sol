// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

/// @title PartnerWord
/// @notice A partner in one word, from the lowest bit: `wallet 160 | roles 8 | status 8 | changes at 40 | unused 40`.
/// @dev The last is when other payout details take the place of these; zero when none are waiting.
library PartnerWord {
    uint256 private constant ROLES_AT = 160;
    uint256 private constant STATUS_AT = 168;
    uint256 private constant STATUS_MASK = 0xff << STATUS_AT;
    uint256 private constant CHANGES_AT = 176;

    /// @dev Bit set of the three roles there are.
    uint8 private constant ALL_ROLES = 7;

    function pack(address wallet_, uint8 roles_, uint8 status_) internal pure returns (uint256) {
        return uint256(uint160(wallet_)) | uint256(roles_) << ROLES_AT | uint256(status_) << STATUS_AT;
    }

    function wallet(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }

    function roles(uint256 word) internal pure returns (uint8) {
        return uint8(word >> ROLES_AT);
    }

    function status(uint256 word) internal pure returns (uint8) {
        return uint8(word >> STATUS_AT);
    }

    function withStatus(uint256 word, uint8 status_) internal pure returns (uint256) {
        return word & ~STATUS_MASK | uint256(status_) << STATUS_AT;
    }

    function changesAt(uint256 word) internal pure returns (uint256) {
        return uint40(word >> CHANGES_AT);
    }

    function withRoles(uint256 word, uint8 roles_) internal pure returns (uint256) {
        return word & ~(uint256(0xff) << ROLES_AT) | uint256(roles_) << ROLES_AT;
    }

    function withWallet(uint256 word, address wallet_) internal pure returns (uint256) {
        return word >> ROLES_AT << ROLES_AT | uint160(wallet_);
    }

    function withChangesAt(uint256 word, uint256 changesAt_) internal pure returns (uint256) {
        return word & ~(uint256(type(uint40).max) << CHANGES_AT) | changesAt_ << CHANGES_AT;
    }

    /// @dev At least one role, and none that does not exist.
    function areRoles(uint8 roles_) internal pure returns (bool) {
        return roles_ != 0 && roles_ <= ALL_ROLES;
    }
}
