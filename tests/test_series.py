"""Numbers follow each other without a gap, whatever fails on the way."""

from threading import Barrier, Thread

import pytest

from models.base import connection, db
from models.series import Series


def test_a_number_taken_in_a_transaction_that_fails_is_given_to_the_next(database):
    with pytest.raises(ZeroDivisionError), db.atomic():
        assert Series.take("order", start=101) == 101
        _ = 1 / 0
    with db.atomic():
        assert Series.take("order", start=101) == 101
        assert Series.take("order", start=101) == 102


def test_a_number_is_only_taken_inside_a_transaction(database):
    with pytest.raises(RuntimeError, match="transaction"):
        Series.take("order")


def test_many_at_once_get_different_numbers_without_a_gap(database):
    start, taken = Barrier(8), []

    def take() -> None:
        with connection():
            start.wait()
            for _ in range(10):
                with db.atomic():
                    taken.append(Series.take("order"))

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 81))
