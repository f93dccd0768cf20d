"""The customer register: known by the customer number (S2.4, S2.8)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Language, now, on_postgres
from models.contact import Contact
from models.customer import Customer, CustomerKind
from models.identity_number import WrongNumber, personal_number
from models.register import bulk, values
from models.register.column import Column
from models.register.register import Draft, Register, Row, by_field
from models.register.rules import Rules
from models.search import fold, sort_key
from models.tag import Tag

LANGUAGES = {
    Language.SV: "svenska, swedish, svensk, шведська, se",
    Language.NB: "norska, norsk, bokmål, norsk bokmål, norwegian, норвезька, no, nn",
    Language.UK: "ukrainska, ukrainsk, ukrainian, українська, ua",
    Language.EN: "engelska, engelsk, english, англійська, gb",
}
KINDS = {
    CustomerKind.BUSINESS: (
        "företag, bolag, företagskund, brf, förening, kommun, offentlig, bedrift, bedriftskunde, "
        "firma, foretak, forening, borettslag, юридична особа, підприємство, компанія, "
        "організація, осбб, фоп, business, company, organisation, organization, association, "
        "municipality, b2b"
    ),
    CustomerKind.PRIVATE: (
        "privat, privatperson, privatkund, person, konsument, privatkunde, forbruker, "
        "фізична особа, приватна особа, приватний, private, individual, consumer, b2c"
    ),
}
LABELS = Customer.LABELS


class Customers(Register):
    name = "customers"
    label = _l("Customers")
    noun = Customer
    only_new = frozenset({"number", "store"})
    derived = ("search_text", "sort_name")
    columns = (
        Column(
            "number",
            LABELS["number"],
            "Kundnr, Kundnummer, Kund-id, Kundkod, Kundenr, Kundenummer, Номер клієнта, "
            "Код клієнта, № клієнта, Customer number, Customer no, Customer id, Client number, "
            "Nr, Nummer, Номер, Код, Number, No",
            values.customer_number,
            required=True,
            example="10001",
        ),
        Column(
            "name",
            LABELS["name"],
            "Företagsnamn, Kundnamn, Kundens namn, Namn, Företag, Kund, Firma, Firmanavn, "
            "Kundenavn, Bedriftsnavn, Navn, Bedrift, Kunde, Назва, Назва клієнта, Найменування, "
            "Назва компанії, Клієнт, Ім'я, Customer name, Company name, Company, Customer, "
            "Client, Name",
            values.text(120),
            required=True,
            example="Norrvik Måleri AB",
        ),
        Column(
            "org_number",
            LABELS["org_number"],
            "Org.nr, Orgnummer, Organisationsnummer, Org/personnr, Person-/organisationsnummer, "
            "Organisasjonsnummer, ЄДРПОУ, Код ЄДРПОУ, ЄДРПОУ/ІПН, Organisation number, "
            "Organization number, Company number, Registration number",
            values.org_number,
            example="556000-0001",
        ),
        Column(
            "personal_number",
            LABELS["personal_number"],
            "Personnummer, Personnr, Pers.nr, Samordningsnummer, Fødselsnummer, Fødselsnr, Personnr., РНОКПП, ІПН, "
            "Ідентифікаційний код, Personal number, Personal identity number",
            values.personal_number,
        ),
        Column(
            "vat_number",
            LABELS["vat_number"],
            "Momsnr, Momsnummer, Momsregistreringsnummer, VAT-nummer, VAT-nr, MVA-nummer, MVA-nr, "
            "ІПН платника ПДВ, Номер платника ПДВ, VAT number, VAT no, VAT id",
            values.vat_number,
        ),
        Column(
            "peppol_id",
            LABELS["peppol_id"],
            "Peppol-id, Peppol, Peppol-adress, Peppol-adresse, Ідентифікатор Peppol, Peppol id",
            values.peppol_id,
        ),
        Column(
            "address",
            LABELS["address"],
            "Fakturaadress, Adress, Gatuadress, Postadress, Utdelningsadress, Fakturaadresse, "
            "Adresse, Gateadresse, Postadresse, Адреса, Юридична адреса, Адреса для рахунків, "
            "Invoice address, Billing address, Address, Street, "
            "Платіжна адреса",
            values.text(120),
            example="Storgatan 1",
        ),
        Column(
            "postcode",
            LABELS["postcode"],
            "Postnr, Postnummer, Fakturapostnr, Поштовий індекс, Індекс, Postcode, Postal code, Zip code, Zip",
            values.postcode,
            example="981 31",
        ),
        Column(
            "town",
            LABELS["town"],
            "Ort, Postort, Stad, Poststed, Sted, By, Місто, Населений пункт, Town, City, Place",
            values.text(60),
            example="Kiruna",
        ),
        Column(
            "visiting_address",
            LABELS["visiting_address"],
            "Besöksadress, Besøksadresse, Фактична адреса, Адреса відвідування, Visiting address, Visit address, "
            "Адреса візиту",
            values.text(120),
        ),
        Column(
            "visiting_postcode",
            LABELS["visiting_postcode"],
            "Besökspostnr, Besökspostnummer, Besøkspostnr, Besøkspostnummer, "
            "Індекс фактичної адреси, Visiting postcode, "
            "Besöksadress postnummer, Besøksadresse postnummer, Адреса візиту індекс",
            values.postcode,
        ),
        Column(
            "visiting_town",
            LABELS["visiting_town"],
            "Besöksort, Besökspostort, Besøkspoststed, Besøkssted, Місто фактичної адреси, "
            "Visiting town, Visiting city, "
            "Besöksadress ort, Besøksadresse sted, Адреса візиту місто",
            values.text(60),
        ),
        Column(
            "mail_address",
            LABELS["mail_address"],
            "Brevadress, Brevadresse, Postadress, Postadresse, Поштова адреса, Адреса для листів, "
            "Mail address, Mailing address",
            values.text(120),
        ),
        Column(
            "mail_postcode",
            LABELS["mail_postcode"],
            "Brevpostnr, Brevpostnummer, Postadressens postnummer, Індекс поштової адреси, "
            "Mail postcode, Mailing postcode",
            values.postcode,
        ),
        Column(
            "mail_town",
            LABELS["mail_town"],
            "Brevort, Brevpostort, Brevsted, Brevpoststed, Postadressens ort, Postadressens poststed, "
            "Місто поштової адреси, Mail town, Mailing town",
            values.text(60),
        ),
        Column(
            "phone",
            LABELS["phone"],
            "Telefon, Telefonnummer, Telefonnr, Tel, Tfn, Telefon 1, Tlf, Tlf.nr, Телефон, Номер телефону, "
            "Phone, Phone number, Telephone",
            values.phone,
            example="0980-12 34 56",
        ),
        Column(
            "mobile",
            LABELS["mobile"],
            "Mobil, Mobiltelefon, Mobilnummer, Mobilnr, Мобільний, Мобільний телефон, Mobile, Mobile phone, Cell phone",
            values.phone,
        ),
        Column(
            "email",
            LABELS["email"],
            "E-post, E-postadress, Epostadress, Mejl, Mejladress, Mail, E-postadresse, "
            "Електронна пошта, Ел. пошта, Е-пошта, Пошта, E-mail, E-mail address, Email address",
            values.email,
            example="info@norrvik.example",
        ),
        Column(
            "invoice_email",
            LABELS["invoice_email"],
            "Faktura e-post, Fakturamejl, E-post faktura, E-post för faktura, E-post for faktura, "
            "Faktura e-postadresse, Пошта для рахунків, Invoice e-mail, Billing e-mail, "
            "E-post för fakturor, E-post for fakturaer, Е-пошта для рахунків",
            values.email,
        ),
        Column(
            "website",
            LABELS["website"],
            "Webbplats, Hemsida, Webb, Webbadress, Nettside, Nettsted, Hjemmeside, Вебсайт, "
            "Веб-сайт, Сайт, Website, Web site, Web, Homepage, URL",
            values.website,
            example="https://norrvik.example",
        ),
        Column(
            "kind",
            LABELS["kind"],
            "Kundtyp, Typ, Kundetype, Тип клієнта, Тип, Customer type, Type",
            values.choice(KINDS),
        ),
        Column(
            "category",
            LABELS["category"],
            "Kategori, Kundkategori, Kundekategori, Kundgrupp, Kundegruppe, Категорія, Категорія клієнта, "
            "Category, Customer category, Customer group",
            values.category,
        ),
        Column(
            "tags",
            LABELS["tags"],
            "Taggar, Etiketter, Nyckelord, Tagger, Stikkord, Теги, Мітки, Tags, Labels, Keywords",
            values.tags,
        ),
        Column("language", LABELS["language"], "Språk, Мова, Language", values.choice(LANGUAGES)),
        Column(
            "payment_days",
            LABELS["payment_days"],
            "Betalningsvillkor, Betalvillkor, Betalningsfrist, Kredittid, Betalingsbetingelser, "
            "Betalingsfrist, Умови оплати, Термін оплати, Строк оплати, Payment terms, "
            "Payment days, Credit days, "
            "Betalningsvillkor dagar, Betalingsbetingelser dager, Умови оплати днів, Payment terms days",
            values.whole_number(0, 365),
            example="30",
        ),
        Column(
            "store",
            LABELS["store"],
            "Butik, Butiksnr, Butiksnummer, Butikk, Butikknr, Filial, Магазин, Філія, Store, Store number, Branch",
            values.store,
        ),
        Column(
            "note",
            LABELS["note"],
            "Anteckning, Anteckningar, Notering, Kommentar, Notat, Merknad, Примітка, Примітки, "
            "Коментар, Note, Notes, Comment, "
            "Нотатка",
            values.long_text(4000),
        ),
    )

    def key_of(self, row: Row) -> tuple[Any, str] | None:
        number = row.values.get("number")
        return (number, "number") if number else None

    def shape(self, row: Row) -> None:
        _to_the_person(row, row.values.get("kind"), self.rules)

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        numbers = [row.values["number"] for row in rows]
        query = Customer.select(*READ).where(bulk.among(Customer.number, numbers)).order_by(Customer.id)
        if on_postgres() and not dry:
            query = query.for_update()
        self.known = by_field("number", query) if numbers else {}
        _spell([row for row in rows if row.values.get("tags")])
        self.contacts = _contacts([found["id"] for found in self.known.values()])

    def find(self, row: Row) -> None:
        row.found = self.known.get(row.values["number"])
        if row.found and not self.rules.reaches(row.found["store"]):
            row.blame(self.headings["number"], row.values["number"], "elsewhere")
        if row.found and "kind" not in row.values:
            _to_the_person(row, row.found["kind"], self.rules)

    def _write_new(self, rows: Sequence[Row]) -> None:
        super()._write_new(rows)
        Tag.note(row.values["tags"] for row in rows if row.values.get("tags"))

    def _write_changed(self, changed: Sequence[tuple[Row, dict[str, list]]]) -> None:
        super()._write_changed(changed)
        Tag.note(changes["tags"][1] for _, changes in changed if "tags" in changes)

    def usual(self) -> dict[str, Any]:
        rules = self.rules
        return {**BLANK, "store": rules.store.id, "language": rules.language, "created_at": now()}

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        draft: Any = Draft(usual, record)
        draft.contacts = self.contacts.get(draft.id, ())
        record["search_text"] = fold(*Customer.searched_by(draft))
        record["sort_name"] = sort_key(draft.name, draft.language)
        return draft


def _spell(rows: Sequence[Row]) -> None:
    """Tags as they were first spelled."""
    lines = Tag.all_spelled([row.values["tags"] for row in rows])
    for row, line in zip(rows, lines, strict=True):
        row.values["tags"] = line


def _to_the_person(row: Row, kind: CustomerKind | None, rules: Rules) -> None:
    """Many registers have one column for both: a private customer's number there is the personal number."""
    if kind is CustomerKind.PRIVATE and "org_number" in row.values:
        number = row.values.pop("org_number")
        try:
            row.values.setdefault("personal_number", personal_number(number, rules.country))
        except WrongNumber:
            row.values.setdefault("personal_number", number)


def _contacts(customer_ids: Sequence[int]) -> dict[int, list[Contact]]:
    """A customer is also found by its contacts."""
    found = defaultdict(list)
    query = Contact.select().where(Contact.customer.in_(customer_ids)).order_by(Contact.id)
    for contact in query if customer_ids else ():
        found[contact.customer_id].append(contact)
    return found


FIELDS = [column.field for column in Customers.columns]
READ = [getattr(Customer, name) for name in ("id", "version", *FIELDS)]
BLANK = {**dict.fromkeys(FIELDS, ""), **Customer._meta.get_default_dict()}
