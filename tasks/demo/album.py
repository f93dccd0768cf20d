"""The demo's photos: a few drawings, kept once, shown in many records."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from models.base import Record
from models.file import File, FileKind, FileState
from models.user import User
from tasks import vault
from tasks.demo.book import Book
from tasks.demo.pictures import DRAWINGS, SIZE, drawn

OF_EACH = 2


@dataclass(frozen=True)
class Drawing:
    shown_key: str
    thumb_key: str
    size: int
    sha256: str


class Album:
    def __init__(self, book: Book):
        self.book = book
        self.drawings = {kind: [self._keep(kind) for _ in range(OF_EACH)] for kind in DRAWINGS}

    def _keep(self, kind: str) -> Drawing:
        full, thumb = drawn(kind, self.book.chance)
        shown_key, thumb_key = File.new_key("jpg"), File.new_key("jpg")
        vault().put(shown_key, full)
        vault().put(thumb_key, thumb)
        return Drawing(shown_key, thumb_key, len(full), hashlib.sha256(full).hexdigest())

    def add(self, record: Record, kind: str, *, by: User, at: datetime) -> None:
        """One or two pictures with the report that was just made."""
        for number in range(self.book.chance.randint(1, OF_EACH)):
            drawing = self.drawings[kind][number]
            self.book.keep(
                File(
                    noun_name=record.noun,
                    record_id=record.id,
                    customer=record.customer,
                    store=record.store,
                    kind=FileKind.PHOTO,
                    state=FileState.READY,
                    name=f"IMG_{4200 + len(self.book.all(File))}.jpg",
                    mime="image/jpeg",
                    size=drawing.size,
                    sha256=drawing.sha256,
                    key=drawing.shown_key,
                    shown_key=drawing.shown_key,
                    thumb_key=drawing.thumb_key,
                    width=SIZE[0],
                    height=SIZE[1],
                    uploaded_by=by,
                    uploaded_at=at,
                )
            )

    def carry_over(self, source: Record, target: Record) -> None:
        for file in [
            file for file in self.book.all(File) if (file.noun_name, file.record_id) == (source.noun, source.id)
        ]:
            self.book.keep(File(**{**file.__data__, "id": None, "noun_name": target.noun, "record_id": target.id}))
