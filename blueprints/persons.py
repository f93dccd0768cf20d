"""Who is this person in our books? What we know, who has read it, what was consented to, and the export of it all."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Action, about, explain
from blueprints.addresses import page_of
from blueprints.cards import joined, line
from blueprints.files import send_bytes
from blueprints.forms import clean
from blueprints.timeline import sentence
from blueprints.web import blueprint, done, house, on, page, signed_in
from blueprints.words import day, day_and_time, number
from models.consent_log import consents_of
from models.contact import Contact
from models.customer import Customer
from models.erasure import Erasure, going, staying
from models.person import SUBJECTS, Person, subject_seen, who_is
from models.person_export import PersonExport
from models.personal_reads import reads_of
from models.portal import PortalAccount
from models.refusals import Refused, refuse
from models.rights import can
from tasks import erasures, persons

bp = blueprint("persons", at="/personal-data")

GROUPS = {
    "contact": _l("Contacts"),
    "customer": _l("Private customers"),
    "portal_account": _l("Portal users"),
}
Place = Contact | Customer | PortalAccount


@bp.get("/")
@on(PersonExport, "view")
def index() -> Response:
    query = clean(request.args.get("q"))[:80]
    found = who_is(query, current_user)
    groups = [
        SimpleNamespace(title=GROUPS[noun], rows=[place_line(one) for one in some]) for noun, some in found.items()
    ]
    recent = [erasure_line(erasure) for erasure in Erasure.recent(current_user)]
    hits = sum(len(group.rows) for group in groups)
    retention_url = url_for("retention.show") if can(current_user, "edit", house()) else ""
    return page("persons/index.html", query=query, groups=groups, hits=hits, recent=recent, retention_url=retention_url)


def erasure_line(erasure: Erasure) -> SimpleNamespace:
    return line(
        _("Case %(number)s", number=erasure.number),
        url_for("erasures.show", id=erasure.id),
        sub=joined(erasure.by.name, day(erasure.at)),
        badge=erasure.status,
    )


def place_line(record: Place) -> SimpleNamespace:
    """Where a person stands, and what tells them from others of the same name."""
    return line(record_name(record), at("show", record), sub=whereabouts(record), name=record_name(record))


def record_name(record: Place) -> str:
    return record.user.name if isinstance(record, PortalAccount) else record.name


def whereabouts(record: Place) -> str:
    if isinstance(record, PortalAccount):
        return joined(_("Portal user"), record.user.login, record.user.email)
    if isinstance(record, Customer):
        return joined(_("Private customer"), record.number, record.town, record.email)
    return joined(_("Contact"), record.customer.name, record.function, record.email)


def at(endpoint: str, record: Place, **more: Any) -> str:
    return url_for(f"persons.{endpoint}_{record.noun}", id=record.id, **more)


def chosen(record: Place) -> Person:
    """The person, with the other places that were ticked as theirs; one the reader may not see does not exist."""
    return Person([record, *(other(text) for text in request.values.getlist("also"))])


def other(text: str) -> Any:
    noun, _colon, record_id = text.partition(":")
    number = int(record_id) if record_id.isascii() and record_id.isdigit() else 0
    return subject_seen(noun, number, current_user) or abort(404)


def against_company(record: Place) -> None:
    if isinstance(record, Customer) and not record.is_private:
        raise Refused([refuse("person.company", customer=record.name, customer_id=record.id)], record)


# A page for each kind of place a person stands in


def show(record: Place) -> Response:
    person = chosen(record)
    stays = staying(person, house().country)
    also = [f"{one.noun}:{one.id}" for one in person.records[1:]]
    return page(
        "persons/show.html",
        record=record,
        person=person,
        whereabouts=whereabouts(record),
        back=page_of(record.noun, record.id),
        counts=[(kind.label, number(count)) for kind, count in going(person, stays)],
        stays=[stay_line(one) for one in stays],
        others=[tick(one) for one in person.elsewhere(current_user)],
        chosen=[tick(one) for one in person.records[1:]],
        exports=[export_line(export) for export in PersonExport.of(person, current_user)],
        reads=len(reads_of(person)),
        consents=len(consents(person)),
        at=lambda endpoint: at(endpoint, record, also=also),
        export=export_button(record, person, also),
        erase=erase_button(record, person, also),
    )


def tick(record: Place) -> SimpleNamespace:
    return SimpleNamespace(
        value=f"{record.noun}:{record.id}", label=record_name(record), sub=whereabouts(record), url=at("show", record)
    )


def stay_line(stays: Any) -> SimpleNamespace:
    title = _("Order %(number)s with its protocol and signatures", number=stays.order.number)
    until = _("until %(day)s", day=day(stays.until))
    return line(
        title,
        url_for("orders.show", id=stays.order.id),
        sub=joined(str(stays.ground.label), stays.paragraph),
        end=until,
    )


def export_line(export: PersonExport) -> SimpleNamespace:
    ways = [
        ("PDF", url_for("persons.paper", id=export.id)),
        ("JSON", url_for("persons.file", id=export.id)),
    ]
    return SimpleNamespace(
        status=export.status,
        at=day_and_time(export.at),
        until=day(export.expires_at),
        ways=ways if export.is_ready else [],
        making=export.is_working,
        reasons=explain([export.refusal] if export.refusal else []),
    )


def export_button(record: Place, person: Person, also: list[str]) -> Action:
    reasons = explain(person.beyond(current_user), None)
    label = _("Put everything together")
    url = at("export", record, also=also)
    return Action(label, url, "post", "file-earmark-person", True, reasons=reasons, about=about(reasons, None))


def erase_button(record: Place, person: Person, also: list[str]) -> Action:
    """Opens the page that says what would go; what stands in the way is said here already."""
    reasons = explain(Erasure.against(person, current_user), None)
    url = at("erasure", record, also=also)
    return Action(_("Erase this person"), url, icon="eraser", danger=True, reasons=reasons, about=about(reasons, None))


def export(record: Place) -> Response:
    persons.ask(chosen(record), by=current_user)
    text = _("Everything is being put together. It takes some seconds; only you can fetch it.")
    return done(text, at("show", record, also=request.values.getlist("also")))


def seen(record: Place) -> Response:
    events = reads_of(chosen(record))
    rows = [SimpleNamespace(at=event.at, text=sentence(event)) for event in events]
    return page("persons/seen.html", record=record, name=record_name(record), rows=rows, back=at("show", record))


def consent_list(record: Place) -> Response:
    person = chosen(record)
    rows = consents(person)
    return page("persons/consents.html", record=record, name=person.name, rows=rows, back=at("show", record))


def consents(person: Person) -> list[Any]:
    return [consent for record in (*person.contacts, *person.private) for consent in consents_of(record)]


# Erasing: seen beforehand, then done


def erasure(record: Place) -> Response:
    return preview(record, chosen(record))


def preview(record: Place, person: Person, refused: Refused | None = None) -> Response:
    stays, also = staying(person, house().country), [f"{one.noun}:{one.id}" for one in person.records[1:]]
    reasons = refused.refusals if refused else Erasure.against(person, current_user)
    return page(
        "persons/erasure.html",
        status=refused.status if refused else 200,
        record=record,
        person=person,
        also=also,
        places=[tick(one) for one in person.records],
        going=[(kind.label, number(count)) for kind, count in going(person, stays)],
        stays=[stay_line(one) for one in stays],
        reasons=explain(reasons),
        post_url=at("erase", record),
        back=at("show", record, also=also),
    )


def erase(record: Place) -> Response:
    """A tick says that the page was read; then it begins at once."""
    person = chosen(record)
    if "sure" not in request.form:
        return preview(record, person)
    try:
        begun = erasures.begin(person, by=current_user)
    except Refused as refused:
        return preview(record, person, refused)
    return done(
        _("The erasure has begun: case %(number)s.", number=begun.number), url_for("erasures.show", id=begun.id)
    )


WAYS: tuple[tuple[str, str, str, Callable[[Any], Response]], ...] = (
    ("show", "GET", "", show),
    ("export", "POST", "/exports", export),
    ("seen", "GET", "/seen", seen),
    ("consents", "GET", "/consents", consent_list),
    ("erasure", "GET", "/erasure", erasure),
    ("erase", "POST", "/erasure", erase),
)


def opened(kind: type, view: Callable[[Any], Response]) -> Callable:
    """The same page for each kind of place; a company is no person."""

    def person_page(record: Place) -> Response:
        against_company(record)
        return view(record)

    return on(kind, "personal_data")(person_page)


for noun, kind in SUBJECTS.items():
    for endpoint, method, path, view in WAYS:
        address = f"/{noun.replace('_', '-')}/<int:id>{path}"
        bp.add_url_rule(address, f"{endpoint}_{noun}", opened(kind, view), methods=[method])


# What was put together


@bp.get("/exports/<int:id>.pdf")
@on(PersonExport, "fetch")
def paper(export: PersonExport) -> Response:
    export.demand("fetch", current_user)
    return send_bytes(export.pdf_key, "application/pdf", "personal-data.pdf")


@bp.get("/exports/<int:id>.json")
@on(PersonExport, "fetch")
def file(export: PersonExport) -> Response:
    export.demand("fetch", current_user)
    return send_bytes(export.json_key, "application/json", "personal-data.json")


@bp.get("/my-own")
@signed_in
def own() -> Response:
    return page("account/personal_data.html", exports=[export_line(one) for one in PersonExport.of(me(), current_user)])


@bp.post("/my-own")
@signed_in
def ask_own() -> Response:
    persons.ask(me(), by=current_user)
    return done(_("Everything is being put together. It takes some seconds; only you can fetch it."), url_for(".own"))


def me() -> Person:
    return Person([], current_user._get_current_object())
