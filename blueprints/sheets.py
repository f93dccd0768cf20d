"""The technician's sheet: an order's points and papers, what was typed into them, and what is
missing."""

from functools import cached_property
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext, ngettext
from flask_login import current_user

from blueprints.actions import explain
from blueprints.forms import clean, clean_lines
from blueprints.questions import Question, say
from models.base import db
from models.checklist import Answer
from models.lifecycle import Collision, Conflict
from models.order import Order
from models.order_work import ACTION, Opened
from models.protocol import Signature, Signer
from tasks import signing, uploads


class Sheet:
    """The page of one order: `posted` is what was typed, when something was."""

    def __init__(self, order: Order, posted: Any = None):
        self.order, self.posted = order, posted or {}
        self.questions = [Question(point, posted) for point in order.points]
        self.was = Opened(
            {question.point.id: question.was(self.posted) for question in self.questions},
            self._opened_action(),
        )
        self.both: list[SimpleNamespace] = []
        self.reasons: list[Any] = []
        self.unsigned: str = ""

    def _opened_action(self) -> str:
        kept = self.posted.get(f"{ACTION}-opened")
        return self.order.performed_action if kept is None else clean_lines(kept)

    @property
    def groups(self) -> list[tuple[str, list[Question]]]:
        return [
            (title, list(members))
            for title, members in groupby(self.questions, key=lambda question: question.point.group)
        ]

    @property
    def performed_action(self) -> str:
        return clean_lines(self.posted.get(ACTION)) if ACTION in self.posted else self.order.performed_action

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What stands in the database now, for the next post to be merged with; a page that is not
        saved keeps what it had."""
        names = [(f"{question.prefix}opened", question.opened) for question in self.questions]
        now = [*names, (f"{ACTION}-opened", self.order.performed_action)]
        return [(name, self.posted.get(name, value)) for name, value in now] if self.posted and not self.both else now

    # What was posted

    def is_right(self) -> bool:
        right = [question.form.validate() for question in self.questions]
        drawn_only = self.posted.get(Signer.CUSTOMER) and not clean(self.posted.get(f"{Signer.CUSTOMER}_name"))
        self.unsigned = gettext("Write the name of the person who signs.") if drawn_only else ""
        return all(right) and not drawn_only

    @property
    def answers(self) -> dict[int, Answer]:
        """The points that were on the page; those the reader left to a colleague keep the
        colleague's answer."""
        mine = [
            question for question in self.questions if question.is_posted and not self._theirs(question.point.anchor)
        ]
        return {question.point.id: question.form.answer for question in mine}

    def _theirs(self, name: str) -> bool:
        return self.posted.get(f"keep-{name}") == "theirs"

    @staticmethod
    def is_in(posted: Any) -> bool:
        """Does this post carry the sheet, or is it a bare button's?"""
        return ACTION in posted

    @property
    def turned(self) -> list[Question]:
        """The points that the typed value has put outside its limits, or back inside."""
        return [question for question in self.questions if question.alarm != question.point.is_outside]

    def keep(self) -> bool:
        """Save everything on the page at once: answers, the performed action, photos,
        signatures."""
        action = None if self._theirs(ACTION) or ACTION not in self.posted else self.performed_action
        photos = [photo for photo in request.files.getlist("photos") if photo.filename]
        with db.atomic():
            changed = self.order.work(self.answers, action, by=current_user, opened=self.was)
            if photos:
                self.order.demand("upload", current_user)
                uploads.receive(self.order, photos, by=current_user)
            for signer, name, drawn in self._signed():
                signing.sign(self.order, signer, name, drawn, by=current_user)
        return changed

    def _signed(self) -> list[tuple[Signer, str, str]]:
        """(who, name, drawing) for each signature on the page. The technician may sign with one
        press of a button."""
        found = []
        for signer in Signer:
            name, drawn = clean(self.posted.get(f"{signer}_name"))[:80], self.posted.get(signer, "")
            if not name and signer is Signer.TECHNICIAN and (drawn or "sign" in self.posted):
                name = current_user.name
            if name:
                found.append((signer, name, drawn))
        return found

    def collide(self, conflict: Conflict) -> None:
        """Show both values, and go on from what the colleague saved."""
        self.order.reload()
        self.both = [self._both(field) for field in conflict.fields]

    def _both(self, field: Collision) -> SimpleNamespace:
        words = {name: say(getattr(field, name)) for name in ("opened", "theirs", "yours")}
        label = Order.LABELS[ACTION]
        for question in self.questions:
            if question.point.anchor == field.name:
                label = gettext("Point %(number)s: %(text)s", number=question.number, text=question.question)
        return SimpleNamespace(name=field.name, label=label, by=field.who, when=field.at, collides=True, **words)

    # What is missing

    @property
    def tally(self) -> SimpleNamespace:
        done = sum(question.point.is_answered for question in self.questions)
        total = len(self.questions)
        return SimpleNamespace(done=done, total=total, label=gettext("%(done)s of %(total)s", done=done, total=total))

    @cached_property
    def missing(self) -> list[Any]:
        return explain(self.order.why_not("perform", current_user), self.order)

    @property
    def missing_label(self) -> str:
        count = len(self.missing)
        return (
            ngettext("One thing is missing", "%(num)s things are missing", count)
            if count
            else gettext("Everything is filled in")
        )

    @property
    def signers(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                name=signer.value,
                label=signer.label,
                is_me=signer is Signer.TECHNICIAN,
                signature=Signature.of(self.order, signer),
                typed=self.posted.get(f"{signer}_name", ""),
                error=self.unsigned if signer is Signer.CUSTOMER else "",
            )
            for signer in Signer
        ]
