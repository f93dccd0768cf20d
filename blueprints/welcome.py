"""The first run: the demo company, or one's own organisation, store and owner. Afterwards these pages do not exist."""

from zoneinfo import available_timezones

from flask import abort, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import Length, Optional

from blueprints import forms
from blueprints.actions import explain
from blueprints.forms import REQUIRED, Form, clean
from blueprints.login import LONGEST_PASSWORD, enter
from blueprints.web import blueprint, done, page, public, signed_in, this_organisation
from models.base import Country, Language, Taken
from models.customer import Customer
from models.founding import found
from models.organisation import Organisation, Store
from models.refusals import Refused
from models.user import User

bp = blueprint("welcome")

ORGANISATION, STORE, USER = Organisation.LABELS, Store.LABELS, User.LABELS
ZONES = sorted(zone for zone in available_timezones() if zone.startswith("Europe/"))
OWN = _l("As usual in the country")


class FirstForm(Form):
    name = forms.text(ORGANISATION["name"], 120, required=True, render_kw={"autocomplete": "organization"})
    org_number = forms.text(ORGANISATION["org_number"], 20)
    country = forms.ChoiceSelect(ORGANISATION["country"], Country)
    language = forms.ChoiceSelect(ORGANISATION["language"], Language, blank=OWN)
    time_zone = SelectField(
        ORGANISATION["time_zone"], [Optional()], choices=[("", OWN), *((zone, zone) for zone in ZONES)]
    )
    store_number = forms.text(STORE["number"], 12, required=True, default="1")
    store_name = forms.text(_l("Name of the store"), 80, required=True)
    owner_name = forms.text(_l("Your name"), 80, required=True, render_kw={"autocomplete": "name"})
    login = StringField(
        _l("Your user name"),
        [REQUIRED, Length(max=80)],
        filters=[clean],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    email = forms.email(_l("Your e-mail"), required=True)
    password = PasswordField(
        _l("Your password"), [REQUIRED, Length(max=LONGEST_PASSWORD)], render_kw={"autocomplete": "new-password"}
    )

    def organisation(self) -> dict:
        facts = self.values("store_number", "store_name", "owner_name", "login", "password")
        return facts | {"email": self.email.data}

    def store(self) -> dict:
        return {"number": self.store_number.data, "name": self.store_name.data}

    def owner(self) -> dict:
        return {"login": self.login.data, "name": self.owner_name.data, "email": self.email.data}


def only_once() -> None:
    if this_organisation() is not None:
        abort(404)


@bp.get("/")
@public
def show():
    only_once()
    return page("welcome/show.html")


@bp.get("/own")
@public
def own():
    only_once()
    return page("welcome/own.html", form=FirstForm(None))


@bp.post("/own")
@public
def set_up():
    only_once()
    form = FirstForm()
    if not form.validate():
        return page("welcome/own.html", form=form, status=422)
    try:
        owner = found(form.organisation(), form.store(), form.owner(), form.password.data)
    except Taken:
        abort(404)
    except Refused as error:
        return page("welcome/own.html", form=form, reasons=explain(error.refusals), status=error.status)
    return begin(owner, form.store_number.data)


def begin(owner: User, number: str) -> Response:
    """The new owner is inside at once."""
    g.pop("organisation", None)
    return enter(owner, number, url_for("welcome.steps"))


@bp.post("/demo")
@public
def demo():
    """Fill the empty installation with the invented company, and show whom to be there."""
    from tasks import demo as company  # drawing and writing that only this button needs

    only_once()
    company.load()
    return done(_("The demo company is here. Nothing in it is real, and no e-mail leaves it."), url_for("login.show"))


@bp.get("/steps")
@signed_in
def steps():
    """What is left to do after the first run; each line is done when it is done."""
    colleagues, customers = User.staff().count() > 1, Customer.visible_to(current_user).exists()
    return page("welcome/steps.html", has_colleagues=colleagues, has_customers=customers)
