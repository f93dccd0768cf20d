"""E-mail over SMTP.

Every letter goes to one recipient. The connection is kept for the next letter until `close()`. The key makes the
Message-ID, so that a letter sent twice after a lost answer is one letter in the recipient's mail program.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from tasks.channels.contract import Letter, Receipt, SendError
from tasks.channels.mime import body, one_line

TIMEOUT = 20.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
KEY = re.compile(r"[A-Za-z0-9.-]{1,100}")
# One address as SMTP takes it: no space, comma or bracket that could name a second recipient.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
# What may stand in a header unencoded: in a subject, and in a name.
READABLE = re.compile(r"(?!.*=\?)[ -~]*")
ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]*")
LINE_LENGTH = 250
DOT = re.compile(rb"^\.", re.MULTILINE)
ANSWER_LENGTH = 500
OK = 250


class Email:
    """A mail server at `smtp://user:password@host:587` or `smtps://host`.

    With a login on another machine the connection is encrypted before anything is said;
    `?starttls=0` and `?starttls=1` decide otherwise.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT):
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("Not the URL of a mail server")
        self.host = parts.hostname
        self.is_tls = parts.scheme == "smtps"
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.port = parts.port or (465 if self.is_tls else 587 if self.user else 25)
        self.timeout = timeout
        self._server: smtplib.SMTP | None = None
        if not (self.user + self.password).isascii():
            raise ValueError("The mail server's user and password can only be ASCII")
        guarded = bool(self.user) and self.host not in LOOPBACK
        asked = parse_qs(parts.query).get("starttls", ["1" if guarded else "0"])[0]
        self.is_starttls = asked == "1" and not self.is_tls

    def send(self, letter: Letter, key: str) -> Receipt:
        """Hand the letter to the server. Raises SendError; one without an answer may be there."""
        sender, recipient = _plain(letter.sender_address), _plain(letter.to_address)
        content = compose(letter, key)
        with _named_failures(), self._unless_it_fails():
            answer = _hand_over(self._ready(sender), recipient, content)
        return Receipt(_identity(letter, key), answer)

    def close(self) -> None:
        server, self._server = self._server, None
        if server:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # what was answered before stands, however the parting goes
            server.close()

    @contextmanager
    def _unless_it_fails(self) -> Iterator[None]:
        """After any trouble the next letter begins anew."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _ready(self, sender: str) -> smtplib.SMTP:
        """A connection on which the server has taken the sender: the one that was kept, unless the server is tired of
        it, or a new one."""
        if self._server:
            with suppress(OSError, smtplib.SMTPException):
                if self._server.mail(sender)[0] == OK:
                    return self._server
            self.close()
        server = self._open(_domain(sender))
        _demand(server.mail(sender), OK)
        return server

    def _open(self, name: str) -> smtplib.SMTP:
        self._server = server = self._connect(name)
        server.ehlo_or_helo_if_needed()
        if self.is_starttls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)
        return server

    def _connect(self, name: str) -> smtplib.SMTP:
        if self.is_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, local_hostname=name, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=self.timeout)


def compose(letter: Letter, key: str) -> bytes:
    """The letter as it goes over the wire; the same key gives the same Message-ID."""
    head = {
        "From": _mailbox(letter.sender_name, letter.sender_address),
        "To": _mailbox(letter.to_name, letter.to_address),
        "Subject": _words(letter.subject, READABLE),
        **({"Reply-To": _mailbox("", letter.reply_to)} if letter.reply_to else {}),
        "Message-ID": _identity(letter, key),
        "Date": format_datetime(datetime.now(UTC)),
        "Auto-Submitted": "auto-generated",  # so that absence notes are not sent back
        "Content-Language": letter.language,
        "MIME-Version": "1.0",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return lines.encode("ascii") + body(letter)


def _identity(letter: Letter, key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("Not a key of ours")
    return f"<{key}@{_domain(_plain(letter.sender_address))}>"


def _mailbox(name: str, address: str) -> str:
    """Name and address. The name is encoded here, because the library loses the quotes of a long
    one, and then every comma in it begins another recipient."""
    words = _words(name, ATOMS)
    return f"{words}\r\n <{_plain(address)}>" if words else f"<{_plain(address)}>"


@lru_cache(maxsize=1000)
def _words(text: str, plain: re.Pattern[str]) -> str:
    line = one_line(text)[:LINE_LENGTH]
    charset = "us-ascii" if plain.fullmatch(line) else "utf-8"
    return Header(line, charset, maxlinelen=72, header_name="Reply-To").encode(linesep="\r\n")


def _plain(address: str) -> str:
    """The address in ASCII, its domain as the net knows it."""
    user, _, domain = address.strip().rpartition("@")
    with suppress(UnicodeError):
        plain = f"{user}@{domain.encode('idna').decode()}"
        if ADDRESS.fullmatch(plain):
            return plain
    raise SendError("provider.rejected", permanent=True, answer=f"Not an address: {address!r}")


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _hand_over(server: smtplib.SMTP, recipient: str, content: bytes) -> str:
    """The dialogue from the recipient up to the final dot and its answer."""
    _demand(server.rcpt(recipient), OK, 251)
    _demand(server.docmd("DATA"), 354)
    server.send(DOT.sub(b"..", content) + b"\r\n.\r\n")
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        # The letter is over there in full; only the word that it was taken is missing.
        raise SendError("provider.no_answer", permanent=False, answer=str(error)) from error
    return _demand(answer, OK)


def _demand(answer: tuple[int, bytes], *expected: int) -> str:
    if answer[0] not in expected:
        raise smtplib.SMTPResponseException(*answer)
    return _said(*answer)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {one_line(text)}"[:ANSWER_LENGTH]


@contextmanager
def _named_failures() -> Iterator[None]:
    """What went wrong, by the names of models/refusals/."""
    try:
        yield
    except smtplib.SMTPNotSupportedError as error:  # no login or no encryption is offered
        raise SendError("provider.not_authorised", permanent=False, answer=str(error)) from error
    except smtplib.SMTPResponseException as error:
        code, permanent = _meaning(error)
        said = _said(error.smtp_code, error.smtp_error)
        raise SendError(code, permanent=permanent, answer=said) from error
    except (OSError, smtplib.SMTPException) as error:
        said = one_line(str(error))[:ANSWER_LENGTH]
        raise SendError("provider.unreachable", permanent=False, answer=said) from error


def _meaning(error: smtplib.SMTPResponseException) -> tuple[str, bool]:
    """The name of a refusal, and whether it is final.

    Only a 5xx about the letter is. What concerns our login or the server itself is mended in the
    settings or by time, and then the letter goes.
    """
    if isinstance(error, smtplib.SMTPAuthenticationError) or error.smtp_code in (530, 535):
        return "provider.not_authorised", False
    if isinstance(error, (smtplib.SMTPConnectError, smtplib.SMTPHeloError)):
        return "provider.unreachable", False
    return "provider.rejected", error.smtp_code >= 500
