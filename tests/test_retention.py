"""How long things are kept: each rule at its hour, missed days made up for, twice nothing, and seen beforehand."""

from datetime import timedelta

import pytest
import time_machine

from models.base import db, now
from models.event import Event
from models.file import File
from models.import_job import ImportJob, ImportProblem
from models.login import LoginRecord, Outcome
from models.message import PLANNED, Message
from models.organisation import Organisation
from models.person import Person
from models.person_export import PersonExport
from models.refusals import Refused
from models.retention import BY_CODE, RULES, RetentionState, choose_periods, period, ran_today, standing
from models.session import Session
from tasks import imports, recurring, retention, vault
from tests import factories
from tests.cast import work
from tests.pages import form, said
from tests.world import import_job

DAY = timedelta(days=1)
PERIODS = {rule.code: rule.days for rule in RULES if not rule.is_fixed}


def made(cast, code: str) -> None:
    """One of what the rule looks after, made now."""
    if code == "logins":
        LoginRecord.note("someone", Outcome.WRONG, user=None, address="", device="")
    elif code == "sessions":
        Session.start(cast.dispatcher, store=None, device="", address="")
    elif code == "reads":
        with db.atomic():
            Event.record("customer.personal_number_seen", by=cast.owner, about=cast.lovskar)
    elif code == "messages":
        factories.fault_report(cast.dispatcher, cast.lovskar).reject("No", by=cast.dispatcher)
        work()
        Message.update(state="sent", subject="About you").execute()
    elif code == "import_files":
        import_job(cast.house.north, cast.owner)
    else:
        PersonExport.ask(Person([], cast.owner), by=cast.owner)


def due(code: str) -> int:
    return next(one.due for one in standing() if one.rule.code == code)


@pytest.mark.parametrize("code", PERIODS)
def test_a_rule_lets_go_on_its_day_and_not_a_day_before(cast, code):
    made(cast, code)
    last = now() + PERIODS[code] * DAY
    with time_machine.travel(last - DAY):
        assert retention.run_all()[code] == 0
        assert due(code) == 0
    with time_machine.travel(last + DAY):
        waiting = due(code)
        assert waiting > 0
        assert retention.run_all()[code] == waiting
        assert retention.run_all()[code] == 0
        state = RetentionState.get(RetentionState.code == code)
        assert (state.removed, state.total) == (0, waiting)


def test_it_runs_once_a_day_and_makes_up_for_days_that_were_missed(cast):
    made(cast, "logins")
    with time_machine.travel(now() + 400 * DAY):
        assert not ran_today()
        recurring.let_go.call_local()
        assert (LoginRecord.select().count(), ran_today()) == (0, True)
        LoginRecord.note("someone", Outcome.WRONG, user=None, address="", device="")
        LoginRecord.update(at=now() - 500 * DAY).execute()
        recurring.let_go.call_local()
        assert LoginRecord.select().count() == 1  # today's round is made
    with time_machine.travel(now() + 401 * DAY):
        recurring.let_go.call_local()
        assert LoginRecord.select().count() == 0


def test_before_the_first_run_of_an_installation_nothing_happens(database):
    recurring.let_go.call_local()
    assert RetentionState.select().count() == 0


def test_one_rule_that_fails_does_not_keep_the_others_and_is_tried_again(cast, monkeypatch):
    made(cast, "logins")
    made(cast, "import_files")
    monkeypatch.setattr(ImportProblem, "update", lambda **values: 1 / 0)
    with time_machine.travel(now() + 400 * DAY):
        removed = retention.run_all()
        assert "import_files" not in removed and removed["logins"] == 1 and not ran_today()
        monkeypatch.undo()
        recurring.let_go.call_local()
        assert ran_today() and ImportJob.get().key == ""


def test_the_bytes_and_the_samples_of_an_import_go_and_its_pages_say_so(cast):
    job = import_job(cast.house.north, cast.owner)
    key = job.key
    ImportJob.update(samples=[["Signe"]], sheets=["A", "B"], sheet="A").execute()
    ImportProblem.create(job=job, line=2, code="required", heading="Name", value="Signe")
    with time_machine.travel(now() + 31 * DAY):
        retention.run_all()
        job.reload()
        assert (job.key, job.samples, key in set(vault().keys())) == ("", [], False)
        assert ImportProblem.get().value == ""
        browser = cast.at("owner")
        assert browser.get(f"/imports/{job.id}").status_code == 200
        answer = browser.get(f"/imports/{job.id}/rejected.csv")
        assert answer.status_code == 409 and "The file customers.csv is no longer kept" in said(answer.text)
        with pytest.raises(Refused) as refused:
            imports.raw_of(job)
        assert [one.code for one in refused.value.refusals] == ["import.file_gone"]


