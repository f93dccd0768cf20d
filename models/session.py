"""Logged-in sessions on the server's side, single-use links, and forms that were posted."""

from datetime import timedelta
from typing import Any

import peewee
from flask_babel import lazy_gettext as _l

from models.attempt import Attempt
from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.event import Event
from models.lifecycle import Guarded
from models.organisation import Organisation, Store
from models.password import new_token, token_hash
from models.ready import ready
from models.refusals import Refusal, Refused, refuse
from models.rights import Rule
from models.user import User

LONGEST_SESSION = timedelta(days=14)
SEEN_EVERY = timedelta(seconds=60)  # the last sign of life is written at most this often
LINK_LIFE = timedelta(minutes=30)
LINKS_PER_HOUR = 5
LINKS_PER_ADDRESS = 30

own = Rule(
    lambda user, record: record is not None and record.user_id == user.id, lambda user, record: [refuse("right.own")]
)


class Session(Guarded):
    """Lives from login to logout, password change, inactivation, idle or absolute time-out; its token is kept
    as a hash. A disconnected one leaves printers, card terminals and cash drawers alone: each of their verbs asks
    `session.demand("use_devices", by)` first."""

    MAY = {"end": own, "connect": own, "use_devices": own}

    user = peewee.ForeignKeyField(User, backref="sessions", on_delete="CASCADE")
    token = peewee.CharField(max_length=64, unique=True)
    store = peewee.ForeignKeyField(Store, null=True, backref="+", on_delete="SET NULL")
    disconnected = peewee.BooleanField(default=False)
    device = peewee.CharField(max_length=160, default="")
    address = peewee.CharField(max_length=45, default="")
    started_at = UTCDateTimeField(default=now)
    seen_at = UTCDateTimeField(default=now)
    ended_at = UTCDateTimeField(null=True)
    end_reason = peewee.CharField(max_length=16, default="")

    @classmethod
    def start(
        cls, user: User, *, store: Store | None, device: str, address: str, disconnected: bool = False
    ) -> "Session":
        """Open a session; `session.user.session_token` holds the only copy of its token in clear."""
        token = new_token()
        with db.atomic():
            session = cls.create(
                user=user,
                token=token_hash(token),
                store=store,
                disconnected=disconnected and not user.is_portal,
                device=device[:160],
                address=address,
            )
            User.update(last_login_at=now(), home_store=store or user.home_store_id).where(User.id == user.id).execute()
        session.user = user
        user.session_token = token
        return session

    @classmethod
    def of(cls, token: str, organisation: Organisation) -> "Session | None":
        """The live session of a token, its person and store loaded in the same query; None when it has ended."""
        session = next(iter(_open_with(token_hash(token))), None)
        if session is None or not session.user.is_active or session._expired(organisation):
            return None
        session.user.session_token = token
        session._leave_lost_store()
        session._touch()
        return session

    @classmethod
    def visible_to(cls, user) -> "peewee.ModelSelect[Any]":
        """One's own that are still open, the latest first."""
        query = cls.select(cls, Store).join(Store, peewee.JOIN.LEFT_OUTER)
        return query.where((cls.user == user.id) & cls.ended_at.is_null()).order_by(cls.seen_at.desc())

    @classmethod
    def alive(cls, user: User, organisation: Organisation) -> list["Session"]:
        """One's own sessions that a browser could still use."""
        limit = now() - cls.idle_limit(user, organisation)
        return list(cls.visible_to(user).where((cls.seen_at > limit) & (cls.started_at > now() - LONGEST_SESSION)))

    def _leave_lost_store(self) -> None:
        """Access withdrawn meanwhile ends here and now; the person goes on in another of their stores, or in none."""
        if self.store_id is None or self.user.works_in(self.store_id):
            return
        self.store = Store.visible_to(self.user).order_by(Store.number).first()
        Session.update(store=self.store).where(Session.id == self.id).execute()

    def _expired(self, organisation: Organisation) -> bool:
        moment = now()
        if moment - self.started_at > LONGEST_SESSION:
            self.end("too_long")
        elif moment - self.seen_at > self.idle_limit(self.user, organisation):
            self.end("idle")
        elif self.user.is_portal and not organisation.portal_open:
            self.end("closed")
        return self.ended_at is not None

    @staticmethod
    def idle_limit(user: User, organisation: Organisation) -> timedelta:
        return timedelta(
            minutes=organisation.portal_idle_minutes if user.is_portal else organisation.staff_idle_minutes
        )

    def _touch(self) -> None:
        if now() - self.seen_at > SEEN_EVERY:
            Session.update(seen_at=now()).where(Session.id == self.id).execute()

    @property
    def title(self) -> str:
        return str(_l("Devices"))

    def _against_use_devices(self, by) -> list[Refusal]:
        return [refuse("device.disconnected", since=self.started_at)] if self.disconnected else []

    def connect(self, *, by) -> None:
        """From now on this session uses the devices; a second time does nothing."""
        self.demand("connect", by)
        Session.update(disconnected=False).where(Session.id == self.id).execute()
        self.disconnected = False

    def end(self, reason: str) -> None:
        self.ended_at = now()
        Session.update(ended_at=self.ended_at, end_reason=reason).where(
            (Session.id == self.id) & Session.ended_at.is_null()
        ).execute()

    @classmethod
    def end_all(cls, user: User, reason: str) -> None:
        cls.update(ended_at=now(), end_reason=reason).where((cls.user == user) & cls.ended_at.is_null()).execute()

    def end_others(self) -> int:
        """Log out this person's other devices; returns how many."""
        others = (Session.user == self.user_id) & (Session.id != self.id) & Session.ended_at.is_null()
        return Session.update(ended_at=now(), end_reason="elsewhere").where(others).execute()

    def enter(self, store: Store) -> None:
        """Work in another store from now on; refused where the person has no access to it."""
        if not self.user.works_in(store.id):
            raise Refused([refuse("store.no_access", number=store.number)])
        Session.update(store=store).where(Session.id == self.id).execute()
        self.user.use_store(store)


