"""A mail server on loopback that keeps what it takes, and misbehaves when told to.

with mail_server() as server:
    server.say("RCPT", "550 5.1.1 No such user")
    ...
    server.letters[0]["Subject"]
"""

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from threading import Thread

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = b"kundbok", b"open sesame: 100%"
STEPS = ("EHLO", "MAIL", "RCPT", "DATA")


class MailServer:
    """What it has taken is in `letters`, who it was for in `recipients`, whole in `raw`."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.senders: list[str] = []
        self.logins: list[bytes] = []
        self.encrypted: list[bool] = []
        self.answers: dict[str, str] = {}
        self.delays: dict[str, float] = {}
        self.drops: set[str] = set()
        self.greetings = 0
        self.talking: SMTP | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=default) for raw in self.raw]

    def say(self, step: str, answer: str) -> None:
        """Answer `step` (one of STEPS) with this line."""
        self.answers[step] = answer

    def delay(self, step: str, seconds: float) -> None:
        self.delays[step] = seconds

    def drop(self, step: str) -> None:
        """Hang up instead of answering `step`; at DATA that is after the final dot."""
        self.drops.add(step)

    def hang_up(self) -> None:
        """End the newest connection now, whatever was said in it."""
        server = self.talking
        assert server
        server.loop.call_soon_threadsafe(server.transport.abort)

    async def _misbehave(self, step: str, server: SMTP) -> str | None:
        await asyncio.sleep(self.delays.get(step, 0))
        if step in self.drops:
            server.transport.abort()
        return self.answers.get(step)

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, host: str, lines: list[str]
    ) -> list[str]:
        self.greetings, self.talking = self.greetings + 1, server
        answer = await self._misbehave("EHLO", server)
        session.host_name = host
        return [answer] if answer else lines

    async def handle_HELO(self, server: SMTP, session: Session, _envelope: Envelope, host: str) -> str:
        session.host_name = host
        return await self._misbehave("EHLO", server) or "250 loopback"

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        answer = await self._misbehave("MAIL", server)
        envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        answer = await self._misbehave("RCPT", server)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if "DATA" not in self.answers:
            self.raw.append(bytes(envelope.content or b""))
            self.recipients.append(list(envelope.rcpt_tos))
            self.senders.append(envelope.mail_from or "")
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return await self._misbehave("DATA", server) or f"250 Taken as {len(self.raw)}"

    def authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        self.logins.append(data.login)
        return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


class Door:
    """The server's hooks and nothing else: in each session aiosmtpd looks at every attribute of what it is given."""

    def __init__(self, server: MailServer):
        for name in vars(MailServer):
            if name.startswith("handle_"):
                setattr(self, name, getattr(server, name))


@contextmanager
def mail_server(
    *, login: bool = False, tls: ssl.SSLContext | None = None, starttls: bool = False
) -> Iterator[MailServer]:
    """A server that asks for a login, speaks TLS from the start, or offers STARTTLS."""
    server = MailServer()

    def session() -> SMTP:
        return SMTP(
            Door(server),
            hostname="loopback",
            loop=loop,
            authenticator=server.authenticate,
            auth_required=login,
            auth_require_tls=False,
            tls_context=tls if starttls else None,
        )

    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    listen = loop.create_server(session, "127.0.0.1", 0, ssl=None if starttls else tls)
    listening = asyncio.run_coroutine_threadsafe(listen, loop).result(10)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)


async def _hang_up(listening: asyncio.Server) -> None:
    listening.close()
    talking = asyncio.all_tasks() - {asyncio.current_task()}
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
