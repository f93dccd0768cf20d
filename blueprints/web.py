"""The one place that knows HTTP's habits: who is asking, fetching a record, pages and fragments, refusals,
errors, headers.

Closed by default: a route opens with a visible word, `@on(Noun, verb)`, `@signed_in` or `@public`; create_app refuses
to start with a route that has none.
"""

import functools
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from blueprints import tongues
from blueprints.statics import PackedStatics
from models.base import LARGEST_ID, Record, db
from models.organisation import Organisation
from models.ready import one
from models.refusals import Refused
from models.rights import Rule, rule_for
from models.session import Session, Submission

ONLY_ID = {"id"}
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FRIENDLY_SITES = (None, "same-origin", "none")
STORE_COOKIE = "store"  # the number of the store last worked in on this computer
BEFORE_THE_FIRST_RUN = ("welcome.", "health.", "help.", "account.language")

login_manager = LoginManager()
csrf = CSRFProtect()


class Kundbok(PackedStatics):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.patterns: dict[tuple[str, bool], str] = {}

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Most addresses name one record or none: their pattern is found once, then only the number is put in."""
        record_id = values.get("id", 0)
        if values.keys() <= ONLY_ID and type(record_id) is int and record_id >= 0 and has_request_context():
            key = endpoint, bool(values)
            if key not in self.patterns:
                blank: dict[str, Any] = {"id": LARGEST_ID} if values else {}
                self.patterns[key] = super().url_for(endpoint, **blank)
            return self.patterns[key].replace(str(LARGEST_ID), str(record_id)) if values else self.patterns[key]
        return super().url_for(endpoint, **values)

    def dispatch_request(self) -> Any:
        """A form posted twice acts once: the write and the note of its key are one transaction.

        The second of two equal posts waits for the first and is led where the first went. A refusal, an invalid form
        or an error leaves nothing behind, the key neither, so that the mended form can be posted again.
        """
        key = request.form.get("form_key") if request.method in WRITES and request.endpoint else None
        door = self.view_functions[request.endpoint or ""].door if key else None
        if not key or door is None or not door.needs_login or door.alone:
            return super().dispatch_request()  # doors without a login count attempts, also the refused ones
        return once(key, super().dispatch_request)


class _Undo(Exception):
    pass


def once(key: str, act: Callable[[], Any]) -> Response:
    response: Response | None = None
    try:
        with db.atomic():
            if not Submission.claim(key, current_user.id if current_user.is_authenticated else None):
                return redirect(Submission.led_to(key) or request.path)
            response = make_response(act())
            if response.status_code >= 400:
                raise _Undo
            Submission.finish(key, response.location or request.path)
    except _Undo:
        pass
    assert response is not None
    return response


# Who is asking


@login_manager.user_loader
def load_user(token: str):
    organisation = this_organisation()
    g.session = Session.of(token, organisation) if organisation else None
    return g.session.user if g.session else None


@login_manager.unauthorized_handler
def log_in_first() -> Response:
    """An ended session: what was typed is kept by the page (draft.js) and comes back after the login."""
    target = url_for(
        "login.show", next=request.full_path.rstrip("?") if request.method == "GET" else request.referrer or "/"
    )
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def this_organisation() -> Organisation | None:
    if "organisation" not in g:
        g.organisation = Organisation.current()
    return g.organisation


def house() -> Organisation:
    """The organisation, for everybody who is past the first run."""
    found = this_organisation()
    assert found is not None
    return found


def this_session() -> Session | None:
    """Asks who is there first: on a public page nobody may have looked yet."""
    return g.get("session") if current_user and current_user.is_authenticated else None


def this_store():
    session_ = this_session()
    return session_.store if session_ else None


def address() -> str:
    """The client's address as the trusted proxies tell it (ProxyFix), never as the client says."""
    return request.remote_addr or ""


def device() -> str:
    return request.user_agent.string


# Which doors are open


def public(view: Callable) -> Callable:
    """Anybody, logged in or not."""
    view.door = Door("anon")
    return view


def by_token(view: Callable) -> Callable:
    """Anybody who holds the link."""
    view.door = Door("token")
    return view


def signed_in(view: Callable) -> Callable:
    """Anybody of the blueprint's audience, for what is their own."""
    view.door = Door("")
    return view


def alone(view: Callable) -> Callable:
    """Not in one transaction with its form's key: it counts attempts that stay counted, waits for somebody outside, or
    only looks at what is typed, so that the key stays for the saving."""
    view.door.alone = True
    return view


class Door:
    """What url-map tells of a route: its audience, the rights that open it, and the scope its records come from."""

    def __init__(self, audience: str, noun: type[Record] | None = None, verb: str = ""):
        self.audience, self.noun, self.verb = audience, noun, verb
        self.alone = False

    @property
    def needs_login(self) -> bool:
        return self.audience not in ("anon", "token", "webhook")

    @property
    def rule(self) -> Rule | None:
        return rule_for(self.noun, self.verb) if self.noun else None

    @property
    def right(self) -> str:
        return " | ".join(dict.fromkeys(str(right.value) for right in self.rule.rights)) if self.rule else ""

    @property
    def scope(self) -> str:
        return f"{self.noun.__name__}.visible_to" if self.noun else ""


