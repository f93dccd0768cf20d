"""Choosing what an account reaches of a customer: all facilities, or the ticked ones, found by filters (S4.15-S4.17).

The filter is a button of the same form, so that nothing that was typed or ticked is lost, with or without a script.
"""

from typing import Any

from flask import abort, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField

from blueprints.forms import ChoiceSelect, Form, text
from models.customer import Activity, Customer
from models.facility import Facility
from models.portal import Narrowing, PortalCustomer

ALL, TICKED = "all", "ticked"
SCOPES = [(ALL, _l("All facilities, also those added later")), (TICKED, _l("Only the ticked facilities"))]
FILTERS = ("name", "town", "number", "category", "activity")


class ReachForm(Form):
    scope = RadioField(_l("What this account sees"), choices=SCOPES, default=ALL)
    of_name = text(Facility.LABELS["name"], 120)
    of_town = text(Facility.LABELS["town"], 60)
    of_number = text(Facility.LABELS["number"], 32)
    of_category = text(Facility.LABELS["category"], 60)
    of_activity = ChoiceSelect(_l("Active"), Activity, blank=_l("All"), default=Activity.ACTIVE)

    def about(self, customer: Customer, link: PortalCustomer | None = None) -> "ReachForm":
        """The form for this customer's facilities; before anything is posted it shows how the link is now."""
        self.customer = customer
        everything = Narrowing(activity=None).of(customer, current_user)
        self.known = {facility.id: facility for facility in everything}
        if request.method == "POST":
            self.ticked = self._posted()
            return self
        self.ticked = {facility.id for facility in link.chosen} if link else set()
        if link:
            self.scope.data = ALL if link.whole else TICKED
        return self

    def _posted(self) -> set[int]:
        """The ticks; a facility of somebody else does not exist here."""
        wanted = {int(value) for value in request.form.getlist("facility") if value.isdecimal() and len(value) < 18}
        if wanted - self.known.keys():
            abort(404)
        return wanted

    @property
    def is_narrowing(self) -> bool:
        """Only the filter button was pressed: nothing is to be saved yet."""
        return "narrow" in request.form

    @property
    def shown(self) -> list[Facility]:
        wanted: dict[str, Any] = {name: self[f"of_{name}"].data or "" for name in FILTERS[:-1]}
        narrowing = Narrowing(**wanted, activity=self.of_activity.data or None)
        return narrowing.of(self.customer, current_user)

    @property
    def hidden_ticks(self) -> list[int]:
        """Ticked, but left out by the filter: they stay ticked."""
        return sorted(self.ticked - {facility.id for facility in self.shown})

    @property
    def facilities(self) -> list[Facility] | None:
        """What `PortalAccount.link` takes: None for all of them, future ones too."""
        return None if self.scope.data == ALL else [self.known[number] for number in sorted(self.ticked)]

    def values(self, *leave_out: str) -> dict[str, Any]:
        """Without the scope and the filters: what is left is the account's."""
        return super().values("scope", *(f"of_{name}" for name in FILTERS), *leave_out)
