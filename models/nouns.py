"""The nouns by the name their events, files and search hits carry."""

from collections.abc import Iterable

from models.article import Article, ArticleGroup
from models.auto_article import AutoArticle
from models.base import Record
from models.category import Category
from models.checklist import Checklist
from models.contact import Contact
from models.custom_field import CustomField
from models.customer import Customer
from models.discount_letter import DiscountLetter
from models.erasure import Erasure
from models.facility import Facility
from models.fault_report import FaultReport
from models.import_job import ImportJob
from models.integration import Integration
from models.merge import Merge
from models.message import Message
from models.order import Order
from models.order_line import OrderLine
from models.organisation import Organisation, Store
from models.permission_template import PermissionTemplate
from models.person_export import PersonExport
from models.portal import PortalAccount
from models.protocol import Protocol
from models.quote import Quote, QuoteLine
from models.service_object import ServiceObject
from models.user import User
from models.user_group import UserGroup

NOUNS: dict[str, type[Record]] = {
    "organisation": Organisation,
    "store": Store,
    "user": User,
    "customer": Customer,
    "auto_article": AutoArticle,
    "contact": Contact,
    "facility": Facility,
    "service_object": ServiceObject,
    "fault_report": FaultReport,
    "order": Order,
    "order_line": OrderLine,
    "protocol": Protocol,
    "quote": Quote,
    "quote_line": QuoteLine,
    "article": Article,
    "article_group": ArticleGroup,
    "discount_letter": DiscountLetter,
    "category": Category,
    "message": Message,
    "merge": Merge,
    "checklist": Checklist,
    "portal_account": PortalAccount,
    "import_job": ImportJob,
    "custom_field": CustomField,
    "person_export": PersonExport,
    "erasure": Erasure,
    "user_group": UserGroup,
    "permission_template": PermissionTemplate,
    "integration": Integration,
}


def find_all(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Record]:
    """The records at these (noun, id), each kind in one query; without those that are gone."""
    wanted: dict[str, set[int]] = {}
    for noun, record_id in places:
        wanted.setdefault(noun, set()).add(record_id)
    return {
        (noun, record.id): record
        for noun, ids in wanted.items()
        for record in NOUNS[noun].select().where(NOUNS[noun].id.in_(ids))
    }


def find(noun: str, record_id: int) -> Record | None:
    """The record, whoever may see it; None when it is gone."""
    kind = NOUNS[noun]
    return kind.get_or_none(kind.id == record_id)
