"""Printers, card terminals, cash drawers and scanners."""

from flask_babel import lazy_gettext as _l

from models.refusals.reason import Reason, Remedy

REASONS = (
    Reason(
        "device.disconnected",
        409,
        _l("You are logged in disconnected, so printers, card terminals and cash drawers are off"),
        _l("Chosen at the login %(since)s. Without the tick “Log in disconnected” the next login is connected."),
        (Remedy(_l("Connect now"), "peripherals.connect", posts=True),),
    ),
)
