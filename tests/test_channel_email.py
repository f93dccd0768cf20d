"""A letter on its way to a mail server, and everything a mail server does instead of taking it."""

import email
import email.policy
import re
import shutil
import socket
import ssl
import subprocess
from dataclasses import replace
from email.header import decode_header, make_header
from email.utils import getaddresses, parseaddr
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.channels import CHANNELS, Letter, SendError
from tasks.channels.email import Email, compose
from tests.stand_ins.smtp import PASSWORD, USER, mail_server

LETTER = Letter(
    to_name="Åsa Öberg",
    to_address="asa@example.se",
    sender_name="Glas & Fönster, Нова",
    sender_address="noreply@kundbok.example",
    subject="Felanmälan 107 är mottagen – дякуємо",
    text="Hej Åsa!\n\n.\n..punkt först\nFrån oss.\n",
    html="<p>Hej Åsa!</p>",
    language="sv",
)
KEY = "message-2318-1"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LOGIN = f"{USER.decode()}:{quote(PASSWORD.decode(), safe='')}@"


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


def send(server, letter=LETTER, timeout=5.0, **login):
    return Email(with_login(server.url, **login), timeout).send(letter, KEY)


def with_login(url, login="", query=""):
    return url.replace("://", f"://{login}") + query


def failure(server, letter=LETTER, **options):
    with pytest.raises(SendError) as failed:
        send(server, letter, **options)
    return failed.value.code, failed.value.permanent, failed.value.answer


def test_email_is_a_channel():
    assert CHANNELS == {"email": Email}


def test_a_letter_arrives_as_it_was_written(server):
    receipt = send(server)
    (letter,) = server.letters
    assert (receipt.id, receipt.answer) == ("<message-2318-1@kundbok.example>", "250 Taken as 1")
    assert (server.senders, server.recipients) == (
        ["noreply@kundbok.example"],
        [["asa@example.se"]],
    )
    assert letter["Message-ID"] == receipt.id
    assert letter["Subject"] == LETTER.subject
    assert letter["From"].addresses[0].display_name == LETTER.sender_name
    assert letter["To"].addresses[0].display_name == "Åsa Öberg"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "sv"
    assert letter["Date"].datetime.tzinfo
    assert "Reply-To" not in letter
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter.get_body(["plain"]).get_content().replace("\r\n", "\n") == LETTER.text
    assert letter.get_body(["html"]).get_content().strip() == LETTER.html


def test_a_letter_is_plain_ascii_on_the_wire_for_servers_that_take_no_more(server):
    send(server)
    assert server.raw[0].isascii()


def test_text_alone_is_enough(server):
    send(server, replace(LETTER, html="", text="Hej"))
    assert server.letters[0].get_content_type() == "text/plain"
    assert server.letters[0].get_content().strip() == "Hej"


def test_papers_go_along_under_their_names(server):
    papers = [("Protokoll 107-1 å.pdf", "application/pdf", b"%PDF-1.7\n.\n\xff")]
    send(server, replace(LETTER, attachments=papers))
    (paper,) = server.letters[0].iter_attachments()
    assert paper.get_filename() == "Protokoll 107-1 å.pdf"
    assert (paper.get_content_type(), paper.get_content()) == ("application/pdf", papers[0][2])


def test_answers_go_where_the_letter_says(server):
    send(server, replace(LETTER, reply_to="kontoret@example.se"))
    assert server.letters[0]["Reply-To"] == "kontoret@example.se"


def test_the_same_key_gives_the_same_identity(server):
    assert send(server).id == send(server, replace(LETTER, text="again")).id
    with pytest.raises(ValueError, match="key"):
        compose(LETTER, "a>\r\nBcc: x@y.se")


def test_a_domain_in_letters_of_its_own_is_found(server):
    send(server, replace(LETTER, to_address="info@måleri.se"))
    assert server.recipients == [["info@xn--mleri-mra.se"]]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "asa",
        "asa@",
        "@example.se",
        "a@b.se, c@d.se",
        "a@b.se c@d.se",
        "<a@b.se>",
        "a@b.se>\r\nRCPT TO:<c@d.se",
        "a@b@c.se",
        '"a b"@c.se',
        "å@b.se",
        "a@b..se",
        "a\0@b.se",
    ],
)
def test_what_is_not_exactly_one_address_is_never_tried(server, address):
    for field in ("to_address", "sender_address", "reply_to"):
        letter = replace(LETTER, **{field: address})
        if address or field != "reply_to":
            assert failure(server, letter)[:2] == ("provider.rejected", True)
    assert server.raw == []


