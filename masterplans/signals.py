"""News from this room; only ``mge_project.pipeline`` connects receivers."""

from django.dispatch import Signal

# A plan and all its tasks stand in the database. Sent after commit. Arguments: masterplan_id (UUID).
plan_imported = Signal()

# A plan changed its state. Sent after commit. Arguments: masterplan_id (UUID), status (PlanStatus).
plan_moved = Signal()
