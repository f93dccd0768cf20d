"""The organisation's settings: who may, what they change, and what refuses."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from blueprints import settings
from models.event import Event
from models.notification import told_roles
from models.organisation import Accent, Organisation, Store
from models.refusals import Refused
from models.rights import Role
from tasks import CONFIG, vault
from tests.stand_ins.smtp import mail_server
from tests.world import forms_of

CSS = Path(__file__).parent.parent / "static" / "css"
SECTIONS = ["organisation", "customer-numbers", "portal", "notifications", "mail", "stores/"]


def house() -> Organisation:
    return Organisation.current()


def form(browser, section) -> dict:
    """The section's own form as it is drawn."""
    path = f"/settings/{section}"
    page = browser.get(path).text
    fields = next(fields for action, fields in forms_of(page, path) if action == path)
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def save(browser, section, **changes):
    return browser.post(
        f"/settings/{section}",
        data={name: value for name, value in (form(browser, section) | changes).items() if value is not None},
    )


@pytest.mark.requirement("S2.25")
@pytest.mark.parametrize("section", ["", *SECTIONS])
def test_only_those_with_the_right_see_and_change_settings(cast, section):
    assert cast.at("owner").get(f"/settings/{section}").status_code == 200
    answer = cast.at("dispatcher").get(f"/settings/{section}")
    assert (answer.status_code, "Change the organisation&#39;s settings and customer numbers" in answer.text) == (
        403,
        True,
    )


def test_the_organisation_is_seen_by_those_who_administer_it(cast):
    seen = {name: list(Organisation.visible_to(getattr(cast, name))) for name in ("owner", "dispatcher", "marit")}
    assert seen == {"owner": [house()], "dispatcher": [], "marit": []}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_form_that_nothing_was_changed_in_changes_nothing(cast, section):
    if section != "stores/":
        before = Event.select().count()
        assert save(cast.at("owner"), section).status_code == 302
        assert Event.select().count() == before


def test_the_organisation_is_changed_and_the_log_says_what(cast):
    save(
        cast.at("owner"),
        "organisation",
        name="Norrvik Kyla & Värme",
        phone="0980-319 202",
        time_zone="Europe/Oslo",
        staff_idle_minutes="120",
    )
    assert (house().name, house().time_zone, house().staff_idle_minutes) == ("Norrvik Kyla & Värme", "Europe/Oslo", 120)
    event = Event.about(house()).first()
    assert (event.verb, sorted(event.changes)) == (
        "organisation.changed",
        ["name", "phone", "staff_idle_minutes", "time_zone"],
    )


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("organisation", {"name": ""}),
        ("organisation", {"email": "no address"}),
        ("organisation", {"accent": "pink"}),
        ("organisation", {"time_zone": "Mars/Base"}),
        ("organisation", {"staff_idle_minutes": "0"}),
        ("organisation", {"staff_idle_minutes": "soon"}),
        ("customer-numbers", {"number_low": "0"}),
        ("customer-numbers", {"number_low": "8", "number_high": "4"}),
        ("customer-numbers", {"number_high": "400"}),
        ("portal", {"portal_idle_minutes": "-5"}),
        ("portal", {"fault_report_copy": "nobody"}),
        ("mail", {"sender_address": "a@b\r\nBcc: c@d.example"}),
    ],
)
def test_what_is_not_right_is_refused_at_its_field(cast, section, changes):
    before = house().__data__
    answer = save(cast.at("owner"), section, **changes)
    assert (answer.status_code, 'class="summary"' in answer.text) == (422, True)
    assert house().__data__ == before


def test_two_who_change_different_settings_both_win(cast):
    owner, administrator = cast.at("owner"), cast.at("administrator")
    opened = form(administrator, "portal")
    save(owner, "organisation", phone="0980-319 202")
    administrator.post("/settings/portal", data=opened | {"portal_idle_minutes": "45"})
    assert (house().phone, house().portal_idle_minutes) == ("0980-319 202", 45)


def test_two_who_change_the_same_setting_see_both_values(cast):
    opened = form(cast.at("administrator"), "organisation")
    save(cast.at("owner"), "organisation", phone="0980-319 202")
    answer = cast.at("administrator").post("/settings/organisation", data=opened | {"phone": "0980-319 203"})
    assert (answer.status_code, "0980-319 202" in answer.text, "0980-319 203" in answer.text) == (409, True, True)
    assert house().phone == "0980-319 202"


@pytest.mark.requirement("S4.28")
def test_the_portals_address_is_shown_and_leads_there(cast):
    address = f"{CONFIG.base_url}/portal/home/"
    assert address in cast.at("owner").get("/settings/portal").text
    assert cast.at("marit").get("/portal/home/").status_code == 200


@pytest.mark.requirement("S4.19")
def test_the_portals_switches_hold_for_all_of_its_users(cast):
    save(cast.at("owner"), "portal", portal_open=None, portal_hide_voided="y", fault_report_copy="copy@norrvik.example")
    assert (house().portal_open, house().portal_hide_voided, house().fault_report_copy) == (
        False,
        True,
        "copy@norrvik.example",
    )
    assert (
        cast.stranger()
        .post("/login/", data={"login": cast.linnea.login, "password": "correct horse battery"})
        .status_code
        == 403
    )


