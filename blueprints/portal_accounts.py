"""Customers' users, looked after by the staff: inviting, what they may do and see, switching off."""

from types import SimpleNamespace
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import forms
from blueprints.actions import Action, act, tell
from blueprints.conflicts import both_values, chosen
from blueprints.forms import REQUIRED, CustomerField, Form, TickList
from blueprints.reach import ReachForm
from blueprints.web import blueprint, done, fetch, on, page
from models.base import Taken
from models.customer import Customer
from models.lifecycle import Conflict
from models.portal import PortalAccount, PortalCustomer
from models.refusals import refuse
from models.rights import Right, Role, can
from models.user import User

bp = blueprint("portal_accounts")

FEW = 8  # of an account's facilities are named, the others counted
RIGHTS = [(right.value, right.label) for right in Right if right.for_portal]


class Rights:
    """The ticks that an invitation and an account's settings share."""

    rights = TickList(
        _l("What this account may do"),
        choices=RIGHTS,
        coerce=Right,
        default=[right for right in Right if right.for_portal],
    )
    order_directly = forms.yes_no(
        PortalAccount.LABELS["order_directly"],
        description=_l("On the facility it was reported for, as a planned order."),
    )
    hide_performed_action = forms.yes_no(
        PortalAccount.LABELS["hide_performed_action"],
        description=_l("On the order's and the protocol's page and in the PDF."),
    )
    show_purchase_project = forms.yes_no(PortalAccount.LABELS["show_purchase_project"])
    show_purchase_lines = forms.yes_no(PortalAccount.LABELS["show_purchase_lines"])


class InvitationForm(Rights, ReachForm):
    name = forms.text(User.LABELS["name"], 80, required=True)
    login = forms.text(
        User.LABELS["login"], 80, required=True, render_kw={"autocapitalize": "none", "autocomplete": "off"}
    )
    email = forms.email(User.LABELS["email"], required=True)
    phone = forms.phone(User.LABELS["phone"])
    language = forms.language(User.LABELS["language"])


class PersonForm(Form):
    name = forms.text(User.LABELS["name"], 80, required=True)
    email = forms.email(User.LABELS["email"], required=True)
    phone = forms.phone(User.LABELS["phone"])
    language = forms.language(User.LABELS["language"])


class SettingsForm(Rights, Form):
    pass


class AnotherForm(Form):
    customer = CustomerField(_l("Customer"), [REQUIRED], render_kw={"list": "customers", "autocomplete": "off"})


@bp.get("/")
@on(PortalAccount, "view")
def index() -> Response:
    words = request.args.get("q", "")[:200]
    return page("portal_accounts/index.html", accounts=PortalAccount.matching(words, by=current_user), words=words)


@bp.route("/new/<int:customer_id>", methods=("GET", "POST"))
@on(Customer, "invite_user")
def new(customer_id: int) -> Response:
    customer = fetch(Customer, customer_id, "invite_user")
    form = InvitationForm(language=customer.language).about(customer)
    if form.is_narrowing or not form.sent():
        return invitation_page(form, customer, 422 if form.errors else 200)
    try:
        account = PortalAccount.invite(
            customer, form.values("rights"), form.facilities, by=current_user, rights=form.rights.data
        )
    except Taken:
        form.blame("login", refuse("user.login_taken", login=form.login.data).say())
        return invitation_page(form, customer, 422)
    return done(
        _("%(name)s gets an e-mail with a link to choose a password.", name=account.name),
        url_for(".edit", id=account.id),
    )


def invitation_page(form: InvitationForm, customer: Customer, status: int) -> Response:
    return page("portal_accounts/new.html", form=form, customer=customer, status=status)


@bp.get("/<int:id>")
@on(PortalAccount, "view")
def edit(account: PortalAccount) -> Response:
    return account_page(account)


def account_page(account: PortalAccount, status: int = 200, **forms_: Form) -> Response:
    here = {"id": account.id}
    usual: dict[str, Any] = {
        "person": PersonForm(None, obj=account.user),
        "settings": settings_form(account),
        "another": AnotherForm(None),
    }
    return page(
        "portal_accounts/edit.html",
        account=account,
        reaches=[reach_view(account, link) for link in account.reaches(current_user)],
        status=status,
        save_person=act(
            account, "edit", _("Save the person"), url_for(".person", **here), primary=True, id="save-person"
        ),
        save_settings=act(
            account,
            "edit",
            _("Save what the account may do"),
            url_for(".settings", **here),
            primary=True,
            id="save-settings",
        ),
        add_customer=act(account, "edit", _("Add the customer"), url_for(".another", **here), id="add-customer"),
        again=act(
            account, "invite_again", _("Send the invitation again"), url_for(".invite_again", **here), icon="send"
        ),
        restore=act(account, "restore", _("Switch the account on again"), url_for(".restore", **here)),
        told=tell("user.invited", account.user),
        person_url=personal_data_of(account),
        **{**usual, **forms_},
    )


