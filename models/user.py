"""People who log in: staff, and customers' users of the portal. What they may do, where, and how they are reached."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l
from peewee import fn

from models.base import Choice, ChoiceField, Language, Record, UTCDateTimeField, db, now, unique
from models.event import Event
from models.granting import Granting, UserRight, refuse_rights, role_of, tell_of_risks
from models.lifecycle import Noun, revise
from models.organisation import Store
from models.password import hash_password, verify, weaknesses
from models.permission_template import PermissionTemplate
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, Role, Rule, holds
from models.search import Searchable
from models.user_group import UNGROUPED, UserGroup

__all__ = ["StoreAccess", "Theme", "User", "UserRight"]


class Theme(Choice):
    SYSTEM = "", _l("As the system")
    LIGHT = "light", _l("Light")
    DARK = "dark", _l("Dark")


oneself = Rule(
    lambda user, record: record is not None and record.id == user.id,
    lambda user, record: [refuse("right.missing", right=Right.USER_EDIT)],
)


class User(Granting, Searchable, Noun):
    MAY = {
        "view": holds(Right.USER_VIEW) | oneself,
        "invite": holds(Right.USER_INVITE),
        "invite_again": holds(Right.USER_INVITE),
        "edit": holds(Right.USER_EDIT),
        "edit_profile": oneself,
        "use_second_factor": oneself,
        "drop_second_factor": holds(Right.USER_EDIT) | oneself,
        "grant": holds(Right.RIGHT_GRANT),
        "give_store": holds(Right.STORE_GRANT),
        "inactivate": holds(Right.USER_EDIT),
        "restore": holds(Right.USER_EDIT),
        "export": holds(Right.REGISTER_EXPORT),
    }
    LABELS = {
        "login": _l("User name"),
        "name": _l("Name"),
        "email": _l("E-mail"),
        "phone": _l("Phone"),
        "language": _l("Language"),
        "theme": _l("Appearance"),
        "role": _l("Role"),
        "template": _l("Permission template"),
        "group": _l("Group"),
        "by_email": _l("Send me news by e-mail"),
        "in_app": _l("Show me news in Kundbok"),
    }

    login = peewee.CharField(max_length=80, unique=True)
    name = peewee.CharField(max_length=80)
    email = peewee.CharField(max_length=120, default="")
    phone = peewee.CharField(max_length=40, default="")
    language = ChoiceField(Language, default=Language.EN)
    theme = ChoiceField(Theme, default=Theme.SYSTEM)
    role = ChoiceField(Role, index=True)
    template = peewee.ForeignKeyField(PermissionTemplate, null=True, backref="+")
    group = peewee.ForeignKeyField(UserGroup, null=True, backref="+")
    by_email = peewee.BooleanField(default=True)
    in_app = peewee.BooleanField(default=True)
    password_hash = peewee.CharField(max_length=200, default="")
    totp_secret = peewee.CharField(max_length=40, default="")
    totp_last_step = peewee.IntegerField(default=0)
    home_store = peewee.ForeignKeyField(Store, null=True, backref="+")
    inactive_at = UTCDateTimeField(null=True)
    last_login_at = UTCDateTimeField(null=True)
    created_at = UTCDateTimeField(default=now)

    # Flask-Login's contract; the id it keeps is the session's token, never the user's number.
    is_authenticated = True
    is_anonymous = False
    session_token: str = ""

    def get_id(self) -> str:
        return self.session_token

    @property
    def is_active(self) -> bool:
        return self.inactive_at is None

    @property
    def is_portal(self) -> bool:
        return self.role.is_portal

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)

    @property
    def has_second_factor(self) -> bool:
        return bool(self.totp_secret)

    def searched_by(self):
        return self.name, self.login, self.email, self.phone

    @cached_property
    def store_ids(self) -> frozenset[int] | None:
        """The stores this person works in today; None means all of them."""
        if self.has(Right.STORE_ALL):
            return None
        return frozenset(row.store_id for row in StoreAccess.current(self))

    def works_in(self, store_id: int | None) -> bool:
        return self.store_ids is None or store_id in self.store_ids

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """Staff see the staff; a customer's user sees only themselves."""
        if user.is_portal or not user.has(Right.USER_VIEW):
            return cls.select().where(cls.id == user.id)
        return cls.staff()

    @classmethod
    def staff(cls) -> "peewee.ModelSelect[User]":
        return cls.select().where(cls.role != Role.PORTAL)

    @classmethod
    def active_staff(cls) -> "peewee.ModelSelect[User]":
        """By group and name; whoever has none stands first."""
        query = cls.select(cls, UserGroup).join(UserGroup, peewee.JOIN.LEFT_OUTER)
        place = fn.COALESCE(UserGroup.position, 0), fn.COALESCE(UserGroup.name, "")
        return query.where((cls.role != Role.PORTAL) & cls.inactive_at.is_null()).order_by(*place, cls.name)

    @property
    def place(self) -> tuple[int, str, str]:
        """Where this person stands among colleagues: by group and name."""
        return *(self.group.place if self.group_id else UNGROUPED), self.name

    @classmethod
    def assignable(cls, store_id: int | None) -> list["User"]:
        """Active staff who work in the store, by group and name."""
        return [user for user in knowing_rights(cls.active_staff()) if user.works_in(store_id)]

    @classmethod
    def holding(cls, right: Right, store_id: int | None = None) -> list["User"]:
        """Active staff who have the right (and, where a store is named, work there), by name."""
        return [
            user
            for user in knowing_rights(cls.active_staff().order_by(cls.name))
            if user.has(right) and (store_id is None or user.works_in(store_id))
        ]

    @classmethod
    def with_login(cls, login: str) -> "User | None":
        return cls.get_or_none(cls.login == login.strip().casefold())

    @classmethod
    def with_email(cls, address: str) -> "User | None":
        """The one active account with this address; where several share it, the login must be named."""
        wanted = address.strip().casefold()
        found = cls.select().where((fn.LOWER(cls.email) == wanted) & cls.inactive_at.is_null()).limit(2)
        people = list(found) if wanted else []
        return people[0] if len(people) == 1 else None

    @classmethod
    def found(cls, login: str, name: str, role: Role, *, password: str = "", **values) -> "User":
        """Make an account without asking who may: the first run, the demo and `invite` use it."""
        with db.atomic():
            with unique("login"):
                return cls.create(
                    login=login.strip().casefold(),
                    name=name,
                    role=role,
                    password_hash=hash_password(password) if password else "",
                    **values,
                )

    @classmethod
    def invite(cls, values: dict, *, stores: list[Store], by: "User") -> "User":
        """Make a staff account that has no password yet; the event sends the single-use link. The owners are told
        of a role with risky rights.

        Raises Refused for rights and stores that `by` lacks, Taken when the login is in use.
        """
        base = values.get("template") or values["role"]
        refusals = rule_refusals_of_invitation(base, stores, by)
        if refusals:
            raise Refused(refusals)
        facts = {**values, "role": role_of(base)}
        with db.atomic():
            user = cls.found(facts.pop("login"), facts.pop("name"), facts.pop("role"), **facts)
            for store in stores:
                StoreAccess.create(user=user, store=store, given_by=by)
            Event.record("user.invited", by=by, about=user)
            tell_of_risks(user, user.rights, by)
            return user

    def _against_invite_again(self, by) -> list[Refusal]:
        return [refuse("user.joined", name=self.name, user_id=self.id)] if self.has_password else []

    def invite_again(self, *, by: "User") -> None:
        """Send a new link; the earlier one stops working when the letter is written."""
        self.demand("invite_again", by)
        with db.atomic():
            Event.record("user.invited", by=by, about=self)

    def choose_password(self, password: str) -> None:
        """Set the password; every session of this person ends, since one of them may be a thief's.

        Raises Refused with all that makes the password weak.
        """
        from models.session import Session  # the session is newer than the user

        refusals = weaknesses(password, self.login, self.name, self.email)
        if refusals:
            raise Refused(refusals)
        with db.atomic():
            verb = "user.password_changed" if self.has_password else "user.joined"
            self.password_hash = hash_password(password)
            User.update(password_hash=self.password_hash).where(User.id == self.id).execute()
            Session.end_all(self, "password")
            Event.record(verb, by=self, about=self)

    def use_second_factor(self, secret: str, *, by: "User") -> None:
        """From now on a code is asked after the password."""
        self.demand("use_second_factor", by)
        self._keep_second_factor(secret, "user.second_factor_on", by)

    def _against_drop_second_factor(self, by) -> list[Refusal]:
        without = [] if self.has_second_factor else [refuse("user.no_second_factor", name=self.name, user_id=self.id)]
        return without + self.higher_than(by)

    def drop_second_factor(self, *, by: "User") -> None:
        """For a lost phone: the password alone is enough again."""
        self.demand("drop_second_factor", by)
        self._keep_second_factor("", "user.second_factor_off", by)

    def _keep_second_factor(self, secret: str, verb: str, by: "User") -> None:
        with db.atomic():
            self.totp_secret = secret
            User.update(totp_secret=secret, totp_last_step=0).where(User.id == self.id).execute()
            Event.record(verb, by=by, about=self)

    def verify_password(self, password: str) -> bool:
        return verify(password, self.password_hash)

    def change(self, values: dict, *, by: "User", seen: int) -> dict:
        """Raises Taken when the new login is in use."""
        self.demand("edit", by)
        values = {**values, "login": values.get("login", self.login).strip().casefold()}
        with unique("login"):
            return revise(self, "user.changed", values, by=by, seen=seen)

    def change_profile(self, values: dict, *, by: "User", seen: int) -> dict:
        self.demand("edit_profile", by)
        return revise(self, "user.changed", values, by=by, seen=seen)

    def prefer(self, **taste) -> None:
        """Language or appearance, one's own affair: no event, nobody is told."""
        User.update(**taste).where(User.id == self.id).execute()
        self.__data__.update(taste)

    def _against_edit(self, by) -> list[Refusal]:
        return self.higher_than(by)

    def _against_inactivate(self, by) -> list[Refusal]:
        already = [refuse("user.inactive", since=self.inactive_at)] if self.inactive_at else []
        return already + self._last_owner() + self.higher_than(by)

    def inactivate(self, *, by: "User") -> None:
        """Switch the account off: its sessions end at once, its work stays, and it can be restored."""
        from models.session import Session  # the session is newer than the user

        with db.atomic():
            self.lock_owners()
            self.demand("inactivate", by)
            self._switch("user.inactivated", by, inactive_at=now())
            Session.end_all(self, "inactivated")

    def _against_restore(self, by) -> list[Refusal]:
        already = [refuse("user.active", name=self.name, user_id=self.id)] if self.is_active else []
        return already + self.higher_than(by)

    def restore(self, *, by: "User") -> None:
        self.demand("restore", by)
        with db.atomic():
            self._switch("user.restored", by, inactive_at=None)

    def _switch(self, verb: str, by: "User", **values) -> None:
        User.update(version=User.version + 1, **values).where(User.id == self.id).execute()
        self.reload()
        Event.record(verb, by=by, about=self)

    def _against_give_store(self, by) -> list[Refusal]:
        return [refuse("right.own")] if self.id == by.id else []

    def use_store(self, store: Store) -> None:
        """Remember where this person last worked."""
        User.update(home_store=store).where(User.id == self.id).execute()