def on(noun: type[Record], verb: str) -> Callable:
    """The route's record and verb. With an `<int:id>` the view gets the record: 404 where the reader may not see it,
    403 with all reasons where they may not do it. A verb that changes something also checks the noun's own guard.
    """

    def opened(view: Callable) -> Callable:
        @functools.wraps(view)
        def guarded(*args, id: int | None = None, **kwargs):
            if id is None:
                demand(noun, verb)
                return view(*args, **kwargs)
            return view(fetch(noun, id, verb), *args, **kwargs)

        guarded.door = Door("", noun, verb)
        return guarded

    return opened


def demand(noun: type[Record], verb: str) -> None:
    missing = rule_for(noun, verb).missing(current_user, None)
    if missing:
        raise Refused(missing)


def fetch(noun: type[Record], record_id: int, verb: str = "view") -> Any:
    """The record, if the reader may see it (else 404) and may do `verb` to it (else Refused)."""
    record = one(noun, current_user, record_id) if record_id <= LARGEST_ID else None
    if record is None:
        abort(404)
    missing = rule_for(noun, verb).missing(current_user, record)
    if missing:
        raise Refused(missing, record)
    return record


def guard_the_door() -> Response | None:
    """Before every request: first run, forgery, and who may come in at all."""
    if request.endpoint in (None, "static"):
        return None
    if request.method in WRITES and request.headers.get("Sec-Fetch-Site") not in FRIENDLY_SITES:
        abort(403)
    if any("\0" in value for value in said()):
        abort(400)
    door = current_app.view_functions[request.endpoint].door
    if not request.endpoint.startswith(BEFORE_THE_FIRST_RUN) and this_organisation() is None:
        return redirect(url_for("welcome.show"))
    if not door.needs_login:
        return None
    if not current_user.is_authenticated:
        return log_in_first()
    if audience_of(request.endpoint) != ("portal" if current_user.is_portal else "staff"):
        return wrong_side()
    return None


def said() -> Iterator[str]:
    """Every text the request carries. A NUL byte is in none of ours, and PostgreSQL takes none."""
    yield request.path
    for values in (request.args, request.form, request.cookies):
        for name, value in values.items(multi=True):
            yield from (name, value)


def wrong_side() -> Response:
    """Staff have no business in the portal, nor the portal's users among the staff: for them those pages do
    not exist."""
    abort(404)


def home() -> str:
    return url_for("portal.home.show") if current_user.is_portal else url_for("today.show")


def audience_of(endpoint: str) -> str:
    return audience_of_door(endpoint, current_app.view_functions[endpoint].door)


def audience_of_door(endpoint: str, door: Door) -> str:
    """anon, token, webhook, or by its blueprint portal or staff."""
    if door.audience:
        return door.audience
    return "portal" if endpoint.startswith("portal.") else "staff"


def check_doors(app: Flask) -> None:
    """Every route has said who may come in."""
    silent = [name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "door")]
    if silent:
        raise RuntimeError(f"routes without @on, @signed_in or @public: {', '.join(sorted(silent))}")


# Pages


def page(template: str, *, block: str = "", status: int = 200, **context: Any) -> Response:
    """The whole page, or under htmx only its named block. Boosted and restored pages are whole."""
    html = draw(template, block if block and wants_part() else "", context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def wants_part() -> bool:
    headers = request.headers
    return "HX-Request" in headers and not any(name in headers for name in ("HX-Boosted", "HX-History-Restore-Request"))


def stay(template: str, *, block: str, target: str, **context: Any) -> Response:
    """After a verb that concerns only this block: the rest of the page, and what is typed there, stays as it is.
    Without a script the page itself comes again."""
    return page(template, block=block, **context) if wants_part() else redirect(target)


def draw(template: str, block: str, context: dict[str, Any]) -> str:
    """The template, or one block of it, in the reader's language."""
    current_app.update_template_context(context)
    source = tongues.template(template)
    return "".join(source.blocks[block](source.new_context(context))) if block else source.render(context)


def done(text: str, target: str, tone: str = "good") -> Response:
    """After a verb: say what happened, and go there."""
    flash(text, tone)
    return redirect(target)


def safe_next(fallback: str) -> str:
    """The page asked for before the login, if it is one of ours. Browsers drop tabs and line breaks:
    `/<tab>/host` leads away."""
    target = request.values.get("next", "")
    inside = target.startswith("/") and not target.startswith("//") and target.isprintable() and "\\" not in target
    return target if inside else fallback


def form_key() -> str:
    return secrets.token_urlsafe(16)


def remember_language(language: str) -> None:
    session["language"] = language


def blueprint(name: str, *, at: str = "") -> Blueprint:
    return Blueprint(name, __name__, url_prefix=at or f"/{name.replace('_', '-')}")


# Headers

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def by_link() -> bool:
    """The address itself is a secret: it must not travel on to the next page."""
    door = getattr(current_app.view_functions.get(request.endpoint or ""), "door", None)
    return door is not None and door.audience == "token"


def safe_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer" if by_link() else "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(), microphone=(), payment=()"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
