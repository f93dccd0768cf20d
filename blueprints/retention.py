"""How long things are kept: each rule with its reason, what it did last and what it would do now."""

from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import NumberRange

from blueprints.forms import REQUIRED, Form
from blueprints.settings import SECTIONS
from blueprints.web import blueprint, done, on, page
from blueprints.words import ago, day
from models.organisation import Organisation
from models.retention import RULES, Rule, Standing, choose_periods, standing

bp = blueprint("retention", at="/settings/retention")

BETWEEN = _l("Between %(min)d and %(max)d days.")


def days_field(rule: Rule) -> IntegerField:
    return IntegerField(rule.label, [REQUIRED, NumberRange(rule.low, rule.high, BETWEEN)], default=rule.days)


RetentionForm: Any = type(
    "RetentionForm", (Form,), {rule.code: days_field(rule) for rule in RULES if not rule.is_fixed}
)


@bp.get("/")
@on(Organisation, "edit")
def show() -> Response:
    """With `dry` also what would go if the rules ran now; nothing is let go of here."""
    return rules_page(RetentionForm(None, **{one.rule.code: one.days for one in standing()}))


def rules_page(form: Any, status: int = 200) -> Response:
    dry = "dry" in request.args
    return page(
        "settings/retention.html",
        sections=SECTIONS,
        form=form,
        rules=[rule_view(one, form, dry) for one in standing()],
        dry=dry,
        status=status,
    )


def rule_view(one: Standing, form: Any, dry: bool) -> SimpleNamespace:
    rule = one.rule
    return SimpleNamespace(
        label=rule.label,
        reason=rule.reason,
        field=None if rule.is_fixed else form[rule.code],
        limits=_("%(low)s to %(high)s days", low=rule.low, high=rule.high),
        ran=ago(one.ran_at) if one.ran_at else _("Not yet"),
        removed=ngettext("%(num)s removed then", "%(num)s removed then", one.removed),
        total=ngettext("%(num)s in all", "%(num)s in all", one.total),
        next=coming(one),
        due=ngettext("%(num)s would go now", "%(num)s would go now", one.due) if dry else "",
    )


def coming(one: Standing) -> str:
    following = one.next_on
    return _("The next on %(day)s", day=day(following)) if following else _("Nothing waits")


@bp.post("/")
@on(Organisation, "edit")
def save() -> Response:
    form = RetentionForm()
    if not form.validate():
        return rules_page(form, 422)
    choose_periods(form.values(), by=current_user)
    return done(_("The settings are saved."), url_for("retention.show"))
