"""Active or inactive: what can be chosen for something new, and what stays only for what was done with it."""

from flask_babel import lazy_gettext as _l

from models.base import Choice


class Activity(Choice):
    """Shown for every noun that can be inactivated."""

    ACTIVE = "active", _l("Active"), "good"
    INACTIVE = "inactive", _l("Inactive"), "neutral"
