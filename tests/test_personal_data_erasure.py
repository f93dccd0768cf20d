"""Erasing a person: seen beforehand, done step by step, and after it no word of theirs is found anywhere."""

import io
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from pypdf import PdfReader

from models import TABLES
from models.base import Country, db, now
from models.checklist import PointOutcome
from models.contact import Contact
from models.customer import Customer
from models.doomed_file import DoomedFile
from models.erasing import Erasing
from models.erasure import Erasure, ErasureStatus, Kept
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport
from models.file import File, FileKind, FileState
from models.login import LoginRecord, Outcome
from models.merge import Merge
from models.message import Message
from models.order import Order, OrderStatus
from models.person import Person
from models.person_export import PersonExport
from models.person_facts import sections_of
from models.portal import PortalAccount
from models.protocol import Signature, Signer
from models.quote import Quote
from models.register import RegisterName
from models.retention_law import BY_CODE, longest
from models.saved_filter import SavedFilter
from models.service_object import ServiceObject
from models.session import Session
from models.tag import Tag
from models.user import User
from tasks import doomed, erasures, imports, persons, recurring, retention, vault
from tests import factories
from tests.cast import work
from tests.pages import said
from tests.test_refusals_provoked import codes

# Words that are in nothing but this person's own data.
NAME, MAIL, PHONE, NUMBER = "Åsa Kanariefågel", "asa@kanarie.example", "070-174 06 77", "19811228-9874"
SAID = "zebrafink"
WORDS = (NAME, MAIL, PHONE, "0701740677", NUMBER, SAID, "kanarie", "Burgatan")


@pytest.fixture
def asa(cast):
    """A private customer, her own contact, with a portal account; she has reported, written, sent and signed."""
    asa = factories.customer(
        cast.house.north,
        NAME,
        number="3007",
        kind="private",
        email=MAIL,
        phone=PHONE,
        personal_number=NUMBER,
        note=f"Sings, {SAID}",
        tags=SAID,
        language="nb",
        town=f"{SAID}town",
        address="Burgatan 9",
    )
    field = factories.custom_field(cast.owner, "Bird", searchable=True)
    setattr(asa, field.name, SAID)
    asa.save()
    factories.contact(asa, NAME, email=MAIL, phone=PHONE, function=SAID, sms_consent_source="phone")
    factories.facility(asa, f"Villa {NAME}", address="Burgatan 9", access=f"Key under the {SAID}")
    user = factories.portal_user(asa, NAME, login="kanarie")
    User.update(email=MAIL, phone=PHONE).where(User.id == user.id).execute()
    return asa


@pytest.fixture
def user(asa):
    return User.with_login("kanarie")


def person_of(asa: Customer) -> Person:
    return Person([asa, PortalAccount.of(User.get(User.login == "kanarie"))])


def live(cast, asa: Customer, user: User) -> FaultReport:
    """What she leaves behind in every table that may hold a word of hers."""
    report = factories.fault_report(
        user,
        asa,
        asa.facilities.get(),
        heading=f"A {SAID} sits in the duct",
        description=f"It is {SAID}, says {NAME}",
        contact_name=NAME,
        contact_phone=PHONE,
        contact_email=MAIL,
        place=f"{SAID} place",
    )
    report.comment(f"Please come, {SAID}", internal=False, by=user)
    report.comment(f"Called {NAME.upper()} at 070 17 406 77", internal=True, by=cast.dispatcher)
    picture(report, user)
    asa.change({"note": f"Moved, {SAID}", "town": f"{SAID}ville"}, by=cast.owner, seen=asa.version)
    report.reject(f"{NAME} was told", by=cast.dispatcher)
    LoginRecord.note("kanarie", Outcome.IN, user=user, address="192.0.2.9", device=f"{SAID} phone")
    Session.start(user, store=None, device=SAID, address="192.0.2.9")
    SavedFilter.keep(cast.dispatcher, "customers", NAME, {"q": MAIL}, default=False)
    work()
    return report


