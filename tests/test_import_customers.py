"""Importing customers: what goes in, what is kept out and why, and what a second time does."""

import pytest

from blueprints.forms import parse_phone
from models.base import Country, Language
from models.category import Category
from models.customer import Customer, CustomerKind
from models.event import Event
from models.message import Message
from models.organisation import NumberStyle, Organisation
from models.tag import Tag
from tests import factories
from tests.cast import work
from tests.registers import HEADINGS, bring, counts, problems, register, table

HEAD = ";".join(HEADINGS)
FIRST = "501;Åre Måleri AB;556723-9313;Stationsvägen 55;184 40;Åkersberga;08-540 694 00;info@are.example.se;https://are.example.se"


def customer(number: str) -> Customer:
    return Customer.get(Customer.number == number)


@pytest.mark.requirement("S2.8")
def test_a_row_becomes_a_customer_that_is_found_and_has_a_history(cast):
    job = bring(cast, table(HEAD, FIRST))
    made = customer("501")
    assert counts(job) == (1, 0, 0, 0)
    assert (made.name, made.org_number, made.address, made.postcode) == (
        "Åre Måleri AB",
        "556723-9313",
        "Stationsvägen 55",
        "184 40",
    )
    assert (made.town, made.phone, made.email, made.website) == (
        "Åkersberga",
        "08-540 694 00",
        "info@are.example.se",
        "https://are.example.se",
    )
    assert (made.store, made.kind, made.language, made.payment_days) == (
        cast.house.north,
        CustomerKind.BUSINESS,
        Language.EN,
        30,
    )
    searched = Customer.visible_to(cast.dispatcher).where(Customer.matches("are maleri 0854069400"))
    assert list(searched) == [made]
    event = Event.get((Event.noun == "customer") & (Event.record_id == made.id))
    assert (event.verb, event.actor, event.what, event.customer_id, event.store_id) == (
        "customer.imported",
        cast.owner,
        made.title,
        made.id,
        made.store_id,
    )


def test_an_imported_customer_is_as_one_that_was_typed(cast):
    bring(cast, table(HEAD, FIRST))
    made = customer("501")
    kept = made.search_text, made.sort_name
    made.search_text = ""
    made.save()
    assert (made.search_text, made.sort_name) == kept


def test_nobody_is_written_to(cast):
    bring(cast, register(3))
    work()
    assert Message.select().count() == 0


def test_the_same_file_again_is_skipped_row_by_row(cast):
    raw = register(30)
    assert counts(bring(cast, raw)) == (30, 0, 0, 0)
    events = Event.select().where(Event.noun == "customer").count()
    assert counts(bring(cast, raw)) == (0, 0, 30, 0)
    assert Event.select().where(Event.noun == "customer").count() == events


def test_a_changed_row_changes_what_is_there_and_says_what(cast):
    bring(cast, table(HEAD, FIRST))
    before = customer("501")
    factories.contact(before, "Berit Bok", email="berit@are.example.se")
    job = bring(cast, table(HEAD, FIRST.replace("Åkersberga", "Vaxholm")))
    after = customer("501")
    assert counts(job) == (0, 1, 0, 0)
    assert (after.town, after.version) == ("Vaxholm", before.version + 1)
    assert "vaxholm" in after.search_text and "berit bok" in after.search_text
    event = Event.get(Event.verb == "customer.changed")
    assert (event.changes, event.version) == (
        {"town": {"old": "Åkersberga", "new": "Vaxholm"}},
        after.version,
    )


def test_an_empty_cell_overwrites_nothing(cast):
    bring(cast, table(HEAD, FIRST))
    job = bring(cast, table(HEAD, "501;Åre Måleri AB;;;;;;;"))
    assert counts(job) == (0, 0, 1, 0)
    assert customer("501").town == "Åkersberga"


