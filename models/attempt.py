"""How often something was tried, for everything that strangers may try only so often."""

from datetime import datetime, timedelta

import peewee

from models.base import Record, UTCDateTimeField, now
from models.refusals import Refused, refuse

HOUR = timedelta(hours=1)


class Attempt(Record):
    """How often something was tried in the last hour, kept in the database so that all processes count together."""

    key = peewee.CharField(max_length=120)
    minute = UTCDateTimeField()
    count = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("key", "minute"), True),)

    @classmethod
    def allow(cls, key: str, limit: int) -> "Attempt":
        """Count one more; Refused(quota.exceeded) past the limit. What was refused is not counted.

        Counts before it looks, so that of many at once no more than `limit` get through.
        """
        attempt = cls(key=key[:120], minute=now().replace(second=0, microsecond=0))
        cls.insert(key=attempt.key, minute=attempt.minute, count=1).on_conflict(
            conflict_target=[cls.key, cls.minute], update={cls.count: cls.count + 1}
        ).execute()
        counted, first = attempt._within_the_hour()
        if counted > limit:
            attempt.take_back()
            raise Refused([refuse("quota.exceeded", until=first + HOUR)])
        return attempt

    @classmethod
    def is_allowed(cls, key: str, limit: int) -> bool:
        try:
            cls.allow(key, limit)
        except Refused:
            return False
        return True

    def _within_the_hour(self) -> tuple[int, datetime]:
        """How many, and the minute of the first one."""
        recent = (Attempt.key == self.key) & (Attempt.minute > self.minute - HOUR) & (Attempt.count > 0)
        rows = list(Attempt.select(Attempt.minute, Attempt.count).where(recent))
        return sum(row.count for row in rows), min((row.minute for row in rows), default=self.minute)

    def take_back(self) -> None:
        """It was none of those that are limited."""
        this = (Attempt.key == self.key) & (Attempt.minute == self.minute)
        Attempt.update(count=Attempt.count - 1).where(this).execute()

    @classmethod
    def forgive(cls, key: str) -> None:
        cls.delete().where(cls.key == key[:120]).execute()

    @classmethod
    def forget_old(cls) -> None:
        cls.delete().where(cls.minute < now() - timedelta(days=2)).execute()
