"""Proving who one is: the password, the second factor, and the log of all who tried."""

from functools import partial

import peewee
from flask_babel import lazy_gettext as _l

from models.attempt import Attempt
from models.base import Choice, ChoiceField, Record, UTCDateTimeField, db, now
from models.password import totp_step
from models.refusals import Refused, refuse
from models.rights import Right, holds
from models.user import User

WRONG_PER_HOUR = 10
WRONG_PER_ADDRESS = 60


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

    MAY = {"view": holds(Right.LOG_VIEW)}

    at = UTCDateTimeField(default=now, index=True)
    login = peewee.CharField(max_length=80)
    user = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL")
    outcome = ChoiceField(Outcome)
    address = peewee.CharField(max_length=45, default="")
    device = peewee.CharField(max_length=160, default="")

    @classmethod
    def visible_to(cls, user):
        everything = cls.select(cls, User).join(User, peewee.JOIN.LEFT_OUTER).order_by(cls.id.desc())
        return everything if user.has(Right.LOG_VIEW) else everything.where(cls.user == user.id)

    @classmethod
    def before(cls, user: User, place: int | None, login: str, limit: int) -> list["LoginRecord"]:
        """A page of the log, newest first, below the line with id `place`; `login` narrows it to one name."""
        lines = cls.visible_to(user).limit(limit)
        lines = lines.where(cls.id < place) if place else lines
        return list(lines.where(cls.login == login.strip().casefold()) if login else lines)

    @classmethod
    def latest_of(cls, user: User, limit: int = 5) -> list["LoginRecord"]:
        return list(cls.select().where(cls.user == user.id).order_by(cls.id.desc()).limit(limit))

    @classmethod
    def note(cls, login: str, outcome: Outcome, *, user: User | None, address: str, device: str) -> None:
        cls.create(login=login[:80], outcome=outcome, user=user, address=address, device=device[:160])


def check_password(login: str, password: str, *, address: str, device: str) -> User:
    """The person whose login and password these are. Raises Refused with one answer for known and unknown users.

    Counted per address and per account before the password is looked at: ten wrong ones an hour, however many
    processes, addresses or proxies they come through. A right one is taken out of the count again.
    """
    login = login.strip().casefold()
    user = User.with_login(login)
    note = partial(LoginRecord.note, login, user=user, address=address, device=device)
    try:
        counted = [
            Attempt.allow(f"address:{address}", WRONG_PER_ADDRESS),
            Attempt.allow(f"login:{login}", WRONG_PER_HOUR),
        ]
    except Refused:
        note(Outcome.BLOCKED)
        raise
    if not (user or User()).verify_password(password) or user is None:
        note(Outcome.WRONG)
        raise Refused([refuse("login.wrong")])
    for attempt in counted:
        attempt.take_back()
    if not user.is_active:
        note(Outcome.INACTIVE)
        raise Refused([refuse("user.inactive", since=user.inactive_at)])
    return user


def check_own_password(user: User, password: str) -> None:
    """Once more the password of somebody who is logged in; counted together with the logins."""
    attempt = Attempt.allow(f"login:{user.login}", WRONG_PER_HOUR)
    if not user.verify_password(password):
        raise Refused([refuse("password.wrong")])
    attempt.take_back()


def check_code(user: User, code: str) -> None:
    """The second factor. A code is good once: its step must be later than the last one used."""
    attempt = Attempt.allow(f"code:{user.id}", WRONG_PER_HOUR)
    step = totp_step(user.totp_secret, code, now())
    fresh = (
        step is not None
        and User.update(totp_last_step=step).where((User.id == user.id) & (User.totp_last_step < step)).execute()
    )
    if not fresh:
        raise Refused([refuse("login.code_wrong")])
    attempt.take_back()


def confirm_second_factor(user: User, secret: str, code: str) -> None:
    """Switch the second factor on once the app shows a right code; that code does not work again."""
    step = totp_step(secret, code, now())
    if step is None:
        raise Refused([refuse("login.code_wrong")])
    with db.atomic():
        user.use_second_factor(secret, by=user)
        User.update(totp_last_step=step).where(User.id == user.id).execute()
