"""Papers, made once by the worker and kept: what the reader is shown and sent is the stored file,
never a new rendering."""

import hashlib
from collections.abc import Callable
from itertools import groupby
from typing import Any

import structlog
from flask import g, render_template
from flask_babel import force_locale, gettext, to_user_timezone

from models.base import Language, connection
from models.checklist import OrderPoint
from models.custom_field import CustomField, FieldKind
from models.customised import Customised
from models.file import File, FileState
from models.order import Order
from models.organisation import Organisation
from models.protocol import Protocol, Signer
from models.protocol_view import (
    CustomerView,
    FacilityView,
    FactView,
    ObjectView,
    OrganisationView,
    PhotoView,
    PointGroup,
    PointView,
    ProtocolView,
    SignatureView,
    day_on_paper,
)
from tasks import CONFIG, app, huey, leaving, pdf, uploads, vault
from tasks.figures import printed

log = structlog.get_logger("kundbok.documents")

PDF = "application/pdf"


@huey.task(name="make_protocol", priority=60)
def make_protocol(protocol_id: int) -> None:
    """The PDF of a signed protocol; does nothing where it is made already."""
    with connection():
        protocol = Protocol.get_or_none(Protocol.id == protocol_id)
        if protocol is not None and not protocol.is_ready:
            try_protocol(protocol)


@huey.task(name="make_discreet", priority=55)
def make_discreet(protocol_id: int) -> None:
    """The paper for a portal account that does not read the performed action; made once, when it is
    first asked for."""
    with connection():
        protocol = Protocol.get_or_none(Protocol.id == protocol_id)
        if protocol is not None and protocol.is_ready and not protocol.discreet_pdf:
            keep(
                protocol.made_discreet,
                protocol.number,
                print_protocol(protocol, hide_performed_action=True),
            )


def make_waiting() -> None:
    """Protocols whose maker died or failed; one that cannot be made does not stand in the way of
    the others."""
    with connection():
        for protocol in Protocol.unmade():
            if leaving.is_set():
                break
            try_protocol(protocol)


def try_protocol(protocol: Protocol) -> None:
    """Whatever goes wrong, the protocol stays signed and is tried again later."""
    protocol.attempted()
    try:
        prepare_photos(protocol.order)
        keep(protocol.made, protocol.number, print_protocol(protocol))
    except Exception:
        log.exception("protocol_not_made", protocol=protocol.id, attempts=protocol.attempts)


def keep(made: Callable[..., bool], name: str, content: bytes) -> None:
    """Store the paper and note it; of two makers the slower throws its own away."""
    key = File.new_key("pdf")
    vault().put(key, content)
    facts = {
        "state": FileState.READY,
        "name": f"{name}.pdf",
        "mime": PDF,
        "size": len(content),
        "key": key,
    }
    if not made(sha256=hashlib.sha256(content).hexdigest(), **facts):
        vault().delete(key)
    log.info("paper_made", name=name, size=len(content))


def prepare_photos(order: Order) -> None:
    """The photos that go into the paper must be made anew first; an unreadable one is left out."""
    for file in File.of(order):
        if file.is_image and not file.is_ready and not file.is_failed:
            uploads.make_anew(file)


def print_protocol(protocol: Protocol, *, hide_performed_action: bool = False) -> bytes:
    """The protocol as PDF bytes, in the customer's language and the organisation's time."""
    language = protocol.customer.language
    images: dict[str, bytes] = {}
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(language.locale):
        g.organisation = Organisation.current()
        view = protocol_view(protocol, images, hide_performed_action)
        html = render_template("pdf/protocol.html", protocol=view)
        accent = g.organisation.accent
    return pdf.render(html, images=images, language=language.value, accent=accent)


def protocol_view(protocol: Protocol, images: dict[str, bytes], hide_performed_action: bool) -> ProtocolView:
    order, customer, facility = protocol.order, protocol.customer, protocol.facility
    return ProtocolView(
        number=protocol.number,
        title=gettext("Service protocol"),
        language=customer.language.value,
        order_number=order.title,
        organisation=sender(images),
        store=protocol.store.name,
        customer=CustomerView(
            customer.name,
            customer.number,
            lines(customer.address, f"{customer.postcode} {customer.town}"),
            customer.org_number,
            own(customer, customer.language),
        ),
        facility=FacilityView(
            facility.name,
            facility.number,
            lines(facility.address, f"{facility.postcode} {facility.town}"),
            own(facility, customer.language),
        ),
        contact=" ".join(part for part in (order.contact_name, order.contact_phone) if part),
        technicians=technicians(protocol),
        objects=objects(order, customer.language),
        groups=groups(order.points),
        performed_action=None if hide_performed_action else order.performed_action,
        photos=photos(order, images),
        signatures=signatures(order, images),
        performed_on=to_user_timezone(order.performed_at).date(),
        own=own(order, customer.language),
    )


