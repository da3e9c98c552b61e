"""Reads of the atoms room."""

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q

from atoms.domain.model import Need
from atoms.domain.pack import LineAt, Subject, build_pack
from atoms.domain.resolution import inside_project
from atoms.models import AtomicUnit
from kernel.text import decode
from masterplans.models import MasterplanTask

_MAX_PLACES: Final = 60  # more than a pack has room for
_CONTRACT: Final = ("signature", "raises", "mutates", "pure", "deterministic")


def pack_of(atom: AtomicUnit) -> dict[str, Any]:
    """The context pack of a stored atom, from the plan as it was cut; at most three queries."""
    needs = [Need(**need) for need in atom.needs]
    wanted = [place for need in needs if (place := inside_project(need.resolved_by))][:_MAX_PLACES]
    contracts = _contracts(atom, wanted)
    paths = {path for path, _ in wanted} | {atom.path}
    texts = {
        task.target_path: bytes(task.text or b"")
        for task in MasterplanTask.objects.filter(masterplan_id=atom.masterplan_id, target_path__in=paths)
    }
    own = texts.get(atom.path, b"")
    lines: dict[str, list[bytes]] = {}

    def line_at(path: str, row: int) -> str:
        known = lines.setdefault(path, texts.get(path, b"").splitlines())
        return decode(known[row]).strip() if row < len(known) else ""

    near = AtomicUnit.objects.filter(task_id=atom.task_id, atom_number__in=(atom.atom_number - 1, atom.atom_number + 1))
    context = atom.context_json or {}
    subject = Subject(
        path=atom.path,
        symbol=atom.symbol,
        kind=atom.kind,
        parent=atom.parent,
        start_line=atom.start_line,
        end_line=atom.end_line,
        code=decode(own[atom.start_byte : atom.end_byte]),
        contract={
            **{name: context.get(name) for name in _CONTRACT},
            "needs_before": atom.preconditions or [],
            "gives_after": atom.postconditions or [],
        },
        needs=needs,
        tests=atom.test_cases or [],
        siblings=[
            (symbol, decode(own[start:end]))
            for symbol, start, end in near.order_by("atom_number").values_list("symbol", "start_byte", "end_byte")
        ],
    )
    return build_pack(subject, contract_at=contracts, line_at=line_at)


def _contracts(atom: AtomicUnit, wanted: list[tuple[str, int]]) -> LineAt:
    """Signatures of the atoms at some places of the plan, by path and 0-based row."""
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    if wanted:
        at = reduce(or_, (Q(path=path, start_line__lte=row + 1, end_line__gte=row + 1) for path, row in wanted))
        rows = AtomicUnit.objects.filter(at, masterplan_id=atom.masterplan_id).values_list(
            "path", "start_line", "end_line", "context_json"
        )
        for path, first, last, context in rows:
            spans[path].append((first, last, (context or {}).get("signature") or ""))

    def contract_at(path: str, row: int) -> str:
        return next((found for first, last, found in spans[path] if first <= row + 1 <= last), "")

    return contract_at
