"""A replayed slice, its application, and somebody of every role who is signed in to it."""

import datetime as dt
import uuid

from argon2 import PasswordHasher
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from fenrun.registry import api_keys_service
from fenrun.registry.models import Member

PASSWORD = "correct horse battery staple"
ORIGIN = "http://testserver"
STAFF = ("operator", "finance", "compliance", "auditor", "admin")
MEMBERS = ("rich", "other", *STAFF, "arbiter")
KEYS = ("sender", "reader")
# argon2 is slow on purpose; a hash carries its parameters, and these are quick to verify.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class People:
    """Clients by name: the partners `rich` and `other`, who share no order, the staff by role, and two API keys."""

    def __init__(self, app, road, rich, other, key):
        self.app, self.road, self.key = app, road, key
        self.anonymous = TestClient(app, raise_server_exceptions=False)
        with road.sessions.begin() as session:
            self.member_ids = {
                name: add_member(session, f"the-{name}", "partner", {"rich": rich, "other": other}[name], is_owner=True)
                if name in ("rich", "other")
                else add_member(session, f"the-{name}", name, None)
                for name in MEMBERS
            }
            key, now = road.keys.reference_key, dt.datetime.now(dt.UTC)
            sender, self.sender_key = api_keys_service.create(session, key, "sender", ["events:write"], now)
            reader, self.reader_key = api_keys_service.create(session, key, "reader", ["read"], now)
            self.key_ids = {"sender": sender.id, "reader": reader.id}
        for name in MEMBERS:
            setattr(self, name, self.signed_in(f"the-{name}"))
        self.sender, self.reader = self.with_key(self.sender_key), self.with_key(self.reader_key)
        self.rich_id = self.rich.get("/v1/session").json()["partner_id"]
        self.other_id = self.other.get("/v1/session").json()["partner_id"]

    def signed_in(self, login, password=PASSWORD, **more):
        client = TestClient(self.app, raise_server_exceptions=False)
        answer = client.post("/v1/session", json={"login": login, "password": password, **more})
        assert answer.status_code == 200, answer.text
        return client

    def with_key(self, key):
        return TestClient(self.app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)

    def newcomer(self, role="finance", partner=None, **more):
        """The login of a member of the test's own."""
        login = f"new-{uuid.uuid4().hex[:12]}"
        with self.road.sessions.begin() as session:
            add_member(session, login, role, partner, **more)
        return login

    def lines(self, **equal):
        """The audit log's lines, oldest first."""
        with self.road.sessions() as session:
            rows = session.connection().exec_driver_sql("SELECT * FROM audit_log ORDER BY id").mappings().all()
        return [row for row in rows if all(row[name] == value for name, value in equal.items())]


def add_member(session, login, role, partner, **more):
    member = Member(
        id=f"mb_{uuid.uuid4().hex[:26]}",
        login=login,
        password_hash=_HASH,
        role=role,
        partner_number=partner,
        **more,
    )
    session.add(member)
    session.flush()
    return member.id


def is_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return True


def everything(client, path, **query):
    """All rows of a list, page after page."""
    rows, after = [], {}
    while True:
        answer = client.get(path, params={"limit": 100, **query, **after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = {"startingAfter": page["data"][-1]["id"]}


def routes(app):
    """Every method and path under /v1, whether it is described or not."""
    found = []
    for route in iter_route_contexts(app.routes):
        if (route.path or "").startswith("/v1/") and "openapi" not in route.path:
            found += [(method.lower(), route.path) for method in route.methods - {"HEAD", "OPTIONS"}]
    return sorted(found)
