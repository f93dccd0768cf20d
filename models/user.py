"""People who log in: staff, and customers' users of the portal. What they may do, where, and how they are reached."""

from functools import cached_property

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Language, Record, UTCDateTimeField, db, now, unique
from models.event import Event
from models.lifecycle import Noun, revise
from models.organisation import Store
from models.password import hash_password, verify
from models.refusals import Refusal, Refused, refuse
from models.rights import Right, Role, Rule, holds
from models.search import Searchable


class Theme(Choice):
    SYSTEM = "", _l("As the system")
    LIGHT = "light", _l("Light")
    DARK = "dark", _l("Dark")


oneself = Rule(lambda user, record: record is not None and record.id == user.id, lambda user, record: [refuse("right.missing", right=Right.USER_EDIT)])


class User(Searchable, Noun):
    MAY = {
        "view": holds(Right.USER_VIEW) | oneself,
        "invite": holds(Right.USER_INVITE),
        "edit": holds(Right.USER_EDIT),
        "edit_profile": oneself,
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
    group = peewee.CharField(max_length=60, default="")
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
    def exceptions(self) -> dict[Right, bool]:
        """What this person alone was given (True) or lost (False), beside the role."""
        return {Right(row.right): row.granted for row in UserRight.select().where(UserRight.user == self.id)}

    @cached_property
    def rights(self) -> frozenset[Right]:
        given = {right for right, granted in self.exceptions.items() if granted}
        return (self.role.rights | given) - {right for right, granted in self.exceptions.items() if not granted}

    @cached_property
    def store_ids(self) -> frozenset[int] | None:
        """The stores this person works in today; None means all of them."""
        if self.has(Right.STORE_ALL):
            return None
        return frozenset(row.store_id for row in StoreAccess.current(self))

    def has(self, right: Right) -> bool:
        return right in self.rights

    def works_in(self, store_id: int | None) -> bool:
        return self.store_ids is None or store_id in self.store_ids

    def why(self, right: Right) -> str:
        """Why this person has or lacks a right: 'given', 'withdrawn', 'role' or ''."""
        if right in self.exceptions:
            return "given" if self.exceptions[right] else "withdrawn"
        return "role" if right in self.role.rights else ""

    @classmethod
    def visible_to(cls, user) -> peewee.ModelSelect:
        """Staff see the staff; a customer's user sees only themselves."""
        if user.is_portal or not user.has(Right.USER_VIEW):
            return cls.select().where(cls.id == user.id)
        return cls.staff()

    @classmethod
    def staff(cls) -> peewee.ModelSelect:
        return cls.select().where(cls.role != Role.PORTAL)

    @classmethod
    def active_staff(cls) -> peewee.ModelSelect:
        return cls.staff().where(cls.inactive_at.is_null()).order_by(cls.group, cls.name)

    @classmethod
    def assignable(cls, store_id: int | None) -> list["User"]:
        """Active staff who work in the store, by group and name."""
        return [user for user in cls.active_staff() if user.works_in(store_id)]

    @classmethod
    def holding(cls, right: Right, store_id: int | None = None) -> list["User"]:
        """Active staff who have the right (and, where a store is named, work there), by name."""
        return [user for user in cls.active_staff().order_by(cls.name) if user.has(right) and (store_id is None or user.works_in(store_id))]

    @classmethod
    def with_login(cls, login: str) -> "User | None":
        return cls.get_or_none(cls.login == login.strip().casefold())

    @classmethod
    def found(cls, login: str, name: str, role: Role, *, password: str = "", **values) -> "User":
        """Make an account without asking who may: the first run, the demo and `invite` use it."""
        with db.atomic():
            with unique("login"):
                return cls.create(
                    login=login.strip().casefold(), name=name, role=role, password_hash=hash_password(password) if password else "", **values
                )

    @classmethod
    def invite(cls, values: dict, *, stores: list[Store], by: "User") -> "User":
        """Make a staff account that has no password yet; the event sends the single-use link.

        Raises Refused for a role with rights that `by` lacks, Taken when the login is in use.
        """
        refusals = rule_refusals(values["role"].rights, by)
        if not by.has(Right.USER_INVITE):
            refusals.insert(0, refuse("right.missing", right=Right.USER_INVITE))
        if refusals:
            raise Refused(refusals)
        with db.atomic():
            user = cls.found(values.pop("login"), values.pop("name"), values.pop("role"), **values)
            for store in stores:
                StoreAccess.create(user=user, store=store, given_by=by)
            Event.record("user.invited", by=by, about=user)
            return user

    def choose_password(self, password: str) -> None:
        """Set the password; every session of this person ends, since one of them may be a thief's."""
        from models.session import Session  # the session is newer than the user

        with db.atomic():
            first = not self.has_password
            self.password_hash = hash_password(password)
            self.save()
            Session.end_all(self, "password")
            Event.record("user.joined" if first else "user.password_changed", by=self, about=self)

    def verify_password(self, password: str) -> bool:
        return verify(password, self.password_hash)

    def change(self, values: dict, *, by: "User", seen: int) -> dict:
        self.demand("edit", by)
        return revise(self, "user.changed", values, by=by, seen=seen)

    def change_profile(self, values: dict, *, by: "User", seen: int) -> dict:
        self.demand("edit_profile", by)
        return revise(self, "user.changed", values, by=by, seen=seen)

    def prefer(self, **taste) -> None:
        """Language or appearance, one's own affair: no event, nobody is told."""
        User.update(**taste).where(User.id == self.id).execute()
        self.__data__.update(taste)

    def _against_edit(self, by) -> list[Refusal]:
        return self._higher_than(by)

    def _higher_than(self, by) -> list[Refusal]:
        """Nobody touches an account that may do what they may not: its e-mail would be a way in."""
        return [refuse("right.higher", name=self.name)] if self.rights - by.rights else []

    def _against_grant(self, by) -> list[Refusal]:
        return [refuse("right.own")] if self.id == by.id else self._higher_than(by)

    def grant(self, role: Role, exceptions: dict[Right, bool], *, by: "User") -> None:
        """Give this person a role and their own exceptions to it. Nobody gives what they lack, or to themselves."""
        self.demand("grant", by)
        given = role.rights | {right for right, granted in exceptions.items() if granted}
        refusals = rule_refusals(given - self.rights, by) + self._last_owner(role)
        if refusals:
            raise Refused(refusals, self)
        with db.atomic():
            before = sorted(self.rights)
            self._replace_exceptions(role, exceptions)
            changes = {"role": [self.role, role]} if role != self.role else {}
            self.role = role
            self.version += 1
            self.save()
            self.forget_rights()
            Event.record(
                "user.rights_changed", by=by, about=self, changes=changes,
                given=sorted(self.rights - set(before)), withdrawn=sorted(set(before) - self.rights),
            )  # fmt: skip

    def _last_owner(self, role: Role) -> list[Refusal]:
        owners = User.active_staff().where(User.role == Role.OWNER, User.id != self.id)
        return [refuse("user.last_owner")] if self.role is Role.OWNER and role is not Role.OWNER and not owners.exists() else []

    def _replace_exceptions(self, role: Role, exceptions: dict[Right, bool]) -> None:
        """Only what differs from the role is kept, so that a later change of the role reaches this person."""
        UserRight.delete().where(UserRight.user == self).execute()
        kept = {right: granted for right, granted in exceptions.items() if granted != (right in role.rights)}
        for right, granted in kept.items():
            UserRight.create(user=self, right=right, granted=granted)

    def forget_rights(self) -> None:
        for name in ("exceptions", "rights", "store_ids"):
            self.__dict__.pop(name, None)

    def _against_inactivate(self, by) -> list[Refusal]:
        already = [refuse("user.inactive", since=self.inactive_at)] if self.inactive_at else []
        owners = User.active_staff().where(User.role == Role.OWNER, User.id != self.id)
        last = [refuse("user.last_owner")] if self.role is Role.OWNER and not owners.exists() else []
        return already + last + self._higher_than(by)

    def inactivate(self, *, by: "User") -> None:
        """Switch the account off: its sessions end at once, its work stays, and it can be restored."""
        from models.session import Session  # the session is newer than the user

        self.demand("inactivate", by)
        with db.atomic():
            self.inactive_at = now()
            self.save()
            Session.end_all(self, "inactivated")
            Event.record("user.inactivated", by=by, about=self)

    def restore(self, *, by: "User") -> None:
        self.demand("restore", by)
        with db.atomic():
            self.inactive_at = None
            self.save()
            Event.record("user.restored", by=by, about=self)

    def use_store(self, store: Store) -> None:
        """Remember where this person last worked."""
        User.update(home_store=store).where(User.id == self.id).execute()


def rule_refusals(rights, by: User) -> list[Refusal]:
    """One refusal for each right that `by` would hand out without having it."""
    return [refuse("right.cannot_grant", right=right) for right in sorted(set(rights) - by.rights)]


class UserRight(Record):
    """An exception to the role: a right given to, or withdrawn from, one person."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    right = ChoiceField(Right)
    granted = peewee.BooleanField()

    class Meta:
        indexes = ((("user", "right"), True),)


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
    def current(cls, user: User) -> peewee.ModelSelect:
        return cls.select().where((cls.user == user.id) & (cls.until.is_null() | (cls.until > now())))

    @classmethod
    def give(cls, user: User, store: Store, *, until, by: User) -> None:
        """Let the person work in the store; a second time changes the end date."""
        user.demand("give_store", by)
        with db.atomic():
            cls.delete().where((cls.user == user) & (cls.store == store)).execute()
            cls.create(user=user, store=store, until=until, given_by=by)
            AccessRequest.delete().where((AccessRequest.user == user) & (AccessRequest.store == store)).execute()
            user.forget_rights()
            Event.record("store.access_given", by=by, about=user, store=store.title)

    @classmethod
    def withdraw(cls, user: User, store: Store, *, by: User) -> None:
        user.demand("give_store", by)
        with db.atomic():
            cls.delete().where((cls.user == user) & (cls.store == store)).execute()
            user.forget_rights()
            Event.record("user.changed", by=by, about=user, store_withdrawn=store.title)


class AccessRequest(Record):
    """Somebody asked to work in a store; the chain's administrators see it until they answer."""

    user = peewee.ForeignKeyField(User, backref="+", on_delete="CASCADE")
    store = peewee.ForeignKeyField(Store, backref="+", on_delete="CASCADE")
    asked_at = UTCDateTimeField(default=now)

    class Meta:
        indexes = ((("user", "store"), True),)

    @classmethod
    def ask(cls, user: User, store: Store) -> None:
        """Once per person and store, however often the button is pressed."""
        with db.atomic():
            if cls.insert(user=user, store=store, asked_at=now()).on_conflict_ignore().as_rowcount().execute():
                Event.record("store.access_asked", by=user, about=user, store=store.title)

    @classmethod
    def open_ones(cls) -> peewee.ModelSelect:
        return cls.select(cls, User, Store).join(User).switch(cls).join(Store).order_by(cls.id)


