"""Everything about a person: found in the books, put together by the worker, fetched by whoever asked, gone after a
week."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from pypdf import PdfReader

from models.base import now
from models.event import Event
from models.fault_report import FaultReport
from models.login import LoginRecord, Outcome
from models.order import Order
from models.person import Person, who_is
from models.person_export import PersonExport
from models.portal import PortalAccount
from models.refusals import Refused
from models.rights import Right
from models.user import UserRight
from tasks import persons, recurring, retention, vault
from tests import factories
from tests.cast import work
from tests.pages import said

NUMBER = "19811228-9874"


@pytest.fixture
def signe(cast):
    """A private customer with a number, a report and an order."""
    signe = factories.customer(
        cast.house.north,
        "Signe Ström",
        number="3001",
        kind="private",
        personal_number=NUMBER,
        email="signe@strom.example",
        phone="070-174 06 31",
        note="Two cats",
        language="sv",
    )
    home = factories.facility(signe, "Villa", address="Strömgatan 3")
    report = factories.fault_report(cast.dispatcher, signe, home, heading="No heat", contact_name="Signe Ström")
    report.accept(by=cast.dispatcher)
    return signe


@pytest.fixture
def contact(cast):
    return factories.contact(cast.lovskar, "Marit Olofsgård", email=cast.marit.email)


def asked(cast, path: str, who: str = "owner") -> PersonExport:
    """Ask for it on its page, let the worker make it."""
    answer = cast.at(who).post(f"/personal-data/{path}/exports")
    assert answer.status_code == 302, answer.text
    export = PersonExport.select().order_by(PersonExport.id.desc()).get()
    persons.make.call_local(export.id)
    return PersonExport.get_by_id(export.id)


def fetched(cast, export: PersonExport, who: str = "owner") -> dict:
    return json.loads(cast.at(who).get(f"/personal-data/exports/{export.id}.json").text)


@pytest.mark.parametrize("typed", ["Signe", "signe@strom", "0701740631", "3001", NUMBER])
def test_who_this_is_is_found_by_name_mail_phone_and_number(cast, signe, typed):
    page = cast.at("owner").get("/personal-data/", query_string={"q": typed}).text
    assert f'/personal-data/customer/{signe.id}"' in page


def test_nothing_typed_and_nothing_to_go_by_find_nobody(cast):
    contact = factories.contact(cast.hotel, "Per Ek", email="", phone="")
    assert who_is("  ", cast.owner) == {} and Person([contact]).elsewhere(cast.owner) == []
    assert "Nobody of this name" in cast.at("owner").get("/personal-data/?q=nobody").text
    assert Person.named([("contact", contact.id), ("contact", 99_999)]).records == [contact]


def test_a_company_is_not_among_the_persons_but_its_people_are(cast, contact):
    assert {noun: len(found) for noun, found in who_is("Lövskär", cast.owner).items()}["customer"] == 0
    found = who_is("Marit", cast.owner)
    assert found["contact"] == [contact] and [one.user for one in found["portal_account"]] == [cast.marit]
    assert cast.at("owner").get(f"/personal-data/customer/{cast.lovskar.id}").status_code == 409
    with pytest.raises(Refused) as refused:
        from blueprints.persons import against_company

        against_company(cast.lovskar)
    assert [one.code for one in refused.value.refusals] == ["person.company"]


def test_the_file_holds_every_section_under_its_documented_keys(cast, signe):
    export = asked(cast, f"customer/{signe.id}")
    told = fetched(cast, export)
    assert (told["format"], told["person"]["name"]) == ("kundbok.person/1", "Signe Ström")
    customer = told["sections"]["customers"][0]
    assert (customer["personal_number"], customer["note"], customer["kind"]) == (NUMBER, "Two cats", "private")
    assert [report["heading"] for report in told["sections"]["fault_reports"]] == ["No heat"]
    assert [order["number"] for order in told["sections"]["orders"]] == [Order.get().number]
    verbs = [change["what"] for change in told["sections"]["changes"]]
    assert verbs[-2:] == ["person.exported", "customer.personal_number_seen"]


def test_a_portal_users_logins_messages_reports_and_comments_are_in_it(cast, contact):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    report.comment("It drips", internal=False, by=cast.marit)
    report.reject("Not ours", by=cast.dispatcher)
    work()
    LoginRecord.note("marit", Outcome.IN, user=cast.marit, address="192.0.2.9", device="Phone")
    told = fetched(cast, asked(cast, f"portal-account/{PortalAccount.of(cast.marit).id}"))["sections"]
    assert told["accounts"][0]["login"] == "marit"
    assert told["logins"][-1]["address"] == "192.0.2.9"
    assert told["comments"][0]["text"] == "It drips"
    assert {message["address"] for message in told["messages"]} >= {cast.marit.email}
    assert FaultReport.get().heading in {one["heading"] for one in told["fault_reports"]}


def test_records_of_the_same_person_are_proposed_and_go_together_when_ticked(cast, contact):
    account = PortalAccount.of(cast.marit)
    page = cast.at("owner").get(f"/personal-data/contact/{contact.id}").text
    assert f'value="portal_account:{account.id}"' in page
    assert '"logins"' not in json.dumps(fetched(cast, asked(cast, f"contact/{contact.id}")))
    cast.at("owner").post(f"/personal-data/contact/{contact.id}/exports", data={"also": f"portal_account:{account.id}"})
    export = PersonExport.select().order_by(PersonExport.id.desc()).get()
    persons.make.call_local(export.id)
    assert fetched(cast, export)["sections"]["accounts"][0]["login"] == "marit"


@pytest.mark.parametrize("also", ["customer:1", "contact:99999", "user:1", "contact:x", "contact:"])
def test_a_ticked_record_that_is_none_or_not_seen_does_not_exist(cast, contact, also):
    also = also.replace("customer:1", f"customer:{cast.hotel.id}")  # a company
    answer = cast.at("owner").post(f"/personal-data/contact/{contact.id}/exports", data={"also": also})
    assert (answer.status_code, PersonExport.select().count()) == (404, 0)


def test_the_paper_is_tagged_and_in_the_persons_language(cast, signe):
    export = asked(cast, f"customer/{signe.id}")
    paper = cast.at("owner").get(f"/personal-data/exports/{export.id}.pdf")
    assert paper.mimetype == "application/pdf"
    root = PdfReader(BytesIO(paper.data)).trailer["/Root"]
    assert ("/StructTreeRoot" in root, root["/Lang"]) == (True, "sv")
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    assert "Signe Ström" in words and NUMBER in words and "Two cats" in words


def test_only_whoever_asked_may_fetch_it(cast, signe):
    export = asked(cast, f"customer/{signe.id}")
    for who in ("administrator", "dispatcher"):
        assert cast.at(who).get(f"/personal-data/exports/{export.id}.json").status_code == 404


@pytest.mark.parametrize("who", ["dispatcher", "technician", "finance"])
def test_without_the_right_the_pages_are_closed(cast, signe, who):
    browser = cast.at(who)
    paths = ("", "/seen", "/consents", "/erasure")
    assert {browser.get(f"/personal-data/customer/{signe.id}{path}").status_code for path in paths} <= {403, 404}
    assert browser.post(f"/personal-data/customer/{signe.id}/exports").status_code in (403, 404)
    assert browser.get("/personal-data/").status_code == 403
    assert "Personal data" not in browser.get("/customers/").text
    assert PersonExport.select().count() == 0


def test_the_right_alone_opens_them(cast, signe):
    UserRight.create(user=cast.dispatcher, right=Right.PERSONAL_DATA_HANDLE, granted=True)
    assert Right.PERSONAL_DATA_HANDLE.is_risky
    assert cast.at("dispatcher").get(f"/personal-data/customer/{signe.id}").status_code == 200


def test_a_person_who_reaches_into_other_stores_is_not_for_one_stores_people(cast):
    south = factories.customer(cast.house.south, "Malmö Bad AB", number="2042")
    account = PortalAccount.of(cast.marit)
    account.link(south, None, by=cast.owner)
    UserRight.create(user=cast.dispatcher, right=Right.PERSONAL_DATA_HANDLE, granted=True)
    answer = cast.at("dispatcher").post(f"/personal-data/portal-account/{account.id}/exports")
    assert answer.status_code == 409 and "also belongs to customers you do not see: 1" in said(answer.text)
    assert [one.code for one in Person([account]).beyond(cast.dispatcher)] == ["person.elsewhere"]


def test_until_it_is_made_and_after_a_week_it_says_so(cast, signe):
    cast.at("owner").post(f"/personal-data/customer/{signe.id}/exports")
    export = PersonExport.get()
    assert [one.code for one in export.why_not("fetch", cast.owner)] == ["person_export.making"]
    assert "is still being made" in cast.at("owner").get(f"/personal-data/exports/{export.id}.pdf").text
    persons.make.call_local(export.id)
    keys = set(vault().keys())
    with time_machine.travel(now() + timedelta(days=7, hours=1)):
        export.reload()
        assert [one.code for one in export.why_not("fetch", cast.owner)] == ["person_export.gone"]
        retention.run_all()
    export.reload()
    assert (export.json_key, export.pdf_key, str(export.status)) == ("", "", "gone")
    assert len(keys - set(vault().keys())) == 2


def test_one_that_breaks_off_says_why_and_a_lost_ring_is_made_up_for(cast, signe, monkeypatch):
    cast.at("owner").post(f"/personal-data/customer/{signe.id}/exports")
    export = PersonExport.get()
    monkeypatch.setattr(persons, "as_paper", lambda person: 1 / 0)
    persons.make.call_local(export.id)
    export.reload()
    assert [one.code for one in export.why_not("fetch", cast.owner)] == ["person.broken"]
    assert "The work broke off: ZeroDivisionError" in said(
        cast.at("owner").get(f"/personal-data/customer/{signe.id}").text
    )
    monkeypatch.undo()
    cast.at("owner").post(f"/personal-data/customer/{signe.id}/exports")
    with time_machine.travel(now() + timedelta(minutes=1)):
        recurring.sweep.call_local()
        assert [one.is_ready for one in PersonExport.select().order_by(PersonExport.id)] == [False, True]


def test_asking_is_on_the_persons_log_and_so_is_the_number_in_it(cast, signe):
    asked(cast, f"customer/{signe.id}")
    verbs = [event.verb for event in Event.about(signe).limit(2)]
    assert verbs == ["customer.personal_number_seen", "person.exported"]
    page = said(cast.at("owner").get(f"/personal-data/customer/{signe.id}/seen").text)
    assert "Olga Owner looked at the personal number" in page


def test_each_showing_of_a_number_is_on_the_page_who_has_seen(cast, signe):
    before = cast.at("owner").get(f"/personal-data/customer/{signe.id}/seen").text
    assert "Nobody yet" in before
    cast.at("administrator").post(f"/customers/{signe.id}/personal-number")
    assert "Adam Administrator looked at the personal number" in said(
        cast.at("owner").get(f"/personal-data/customer/{signe.id}/seen").text
    )


def test_the_staff_take_their_own_data_with_them_and_nobody_elses(cast):
    browser = cast.at("technician")
    assert browser.post("/personal-data/my-own").status_code == 302
    export = PersonExport.get()
    persons.make.call_local(export.id)
    told = fetched(cast, export, "technician")
    assert told["person"]["name"] == "Elin Fors" and told["sections"]["logins"]
    assert "JSON" in browser.get("/personal-data/my-own").text
    with pytest.raises(Refused):
        PersonExport.ask(Person([], cast.owner), by=cast.technician)


def test_consents_stand_in_one_list_with_date_way_and_who(cast, contact):
    given = {"sms_consent_source": "phone", "sms_consent_on": now().date(), "mobile": "070-174 06 16"}
    contact.change(given, by=cast.dispatcher, seen=contact.version)
    contact.change({"sms_consent_source": None}, by=cast.owner, seen=contact.version)
    contact.change({"wants_news": False}, by=cast.owner, seen=contact.version)
    page = said(cast.at("owner").get(f"/personal-data/contact/{contact.id}/consents").text)
    assert page.count("Withdrawn") == 2 and "Given by phone Noted by Sanna Lindmo Given" in page


def test_a_consent_that_no_change_tells_of_is_in_the_list_too(cast):
    facts = {"sms_consent_source": "form", "sms_consent_on": now().date(), "sms_consent_by": cast.dispatcher}
    contact = factories.contact(cast.lovskar, **facts)
    page = said(cast.at("owner").get(f"/personal-data/contact/{contact.id}/consents").text)
    assert "Given in a form Noted by Sanna Lindmo Given" in page
    other = factories.contact(cast.hotel, "Per Ek", email="per@hotell.example")
    assert "No consents yet" in cast.at("owner").get(f"/personal-data/contact/{other.id}/consents").text
