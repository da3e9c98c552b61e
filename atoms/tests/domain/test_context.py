"""What atoms need and give, by small programs whose answers are known."""

import json
import re
from pathlib import Path

from atoms.domain.builtin_names import builtin_names
from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomFacts, FileAtoms, Language, Need
from atoms.domain.pack import context_pack
from atoms.domain.parser import MultiLanguageParser


def project(sources: dict[str, str], **options: object) -> tuple[list[FileAtoms], dict[str, AtomFacts]]:
    files = []
    for path, text in sources.items():
        language = MultiLanguageParser.language_of(path)
        assert language is not None
        files.append(RecursiveDecomposer().split(text.encode(), path=path, language=language))
    return files, ContextInjector().describe(files, **options)  # type: ignore[arg-type]  # by keyword


def facts_of(files: list[FileAtoms], facts: dict[str, AtomFacts], symbol: str) -> AtomFacts:
    return next(facts[a.id] for f in files for a in f.atoms if a.symbol == symbol)


def need(facts: AtomFacts, name: str, kind: str = "definition") -> Need:
    return next(n for n in facts.needs if n.name == name and n.kind == kind)


PYTHON = {
    "pkg/__init__.py": "from .core import area\n",
    "pkg/core.py": '''"""Core."""

import math
import random
from pkg.shapes import Circle

LIMIT = 10


def area(circle: Circle, scale=1.0) -> float:
    """Area.

    >>> area(Circle(1))
    3.14
    """
    if circle.r > LIMIT:
        raise ValueError(missing)
    return math.pi * circle.r ** 2 * scale


def pick(items: list):
    items.append(random.random())
    print(items)
''',
    "pkg/shapes.py": """class Circle:
    def __init__(self, r):
        self.r = r

    def grow(self):
        self.r += self.step
        return self.r
""",
}


def test_needs_are_resolved_across_files_and_listed_where_not() -> None:
    files, facts = project(PYTHON)
    area = facts_of(files, facts, "area")
    assert need(area, "Circle").resolved_by == "pkg/shapes.py:1"
    assert need(area, "LIMIT").resolved_by == "pkg/core.py:7"
    assert need(area, "math").resolved_by == "import of math"
    assert need(area, "ValueError").resolved_by == "builtin"
    assert need(area, "missing").resolved_by is None
    assert area.context_completeness < 1.0
    grow = facts_of(files, facts, "Circle.grow")
    assert need(grow, "Circle.r").resolved_by == "pkg/shapes.py:3"
    assert need(grow, "Circle.step").resolved_by is None


def test_contract_types_raises_mutation_and_chance() -> None:
    files, facts = project(PYTHON)
    area, pick = facts_of(files, facts, "area"), facts_of(files, facts, "pick")
    assert area.signature == "def area(circle: Circle, scale=1.0) -> float"
    assert area.types == {"circle": "Circle", "scale": "float"}
    assert area.raises == ("ValueError",)
    assert area.defines == ("area",)
    assert [case["kind"] for case in area.test_cases] == ["doctest"]
    assert pick.mutates == ("items",)
    assert (pick.pure, pick.deterministic) == (False, False)


def test_tests_and_callers_are_needs() -> None:
    sources = {"a.py": "def f(x):\n    return x\n\n\ndef g():\n    return f(1)\n"}
    files, facts = project(sources, tests={"test_a.py": b"def test_f():\n    assert f(1) == 1\n"})
    f = facts_of(files, facts, "f")
    assert need(f, "f", "caller").resolved_by == "a.py:6"
    assert need(f, "test_a.py::test_f", "test").resolved_by == "test_a.py::test_f"
    assert f.test_cases[0]["line"] == 1


LONG = (
    "def f(a, b: int = 2):\n"
    + "".join(f"    x{k} = a + {k}\n" for k in range(9))
    + "\n"
    + "".join(f"    print(x{k}, b)\n" for k in range(9))
    + "    return [y for y in range(b)]\n"
)


