"""A letter's text, its HTML and its papers as MIME: plain ASCII, because not every server on the way takes more."""

import re
import secrets
from binascii import b2a_base64, b2a_qp
from urllib.parse import quote

from tasks.channels.contract import Attachment, Letter

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
LINE_END = re.compile(r"\r\n|\r|\n")
BYTES_A_LINE = 57  # 76 characters in base64
PIECE = re.compile(r"(?:%..|[^%]){1,18}")  # of a file name: no line grows long


def one_line(text: str) -> str:
    """One line: what would begin a new header becomes a space."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def body(letter: Letter) -> bytes:
    """From the header that says what follows to the end of the letter."""
    whole = text(letter.text, "plain")
    if letter.html:
        whole = together("alternative", [whole, text(letter.html, "html")])
    if letter.attachments:
        whole = together("mixed", [whole, *map(paper, letter.attachments)])
    return whole


def together(how: str, parts: list[bytes]) -> bytes:
    mark = f"=_{secrets.token_hex(16)}"  # '=_' stands in neither encoding
    lines = [f'Content-Type: multipart/{how}; boundary="{mark}"\r\n'.encode()]
    for part in parts:
        lines += [f"--{mark}".encode(), part]
    return b"\r\n".join([*lines, f"--{mark}--\r\n".encode()])


def text(words: str, kind: str) -> bytes:
    """Quoted or in base64, whichever is shorter: Swedish stays readable on the wire, Ukrainian small."""
    raw = LINE_END.sub("\r\n", words).encode("utf-8", "replace")
    quoted, packed = b2a_qp(raw), base64(raw)
    how, content = ("quoted-printable", quoted) if len(quoted) <= len(packed) else ("base64", packed)
    return part(f'text/{kind}; charset="utf-8"', how, content)


def paper(attachment: Attachment) -> bytes:
    name, mime, content = attachment
    return part(mime, "base64", base64(content), f"Content-Disposition: attachment{file_name(one_line(name))}\r\n")


def part(mime: str, how: str, content: bytes, more: str = "") -> bytes:
    return f"Content-Type: {mime}\r\nContent-Transfer-Encoding: {how}\r\n{more}\r\n".encode() + content


def file_name(name: str) -> str:
    """As RFC 2231 wants it: in UTF-8, in numbered pieces."""
    pieces = PIECE.findall("utf-8''" + quote(name, safe=""))
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))


def base64(raw: bytes) -> bytes:
    return b"".join(
        b2a_base64(raw[at : at + BYTES_A_LINE], newline=False) + b"\r\n" for at in range(0, len(raw), BYTES_A_LINE)
    )
