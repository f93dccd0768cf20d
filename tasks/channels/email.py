"""E-mail over SMTP.

Every letter goes on its own connection to one recipient. The key makes the Message-ID, so that a
letter sent twice after a lost answer is one letter in the recipient's mail program.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP as LINES
from urllib.parse import parse_qs, unquote, urlsplit

from tasks.channels.contract import Letter, Receipt, SendError

TIMEOUT = 20.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
KEY = re.compile(r"[A-Za-z0-9.-]{1,100}")
# One address as SMTP takes it: no space, comma or bracket that could name a second recipient.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
# What may stand in a header unencoded: in a subject, and in a name.
READABLE = re.compile(r"(?!.*=\?)[ -~]*")
ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]*")
LINE_LENGTH = 250
DOT = re.compile(rb"^\.", re.MULTILINE)
POLICY = LINES.clone(cte_type="7bit")  # not every server on the way takes 8-bit letters
ANSWER_LENGTH = 500


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
        if not (self.user + self.password).isascii():
            raise ValueError("The mail server's user and password can only be ASCII")
        guarded = bool(self.user) and self.host not in LOOPBACK
        asked = parse_qs(parts.query).get("starttls", ["1" if guarded else "0"])[0]
        self.is_starttls = asked == "1" and not self.is_tls

    def send(self, letter: Letter, key: str) -> Receipt:
        """Hand the letter to the server. Raises SendError; one without an answer may be there."""
        sender, recipient = _plain(letter.sender_address), _plain(letter.to_address)
        content = compose(letter, key)
        with _named_failures(), self._connection(_domain(sender)) as server:
            answer = _hand_over(server, sender, recipient, content)
        return Receipt(_identity(letter, key), answer)

    @contextmanager
    def _connection(self, name: str) -> Iterator[smtplib.SMTP]:
        server = self._connect(name)
        try:
            server.ehlo_or_helo_if_needed()
            if self.is_starttls:
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # what was answered before stands, however the parting goes
            server.close()

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
    }
    if letter.reply_to:
        head["Reply-To"] = _mailbox("", letter.reply_to)
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return lines.encode("ascii") + _body(letter, key).as_bytes()


def _body(letter: Letter, key: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["Message-ID"] = _identity(letter, key)
    message["Date"] = datetime.now(UTC)
    message["Auto-Submitted"] = "auto-generated"  # so that absence notes are not sent back
    _fill(message, letter)
    message["Content-Language"] = letter.language  # set sooner it would move into the first part
    return message


def _identity(letter: Letter, key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("Not a key of ours")
    return f"<{key}@{_domain(_plain(letter.sender_address))}>"


def _fill(message: EmailMessage, letter: Letter) -> None:
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for name, mime, content in letter.attachments:
        main, _, sub = mime.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=_line(name))


def _line(text: str) -> str:
    """One line: what would begin a new header becomes a space."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def _mailbox(name: str, address: str) -> str:
    """Name and address. The name is encoded here, because the library loses the quotes of a long
    one, and then every comma in it begins another recipient."""
    words = _words(name, ATOMS)
    return f"{words}\r\n <{_plain(address)}>" if words else f"<{_plain(address)}>"


def _words(text: str, plain: re.Pattern[str]) -> str:
    line = _line(text)[:LINE_LENGTH]
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


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> str:
    """The dialogue up to the final dot and its answer."""
    _demand(server.mail(sender), 250)
    _demand(server.rcpt(recipient), 250, 251)
    _demand(server.docmd("DATA"), 354)
    server.send(DOT.sub(b"..", content) + b"\r\n.\r\n")
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        # The letter is over there in full; only the word that it was taken is missing.
        raise SendError("provider.no_answer", permanent=False, answer=str(error)) from error
    return _demand(answer, 250)


def _demand(answer: tuple[int, bytes], *expected: int) -> str:
    if answer[0] not in expected:
        raise smtplib.SMTPResponseException(*answer)
    return _said(*answer)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {_line(text)}"[:ANSWER_LENGTH]


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
        said = _line(str(error))[:ANSWER_LENGTH]
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
