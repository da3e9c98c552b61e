"""What atoms said before anybody changed them."""

import uuid
from collections.abc import Sequence

from atoms.models import AtomicUnit
from kernel.text import decode
from masterplans.models import MasterplanTask


def draft_texts(atom_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Draft text of atoms whose task came with code; each task is read once."""
    if not atom_ids:
        return {}
    ranges = AtomicUnit.objects.filter(pk__in=atom_ids).order_by()
    spans = list(ranges.values_list("atom_id", "task_id", "start_byte", "end_byte"))
    tasks = MasterplanTask.objects.in_bulk({task_id for _, task_id, _, _ in spans})
    return {
        atom_id: decode(tasks[task_id].text[start:end])
        for atom_id, task_id, start, end in spans
        if tasks[task_id].draft is not None
    }