def picture(record, by) -> File:
    key = File.new_key("jpg")
    vault().put(key, f"JPEG {SAID}".encode())
    facts = {"mime": "image/jpeg", "size": 9, "key": key, "shown_key": key, "thumb_key": key}
    return File.attach(record, by=by, kind=FileKind.PHOTO, state=FileState.READY, name=f"{SAID}.jpg", **facts)


def upload(cast, asa: Customer) -> None:
    raw = f"Kundnr;Namn;E-post\r\n{asa.number};{NAME};{MAIL}\r\n9;Other AB;wrong {MAIL}\r\n".encode()
    with cast.app.test_request_context():
        job = imports.receive(RegisterName.CUSTOMERS, "old.csv", raw, store=cast.house.north, by=cast.owner)
        job.begin(by=cast.owner)
    imports.run.call_local(job.id)


def performed(cast, asa: Customer, **values) -> Order:
    order = factories.order(
        cast.dispatcher, asa, asa.facilities.get(), heading="Boiler", contact_name=NAME, contact_phone=PHONE, **values
    )
    order.start(by=cast.owner)
    answers = {point.id: {"outcome": PointOutcome.NA, "value": None, "remark": ""} for point in order.points}
    order.work(answers, f"Cleaned for {NAME}", by=cast.owner)
    Signature.write(order, Signer.TECHNICIAN, "Elin Fors", "", by=cast.owner)
    key = File.new_key("png")
    vault().put(key, SAID.encode())
    Signature.write(order, Signer.CUSTOMER, NAME, key, by=cast.owner)
    order.perform(by=cast.owner)
    return Order.get_by_id(order.id)


# Looking for words


def everything() -> str:
    """Every column of every row of every table, as the database has it."""
    tables = [table._meta.table_name for table in TABLES]
    rows = [row for name in tables for row in db.execute_sql(f'SELECT * FROM "{name}"').fetchall()]  # noqa: S608  ours
    return "\n".join(str(value) for row in rows for value in row)


def stored() -> str:
    """Every file of the storage; of a PDF its text, of a zip its members."""
    return "\n".join(text_of(vault().get(key)) for key in vault().keys())


def text_of(raw: bytes) -> str:
    if raw.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return raw.decode("utf-8", "replace")


def where(word: str) -> list[str]:
    """The columns that still say it; for whoever reads a failed test."""
    places = []
    for table in TABLES:
        for row in table.select().dicts():
            places += [f"{table.__name__}.{name}" for name, value in row.items() if word in str(value).casefold()]
    return places


def left() -> list[str]:
    """The words of hers that are still found somewhere."""
    here = (everything() + stored()).casefold()
    return [f"{word}: {where(word.casefold())}" for word in WORDS if word.casefold() in here]


@pytest.fixture(autouse=True)
def storage():
    """What this test puts there, and nothing of the tests before."""
    for key in list(vault().keys()):
        vault().delete(key)


def erase(cast, asa: Customer) -> Erasure:
    """Through the front door, with the account ticked as hers."""
    also = f"portal_account:{PortalAccount.select().order_by(PortalAccount.id.desc()).get().id}"
    answer = cast.at("owner").post(f"/personal-data/customer/{asa.id}/erasure", data={"sure": "1", "also": also})
    assert answer.status_code == 302, said(answer.text)
    erasure = Erasure.get()
    erasures.run.call_local(erasure.id)
    return Erasure.get_by_id(erasure.id)


# The whole of it


def test_the_control_her_words_are_everywhere_before(cast, asa, user):
    live(cast, asa, user)
    upload(cast, asa)
    assert {found.partition(": ")[0] for found in left()} == set(WORDS)


