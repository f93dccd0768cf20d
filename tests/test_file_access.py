"""Files: who may open them, what is handed out, and that nothing of where a photo was taken leaves
the house."""

import io

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from models.event import Event
from models.file import File, FileState
from models.order import Order
from models.refusals import Refused
from tasks import uploads, vault
from tests import factories
from tests.cast import work
from tests.pages import photo, said

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def attach(record, by, name="unit.jpg", content=None) -> File:
    raw = content if content is not None else photo(1800, 900, place=True).getvalue()
    return uploads.receive(record, [FileStorage(io.BytesIO(raw), name)], by=by, tell=False)[0]


@pytest.fixture
def order(cast) -> Order:
    return factories.order(cast.dispatcher, cast.lovskar, cast.shop)


def test_nobody_is_shown_the_original_and_what_is_shown_says_nothing_of_the_place(cast, order):
    browser = cast.at("dispatcher")
    file = attach(order, cast.dispatcher)
    original = file.key
    for path in ("", "/thumb"):
        assert browser.get(f"/files/{file.id}{path}").status_code == 404
    waiting = browser.get(f"/files/{file.id}/status").text
    assert "Being prepared" in waiting and f'hx-get="/files/{file.id}/status"' in waiting
    work()
    assert f'src="/files/{file.id}/thumb"' in browser.get(f"/files/{file.id}/status").text
    shown, thumb = browser.get(f"/files/{file.id}"), browser.get(f"/files/{file.id}/thumb")
    for answer, width in ((shown, 1600), (thumb, 480)):
        picture = Image.open(io.BytesIO(answer.data))
        assert (picture.format, picture.width, dict(picture.getexif())) == ("JPEG", width, {})
        assert b"SpyCam" not in answer.data
    with pytest.raises(FileNotFoundError):
        vault().get(original)