def rule_refusals_of_invitation(base: Any, stores: list[Store], by: User) -> list[Refusal]:
    """What `by` may not hand out with an invitation."""
    missing = [] if by.has(Right.USER_INVITE) else [refuse("right.missing", right=Right.USER_INVITE)]
    wrong_side = [refuse("right.staff_only")] if role_of(base).is_portal else []
    return missing + wrong_side + refuse_rights(base.rights, by) + refuse_stores(stores, by)


def refuse_stores(stores: list[Store], by: User) -> list[Refusal]:
    """Nobody lets others into a store they do not work in themselves."""
    return [refuse("store.no_access", number=store.number) for store in stores if not by.works_in(store.id)]


class StoreAccess(Record):
    """Who works in which store, until when (a date's end; None: for good)."""

    user = peewee.ForeignKeyField(User, backref="store_accesses", on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, backref="+", on_delete="CASCADE")
    until = UTCDateTimeField(null=True)
    given_by = peewee.ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    given_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("user", "store"), True),)

    @classmethod
    def current(cls, user: User) -> "peewee.ModelSelect[StoreAccess]":
        return cls.select().where((cls.user == user.id) & cls.holds_today())

    @classmethod
    def holds_today(cls) -> peewee.Expression:
        return cls.until.is_null() | (cls.until > now())

    @classmethod
    def of(cls, user: User) -> list["StoreAccess"]:
        """All of a person's accesses, ended ones too, by store number."""
        query = cls.select(cls, Store).join(Store).where(cls.user == user.id)
        return list(query.order_by(Store.number))

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until <= now()

    @classmethod
    def give(cls, user: User, store: Store, *, until, by: User) -> None:
        """Let the person work in the store; a second time changes the end date."""
        from models.access_request import AccessRequest  # the request is newer than the access

        cls.demand(user, store, by)
        with db.atomic():
            cls.delete().where((cls.user == user) & (cls.store == store)).execute()
            cls.create(user=user, store=store, until=until, given_by=by)
            AccessRequest.delete().where((AccessRequest.user == user) & (AccessRequest.store == store)).execute()
            user.forget_rights()
            Event.record("store.access_given", by=by, about=user, store=store.title)

    @classmethod
    def withdraw(cls, user: User, store: Store, *, by: User) -> None:
        """Ends at the person's next request; a second time does nothing."""
        cls.demand(user, store, by)
        with db.atomic():
            if cls.delete().where((cls.user == user) & (cls.store == store)).execute():
                user.forget_rights()
                Event.record("store.access_withdrawn", by=by, about=user, store=store.title)

    @classmethod
    def demand(cls, user: User, store: Store, by: User) -> None:
        """Raise Refused unless `by` may decide whether this person works in the store."""
        refusals = user.why_not("give_store", by) + refuse_stores([store], by)
        if refusals:
            raise Refused(refusals, user)


def knowing_rights(users: Iterable[User]) -> list[User]:
    """These people with their templates, exceptions and stores, in three queries, however many they are."""
    people = {user.id: user for user in users}
    exceptions: dict[int, dict[Right, bool]] = {user_id: {} for user_id in people}
    stores: dict[int, set[int]] = {user_id: set() for user_id in people}
    for row in UserRight.select().where(UserRight.user.in_(list(people))):
        exceptions[row.user_id][Right(row.right)] = row.granted
    for access in StoreAccess.select().where(StoreAccess.user.in_(list(people)) & StoreAccess.holds_today()):
        stores[access.user_id].add(access.store_id)
    followed = {user.template_id for user in people.values() if user.template_id}
    templates = {one.id: one for one in PermissionTemplate.select().where(PermissionTemplate.id.in_(followed))}
    for user_id, user in people.items():
        if user.template_id:
            user.template = templates[user.template_id]
        user.__dict__["exceptions"] = exceptions[user_id]
        user.__dict__["store_ids"] = None if user.has(Right.STORE_ALL) else frozenset(stores[user_id])
    return list(people.values())
