"""What happens after what: the only module that connects receivers to signals.

run started     -> execution drives it (dispatcher)
atoms failed    -> review: they enter the queue at once, on top
run completed   -> graphs: planned edges beside those of the accepted code
                   review: confidence of all atoms, then the least certain enter the queue
                   rollout: a shadow is compared with the run that shipped
regenerated     -> review: the new attempt opens a new row
re-validated    -> graphs: the same comparison again; review: confidence again, after a person's change
overtaken       -> review: open rows of atoms that are worked on again, or of a cancelled run, are withdrawn
flag changed    -> the event log, topic flags: consoles show it live
"""

from typing import Any

import structlog

from execution import events, signals
from execution.assembly import accepted_codes, encoded
from execution.phases import is_planned
from execution.selectors import run_by_id
from flags.models import FlagChange
from flags.signals import flag_changed
from graphs.services import reconcile_run
from kernel.v2 import v2_installed
from review.services import queue
from review.services.withdrawal import Why, withdraw
from rollout.shadow import compare_finished

log = structlog.get_logger(__name__)


def connect() -> None:
    """Connect everything once; called when the apps are ready."""
    for signal, receiver in (
        (signals.atoms_failed, _atoms_failed),
        (signals.run_completed, _run_completed),
        (signals.atom_regenerated, _atom_regenerated),
        (signals.run_revalidated, _run_revalidated),
        (signals.atoms_overtaken, _atoms_overtaken),
        (flag_changed, _flag_changed),
    ):
        signal.connect(receiver, dispatch_uid=f"pipeline.{receiver.__name__}")


def _atoms_failed(*, run_id: Any, atom_ids: Any, **_: Any) -> None:
    queue.on_atoms_failed(run_id, atom_ids)


def _run_completed(*, run_id: Any, **_: Any) -> None:
    _reconcile(run_id)
    queue.on_run_completed(run_id)
    _compare(run_id)


def _atom_regenerated(*, run_id: Any, atom_id: Any, **_: Any) -> None:
    queue.on_atom_regenerated(run_id, atom_id)


def _run_revalidated(*, run_id: Any, **_: Any) -> None:
    _reconcile(run_id)
    queue.on_run_revalidated(run_id)


def _atoms_overtaken(*, run_id: Any, atom_ids: Any, why: str, **_: Any) -> None:
    """Part of the transaction that it tells of."""
    if v2_installed():
        withdraw(run_id, atom_ids, Why(why))


def _compare(run_id: Any) -> None:
    """A finished shadow is compared with its parent; what is missed here is found by the watcher."""
    try:
        compare_finished(run_id)
    except Exception:
        log.exception("shadow_not_compared", run_id=str(run_id))


def _reconcile(run_id: Any) -> None:
    """A comparison for people: where it breaks, the run and its review go on without it."""
    try:
        run = run_by_id(run_id)
        if is_planned(run):
            codes = {atom: encoded(code) for atom, code in accepted_codes(run.run_id).items()}
            reconcile_run(run.masterplan_id, run.run_id, codes)
    except Exception:
        log.exception("edges_not_reconciled", run_id=str(run_id))


def _flag_changed(*, change: FlagChange, **_: Any) -> None:
    """Names of users stay out: everybody signed in hears of it."""
    fields = sorted(change.after)
    data = {"name": change.name, "version": change.pk, "fields": fields, "source": change.source}
    events.publish(topic="flags", type="flag.changed", data=data)
