"""A browser that takes compressed files gets them, and every other gets the file."""

import brotli
import pytest

from blueprints.statics import PACKED, PackedStatics

CSS = b"a{color:red}" * 50


@pytest.fixture
def browser(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.css").write_bytes(CSS)
    (tmp_path / "plain.css").write_bytes(CSS)
    copies = tmp_path / PACKED / "css"
    copies.mkdir(parents=True)
    (copies / "a.css.br").write_bytes(brotli.compress(CSS))
    (tmp_path / "secret.br").write_bytes(b"secret")
    app = PackedStatics(__name__, static_folder=str(tmp_path), static_url_path="/static")
    return app.test_client()


def test_a_browser_that_takes_brotli_gets_the_copy(browser):
    answer = browser.get("/static/css/a.css", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data) == CSS
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("takes", ["", "gzip", "br;q=0"])
def test_every_other_browser_gets_the_file_itself(browser, takes):
    answer = browser.get("/static/css/a.css", headers={"Accept-Encoding": takes})
    assert (answer.data, answer.headers.get("Content-Encoding")) == (CSS, None)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_file_without_a_copy_is_served_as_it_is(browser):
    answer = browser.get("/static/plain.css", headers={"Accept-Encoding": "br"})
    assert (answer.data, answer.headers.get("Content-Encoding")) == (CSS, None)


def test_in_debug_mode_an_edit_shows_at_once(browser):
    browser.application.debug = True
    answer = browser.get("/static/css/a.css", headers={"Accept-Encoding": "br"})
    assert answer.data == CSS


def test_nothing_beside_the_copies_can_be_reached(browser):
    path = "/static/css/../../../../secret"
    assert browser.get(path, headers={"Accept-Encoding": "br"}).status_code == 404
