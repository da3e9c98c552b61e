"""Writers that keep their connection: used outside transactions alone, and gone when there is nothing to write."""

import os
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from llm import desk


def test_what_is_written_raises_where_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    own = desk._Desk()
    names: list[str] = []

    def work() -> int:
        names.append(threading.current_thread().name)
        return 7

    def broken() -> None:
        raise OperationalError("the server went away")

    assert [own.submit(work).result(5) for _ in range(3)] == [7, 7, 7]
    assert set(names) == {"ledger"}
    with pytest.raises(OperationalError, match="went away"):
        own.submit(broken).result(5)
    assert own.submit(work).result(5) == 7, "the next one finds a writer"


def test_a_writer_without_work_leaves_and_another_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "IDLE_SECONDS", 0.01)
    own = desk._Desk()
    assert own.submit(lambda: 1).result(5) == 1
    until = time.monotonic() + 5
    while own._writers and time.monotonic() < until:
        time.sleep(0.01)
    assert own._writers == 0
    assert own.submit(lambda: 2).result(5) == 2


def test_a_forked_child_waits_for_no_thread_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "IDLE_SECONDS", 30.0)
    monkeypatch.setattr(desk, "_desk", desk._Desk())
    assert desk._desk.submit(lambda: 1).result(5) == 1
    child = os.fork()
    if child == 0:
        os._exit(0 if desk._desk._writers == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_is_part_of_it() -> None:
    with transaction.atomic():
        assert desk.write(threading.current_thread) is threading.current_thread()
    assert desk.write(threading.current_thread).name == "ledger"


@pytest.mark.parametrize(("vendor", "most"), [("sqlite", desk.WRITERS_OF_SQLITE), ("postgresql", desk.WRITERS)])
def test_there_are_no_more_writers_than_the_database_is_good_for(
    vendor: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", vendor)
    own, meet = desk._Desk(), threading.Barrier(most + 1)
    waiting = [own.submit(lambda: meet.wait(5)) for _ in range(most)]
    more = [own.submit(threading.current_thread) for _ in range(5)]
    assert own._writers == most
    meet.wait(5)
    assert len({one.result(5) for one in more}) <= most
    assert all(one.done() for one in waiting) or [one.result(5) for one in waiting]