# Who is told


def tick(browser, *told, version=None):
    return browser.post(
        "/settings/notifications", data={"told": list(told), "version": house().version if version is None else version}
    )


@pytest.mark.requirement("S1.40")
@pytest.mark.requirement("S1.42")
def test_the_ticked_roles_are_told_from_then_on(cast):
    tick(cast.at("owner"), "fault_report.reported:dispatcher", "fault_report.reported:owner")
    assert told_roles("fault_report.reported") == {Role.DISPATCHER, Role.OWNER}
    assert told_roles("order.performed") == set()
    page = cast.at("owner").get("/settings/notifications").text
    assert 'value="fault_report.reported:owner" checked' in page
    assert 'value="order.performed:dispatcher" checked' not in page


def test_ticks_that_make_no_sense_are_left_out(cast):
    tick(cast.at("owner"), "fault_report.reported:portal", "fault_report.reported:king", "nothing:owner")
    assert told_roles("fault_report.reported") == set()
    assert set(house().told) == {"fault_report.reported", "order.performed", "store.access_asked"}


def test_ticks_of_two_at_once_are_not_lost_blindly(cast):
    seen = house().version
    tick(cast.at("owner"), "order.performed:owner")
    answer = tick(cast.at("administrator"), "order.performed:finance", version=seen)
    assert (answer.status_code, "Olga Owner changed this meanwhile" in answer.text) == (409, True)
    assert 'value="order.performed:finance" checked' in answer.text
    assert told_roles("order.performed") == {Role.OWNER}


# Stores


def test_a_store_is_opened_changed_and_logged(cast):
    browser = cast.at("owner")
    browser.post("/settings/stores/new", data={"number": "044", "name": "Norrvik Kyla Luleå", "town": "Luleå"})
    store = Store.numbered("044")
    browser.post(
        f"/settings/stores/{store.id}",
        data={"number": "045", "name": "Norrvik Kyla Luleå", "town": "Luleå", "version": 1},
    )
    assert Store.numbered("045").id == store.id
    assert [event.verb for event in Event.about(store)] == ["organisation.changed", "organisation.changed"]
    assert "045" in browser.get("/settings/stores/").text


@pytest.mark.parametrize("path", ["new", "{id}"])
def test_two_stores_never_have_one_number(cast, path):
    where = f"/settings/stores/{path}".format(id=cast.house.south.id)
    answer = cast.at("owner").post(where, data={"number": "012", "name": "Another", "version": 1})
    assert (answer.status_code, "Another store has this number." in answer.text) == (422, True)
    assert Store.select().count() == 2


def test_a_store_needs_a_number_and_a_name(cast):
    assert cast.at("owner").post("/settings/stores/new", data={"number": "", "name": ""}).status_code == 422
    assert (
        cast.at("owner").post(f"/settings/stores/{cast.house.south.id}", data={"number": "", "name": ""}).status_code
        == 422
    )


def test_two_who_change_one_store_see_both_values(cast):
    where = f"/settings/stores/{cast.house.south.id}"
    cast.at("owner").post(where, data={"number": "031", "name": "Malmö city", "version": 1})
    answer = cast.at("administrator").post(where, data={"number": "031", "name": "Malmö harbour", "version": 1})
    assert (answer.status_code, "Malmö city" in answer.text) == (409, True)


def test_without_the_right_nobody_opens_a_store(cast):
    with pytest.raises(Refused):
        Store.open_new({"number": "9", "name": "Mine"}, by=cast.dispatcher)
    assert cast.at("dispatcher").post("/settings/stores/new", data={"number": "9", "name": "Mine"}).status_code == 403


# The logo and the colour


def picture(kind="PNG", size=(900, 300), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (11, 90, 115)).save(out, kind, **options)
    return out.getvalue()


def upload(browser, raw, name="logo.png"):
    return browser.post("/settings/logo", data={"logo": (io.BytesIO(raw), name)}, content_type="multipart/form-data")


