"""Where calls in flight write: a few threads that keep a connection each, so that a hundred calls need no hundred.

Opening a connection costs more than what is written over it, of a server and of SQLite, whose pages each connection
reads anew after another has written. SQLite has one writer at a time anyway.
"""

import contextvars
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

_T = TypeVar("_T")
_Work = tuple[Future[Any], contextvars.Context, Callable[[], Any]]
WRITERS, WRITERS_OF_SQLITE = 4, 1
IDLE_SECONDS = 0.5  # a writer without work leaves, and its connection with it


def write(work: Callable[[], _T]) -> _T:
    """Do ``work``, which reads or writes rows in transactions of its own, over a kept connection; its result or error.

    Inside a transaction it is done right here, as part of it.
    """
    if connection.in_atomic_block:
        return work()
    return _desk.submit(work).result()


class _Desk:
    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._writers = 0

    def submit(self, work: Callable[[], _T]) -> Future[_T]:
        future: Future[_T] = Future()
        with self._lock:  # a writer leaves under the same lock, so that nothing is put before an empty desk
            self._waiting.put((future, contextvars.copy_context(), work))
            if self._writers < (WRITERS_OF_SQLITE if connection.vendor == "sqlite" else WRITERS):
                self._writers += 1
                threading.Thread(target=self._write, name="ledger", daemon=True).start()
        return future

    def _write(self) -> None:
        try:
            while (item := self._next()) is not None:
                _do(*item)
        finally:
            connection.close()

    def _next(self) -> _Work | None:
        try:
            return self._waiting.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with self._lock:
                if self._waiting.empty():
                    self._writers -= 1
                    return None
            return self._next()


def _do(future: Future[Any], context: contextvars.Context, work: Callable[[], Any]) -> None:
    try:
        future.set_result(context.run(work))
    except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
        if isinstance(error, OperationalError | InterfaceError):
            connection.close()  # the next one shall not meet the broken connection
        future.set_exception(error)


_desk = _Desk()
# A forked child has none of its parent's threads, and must not wait for them.
os.register_at_fork(after_in_child=lambda: globals().update(_desk=_Desk()))
