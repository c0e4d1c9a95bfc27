"""What can go wrong with people and programs that want in."""

from fenrun.kit.errors import FenrunError


class CodeRequiredError(FenrunError):
    """The password is right, and an authenticator's code is wanted beside it."""

    code = "totp_required"
    status = 401
    title = "A code is required"


class CodeWrongError(FenrunError):
    """The authenticator's code is wrong, has expired, or was used before."""

    code = "totp_wrong"
    status = 401
    title = "The code is wrong"


class LinkEndedError(FenrunError):
    """The link of a letter was used, replaced, withdrawn, or its time is over; or it never was one."""

    code = "link_ended"
    status = 410
    title = "The link is no longer good"


class InvitationStateError(FenrunError):
    """The invitation was accepted or withdrawn already."""

    code = "invitation_state"
    status = 409
    title = "The invitation is not open"


class LockedOutError(FenrunError):
    """Too many failures in a row for this login."""

    code = "locked_out"
    status = 429
    title = "Too many failed attempts"


class PasswordWrongError(FenrunError):
    """The member's own password, asked for again, is wrong."""

    code = "password_wrong"
    status = 403
    title = "The password is wrong"


class TotpEnrolledError(FenrunError):
    """The member has an authenticator already, or shows a code without having begun."""

    code = "totp_state"
    status = 409
    title = "The authenticator is not in this state"


class WalletRefusedError(FenrunError):
    """The wallet's message or its signature is not what was asked for; the detail says which part."""

    code = "wallet_refused"
    status = 401
    title = "The wallet's signature is refused"


class OidcRefusedError(FenrunError):
    """The OpenID provider's answer is not what was asked for, or names nobody here."""

    code = "oidc_refused"
    status = 401
    title = "The provider's answer is refused"


class OidcUnavailableError(FenrunError):
    """The OpenID provider does not answer."""

    code = "oidc_unavailable"
    status = 503
    title = "The OpenID provider does not answer"


class TakenError(FenrunError):
    """A name that must be one's own is another's; the detail names it."""

    code = "taken"
    status = 409
    title = "Already taken"


class OneselfError(FenrunError):
    """Nobody takes their own rights away: somebody must be left who can give them back."""

    code = "oneself"
    status = 409
    title = "Not to oneself"


class ApiKeyEndedError(FenrunError):
    """The key has been revoked, or is being replaced already."""

    code = "api_key_ended"
    status = 409
    title = "The key has ended"


class StandingError(FenrunError):
    """The partner is suspended already, or is not."""

    code = "partner_standing"
    status = 409
    title = "The partner is that already"


class ErasedError(FenrunError):
    """A partner's data were erased on request, and the key to what is sealed of it was destroyed."""

    code = "erased"
    status = 410
    title = "The data were erased"
