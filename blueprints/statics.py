"""Static files as small as the browser takes them: the compressed copies that assets.py left."""

import mimetypes
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

PACKED = "vendor/dist/packed"
ENDINGS = {"br": ".br", "gzip": ".gz"}

# A small Debian has no table of types, and with nosniff the browser believes what we say.
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class PackedStatics(Flask):
    """An app whose static files travel compressed; in debug mode as they were just edited."""

    def send_static_file(self, filename: str) -> Response:
        coding = None if self.debug else self._coding(filename)
        if coding:
            response = self._copy(filename, coding)
        else:
            response = super().send_static_file(filename)
        response.vary.add("Accept-Encoding")
        return response

    def _coding(self, filename: str) -> str | None:
        copies = Path(self.static_folder or "") / PACKED
        for coding, ending in ENDINGS.items():
            if request.accept_encodings[coding] and (copies / (filename + ending)).is_file():
                return coding
        return None

    def _copy(self, filename: str, coding: str) -> Response:
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response = send_from_directory(
            Path(self.static_folder or "") / PACKED,
            filename + ENDINGS[coding],
            mimetype=kind,
            max_age=self.get_send_file_max_age(filename),
        )
        response.content_encoding = coding
        return response