def test_a_line_break_begins_no_header(server):
    evil = "Hej\r\nBcc: alla@example.se\n\n<script>"
    send(
        server,
        replace(
            LETTER,
            subject=evil,
            to_name=evil,
            sender_name=evil,
            attachments=[(evil, "text/plain", b"x")],
        ),
    )
    (letter,) = server.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hej Bcc: alla@example.se <script>"
    assert server.recipients == [["asa@example.se"]]


words = st.text(max_size=90)
HEAD = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version"]


@given(words, words, words, words)
@example('Ek, "Bo" <x@y.se>', "a, b <c@d.se>", "=?utf-8?q?x=0ABcc=3A_x?=", '";\r\nBcc: x')
@example("Ek, Bo " * 12, "Å, " * 30, "\u2028Bcc: x", "a" * 300)
@example("@" * 80, "(" * 50, "é\\" * 40, "=?utf-8?q?a?=")
def test_no_word_of_ours_brings_in_a_header_or_a_recipient(to_name, sender_name, subject, paper):
    papers = [(paper, "text/plain", b"x")]
    raw = compose(
        replace(LETTER, to_name=to_name, sender_name=sender_name, subject=subject, attachments=papers),
        KEY,
    )
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.split(r"\r\n(?![ \t])", head)
    fields = dict(line.split(":", 1) for line in lines)
    assert [name for name in fields if not name.startswith("Content-")] == HEAD
    assert len(fields) == len(lines) == len(HEAD) + 2
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    for field, address in (("To", "asa@example.se"), ("From", "noreply@kundbok.example")):
        assert [found for _name, found in getaddresses([fields[field]])] == [address]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60))
def test_names_and_subjects_are_read_as_they_were_written(text):
    raw = compose(replace(LETTER, to_name=text, subject=text), KEY)
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert letter["Subject"] == text
    old = email.message_from_bytes(raw)
    assert str(make_header(decode_header(parseaddr(old["To"])[0]))) == text


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        ("RCPT", "450 4.2.0 Greylisted, come back", ("provider.rejected", False)),
        ("RCPT", "550 5.1.1 No such user", ("provider.rejected", True)),
        ("MAIL", "452 4.3.1 Disk full", ("provider.rejected", False)),
        ("MAIL", "553 5.1.8 Sender not ours", ("provider.rejected", True)),
        ("MAIL", "530 5.7.0 Log in first", ("provider.not_authorised", False)),
        ("DATA", "451 4.7.1 Try later", ("provider.rejected", False)),
        ("DATA", "554 5.7.1 Looks like spam", ("provider.rejected", True)),
        ("EHLO", "554 5.7.1 Your network is blocked", ("provider.unreachable", False)),
    ],
)
def test_a_refusal_says_what_the_server_said_and_whether_it_is_final(server, step, answer, expected):
    server.say(step, answer)
    assert failure(server) == (*expected, answer)
    assert server.raw == []


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT"])
def test_a_server_that_hangs_up_or_sleeps_before_the_letter_has_not_got_it(server, step):
    server.delay(step, 1)
    assert failure(server, timeout=0.2)[:2] == ("provider.unreachable", False)
    server.delay(step, 0)
    server.drop(step)
    assert failure(server)[:2] == ("provider.unreachable", False)
    assert server.raw == []


def test_a_server_that_hangs_up_after_the_last_dot_may_have_got_it(server):
    server.drop("DATA")
    assert failure(server)[:2] == ("provider.no_answer", False)
    assert len(server.raw) == 1


def test_a_server_that_falls_asleep_after_the_last_dot_may_have_got_it(server):
    server.delay("DATA", 1)
    assert failure(server, timeout=0.2)[:2] == ("provider.no_answer", False)


def test_letters_follow_one_another_over_one_connection(server):
    channel = Email(server.url, 5.0)
    for number in range(3):
        channel.send(LETTER, f"message-{number}")
    assert (len(server.raw), server.greetings) == (3, 1)
    channel.close()
    channel.send(LETTER, KEY)
    channel.close()
    channel.close()
    assert (len(server.raw), server.greetings) == (4, 2)


