"""The domain's public names, and the tables in the order they are made."""

from models.access_request import AccessRequest
from models.article import Article, ArticleGroup
from models.attempt import Attempt
from models.auto_article import AutoArticle
from models.base import Record
from models.category import Category
from models.checklist import Checklist, ChecklistPoint, OrderPoint
from models.contact import Contact
from models.custom_field import CustomField, CustomValue
from models.customer import Customer, CustomerAssignment
from models.discount_letter import DiscountLetter, DiscountRow
from models.doomed_file import DoomedFile
from models.erasure import Erasure, Kept
from models.event import Event
from models.facility import Facility
from models.fault_report import FaultReport, Rejection, ReportAssignment
from models.file import File
from models.import_job import ImportJob, ImportPart, ImportProblem
from models.import_undo import ImportObstacle, ImportUndo
from models.integration import Integration
from models.login import LoginRecord
from models.merge import Merge
from models.message import Message
from models.order import Order, OrderAssignment
from models.order_line import OrderLine
from models.organisation import Organisation, Store
from models.permission_template import PermissionTemplate
from models.person_export import PersonExport
from models.portal import PortalAccount, PortalCustomer, PortalFacility
from models.protocol import Protocol, Signature
from models.quote import Quote, QuoteLine
from models.retention import RetentionState
from models.saved_filter import ListChoice, SavedFilter
from models.series import Series
from models.service_object import ServiceObject
from models.session import Link, Session, Submission
from models.tag import Tag
from models.user import StoreAccess, User, UserRight
from models.user_group import UserGroup

TABLES: list[type[Record]] = [
    Organisation,
    Store,
    UserGroup,
    PermissionTemplate,
    User,
    UserRight,
    StoreAccess,
    AccessRequest,
    Session,
    Link,
    Attempt,
    LoginRecord,
    Submission,
    SavedFilter,
    ListChoice,
    Series,
    Integration,
    CustomField,
    CustomValue,
    ArticleGroup,
    Article,
    DiscountLetter,
    DiscountRow,
    Customer,
    CustomerAssignment,
    AutoArticle,
    Category,
    Tag,
    Facility,
    ServiceObject,
    Contact,
    Event,
    File,
    FaultReport,
    Rejection,
    ReportAssignment,
    Checklist,
    ChecklistPoint,
    Order,
    OrderAssignment,
    OrderPoint,
    OrderLine,
    Quote,
    QuoteLine,
    Protocol,
    Signature,
    PortalAccount,
    PortalCustomer,
    PortalFacility,
    Merge,
    Message,
    ImportJob,
    ImportProblem,
    ImportPart,
    ImportUndo,
    ImportObstacle,
    DoomedFile,
    PersonExport,
    Erasure,
    Kept,
    RetentionState,
]

SEARCHABLE = (
    "user",
    "customer",
    "facility",
    "service_object",
    "contact",
    "fault_report",
    "work_order",
    "article",
    "discount_letter",
    "quote",
)