def test_a_number_twice_in_the_file_names_the_first_line(cast):
    job = bring(cast, table(HEAD, FIRST, "501;Another;;;;;;;", FIRST))
    assert counts(job) == (1, 0, 1, 1)
    assert problems(job) == [(3, "Kundnr", "501", "This stands on line 2 already, with other values.")]
    assert customer("501").name == "Åre Måleri AB"


@pytest.mark.requirement("S2.8")
def test_all_that_is_wrong_with_a_row_is_said_at_once_and_good_rows_go_in(cast):
    bad = f"502;{'x' * 121};1-2;Väg 1;1;Ort;ring oss;hej@;ftp://fil.example"
    job = bring(cast, table(HEAD, bad, ";;;;;;;;", "503;Good AB;;;;;;;", "504;Long;;;;;;;;extra"))
    assert counts(job) == (1, 0, 0, 2)
    assert problems(job) == [
        (2, "Företagsnamn", "x" * 121, "At most 120 characters; this has 121."),
        (2, "Org.nr", "1-2", "This is not an organisation number."),
        (2, "Telefon", "ring oss", "This is not a phone number."),
        (2, "E-post", "hej@", "This is not an e-mail address."),
        (2, "Webbplats", "ftp://fil.example", "This is not a web address."),
        (5, "", "extra", "The row has more cells than there are headings."),
    ]


def test_a_row_without_number_and_name_lacks_both(cast):
    job = bring(cast, table(HEAD, ";;556723-9313;;;;;;"))
    said = "This must be filled in."
    assert problems(job) == [(2, "Kundnr", "", said), (2, "Företagsnamn", "", said)]


def test_a_check_digit_that_does_not_fit_is_a_remark(cast):
    job = bring(cast, table(HEAD, FIRST.replace("9313", "9314")))
    assert counts(job) == (1, 0, 0, 0)
    assert problems(job) == [
        (2, "Org.nr", "556723-9314", "The check digit does not fit; the row goes in all the same.")
    ]


@pytest.mark.parametrize(
    ("number", "doubted"),
    [
        ("556723-9313", False),
        ("195605123458", True),
        ("974 760 673", False),  # Norway: nine digits
        ("974 760 674", True),
        ("32855961", False),  # Ukraine: eight
        ("32855968", True),
        ("1234567", False),  # nobody's: no rule
    ],
)
def test_each_countrys_check_digit_is_known(cast, number, doubted):
    job = bring(cast, table("Kundnr;Namn;Org.nr", f"501;One;{number}"))
    assert ([found[2] for found in problems(job)], customer("501").org_number) == ([number] * doubted, number)


def test_an_address_beyond_plain_letters_is_kept_in_its_usual_form(cast):
    job = bring(cast, table("Kundnr;Namn;E-post", "501;One;Anna.Ek@BÜCHER.example"))
    assert (problems(job), customer("501").email) == ([], "Anna.Ek@bücher.example")


@pytest.mark.requirement("S2.4")
def test_numbers_follow_the_organisations_rule(cast):
    Organisation.update(number_low=4, number_high=5, number_style=NumberStyle.DIGITS).execute()
    job = bring(cast, table("Kundnr;Namn", "123;Short", "12A4;Letters", "1234;Fits"))
    assert [found[3] for found in problems(job)] == [
        "A customer number has 4 to 5 characters; this has 3.",
        "A customer number has digits only.",
    ]
    assert counts(job) == (1, 0, 0, 2)


@pytest.mark.parametrize(
    ("headings", "kind", "language"),
    [
        ("Kundnr;Företagsnamn;Kundtyp;Språk;Betalningsvillkor", "privatperson", "norska"),
        ("Kundenr;Navn;Kundetype;Språk;Betalingsfrist", "Privat", "norsk"),
        ("Номер клієнта;Назва;Тип клієнта;Мова;Термін оплати", "Фізична особа", "норвезька"),
        ("Customer number;Name;Type;Language;Payment terms", "private", "no"),
    ],
)
def test_headings_and_words_are_known_in_four_languages(cast, headings, kind, language):
    job = bring(cast, table(headings, f"601;Person;{kind};{language};15 dagar"))
    made = customer("601")
    assert counts(job) == (1, 0, 0, 0), problems(job)
    assert (made.kind, made.language, made.payment_days) == (CustomerKind.PRIVATE, Language.NB, 15)


