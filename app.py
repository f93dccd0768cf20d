"""The composition root: configuration, the app, what happens after an event, and the command line."""

import json
from typing import Any

import click
import structlog
from flask import Flask, request
from flask_babel import get_locale
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints
from blueprints import errors, jinja, web
from blueprints.words import babel, choose_locale, choose_time_zone
from models import custom_field, event, schema
from models.base import Language, connection, db, open_database
from tasks import CONFIG, TESTING, bind, huey, notifications
from tasks import commands as worker_side
from tasks.commands import spoken
from tasks.queue import make_ready

log = structlog.get_logger("kundbok.app")

YEAR = 31_536_000
LARGEST_REQUEST = 300 * 1024 * 1024


def create_app() -> Flask:
    """The web application on the database that the environment names."""
    app = web.Kundbok(__name__, static_folder="static", template_folder="templates")
    configure(app)
    open_database(CONFIG.database_url)
    web.login_manager.init_app(app)
    web.csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=choose_time_zone)
    blueprints.register(app)
    jinja.register(app)
    errors.register(app)
    app.before_request(open_connection)
    app.before_request(web.guard_the_door)
    app.after_request(web.safe_headers)
    app.teardown_request(give_back_connection)
    app.wsgi_app = trusted(app.wsgi_app)
    bind(app)
    listen()
    commands(app)
    web.check_doors(app)
    return app


def configure(app: Flask) -> None:
    app.config.update(
        SECRET_KEY=CONFIG.secret_key,
        SESSION_COOKIE_NAME="__Host-kundbok" if CONFIG.https else "kundbok",
        SESSION_COOKIE_SECURE=CONFIG.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE=Language.EN.locale,
        BABEL_TRANSLATION_DIRECTORIES="translations",
        TESTING=TESTING,
    )


def trusted(wsgi_app: Any) -> Any:
    """Believe as many proxies' headers as there are proxies, and none where there are none."""
    hops = CONFIG.trusted_proxies
    return ProxyFix(wsgi_app, x_for=hops, x_proto=hops, x_host=hops) if hops else wsgi_app


def open_connection() -> None:
    if request.endpoint != "health.show":  # which says itself whether the database answers
        db.connect(reuse_if_open=True)


def give_back_connection(error: BaseException | None) -> None:
    """SQLite's stays with its thread; a pooled one goes back."""
    if CONFIG.sqlite_path is None and not db.is_closed():
        db.close()


def listen() -> None:
    """After an event's transaction is committed: ring for its messages. Custom fields are named in the reader's
    language."""
    event.listeners[:] = [ring]
    custom_field.language_now[:] = [lambda: str(get_locale() or "")]


def ring(event_id: int) -> None:
    """What is saved is saved: where the queue is full or away, the next sweep makes up for the lost ring."""
    try:
        notifications.dispatch(event_id)
    except Exception:
        log.exception("not_rung", queued_event=event_id)


# The command line


def commands(app: Flask) -> None:
    for command in (migrate, url_map, *worker_side.COMMANDS):
        app.cli.add_command(command)


@click.command()
@click.option("--check", is_flag=True, help="Only tell whether something is missing; exit code 1 if so.")
@spoken
def migrate(check: bool) -> None:
    """Bring the database to the shape this version needs."""
    with connection():
        if check:
            return worker_side.demand_schema()
        for name in schema.migrate():
            click.echo(f"Applied {name}")
    make_ready(huey)


@click.command("url-map")
def url_map() -> None:
    """Every route with who may use it, as JSON."""
    from flask import current_app

    click.echo(json.dumps(routes(current_app), indent=1))


def routes(app: Flask) -> list[dict[str, Any]]:
    """[{method, path, endpoint, audience, right, scope, writes}], one per route and method."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        door = app.view_functions[rule.endpoint].door
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append(
                {
                    "method": method,
                    "path": rule.rule,
                    "endpoint": rule.endpoint,
                    "audience": web.audience_of_door(rule.endpoint, door),
                    "right": door.right,
                    "scope": door.scope,
                    "writes": method in web.WRITES,
                }
            )
    return sorted(found, key=lambda route: (route["path"], route["method"]))
