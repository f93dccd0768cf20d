"""Letting go of stored bytes: after the commit that gave them up, and again every minute until they are gone."""

from models.base import connection
from models.doomed_file import DoomedFile
from tasks import vault


def delete_waiting() -> None:
    with connection():
        while doomed := DoomedFile.waiting():
            for file in doomed:
                vault().delete(file.key)
                file.delete_instance()
