"""Undoing an import: what it made goes, what it changed is as before, and what somebody has built on stays with its
reason."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from flask_babel import force_locale

from models import import_undo as undoing
from models.base import db, now
from models.contact import Contact
from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, ReportStatus
from models.history import History
from models.import_job import ImportJob, ImportStatus
from models.import_undo import ImportObstacle, ImportUndo, UndoStatus
from models.refusals import Refused
from models.register import RegisterName
from models.user import UserRight
from models.worked import SILENCE, Lost
from tasks import import_undo
from tests import factories
from tests.registers import bring, counts, register, table

HEAD = "Kundnr;Namn;Ort;Telefon"
TWO = (HEAD, "501;Åre Måleri;Åre;08-540 694 00", "502;Bua Bygg;Bua;")


def number(number: str) -> Customer | None:
    return Customer.get_or_none(Customer.number == number)


def looked_at(job: ImportJob, by=None) -> ImportUndo:
    undo = ImportUndo.weigh(job, by=by or job.by)
    import_undo.run.call_local(undo.id)
    undo.reload()
    return undo


def undone(job: ImportJob, by=None) -> ImportUndo:
    job.reload()
    undo = looked_at(job, by)
    weighed = tally(undo), said(undo)
    undo.start(by=by or job.by)
    import_undo.run.call_local(undo.id)
    undo.reload()
    job.reload()
    assert (tally(undo), said(undo)) == weighed, "what was foreseen is what was done"
    return undo


def tally(undo: ImportUndo) -> tuple[int, int, int]:
    return undo.removed, undo.restored, undo.kept


def said(undo: ImportUndo) -> list[tuple[str, str]]:
    with force_locale("en"):
        label_of = undo.job.register.register.noun.label_of
        return [(obstacle.what, obstacle.say(label_of)) for obstacle in undo.obstacles]


def rows(noun) -> list[dict]:
    return list(noun.select().order_by(noun.id).dicts())


@pytest.mark.requirement("S2.8")
def test_what_was_created_is_gone_and_the_log_says_who_undid_it(cast):
    before = rows(Customer)
    job = bring(cast, table(*TWO))
    made = number("501")
    undo = undone(job)
    assert (tally(undo), job.status) == ((2, 0, 0), ImportStatus.UNDONE)
    assert rows(Customer) == before
    told = list(Event.select().where(Event.record_id == -made.id).order_by(Event.id))
    assert [(event.verb, event.actor, event.what) for event in told] == [
        ("customer.imported", cast.owner, "501 Åre Måleri"),
        ("import.removed", cast.owner, "501 Åre Måleri"),
    ]
    assert Event.get(Event.verb == "import.undone").data == {"removed": 2, "restored": 0, "kept": 0}
    assert list(Customer.visible_to(cast.owner).where(Customer.matches("maleri"))) == []


def test_a_look_changes_nothing(cast):
    job = bring(cast, table(*TWO))
    before = rows(Customer), Event.select().count()
    assert tally(looked_at(job)) == (2, 0, 0)
    assert (rows(Customer), Event.select().count()) == before
    job.reload()
    assert job.status is ImportStatus.DONE


def test_what_was_changed_has_its_old_values_again(cast):
    bring(cast, table(*TWO))
    before = {name: value for name, value in rows(Customer)[-2].items() if name != "version"}
    job = bring(cast, table(HEAD, "501;Åre Färg;Vaxholm;08-540 694 01", TWO[2]))
    assert counts(job) == (0, 1, 1, 0)
    undo = undone(job)
    assert (tally(undo), job.status) == ((0, 1, 0), ImportStatus.UNDONE)
    after = rows(Customer)[-2]
    assert {name: after[name] for name in before} == before
    event = Event.get(Event.verb == "import.restored")
    assert (event.changes["town"], event.version) == ({"old": "Vaxholm", "new": "Åre"}, 3)


def test_only_the_fields_that_nobody_changed_since_go_back(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;08-540 694 01"))
    customer = number("501")
    customer.change({"town": "Solna"}, by=cast.dispatcher, seen=customer.version)
    undo = undone(job)
    customer = number("501")
    assert (customer.town, customer.phone) == ("Solna", "08-540 694 00")
    assert (tally(undo), job.status) == ((0, 1, 0), ImportStatus.PARTLY)
    assert said(undo) == [("501 Åre Måleri", "Town was changed since by Sanna Lindmo.")]


def test_a_changed_record_of_which_every_field_was_changed_since_stays(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;"))
    customer = number("501")
    customer.change({"town": "Solna"}, by=cast.dispatcher, seen=customer.version)
    assert tally(undone(job)) == (0, 0, 1)
    assert number("501").town == "Solna"


def depends(cast, customer: Customer) -> dict[str, object]:
    return {
        "Contacts belong to it: 1.": lambda: factories.contact(customer),
        "Facilities belong to it: 1.": lambda: factories.facility(customer),
        "Fault reports are about it: 1.": lambda: factories.fault_report(cast.owner, customer),
        "Olga Owner has worked with it since.": lambda: customer.comment("Called", by=cast.owner),
        "Name was changed since by Olga Owner.": lambda: customer.change(
            {"name": "Else"}, by=cast.owner, seen=customer.version
        ),
    }


@pytest.mark.parametrize("reason", range(5))
def test_what_something_depends_on_stays_and_the_rest_goes(cast, reason):
    job = bring(cast, table(*TWO))
    sentence, act = list(depends(cast, number("501")).items())[reason]
    act()
    undo = undone(job)
    assert (tally(undo), job.status) == ((1, 0, 1), ImportStatus.PARTLY)
    assert said(undo) == [("501 Åre Måleri", sentence)]
    assert number("501") and not number("502")


def test_all_that_hangs_on_one_is_said_at_once(cast):
    job = bring(cast, table(*TWO))
    facility = factories.facility(number("501"))
    factories.order(cast.owner, number("501"), facility)
    number("501").assign([cast.technician], by=cast.owner)
    assert {sentence for _, sentence in said(looked_at(job))} == {
        "Olga Owner has worked with it since.",
        "Facilities belong to it: 1.",
        "Orders are about it: 1.",
        "People are responsible for it: 1.",
    }


def test_what_stayed_goes_when_nothing_depends_on_it_any_more(cast):
    job = bring(cast, table(*TWO))
    contact = factories.contact(number("501"))
    assert tally(undone(job)) == (1, 0, 1)
    contact.remove(by=cast.owner)
    assert tally(undone(job)) == (1, 0, 0)
    assert (job.status, number("501")) == (ImportStatus.UNDONE, None)


def test_a_later_import_is_undone_first_and_then_the_earlier(cast):
    first = bring(cast, table(*TWO))
    second = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;"))
    assert said(looked_at(first)) == [("501 Åre Måleri", "Town was changed since by Olga Owner.")]
    undone(second)
    assert tally(undone(first)) == (2, 0, 0)


def test_a_field_that_somebody_set_back_already_needs_nothing(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;"))
    customer = number("501")
    customer.change({"town": "Åre"}, by=cast.dispatcher, seen=customer.version)
    assert (tally(undone(job)), job.status) == ((0, 0, 0), ImportStatus.UNDONE)


def test_what_was_empty_is_empty_again(cast):
    contact = factories.contact(cast.lovskar, "Anna")
    job = bring(cast, table("Kundnr;Kontaktperson;Språk", "1042;Anna;norska"), RegisterName.CONTACTS)
    assert Contact.get_by_id(contact.id).language == "nb"
    assert tally(undone(job)) == (0, 1, 0)
    assert Contact.get_by_id(contact.id).language is None


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("text", "Round", "Square"), ("number", "5", "12,5"), ("date", "2026-01-02", "3.4.2026"), ("yes_no", "nej", "ja")],
)
def test_fields_of_the_organisations_own_have_their_old_values_again(cast, kind, before, after):
    shape = factories.custom_field(cast.owner, "Shape", kind, **({"decimals": 2} if kind == "number" else {}))
    head = "Kundnr;Namn;Shape"
    first = bring(cast, table(head, f"501;Åre Måleri;{before}", "502;Bua Bygg;"))
    value = getattr(number("501"), shape.name)
    second = bring(cast, table(head, f"501;Åre Måleri;{after}", f"502;Bua Bygg;{after}"))
    assert (counts(second), getattr(number("501"), shape.name) != value) == ((0, 2, 0, 0), True)
    assert said(looked_at(first))[0] == ("501 Åre Måleri", "Shape was changed since by Olga Owner.")
    assert tally(undone(second)) == (0, 2, 0)
    assert [getattr(number(one), shape.name) for one in ("501", "502")] == [
        value,
        type(number("502")).field_named(shape.name).python_value(None),
    ]
    assert tally(undone(first)) == (2, 0, 0)


def test_what_is_kept_beside_a_record_counts_as_changed(cast):
    job = bring(cast, table(*TWO))
    customer = number("501")
    with db.atomic():
        Event.record("customer.changed", by=cast.owner, about=customer, changes={"shoe_size": [None, "42"]})
    assert said(looked_at(job)) == [("501 Åre Måleri", "shoe_size was changed since by Olga Owner.")]
    again = bring(cast, table(HEAD, "502;Bua Bygg;Vaxholm;"))
    event = Event.get((Event.verb == "customer.changed") & (Event.what == "502 Bua Bygg"))
    Event.update(changes=event.changes | {"shoe_size": {"old": "41", "new": "42"}}).where(
        Event.id == event.id
    ).execute()
    undo = undone(again)
    assert (tally(undo), number("502").town) == ((0, 1, 0), "Bua")
    assert said(undo) == [("502 Bua Bygg", "shoe_size stays as the import left it.")]


def test_records_that_are_gone_already_are_passed_over(cast):
    job = bring(cast, table(*TWO))
    number("501").remove(by=cast.owner)
    assert tally(undone(job)) == (1, 0, 0)


def test_contacts_go_and_their_customer_is_no_longer_found_by_them(cast):
    raw = table("Kundnr;Kontaktperson;Skicka protokoll", "1042;Berit Bokström;ja")
    job = bring(cast, raw, RegisterName.CONTACTS)
    found = Customer.visible_to(cast.owner).where(Customer.matches("bokstrom"))
    assert [customer.number for customer in found] == ["1042"]
    assert tally(undone(job)) == (1, 0, 0)
    assert (list(found.clone()), Contact.get_or_none(Contact.name == "Berit Bokström")) == ([], None)


def test_facilities_and_fault_reports_are_undone_too(cast):
    facilities = bring(cast, table("Kundnr;Anläggning", "1042;Roof"), RegisterName.FACILITIES)
    reports = bring(cast, table("Referens;Rubrik;Status", "77;Leak;"), RegisterName.FAULT_REPORTS)
    closed = bring(cast, table("Referens;Rubrik;Status;Datum", "77;Leak;klar;2026-01-02"), RegisterName.FAULT_REPORTS)
    reported = FaultReport.get(FaultReport.reference == "77").reported_at
    assert tally(undone(closed)) == (0, 1, 0)
    report = FaultReport.get(FaultReport.reference == "77")
    assert (report.status, report.reported_at > reported) == (ReportStatus.WAITING, True)
    assert tally(undone(reports)) == tally(undone(facilities)) == (1, 0, 0)
    assert not Facility.select().where(Facility.name == "Roof").exists()


# Who may


def test_who_may_not_delete_customers_is_told_so(cast):
    job = bring(cast, table(*TWO), by=cast.dispatcher)
    answer = cast.at("dispatcher").post(f"/imports/{job.id}/undo")
    assert (answer.status_code, "You lack the right: Delete customers" in answer.text) == (403, True)
    page = cast.at("dispatcher").get(f"/imports/{job.id}").text
    assert "You lack the right: Delete customers" in page and "Olga Owner (Owner)" in page
    assert ImportUndo.select().count() == 0


def test_what_only_changed_needs_no_right_to_delete(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;"), by=cast.dispatcher)
    assert tally(undone(job)) == (0, 1, 0)


def test_a_right_that_was_taken_away_meanwhile_stops_the_start(cast):
    job = bring(cast, table(*TWO), by=cast.administrator)
    undo = looked_at(job)
    UserRight.create(user=cast.administrator, right="customer.delete", granted=False)
    answer = cast.at("administrator").post(f"/imports/{job.id}/undo/start")
    assert answer.status_code == 403
    undo.reload()
    assert undo.status is UndoStatus.WEIGHED and number("501")


def test_records_in_a_store_that_is_not_ones_own_any_more_stay(cast):
    job = bring(cast, table(*TWO), by=cast.dispatcher)
    UserRight.create(user=cast.dispatcher, right="customer.delete", granted=True)
    Customer.update(store=cast.house.south).where(Customer.number == "501").execute()
    undo = undone(job)
    assert said(undo) == [("501 Åre Måleri", "It belongs to a store you do not work in.")]
    assert number("501") and not number("502")


def test_who_may_change_only_what_is_assigned_to_them_takes_back_only_that(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;", "502;Bua Bygg;Vaxholm;"), by=cast.dispatcher)
    UserRight.create(user=cast.dispatcher, right="customer.edit", granted=False)
    UserRight.create(user=cast.dispatcher, right="customer.edit_assigned", granted=True)
    number("501").assign([cast.dispatcher], by=cast.owner)
    undo = undone(job)
    assert said(undo) == [("502 Bua Bygg", "You may not change this one.")]
    assert (number("501").town, number("502").town) == ("Åre", "Vaxholm")


# Too early, too late, twice


def codes(act) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [refusal.code for refusal in refused.value.refusals]


def test_only_what_was_written_is_undone_and_only_once(cast):
    nothing = bring(cast, table("Kundnr;Namn", "1042;Lövskär Livs AB"))
    assert codes(lambda: ImportUndo.weigh(nothing, by=cast.owner)) == ["import.unwritten"]
    job = bring(cast, table(*TWO))
    undo = looked_at(job)
    assert ImportUndo.weigh(job, by=cast.owner).id != undo.id, "it can be looked at again"
    undo = looked_at(job)
    undo.start(by=cast.owner)
    assert codes(lambda: undo.start(by=cast.owner)) == ["import.undoing"]
    import_undo.run.call_local(undo.id)
    job.reload()
    assert codes(lambda: ImportUndo.weigh(job, by=cast.owner)) == ["import.undone"]
    assert codes(lambda: job.start(by=cast.owner)) == ["import.undone"]
    undo.reload()
    assert codes(lambda: undo.start(by=cast.owner)) == ["import.undone"]


def test_a_start_before_the_look_is_through_and_after_all_is_done_is_refused(cast):
    job = bring(cast, table(*TWO))
    factories.contact(number("501"))
    undo = ImportUndo.weigh(job, by=cast.owner)
    assert codes(lambda: undo.start(by=cast.owner)) == ["import.undoing"]
    page = cast.at("owner").post(f"/imports/{job.id}/undo/start")
    assert (page.status_code, "Undoing the import is under way already" in page.text) == (409, True)
    import_undo.run.call_local(undo.id)
    undo.reload()
    undo.start(by=cast.owner)
    import_undo.run.call_local(undo.id)
    undo.reload()
    assert codes(lambda: undo.start(by=cast.owner)) == ["import.undone"]


def test_a_look_that_stopped_is_taken_again_before_anything_is_undone(cast, monkeypatch):
    def broken(self, *args):
        raise RuntimeError

    job = bring(cast, table(*TWO))
    with monkeypatch.context() as patched:
        patched.setattr(ImportUndo, "_count", broken)
        undo = looked_at(job)
    job.reload()
    assert (undo.status, job.status) == (UndoStatus.STOPPED, ImportStatus.DONE)
    assert codes(lambda: undo.start(by=cast.owner)) == ["import.broken"]
    page = cast.at("owner").get(f"/imports/{job.id}/undo").text
    assert "Undoing stopped" in page and "Look again" in page and "Go on undoing" not in page
    assert tally(undone(job)) == (2, 0, 0)


def test_asking_twice_at_once_is_one_look(cast):
    job = bring(cast, table(*TWO))
    assert ImportUndo.weigh(job, by=cast.owner).id == ImportUndo.weigh(job, by=cast.owner).id


def test_a_file_that_is_only_checked_has_nothing_to_undo(cast):
    job = bring(cast, table(*TWO))
    ImportJob.update(status=ImportStatus.READY, dry=True).execute()
    job.reload()
    assert "import.unwritten" in codes(lambda: ImportUndo.weigh(job, by=cast.owner))


# Killed and broken

WORKER = """
from app import create_app
from models import import_undo as undoing
from tasks import import_undo
app = create_app()
undoing.SLICE = 50
with app.app_context():
    import_undo.run.call_local({undo})