def test_afterwards_no_word_of_hers_is_in_any_table_file_or_export(cast, asa, user):
    live(cast, asa, user)
    upload(cast, asa)
    export = persons.ask(person_of(asa), by=cast.owner)
    persons.make.call_local(export.id)
    erasure = erase(cast, asa)
    assert (erasure.status, erasure.words) == (ErasureStatus.DONE, {})
    assert left() == []
    assert PersonExport.get().json_key == "" and DoomedFile.select().count() == 0


def test_what_happened_stays_under_a_number(cast, asa, user):
    report = live(cast, asa, user)
    before = Event.select().count()
    erase(cast, asa)
    pseudonym = "Erased person 1"
    assert (Customer.get_by_id(asa.id).name, User.get_by_id(user.id).name) == (pseudonym, pseudonym)
    assert Contact.get(Contact.customer == asa).name == Facility.get(Facility.customer == asa).name == pseudonym
    assert Event.select().count() == before + 3  # nothing is taken from the log; each of her records tells of it
    told = Event.get((Event.verb == "fault_report.reported") & (Event.record_id == report.id))
    assert (told.actor_name, told.what) == (pseudonym, f"{report.number} Erased")
    assert Message.select().where(Message.user == user).count() > 0
    assert {(one.name, one.address) for one in Message.select().where(Message.user == user)} == {(pseudonym, "")}
    assert list(Customer.select().where(Customer.matches("kanarie"))) == []
    assert list(Customer.select().where(Customer.matches("erased person"))) == [Customer.get_by_id(asa.id)]


def test_the_account_is_closed_its_sessions_end_and_it_cannot_come_back(cast, asa, user):
    browser = cast.at(user)
    erase(cast, asa)
    assert browser.get("/portal/fault-reports/").status_code == 302
    gone = User.get_by_id(user.id)
    assert (gone.is_active, gone.password_hash, gone.email) == (False, "", "")
    assert LoginRecord.select().where(LoginRecord.user == user).count() == 0


def test_others_keep_what_is_theirs(cast, asa, user):
    """A colleague of the same first name, a shared switchboard, the same town."""
    other = factories.contact(cast.lovskar, "Åsa Kanariefågelsson", email="asa2@lovskar.example", phone="08-123 456")
    contact = factories.contact(cast.lovskar, NAME, email=cast.lovskar.email, phone=cast.lovskar.phone)
    before = Customer.get_by_id(cast.lovskar.id).email
    cast.at("owner").post(f"/personal-data/contact/{contact.id}/erasure", data={"sure": "1"})
    erasures.run.call_local(Erasure.get().id)
    assert Contact.get_by_id(contact.id).email == ""
    assert Customer.get_by_id(cast.lovskar.id).email == before
    assert Contact.get_by_id(other.id).name == "Åsa Kanariefågelsson"
    assert Customer.get_by_id(asa.id).name == NAME  # another person of the same name


def test_a_double_that_was_merged_and_the_things_at_home_are_erased_too(cast, asa, user):
    """Nothing of them is undone afterwards: an undoing would bring the old values back."""
    facts = {"number": "3008", "kind": "private", "email": MAIL, "note": f"Also {SAID}"}
    double = factories.customer(cast.house.north, NAME, **facts)
    Merge.perform(asa, double, {"note": f"Both {SAID}"}, by=cast.owner)
    field = factories.custom_field(cast.owner, "Key", owner="facility")
    home = Facility.get(Facility.customer == asa)
    setattr(home, field.name, SAID)
    home.save()
    unit = ServiceObject.create(
        number="77", name="Boiler", customer=asa, facility=home, store=asa.store, place=SAID, note=f"{SAID}!"
    )
    quote = Quote.create(
        number=9,
        heading=SAID,
        introduction=f"For {NAME}, {SAID}",
        answer_note=SAID,
        customer=asa,
        facility=home,
        store=asa.store,
        valid_until=date(2027, 1, 1),
    )
    with db.atomic():
        Event.record("comment.written", by=cast.owner, about=quote, text=SAID)
    assert {noun for noun, _ in Person([double]).places} == {"customer", "contact"}
    told = {section.code for section in sections_of(Person([double]))}
    assert {"facilities", "service_objects"} <= told
    erase(cast, asa)
    assert left() == []
    assert Quote.get_by_id(quote.id).title == "9 Erased"
    assert (Merge.select().count(), ServiceObject.get_by_id(unit.id).name) == (0, "Boiler")
    assert Customer.get_by_id(double.id).name == "Erased person 1"


