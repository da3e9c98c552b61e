"""The pace of one provider as all processes keep it: a row in the database, read and written a few times a second."""

import threading
import time
from dataclasses import asdict

from django.db import transaction

from execution.models import RunAtom, Stage
from kernel import rows
from kernel.states import AtomStatus
from llm.models import ProviderPace
from llm.pace import PaceState

LOOK_SECONDS = 0.25
NAMED = "default"
_NAMES = rows.names_of(ProviderPace, without=["name"])


class Pace:
    """What one driver knows of it. ``answered`` and ``busy`` are called by threads, the rest by the driver's loop."""

    def __init__(self, ceiling: int) -> None:
        self._ceiling = ceiling
        self._lock = threading.Lock()
        self._answers = 0
        self._trouble: list[float | None] = []
        self._state = PaceState()
        self._looked = 0.0

    def answered(self) -> None:
        """A call got its reply."""
        with self._lock:
            self._answers += 1

    def busy(self, retry_after: float | None) -> None:
        """A call was answered with 429 or 529; ``retry_after`` in seconds, where the server said so."""
        with self._lock:
            self._trouble.append(retry_after)

    @property
    def free(self) -> bool:
        """Whether no provider asked for less: then work may lie ready for the next thread that is done."""
        return self._state.limit is None

    def room(self, in_flight: int, *, width: int) -> int:
        """How many calls may be started now beside the driver's own ``in_flight``."""
        self._look(in_flight)
        if self._state.limit is None:
            return width - in_flight
        if time.time() < self._state.blocked_until:
            return 0
        everywhere = RunAtom.objects.filter(status=AtomStatus.RUNNING, stage=Stage.GENERATE).count()
        return min(width - in_flight, int(self._state.limit) - max(everywhere, in_flight))

    def _look(self, in_flight: int) -> None:
        """Tell what happened since the last look, and read what other processes told."""
        with self._lock:
            answers, trouble = self._answers, self._trouble
            calm = not trouble and (self._state.limit is None or not answers)
            if calm and time.monotonic() - self._looked < LOOK_SECONDS:
                return
            self._answers, self._trouble = 0, []
        self._looked = time.monotonic()
        if calm:
            self._state = _read()
            return
        with transaction.atomic():
            ProviderPace.objects.get_or_create(name=NAMED)
            row = ProviderPace.objects.select_for_update().get(name=NAMED)
            state = _state(row).after_answers(answers, ceiling=self._ceiling)
            for retry_after in trouble:
                state = state.after_busy(
                    in_flight=max(1, in_flight + len(trouble)), now=time.time(), retry_after=retry_after
                )
            ProviderPace.objects.filter(pk=row.pk).update(**asdict(state))
        self._state = state


def _read() -> PaceState:
    statement = f"SELECT {rows.columns(_NAMES)} FROM provider_pace WHERE name = %s"  # noqa: S608 - names of the model
    found = rows.read(ProviderPace, _NAMES, statement, [NAMED])
    return PaceState(**dict(zip(_NAMES, found[0], strict=True))) if found else PaceState()


def _state(row: ProviderPace | None) -> PaceState:
    if row is None:
        return PaceState()
    return PaceState(
        limit=row.limit,
        threshold=row.threshold,
        answered_since_cut=row.answered_since_cut,
        cut_at=row.cut_at,
        blocked_until=row.blocked_until,
    )
