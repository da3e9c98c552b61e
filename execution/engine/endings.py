"""What has ended in other threads, gathered until it is worth while to take it in: settling costs by the transaction.

What the longest chains wait for is taken in soon, the sooner the fewer these are; what has slack may wait longer, for
the run hardly ends later for it. The fewer are at work, the less all of it waits, and nothing does once so much has
ended that threads might run out of work. The times are a bargain, found by simulating many runs: shorter ones end a run
a few tenths of a second earlier, and take half as many times more.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

GATHER_SECONDS = 0.15  # between two takings, at full width where all chains are equally long
SLACK_SECONDS = 0.2  # at full width, how long that waits which has slack
BEHIND_SHARE = 20  # one in so many is behind the others: the run may end later for it
BRIEF_SECONDS = 0.1  # both, where what ends goes through other hands first, and each of them adds its wait


class Endings:
    """Of the work of one driver. All but what a future calls when it ends is for the driver's loop alone."""

    def __init__(
        self, *, width: int, enough: int, briefly: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._width, self._enough, self._clock = width, max(1, enough), clock
        self._gather, self._slack = (BRIEF_SECONDS,) * 2 if briefly else (GATHER_SECONDS, SLACK_SECONDS)
        self._news: SimpleQueue[tuple[Future[Any], float]] = SimpleQueue()
        self._open: dict[Future[Any], int] = {}  # by priority
        self._ended: dict[Future[Any], float] = {}  # by when they did
        self._taken = float("-inf")
        self._look = 0.0  # when what has ended may be due, if nothing else ends

    def expect(self, future: Future[Any], priority: int) -> None:
        """Gather this one when it ends; ``priority`` is the length of the chain that waits for it."""
        self._open[future] = priority
        self.notice(future)

    def notice(self, future: Future[Any]) -> None:
        """End a wait when this one ends, and no more."""
        future.add_done_callback(lambda ended: self._news.put((ended, self._clock())))

    def forget(self, future: Future[Any]) -> None:
        """Gather this one no more."""
        self._open.pop(future, None)
        self._ended.pop(future, None)

    def wait(self, seconds: float) -> None:
        """Return when something is due or noticed, or after so many seconds.

        All looking in between is done here: a round of the driver's loop costs many times as much.
        """
        ends = self._clock() + seconds
        while not self.due() and (now := self._clock()) < ends:
            until = min(ends, self._look) if self._ended else ends
            with suppress(Empty):
                ended, at = self._news.get(timeout=max(0.0, until - now))
                self._note(ended, at)
                if ended not in self._open:
                    return

    def due(self) -> bool:
        """Whether what has ended should be taken in now."""
        while not self._news.empty():
            self._note(*self._news.get_nowait())
        if not self._ended:
            return False
        if len(self._ended) >= self._enough:
            return True
        lengths = sorted(self._open.values(), reverse=True)
        long = lengths[(len(lengths) - 1) // BEHIND_SHARE]
        share = min(1.0, len(lengths) / self._width)
        self._look = max(self._taken + self._gather * share, min(self._ended.values()) + self._slack * share)
        mine = max(self._open[one] for one in self._ended)
        if mine >= long:  # the fewer are as far behind, the more depends on them
            behind = sum(length >= mine for length in lengths) / self._width
            self._look = min(self._look, self._taken + self._gather * min(1.0, 2 * behind))
        return self._clock() >= self._look

    def take(self) -> list[Future[Any]]:
        """What has ended, in its order; it is expected no more."""
        self._taken = self._clock()
        ended = list(self._ended)
        for one in ended:
            self.forget(one)
        return ended

    def _note(self, future: Future[Any], at: float) -> None:
        if future in self._open:
            self._ended[future] = at
