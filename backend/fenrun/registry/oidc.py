"""Signing in with an OpenID provider: authorization code with PKCE, and an identity token that its keys signed."""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from fenrun.kit.errors import NotFoundError
from fenrun.kit.security import hash_token
from fenrun.kit.settings import Settings
from fenrun.registry import members_repository as repository
from fenrun.registry.errors import OidcRefusedError, OidcUnavailableError

CALLBACK_PATH = "/v1/session/oidc/callback"
# Public keys alone: a token "signed" with our client secret, or not at all, is none.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"]
_MINUTES = 10
_TIMEOUT_SECONDS = 10
_CLOCK_SKEW_SECONDS = 120


@dataclass(frozen=True)
class Account:
    """Who somebody is at the provider. The e-mail is there only if the provider vouches for it."""

    subject: str
    verified_email: str | None


@dataclass(frozen=True)
class Provider:
    """An OpenID provider, and what we are to it."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    @classmethod
    def of(cls, settings: Settings) -> "Provider":
        """The provider of the settings.

        Raises:
            NotFoundError: there is none.
        """
        if not settings.oidc_issuer:
            raise NotFoundError("No OpenID provider is set up here (FENRUN_OIDC_ISSUER)")
        secret = settings.oidc_client_secret.get_secret_value()
        return cls(settings.oidc_issuer, settings.oidc_client_id, secret, settings.origin() + CALLBACK_PATH)

    def begin(self, session: Session, now: dt.datetime) -> tuple[str, str]:
        """Where to send the browser, and the state that it must bring back.

        Raises:
            OidcUnavailableError: the provider does not answer.
        """
        endpoint = self._discover()["authorization_endpoint"]
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        repository.forget_ended(session, now)
        expires = now + dt.timedelta(minutes=_MINUTES)
        repository.add_challenge(session, hash_token(state), "oidc", expires, {"nonce": nonce, "verifier": verifier})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", state

    def finish(self, session: Session, state: str, code: str, now: dt.datetime) -> Account:
        """Who came back with a state and a code.

        Raises:
            OidcRefusedError: the state is not ours or was used, or the provider's token is not what it must be.
            OidcUnavailableError: the provider does not answer.
        """
        asked = repository.take_challenge(session, hash_token(state), "oidc", now)
        if asked is None:
            raise OidcRefusedError("The sign-in took too long or was made already; begin again")
        metadata = self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": asked["verifier"],
        }
        if self.client_secret:
            form["client_secret"] = self.client_secret
        tokens = _json("POST", metadata["token_endpoint"], data=form)
        keys = _json("GET", metadata["jwks_uri"])
        return self._account(str(tokens.get("id_token", "")), keys, asked["nonce"], now)

    def _account(self, id_token: str, keys: Mapping[str, Any], nonce: str, now: dt.datetime) -> Account:
        """Checks an identity token as OpenID Connect Core, 3.1.3.7, says."""
        try:
            token = jwt.decode(id_token, KeySet.import_key_set({"keys": keys["keys"]}), algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=_CLOCK_SKEW_SECONDS,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(token.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcRefusedError(f"The provider's identity token is not good: {type(error).__name__}") from error
        claims = token.claims
        others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if others else self.client_id) != self.client_id:
            raise OidcRefusedError("The provider's identity token is for another program")
        email = claims.get("email")
        vouched = claims.get("email_verified") is True and isinstance(email, str)
        return Account(claims["sub"], email.strip().lower() if vouched and isinstance(email, str) else None)

    def _discover(self) -> Mapping[str, str]:
        found = _json("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(isinstance(found.get(name), str) for name in wanted) or found["issuer"] != self.issuer:
            raise OidcUnavailableError("The provider's discovery document is not that of FENRUN_OIDC_ISSUER")
        return found


def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    """A provider's answer, which must be a JSON object.

    Raises:
        OidcRefusedError: it refuses (4xx).
        OidcUnavailableError: any other failure. Neither repeats what the provider said: it may hold a code.
    """
    try:
        answer = httpx2.request(method, url, timeout=_TIMEOUT_SECONDS, follow_redirects=False, **more)
        if 400 <= answer.status_code < 500:
            raise OidcRefusedError(f"The provider refuses ({answer.status_code}); begin again")
        answer.raise_for_status()
        content = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise OidcUnavailableError(f"The OpenID provider gives no good answer: {type(error).__name__}") from error
    if not isinstance(content, dict):
        raise OidcUnavailableError("The OpenID provider gives no good answer: it is no JSON object")
    return content
