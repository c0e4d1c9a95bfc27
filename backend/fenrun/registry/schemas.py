"""What the API says of members, sessions, API keys and the audit log."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from fenrun.mail.wording import Language
from fenrun.registry.access import Role, Scope
from fenrun.registry.notices import CHOICES, Choice


def _no_zero(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain a zero byte")
    return text


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_zero)]
Login = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=200), AfterValidator(_no_zero)
]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")
]
NewPassword = Annotated[str, Field(min_length=12, max_length=200), AfterValidator(_no_zero)]
Code = Annotated[str, Field(max_length=64), AfterValidator(_no_zero)]
Token = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_no_zero)]
StaffRole = Literal["operator", "finance", "compliance", "arbiter", "auditor", "admin"]


# --- Sessions -----------------------------------------------------------------------------------------


class SignInRequest(BaseModel):
    """A login and its password, and an authenticator's or a recovery code where one is asked for."""

    login: Login
    password: Text
    code: Code | None = None


class SignedMessage(BaseModel):
    """A message of EIP-4361, and the wallet's signature (`personal_sign`)."""

    message: Annotated[str, Field(min_length=1, max_length=4_000)]
    signature: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{130}$")]


class WalletSignIn(SignedMessage):
    """A wallet's message, and an authenticator's or a recovery code where one is asked for."""

    code: Code | None = None


class WalletBinding(SignedMessage):
    """A wallet's message, and the password again."""

    password: Text


class WalletNonce(BaseModel):
    """What the message must say besides the wallet's address."""

    nonce: str
    domain: str
    uri: str
    chain_id: int
    expires_at: dt.datetime


class WalletOut(BaseModel):
    """A wallet, lower case."""

    wallet: str


class ViewerOut(BaseModel):
    """Who is signed in. A program with an API key has the role `api`."""

    member_id: str
    login: str
    role: Role | Literal["api"]
    permissions: list[str]
    partner_id: str | None
    partner_name: str | None


class SessionOut(BaseModel):
    """A session of one's own."""

    id: str
    method: Literal["password", "wallet", "oidc"]
    address: str
    user_agent: str
    created_at: dt.datetime
    expires_at: dt.datetime
    current: bool


# --- Letters' links ---------------------------------------------------------------------------------


class ResetRequest(BaseModel):
    """Whose password was forgotten: a login or an e-mail address."""

    login: Login


class ResetConfirmation(BaseModel):
    """The link's token, and the new password."""

    token: Token
    password: NewPassword


class InvitationToken(BaseModel):
    """The link's token."""

    token: Token


class InvitationAcceptance(BaseModel):
    """The link's token, and the password to sign in with from now on."""

    token: Token
    password: NewPassword


class InvitationOfLink(BaseModel):
    """What the link invites to. `partner_name` is null for the vendor's staff."""

    login: str
    role: Role
    partner_name: str | None
    language: Language
    expires_at: dt.datetime


# --- Invitations --------------------------------------------------------------------------------------


class InvitationIn(BaseModel):
    """Somebody who is to be asked in."""

    email: Email
    role: Role
    partner_id: Annotated[str, Field(max_length=64)] | None = None
    language: Language = "en"


class InvitationOut(BaseModel):
    """Somebody who was asked in, and what became of it. `member_id` is theirs once they accepted."""

    id: str
    email: str
    role: Role
    partner_id: str | None
    partner_name: str | None
    language: Language
    state: Literal["open", "accepted", "withdrawn", "expired"]
    invited_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    member_id: str | None


# --- Oneself ------------------------------------------------------------------------------------------


class OneselfOut(BaseModel):
    """One's own account."""

    login: str
    email: str | None
    role: Role
    has_totp: bool
    recovery_codes_left: int
    wallet: str | None
    language: Language
    """Of letters."""
    muted: list[Choice]
    """What the member is not told by mail. Letters about security always go."""
    created_at: dt.datetime


class OneselfChange(BaseModel):
    """What is to change of one's own account; what is left out stays."""

    language: Language = "en"
    muted: Annotated[list[Choice], Field(max_length=len(CHOICES))] = []


class PasswordChange(BaseModel):
    """The password of now, and another."""

    current: Text
    new: NewPassword


class TotpStart(BaseModel):
    """The password again."""

    password: Text


class TotpSecret(BaseModel):
    """What the authenticator needs: the address as a QR code, or the secret by hand."""

    secret: str
    otpauth_uri: str


class TotpConfirmation(BaseModel):
    """A code that the authenticator shows."""

    code: Code


class RecoveryCodes(BaseModel):
    """Each stands in for the authenticator once. They are not shown again."""

    recovery_codes: list[str]


# --- Partners' standing -------------------------------------------------------------------------------


class ReasonIn(BaseModel):
    """Why, in words that the partner reads."""

    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_no_zero)
    ]


class StandingOut(BaseModel):
    """Whether a partner can be paid: what was decided, and what the chain says, which follows within a block or two.

    `reason` and `at` are of the newest suspension or reinstatement; null where there never was one.
    """

    status: Literal["pending", "active", "suspended"]
    on_chain: Literal["pending", "active", "suspended"]
    reason: str | None
    at: dt.datetime | None


# --- Members ------------------------------------------------------------------------------------------


class MemberIn(BaseModel):
    """Somebody who is to sign in."""

    login: Login
    role: Role
    partner_id: Annotated[str, Field(max_length=64)] | None = None
    email: Email | None = None
    language: Language = "en"


class MemberChange(BaseModel):
    """What is to change; what is left out stays."""

    role: StaffRole = "operator"
    owner: bool = False
    """Whether a partner's member may act for the partner."""
    email: Email | None = None
    language: Language = "en"
    disabled: bool = False


class MemberOut(BaseModel):
    """Somebody who may sign in."""

    id: str
    login: str
    role: Role
    partner_id: str | None
    is_owner: bool
    """Whether they may act for their partner: sign, say where it is paid, ask for its data."""
    email: str | None
    language: Language
    wallet: str | None
    has_totp: bool
    has_oidc: bool
    disabled_at: dt.datetime | None
    created_at: dt.datetime


class MemberWithPassword(MemberOut):
    """A new member. The first password is not shown again."""

    password: str


class PasswordOut(BaseModel):
    """A new password. It is not shown again."""

    password: str


# --- API keys -----------------------------------------------------------------------------------------


class ApiKeyIn(BaseModel):
    """A program that is to be let in. Its name is the source of the events it sends."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=2)]


class ApiKeyRotation(BaseModel):
    """How long the old key goes on."""

    overlap_hours: Annotated[int, Field(ge=0, le=720)] = 24


class ApiKeyOut(BaseModel):
    """A key, known by its first characters."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


class ApiKeyWithSecret(ApiKeyOut):
    """A new key. It is not shown again."""

    key: str


# --- The audit log ------------------------------------------------------------------------------------


class AuditLineOut(BaseModel):
    """A change, who made it, and in which request."""

    id: str
    at: dt.datetime
    actor: str
    actor_name: str
    action: str
    target: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    address: str
