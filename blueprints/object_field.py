"""Choosing one of the service objects that stand at a facility, on any form that has the facility."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from blueprints.forms import RecordSelect
from models.facility import Facility
from models.rights import can
from models.service_object import ServiceObject


class ObjectField(RecordSelect):
    """`offer` says at which facility. A form shows the field only where there is something to choose."""

    def __init__(self, label: Any, *, blank: Any = _l("None of them"), **kwargs: Any):
        super().__init__(label, lambda user: [], blank=blank, words=lambda unit: unit.words, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A form that did not show it names none."""
        self.data = valuelist[0] if valuelist else ""

    def offer(self, facility: Facility | None, *, besides: ServiceObject | None = None) -> None:
        """What can be worked on there, and the record's own object even when it is not by now."""
        kept = self.object_data if isinstance(self.object_data, ServiceObject) else None
        found = list(ServiceObject.choosable_by(current_user, facility)) if facility else []
        if facility and kept and kept.facility_id == facility.id and kept not in found:
            found.append(kept)
        self.known = {str(unit.id): unit for unit in found if unit != besides}
        self.choices: Any = list(self.known)


def ask_for_objects(field: Any) -> None:
    """Let the facility's field ask for its objects when another facility is chosen."""
    if can(current_user, "view", ServiceObject):
        asks = {"hx-get": url_for("service_objects.choices"), "hx-trigger": "change", "hx-target": "#object-field"}
        field.render_kw = {**(field.render_kw or {}), **asks}
