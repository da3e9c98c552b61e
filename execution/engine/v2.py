"""The V2 engine: atoms, graph, waves, levels. Each phase reads from and writes to the database alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from execution.engine.evidence import Bench
from execution.engine.finish import judge_whole, reopen_culprits, score_alone, write_score
from execution.engine.mvp import write_unparsable
from execution.engine.prepare import lay_out
from execution.engine.skeletons import write_skeletons
from execution.engine.waves import WaveExecutor
from execution.engine.written_tests import write_tests
from execution.models import ExecutionRun, RunAtom
from execution.phases import phases_of
from execution.runs import begin, end, set_phase
from kernel.states import AtomStatus, RunStatus

if TYPE_CHECKING:
    from execution.engine.driver import Beat

MAX_ROUNDS = 3  # how often the whole suite may send culprits back before the run ends


def execute_v2(run: ExecutionRun, beat: "Beat") -> None:
    """Do the phases that are left, from the one that stands on the run."""
    if not begin(run):
        return
    bench = Bench(run, progress=lambda what, share: set_phase(run, "baseline", what, share=share))
    phase: str | None = run.phase or "skeletons"
    while phase is not None and not beat.lost.is_set():
        phase = _PHASES[phase](run, beat, bench)
        run.refresh_from_db()
        if run.status != RunStatus.RUNNING:
            return  # paused, cancelled or out of budget meanwhile; the phase that stands on the run is done again


def _skeletons(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    if phases_of(run).atomization:
        set_phase(run, "skeletons")
        write_skeletons(run, lambda: not beat.lost.is_set())
    return "tests"


def _tests(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    if run.settings.get("write_tests"):
        set_phase(run, "tests", "writing tests for files that came without any")
        write_tests(run, lambda: not beat.lost.is_set())
    return "atomizing"


def _atomizing(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    set_phase(run, "atomizing")
    lay_out(run)
    return "baseline"


def _baseline(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    set_phase(run, "baseline", "running the project's tests over the drafts")
    bench.drafts()
    return "executing"


def _executing(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    bench.drafts()  # after a pause they are read again here, which tells of itself as the baseline
    set_phase(run, "executing")
    write_unparsable(run, beat)
    finished = WaveExecutor(run, beat, bench).execute()
    return "system" if finished else None


def _system(run: ExecutionRun, beat: "Beat", bench: Bench) -> str | None:
    set_phase(run, "system", "running the whole suite on the output")
    run.refresh_from_db()
    seen = run.changes
    reviewed = run.precision is not None or run.finished_at is not None
    if not phases_of(run).validation:
        score_alone(run, reviewed=reviewed)
        return None if end(run, RunStatus.COMPLETED, seen_changes=seen) else _again(run)
    evidence = judge_whole(run, bench, purpose="review" if reviewed else "final")
    rounds = run.settings.get("rounds", 0)
    if rounds < MAX_ROUNDS and reopen_culprits(run, evidence):
        run.settings["rounds"] = rounds + 1
        run.save(update_fields=["settings"])
        return "executing"
    write_score(run, evidence, reviewed=reviewed)
    return None if end(run, RunStatus.COMPLETED, seen_changes=seen) else _again(run)


def _again(run: ExecutionRun) -> str:
    """Where to go on after a person changed something meanwhile: to the atoms that were sent back, if there are any."""
    waiting = [AtomStatus.READY, AtomStatus.PENDING, AtomStatus.RETRY_WAIT]
    return "executing" if RunAtom.objects.filter(run=run, status__in=waiting).exists() else "system"


_PHASES: dict[str, Callable[[ExecutionRun, "Beat", Bench], str | None]] = {
    "skeletons": _skeletons,
    "tests": _tests,
    "atomizing": _atomizing,
    "baseline": _baseline,
    "executing": _executing,
    "system": _system,
}
