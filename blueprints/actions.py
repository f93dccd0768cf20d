"""Buttons that can explain themselves: what a verb's button looks like, why it is dead, and who will be told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import g, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user

from blueprints.words import show
from models.base import Record
from models.message import Channel
from models.notification import Planned, plan
from models.refusals import Reason, Refusal, Remedy
from models.rights import Right
from models.user import User


@dataclass(frozen=True)
class Action:
    """A button or link. With `reasons` it is dead and says why."""

    label: Any
    url: str
    method: str = "get"
    icon: str = ""
    primary: bool = False
    danger: bool = False
    reasons: list["Why"] = field(default_factory=list)
    about: str = ""
    id: str = ""
    size: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Why:
    """A refusal as its reader sees it: the sentence, the figures, the ways out, or who can help."""

    code: str
    say: str
    nums: str
    fixes: list[Action]
    who: str
    help_url: str


@dataclass(frozen=True)
class Told:
    name: str
    how: str = ""
    why: str = ""


@dataclass(frozen=True)
class Notices:
    """Who will be told of an act, and who will not and why; falsy when it concerns nobody."""

    will: list[Told]
    wont: list[Told]

    def __bool__(self) -> bool:
        return bool(self.will or self.wont)


def act(record: Record, verb: str, label: Any, url: str, **look: Any) -> Action:
    """The button for `verb` on this record; the same guard as the POST decides whether it is alive."""
    reasons = explain(record.why_not(verb, current_user), record)
    return Action(
        label,
        url,
        method=look.pop("method", "post"),
        reasons=reasons,
        about=about(reasons, record),
        id=look.pop("id", verb),
        **look,
    )


def about(reasons: list[Why], record: Record | None) -> str:
    if not reasons:
        return ""
    title = record.title if record else ""
    return ngettext(
        "One thing stands in the way of this: %(what)s",
        "%(num)s things stand in the way of this: %(what)s",
        len(reasons),
        what=title,
    )


def link(label: Any, url: str, **look: Any) -> Action:
    return Action(label, url, **look)


def explain(refusals: Iterable[Refusal], record: Record | None = None) -> list[Why]:
    return [_why(refusal, record) for refusal in refusals]


def _why(refusal: Refusal, record: Record | None) -> Why:
    reason = refusal.reason
    fixes = [fix for fix in (_fix(remedy, refusal) for remedy in reason.remedies) if fix]
    return Why(
        code=refusal.code,
        say=refusal.say(show),
        nums=refusal.nums(show),
        fixes=fixes,
        who="" if fixes and not reason.lifted_by else _who_can(reason, fixes, record),
        help_url=url_for("help.show", code=refusal.code),
    )


def _fix(remedy: Remedy, refusal: Refusal) -> Action | None:
    """The remedy as a link or button, or None where this reader may not use it or the page is not on their side."""
    if remedy.right and not (current_user.is_authenticated and current_user.has(Right(remedy.right))):
        return None
    arguments = {name: refusal.params.get(source) for name, source in remedy.arguments.items()}
    if any(value is None for value in arguments.values()):
        return None
    anchor = arguments.pop("_anchor", remedy.anchor) or None
    url = url_for(remedy.page, **arguments, _anchor=anchor)
    if remedy.posts:
        return Action(remedy.label, url, method="post")
    return Action(remedy.label, url) if _reachable(remedy.page) else None


def _reachable(endpoint: str) -> bool:
    """Staff pages are not offered to the portal's users, nor anything behind the login to strangers."""
    if endpoint.startswith(("login.", "help.")):
        return True
    return current_user.is_authenticated and (
        not current_user.is_portal or endpoint.startswith(("portal.", "profile."))
    )


def _who_can(reason: Reason, fixes: list[Action], record: Record | None) -> str:
    """Who can lift it, by name and role; the portal's users and strangers get the phone number instead of names."""
    right = reason.lifted_by or next((remedy.right for remedy in reason.remedies if remedy.right), "")
    if not right:
        return ""
    if not current_user.is_authenticated or current_user.is_portal:
        return _call()
    if current_user.has(Right(right)) and fixes:
        return ""
    people = _holders(Right(right), record.__data__.get("store") if record else None)
    names = ", ".join(gettext("%(name)s (%(role)s)", name=user.name, role=user.role.label) for user in people)
    return gettext("%(names)s can", names=names) if names else _call()


def _holders(right: Right, store_id: int | None) -> list[User]:
    """The first three who have it; looked up once for a page, however many reasons name them."""
    known = g.setdefault("holders", {})
    if (right, store_id) not in known:
        known[right, store_id] = User.holding(right, store_id)[:3]
    return known[right, store_id]


def _call() -> str:
    from blueprints.web import this_organisation  # web builds pages from actions

    organisation = this_organisation()
    if organisation and organisation.phone:
        return gettext("%(name)s can help: %(phone)s", name=organisation.name, phone=organisation.phone)
    return gettext("%(name)s can help", name=organisation.name) if organisation else ""


def tell(verb: str, record: Record, **data: Any) -> Notices:
    """Who will be told if the reader does this now, for the form to say above its button."""
    return notices(plan(verb, record, by=current_user, data=data))


def notices(planned: list[Planned]) -> Notices:
    will: dict[str, list[Planned]] = {}
    wont: dict[str, Planned] = {}
    for message in planned:
        if message.will_be_told:
            will.setdefault(message.to.name, []).append(message)
    for message in planned:
        if not message.will_be_told and message.to.name not in will:
            wont.setdefault(message.to.name, message)
    told = [Told(name, how=", ".join(_how(message.channel) for message in messages)) for name, messages in will.items()]
    untold = [Told(name, why=message.reason.say(show)) for name, message in wont.items() if message.reason]
    return Notices(told, untold)


def _how(channel: Channel) -> str:
    return str(channel.label)