def objects(order: Order, language: Language) -> tuple[ObjectView, ...]:
    """The service object the order is about, by what stands on its plate."""
    unit = order.service_object
    if unit is None:
        return ()
    serial = gettext("Serial no. %(number)s", number=unit.serial_number) if unit.serial_number else ""
    facts = (f"{fact.label}: {fact.value}" for fact in own(unit, language))
    return (ObjectView(unit.title, tuple(text for text in (unit.make, serial, unit.place, *facts) if text)),)


def own(record: Customised, language: Language) -> tuple[FactView, ...]:
    """The custom fields that the customer may read."""
    return tuple(FactView(str(one.spoken), in_print(one, value, language)) for one, value in record.shared_values)


def in_print(one: CustomField, value: Any, language: Language) -> str:
    if one.kind is FieldKind.YES_NO:
        return gettext("Yes")  # what is not so is left out
    if one.kind is FieldKind.DATE:
        return day_on_paper(value, language)
    words = printed(value) if one.kind is FieldKind.NUMBER else str(value)
    return f"{words}\N{NO-BREAK SPACE}{one.unit}" if one.unit else words


def technicians(protocol: Protocol) -> tuple[str, ...]:
    """Those assigned; where nobody was, whoever finished it."""
    names = tuple(person.name for person in protocol.order.assignees)
    return names or ((protocol.signed_by.name,) if protocol.signed_by else ())


def sender(images: dict[str, bytes]) -> OrganisationView:
    organisation = g.organisation
    logo = "logo" if organisation.logo_key and put_in(images, "logo", organisation.logo_key) else ""
    return OrganisationView(
        organisation.name,
        lines(organisation.address, f"{organisation.postcode} {organisation.town}"),
        organisation.org_number,
        organisation.phone,
        organisation.email,
        organisation.website.removeprefix("https://").removeprefix("http://").rstrip("/"),
        logo,
    )


def put_in(images: dict[str, bytes], name: str, key: str) -> bool:
    """Hand a stored picture over to the paper; False where it is gone, and the paper does without
    it."""
    try:
        images[name] = vault().get(key)
    except FileNotFoundError:
        log.error("picture_missing", name=name)
        return False
    return True


def lines(*texts: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def groups(points: list[OrderPoint]) -> tuple[PointGroup, ...]:
    return tuple(
        PointGroup(title, tuple(point_view(point) for point in members))
        for title, members in groupby(points, key=lambda point: point.group)
    )


def point_view(point: OrderPoint) -> PointView:
    return PointView(
        str(point.position),
        point.text,
        point.counts_as,
        value=printed(point.value),
        unit=point.unit,
        limits=limits(point),
        remark=point.remark,
        outside=point.is_outside,
    )


def limits(point: OrderPoint) -> str:
    """In words, since ≤ and ≥ are not in the paper's fonts."""
    if point.low is not None and point.high is not None:
        return gettext("%(low)s to %(high)s", low=printed(point.low), high=printed(point.high))
    if point.low is not None:
        return gettext("at least %(value)s", value=printed(point.low))
    return gettext("at most %(value)s", value=printed(point.high)) if point.high is not None else ""


def photos(order: Order, images: dict[str, bytes]) -> tuple[PhotoView, ...]:
    ready = [file for file in File.of(order) if file.is_image and file.is_ready]
    shown = [file for file in ready if put_in(images, f"photo-{file.id}", file.shown_key)]
    return tuple(PhotoView(f"photo-{file.id}") for file in shown)


def signatures(order: Order, images: dict[str, bytes]) -> tuple[SignatureView, ...]:
    """A drawing that is gone fails the paper: without it the signature would look typed."""
    written = list(order.signatures)
    for signature in written:
        if signature.is_drawn:
            images[f"signature-{signature.id}"] = vault().get(signature.image_key)
    return tuple(
        SignatureView(
            str(signature.signer.label),
            signature.name,
            to_user_timezone(signature.at),
            f"signature-{signature.id}" if signature.is_drawn else "",
        )
        for signature in sorted(written, key=lambda signature: list(Signer).index(signature.signer))
    )