# What stands against it


@pytest.mark.parametrize(
    ("status", "code"),
    [(OrderStatus.PLANNED, "erasure.open_orders"), (OrderStatus.TO_INVOICE, "erasure.not_invoiced")],
)
def test_what_is_not_finished_or_not_paid_stands_in_the_way(cast, asa, user, status, code):
    order = factories.order(cast.dispatcher, asa, asa.facilities.get())
    Order.update(status=status).where(Order.id == order.id).execute()
    assert codes(lambda: Erasure.begin(person_of(asa), by=cast.owner)) == {code}


def test_all_reasons_are_said_at_once_with_their_way_out(cast, asa, user):
    factories.order(cast.dispatcher, asa, asa.facilities.get())
    factories.fault_report(user, asa, asa.facilities.get())
    page = cast.at("owner").get(f"/personal-data/customer/{asa.id}/erasure").text
    assert "Orders are not finished: 1" in said(page) and "Fault reports still wait for an answer: 1" in said(page)
    assert f"/orders/?customer={asa.id}" in page and "Erase now" not in page
    answer = cast.at("owner").post(f"/personal-data/customer/{asa.id}/erasure", data={"sure": "1"})
    assert (answer.status_code, Erasure.select().count()) == (409, 0)
    assert codes(lambda: Erasure.begin(person_of(asa), by=cast.owner)) == {
        "erasure.open_reports",
        "erasure.open_orders",
    }


def test_without_the_tick_nothing_begins(cast, asa, user):
    answer = cast.at("owner").post(f"/personal-data/customer/{asa.id}/erasure")
    assert (answer.status_code, Erasure.select().count()) == (200, 0)


def test_of_two_at_once_the_second_is_told_of_the_first(cast, asa, user):
    Erasure.begin(person_of(asa), by=cast.owner)
    assert codes(lambda: Erasure.begin(Person([asa]), by=cast.owner)) == {"erasure.running"}
    erasures.run.call_local(Erasure.get().id)
    assert codes(lambda: Erasure.begin(Person([asa]), by=cast.owner)) == {"person.erased"}


def test_a_letter_that_was_still_to_go_is_not_sent_and_says_why(cast, asa, user):
    report = factories.fault_report(user, asa, asa.facilities.get())
    report.reject("No", by=cast.dispatcher)
    work()
    assert Message.select().where((Message.user == user) & (Message.channel == "email")).get().waits
    erase(cast, asa)
    message = Message.get((Message.user == user) & (Message.channel == "email"))
    assert (message.reason.code, str(message.state)) == ("person.erased", "skipped")
    assert codes(lambda: message.resend(by=cast.owner))


# What the law keeps


def test_the_preview_says_what_goes_and_what_stays_until_when_by_which_law(cast, asa, user):
    with time_machine.travel("2026-03-10T10:00Z"):
        performed(cast, asa)
    page = said(cast.at("owner").get(f"/personal-data/customer/{asa.id}/erasure").text)
    assert "Bookkeeping · bokföringslagen (1999:1078) 7 kap. 2 § until 31 Dec 2033" in page
    assert "Name, addresses, phones and notes" in page and Erasure.select().count() == 0


