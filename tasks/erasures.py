"""Erasing in the worker: step by step, going on after a crash, and at the end the letter that says what was done."""

from typing import Any

import structlog
from flask import g, render_template
from flask_babel import force_locale, gettext, pgettext

from models.base import connection, db, now
from models.doomed_file import DoomedFile
from models.erasing import Erasing
from models.erasure import Erasure
from models.file import File
from models.import_job import ImportJob
from models.organisation import Organisation
from models.person import Person
from models.refusals import Refused, refuse
from models.retention_law import AUTHORITIES
from models.user import User
from models.words_gone import Words
from models.worked import Lost
from tasks import CONFIG, app, doomed, huey, pdf, vault
from tasks.documents import sender
from tasks.imports import opened

log = structlog.get_logger("kundbok.persons")


def begin(person: Person, *, by: User) -> Erasure:
    erasure = Erasure.begin(person, by=by)
    ring(erasure)
    return erasure


def resume(erasure: Erasure, *, by: User) -> None:
    erasure.resume(by=by)
    ring(erasure)


def ring(erasure: Erasure) -> None:
    """Wake the worker once the row is there for it to see."""
    erasure_id = erasure.id
    db.after_commit(lambda: run(erasure_id))


@huey.task(name="run_erasure", priority=30)
def run(erasure_id: int) -> None:
    with connection():
        erasure = Erasure.get_or_none(Erasure.id == erasure_id)
        if erasure is not None:
            go_on(erasure)
            write_waiting()


def resume_waiting() -> None:
    """Every minute: erasures whose ring was lost or whose worker died, and letters that were not written."""
    with connection():
        for erasure in Erasure.abandoned():
            go_on(erasure)
        write_waiting()


def go_on(erasure: Erasure) -> None:
    token = erasure.claim(at_once=False)
    if token is None:
        return
    try:
        work(erasure, token)
    except Lost:
        log.info("erasure_lost", erasure=erasure.id)
    except Exception as error:
        log.exception("erasure_broken", erasure=erasure.id)
        erasure.fail(refuse("person.broken", answer=type(error).__name__, code="person.broken"))
    doomed.delete_waiting()


def work(erasure: Erasure, token: str) -> None:
    pseudonym, gone = names_of(erasure)
    drop_import_files(Words(erasure.person, pseudonym))
    erasing = Erasing(erasure, pseudonym, gone)
    while not erasing.is_over:
        erasing.step(token)


def names_of(erasure: Erasure) -> tuple[str, str]:
    """What the books call the person from now on, in the organisation's language."""
    organisation = Organisation.current()
    assert organisation is not None
    with app().test_request_context(), force_locale(organisation.language.locale):
        return gettext("Erased person %(number)s", number=erasure.number), gone()


def gone() -> str:
    return pgettext("heading", "Erased")


def drop_import_files(words: Words) -> None:
    """Imported files in which the person stands; those of imports that still run go when they are done and old."""
    for job in ImportJob.select().where((ImportJob.key != "") & ImportJob.status.not_in(ImportJob.WORKING)):
        if stands_in(job, words):
            with db.atomic():
                DoomedFile.doom([job.key])
                ImportJob.update(key="", samples=[]).where(ImportJob.id == job.id).execute()


def stands_in(job: ImportJob, words: Words) -> bool:
    """A file that cannot be read any more is let go as well: nobody can tell who is in it."""
    try:
        with opened(vault().get(job.key), job.register, job.sheet) as table:
            return any(words.without(cells, at_home=True) != cells for _, cells in table.rows)
    except FileNotFoundError:
        return False
    except Refused:
        return True


# The letter


def write_waiting() -> None:
    for erasure in Erasure.unwritten():
        key = File.new_key("pdf")
        vault().put(key, letter(erasure))
        if not erasure.keep_letter(key):
            vault().delete(key)


def letter(erasure: Erasure) -> bytes:
    """What was erased, what stays until when and why: in the person's language, and without a name, so that keeping it
    as proof keeps nobody."""
    images: dict[str, bytes] = {}
    with app().test_request_context(base_url=CONFIG.base_url), force_locale(erasure.language.locale):
        g.organisation = Organisation.current()
        sheet: dict[str, Any] = {
            "title": gettext("Your personal data is erased"),
            "number": str(erasure.number),
            "language": erasure.language.value,
            "organisation": sender(images),
            "authority": AUTHORITIES[erasure.country],
            "on": erasure.finished_at or now(),
        }
        html = render_template("pdf/erasure.html", sheet=sheet, erased=erasure.erased, kept=erasure.kept)
        accent = g.organisation.accent
    return pdf.render(html, images=images, language=erasure.language.value, accent=accent)