def test_a_logo_is_made_anew_and_shown_to_everybody(cast):
    exif = Image.Exif()
    exif[0x010E] = "where we live"
    assert upload(cast.at("owner"), picture("JPEG", exif=exif), "logo.jpg").status_code == 302
    url = house().logo_url
    assert url in cast.stranger().get("/login/").text
    answer = cast.stranger().get(url)
    shown = Image.open(io.BytesIO(answer.data))
    assert (answer.mimetype, shown.format, max(shown.size) <= 480, b"where we live" in answer.data) == (
        "image/jpeg",
        "JPEG",
        True,
        False,
    )
    assert (answer.headers["X-Content-Type-Options"], "immutable" in answer.headers["Cache-Control"]) == (
        "nosniff",
        True,
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert cast.stranger().get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "immutable" not in cast.stranger().get("/logo").headers["Cache-Control"]


def test_a_new_logo_has_a_new_address_and_the_old_bytes_go(cast):
    upload(cast.at("owner"), picture())
    old_key, old_url = house().logo_key, house().logo_url
    upload(cast.at("owner"), picture(size=(300, 300)))
    assert house().logo_url != old_url
    with pytest.raises(FileNotFoundError):
        vault().get(old_key)


def test_without_a_logo_there_is_none(cast):
    assert cast.stranger().get("/logo").status_code == 404
    upload(cast.at("owner"), picture())
    cast.at("owner").post("/settings/logo/removal")
    assert (house().logo_key, cast.stranger().get("/logo").status_code) == ("", 404)


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"%PDF-1.7 hello", "logo.png", "is no JPEG or PNG picture"),
        (b"<svg onload='alert(1)'/>", "logo.svg", "is no JPEG or PNG picture"),
        (picture()[:200], "half.png", "cannot be read as a picture"),
        (b"\xff" * 5_000_100, "big.jpg", "at most 5 MB"),
    ],
)
def test_what_is_no_picture_does_not_become_the_logo(cast, raw, name, said):
    answer = upload(cast.at("owner"), raw, name)
    assert (answer.status_code, said in answer.text, house().logo_key) == (422, True, "")
    assert 'value="Norrvik Kyla"' in answer.text


def test_no_file_chosen_leaves_the_logo_as_it_is(cast):
    assert cast.at("owner").post("/settings/logo", data={}).status_code == 302
    assert house().logo_key == ""


def test_a_colour_is_chosen_from_those_that_exist_and_holds_everywhere(cast):
    save(cast.at("owner"), "organisation", accent="plum")
    assert house().accent is Accent.PLUM
    assert 'data-accent="plum"' in cast.stranger().get("/login/").text


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("accent", [accent for accent in Accent if accent.value])
def test_every_colour_can_be_read_on_sheet_and_page(accent):
    """4.5 to 1 for text in it and on it, in the light theme; the other pairs have their own test."""
    block = (CSS / "accents.css").read_text().partition(f'[data-accent="{accent.value}"]')[2].partition("}")[0]
    values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    for ground in ("#ffffff", "#f5f4f1"):
        assert contrast(values["accent"], ground) >= 4.5
        assert contrast(values["accent-text"], ground) >= 4.5
    assert contrast(values["accent"], values["accent-ink"]) >= 4.5


# E-mail


def test_without_a_mail_server_the_page_and_the_test_say_so(cast):
    assert "None is set up" in cast.at("owner").get("/settings/mail").text
    answer = cast.at("owner").post("/settings/mail/test")
    assert (answer.status_code, "No mail server is set up" in answer.text) == (409, True)


@pytest.fixture
def server(monkeypatch):
    """A real mail server on loopback, which the settings' test letter goes to."""
    with mail_server() as running:
        monkeypatch.setattr(settings, "CONFIG", replace(CONFIG, smtp_url=f"smtp://127.0.0.1:{running.port}"))
        yield running


def test_a_test_letter_goes_to_whoever_asks_and_the_answer_is_shown(cast, server):
    save(cast.at("owner"), "mail", sender_name="Norrvik", sender_address="post@norrvik.example")
    page = cast.at("owner").post("/settings/mail/test", follow_redirects=True).text
    assert "The mail server took the letter to olga@norrvik.example" in page and "250" in page
    letter = server.letters[0]
    assert (letter["To"].addresses[0].addr_spec, letter["From"].addresses[0].addr_spec) == (
        "olga@norrvik.example",
        "post@norrvik.example",
    )
    assert f"127.0.0.1:{server.port}" in page


def test_what_the_server_refuses_is_shown_in_its_own_words(cast, server):
    server.say("RCPT", "550 5.1.1 No such mailbox here")
    answer = cast.at("owner").post("/settings/mail/test")
    assert (answer.status_code, "No such mailbox here" in answer.text) == (409, True)
    assert "The mail server refused the message" in answer.text


def test_without_an_address_of_ones_own_there_is_nobody_to_write_to(cast, server):
    cast.owner.prefer(email="")
    answer = cast.at("owner").post("/settings/mail/test")
    assert (answer.status_code, "has no e-mail address" in answer.text, server.letters) == (409, True, [])


def test_test_letters_are_limited_whatever_the_form_key(cast, server):
    for number in range(10):
        cast.at("owner").post("/settings/mail/test", data={"form_key": f"key{number}"})
    answer = cast.at("owner").post("/settings/mail/test", data={"form_key": "last"})
    assert (answer.status_code, "Too many attempts" in answer.text, len(server.letters)) == (422, True, 10)


def test_the_mail_servers_password_is_on_no_page(cast, monkeypatch):
    monkeypatch.setattr(settings, "CONFIG", replace(CONFIG, smtp_url="smtp://user:s3cret@mail.norrvik.example:587"))
    page = cast.at("owner").get("/settings/mail").text
    assert "mail.norrvik.example:587" in page and "s3cret" not in page and "user:" not in page