def test_a_done_order_stays_to_its_day_and_then_goes_by_itself(cast, asa, user):
    with time_machine.travel("2026-03-10T10:00Z"):
        order = performed(cast, asa)
    erase(cast, asa)
    kept = Kept.get()
    assert (kept.until, kept.law, kept.whole) == (date(2033, 12, 31), "se.books", True)
    order = Order.get_by_id(order.id)
    assert (order.contact_name, order.contact_phone, order.heading) == ("", "", "Boiler")
    assert NAME in {one.name for one in order.signatures} and NAME in order.performed_action
    with time_machine.travel("2033-12-31T22:00Z"):
        retention.run_all()
        assert Kept.select().count() == 1
    with time_machine.travel("2034-01-01T03:00Z"):
        assert retention.run_all()["kept_by_law"] == 1
        assert retention.run_all()["kept_by_law"] == 0
    assert left() == []
    assert Order.get_by_id(order.id).heading == "Erased"


def test_of_a_companys_contact_only_the_signature_and_the_paper_wait_for_their_day(cast):
    contact = factories.contact(cast.lovskar, NAME, email=MAIL, phone=PHONE)
    with time_machine.travel("2026-03-10T10:00Z"):
        order = performed(cast, cast.lovskar)
    cast.at("owner").post(f"/personal-data/contact/{contact.id}/erasure", data={"sure": "1"})
    erasures.run.call_local(Erasure.get().id)
    assert Kept.get().whole is False
    assert NAME in {one.name for one in order.signatures}
    with time_machine.travel("2034-01-01T03:00Z"):
        retention.run_all()
    assert {one.name for one in order.signatures} == {"", "Elin Fors"}
    assert Order.get_by_id(order.id).heading == "Boiler"


@pytest.mark.parametrize(
    ("country", "day", "until", "law"),
    [
        (Country.SE, date(2026, 3, 10), date(2033, 12, 31), "se.books"),
        (Country.NO, date(2026, 3, 10), date(2031, 12, 31), "no.books"),
        (Country.UA, date(2026, 3, 10), date(2030, 2, 28), "ua.books"),
        (Country.SE, date(2008, 2, 29), date(2015, 12, 31), "se.books"),
        (Country.UA, date(2005, 2, 28), date(2008, 2, 28), "ua.claims"),
    ],
)
def test_each_country_has_its_own_dated_law(country, day, until, law):
    found = longest(country, day)
    assert (found.code, found.until(day)) == (law, until)
    assert BY_CODE[law].paragraph


def test_a_leap_day_has_its_anniversary_on_the_last_of_february():
    assert BY_CODE["se.claims"].until(date(2024, 2, 29)) == date(2027, 2, 28)


def test_what_no_law_keeps_goes_at_once(cast, asa, user):
    """A voided order, and one that is older than every law."""
    with time_machine.travel("2015-03-10T10:00Z"):
        old = performed(cast, asa)
    void = factories.order(cast.dispatcher, asa, asa.facilities.get(), heading=f"For {SAID}", contact_name=NAME)
    void.void(by=cast.owner)
    named = factories.order(cast.dispatcher, cast.lovskar, cast.shop, heading="Pump", contact_name=NAME)
    named.void(by=cast.owner)
    contact = factories.contact(cast.lovskar, NAME, email=MAIL)
    data = {"sure": "1", "also": [f"portal_account:{PortalAccount.of(user).id}", f"contact:{contact.id}"]}
    cast.at("owner").post(f"/personal-data/customer/{asa.id}/erasure", data=data)
    erasures.run.call_local(Erasure.get().id)
    assert (left(), Kept.select().count(), Erasure.get().counts["orders"]) == ([], 0, 3)
    assert [Order.get_by_id(one.id).heading for one in (old, void, named)] == ["Erased", "Erased", "Pump"]


def test_a_tag_that_others_carry_is_still_proposed(cast, asa, user):
    Tag.note([SAID])
    Customer.update(tags=SAID).where(Customer.id == cast.hotel.id).execute()
    erase(cast, asa)
    assert [tag.word for tag in Tag.select()] == [SAID]


