"""A pause of Python's cycle collector while millions of small objects are made that all stay.

Without it an analysis takes twice as long, for the collector walks them again and again and finds nothing. The switch
is one for the whole process, so a threaded server shares one pause: the first analysis turns the collector off, the
last turns it on, and at the latest ``LONGEST_SECONDS`` after the first began it is on again for everybody.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_SECONDS = 60.0


class _Pause:
    """How many analyses share the pause, and whether it was this module that turned the collector off."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sharing = 0
        self.ours = False
        self.timer: threading.Timer | None = None

    def begin(self, *, brief: bool) -> None:
        with self.lock:
            self.sharing += 1
            if self.sharing == 1 and gc.isenabled():
                gc.disable()
                self.ours = True
            if self.ours and self.timer is None and not (brief and self.sharing == 1):
                self.timer = threading.Timer(LONGEST_SECONDS, self.resume)
                self.timer.daemon = True
                self.timer.start()

    def end(self) -> None:
        with self.lock:
            self.sharing -= 1
            last = self.sharing == 0
        if last:
            self.resume()

    def resume(self) -> None:
        with self.lock:
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None
            if self.ours:
                self.ours = False
                gc.enable()


_PAUSE = _Pause()


@contextmanager
def collector_paused(*, brief: bool = False) -> Iterator[None]:
    """Pause the collector; one that somebody else turned off stays off.

    ``brief`` is for work on one file, which is over long before any alarm: it sets none, for that costs a thread. Where
    such pauses overlap they could go on for ever, so the second one sets it.
    """
    _PAUSE.begin(brief=brief)
    try:
        yield
    finally:
        _PAUSE.end()
