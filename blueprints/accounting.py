"""A customer or an order as a file for bookkeeping: what will stand in it, and the file."""

from types import SimpleNamespace

from flask import abort, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import Why, explain
from blueprints.addresses import page_of
from blueprints.integrations import send
from blueprints.web import alone, blueprint, on, page
from models.customer import Customer
from models.integration import Integration
from models.order import Order
from models.refusals import Refused, refuse
from tasks import accounting

bp = blueprint("accounting")


@bp.get("/customers/<int:id>")
@on(Customer, "export")
def customer(record: Customer) -> Response:
    return export_page(record)


@bp.post("/customers/<int:id>")
@alone
@on(Customer, "export")
def export_customer(record: Customer) -> Response:
    return file_of(record)


@bp.get("/orders/<int:id>")
@on(Order, "export")
def order(record: Order) -> Response:
    return export_page(record)


@bp.post("/orders/<int:id>")
@alone
@on(Order, "export")
def export_order(record: Order) -> Response:
    return file_of(record)


def export_page(record: Customer | Order, reasons: list[Why] | None = None, status: int = 200) -> Response:
    ways = [
        SimpleNamespace(integration=one, reference=one.reference_of(record), look=one.assigned_as_reference)
        for one in Integration.in_use()
    ]
    none = [] if ways else explain([refuse("integration.none")])
    return page(
        "accounting/show.html",
        status=status,
        record=record,
        ways=ways,
        back=page_of(record.noun, record.id),
        save_url=url_for(f".export_{record.noun}", id=record.id),
        reasons=[*(reasons or []), *none],
    )


def file_of(record: Customer | Order) -> Response:
    wanted = request.form.get("integration", "")
    known = {str(one.id): one for one in Integration.in_use()}
    try:
        if not known:
            raise Refused([refuse("integration.none")])
        return send(accounting.export(record, known.get(wanted) or abort(404), by=current_user))
    except Refused as error:
        shown = [refusal for refusal in error.refusals if known]
        return export_page(record, explain(shown, record), error.status)
