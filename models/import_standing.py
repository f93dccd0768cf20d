"""Where an import stands, and in words why it cannot go on from there."""

from typing import Any

from flask_babel import lazy_gettext as _l

from models.base import Choice
from models.refusals import Refusal, Refused, refuse
from models.register import RegisterName


class ImportStatus(Choice):
    UPLOADED = "uploaded", _l("Columns to choose"), "info"
    CHECKING = "checking", _l("Being checked"), "progress"
    READY = "ready", _l("Checked"), "info"
    RUNNING = "running", _l("Running"), "progress"
    DONE = "done", _l("Done"), "good"
    FAILED = "failed", _l("Stopped"), "bad"
    UNDOING = "undoing", _l("Being undone"), "progress"
    PARTLY = "partly", _l("Undone in part"), "warning"
    UNDONE = "undone", _l("Undone"), "neutral"


UPLOADED, CHECKING, READY, RUNNING, DONE, FAILED, UNDOING, PARTLY, UNDONE = ImportStatus


class ImportStanding:
    """An import's reasons; the fields are ImportJob's."""

    id: Any
    status: ImportStatus
    dry: Any
    register: RegisterName

    @property
    def is_to_map(self) -> bool:
        return self.status is UPLOADED

    @property
    def is_done(self) -> bool:
        return self.status is DONE

    @property
    def is_over(self) -> bool:
        """All that the file was to bring is in, or was and is out again."""
        return self.status in (DONE, UNDOING, PARTLY, UNDONE)

    def refuse_status(self, verb: str) -> list[Refusal]:
        """Why it is too early or too late."""
        begun = {UNDOING: "import.undoing", PARTLY: "import.undone", UNDONE: "import.undone"}
        early = "import.unwritten" if verb == "undo" else "import.unchecked"
        codes = {UPLOADED: early, DONE: "import.finished", **begun}
        codes |= {CHECKING: early, READY: early} if verb == "undo" else {}
        return [refuse(codes.get(self.status, "import.running"), import_id=self.id)]

    def _against_choose(self, by) -> list[Refusal]:
        """Once rows are in, the columns stay: the rest must follow the same ones."""
        return [] if self.dry else [refuse("import.begun", import_id=self.id)]

    def _against_start(self, by) -> list[Refusal]:
        if self.status is FAILED and self.dry:
            return [refuse("import.unchecked", import_id=self.id)]
        may = self.register.register.noun.MAY
        return may.get("create", may["import"]).missing(by, None)

    def demand_columns(self, mapping: dict[str, str]) -> None:
        """Raise Refused for each column that is missing and each that is chosen twice."""
        missing = self.register.register.unmapped(mapping)
        refusals = [refuse("import.unmapped", field=column.label, import_id=self.id) for column in missing]
        for heading in dict.fromkeys(mapping.values()):
            chosen = [column for column in self.register.columns if mapping.get(column.field) == heading]
            if len(chosen) > 1:
                fields = ", ".join(str(column.label) for column in chosen)
                refusals.append(refuse("import.column_twice", heading=heading, fields=fields, import_id=self.id))
        if refusals:
            raise Refused(refusals, self)
