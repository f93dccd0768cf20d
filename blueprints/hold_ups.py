"""What is stuck with a customer, and what hangs on one that is to be inactivated: each line leads to the remedy."""

from types import SimpleNamespace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from models.cards import CustomerCard
from models.rights import can


def line(text: str, url: str = "", label: str = "") -> SimpleNamespace:
    return SimpleNamespace(text=text, url=url, label=label)


def stuck(card: CustomerCard) -> list[SimpleNamespace]:
    """Nothing for an inactive customer: it waits for nothing."""
    customer = card.record
    if not customer.is_active:
        return []
    return [*_work(card), *_news(card)]


def _work(card: CustomerCard) -> list[SimpleNamespace]:
    mine = {"customer": card.record.id}
    found = []
    if card.late:
        text = ngettext("%(num)s order is late", "%(num)s orders are late", card.late)
        found.append(line(text, url_for("orders.index", late=1, **mine), _("See the orders")))
    if card.waiting:
        text = ngettext(
            "%(num)s fault report has no order yet", "%(num)s fault reports have no order yet", card.waiting
        )
        found.append(line(text, url_for("fault_reports.index", **mine), _("See the reports")))
    return found


def _news(card: CustomerCard) -> list[SimpleNamespace]:
    customer, found = card.record, []
    if card.unsent:
        text = ngettext("%(num)s message was not sent", "%(num)s messages were not sent", card.unsent)
        address = url_for("messages.index", customer=customer.id, status="unsent")
        found.append(line(text, address, _("See why")))
    if card.tells_nobody and not customer.is_private:
        add = url_for("contacts.new", customer_id=customer.id) if can(current_user, "edit", customer) else ""
        found.append(line(_("Nobody gets the protocols by e-mail"), add, _("Add a contact")))
    return found


def hanging(card: CustomerCard) -> list[SimpleNamespace]:
    """What stays open, and what stops, when the customer is inactivated."""
    mine, logins = {"customer": card.record.id}, sum(account.user.is_active for account in card.accounts)
    open_orders, people = card.open_orders.count, len(card.assignees)
    stays = ngettext("%(num)s open order stays open.", "%(num)s open orders stay open.", open_orders)
    waits = ngettext("%(num)s fault report stays waiting.", "%(num)s fault reports stay waiting.", card.waiting)
    reports = ngettext(
        "%(num)s portal user cannot report any more.", "%(num)s portal users cannot report any more.", logins
    )
    work = ngettext("%(num)s person gets no new work of it.", "%(num)s people get no new work of it.", people)
    goes = ngettext("%(num)s message still goes out.", "%(num)s messages still go out.", card.planned)
    counted = (
        (open_orders, line(stays, url_for("orders.index", **mine))),
        (card.waiting, line(waits, url_for("fault_reports.index", **mine))),
        (logins, line(reports)),
        (people, line(work)),
        (card.planned, line(goes, url_for("messages.index", status="waiting", **mine))),
    )
    return [said for count, said in counted if count]
