"""A check foresees exactly what the import then does, wherever the file is cut into chunks."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.customer import Customer
from models.event import Event
from models.facility import Facility
from models.import_job import ImportJob
from models.import_undo import ImportUndo
from models.register import RegisterName
from tasks import import_undo, imports
from tests import factories
from tests.registers import counts, problems, table, upload

KEYS = st.sampled_from(["1042", "77", "501", "502", "9"])
WORDS = st.sampled_from(["", "", "Anna", "Bo", "anna", "Roof"])
NUMBERS = st.sampled_from(["", "", "7", "8"])
MAILS = st.sampled_from(["", "a@post.example.se", "b@post.example.se", "nowhere"])
HEADS = {
    RegisterName.CUSTOMERS: ("Kundnr;Namn;Ort;E-post", st.tuples(KEYS, WORDS, WORDS, MAILS)),
    RegisterName.FACILITIES: ("Kundnr;Anläggningsnr;Anläggning;Ort", st.tuples(KEYS, NUMBERS, WORDS, WORDS)),
    RegisterName.SERVICE_OBJECTS: ("Objektnr;Benämning;Kundnr;Anläggning", st.tuples(NUMBERS, WORDS, KEYS, WORDS)),
    RegisterName.CONTACTS: ("Kundnr;Kontaktperson;E-post;Befattning", st.tuples(KEYS, WORDS, MAILS, WORDS)),
    RegisterName.FAULT_REPORTS: ("Referens;Rubrik;Kundnr;Status", st.tuples(NUMBERS, WORDS, KEYS, WORDS)),
}
FILES = st.sampled_from(list(HEADS)).flatmap(
    lambda name: st.tuples(st.just(name), st.lists(HEADS[name][1], min_size=1, max_size=9), st.integers(1, 4))
)
UNTOLD = ("id", "news_changed_at", "created_at", "reported_at", "version")
settings.register_profile("imports", deadline=None, suppress_health_check=list(HealthCheck))


def rows(name: RegisterName) -> list[dict]:
    noun = name.register.noun
    return [
        {field: value for field, value in row.items() if field not in UNTOLD}
        for row in noun.select().order_by(noun.id).dicts()
    ]


def furnish(cast) -> None:
    """Records to meet: with a number and without, of one name, with a shared address."""
    for number, name in ((None, "Roof"), ("7", "Anna"), ("8", "Anna"), ("", "Bo")):
        factories.facility(cast.lovskar, name, number=number or "")
    for name, email in (("Anna", "a@post.example.se"), ("Bo", "a@post.example.se"), ("Roof", "")):
        factories.contact(cast.lovskar, name, email=email)
    cast.lovskar.search_text = ""
    cast.lovskar.save()


def checked(job: ImportJob, by) -> tuple:
    job.choose(job.mapping, by=by)
    imports.run.call_local(job.id)
    job.reload()
    return counts(job), problems(job)


def started(job: ImportJob, by) -> tuple:
    job.start(by=by)
    imports.run.call_local(job.id)
    job.reload()
    return counts(job), problems(job)


@settings(max_examples=120, parent=settings.get_profile("imports"))
@given(FILES)
@example((RegisterName.CONTACTS, [("1042", "Anna", "", ""), ("1042", "", "a@post.example.se", "Bo")], 1))
@example((RegisterName.SERVICE_OBJECTS, [("7", "Anna", "1042", "Roof"), ("8", "Bo", "1042", "7")], 1))
@example((RegisterName.SERVICE_OBJECTS, [("7", "Anna", "1042", "Roof"), ("7", "", "", "Bo")], 1))
@example((RegisterName.FACILITIES, [("1042", "7", "Bo", ""), ("1042", "", "Bo", "Anna")], 1))
@example((RegisterName.FACILITIES, [("1042", "", "Roof", ""), ("1042", "9", "Roof", "")], 1))
@example((RegisterName.FACILITIES, [("1042", "9", "Roof", ""), ("1042", "10", "Roof", "")], 2))
@example((RegisterName.FACILITIES, [("1042", "", "Bo", "Roof"), ("1042", "7", "Roof", "")], 1))
@example((RegisterName.FACILITIES, [("1042", "", "anna", ""), ("1042", "8", "Bo", "")], 1))
def test_the_check_and_the_run_are_one(cast, undone, monkeypatch, file):
    name, lines, chunk = file
    monkeypatch.setattr(imports, "CHUNK", chunk)
    with undone():
        furnish(cast)
        before, facilities = rows(name), Facility.select().count()
        job = upload(cast, table(HEADS[name][0], *map(";".join, lines)), name)
        foreseen = checked(job, cast.owner)
        assert rows(name) == before
        assert started(job, cast.owner) == foreseen
        created, updated, _, rejected = counts(job)
        assert len(rows(name)) == len(before) + created
        written = Event.select().where(Event.data.contains(f'"import_id": {job.id}'))
        assert written.count() == created + updated
        assert Facility.select().count() >= facilities and rejected <= len(lines)
        if not rejected:  # a row that was kept out may well go in once another has removed what stood in its way
            again = upload(cast, table(HEADS[name][0], *map(";".join, lines)), name)
            assert checked(again, cast.owner)[0][:2] == (0, 0)
        monkeypatch.setattr(imports, "CHUNK", 2_000)
        undo = None if not created + updated else ImportUndo.weigh(job, by=cast.owner)
        if undo:
            import_undo.run.call_local(undo.id)
            undo.reload()
            undo.start(by=cast.owner)
            import_undo.run.call_local(undo.id)
            assert rows(name) == before, "and undoing is the way back"


def test_a_chunk_more_or_less_changes_nothing(cast, undone, monkeypatch):
    lines = [f"50{number % 7};{name};{name};" for number, name in enumerate(["Anna", "Bo", "", "Roof", "anna"] * 4)]
    seen = []
    for chunk in (1, 3, 2_000):
        monkeypatch.setattr(imports, "CHUNK", chunk)
        with undone():
            job = upload(cast, table(HEADS[RegisterName.CUSTOMERS][0], *lines))
            seen.append((checked(job, cast.owner), started(job, cast.owner), Customer.select().count()))
    assert seen[0] == seen[1] == seen[2]
