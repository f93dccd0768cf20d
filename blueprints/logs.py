"""The log: one JSON line an event, on standard error. No addresses with tokens, no bodies, no cookies, and no
line breaks from outside."""

import logging
import secrets
import sys
import time

import structlog
from flask import g, request
from werkzeug.wrappers import Response

log = structlog.get_logger("kundbok.web")


def configure() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *args: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def begin() -> None:
    """Every line of this request carries its id; the answer does too, so that a reader can name it."""
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def end(response: Response) -> Response:
    """The route instead of the path: paths of single-use links are secrets."""
    if "started" not in g:  # a forged form is refused before anything else
        begin()
    response.headers["X-Request-Id"] = g.request_id
    if request.endpoint != "static":
        log.info(
            "request", method=request.method, route=route(), status=response.status_code, ms=round(seconds() * 1000, 1)
        )
    return response


def seconds() -> float:
    return time.perf_counter() - g.started


def route() -> str:
    return request.url_rule.rule if request.url_rule else ""
