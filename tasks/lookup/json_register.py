"""A register that answers in JSON: `GET {address}/companies/SE/5560125790`.

200 with `{"name", "address", "postcode", "town", "vat_number"}`, 404 for a number it does not know, 401 or 403 where
it refuses us, anything else is trouble of its own. Redirects are not followed: the address is the administrator's.
"""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import quote, urlsplit

from models.base import Country
from tasks.lookup.contract import Company, LookupFailed

TIMEOUT = 5.0
LARGEST_ANSWER = 64 * 1024
LONGEST = {"name": 120, "address": 120, "postcode": 12, "town": 60, "vat_number": 20}
ANSWER_LENGTH = 200


class JsonRegister:
    """At `http://host:port/path` or `https://…`; raises ValueError for another kind of address."""

    def __init__(self, address: str, timeout: float = TIMEOUT):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("Not the address of a register")
        self.parts, self.timeout = parts, timeout

    def find(self, org_number: str, country: Country) -> Company:
        status, body = self._ask(f"/companies/{country.value}/{quote(org_number.replace('-', ''), safe='')}")
        if status == 404:
            raise LookupFailed("lookup.unknown", permanent=True)
        if status in (401, 403):
            raise LookupFailed("lookup.refused", permanent=True, answer=f"{status} {_words(body)}".strip())
        if status != 200:
            raise LookupFailed("lookup.unreachable", permanent=False, answer=f"{status} {_words(body)}".strip())
        return _company(org_number, body)

    def _ask(self, path: str) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request("GET", f"{self.parts.path.rstrip('/')}{path}", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise LookupFailed("lookup.unreachable", permanent=False, answer=_words(str(error).encode())) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self.parts.hostname or "", self.parts.port
        if self.parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self.timeout)


def _company(org_number: str, body: bytes) -> Company:
    try:
        known = json.loads(body)
        facts = {name: _text(known.get(name))[:longest] for name, longest in LONGEST.items()}
    except (ValueError, AttributeError) as error:
        raise LookupFailed("lookup.unreachable", permanent=False, answer=_words(body)) from error
    return Company(org_number, **facts)


def _text(value: Any) -> str:
    return " ".join(value.replace("\0", "").split()) if isinstance(value, str) else ""


def _words(body: bytes) -> str:
    return " ".join(body.decode("utf-8", "replace").replace("\0", "").split())[:ANSWER_LENGTH]
