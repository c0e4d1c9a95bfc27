"""Partners, members, and how these sign in."""

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class Partner(Base):
    """Who can earn. `number` is the id on chain: dense, from 1, given before it is registered there."""

    __tablename__ = "partners"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str]
    type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    """`pending` until the chain has it, then `active` or `suspended`."""
    partner_ref: Mapped[bytes]
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class PersonKey(Base):
    """A partner's own key, sealed under the installation's: see `person_keys`. It is destroyed, or stays as it is."""

    __tablename__ = "person_keys"
    __table_args__ = (CheckConstraint("(key IS NULL) = (destroyed_at IS NOT NULL)", name="is_there_or_destroyed"),)

    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"), primary_key=True, autoincrement=False)
    key: Mapped[bytes | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    destroyed_at: Mapped[dt.datetime | None]


class Member(Base):
    """Somebody who may sign in, for one partner or for the vendor's staff. What each may do: `registry.access`."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("(role = 'partner') = (partner_number IS NOT NULL)", name="partner_has_number"),
        CheckConstraint("role = 'partner' OR NOT is_owner", name="owner_is_a_partners"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    is_owner: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a partner's member may act for the partner. The first of each is; an admin says who else."""
    email: Mapped[str | None] = mapped_column(unique=True)
    """Lower case: by it the OpenID provider's account is found the first time, and letters go there."""
    previous_email: Mapped[str | None]
    """The one before, which is told of what happens for a while after the change."""
    email_changed_at: Mapped[dt.datetime | None]
    language: Mapped[str] = mapped_column(server_default="en")
    """Of letters: `en` or `zh-CN`."""
    muted: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    """What the member does not want to be told by mail: of `notices.CHOICES`."""
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    wallet: Mapped[str | None] = mapped_column(unique=True)
    """An address, lower case, that the member proved to hold."""
    totp_secret: Mapped[bytes | None]
    """Sealed. It counts once `totp_since` is set: when the member showed a code."""
    totp_since: Mapped[dt.datetime | None]
    totp_step: Mapped[int] = mapped_column(server_default="0")
    """The step of the newest code that was used; none counts up to it."""
    disabled_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class StandingChange(Base):
    """That a partner is to be suspended, or reinstated, and why. The chain is told it next."""

    __tablename__ = "standing_changes"
    __table_args__ = (Index("ix_standing_changes_partner", "partner_number", "number"),)

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"))
    status: Mapped[str]
    """What the partner is to be: `suspended` or `active`."""
    reason: Mapped[str]
    """In words that the partner reads. Its keyed hash is what the chain has."""
    by_member: Mapped[str]
    at: Mapped[dt.datetime]
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intents.id"))


class PartnerHold(Base):
    """A partner that compliance holds: it is not reinstated before that ends."""

    __tablename__ = "partner_holds"

    partner_number: Mapped[int] = mapped_column(ForeignKey("partners.number"), primary_key=True)
    since: Mapped[dt.datetime]


class RecoveryCode(Base):
    """A code that stands in for the authenticator once. Only its hash is kept, and only until it is used."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


class PasswordReset(Base):
    """A link to a new password: one a member, until it is used or its hour is over. Only its token's hash is kept."""

    __tablename__ = "password_resets"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class Invitation(Base):
    """Somebody who was asked to become a member. `member_id` is set when the link of the letter was used.

    States: `open`, and then `accepted`, `withdrawn`, or `expired` by the clock alone.
    """

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the newest letter's link; the ones before are void."""
    email: Mapped[str] = mapped_column(index=True)
    """Lower case; it becomes the login."""
    role: Mapped[str]
    partner_number: Mapped[int | None] = mapped_column(ForeignKey("partners.number"))
    language: Mapped[str]
    invited_by: Mapped[str]
    """The member's id, or whose command line it was."""
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    member_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))


class SignIn(Base):
    """A session of the portal. Only the token's hash is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    method: Mapped[str]
    """`password`, `wallet` or `oidc`."""
    address: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime]


class SignInFailures(Base):
    """How often in a row a login was tried in vain, whether it exists or not."""

    __tablename__ = "sign_in_failures"

    login_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    last_at: Mapped[dt.datetime] = mapped_column(index=True)
    locked_until: Mapped[dt.datetime]


class SignInChallenge(Base):
    """What a wallet or an OpenID provider is asked to sign. Taken out when it is answered, so it serves once."""

    __tablename__ = "sign_in_challenges"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`wallet`, or `oidc`."""
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]


class ApiKey(Base):
    """A program's key, such as the CRM's. Only its hash is kept. Two of one name live while one replaces the other."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_name", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    prefix: Mapped[str]
    """The first characters, by which people know it."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    last_used_at: Mapped[dt.datetime | None]
    """To the minute."""
