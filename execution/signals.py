"""News from the engine. Only ``mge_project.pipeline`` connects receivers; all but one are sent after commit."""

from django.dispatch import Signal

#: kwargs: run_id. A run completed for the first time; its precision is frozen.
run_completed = Signal()

#: kwargs: run_id, atom_ids. Atoms failed for good while the run goes on.
atoms_failed = Signal()

#: kwargs: run_id, atom_id. The attempt that a reviewer asked for is done.
atom_regenerated = Signal()

#: kwargs: run_id, atom_ids (None: all), why. Atoms that a person may be looking at are settled otherwise; sent inside
#: the transaction, with the run locked. ``why``: retried | contract_changed | run_cancelled.
atoms_overtaken = Signal()

#: kwargs: run_id. A completed run was validated again after a person's change.
run_revalidated = Signal()
