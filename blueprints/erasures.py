"""One erasure: how far it is, what went and what stays, and the letter to the person."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.actions import act, explain
from blueprints.cards import joined, line
from blueprints.files import PAPER, send_bytes
from blueprints.web import blueprint, done, on, page
from blueprints.words import day, number
from models.erasing import Erasing
from models.erasure import Erasure, Kept
from models.refusals import Refused, refuse
from tasks import erasures

bp = blueprint("erasures", at="/personal-data/erasures")


@bp.get("/<int:id>")
@on(Erasure, "view")
def show(erasure: Erasure) -> Response:
    label = _("Go on with the erasure")
    return page(
        "persons/case.html",
        block="state",
        erasure=erasure,
        steps=len(Erasing.STEPS),
        erased=[(kind.label, number(count)) for kind, count in erasure.erased],
        kept=[kept_line(row) for row in erasure.kept],
        reasons=explain([erasure.refusal] if erasure.refusal else []),
        resume=act(erasure, "resume", label, url_for("erasures.resume", id=erasure.id), primary=True),
    )


def kept_line(row: Kept) -> Any:
    title = _("Order %(number)s with its protocol and signatures", number=row.order.number)
    url, until = url_for("orders.show", id=row.order_id), _("until %(day)s", day=day(row.until))
    return line(title, url, sub=joined(str(row.ground.label), row.paragraph), end=until)


@bp.post("/<int:id>/resumption")
@on(Erasure, "resume")
def resume(erasure: Erasure) -> Response:
    erasures.resume(erasure, by=current_user)
    return done(_("The erasure goes on."), url_for("erasures.show", id=erasure.id))


@bp.get("/<int:id>/letter.pdf")
@on(Erasure, "view")
def letter(erasure: Erasure) -> Response:
    if not erasure.letter_key:
        raise Refused([refuse("erasure.running", since=erasure.at, erasure_id=erasure.id)], erasure)
    response = send_bytes(erasure.letter_key, "application/pdf", f"case-{erasure.number}.pdf", inline=True)
    response.headers["Content-Security-Policy"] = PAPER
    return response
