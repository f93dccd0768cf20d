"""Integrations with bookkeeping: who sets them up, what the file for Visma has in it, and what is written down."""

import csv
import io

import pytest

from models.base import Taken
from models.event import Event
from models.integration import Integration, IntegrationState
from models.refusals import Refused
from models.user import User
from tasks import accounting
from tests import factories

PLACE = "/settings/integrations"


def fields(**changes):
    facts = {"kind": "visma", "name": "Visma", "company_number": "559000-0042", "sales_account": "3001"}
    return {**facts, "receivables_account": "1510", "version": 1, **changes}


def table(content: bytes) -> dict[str, str]:
    heads, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return dict(zip(heads, row, strict=True))


def download(browser, integration, record) -> dict[str, str]:
    answer = browser.post(f"/accounting/{record.noun}s/{record.id}", data={"integration": integration.id})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return table(answer.data)


@pytest.fixture
def visma(cast) -> Integration:
    return factories.integration(cast.owner)


@pytest.fixture
def ticked(cast) -> Integration:
    return factories.integration(cast.owner, "With the tick", assigned_as_reference=True)


# Setting up


@pytest.mark.requirement("S2.41")
@pytest.mark.requirement("S2.42")
def test_an_administrator_adds_an_integration_and_finds_its_state_in_the_list(cast):
    browser = cast.at("administrator")
    assert f"{PLACE}/" in browser.get("/settings/").text
    assert f"{PLACE}/new" in browser.get(f"{PLACE}/").text
    assert browser.post(f"{PLACE}/new", data=fields(assigned_as_reference="y")).status_code == 302
    kept = Integration.get()
    assert (kept.company_number, kept.assigned_as_reference, kept.state) == (
        "559000-0042",
        True,
        IntegrationState.IN_USE,
    )
    row = browser.get(f"{PLACE}/").text.partition(f"{PLACE}/{kept.id}/edit")[2].partition("</li>")[0]
    assert "No file yet" in row and "In use" in row
    assert Event.about(kept).get().verb == "integration.added"


@pytest.mark.requirement("S2.42")
@pytest.mark.parametrize("way", ["", "/edit", "/test-file", "/off", "/on", "/removal"])
def test_nobody_else_sets_one_up(cast, visma, way):
    address = f"{PLACE}/{visma.id}{way}" if way else f"{PLACE}/new"
    assert cast.at("dispatcher").post(address, data=fields(name="Mine")).status_code in (403, 404)
    with pytest.raises(Refused):
        Integration.add({"name": "Mine", "kind": "visma"}, by=cast.dispatcher)
    assert [(one.name, one.version) for one in Integration.select()] == [("Visma", 1)]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"company_number": ""}, {"sales_account": "30 01"}, {"kind": "abacus"}]
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(cast, wrong):
    answer = cast.at("owner").post(f"{PLACE}/new", data=fields(**wrong))
    assert (answer.status_code, "Nothing is saved yet" in answer.text) == (422, True)
    assert Integration.select().count() == 0


def test_its_settings_are_changed_its_type_stays_and_names_are_its_own(cast, visma):
    browser, where = cast.at("owner"), f"{PLACE}/{visma.id}/edit"
    assert browser.post(where, data=fields(sales_account="3011")).status_code == 302
    assert Event.about(visma).first().changes["sales_account"] == {"old": "3001", "new": "3011"}
    answer = browser.post(where, data=fields(sales_account="3021"))
    assert (answer.status_code, "3011" in answer.text) == (409, True)
    other = factories.integration(cast.owner, "Second")
    with pytest.raises(Taken):
        other.change({"name": "Visma"}, by=cast.owner, seen=1)
    for address in (f"{PLACE}/{other.id}/edit", f"{PLACE}/new"):
        answer = browser.post(address, data=fields(name="Visma"))
        assert (answer.status_code, "There is an integration of this name" in answer.text) == (422, True)


