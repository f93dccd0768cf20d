"""The register of contacts: known by the customer's number and their name, or e-mail where a row has no name."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import now, on_postgres
from models.contact import Contact
from models.customer import Customer
from models.register import bulk, values
from models.register.by_name import CUSTOMER_HEADINGS, CustomersOwn, customers_numbered
from models.register.column import Column
from models.register.customers import LANGUAGES
from models.register.register import Draft, Outcome, Row
from models.search import fold, sort_key

LABELS = Contact.LABELS


class Contacts(CustomersOwn):
    name = "contacts"
    label = _l("Contacts")
    noun = Contact
    known_by = frozenset({"name", "email"})
    surely, loosely = "name", "email"
    nameless, ambiguous = "name_or_email", "ambiguous_contact"
    derived = ("news_changed_at", "search_text", "sort_name")
    columns = (
        Column(
            "customer",
            Customer.LABELS["number"],
            CUSTOMER_HEADINGS,
            values.customer_number,
            required=True,
            example="10001",
        ),
        Column(
            "name",
            LABELS["name"],
            "Kontaktperson, Kontakt, Kontaktens namn, Namn, Kontaktnavn, Navn, Контактна особа, Контакт, "
            "Ім'я, ПІБ, Contact person, Contact, Contact name, Full name, Name",
            values.text(80),
            example="Berit Bokström",
        ),
        Column(
            "function",
            LABELS["function"],
            "Funktion, Befattning, Roll, Titel, Funksjon, Stilling, Rolle, Tittel, Посада, Роль, Function, "
            "Position, Role, Job title, Title",
            values.text(60),
            example="Ekonomi",
        ),
        Column(
            "phone",
            LABELS["phone"],
            "Telefon, Telefonnummer, Telefonnr, Tel, Tfn, Tlf, Tlf.nr, "
            "Телефон, Номер телефону, Phone, Phone number, Telephone",
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
            "E-post, E-postadress, Epostadress, Mejl, Mejladress, Mail, E-postadresse, Електронна пошта, "
            "Ел. пошта, Е-пошта, Пошта, E-mail, E-mail address, Email address",
            values.email,
            example="berit@norrvik.example",
        ),
        Column("language", LABELS["language"], "Språk, Мова, Language", values.choice(LANGUAGES)),
        Column(
            "send_protocol",
            LABELS["send_protocol"],
            "Skicka protokoll, Skicka serviceprotokoll, Protokoll, Send protokoll, Send servicerapport, "
            "Надсилати акти, Надсилати протоколи, Акти, Send protocol, Send service protocol, Protocols, "
            "Send servicerapporter, Send protocols",
            values.yes_or_no,
            example=_l("yes"),
        ),
        Column(
            "send_order",
            LABELS["send_order"],
            "Skicka order, Skicka arbetsorder, Ordrar, Send ordre, Send arbeidsordre, Надсилати замовлення, "
            "Надсилати наряди, Замовлення, Send order, Send work order, Orders, "
            "Skicka ordrar, Send ordrer, Send orders",
            values.yes_or_no,
            example=_l("no"),
        ),
        Column(
            "wants_news",
            LABELS["wants_news"],
            "Vill ha besked, Notifikationer, Aviseringar, Vil ha varsler, Varsler, Сповіщення, "
            "Отримує сповіщення, Notifications, News, "
            "Vill ha nyheter, Ønsker nyheter, Хоче новини, Wants news",
            values.yes_or_no,
        ),
    )

    @classmethod
    def unmapped(cls, mapping: dict[str, str]) -> list[Column]:
        """Besides the customer, a name or an e-mail: one of them is enough."""
        name = [column for column in cls.columns if column.field == "name"]
        return super().unmapped(mapping) + ([] if mapping.get("name") or mapping.get("email") else name)

    def look_up(self, rows: Sequence[Row], dry: bool) -> None:
        self.customers = customers_numbered(row.values["customer"] for row in rows)
        ids = [customer["id"] for customer in self.customers.values()]
        query = Contact.select(*READ).where(bulk.among(Contact.customer, ids)).order_by(Contact.id)
        if on_postgres() and not dry:
            query = query.for_update()
        found: Any = query.dicts() if ids else ()
        self.keep_found(found)

    def settle(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        """A customer is also found by its contacts."""
        outcome = super().settle(rows, dry=dry)
        if not dry:
            refresh_search({row.customer["id"] for row in rows if row.customer and not row.bad})
        return outcome

    @classmethod
    def taken_back(cls, records: Sequence[Contact]) -> None:
        refresh_search({contact.customer_id for contact in records})

    def usual(self) -> dict[str, Any]:
        return dict(BLANK)

    def fresh(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [{**row.values, "customer": row.customer["id"]} for row in rows]

    def derive(self, record: dict[str, Any], row: Row, usual: dict[str, Any]) -> Draft:
        """Since when somebody wants news, or none, is noted where the file decides it."""
        decided = row.values.get("wants_news", row.found and row.found["wants_news"])
        has_changed = row.found is None or row.found["wants_news"] != decided
        earlier = row.found["news_changed_at"] if row.found else None
        record["news_changed_at"] = now() if "wants_news" in row.values and has_changed else earlier
        draft: Any = Draft(usual, record, {"customer": Draft(row.customer)})
        record["search_text"] = fold(*Contact.searched_by(draft))
        record["sort_name"] = sort_key(record["name"], row.customer["language"])
        return draft


def refresh_search(customer_ids: Collection[int]) -> None:
    """What these customers are found by, after contacts have come, changed or gone."""
    ids = sorted(customer_ids)
    people = defaultdict(list)
    for contact in Contact.select().where(bulk.among(Contact.customer, ids)).order_by(Contact.id):
        people[contact.customer_id].append(contact)
    texts = []
    for customer in Customer.select().where(bulk.among(Customer.id, ids)).order_by(Customer.id).dicts():
        draft: Any = Draft(customer, {"contacts": people[customer["id"]]})
        texts.append({"search_text": fold(*Customer.searched_by(draft)), "id": customer["id"]})
    bulk.update(Customer, texts)


FIELDS = [column.field for column in Contacts.columns]
READ = [getattr(Contact, name) for name in ("id", "version", "news_changed_at", *FIELDS)]
BLANK: dict[str, Any] = {
    **dict.fromkeys(("function", "phone", "mobile", "email"), ""),
    **Contact._meta.get_default_dict(),
}
