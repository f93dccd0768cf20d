"""What one customer's user never reaches: the other customer, unlinked facilities, and what the house keeps
for itself."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage

from models.base import db, now
from models.event import Event
from models.fault_report import FaultReport
from models.file import File
from models.order import Order
from models.organisation import Organisation
from models.portal import PortalAccount, report_fault
from models.protocol import Protocol, Signature, Signer
from models.rights import Right, Role
from models.session import Session
from tasks import documents, huey, uploads
from tests import factories
from tests.cast import work
from tests.factories import PASSWORD

HOUSE = "HOUSE-ONLY"
ACTION = "PERFORMED-ACTION-CANARY"


def photo(name: str) -> FileStorage:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "JPEG")
    drawn.seek(0)
    return FileStorage(drawn, name)


PAPERS: dict[tuple, bytes] = {}


@pytest.fixture
def printed_once(monkeypatch):
    """Every test begins with the same world, and so with the same papers: what was printed is not printed again."""
    really = documents.pdf.render

    def render(html, *, images, **options):
        known = (html, *images.items(), *options.items())
        if known not in PAPERS:
            PAPERS[known] = really(html, images=images, **options)
        return PAPERS[known]

    monkeypatch.setattr(documents.pdf, "render", render)


@pytest.fixture
def world(cast, printed_once):
    """A report, an order and a protocol at a facility of each kind, with things on them that must stay inside."""
    cast.whole = {name: whole_story(cast, getattr(cast, name)) for name in ("shop", "warehouse", "laundry")}
    cast.sven = factories.portal_user(cast.lovskar, "Sven Butik", login="sven", facilities=(cast.shop,))
    work()
    return cast


def whole_story(cast, facility):
    by = cast.dispatcher
    report = factories.fault_report(by, facility.customer, facility, heading=f"FAULT-AT-{facility.id}-")
    report.comment(f"{HOUSE} remark", internal=True, by=by)
    report.comment("Elin comes after lunch.", internal=False, by=by)
    report.assign([cast.technician], by=by)
    uploads.receive(report, [photo(f"photo-at-{facility.id}-.jpg")], by=by)
    uploads.receive(report, [FileStorage(io.BytesIO(b"what it may cost\n"), f"{HOUSE}-offer.txt")], by=by)
    order = report.accept(by=by)
    order.change({"internal_note": f"{HOUSE} note"}, by=by, seen=order.version)
    order.comment(f"{HOUSE} thought", internal=True, by=by)
    uploads.receive(order, [FileStorage(io.BytesIO(b"what it costs us\n"), f"{HOUSE}-costs.txt")], by=cast.technician)
    return report, order, performed(cast, order)


def performed(cast, order: Order) -> Protocol:
    if cast.technician not in order.assignees:
        order.assign([cast.technician], by=cast.dispatcher)
    order.start(by=cast.technician)
    order = Order.get_by_id(order.id)
    order.work({}, ACTION, by=cast.technician)
    Signature.write(order, Signer.TECHNICIAN, "Elin Fors", "", by=cast.technician)
    return order.perform(by=cast.technician)


def paths(cast, name: str) -> list[tuple[str, str]]:
    """Every way to what belongs to a facility: the routes of the portal with its ids in them."""
    report, order, protocol = cast.whole[name]
    ids = {
        "fault_reports": [report.id],
        "orders": [order.id],
        "protocols": [protocol.id],
        "files": files_of(report, order, protocol),
    }
    found = []
    for rule in cast.app.url_map.iter_rules():
        if rule.endpoint.startswith("portal.") and "<int:id>" in rule.rule:
            found += [
                (method, rule.rule.replace("<int:id>", str(number)))
                for number in ids[rule.endpoint.split(".")[1]]
                for method in rule.methods & {"GET", "POST"}
            ]
    return found


def files_of(*records) -> list[int]:
    return [file.id for record in records for file in File.of(record)]


def rows() -> dict[str, int]:
    """How many rows each table has; a session's last sign of life is no change of anybody's."""
    return {
        name: db.execute_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]
        for name in db.get_tables()
        if "_search" not in name
    }


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.requirement("S4.14")
@pytest.mark.parametrize(
    ("person", "foreign"), [("marit", "laundry"), ("linnea", "shop"), ("sven", "laundry"), ("sven", "warehouse")]
)
def test_every_address_of_what_is_not_linked_is_not_there_and_writes_nothing(world, person, foreign):
    browser, addresses = world.at(person), paths(world, foreign)
    assert len(addresses) > 12
    before = rows()
    answers = {
        (method, path): browser.open(path, method=method, data={"text": "hello"}).status_code
        for method, path in addresses
    }
    assert {key: status for key, status in answers.items() if status != 404} == {}
    assert rows() == before


@pytest.mark.parametrize("person", ["marit", "linnea", "sven"])
def test_no_page_names_what_is_not_linked_or_internal(world, person):
    reached = {"marit": ("shop", "warehouse"), "linnea": ("laundry",), "sven": ("shop",)}[person]
    foreign = [getattr(world, name) for name in world.whole if name not in reached]
    for path in pages(world, reached):
        answer = world.at(person).get(path)
        assert answer.status_code == 200, path
        for canary in (
            HOUSE,
            *(facility.name for facility in foreign),
            *(f"FAULT-AT-{facility.id}-" for facility in foreign),
        ):
            assert canary not in answer.text, (path, canary)


def pages(cast, reached) -> list[str]:
    """Every GET page of the portal, with the ids of the facilities that are reached."""
    fixed = [
        rule.rule
        for rule in cast.app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and "GET" in rule.methods and "<" not in rule.rule
    ]
    lists = [f"/portal/{part}/?show=all" for part in ("fault-reports", "orders")]
    own = [path for name in reached for method, path in paths(cast, name) if method == "GET" and "/files/" not in path]
    return [*fixed, *lists, *(path for path in own if not path.endswith("/pdf"))]


def test_what_is_meant_for_the_customer_is_there(world):
    report, order, protocol = world.whole["shop"]
    shown = world.at("marit").get(f"/portal/fault-reports/{report.id}").text
    assert "Elin comes after lunch." in shown
    assert f"photo-at-{world.shop.id}-.jpg" in shown
    assert f"/portal/orders/{order.id}" in shown
    assert ACTION in world.at("marit").get(f"/portal/orders/{order.id}").text
    assert ACTION in world.at("marit").get(f"/portal/protocols/{protocol.id}").text
    assert world.at("marit").get(f"/portal/protocols/{protocol.id}/pdf").data[:5] == b"%PDF-"


def test_documents_of_the_staff_are_not_handed_out(world):
    _, order, _ = world.whole["shop"]
    costs = next(file for file in File.of(order) if not file.is_image)
    assert world.at("marit").get(f"/portal/files/{costs.id}").status_code == 404
    assert world.at("technician").get(f"/files/{costs.id}").status_code == 200


@pytest.mark.requirement("S4.11")
def test_the_performed_action_is_absent_where_the_account_hides_it(world):
    PortalAccount.update(hide_performed_action=True).where(PortalAccount.user == world.marit).execute()
    for path in pages(world, ("shop", "warehouse")):
        assert ACTION not in world.at("marit").get(path).text, path
    assert ACTION in world.at("sven").get(f"/portal/orders/{world.whole['shop'][1].id}").text


@pytest.mark.requirement("S4.11")
def test_such_an_account_gets_a_paper_of_its_own_and_never_the_other(world):
    PortalAccount.update(hide_performed_action=True).where(PortalAccount.user == world.marit).execute()
    protocol = world.whole["shop"][2]
    browser, paper = world.at("marit"), f"/portal/protocols/{protocol.id}/pdf"
    assert browser.get(paper).status_code == 409
    assert "The PDF is being made" in browser.get(f"/portal/protocols/{protocol.id}").text
    documents.make_discreet.call_local(protocol.id)
    text = text_of(browser.get(paper).data)
    assert protocol.number in text
    assert ACTION not in text
    assert browser.get(f"/portal/files/{protocol.pdf.id}").status_code == 404
    assert ACTION in text_of(world.at("sven").get(paper).data)
    assert world.at("sven").get(f"/portal/files/{protocol.discreet_pdf.id}").status_code == 404
    huey.flush()


@pytest.mark.requirement("S4.27")
def test_rejected_reports_and_voided_orders_are_hidden_where_the_organisation_says_so(cast):
    mine = factories.fault_report(cast.marit, cast.lovskar, cast.shop, heading="Mine rejected")
    theirs = factories.fault_report(cast.dispatcher, cast.lovskar, cast.shop, heading="Theirs rejected")
    for report in (mine, theirs):
        report.reject("Not ours", by=cast.dispatcher)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Voided work")
    order.void(by=cast.dispatcher)
    browser = cast.at("marit")

    def everywhere() -> str:
        return browser.get("/portal/fault-reports/?show=all").text + browser.get("/portal/orders/?show=all").text

    assert all(heading in everywhere() for heading in ("Mine rejected", "Theirs rejected", "Voided work"))
    Organisation.update(portal_hide_voided=True).execute()
    assert not any(heading in everywhere() for heading in ("Mine rejected", "Theirs rejected", "Voided work"))
    assert browser.get(f"/portal/orders/{order.id}").status_code == 404
    assert browser.get(f"/portal/fault-reports/{theirs.id}").status_code == 404
    assert "Not ours" in browser.get(f"/portal/fault-reports/{mine.id}").text  # the letter with the reason leads there


@pytest.mark.parametrize(
    ("right", "gone"),
    [
        (Right.PORTAL_REPORT, "/portal/fault-reports/"),
        (Right.PORTAL_ORDERS, "/portal/orders/"),
        (Right.PORTAL_PROTOCOLS, "/portal/protocols/"),
    ],
)
def test_a_withdrawn_right_closes_its_pages_at_the_next_click(world, right, gone):
    browser = world.at("marit")
    assert browser.get(gone).status_code == 200
    account = PortalAccount.of(world.marit)
    account.change({}, Role.PORTAL.rights - {right}, by=world.dispatcher, seen=account.version)
    assert browser.get(gone).status_code == 403
    home = browser.get("/portal/home/").text
    assert f'href="{gone}"' not in home


def test_a_facility_that_is_linked_later_is_seen_at_the_next_click(world):
    account, browser = PortalAccount.of(world.sven), world.at("sven")
    order = world.whole["warehouse"][1]
    assert browser.get(f"/portal/orders/{order.id}").status_code == 404
    account.link(world.lovskar, [world.shop, world.warehouse], by=world.dispatcher)
    assert browser.get(f"/portal/orders/{order.id}").status_code == 200


def test_a_whole_account_sees_future_facilities_and_a_ticked_one_does_not(world):
    later = factories.facility(world.lovskar, "Opened later")
    assert "Opened later" in world.at("marit").get("/portal/fault-reports/new").text
    assert "Opened later" not in world.at("sven").get("/portal/fault-reports/new").text
    assert FaultReport.visible_to(world.sven).where(FaultReport.facility == later).count() == 0


def test_the_portals_users_and_the_staff_stay_on_their_sides(cast):
    assert cast.at("marit").get("/customers/").status_code == 404
    assert cast.at("dispatcher").get("/portal/home/").status_code == 404
    assert cast.stranger().get("/portal/home/").location.startswith("/login/")


@pytest.mark.requirement("S4.7")
def test_a_closed_portal_lets_nobody_in_and_leads_those_inside_out(cast):
    inside = cast.at("marit")
    Organisation.update(portal_open=False).execute()
    refused = cast.stranger().post("/login/", data={"login": "linnea", "password": PASSWORD})
    assert refused.status_code == 403
    assert "The customer portal is closed" in refused.text
    assert inside.get("/portal/orders/").location.startswith("/login/")
    assert Session.select().where(Session.user == cast.marit, Session.ended_at.is_null()).count() == 0
    Organisation.update(portal_open=True).execute()
    assert inside.get("/portal/home/").status_code == 302
    assert cast.at("dispatcher").get("/portal-accounts/").status_code == 200


@pytest.mark.requirement("S4.20")
def test_an_idle_session_ends_after_the_organisations_minutes(cast):
    Organisation.update(portal_idle_minutes=15).execute()
    browser = cast.at("marit")
    Session.update(seen_at=now() - timedelta(minutes=14)).where(Session.user == cast.marit).execute()
    assert browser.get("/portal/home/").status_code == 200
    Session.update(seen_at=now() - timedelta(minutes=16)).where(Session.user == cast.marit).execute()
    answer = browser.get("/portal/orders/")
    assert (answer.status_code, answer.location) == (302, "/login/?next=/portal/orders/")
    assert Session.get(Session.user == cast.marit).end_reason == "idle"


@pytest.mark.parametrize("part", ["fault-reports", "orders", "protocols", "files"])
def test_a_number_that_no_record_can_have_is_not_there(cast, part):
    assert cast.at("marit").get(f"/portal/{part}/99999999999999999999").status_code == 404


def test_reading_writes_nothing(world):
    browser = world.at("marit")
    before = (rows(), Event.select().count())
    for path in pages(world, ("shop", "warehouse")):
        browser.get(path)
    assert (rows(), Event.select().count()) == before


def test_a_customers_own_document_is_handed_out_as_a_download(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    data = {"photos": [(io.BytesIO(b"alarm log\n"), "alarms.txt"), (photo("a.jpg").stream, "a.jpg")]}
    answer = cast.at("marit").post(
        f"/portal/fault-reports/{report.id}/additions", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 302
    document, picture = File.of(report)
    sent = cast.at("marit").get(f"/portal/files/{document.id}")
    assert (sent.data, sent.headers["Content-Disposition"]) == (b"alarm log\n", "attachment; filename=alarms.txt")
    assert cast.at("marit").get(f"/portal/files/{picture.id}").status_code == 404  # never the original
    assert "Being prepared" in cast.at("marit").get(f"/portal/files/{picture.id}/status").text
    work()
    assert f'src="/portal/files/{picture.id}/thumb"' in cast.at("marit").get(f"/portal/files/{picture.id}/status").text


def test_a_protocol_whose_pdf_is_not_made_yet_says_so(cast):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    protocol = performed(cast, order)
    assert "The PDF is being made." in cast.at("marit").get(f"/portal/protocols/{protocol.id}").text
    part = cast.at("marit").get(f"/portal/protocols/{protocol.id}", headers={"HX-Request": "true"}).text
    assert ("being made" in part, "<html" in part) == (True, False)
    assert cast.at("marit").get(f"/portal/protocols/{protocol.id}/pdf").status_code == 409


def test_a_report_without_photos_needs_nobody_to_attach_them(cast):
    report = report_fault({"heading": "Warm", "facility": cast.shop}, by=cast.marit)
    assert (report.facility, report.reporter) == (cast.shop, cast.marit)
