"""Edges, cycles and waves as plain values. An edge reads: ``source`` needs ``target``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ORDERING_WEIGHT = 1.0  # edges of this weight order execution; lighter ones inform
MAX_INFORMING_WEIGHT = 0.99


class EdgeType(StrEnum):
    """Why one atom needs another; ties of weight go to the first in this order: type, data, control, import."""

    TYPE = "type"
    DATA = "data"
    CONTROL = "control"
    IMPORT = "import"


class Ordering(StrEnum):
    """Which edges order: those of weight 1.00 (interface), or all (strict)."""

    INTERFACE = "interface"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One use that makes the edge. ``line`` is 1-based, in the file of the needing atom."""

    type: EdgeType
    symbol: str
    line: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """``source`` needs ``target`` (atom ids). ``broken`` holds why a cycle was cut here, else None."""

    source: str
    target: str
    type: EdgeType
    weight: float
    reasons: tuple[Reason, ...]
    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A use that no definition answers; listed, never guessed."""

    atom_id: str
    name: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGraph:
    """The whole graph of a project.

    ``waves[i]`` holds the atom ids of wave ``i + 1``; every edge that orders leads to an earlier wave, except inside a
    ``unit`` (a cycle that cannot be broken: its atoms share a wave and execute together). ``order`` lists dependencies
    first. ``depth`` gives for each atom the number of atoms on the longest ordering path that starts at it and goes to
    those who wait on it: the critical-path priority. ``callgraph`` is in flat form (``spec.md`` section 7).
    """

    edges: tuple[Edge, ...]
    waves: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]
    depth: Mapping[str, int]
    unresolved: tuple[Unresolved, ...]
    callgraph: Mapping[str, tuple[str, ...]]
    ordering: Ordering
