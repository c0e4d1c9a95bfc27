"""SMTP: one letter, one conversation with the server."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, parseaddr
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from fenrun.kit.errors import SetupError
from fenrun.kit.settings import Settings
from fenrun.mail.errors import UndeliverableError, UnsentError
from fenrun.mail.wording import Text

TIMEOUT_SECONDS = 20
"""For each answer of the server."""


class Server(NamedTuple):
    """An SMTP server, and in whose name letters go."""

    host: str
    port: int
    tls: bool
    """From the first byte; otherwise by STARTTLS where the server offers it."""
    user: str
    password: str
    sender: str

    @classmethod
    def of(cls, settings: Settings) -> "Server | None":
        """The server of the settings; None when there is none.

        Raises:
            SetupError: the settings make no sense; the detail says which.
        """
        if settings.smtp_url is None:
            return None
        url = urlsplit(settings.smtp_url.get_secret_value())
        port = _port(url)
        if url.scheme not in ("smtp", "smtps") or not url.hostname or port is None:
            raise SetupError("FENRUN_SMTP_URL: write smtps://user:password@host:port, or smtp://… for STARTTLS")
        if "@" not in parseaddr(settings.mail_from)[1]:
            raise SetupError("FENRUN_MAIL_FROM: whom letters come from, such as Fenrun <fenrun@example.com>")
        tls = url.scheme == "smtps"
        user, password = unquote(url.username or ""), unquote(url.password or "")
        return cls(url.hostname, port or (465 if tls else 587), tls, user, password, settings.mail_from)

    def send(self, id_: str, to: str, text: Text) -> None:
        """Gives a letter to the server. The same letter again has the same Message-ID, by which readers tell.

        Raises:
            UndeliverableError: nobody can be reached by this address.
            UnsentError: the server is away, or takes it later.
        """
        message = self._message(id_, to, text)
        try:
            with self._conversation() as smtp:
                smtp.send_message(message, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, words)] = error.recipients.values()
            raise _refused(code, words, to) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            # About this letter or about us: a person must see to it, and may before the schedule ends.
            raise UnsentError(_said(error.smtp_code, error.smtp_error, to)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise UndeliverableError(f"The server lacks something: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise UnsentError(_said(error.smtp_code, error.smtp_error, to)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnsentError(f"{type(error).__name__}: {error}".replace(to, "…")) from error

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        opened: smtplib.SMTP = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
            if self.tls
            else smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        )
        with opened as smtp:
            smtp.ehlo_or_helo_if_needed()
            secure = self.tls
            if not secure and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                secure = True
            if self.user:
                if not secure:
                    raise UnsentError(f"{self.host} offers no STARTTLS: the password is not sent in plain text")
                smtp.login(self.user, self.password)
            yield smtp

    def _message(self, id_: str, to: str, text: Text) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        try:
            message["To"] = Address(addr_spec=to)
        except Exception as error:
            raise UndeliverableError("The address is none that mail can go to") from error
        message["Subject"] = text.subject
        message["Date"] = localtime()
        message["Message-ID"] = f"<{id_}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text.plain)
        message.add_alternative(text.html, subtype="html")
        return message


def _port(url: SplitResult) -> int | None:
    """The port; 0 when none is named, None when it is no port."""
    try:
        return url.port or 0
    except ValueError:
        return None


def _refused(code: int, words: bytes, to: str) -> Exception:
    said = _said(code, words, to)
    return UndeliverableError(said) if code >= 500 else UnsentError(said)


def _said(code: int, words: bytes | str, to: str) -> str:
    """The server's answer without the address, which servers like to repeat."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return re.sub(re.escape(to), "…", f"{code} {text}", flags=re.IGNORECASE)[:300]