def test_an_import_that_runs_and_a_letter_that_waits_are_left_alone(cast):
    job = import_job(cast.house.north, cast.owner)
    ImportJob.update(status="running", touched_at=now()).execute()
    made(cast, "messages")
    Message.update(state=PLANNED).execute()
    with time_machine.travel(now() + 1_000 * DAY):
        removed = retention.run_all()
    assert (removed["import_files"], removed["messages"]) == (0, 0)
    assert ImportJob.get_by_id(job.id).key


def test_of_a_message_stays_that_it_was_sent_to_whom_and_when(cast):
    made(cast, "messages")
    before = {(one.name, one.state, one.created_at) for one in Message.select()}
    with time_machine.travel(now() + 731 * DAY):
        retention.run_all()
    assert {(one.name, one.state, one.created_at) for one in Message.select()} == before
    assert {(one.subject, one.address) for one in Message.select()} == {("", "")}


# The page


def test_the_page_tells_of_each_rule_its_reason_last_run_and_what_comes(cast):
    with time_machine.travel("2026-05-12T10:00Z"):
        made(cast, "logins")
        browser = cast.at("owner")
        page = said(browser.get("/settings/retention/").text)
        assert page.count("Last run Not yet") == len(RULES)
        assert "Log of logins To find misuse" in page and "90 to 365 days" in page
        retention.run_all()
        page = said(browser.get("/settings/retention/").text)
    assert "Not yet" not in page and "Comes next The next on 12 May 2027" in page


def test_a_dry_run_says_what_would_go_and_lets_nothing_go(cast):
    with time_machine.travel(now() - 400 * DAY):
        made(cast, "logins")
    page = said(cast.at("owner").get("/settings/retention/?dry=1").text)
    assert "1 would go now" in page
    assert LoginRecord.select().where(LoginRecord.login == "someone").count() == 1


def test_a_period_is_chosen_within_what_the_law_allows_and_logged(cast):
    browser = cast.at("owner")
    fields = form(browser.get("/settings/retention/").text)
    fields |= {"logins": "120"}
    assert browser.post("/settings/retention/", data=fields).status_code == 302
    assert (period("logins"), period("exports")) == (120 * DAY, 7 * DAY)
    event = Event.select().order_by(Event.id.desc()).get()
    assert (event.verb, event.data["periods"]) == ("retention.changed", {"logins": [365, 120]})
    wrong = {"logins": "4000", "exports": "8", "form_key": "another"}
    refused = browser.post("/settings/retention/", data=fields | wrong)
    assert refused.status_code == 422 and "Between 90 and 365 days." in said(refused.text)
    assert period("logins") == 120 * DAY


def test_saving_what_is_there_already_is_no_event(cast):
    before = Event.select().count()
    assert choose_periods(dict(PERIODS), by=cast.owner) == {}
    assert Event.select().count() == before


def test_only_who_may_change_the_settings_changes_the_periods(cast):
    assert cast.at("dispatcher").get("/settings/retention/").status_code == 403
    with pytest.raises(Refused):
        choose_periods({"logins": 100}, by=cast.dispatcher)
    assert period("logins") == 365 * DAY


def test_a_period_that_a_new_version_does_not_allow_is_brought_within_its_limits(cast):
    RetentionState.create(code="logins", days=5_000)
    assert period("logins") == 365 * DAY
    assert BY_CODE["logins"].high == 365 and Organisation.current()


def test_what_is_doomed_is_deleted_though_no_rule_ran(cast):
    key = File.new_key("bin")
    vault().put(key, b"x")
    made(cast, "exports")
    PersonExport.update(json_key=key, status="ready").execute()
    with db.atomic():
        assert PersonExport.drop(PersonExport.id > 0) == 1
    recurring.sweep.call_local()
    assert key not in set(vault().keys())
