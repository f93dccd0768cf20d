"""The organisation's settings, a page for each matter. All of them change the one record and merge with each
other's changes."""

import secrets
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import NumberRange, ValidationError

from blueprints import forms, settings_overview
from blueprints.actions import Why, explain
from blueprints.conflicts import both_values, chosen
from blueprints.forms import REQUIRED, ChoiceSelect, Form
from blueprints.web import alone, blueprint, done, house, on, page
from models.attempt import Attempt
from models.base import Country
from models.customer_number import EXAMPLES
from models.event import HAPPENINGS, Event
from models.lifecycle import Conflict
from models.notification import ROLES_TOLD, told_roles
from models.organisation import Accent, NumberStyle, Organisation
from models.refusals import Refused, refuse
from models.rights import Role
from tasks import CONFIG, logo, lookup
from tasks.channels import CHANNELS, Letter, SendError

bp = blueprint("settings")

LABELS = Organisation.LABELS
LONGEST_NUMBER = 20
LONGEST_IDLE = 24 * 60
TESTS_PER_HOUR = 10
ZONES = sorted(zone for zone in available_timezones() if zone.startswith("Europe/"))
SECTIONS = (
    ("settings.organisation", _l("Organisation"), _l("Name, address, language, logo and colour")),
    ("stores.index", _l("Stores"), _l("Their numbers, addresses and telephones")),
    ("settings.register", _l("Customer numbers"), _l("How long they are and what they are made of")),
    (
        "custom_fields.index",
        _l("Custom fields"),
        _l("What you write down about customers, facilities, service objects and orders"),
    ),
    ("categories.index", _l("Customer categories"), _l("What a customer's category can be")),
    ("article_groups.index", _l("Product groups"), _l("Groups of articles, and the highest discount in each")),
    ("user_groups.index", _l("User groups"), _l("How people are listed where somebody is assigned")),
    ("permission_templates.index", _l("Permission templates"), _l("Sets of rights for several people at once")),
    ("integrations.index", _l("Integrations"), _l("Bookkeeping that customers and orders are exported to")),
    ("settings.company_register", _l("Company register"), _l("Where names and addresses are fetched by number")),
    ("settings.portal", _l("Customer portal"), _l("Open or closed, and what customers' users see")),
    ("settings.notifications", _l("Notifications"), _l("Which roles are told of what")),
    ("retention.show", _l("Retention"), _l("How long things are kept, by which law, and what went last")),
    ("settings.mail", _l("E-mail"), _l("The sender, the mail server, and a test")),
)


def minutes(name: str) -> IntegerField:
    sentence = _l("Between %(min)d and %(max)d minutes.")
    return IntegerField(
        LABELS[name], [REQUIRED, NumberRange(1, LONGEST_IDLE, sentence)], render_kw={"inputmode": "numeric"}
    )


class OrganisationForm(Form):
    name = forms.text(LABELS["name"], 120, required=True)
    org_number = forms.text(LABELS["org_number"], 20)
    country = ChoiceSelect(LABELS["country"], Country)
    language = forms.language(LABELS["language"])
    time_zone = SelectField(LABELS["time_zone"], choices=[(zone, zone) for zone in ZONES])
    address = forms.text(LABELS["address"], 120)
    postcode = forms.text(LABELS["postcode"], 12)
    town = forms.text(LABELS["town"], 60)
    phone = forms.phone(LABELS["phone"])
    email = forms.email(LABELS["email"])
    website = forms.text(LABELS["website"], 120)
    accent = ChoiceSelect(LABELS["accent"], Accent)
    staff_idle_minutes = minutes("staff_idle_minutes")