def personal_data_of(account: PortalAccount) -> str:
    may = can(current_user, "personal_data", account)
    return url_for("persons.show_portal_account", id=account.id) if may else ""


def reach_view(account: PortalAccount, link: PortalCustomer) -> SimpleNamespace:
    """One of the account's customers: how much of it is seen, and the ways to change that."""
    chosen_ones, customer = link.chosen, link.customer
    seen = (
        _("All facilities, also those added later")
        if link.whole
        else ngettext("%(num)s facility", "%(num)s facilities", len(chosen_ones))
    )
    return SimpleNamespace(
        customer=customer,
        seen=seen,
        facilities=[] if link.whole else chosen_ones[:FEW],
        more=0 if link.whole else max(0, len(chosen_ones) - FEW),
        choose=act(
            account,
            "edit",
            _("Choose facilities"),
            url_for(".facilities", id=account.id, customer_id=customer.id),
            method="get",
            size="sm",
            id=f"choose-{customer.id}",
        ),
        remove=removal(account, customer),
    )


def removal(account: PortalAccount, customer: Customer) -> Action:
    """With the last customer the login goes, and the button says so."""
    words = (
        _("Take %(customer)s away", customer=customer.name) if account.spans_customers else _("Switch the account off")
    )
    return act(
        account,
        "remove",
        words,
        url_for(".remove", id=account.id, customer_id=customer.id),
        id=f"remove-{customer.id}",
        danger=True,
        size="sm",
    )


def linked(account: PortalAccount, customer_id: int) -> Customer:
    """One of the account's customers, if the reader may know of it."""
    customer = fetch(Customer, customer_id)
    if account.reach_of(customer) is None:
        abort(404)
    return customer


def settings_form(account: PortalAccount) -> SettingsForm:
    return SettingsForm(None, obj=account, rights=[right for right in Role.PORTAL.rights if account.user.has(right)])


@bp.post("/<int:id>/person")
@on(PortalAccount, "edit")
def person(account: PortalAccount) -> Response:
    form = PersonForm()
    if not form.validate():
        return account_page(account, 422, person=form)
    try:
        account.change_person(chosen(form, account.user), by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for(".edit", id=account.id))
    return done(_("%(name)s is saved.", name=account.user.name), url_for(".edit", id=account.id))


@bp.post("/<int:id>/settings")
@on(PortalAccount, "edit")
def settings(account: PortalAccount) -> Response:
    form = SettingsForm()
    if not form.validate():
        return account_page(account, 422, settings=form)
    try:
        account.change(chosen(form, account, "rights"), form.rights.data, by=current_user, seen=form.version.data)
    except Conflict as conflict:
        return both_values(conflict, url_for(".edit", id=account.id))
    return done(
        _("What %(name)s may do is saved, and holds from the next click on.", name=account.name),
        url_for(".edit", id=account.id),
    )


@bp.post("/<int:id>/customers")
@on(PortalAccount, "edit")
def another(account: PortalAccount) -> Response:
    """One account may span customers (S4.15): the next step is to choose its facilities."""
    form = AnotherForm()
    if not form.validate():
        return account_page(account, 422, another=form)
    customer = form.customer.data
    if account.reach_of(customer) is None:
        account.link(customer, [], by=current_user)
    return done(
        _("Choose the facilities of %(customer)s.", customer=customer.name),
        url_for(".facilities", id=account.id, customer_id=customer.id),
    )


@bp.route("/<int:id>/customers/<int:customer_id>", methods=("GET", "POST"))
@on(PortalAccount, "edit")
def facilities(account: PortalAccount, customer_id: int) -> Response:
    customer = linked(account, customer_id)
    form = ReachForm().about(customer, account.reach_of(customer))
    if form.is_narrowing or not form.sent():
        return page(
            "portal_accounts/facilities.html",
            form=form,
            account=account,
            customer=customer,
            status=422 if form.errors else 200,
        )
    account.link(customer, form.facilities, by=current_user)
    return done(
        _("What %(name)s sees of %(customer)s is saved.", name=account.name, customer=customer.name),
        url_for(".edit", id=account.id),
    )


@bp.post("/<int:id>/invitation")
@on(PortalAccount, "invite_again")
def invite_again(account: PortalAccount) -> Response:
    account.invite_again(by=current_user)
    return done(
        _("A new link is on its way to %(address)s.", address=account.user.email), url_for(".edit", id=account.id)
    )


@bp.post("/<int:id>/customers/<int:customer_id>/removal")
@on(PortalAccount, "remove")
def remove(account: PortalAccount, customer_id: int) -> Response:
    customer = linked(account, customer_id)
    account.remove(customer, by=current_user)
    return done(
        _("%(name)s no longer sees anything of %(customer)s.", name=account.name, customer=customer.name),
        url_for(".edit", id=account.id),
    )


@bp.post("/<int:id>/restoration")
@on(PortalAccount, "restore")
def restore(account: PortalAccount) -> Response:
    account.restore(by=current_user)
    return done(_("%(name)s can log in again.", name=account.name), url_for(".edit", id=account.id))