def test_words_that_are_none_of_the_known_name_the_known(cast):
    job = bring(cast, table("Kundnr;Namn;Kundtyp;Språk;Betalvillkor", "601;Person;gräddfil;klingon;-5"))
    assert [found[3] for found in problems(job)] == [
        "This is none of: business, private.",
        "This is none of: sv, nb, uk, en.",
        "This is not a whole number from 0 to 365.",
    ]


@pytest.mark.parametrize(
    ("country", "number", "fits"),
    [
        (Country.SE, "+46 8 540 694 00", True),
        (Country.SE, "0046 8 540 694 00", True),
        (Country.SE, "540 69", False),
        (Country.SE, "08-540 694 00, växel", False),
        (Country.NO, "22 33 44 55", True),
        (Country.NO, "022 33 44 55 66 77", False),
        (Country.UA, "(044) 123-45-67", True),
        (Country.UA, "12", False),
    ],
)
def test_phone_numbers_are_those_that_can_be_dialled(cast, country, number, fits):
    Organisation.update(country=country).execute()
    job = bring(cast, table("Kundnr;Namn;Telefon", f"601;A;{number}"))
    assert bool(job.created) is fits
    assert (parse_phone(number) is not None) is fits, "the card's form says the same"


def test_a_postcode_gets_its_noughts_back(cast):
    Organisation.update(country=Country.NO).execute()
    bring(cast, table("Kundenr;Navn;Postnr", "601;Oslo AS;150"))
    assert customer("601").postcode == "0150"


def test_a_store_can_be_named_by_those_who_work_in_it(cast):
    file = table("Kundnr;Namn;Butik", "601;A;012", "602;B;031")
    job = bring(cast, file, by=cast.dispatcher)
    assert customer("601").store == cast.house.north
    assert problems(job) == [(3, "Butik", "031", "There is no store with this number that you work in.")]
    assert counts(bring(cast, file)) == (1, 0, 1, 0)
    assert customer("602").store == cast.house.south


def test_a_customer_of_a_store_that_is_not_ones_own_is_left_alone(cast):
    factories.customer(cast.house.south, "South AB", number="700")
    job = bring(cast, table("Kundnr;Namn", "700;Renamed"), by=cast.dispatcher)
    assert problems(job) == [(2, "Kundnr", "700", "This customer belongs to a store you do not work in.")]
    assert customer("700").name == "South AB"


def test_what_an_export_escaped_comes_back_as_it_was(cast):
    bring(cast, table("Kundnr;Namn;Telefon", "'=601;'+Plus AB;'+46 8 540 694 00"))
    assert (customer("=601").name, customer("=601").phone) == ("+Plus AB", "+46 8 540 694 00")


def test_the_report_counts_more_problems_than_it_keeps(cast):
    rows = [f"{number};;;;;;;;" for number in range(9000, 10_500)]
    job = bring(cast, table(HEAD, *rows))
    assert (job.rejected, job.problem_count, len(job.problems)) == (1500, 1500, 1000)


def test_many_remarks_do_not_crowd_out_the_rejected_rows(cast):
    rows = [f"{number};Doubtful AB;556723-9314;;;;;;" for number in range(9000, 10_500)]
    job = bring(cast, table(HEAD, *rows, "nameless;;;;;;;;"))
    assert (job.created, job.remark_count, job.problem_count) == (1500, 1500, 1)
    assert problems(job)[-1] == (1502, "Företagsnamn", "", "This must be filled in.")


