"""Python that does not parse: facts of all that does, and names of the rest."""

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomFacts, Language
from atoms.domain.reading import facts_of
from atoms.tests.domain.test_decomposer import PYTHON

BROKEN = """\
import os

LIMIT = 3


def first(a, b):
    total = a + b
    for item in range(total):
        wrong = compute(item, key=b) +
    return os.path.join(total, LIMIT)


class Second:
    x: int = 1

    def third(self, y):
        if y:
        return self.x + LIMIT


def fourth(a):
    result = call(a.deep,
"""


def described(source: str) -> tuple[dict[str, AtomFacts], frozenset[int]]:
    file = RecursiveDecomposer().split(source.encode(), path="a.py", language=Language.PYTHON)
    facts = ContextInjector().describe([file])
    assert not file.parse_ok
    assert file.facts is not None
    return {atom.symbol: facts[atom.id] for atom in file.atoms}, file.facts.lost


def test_what_stands_around_errors_keeps_its_facts() -> None:
    facts, lost = described(BROKEN)
    assert sorted(lost) == [8, 21]
    third = facts["Second.third"]
    assert third.signature == "def third(self, y)"
    assert {need.name: need.resolved_by for need in third.needs} == {"LIMIT": "a.py:3", "Second.x": "a.py:14"}
    assert third.context_completeness == 1.0


def test_names_on_rows_that_do_not_parse_are_known_in_their_scope() -> None:
    facts, _ = described(BROKEN)
    assert facts["first"].signature == "def first(a, b)"
    assert {"compute", "item", "b"} <= set(facts["first"].uses)
    assert "key" not in facts["first"].uses
    assert facts["first"].scopes["item"] == "first"
    assert "a.py" in {need.name for need in facts["first"].needs if need.resolved_by is None}
    assert facts["first"].pure is None
    assert {"call", "a"} <= set(facts["fourth"].uses)
    assert "deep" not in facts["fourth"].uses


def test_names_flow_between_the_atoms_of_a_function_that_does_not_parse() -> None:
    body = "".join(f"    b{k} = g(a, {k})\n" for k in range(9))
    source = f"def f(a):\n    start = a\n{body}\n    end = b1 +\n    last = g(start, end)\n    return last\n"
    file = RecursiveDecomposer().split(source.encode(), path="a.py", language=Language.PYTHON)
    facts = ContextInjector().describe([file])
    named = [{each["name"] for each in facts[atom.id].preconditions} for atom in file.atoms]
    assert len(named) > 1
    assert {"b1", "start"} <= named[-1]


def test_a_file_cut_off_anywhere_keeps_what_stands_before() -> None:
    whole = facts_of(PYTHON, Language.PYTHON)
    for end in range(0, len(PYTHON), 5):
        facts = facts_of(PYTHON[:end], Language.PYTHON)
        rows = PYTHON.count(b"\n", 0, end)
        assert facts.readable, end
        before = [function.symbol for function in whole.functions if function.row < rows - 8]
        assert before == [function.symbol for function in facts.functions][: len(before)]


def test_bytes_that_are_no_python_at_all_give_names_and_no_crash() -> None:
    facts = facts_of(b"\0 some ) words ( here \xff\n" * 300, Language.PYTHON)
    assert not facts.readable
    assert {name for _, name, _ in facts.uses} >= {"some", "words"}
