"""What happens after what: the only module that connects receivers to signals.

run started     -> execution drives it (dispatcher)
atoms failed    -> review: they enter the queue at once, on top
run completed   -> review: confidence of all atoms, then the least certain enter the queue
regenerated     -> review: the new attempt opens a new row
re-validated    -> review: confidence again, after a person's change
"""

from typing import Any

from execution import signals
from review.services import queue


def connect() -> None:
    """Connect everything once; called when the apps are ready."""
    for signal, receiver in (
        (signals.atoms_failed, _atoms_failed),
        (signals.run_completed, _run_completed),
        (signals.atom_regenerated, _atom_regenerated),
        (signals.run_revalidated, _run_revalidated),
    ):
        signal.connect(receiver, dispatch_uid=f"pipeline.{receiver.__name__}")


def _atoms_failed(*, run_id: Any, atom_ids: Any, **_: Any) -> None:
    queue.on_atoms_failed(run_id, atom_ids)


def _run_completed(*, run_id: Any, **_: Any) -> None:
    queue.on_run_completed(run_id)


def _atom_regenerated(*, run_id: Any, atom_id: Any, **_: Any) -> None:
    queue.on_atom_regenerated(run_id, atom_id)


def _run_revalidated(*, run_id: Any, **_: Any) -> None:
    queue.on_run_revalidated(run_id)
