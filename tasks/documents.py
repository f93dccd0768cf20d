"""Papers, made once by the worker and kept: what the reader is shown and sent is the stored file, never a new rendering."""

import hashlib
from decimal import Decimal
from itertools import groupby

import structlog
from flask import render_template
from flask_babel import force_locale, format_decimal, gettext, to_user_timezone

from models.base import connection
from models.checklist import OrderPoint, PointOutcome
from models.file import File, FileKind, FileState
from models.order import Order
from models.organisation import Organisation
from models.protocol import Protocol
from models.protocol_view import CustomerView, FacilityView, OrganisationView, PhotoView, PointGroup, PointView, ProtocolView, SignatureView
from tasks import CONFIG, app, huey, pdf, uploads, vault

log = structlog.get_logger("kundbok.documents")

PDF = "application/pdf"


@huey.task(name="make_protocol", priority=60)
def make_protocol(protocol_id: int) -> None:
    """The PDF of a signed protocol; does nothing where it is made already."""
    with connection():
        protocol = Protocol.get_or_none(Protocol.id == protocol_id)
        if protocol is not None and not protocol.is_ready:
            keep_protocol(protocol)


def make_waiting() -> None:
    """Protocols whose maker died before it was done."""
    with connection():
        for protocol in Protocol.unmade():
            keep_protocol(protocol)


def keep_protocol(protocol: Protocol) -> None:
    protocol.attempted()
    prepare_photos(protocol.order)
    content = print_protocol(protocol)
    key = File.new_key("pdf")
    vault().put(key, content)
    made = protocol.made(
        kind=FileKind.PROTOCOL, state=FileState.READY, name=f"{protocol.number}.pdf", mime=PDF, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), key=key,
    )  # fmt: skip
    if not made:
        vault().delete(key)
    log.info("protocol_made", protocol=protocol.id, size=len(content))


def prepare_photos(order: Order) -> None:
    """The photos that go into the paper must be made anew first."""
    for file in File.of(order):
        if file.is_image and not file.is_ready:
            uploads.make_anew(file)


def print_protocol(protocol: Protocol, *, hide_performed_action: bool = False) -> bytes:
    """The protocol as PDF bytes, in the customer's language."""
    language = protocol.customer.language
    images: dict[str, bytes] = {}
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(language.value):
        view = protocol_view(protocol, images, hide_performed_action)
        html = render_template("pdf/protocol.html", protocol=view)
    return pdf.render(html, images=images, language=language.value, accent=Organisation.current().accent)


def protocol_view(protocol: Protocol, images: dict[str, bytes], hide_performed_action: bool) -> ProtocolView:
    order, customer, facility = protocol.order, protocol.customer, protocol.facility
    return ProtocolView(
        number=protocol.number, title=order.heading, language=customer.language.value, order_number=str(order.number),
        organisation=sender(images), store=protocol.store.name,
        customer=CustomerView(customer.name, customer.number, lines(customer.address, f"{customer.postcode} {customer.town}"), customer.org_number),
        facility=FacilityView(facility.name, facility.number, lines(facility.address, f"{facility.postcode} {facility.town}")),
        contact=" ".join(part for part in (order.contact_name, order.contact_phone) if part),
        technicians=tuple(person.name for person in order.assignees), groups=groups(order.points),
        performed_action=None if hide_performed_action else order.performed_action,
        photos=photos(order, images), signatures=signatures(order, images), performed_on=to_user_timezone(order.performed_at).date(),
    )  # fmt: skip


def sender(images: dict[str, bytes]) -> OrganisationView:
    organisation = Organisation.current()
    if organisation.logo_key:
        images["logo"] = vault().get(organisation.logo_key)
    return OrganisationView(
        organisation.name, lines(organisation.address, f"{organisation.postcode} {organisation.town}"), organisation.org_number,
        organisation.phone, organisation.email, organisation.website, "logo" if organisation.logo_key else "",
    )  # fmt: skip


def lines(*texts: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def groups(points: list[OrderPoint]) -> tuple[PointGroup, ...]:
    named = [(title, list(members)) for title, members in groupby(points, key=lambda point: point.group)]
    return tuple(PointGroup(title, tuple(point_view(point) for point in members), str(number)) for number, (title, members) in enumerate(named, start=1))


def point_view(point: OrderPoint) -> PointView:
    counted = PointOutcome.REMARK if point.has_remark else point.outcome
    return PointView(
        str(point.position), point.text, counted, value=decimal(point.value), unit=point.unit, limits=limits(point), remark=point.remark, outside=point.is_outside
    )


def decimal(value: Decimal | None) -> str:
    return "" if value is None else format_decimal(value, decimal_quantization=False)


def limits(point: OrderPoint) -> str:
    """In words, since ≤ and ≥ are not in the paper's fonts."""
    if point.low is not None and point.high is not None:
        return f"{decimal(point.low)}–{decimal(point.high)}"
    if point.low is not None:
        return gettext("at least %(value)s", value=decimal(point.low))
    return gettext("at most %(value)s", value=decimal(point.high)) if point.high is not None else ""


def photos(order: Order, images: dict[str, bytes]) -> tuple[PhotoView, ...]:
    shown = [file for file in File.of(order) if file.is_image and file.is_ready]
    for file in shown:
        images[f"photo-{file.id}"] = vault().get(file.shown_key)
    return tuple(PhotoView(f"photo-{file.id}", file.name.rpartition(".")[0]) for file in shown)


def signatures(order: Order, images: dict[str, bytes]) -> tuple[SignatureView, ...]:
    written = list(order.signatures)
    for signature in written:
        if signature.is_drawn:
            images[f"signature-{signature.id}"] = vault().get(signature.image_key)
    return tuple(
        SignatureView(str(signature.signer.label), signature.name, to_user_timezone(signature.at), f"signature-{signature.id}" if signature.is_drawn else "")
        for signature in sorted(written, key=lambda signature: signature.signer)
    )
