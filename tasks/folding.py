"""After a custom field has become one that the search looks in, or is one no more: its records are gone through."""

from models.base import connection, db
from models.custom_field import CustomField
from models.customised import fold_again
from models.organisation import Organisation
from tasks import huey


def ring(field: CustomField) -> None:
    """Wake the worker once the change is there for it to see."""
    field_id = field.id
    db.after_commit(lambda: fold(field_id))


@huey.task(name="fold_custom_field", priority=30)
def fold(field_id: int) -> None:
    with connection():
        fold_these(CustomField.id == field_id)


def fold_waiting() -> None:
    """Every minute: fields whose ring was lost or whose worker died."""
    with connection():
        fold_these(CustomField.to_fold)


def fold_these(which) -> None:
    Organisation.current()  # and with it the newest definitions
    for field in CustomField.select().where(which & CustomField.to_fold):
        fold_again(field)
