"""Who is responsible for customers: one of them, or several ticked in the list."""

from types import SimpleNamespace

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField

from blueprints.actions import Notices, notices
from blueprints.customers import ticked_customers
from blueprints.forms import Form
from blueprints.lists import PER_PAGE, chosen_ids
from blueprints.web import blueprint, done, on, page
from models.customer import Customer
from models.notification import plan
from models.responsibility import hand_over, hand_over_all, unassigned_orders, unassigned_reports
from models.user import User

bp = blueprint("responsibility", at="/customers")


class AssignmentForm(Form):
    open_too = BooleanField(_l("Also put them on the open work that nobody has yet"), default=True)
    instead = BooleanField(_l("Instead of those who are responsible now"))


@bp.get("/<int:id>/assignment")
@on(Customer, "assign")
def choose(customer: Customer) -> Response:
    return people_page([customer], customer)


@bp.post("/<int:id>/assignment")
@on(Customer, "assign")
def keep(customer: Customer) -> Response:
    form = AssignmentForm()
    hand_over(customer, ticked_people([customer]), open_too=form.open_too.data, by=current_user)
    return done(
        _("Saved who is responsible for %(customer)s.", customer=customer.title),
        url_for("customers.show", id=customer.id),
    )


@bp.post("/assignment/choice")
@on(Customer, "assign")
def tick() -> Response:
    """From the list's ticks to the page that asks for whom."""
    if not chosen_ids():
        return done(_("Tick the customers first."), url_for("customers.index", all=1), tone="warning")
    return redirect(url_for("responsibility.choose_for_several", id=chosen_ids()))


@bp.get("/assignment")
@on(Customer, "assign")
def choose_for_several() -> Response:
    ids = [int(value) for value in request.args.getlist("id") if value.isdigit()][: max(PER_PAGE)]
    customers = Customer.chosen_by(current_user, ids)
    if not customers or len(customers) != len(set(ids)):
        abort(404)
    return people_page(customers)


@bp.post("/assignment")
@on(Customer, "assign")
def keep_for_several() -> Response:
    form, customers = AssignmentForm(), ticked_customers() or abort(404)
    hand_over_all(
        customers, ticked_people(customers), instead=form.instead.data, open_too=form.open_too.data, by=current_user
    )
    text = ngettext(
        "Saved who is responsible for %(num)s customer.",
        "Saved who is responsible for %(num)s customers.",
        len(customers),
    )
    return done(text, url_for("customers.index", all=1))


def people_page(customers: list[Customer], one: Customer | None = None) -> Response:
    work = [*unassigned_orders(customers, current_user), *unassigned_reports(customers, current_user)]
    return page(
        "customers/assign.html",
        form=AssignmentForm(None),
        customer=one,
        customers=customers,
        groups=groups(customers, one),
        waiting=work,
        save_url=url_for("responsibility.keep", id=one.id) if one else url_for("responsibility.keep_for_several"),
    )


def groups(customers: list[Customer], one: Customer | None) -> dict[str, list[SimpleNamespace]]:
    """The people by user group (S2.24), each with how they would hear of it; the present ones of a single
    customer are ticked."""
    now = one.assignees if one else []
    found: dict[str, list[SimpleNamespace]] = {}
    for person in assignable(customers):
        told = notices(plan("customer.assigned", customers[0], by=current_user, data={"person_id": person.id}))
        choice = SimpleNamespace(
            id=person.id, name=person.name, role=person.role, ticked=person in now, told=words_of(told)
        )
        found.setdefault(person.group.name if person.group_id else _("Without a group"), []).append(choice)
    return found


def words_of(told: Notices) -> str:
    if told.will:
        return _("Is told: %(how)s", how=told.will[0].how)
    return _("Is not told: %(why)s", why=told.wont[0].why)


def assignable(customers: list[Customer]) -> list[User]:
    """Who works where all these customers are, and whoever is responsible already."""
    stores = {customer.store_id for customer in customers}
    known = {user.id: user for customer in customers for user in customer.assignees}
    known |= {
        user.id: user
        for user in User.assignable(customers[0].store_id)
        if all(user.works_in(store_id) for store_id in stores)
    }
    return sorted(known.values(), key=lambda user: user.place)


def ticked_people(customers: list[Customer]) -> list[User]:
    """The people chosen on the form; one who could not be chosen makes the request a 404."""
    known = {str(user.id): user for user in assignable(customers)}
    wanted = set(request.form.getlist("user"))
    if not wanted <= known.keys():
        abort(404)
    return [user for key, user in known.items() if key in wanted]