def test_a_file_is_sent_so_that_no_browser_runs_it_and_only_this_reader_keeps_it(cast, order):
    file = attach(order, cast.dispatcher, "Ritning å.pdf", PDF)
    answer = cast.at("dispatcher").get(f"/files/{file.id}")
    assert answer.data == PDF
    assert (
        answer.headers["Content-Disposition"].startswith("attachment; filename")
        and "Ritning" in answer.headers["Content-Disposition"]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = cast.at("dispatcher").get(f"/files/{file.id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_is_known_to_those_who_see_its_record_and_to_nobody_else(cast, order):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    files = [attach(record, cast.owner, "text.pdf", PDF) for record in (order, report, cast.lovskar, cast.shop)]
    for reader, expected in (
        ("dispatcher", 200),
        ("southerner", 404),
        ("technician", 404),
        ("linnea", 404),
        ("marit", 404),
    ):
        assert [cast.at(reader).get(f"/files/{file.id}").status_code for file in files] == [expected] * 4, reader
    assert cast.stranger().get(f"/files/{files[0].id}").status_code == 302
    assert cast.at("dispatcher").get("/files/999").status_code == 404


def test_a_customers_user_reaches_the_files_of_their_reports_but_not_those_on_the_card(cast, order):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    mine, ours = attach(report, cast.marit), attach(cast.lovskar, cast.owner)
    seen = {file.id for file in File.visible_to(cast.marit)}
    assert mine.id in seen and ours.id not in seen
    assert {file.id for file in File.visible_to(cast.linnea)} == set()


def test_what_cannot_be_taken_is_refused_file_by_file_and_nothing_is_kept(cast, order):
    wrong = [
        FileStorage(io.BytesIO(b"MZ\x00\x00"), "a.exe"),
        FileStorage(io.BytesIO(b"\0" * (25_000_001)), "b.bin"),
        FileStorage(photo(), "c.jpg"),
    ]
    with pytest.raises(Refused) as refused:
        uploads.receive(order, wrong, by=cast.dispatcher)
    assert [refusal.code for refusal in refused.value.refusals] == ["upload.type", "upload.size"]
    with pytest.raises(Refused) as refused:
        uploads.receive(order, [FileStorage(photo(), f"{n}.jpg") for n in range(11)], by=cast.dispatcher)
    assert [refusal.code for refusal in refused.value.refusals] == ["upload.count"]
    assert File.of(order) == []


def test_an_upload_that_is_no_file_of_ours_is_422(cast, order):
    answer = cast.at("dispatcher").post(
        f"/orders/{order.id}/files",
        data={"files": [(io.BytesIO(b"MZ\x00\x00"), "a.exe")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422 and "a.exe is" in said(answer.text)


def test_a_picture_that_cannot_be_read_says_so_and_does_not_stop_the_others(cast, order):
    broken = attach(order, cast.dispatcher, "broken.jpg", photo().getvalue()[:60])
    fine = attach(order, cast.dispatcher, "fine.jpg")
    work()
    assert [File.get_by_id(file.id).state for file in (broken, fine)] == [
        FileState.FAILED,
        FileState.READY,
    ]
    tile = cast.at("dispatcher").get(f"/files/{broken.id}/status").text
    assert "broken.jpg cannot be read as a picture" in tile and 'href="/help/upload.unreadable"' in tile
    assert File.get_by_id(broken.id).refusal.code == "upload.unreadable"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_too_many_pixels_says_so_where_it_would_stand(cast, order):
    drawn = io.BytesIO()
    Image.new("1", (8000, 7000)).save(drawn, "PNG")
    large = attach(order, cast.dispatcher, "roof.png", drawn.getvalue())
    work()
    tile = cast.at("dispatcher").get(f"/files/{large.id}/status").text
    assert "roof.png has more than 50 megapixels" in tile and 'href="/help/upload.pixels"' in tile


def test_photos_that_still_wait_are_carried_over_to_the_order_and_get_ready_there(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    ready = attach(report, cast.marit, "ready.jpg")
    uploads.make_anew(ready)
    attach(report, cast.marit, "waiting.jpg")
    order = report.accept(by=cast.dispatcher)
    assert [(file.name, file.state) for file in File.of(order)] == [
        ("ready.jpg", FileState.READY),
        ("waiting.jpg", FileState.WAITING),
    ]
    work()
    assert [file.state for file in File.of(order)] == [FileState.READY] * 2
    assert cast.at("dispatcher").get(f"/files/{File.of(order)[1].id}").status_code == 200


def test_a_row_carried_over_while_its_picture_was_made_takes_the_outcome_from_its_twin(cast):
    report = factories.fault_report(cast.marit, cast.lovskar, cast.shop)
    first = attach(report, cast.marit)
    uploads.make_anew(first)
    late = File.create(
        **{
            **File.get_by_id(first.id).__data__,
            "id": None,
            "record_id": 999,
            "state": FileState.WAITING,
            "shown_key": "",
            "thumb_key": "",
        }
    )
    work()
    caught_up, twin = File.get_by_id(late.id), File.get_by_id(first.id)
    assert (caught_up.state, caught_up.shown_key) == (FileState.READY, twin.shown_key)


def test_of_two_workers_on_one_picture_the_slower_leaves_nothing_behind(cast, order):
    file = attach(order, cast.dispatcher)
    one, other = File.get_by_id(file.id), File.get_by_id(file.id)
    picture = uploads.remake(vault().get(file.key))
    uploads.keep_picture(one, picture)
    before = set(vault().keys())
    uploads.keep_picture(other, picture)
    assert set(vault().keys()) == before


def test_a_picture_whose_bytes_are_gone_is_given_up(cast, order):
    file = attach(order, cast.dispatcher)
    vault().delete(file.key)
    work()
    assert File.get_by_id(file.id).is_failed


def test_storage_out_of_reach_leaves_pictures_waiting(cast, order, monkeypatch):
    file = attach(order, cast.dispatcher)
    monkeypatch.setattr(uploads, "vault", lambda: (_ for _ in ()).throw(OSError("no route")))
    uploads.prepare_all.call_local()
    assert File.get_by_id(file.id).state is FileState.WAITING
    monkeypatch.undo()
    uploads.prepare.call_local(file.id)
    uploads.prepare.call_local(file.id)
    assert File.get_by_id(file.id).is_ready


def test_bytes_that_are_gone_are_404_and_an_unreachable_storage_is_503(cast, order, monkeypatch):
    from blueprints import files
    from tasks.storage import Unavailable

    file = attach(order, cast.dispatcher, "text.pdf", PDF)
    vault().delete(file.key)
    assert cast.at("dispatcher").get(f"/files/{file.id}").status_code == 404

    class Gone:
        def get(self, key: str) -> bytes:
            raise Unavailable("no answer")

    monkeypatch.setattr(files, "vault", Gone)
    assert cast.at("dispatcher").get(f"/files/{file.id}").status_code == 503


def test_names_are_plain_and_keep_their_ending():
    assert uploads.plain_name("C:\\fotos\\kyl\nrum.jpg") == "kylrum.jpg"
    assert uploads.plain_name("x" * 300 + ".jpeg") == "x" * 155 + ".jpeg"
    assert uploads.plain_name("y" * 300) == "y" * 160


def test_a_file_taken_away_by_two_at_once_is_on_the_log_once(cast, order):
    file = attach(order, cast.dispatcher)
    late = File.get_by_id(file.id)
    file.remove(order, by=cast.owner)
    late.remove(order, by=cast.administrator)
    gone = Event.select().where(Event.verb == "file.deleted")
    assert ([event.actor for event in gone], File.of(order)) == ([cast.owner], [])
