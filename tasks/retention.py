"""Letting go of what is too old, once a day; a day that was missed is made up for in the next hour."""

import structlog
from flask_babel import force_locale

from models.base import connection
from models.organisation import Organisation
from models.retention import ran_today, run, standing
from tasks import app, doomed
from tasks.erasures import gone

log = structlog.get_logger("kundbok.retention")


def run_if_due() -> None:
    with connection():
        if Organisation.current() is not None and not ran_today():
            run_all()


def run_all() -> dict[str, int]:
    """{rule: how many went}. One rule that fails does not keep the others."""
    organisation = Organisation.current()
    assert organisation is not None
    with app().test_request_context(), force_locale(organisation.language.locale):
        word = gone()
    removed = {}
    for one in standing():
        try:
            removed[one.rule.code] = run(one, word)
        except Exception:
            log.exception("retention_broken", rule=one.rule.code)
    doomed.delete_waiting()
    log.info("retention_ran", **removed)
    return removed
