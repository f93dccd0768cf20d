"""Logged-in sessions on the server's side, single-use links, counted attempts, and the log of logins."""

from datetime import timedelta

import peewee
from flask_babel import lazy_gettext as _l

from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.event import Event
from models.organisation import Organisation, Store
from models.password import new_token, token_hash, totp_step
from models.refusals import Refused, refuse
from models.rights import Right
from models.user import User

LONGEST_SESSION = timedelta(days=14)
SEEN_EVERY = timedelta(seconds=60)  # the last sign of life is written at most this often
LINK_LIFE = timedelta(minutes=30)
PASSWORDS_PER_HOUR = 10
ATTEMPTS_PER_ADDRESS = 60


class Session(Record):
    """Lives from login to logout, password change, inactivation, idle or absolute time-out; its token is kept as a hash."""

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
    def start(cls, user: User, *, store: Store | None, device: str, address: str) -> "Session":
        """Open a session; `session.user.session_token` holds the only copy of its token in clear."""
        token = new_token()
        with db.atomic():
            session = cls.create(user=user, token=token_hash(token), store=store, device=device[:160], address=address)
            User.update(last_login_at=now(), home_store=store or user.home_store_id).where(User.id == user.id).execute()
        session.user = user
        user.session_token = token
        return session

    @classmethod
    def of(cls, token: str, organisation: Organisation) -> "Session | None":
        """The live session of a token, its person and store loaded in the same query; None when it has ended."""
        query = cls.select(cls, User, Store).join(User).switch(cls).join(Store, peewee.JOIN.LEFT_OUTER)
        session = query.where((cls.token == token_hash(token)) & cls.ended_at.is_null()).first()
        if session is None or not session.user.is_active or session._expired(organisation):
            return None
        session.user.session_token = token
        session._touch()
        return session

    def _expired(self, organisation: Organisation) -> bool:
        moment = now()
        if moment - self.started_at > LONGEST_SESSION:
            self.end("too_long")
        elif moment - self.seen_at > self._idle_limit(organisation):
            self.end("idle")
        return self.ended_at is not None

    def _idle_limit(self, organisation: Organisation) -> timedelta:
        portal = self.user.is_portal
        return timedelta(minutes=organisation.portal_idle_minutes if portal else organisation.staff_idle_minutes)

    def _touch(self) -> None:
        if now() - self.seen_at > SEEN_EVERY:
            Session.update(seen_at=now()).where(Session.id == self.id).execute()

    def end(self, reason: str) -> None:
        self.ended_at = now()
        Session.update(ended_at=self.ended_at, end_reason=reason).where((Session.id == self.id) & Session.ended_at.is_null()).execute()

    @classmethod
    def end_all(cls, user: User, reason: str) -> None:
        cls.update(ended_at=now(), end_reason=reason).where((cls.user == user) & cls.ended_at.is_null()).execute()

    def enter(self, store: Store) -> None:
        """Work in another store from now on; refused where the person has no access to it."""
        if not self.user.works_in(store.id):
            raise Refused([refuse("store.no_access", number=store.number)])
        Session.update(store=store).where(Session.id == self.id).execute()
        self.user.use_store(store)

    @classmethod
    def forget_old(cls) -> None:
        """A session ended a year ago says nothing any more."""
        cls.delete().where(cls.started_at < now() - timedelta(days=365)).execute()


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
        return self.user

    @classmethod
    def forgot(cls, login: str) -> None:
        """Ask for a reset link. Says nothing about whether the account exists."""
        user = User.with_login(login) or User.get_or_none((User.email == login.strip()) & (User.email != ""))
        if user and user.is_active:
            with db.atomic():
                Event.record("user.password_forgotten", by=None, about=user)


class Attempt(Record):
    """How often something was tried in an hour, kept in the database so that all processes count together."""

    key = peewee.CharField(max_length=120)
    hour = UTCDateTimeField()
    count = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("key", "hour"), True),)

    @classmethod
    def allow(cls, key: str, limit: int) -> None:
        """Count one more; Refused(quota.exceeded) past the limit. The count itself is kept even when refused."""
        hour = now().replace(minute=0, second=0, microsecond=0)
        cls.insert(key=key[:120], hour=hour, count=1).on_conflict(
            conflict_target=[cls.key, cls.hour], update={cls.count: cls.count + 1}
        ).execute()
        if cls.get((cls.key == key[:120]) & (cls.hour == hour)).count > limit:
            raise Refused([refuse("quota.exceeded", until=hour + timedelta(hours=1))])

    @classmethod
    def forget_old(cls) -> None:
        cls.delete().where(cls.hour < now() - timedelta(days=2)).execute()


class Outcome(Choice):
    IN = "in", _l("Logged in"), "good"
    WRONG = "wrong", _l("Wrong user name or password"), "bad"
    CODE = "code", _l("Wrong code"), "bad"
    BLOCKED = "blocked", _l("Too many attempts"), "warning"
    STORE = "store", _l("No access to the store"), "warning"
    INACTIVE = "inactive", _l("Account switched off"), "warning"
    PORTAL_CLOSED = "closed", _l("Portal closed"), "warning"


class LoginRecord(Record):
    """One line per attempt to log in, known user or not."""

    at = UTCDateTimeField(default=now, index=True)
    login = peewee.CharField(max_length=80)
    user = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL")
    outcome = ChoiceField(Outcome)
    address = peewee.CharField(max_length=45, default="")
    device = peewee.CharField(max_length=160, default="")

    @classmethod
    def visible_to(cls, user):
        everything = cls.select()
        return everything if user.has(Right.LOG_VIEW) else everything.where(cls.user == user.id)

    @classmethod
    def note(cls, login: str, outcome: Outcome, *, user: User | None, address: str, device: str) -> None:
        cls.create(login=login[:80], outcome=outcome, user=user, address=address, device=device[:160])


def check_password(login: str, password: str, *, address: str, device: str) -> User:
    """The person whose login and password these are. Raises Refused with one answer for known and unknown users.

    Counted per account and per address before the password is looked at: ten an hour, whatever the outcome.
    """
    login = login.strip().casefold()
    user = User.with_login(login)
    note = lambda outcome: LoginRecord.note(login, outcome, user=user, address=address, device=device)  # noqa: E731
    try:
        Attempt.allow(f"login:{login}", PASSWORDS_PER_HOUR)
        Attempt.allow(f"address:{address}", ATTEMPTS_PER_ADDRESS)
    except Refused:
        note(Outcome.BLOCKED)
        raise
    if not (user or User()).verify_password(password):
        note(Outcome.WRONG)
        raise Refused([refuse("login.wrong")])
    if not user.is_active:
        note(Outcome.INACTIVE)
        raise Refused([refuse("user.inactive", since=user.inactive_at)])
    return user


def check_code(user: User, code: str) -> None:
    """The second factor. A code is good once: its step must be later than the last one used."""
    Attempt.allow(f"code:{user.id}", PASSWORDS_PER_HOUR)
    step = totp_step(user.totp_secret, code, now())
    fresh = step is not None and User.update(totp_last_step=step).where((User.id == user.id) & (User.totp_last_step < step)).execute()
    if not fresh:
        raise Refused([refuse("login.code_wrong")])


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