@ready
def _open_with(token) -> Any:
    query = Session.select(Session, User, Store).join(User).switch(Session).join(Store, peewee.JOIN.LEFT_OUTER)
    return query.where((Session.token == token) & Session.ended_at.is_null())


class Purpose(Choice):
    INVITATION = "invitation", _l("Invitation")
    RESET = "reset", _l("New password")


class Link(Record):
    """A single-use link to choose a password. Opening it changes nothing; only the form it shows uses it up."""

    user = peewee.ForeignKeyField(User, on_delete="CASCADE")
    purpose = ChoiceField(Purpose)
    token = peewee.CharField(max_length=64, unique=True)
    expires_at = UTCDateTimeField()
    used_at = UTCDateTimeField(null=True)

    @classmethod
    def issue(cls, user: User, purpose: Purpose) -> str:
        """A fresh token; earlier links of this person stop working."""
        token = new_token()
        with db.atomic():
            cls.delete().where(cls.user == user).execute()
            cls.create(user=user, purpose=purpose, token=token_hash(token), expires_at=now() + LINK_LIFE)
        return token

    @classmethod
    def find(cls, token: str) -> "Link":
        """The link, still unused and in time; else Refused(link.expired)."""
        link = cls.select(cls, User).join(User).where(cls.token == token_hash(token)).first()
        if link is None or link.used_at or link.expires_at < now() or not link.user.is_active:
            raise Refused([refuse("link.expired")])
        return link

    def use(self, password: str) -> User:
        """Choose the password with it. Of two at once one wins, the other is refused."""
        with db.atomic():
            taken = Link.update(used_at=now()).where((Link.id == self.id) & Link.used_at.is_null()).execute()
            if not taken:
                raise Refused([refuse("link.expired")])
            self.user.choose_password(password)
            Attempt.forgive(f"login:{self.user.login}")
        return self.user

    @classmethod
    def forgot(cls, login: str, *, address: str) -> None:
        """Ask for a reset link. Says nothing about whether the account exists, and writes to nobody too often.

        Raises Refused(quota.exceeded) only for the address that asks too much.
        """
        Attempt.allow(f"links:{address}", LINKS_PER_ADDRESS)
        user = User.with_login(login) or User.with_email(login)
        if user and user.is_active and Attempt.is_allowed(f"link:{user.id}", LINKS_PER_HOUR):
            with db.atomic():
                Event.record("user.password_forgotten", by=None, about=user)


class Submission(Record):
    """A form that was posted: its key, and where it led. The same key again leads there without acting twice."""

    key = peewee.CharField(max_length=64, unique=True)
    user = peewee.ForeignKeyField(User, null=True, on_delete="CASCADE")
    location = peewee.CharField(max_length=400, default="")
    at = UTCDateTimeField(default=now, index=True)

    @classmethod
    def claim(cls, key: str, user_id: int | None) -> bool:
        """True for the first of several equal posts. The unique key makes the others wait for its transaction."""
        return bool(cls.insert(key=key[:64], user=user_id, at=now()).on_conflict_ignore().as_rowcount().execute())

    @classmethod
    def led_to(cls, key: str) -> str | None:
        row = cls.get_or_none(cls.key == key[:64])
        return row.location if row else None

    @classmethod
    def finish(cls, key: str, location: str) -> None:
        cls.update(location=location[:400]).where(cls.key == key[:64]).execute()

    @classmethod
    def forget_old(cls) -> None:
        cls.delete().where(cls.at < now() - timedelta(days=7)).execute()