class RegisterForm(Form):
    number_low = IntegerField(
        LABELS["number_low"], [REQUIRED, NumberRange(1, LONGEST_NUMBER, _l("Between %(min)d and %(max)d."))]
    )
    number_high = IntegerField(
        LABELS["number_high"], [REQUIRED, NumberRange(1, LONGEST_NUMBER, _l("Between %(min)d and %(max)d."))]
    )
    number_style = ChoiceSelect(LABELS["number_style"], NumberStyle)
    number_pattern = forms.text(LABELS["number_pattern"], 20)
    number_suggest = forms.yes_no(LABELS["number_suggest"])
    assigned_as_reference = forms.yes_no(LABELS["assigned_as_reference"])

    def validate_number_high(self, field: IntegerField) -> None:
        if self.number_low.data and field.data and field.data < self.number_low.data:
            raise ValidationError(_("The longest is at least as long as the shortest."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A pattern that is chosen must be there, and of a length that is allowed."""
        fine = super().validate(*args, **kwargs)
        pattern = self.number_pattern.data or ""
        if not fine or self.number_style.data is not NumberStyle.PATTERN:
            return fine
        low, high = self.number_low.data or 0, self.number_high.data or 0
        if not set(pattern) & set(EXAMPLES):
            self.blame("number_pattern", _("Write A for a letter, 9 for a digit, * for either: AA-9999."))
        elif not low <= len(pattern) <= high:
            self.blame("number_pattern", _("Numbers of this pattern are shorter or longer than what is allowed above."))
        return not self.number_pattern.errors


class LookupForm(Form):
    lookup_kind = SelectField(LABELS["lookup_kind"])
    lookup_address = forms.text(LABELS["lookup_address"], 200)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lookup_kind.choices = [
            SelectChoice("", _("None: names and addresses are typed")),
            *(SelectChoice(kind, label) for kind, label in lookup.LABELS.items()),
        ]

    def validate_lookup_address(self, field: Any) -> None:
        if field.data:
            try:
                lookup.REGISTERS["json"](field.data)
            except ValueError as error:
                raise ValidationError(_("This is not a web address.")) from error


class PortalForm(Form):
    portal_open = forms.yes_no(LABELS["portal_open"])
    portal_idle_minutes = minutes("portal_idle_minutes")
    portal_hide_voided = forms.yes_no(LABELS["portal_hide_voided"])
    portal_show_lines = forms.yes_no(LABELS["portal_show_lines"])
    fault_report_copy = forms.email(LABELS["fault_report_copy"])
    copy_to_reference = forms.yes_no(LABELS["copy_to_reference"])


class MailForm(Form):
    sender_name = forms.text(LABELS["sender_name"], 80)
    sender_address = forms.email(LABELS["sender_address"])


# The forms of the pages that change the organisation itself: their fields are found by the overview's search, and
# tell whose change was the last.
FORMS: dict[str, type[Form]] = {
    "settings.organisation": OrganisationForm,
    "settings.register": RegisterForm,
    "settings.company_register": LookupForm,
    "settings.portal": PortalForm,
    "settings.mail": MailForm,
}


@bp.get("/")
@on(Organisation, "edit")
def index():
    typed = forms.clean(request.args.get("q"))[:80]
    groups = settings_overview.groups(SECTIONS, FORMS, typed)
    return page("settings/index.html", sections=SECTIONS, groups=groups, typed=typed, smtp=smtp())


@bp.app_template_global()
def last_change_here() -> Event | None:
    """Whose change of this page of the settings was the last, and when."""
    here = next((endpoint for endpoint, *_ in SECTIONS if url_for(endpoint) == request.path), "")
    return settings_overview.last_change(here, FORMS)


def section(template: str, form: Form | None = None, **context) -> Response:
    return page(f"settings/{template}.html", sections=SECTIONS, form=form, **context)


def save(template: str, form: Form, endpoint: str, **context) -> Response:
    """What each of the pages does with its form."""
    if not form.validate():
        return section(template, form, status=422, **context)
    changed = house()
    try:
        changed.change(chosen(form, changed), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict)
    return done(_("The settings are saved."), url_for(endpoint))


@bp.get("/organisation")
@on(Organisation, "edit")
def organisation():
    return section("organisation", OrganisationForm.over(house()))


@bp.post("/organisation")
@on(Organisation, "edit")
def save_organisation():
    return save("organisation", OrganisationForm(), "settings.organisation")


@bp.post("/logo")
@on(Organisation, "edit")
def upload_logo():
    upload = request.files.get("logo")
    try:
        if upload and upload.filename:
            logo.keep(house(), upload, by=current_user)
    except Refused as error:
        form = OrganisationForm(None, obj=house())
        return section("organisation", form, logo_reasons=explain(error.refusals), status=error.status)
    return done(_("The logo is saved."), url_for("settings.organisation"))


@bp.post("/logo/removal")
@on(Organisation, "edit")
def remove_logo():
    logo.forget(house(), by=current_user)
    return done(_("The logo is gone."), url_for("settings.organisation"))


@bp.get("/customer-numbers")
@on(Organisation, "edit")
def register():
    return section("register", RegisterForm.over(house()))


@bp.post("/customer-numbers")
@on(Organisation, "edit")
def save_register():
    return save("register", RegisterForm(), "settings.register")


@bp.get("/company-register")
@on(Organisation, "edit")
def company_register():
    return section("lookup", LookupForm.over(house()))


@bp.post("/company-register")
@on(Organisation, "edit")
def save_company_register():
    return save("lookup", LookupForm(), "settings.company_register")


@bp.get("/portal")
@on(Organisation, "edit")
def portal():
    return section("portal", PortalForm.over(house()), address=CONFIG.base_url + url_for("portal.home.show"))


@bp.post("/portal")
@on(Organisation, "edit")
def save_portal():
    return save("portal", PortalForm(), "settings.portal", address=CONFIG.base_url + url_for("portal.home.show"))


# Who is told of what

EVENTS = {
    "fault_report.reported": _l("A fault report comes in"),
    "order.performed": _l("An order is performed"),
    "store.access_asked": _l("Someone asks for access to a store"),
}


def event_words(verb: str) -> str:
    """The event in words, also one that has none of its own here."""
    return str(
        EVENTS.get(verb) or HAPPENINGS[verb].sentence % dict.fromkeys(("who", "what", "store", "person", "why"), "…")
    )


@bp.get("/notifications")
@on(Organisation, "edit")
def notifications():
    return told_page({verb: told_roles(verb) for verb in ROLES_TOLD})


def told_page(told: dict[str, set[Role]], reasons: list[Why] | None = None, status: int = 200) -> Response:
    rows = [(verb, event_words(verb), told[verb]) for verb in ROLES_TOLD]
    return section(
        "notifications",
        version=house().version,
        rows=rows,
        roles=Role.of_staff(),
        reasons=reasons or [],
        status=status,
    )


@bp.post("/notifications")
@on(Organisation, "edit")
def save_notifications():
    ticked = set(request.form.getlist("told"))
    told = {verb: {role for role in Role.of_staff() if f"{verb}:{role.value}" in ticked} for verb in ROLES_TOLD}
    values = {
        "told": {
            verb: sorted(role.value for role in roles) for verb, roles in told.items() if roles != ROLES_TOLD[verb]
        }
    }
    try:
        house().change(values, by=current_user, seen=request.form.get("version", default=0, type=int))
    except Conflict as conflict:
        changed = refuse("record.changed", who=conflict.fields[0].who, noun="organisation", id=None)
        return told_page(told, explain([changed]), 409)
    return done(_("The settings are saved."), url_for("settings.notifications"))


# E-mail


def smtp() -> SimpleNamespace:
    """The mail server the environment names, without its password."""
    parts = urlsplit(CONFIG.smtp_url)
    place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return SimpleNamespace(is_set=bool(CONFIG.smtp_url), place=place or "")


@bp.get("/mail")
@on(Organisation, "edit")
def mail():
    return section("mail", MailForm.over(house()), smtp=smtp())


@bp.post("/mail")
@on(Organisation, "edit")
def save_mail():
    return save("mail", MailForm(), "settings.mail", smtp=smtp())


@bp.post("/mail/test")
@alone
@on(Organisation, "edit")
def test_mail():
    """Says what the mail server says, word for word."""
    try:
        Attempt.allow(f"testmail:{current_user.id}", TESTS_PER_HOUR)
        answer = send_test()
    except Refused as error:
        form = MailForm(None, obj=house())
        return section("mail", form, smtp=smtp(), reasons=explain(error.refusals), status=error.status)
    text = _(
        "The mail server took the letter to %(address)s. It answered: %(answer)s",
        address=current_user.email,
        answer=answer,
    )
    return done(text, url_for("settings.mail"))


def send_test() -> str:
    if not CONFIG.smtp_url:
        raise Refused([refuse("provider.not_configured")])
    if not current_user.email:
        raise Refused([refuse("staff.no_email", name=current_user.name, user_id=current_user.id)])
    try:
        return CHANNELS["email"](CONFIG.smtp_url).send(test_letter(), f"test-{secrets.token_hex(8)}").answer
    except SendError as error:
        raise Refused([refuse(error.code, answer=error.answer, message_id=None)]) from error


def test_letter() -> Letter:
    name, sender = house().mail_from
    text = _("This is a test from %(name)s. If you read it, e-mail works.", name=house().name)
    return Letter(
        current_user.name,
        current_user.email,
        name,
        sender,
        _("Test from Kundbok"),
        text,
        language=current_user.language.value,
    )
