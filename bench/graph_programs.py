"""Generated programs for the speed of the graph: classes, inheritance, calls across modules, constants, imports."""

import resource
import time
from dataclasses import dataclass

from atoms.domain.model import Atom, AtomKind, FileAtoms, Language
from graphs.domain.analyzer import DependencyAnalyzer

ATOMS_PER_MODULE = 24  # imports, 3 constants, 4 functions, 4 classes with a header and 3 methods each

_IMPORTS = "from pkg{a}.mod{p} import Base0, helper0 as outside, LIMIT0\nimport pkg{a}.mod{p} as other\n"
_FIRST = "LIMIT0 = 1\noutside = len\nother = None\n"
_CONSTANT = "LIMIT{k} = LIMIT0 + {k} if {k} else len('abc')\n"
_FUNCTION = """def helper{k}(value, callback=None):
    total = outside(value) + LIMIT{k}
    for item in range(total):
        if callback is not None:
            callback(item)
    result = [helper{j}(x) for x in (value, total)]
    return other.helper{j}(result[0])


"""
_HEADER = """class Base{k}({base}):
    shared = LIMIT{j}
"""
_METHODS = (
    """    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.items = []
""",
    """    def run(self, step):
        self.items.append(step)
        if self.parent:
            self.parent.run(step)
        return self.describe(step)
""",
    """    def describe(self, step):
        made = Base{k}(self.name, self)
        made.items.extend(helper{k}(i) for i in self.items)
        return made.name + str(step)
""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measurement. ``peak_mib`` is that of the whole process so far."""

    atoms: int
    seconds: float
    processor_seconds: float  # what else the machine does adds nothing to them
    peak_mib: float
    waves: int
    edges: int


def analyse_generated(atoms: int) -> Run:
    """Generate a program of about ``atoms`` atoms, analyse it, and return what it took."""
    files = [_module(i) for i in range(max(1, atoms // ATOMS_PER_MODULE + 1))]
    count = sum(len(f.atoms) for f in files)
    started, processor = time.perf_counter(), time.process_time()
    graph = DependencyAnalyzer().analyze(files)
    seconds, busy = time.perf_counter() - started, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(
        atoms=count, seconds=seconds, processor_seconds=busy, peak_mib=peak, waves=len(graph.waves),
        edges=len(graph.edges),
    )  # fmt: skip


def _module(number: int) -> FileAtoms:
    """Module ``number`` uses the one before it; every tenth starts anew, so that waves stay few."""
    pieces: list[tuple[AtomKind, str, str | None, str]] = []
    previous = number - 1
    text = _IMPORTS.format(a=previous // 50, p=previous) if number % 10 else _FIRST
    pieces.append((AtomKind.IMPORTS, "<module>", None, text))
    for k in range(3):
        pieces += [(AtomKind.CONSTANT, "<module>", None, _CONSTANT.format(k=k + 1))]
    for k in range(4):
        j = (k + 1) % 4
        body = _FUNCTION.format(k=k, j=j).replace("LIMIT0", "LIMIT1")
        pieces.append((AtomKind.FUNCTION, f"helper{k}", None, body))
    for k in range(4):
        name = f"Base{k + 1}"
        base = "Base0" if number % 10 and k == 0 else "object" if k == 0 else f"Base{k}"
        header = _HEADER.format(k=k + 1, base=base, j=1)
        pieces.append((AtomKind.CLASS_HEADER, name, None, header))
        pieces.extend(
            (AtomKind.METHOD, f"{name}.m{i}", name, body.format(k=min(k + 1, 3))) for i, body in enumerate(_METHODS)
        )
    if number % 10 == 0:
        pieces.append((AtomKind.CLASS_HEADER, "Base0", None, "class Base0:\n    kind = 0\n"))
    return _file(f"pkg{number // 50}/mod{number}.py", pieces)


def _file(path: str, pieces: list[tuple[AtomKind, str, str | None, str]]) -> FileAtoms:
    atoms: list[Atom] = []
    offset, line = 0, 1
    for number, (kind, symbol, parent, text) in enumerate(pieces):
        size, height = len(text.encode()), text.count("\n")
        atoms.append(
            Atom(
                id=f"{path}:{number}", path=path, language=Language.PYTHON, number=number, kind=kind, symbol=symbol,
                parent=parent, start_byte=offset, end_byte=offset + size, start_line=line,
                end_line=line + height - 1, loc=height, complexity=1.0,
            )
        )  # fmt: skip
        offset, line = offset + size, line + height
    source = "".join(p[3] for p in pieces).encode()
    return FileAtoms(
        path=path, language=Language.PYTHON, source=source, parse_ok=True, problem=None, atoms=tuple(atoms)
    )
