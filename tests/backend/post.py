"""Letters as they lie in the queue, and an SMTP server that keeps what it is given."""

import contextlib
import socket
from email import message_from_bytes
from email.policy import default

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select

from fenrun.kit.encryption import decrypt
from fenrun.mail.models import Letter
from fenrun.mail.service import Content


def letters(sessions, key, to=None, kind=None):
    """What is sealed of the letters in the queue, oldest first."""
    with sessions() as session:
        rows = session.scalars(select(Letter).where(Letter.sealed.is_not(None)).order_by(Letter.id)).all()
    opened = [
        (row, msgspec.json.decode(decrypt(key, f"letter {row.id}", row.sealed), type=Content))
        for row in rows
        if kind in (None, row.kind)
    ]
    return [(row, content) for row, content in opened if to in (None, content.to)]


def token_of(people, to, kind):
    """The token in the newest letter of a kind to somebody."""
    _, content = letters(people.road.sessions, people.road.keys.reference_key, to, kind)[-1]
    return content.variables["path"].rpartition("/")[2]


class Mailbox:
    """What an SMTP server does with letters: keeps them, unless it was told what to answer instead."""

    def __init__(self):
        self.messages, self.answers, self.refusals, self.logins = [], [], {}, []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.messages.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def authenticate(self, _server, _session, _envelope, _mechanism, login):
        self.logins.append((login.login, login.password))
        return AuthResult(success=True)


class _Controller(Controller):
    """With what the server itself is to be told."""

    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def smtp_server(**more):
    """A real SMTP server on this machine; its mailbox and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mailbox = Mailbox()
    if "tls_context" in more:
        more["authenticator"] = mailbox.authenticate
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()
