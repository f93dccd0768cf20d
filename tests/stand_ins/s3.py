"""A bucket on loopback that speaks enough S3 for a file store, and checks every signature.

Objects lie in memory. Lists come in pages of two, so that a client that forgets to ask for the
next page is found out. `refuse(status)` makes every following request fail.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY, REGION = "loopback", "not-a-secret", "eu-north-1"
PAGE = 2
CREDENTIALS = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?")
SIGNED = re.compile(r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Bucket(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name: str):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.objects: dict[str, bytes] = {}
        self.status: int | None = None
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        endpoint = quote(f"http://127.0.0.1:{self.server_port}", safe="")
        return f"s3://{self.name}/files?endpoint={endpoint}&region={REGION}"

    def refuse(self, status: int | None) -> None:
        self.status = status


@contextmanager
def bucket(name: str = "kundbok") -> Iterator[Bucket]:
    server = Bucket(name)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        """Keep the tests' output quiet."""

    def handle_method(self) -> None:
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append(f"{self.command} {parts.path}")
        _, name, *key = unquote(parts.path).split("/", 2)
        self.key = key[0] if key else ""
        if self.server.status:
            return self.fail(self.server.status, "SlowDown")
        if not self.is_signed(parts.path):
            return self.fail(403, "SignatureDoesNotMatch")
        if name != self.server.name:
            return self.fail(404, "NoSuchBucket")
        return getattr(self, f"on_{self.command.lower()}")()

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = handle_method

    def on_put(self) -> None:
        self.server.objects[self.key] = self.body
        self.answer(200, ETag=self.etag(self.body))

    def on_head(self) -> None:
        self.on_get()

    def on_get(self) -> None:
        if "list-type" in self.query:
            return self.on_list()
        data = self.server.objects.get(self.key)
        if data is None:
            return self.fail(404, "NoSuchKey")
        common = {"ETag": self.etag(data), "Last-Modified": formatdate(usegmt=True)}
        asked = RANGE.fullmatch(self.headers.get("Range") or "")
        if not asked:
            return self.answer(200, data, **common)
        start = int(asked[1])
        if start >= len(data):
            return self.fail(416, "InvalidRange")
        part = data[start : int(asked[2] or len(data)) + 1]
        span = f"bytes {start}-{start + len(part) - 1}/{len(data)}"
        return self.answer(206, part, **common, **{"Content-Range": span})

    def on_delete(self) -> None:
        self.server.objects.pop(self.key, None)
        self.answer(204)

    def on_post(self) -> None:
        """The one POST of a file store: many deletions in one request."""
        keys = re.findall(r"<Key>([^<]*)</Key>", self.body.decode())
        for key in keys:
            self.server.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self.answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def on_list(self) -> None:
        after = self.query.get("continuation-token", "")
        prefix = self.query.get("prefix", "")
        names = [name for name in sorted(self.server.objects) if name.startswith(prefix)]
        page = [name for name in names if name > after][:PAGE]
        more = bool(page) and page[-1] != names[-1]
        token = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        rows = "".join(self.row(name) for name in page)
        self.answer(
            200,
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{rows}{token}"
            f"<KeyCount>{len(page)}</KeyCount></ListBucketResult>".encode(),
        )

    def row(self, name: str) -> str:
        data = self.server.objects[name]
        return (
            f"<Contents><Key>{escape(name)}</Key><Size>{len(data)}</Size>"
            f"<LastModified>2026-11-23T08:00:00.000Z</LastModified>"
            f"<ETag>{escape(self.etag(data))}</ETag></Contents>"
        )

    def etag(self, data: bytes) -> str:
        return f'"{hashlib.sha256(data).hexdigest()[:32]}"'

    def fail(self, status: int, code: str) -> None:
        self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def is_signed(self, path: str) -> bool:
        """AWS Signature Version 4, as the storage's documentation describes it."""
        header = self.headers.get("Authorization") or ""
        who, what = CREDENTIALS.match(header), SIGNED.search(header)
        content = self.headers.get("x-amz-content-sha256") or ""
        if not who or not what or who[1] != ACCESS_KEY or who[3] != REGION:
            return False
        if content not in ("UNSIGNED-PAYLOAD", hashlib.sha256(self.body).hexdigest()):
            return False
        return hmac.compare_digest(self.signature(path, what[1].split(";"), who[2]), what[2])

    def signature(self, path: str, signed: list[str], day: str) -> str:
        query = sorted(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        asked = "&".join(f"{quote(key, '~')}={quote(value, '~')}" for key, value in query)
        headers = "".join(f"{name}:{(self.headers[name] or '').strip()}\n" for name in signed)
        content = self.headers["x-amz-content-sha256"]
        request = "\n".join([self.command, path, asked, headers, ";".join(signed), content])
        scope = f"{day}/{REGION}/s3/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, digest])
        key = f"AWS4{SECRET_KEY}".encode()
        for step in (day, REGION, "s3", "aws4_request", text):
            key = hmac.digest(key, step.encode(), "sha256")
        return key.hex()