def test_a_refused_letter_does_not_stand_in_the_way_of_the_next(server):
    channel = Email(server.url, 5.0)
    for step in ("MAIL", "RCPT", "DATA"):
        server.say(step, "450 4.2.0 Come back")
        with pytest.raises(SendError):
            channel.send(LETTER, KEY)
        server.answers.clear()
        channel.send(LETTER, KEY)
    assert len(server.raw) == 3


def test_a_server_that_has_enough_of_a_connection_gets_the_next_letter_over_a_new_one(server):
    channel = Email(server.url, 5.0)
    channel.send(LETTER, KEY)
    server.hang_up()
    channel.send(LETTER, KEY)
    assert (len(server.raw), server.greetings) == (2, 2)


def test_long_lines_dots_and_line_ends_arrive_as_they_were(server):
    text = (
        ".\n..\r\nFrom us\r" + "=3D and trailing \t\n" + "å" * 900 + "\n" + "x" * 2000 + "\n" + "дякуємо " * 200 + "\n"
    )
    send(server, replace(LETTER, text=text))
    arrived = server.letters[0].get_body(["plain"]).get_content()
    assert arrived.replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert max(map(len, server.raw[0].split(b"\r\n"))) < 998


def test_a_paper_with_a_long_name_keeps_it(server):
    name = "Протокол обслуговування холодильної установки № 107-1, " * 3 + "%41 '.pdf"
    send(server, replace(LETTER, attachments=[(name, "application/pdf", bytes(range(256)) * 9)]))
    (paper,) = server.letters[0].iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == (name, bytes(range(256)) * 9)


def test_a_server_that_is_not_there_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (f"smtp://127.0.0.1:{port}", f"smtps://127.0.0.1:{port}"):
        with pytest.raises(SendError) as failed:
            Email(url).send(LETTER, KEY)
        assert (failed.value.code, failed.value.permanent) == ("provider.unreachable", False)


def test_a_server_that_never_greets_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SendError) as failed:
        Email(f"smtp://127.0.0.1:{silent.getsockname()[1]}", 0.2).send(LETTER, KEY)
    assert failed.value.code == "provider.unreachable"


def test_a_server_that_asks_for_a_login_gets_it():
    with mail_server(login=True) as server:
        send(server, login=LOGIN)
        assert (server.logins, len(server.raw)) == ([USER], 1)


def test_a_refused_login_waits_for_somebody_to_mend_it():
    with mail_server(login=True) as server:
        code, permanent, answer = failure(server, login="kundbok:wrong@")
        assert (code, permanent, answer[:4]) == ("provider.not_authorised", False, "535 ")
        assert failure(server)[:2] == ("provider.not_authorised", False)
        assert server.raw == []


def test_a_password_is_not_said_aloud():
    with mail_server(login=True) as server:
        expected = ("provider.not_authorised", False, "STARTTLS extension not supported by server.")
        assert failure(server, login=LOGIN, query="?starttls=1") == expected
        assert server.logins == []


@pytest.mark.parametrize(
    ("url", "port", "is_starttls"),
    [
        ("smtp://mail.example.se", 25, False),
        ("smtp://u:p@mail.example.se", 587, True),
        ("smtp://u:p@mail.example.se:25?starttls=0", 25, False),
        ("smtp://mail.example.se?starttls=1", 25, True),
        ("smtp://u:p@localhost", 587, False),
        ("smtps://u:p@mail.example.se", 465, False),
    ],
)
def test_the_address_of_the_server_says_how_to_speak_to_it(url, port, is_starttls):
    channel = Email(url)
    assert (channel.host, channel.port, channel.is_starttls) == (
        url.split("@")[-1].split("/")[-1].split(":")[0].split("?")[0],
        port,
        is_starttls,
    )


@pytest.mark.parametrize("url", ["", "mail.example.se", "http://mail.example.se", "smtp://", "smtp://u:lösen@x.se"])
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(ValueError, match="mail server"):
        Email(url)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make.split(), *name], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("starttls", [True, False])
def test_a_letter_goes_encrypted_to_a_server_that_proves_who_it_is(certificate, monkeypatch, starttls):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with mail_server(tls=context, starttls=starttls) as server:
        url = f"{server.url}?starttls=1" if starttls else server.url.replace("smtp:", "smtps:")
        with pytest.raises(SendError) as failed:
            Email(url).send(LETTER, KEY)
        assert (failed.value.code, "certificate" in failed.value.answer) == (
            "provider.unreachable",
            True,
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        Email(url).send(LETTER, KEY)
        assert server.encrypted == [True]