"""


def test_killed_again_and_again_it_ends_as_if_nothing_had_been(cast):
    before = Customer.select().count()
    job = bring(cast, register(2_500))
    factories.contact(Customer.get(Customer.number == "100007"))
    undo = looked_at(job)
    undo.start(by=cast.owner)
    seen = 0
    for _ in range(3):
        worker = subprocess.Popen([sys.executable, "-c", WORKER.format(undo=undo.id)], env=os.environ)
        until = time.monotonic() + 60
        while time.monotonic() < until and worker.poll() is None:
            undo.reload()
            if undo.looked > seen:
                break
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        seen = undo.looked
        ImportUndo.update(touched_at=now() - 2 * SILENCE).execute()
    undo.reload()
    assert undo.status is UndoStatus.UNDOING and 0 < seen < 2_500
    import_undo.resume_waiting()
    undo.reload()
    job.reload()
    assert (tally(undo), undo.looked, job.status) == ((2_499, 0, 1), 2_500, ImportStatus.PARTLY)
    assert Customer.select().count() == before + 1
    assert Event.select().where(Event.verb == "import.removed").count() == 2_499
    assert ImportObstacle.select().where(ImportObstacle.undo == undo).count() == 1


def test_a_slice_is_written_whole_or_not_at_all_and_a_stopped_undo_goes_on(cast, monkeypatch):
    monkeypatch.setattr(undoing, "SLICE", 2)
    job = bring(cast, register(6))
    undo = looked_at(job)
    undo.start(by=cast.owner)
    count = ImportUndo._count

    def broken_after_the_first(self, *args):
        if self.looked:
            raise RuntimeError("between the records and their count")
        count(self, *args)

    monkeypatch.setattr(ImportUndo, "_count", broken_after_the_first)
    import_undo.run.call_local(undo.id)
    undo.reload()
    job.reload()
    assert (undo.status, undo.removed, job.status) == (UndoStatus.STOPPED, 2, ImportStatus.PARTLY)
    assert Customer.select().where(Customer.name.contains("Aktiebolag")).count() == 4
    page = cast.at("owner").get(f"/imports/{job.id}/undo").text
    assert "The import stopped in the middle" in page and "Go on undoing" in page
    monkeypatch.setattr(ImportUndo, "_count", count)
    cast.at("owner").post(f"/imports/{job.id}/undo/start")
    import_undo.run.call_local(undo.id)
    undo.reload()
    job.reload()
    assert (tally(undo), undo.looked, job.status) == ((6, 0, 0), 6, ImportStatus.UNDONE)


def test_who_has_lost_it_does_nothing_more(cast):
    job = bring(cast, table(*TWO))
    undo = looked_at(job)
    undo.start(by=cast.owner)
    token = undo.claim(at_once=False)
    assert ImportUndo.get_by_id(undo.id).claim(at_once=True)
    with pytest.raises(Lost):
        undo.take(token)
    import_undo.go_on(ImportUndo.get_by_id(undo.id))
    assert number("501"), "who is at it is not disturbed"
    import_undo.run.call_local(0)  # one that is gone


def test_an_import_that_stopped_half_way_can_be_undone_and_then_not_gone_on_with(cast):
    job = bring(cast, table(*TWO))
    ImportJob.update(status=ImportStatus.FAILED).execute()
    assert tally(undone(job)) == (2, 0, 0)
    assert codes(lambda: job.start(by=cast.owner)) == ["import.undone"]


def test_events_of_others_that_lie_between_are_left_alone(cast):
    job = bring(cast, table(*TWO))
    customer = factories.customer(cast.house.north, "Meanwhile AB", number="900")
    with db.atomic():
        Event.record("customer.imported", by=cast.owner, about=customer)
    undoing.ImportPart.update(last=undoing.ImportPart.last + 1_000).execute()
    assert tally(undone(job)) == (2, 0, 0)
    assert number("900")


def test_more_obstacles_are_counted_than_kept(cast, monkeypatch):
    monkeypatch.setattr(undoing, "KEPT_OBSTACLES", 1)
    job = bring(cast, table(*TWO))
    for name in ("501", "502"):
        factories.contact(number(name))
    undo = looked_at(job)
    assert (undo.obstacle_count, len(undo.obstacles), undo.kept) == (2, 1, 2)


# In the browser


def test_the_timeline_says_which_file_a_record_came_with_and_leads_those_there_who_may_see_it(cast):
    bring(cast, table(*TWO))
    job = bring(cast, table(HEAD, "501;Åre Måleri;Vaxholm;"))
    undone(job)
    page = cast.at("owner").get(f"/customers/{number('501').id}").text
    assert page.count("register.csv") == 3, "it came, was changed, and has its old values again"
    assert f'<a href="/imports/{job.id}">register.csv</a>' in page
    page = cast.at("finance").get(f"/customers/{number('501').id}").text
    assert "register.csv" in page and "/imports/" not in page
    assert "register.csv" in cast.at("dispatcher").get(f"/customers/{number('501').id}").text
    assert f"/imports/{job.id}" not in cast.at("dispatcher").get(f"/customers/{number('501').id}").text


def test_the_portal_does_not_hear_of_files(cast):
    bring(cast, table("Referens;Rubrik;Kundnr", "77;Leak;1042"), RegisterName.FAULT_REPORTS)
    report = FaultReport.get(FaultReport.reference == "77")
    told = {
        reader: History.of_records([report], reader).page().moments[0].source for reader in (cast.owner, cast.marit)
    }
    assert told[cast.owner].name == "register.csv" and told[cast.marit] is None


def test_the_history_lists_who_imported_what_and_what_became_of_it(cast):
    assert "No imports yet" in cast.at("owner").get("/imports/history/").text
    undone(bring(cast, table(*TWO)))
    bring(cast, table("Kundnr;Anläggning", "1042;Roof"), RegisterName.FACILITIES, by=cast.dispatcher)
    words = ("Customers", "Facilities", "<td>Olga Owner", "<td>Sanna Lindmo", "Undone")
    first, second = ["Customers", "<td>Olga Owner", "Undone"], ["Facilities", "<td>Sanna Lindmo"]
    wanted = {"?status=undone": first, "?register=facilities": second, "?q=sanna": second}
    for address, expected in wanted.items():
        page = re.sub(r"<td[^>]*>\s*", "<td>", cast.at("owner").get(f"/imports/history/{address}").text)
        rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert [word for word in words if word in rows] == expected, address
    mine = re.sub(r"<td[^>]*>\s*", "<td>", cast.at("dispatcher").get("/imports/history/?all=1").text)
    assert "<td>Sanna Lindmo" in mine and "<td>Olga Owner" not in mine
    sheet = cast.at("owner").get("/imports/history/export/csv").get_data().decode("utf-8-sig")
    assert sheet.count("register.csv") == 2 and '"Undone"' in sheet
    assert cast.at("technician").get("/imports/history/").status_code == 403


def test_from_the_import_to_its_undoing_in_the_browser(cast):
    job = bring(cast, table(*TWO))
    factories.contact(number("501"))
    browser = cast.at("owner")
    assert "See what would happen" in browser.get(f"/imports/{job.id}").text
    assert "First Kundbok looks at every record" in browser.get(f"/imports/{job.id}/undo").text
    assert browser.post(f"/imports/{job.id}/undo/start").status_code == 404
    before = len(import_undo.huey.pending())
    answer = browser.post(f"/imports/{job.id}/undo")
    assert (answer.status_code, answer.location) == (302, f"/imports/{job.id}/undo")
    assert len(import_undo.huey.pending()) == before + 1
    part = browser.get(answer.location, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="state"') and "0 of 2 records" in part
    import_undo.run.call_local(ImportUndo.latest(job).id)
    page = browser.get(answer.location).text
    assert "Would be removed</dt><dd>1</dd>" in page and "Undo 1 record" in page
    assert "501 Åre Måleri" in page and "Contacts belong to it: 1." in page
    assert browser.post(f"/imports/{job.id}/undo/start").status_code == 302
    ImportUndo.update(touched_at=now() - 2 * SILENCE).execute()
    import_undo.resume_waiting()
    page = browser.get(answer.location).text
    assert "Removed</dt><dd>1</dd>" in page and "Undone in part" in page and "Look again" in page
    late = browser.post(f"/imports/{job.id}/start")
    assert (late.status_code, "The import has been undone" in late.text) == (409, True)