@pytest.mark.requirement("S2.41")
def test_a_test_file_has_an_invented_customer_and_these_settings(cast, visma):
    answer = cast.at("owner").post(f"{PLACE}/{visma.id}/test-file")
    cells = table(answer.data)
    assert (cells["KundbokCompany"], cells["KundbokReceivables"]) == ("559000-0042", "1510")
    assert cells["CustomerNumber"] not in {cast.lovskar.number, cast.hotel.number}
    assert (Event.about(visma).first().verb, Integration.get().last_run_at is None) == ("integration.tested", False)


def test_switched_off_nothing_leaves_by_it_until_it_is_on_again(cast, visma):
    browser = cast.at("owner")
    assert browser.post(f"{PLACE}/{visma.id}/off").status_code == 302
    again = browser.post(f"{PLACE}/{visma.id}/off")
    assert (again.status_code, "is switched off" in again.text) == (409, True)
    off = Integration.get()
    with pytest.raises(Refused) as refused:
        accounting.export(cast.lovskar, off, by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["integration.off"]
    page = browser.get(f"/accounting/customers/{cast.lovskar.id}").text
    assert "No integration with bookkeeping is in use" in page and f"{PLACE}/new" in page
    assert browser.post(f"/accounting/customers/{cast.lovskar.id}", data={"integration": visma.id}).status_code == 409
    browser.post(f"{PLACE}/{visma.id}/on")
    with pytest.raises(Refused) as refused:
        Integration.get().switch_on(by=cast.owner)
    assert [refusal.code for refusal in refused.value.refusals] == ["integration.on"]
    assert download(browser, visma, cast.lovskar)["Name"] == "Lövskär Livs AB"


def test_without_any_the_page_says_what_is_missing_and_who_can_add_it(cast):
    """The reason "integration.none" stands on the page before anything is pressed."""
    page = cast.at("dispatcher").get(f"/accounting/customers/{cast.lovskar.id}").text
    assert "No integration with bookkeeping is in use" in page and "Olga Owner (Owner)" in page


def test_a_removed_one_is_gone_and_what_was_exported_stays_on_the_log(cast, visma):
    download(cast.at("owner"), visma, cast.lovskar)
    cast.at("owner").post(f"{PLACE}/{visma.id}/removal")
    assert Integration.select().count() == 0
    assert "visma-customer-1042.csv" in cast.at("owner").get(f"/customers/{cast.lovskar.id}").text


# The file


@pytest.mark.requirement("S2.4")
@pytest.mark.requirement("S2.41")
def test_a_customer_is_known_by_its_number_and_the_columns_are_vismas_own(cast, visma):
    cast.lovskar.change({"org_number": "559000-0018", "address": "Gatan 1"}, by=cast.owner, seen=1)
    cells = download(cast.at("dispatcher"), visma, cast.lovskar)
    wanted = {"CustomerNumber": "1042", "Name": "Lövskär Livs AB", "CorporateIdentityNumber": "559000-0018"}
    assert {name: cells[name] for name in wanted} == wanted
    assert (cells["InvoiceAddress1"], cells["InvoiceCountryCode"], cells["EmailAddress"]) == (
        "Gatan 1",
        "SE",
        "info@lovskar.example",
    )


def test_the_same_record_gives_the_same_bytes_and_formulas_are_defused(cast, visma):
    cast.lovskar.change({"name": "=1+1"}, by=cast.owner, seen=1)
    papers = [accounting.export(cast.lovskar, visma, by=cast.owner) for _ in range(2)]
    assert papers[0] == papers[1]
    assert table(papers[0].content)["Name"] == "'=1+1"


def test_a_private_persons_number_is_not_in_it(cast, visma):
    person = factories.customer(cast.house.north, "Per Privat", kind="private", personal_number="811228-9874")
    assert "9874" not in accounting.export(person, visma, by=cast.owner).content.decode()


@pytest.mark.requirement("S2.43")
def test_without_the_tick_our_reference_is_the_customers_own(cast, visma):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    assert download(cast.at("owner"), visma, cast.lovskar)["OurReference"] == ""
    cast.lovskar.change({"our_reference": cast.finance}, by=cast.owner, seen=cast.lovskar.version)
    assert download(cast.at("owner"), visma, cast.lovskar)["OurReference"] == "Frida Faktura"


@pytest.mark.requirement("S2.43")
def test_with_the_tick_it_is_the_first_assigned_and_without_anybody_the_customers_own(cast, ticked):
    cast.lovskar.change({"our_reference": cast.finance}, by=cast.owner, seen=1)
    assert download(cast.at("owner"), ticked, cast.lovskar)["OurReference"] == "Frida Faktura"
    cast.lovskar.assign([cast.technician, cast.dispatcher], by=cast.owner)
    assert download(cast.at("owner"), ticked, cast.lovskar)["OurReference"] == "Elin Fors"


@pytest.mark.requirement("S2.43")
def test_of_an_order_it_is_the_first_assigned_to_the_order(cast, ticked):
    cast.lovskar.assign([cast.technician], by=cast.owner)
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop, contact_name="Marit Olofsgård")
    assert download(cast.at("owner"), ticked, order)["OurReference"] == "Elin Fors"
    order.assign([cast.dispatcher], by=cast.owner)
    cells = download(cast.at("owner"), ticked, order)
    assert (cells["OurReference"], cells["YourReference"], cells["CustomerNumber"], cells["AccountNumber"]) == (
        "Sanna Lindmo",
        "Marit Olofsgård",
        "1042",
        "3001",
    )
    page = cast.at("owner").get(f"/accounting/orders/{order.id}").text
    assert "Sanna Lindmo" in page and "The first person assigned" in page