def test_the_cases_are_listed_for_those_with_the_right_alone(cast, asa, user):
    erasure = erase(cast, asa)
    page = cast.at("owner").get("/personal-data/").text
    assert f"/personal-data/erasures/{erasure.id}" in page and "Case 1" in page
    assert cast.at("dispatcher").get(f"/personal-data/erasures/{erasure.id}").status_code == 404
    assert codes(lambda: erasure.resume(by=cast.owner)) == {"person.erased"}


# The letter


def test_the_letter_says_all_of_it_in_the_persons_language_and_names_nobody(cast, asa, user):
    with time_machine.travel("2026-03-10T10:00Z"):
        performed(cast, asa)
    erasure = erase(cast, asa)
    answer = cast.at("owner").get(f"/personal-data/erasures/{erasure.id}/letter.pdf")
    reader = PdfReader(io.BytesIO(answer.data))
    words = " ".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/Lang"] == "nb" and "/StructTreeRoot" in reader.trailer["/Root"]
    assert "bokföringslagen" in words and "31. des. 2033" in words and NAME not in words
    page = said(cast.at("owner").get(f"/personal-data/erasures/{erasure.id}").text)
    assert "Open the letter" in page and "Login to the portal" in page


def test_before_it_is_written_the_letter_says_so(cast, asa, user):
    erasure = Erasure.begin(person_of(asa), by=cast.owner)
    answer = cast.at("owner").get(f"/personal-data/erasures/{erasure.id}/letter.pdf")
    assert answer.status_code == 409 and "This person is being erased" in said(answer.text)


# Half-way


@pytest.mark.parametrize("done", range(len(Erasing.STEPS)))
def test_killed_after_any_step_it_ends_as_if_nothing_had_been(cast, asa, user, done):
    live(cast, asa, user)
    upload(cast, asa)
    erasure = Erasure.begin(person_of(asa), by=cast.owner)
    token = erasure.claim(at_once=False)
    for _ in range(done):
        Erasing(Erasure.get(), "Erased person 1", "Erased").step(token)
    with time_machine.travel(now() + timedelta(minutes=1)):
        recurring.sweep.call_local()
    assert (Erasure.get().status, left(), Erasure.get().letter_key != "") == (ErasureStatus.DONE, [], True)


def test_one_that_breaks_off_says_why_and_goes_on_when_told(cast, asa, user, monkeypatch):
    live(cast, asa, user)
    monkeypatch.setattr(Erasing, "messages", lambda self: 1 / 0)
    erasure = erase(cast, asa)
    assert erasure.status is ErasureStatus.STOPPED
    page = said(cast.at("owner").get(f"/personal-data/erasures/{erasure.id}").text)
    assert "The work broke off: ZeroDivisionError" in page and "Go on with the erasure" in page
    monkeypatch.undo()
    assert cast.at("owner").post(f"/personal-data/erasures/{erasure.id}/resumption").status_code == 302
    erasures.run.call_local(erasure.id)
    assert (Erasure.get().status, left()) == (ErasureStatus.DONE, [])


def test_bytes_that_a_killed_worker_left_go_with_the_next_minute(cast, asa, user):
    key = File.new_key("jpg")
    vault().put(key, b"left over")
    DoomedFile.doom([key, key, ""])
    doomed.delete_waiting()
    assert key not in set(vault().keys()) and DoomedFile.select().count() == 0


def test_a_photo_that_the_kept_order_shares_stays_with_it(cast, asa, user):
    report = factories.fault_report(user, asa, asa.facilities.get(), contact_name=NAME)
    file = picture(report, user)
    order = report.accept(by=cast.dispatcher)
    Order.update(status=OrderStatus.PERFORMED, performed_at=now()).where(Order.id == order.id).execute()
    erase(cast, asa)
    assert File.get_by_id(file.id).deleted_at and file.key in set(vault().keys())
    assert [one.key for one in File.of(order)] == [file.key]