HEADS_OF_DETAILS = [
    "Kundnr;Namn;Kundtyp;Personnummer;Momsnr;Peppol-id;Mobil;Kategori;Taggar;Brevadress",
    "Kundenr;Navn;Kundetype;Fødselsnummer;MVA-nummer;Peppol-id;Mobil;Kategori;Tagger;Brevadresse",
    "Номер клієнта;Назва;Тип клієнта;РНОКПП;Номер платника ПДВ;Peppol;Мобільний;Категорія;Теги;Поштова адреса",
    "Customer number;Name;Type;Personal number;VAT number;Peppol id;Mobile;Category;Tags;Mail address",
]


@pytest.mark.requirement("S2.8")
@pytest.mark.parametrize("headings", HEADS_OF_DETAILS)
def test_the_details_of_a_customer_are_known_in_four_languages(cast, headings):
    Category.create(name="Bostäder")
    lines = (
        "701;A;private;811228-9874;;;070-174 06 16;BOSTÄDER;VIP, hiss;Box 7",
        "702;B;business;;SE556012579001;0007:5560125790;;;vip;",
    )
    job = bring(cast, table(headings, *lines))
    person, firm = customer("701"), customer("702")
    assert counts(job) == (2, 0, 0, 0), problems(job)
    assert (person.personal_number, person.mobile, person.category) == ("19811228-9874", "070-174 06 16", "Bostäder")
    assert (person.tags, person.mail_address) == ("VIP, hiss", "Box 7")
    assert (firm.vat_number, firm.peppol_id, firm.tags) == ("SE556012579001", "0007:5560125790", "VIP")
    assert list(Customer.select().where(Customer.matches("bostader hiss"))) == [person]
    assert Tag.spelled("Vip") == "VIP"


def test_a_private_customers_number_goes_where_persons_numbers_are(cast):
    head = "Kundnr;Namn;Kundtyp;Org/personnr"
    bring(cast, table(head, "701;A;privat;8112289874", "702;B;privat;811228-9875"))
    assert [(customer(number).org_number, customer(number).personal_number) for number in ("701", "702")] == [
        ("", "19811228-9874"),
        ("", "811228-9875"),
    ]
    assert counts(bring(cast, table("Kundnr;Namn;Org/personnr", "701;A;670919-9530"))) == (0, 1, 0, 0)
    assert (customer("701").org_number, customer("701").personal_number) == ("", "19670919-9530")
    log = Event.get((Event.verb == "customer.changed") & (Event.noun == "customer"))
    assert log.changes == {"personal_number": {"old": "••••••••-••74", "new": "••••••••-••30"}}
    assert "19670919" not in customer("701").search_text


def test_details_that_cannot_be_are_said_row_by_row(cast):
    Organisation.update(number_style=NumberStyle.PATTERN, number_pattern="A-999").execute()
    head = "Kundnr;Namn;Momsnr;Peppol-id;Kategori;Taggar;Personnummer"
    job = bring(cast, table(head, f"7;A;SE1;x;Ingen;{'y' * 31};1", "K-001;B;;;;;811228-9875"))
    assert {(line, said) for line, _, _, said in problems(job)} == {
        (2, "A customer number looks like A-123."),
        (2, "This is not a VAT number of this country."),
        (2, "A Peppol id is a scheme and a number, as in 0007:5560125790."),
        (2, "There is no category of this name."),
        (2, "At most 12 tags of at most 30 characters."),
        (2, "This is not a personal number."),
        (3, "The check digit does not fit; the row goes in all the same."),
    }


def test_organisation_numbers_are_kept_as_the_card_keeps_them(cast):
    bring(cast, table("Kundnr;Namn;Org.nr", "701;A;5560125790", "702;B;556012 5790", "703;C;988077917"))
    assert [customer(number).org_number for number in ("701", "702", "703")] == [
        "556012-5790",
        "556012-5790",
        "988077917",
    ]