def test_values_that_live_across_a_cut() -> None:
    files, facts = project({"a.py": LONG})
    atoms = files[0].atoms
    assert len(atoms) >= 2
    head, tail = facts[atoms[0].id], facts[atoms[-1].id]
    assert {"b", "x3"} <= {p["name"] for p in head.postconditions}
    live = {p["name"]: p for p in tail.preconditions}
    assert live["b"]["type"] == "int"
    assert live["b"]["bound_at"] == 1
    assert "y" not in live


TYPESCRIPT = {
    "src/a.ts": (
        "import fs from 'node:fs';\nimport { Shape } from './b';\n\n"
        "export const area = (s: Shape, k = 2): number => {\n  if (!s) {\n    throw new TypeError(gone);\n  }\n"
        "  return fs.size(s) * k;\n};\n"
    ),
    "src/b.ts": "export interface Shape {\n  r: number;\n}\n",
}


def test_typescript_needs() -> None:
    files, facts = project(TYPESCRIPT)
    area = facts_of(files, facts, "area")
    assert need(area, "Shape").resolved_by == "src/b.ts:1"
    assert need(area, "fs").resolved_by == "import of node:fs.default"
    assert need(area, "gone").resolved_by is None
    assert area.raises == ("TypeError",)
    assert area.types["s"] == "Shape"
    assert area.signature == "area(s: Shape, k = 2): number"


def test_a_file_that_does_not_parse_needs_what_cannot_be_read() -> None:
    files, facts = project({"a.py": "def f(:\n    return 1\n"})
    assert not files[0].parse_ok
    problem = files[0].problem
    assert problem is not None
    assert (problem.line, problem.column) == (1, 7)
    assert all(facts[a.id].context_completeness == 0.0 for a in files[0].atoms)


def test_the_pack_is_bounded_and_starts_with_the_code() -> None:
    files, facts = project(PYTHON)
    by_path = {f.path: f for f in files}
    atom = next(a for f in files for a in f.atoms if a.symbol == "area")
    whole = context_pack(atom, by_path, facts)
    assert "Circle" in json.dumps(whole["uses"])
    assert whole["left_out"] == 0
    assert whole["tokens"] <= whole["limit"]
    small = context_pack(atom, by_path, facts, limit=110)
    assert small["left_out"] > 0
    assert small["tokens"] <= 110
    assert small["code"] == whole["code"]  # itself first, its neighbours last
    assert small["place"] == []


def test_what_typescript_declares_for_all_files_is_known() -> None:
    use = "export function f(e: MessageEvent | bigint) {\n  return __DEV__ ? e : undeclared;\n}\n"
    ambient = "declare const __DEV__: boolean;\n"
    _, facts = project({"a.ts": use, "global.d.ts": ambient})
    found = {n.name: n.resolved_by for fact in facts.values() for n in fact.needs}
    assert found == {"MessageEvent": "builtin", "bigint": "builtin", "__DEV__": "global.d.ts:1", "undeclared": None}
    _, facts = project({"a.ts": use, "module.ts": f"export {{}};\n{ambient}"})
    assert next(n for fact in facts.values() for n in fact.needs if n.name == "__DEV__").resolved_by is None


def test_the_names_are_those_of_the_typescript_in_use() -> None:
    libraries = Path(__file__).parents[3] / "validation/toolchain/node_modules/typescript/lib"
    declares = re.compile(
        r"^(?:declare\s+)?(?:interface|type|var|let|const|function|class|namespace)\s+([A-Z][\w$]*)", re.MULTILINE
    )
    declared = {name for file in libraries.glob("lib.*.d.ts") for name in declares.findall(file.read_text("utf-8"))}
    assert declared
    assert declared <= builtin_names(Language.TYPESCRIPT)


def test_parameters_of_a_constructor_may_be_members() -> None:
    source = "class A {\n  constructor(readonly a: number, private b = 1, c = 2) {}\n\n  m() {\n    return 0;\n  }\n\n"
    source += "  sum() {\n    const one = 1;\n    const two = 2;\n    const three = 3;\n    const four = 4;\n"
    source += "    return this.a + this.b + this.c + one + two + three + four;\n  }\n}\n"
    _, facts = project({"a.ts": source})
    found = {n.name: n.resolved_by for fact in facts.values() for n in fact.needs if n.name.startswith("A.")}
    assert found == {"A.a": "a.ts:2", "A.b": "a.ts:2", "A.c": None}