def test_a_reference_too_long_for_visma_is_refused_and_stands_in_the_list_until_a_file_works(cast, ticked):
    User.update(name="Elin " + "Fors-" * 12).where(User.id == cast.technician.id).execute()
    cast.lovskar.assign([cast.technician], by=cast.owner)
    browser = cast.at("owner")
    answer = browser.post(f"/accounting/customers/{cast.lovskar.id}", data={"integration": ticked.id})
    assert (answer.status_code, "OurReference is too long for bookkeeping" in answer.text) == (422, True)
    assert Integration.get().error.code == "accounting.too_long"
    page = browser.get(f"{PLACE}/").text
    assert "Needs a look" in page and "OurReference is too long" in page
    assert "OurReference is too long" in browser.get(f"{PLACE}/{ticked.id}/edit").text
    assert not Event.select().where(Event.verb == "integration.exported").exists()
    with pytest.raises(accounting.AccountingError) as error:
        accounting.EXPORTS[ticked.kind](ticked).write(accounting.document_of(cast.lovskar, ticked))
    assert error.value.permanent
    download(browser, ticked, cast.hotel)
    assert Integration.get().state is IntegrationState.IN_USE


# Who exports


def test_the_download_is_on_the_customers_log_with_who_and_which_file(cast, visma):
    download(cast.at("dispatcher"), visma, cast.lovskar)
    event = Event.about(cast.lovskar).first()
    assert (event.verb, event.actor_name, event.data) == (
        "integration.exported",
        "Sanna Lindmo",
        {"file": "visma-customer-1042.csv", "integration": "Visma"},
    )
    assert "visma-customer-1042.csv" in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text


def test_only_who_may_export_and_only_what_they_see(cast, visma):
    order = factories.order(cast.dispatcher, cast.lovskar, cast.shop)
    for address in (f"/accounting/customers/{cast.lovskar.id}", f"/accounting/orders/{order.id}"):
        assert cast.at("cashier").post(address, data={"integration": visma.id}).status_code in (403, 404)
        assert cast.at("southerner").post(address, data={"integration": visma.id}).status_code == 404
        assert cast.at("dispatcher").post(address, data={"integration": 99}).status_code == 404
    assert not Event.select().where(Event.verb == "integration.exported").exists()
    assert "/accounting/" not in cast.at("cashier").get(f"/customers/{cast.lovskar.id}").text
    assert f"/accounting/customers/{cast.lovskar.id}" in cast.at("dispatcher").get(f"/customers/{cast.lovskar.id}").text
