"""Sandboxes started ahead, waiting for a job: a run then pays only for its own limits, files and command.

One thread per process starts them and lives as long as the process, because a sandbox dies with the thread that started
it. After a sandbox was taken, another with the same mounts is prepared. Each serves one run.
"""

import atexit
import contextlib
import os
import queue
import threading
from collections import OrderedDict, deque

from kernel.errors import MgeError
from validation.sandbox.box import Box, warmth_of
from validation.sandbox.command import Warmth
from validation.sandbox.spec import Mount, SandboxRequest

_KEYS = 6  # different sets of mounts and modules kept ready at once
_Key = tuple[Warmth | None, tuple[tuple[Mount, int, int], ...]]


def _key(mounts: tuple[Mount, ...], warmth: Warmth | None) -> _Key | None:
    """Identify mounts by what they show now: a folder that was made anew at the same path is another one."""
    try:
        stats = [(mount, mount.host.stat()) for mount in mounts]
    except OSError:
        return None  # starting in the ordinary way tells what is wrong
    return warmth, tuple((mount, stat.st_dev, stat.st_ino) for mount, stat in stats)


class _Pool:
    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._ready: OrderedDict[_Key, deque[Box]] = OrderedDict()
        self._orders: queue.SimpleQueue[tuple[_Key, tuple[Mount, ...]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def take(self, mounts: tuple[Mount, ...], warmth: Warmth | None) -> Box | None:
        key = _key(mounts, warmth)
        if key is None:
            return None
        with self._lock:
            waiting = self._ready.setdefault(key, deque())
            self._ready.move_to_end(key)
            box = waiting.popleft() if waiting else None
            stale = self._evict()
            if self._thread is None:
                self._thread = threading.Thread(target=self._prepare, name="sandbox-starter", daemon=True)
                self._thread.start()
        for old in stale:
            old.close()
        self._orders.put((key, mounts))
        return box

    def _evict(self) -> list[Box]:
        stale: list[Box] = []
        while len(self._ready) > _KEYS:
            stale += self._ready.popitem(last=False)[1]
        return stale

    def _prepare(self) -> None:
        while (order := self._orders.get()) is not None:
            key, mounts = order
            with self._lock:
                wanted = key in self._ready and len(self._ready[key]) < self._size
            if wanted and not self._stopping:
                with contextlib.suppress(
                    MgeError, OSError
                ):  # whoever asks next starts in the ordinary way, and is told
                    self._add(key, Box(mounts, key[0]))

    def _add(self, key: _Key, box: Box) -> None:
        with self._lock:
            if key in self._ready:
                self._ready[key].append(box)
                return
        box.close()

    def stop(self) -> None:
        """Let the start in progress finish and end all: a bubblewrap orphaned in mid-start would wait for ever."""
        self._stopping = True
        self._orders.put(None)
        if self._thread is not None:
            self._thread.join(5.0)
        with self._lock:
            boxes = [box for waiting in self._ready.values() for box in waiting]
            self._ready.clear()
        for box in boxes:
            box.close()


class _Current:
    """The pool of this process; a forked child starts with an empty one, its parent's sandboxes are not its own."""

    def __init__(self) -> None:
        self.renew()

    def stop(self) -> None:
        self.pool.stop()

    def renew(self) -> None:
        self.pool = _Pool(os.cpu_count() or 1)


_current = _Current()
os.register_at_fork(after_in_child=_current.renew)
atexit.register(_current.stop)


def take_box(request: SandboxRequest) -> Box:
    """Return a sandbox for this request: a prepared one, or one started now. The caller closes it."""
    warmth = warmth_of(request)
    return _current.pool.take(request.mounts, warmth) or Box(request.mounts, warmth)
