"""What a customer and a contact are: numbers, addresses, categories and tags, switches and consents.

A private customer's personal number moves from the organisation number's column into its own, out of what everybody
is found by. Contacts are found and ordered by texts of their own, as customers are.
"""

from models.schema import statements
from models.search import digits, fold, sort_key

CONTACTS = """SELECT contact.id, contact.name, contact.function, contact.email, contact.phone, customer.name,
    customer.number, customer.language FROM contact JOIN customer ON customer.id = contact.customer_id"""


def up(migrator, db):
    for statement in statements("0010_customer_details"):
        db.execute_sql(statement)
    mark = db.param
    update = f"UPDATE contact SET search_text = {mark}, sort_name = {mark} WHERE id = {mark}"  # noqa: S608  our own
    for contact_id, name, function, email, phone, customer, number, language in db.execute_sql(CONTACTS).fetchall():
        found_by = fold(name, function, email, phone, digits(phone), "", customer, number)
        db.execute_sql(update, (found_by, sort_key(name, language), contact_id))
