"""A small OpenID provider: discovery, keys, authorization code with PKCE, signed tokens. Knows none of our code."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "fenrun-test", "a secret of the test's provider"


class Provider:
    """Answers on a port of localhost. `account` is who is signed in there; the rest lets it misbehave."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first", "use": "sig", "alg": "RS256"})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.reset()
        self._thread = threading.Thread(target=self.server.serve_forever, name="oidc-provider")
        self._thread.start()

    def reset(self):
        self.account = {"sub": "subject-1", "email": "someone@example.com", "email_verified": True}
        self.change = lambda claims: claims
        self.sign = self.signed
        self.down = False
        self.codes, self.requests = {}, []

    def stop(self):
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    # --- What it does ---

    def signed(self, claims):
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.key)

    def signed_by_another_key(self, claims):
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSAKey.generate_key(2048))

    def signed_with_the_clients_secret(self, claims):
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))

    def not_signed(self, claims):
        parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."

    def authorize(self, query):
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form):
        asked = self.codes.pop(form.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        good = (
            asked is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == asked["redirect_uri"]
            and form.get("client_id") == CLIENT_ID
            and form.get("client_secret") == CLIENT_SECRET
            and challenge.rstrip(b"=").decode() == asked["code_challenge"]
        )
        if not good:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self.sign(self.change({**claims, **self.account})),
        }

    def _handler(provider):  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                if provider.down:
                    return self._answer(503, {})
                if parts.path == "/.well-known/openid-configuration":
                    base = provider.issuer
                    return self._answer(200, {
                        "issuer": base, "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys",
                    })  # fmt: skip
                if parts.path == "/keys":
                    return self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
                if parts.path == "/authorize":
                    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    return self.end_headers()
                return self._answer(404, {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.requests.append(body)
                return self._answer(*provider.token({name: values[0] for name, values in parse_qs(body).items()}))

            def _answer(self, status, content):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
