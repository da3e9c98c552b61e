"""Plan files: what a good one becomes, and one located line for each kind of bad one."""

import contextlib
import itertools
import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kernel.errors import InvalidInput, MgeError
from masterplans.domain.importing.layout import check_dependencies
from masterplans.domain.importing.plan_file import parse_plan, plan_schema
from masterplans.domain.workspace import FileRole
from masterplans.tests.conftest import PLAN


def plan(**fields: Any) -> bytes:
    return json.dumps({"name": "p", "tasks": [{"target_path": "a.py"}], **fields}).encode()


def tasks(*raw: dict[str, Any]) -> bytes:
    return plan(tasks=list(raw))


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(dict(plan_schema()))


def test_a_good_plan_keeps_everything() -> None:
    spec = parse_plan(PLAN, name="plan.yaml")
    words, greet = spec.tasks
    assert (spec.name, spec.budget_usd, spec.root_package) == ("greeter", Decimal("1.5"), None)
    assert (words.draft, words.language, words.name) == (b"HELLO = 'hello'\n", "python", "words")
    assert (greet.draft, greet.depends_on) == (None, ("words.py",))
    assert greet.acceptance_tests[0] == {"description": "greet() says hello", "test": None}
    assert [(file.path, file.role) for file in spec.files] == [
        ("tests/test_greet.py", FileRole.TEST),
        ("data/names.txt", FileRole.SUPPORT),
    ]


def test_dependencies_by_id_path_and_name() -> None:
    first = {"target_path": "a.py", "id": "one", "name": "First"}
    spec = parse_plan(tasks(first, {"target_path": "b.ts", "depends_on": ["one", "a.py", "First"]}), name="p.json")
    assert spec.tasks[1].depends_on == ("a.py",)


def test_a_package_gives_places() -> None:
    spec = parse_plan(plan(root_package="net.algo", tests=[{"path": "tests/test_a.py", "code": ""}]), name="p")
    assert (spec.tasks[0].place, spec.files[0].place) == ("net/algo/a.py", "net/algo/tests/test_a.py")


def test_dates_in_yaml_stay_texts() -> None:
    spec = parse_plan(b"name: 2026-01-01\ntasks: [{target_path: a.py}]", name="p.yaml")
    assert spec.name == "2026-01-01"


_ONE = {"target_path": "a.py", "code": "x = 1\n"}

BAD = {
    "json syntax": (b'{"name": "p",\n "tasks": [}', "p.json, line 2, column 12: not valid JSON"),
    "yaml syntax": (b"name: p\ntasks: [\n  - x: {\n", "p.yaml, line"),
    "encoding": (b"name: p\nx: \xff", "p.yaml, line 2: byte 0xff is not UTF-8"),
    "not a plan": (b"[1]", "$: "),
    "empty file": (b"", "$: None is not of type 'object'"),
    "no tasks": (plan(tasks=[]), "$.tasks: it is empty"),
    "missing field": (b'{"name": "p"}', "'tasks' is a required property"),
    "unknown field": (plan(budget=1), "'budget' was unexpected"),
    "wrong type": (plan(tasks=[{"target_path": 7}]), "$.tasks[0].target_path: 7 is not of type 'string'"),
    "negative budget": (plan(budget_usd=-1), "$.budget_usd: -1 is less than the minimum of 0"),
    "not a number": (b'{"name": "p", "budget_usd": NaN}', "NaN is not a JSON number"),
    "infinite": (b"name: p\nbudget_usd: .inf", "p.yaml, $.budget_usd: inf is not a finite number"),
    "huge number": (b'{"name": ' + b"9" * 5000 + b"}", "not valid JSON"),
    "nul": (plan(description="a\x00b"), "$.description: the text holds a NUL character"),
    "surrogate": (plan(tasks=[{"target_path": "a.py", "code": "\ud800"}]), "$.tasks[0].code: the text holds half"),
    "key twice": (b'{"name": "p", "name": "q"}', "the key 'name' stands twice"),
    "yaml key twice": (b"name: p\nname: q", "p.yaml, line 2: not valid YAML: the key 'name' stands twice"),
    "yaml key": (b"name: p\nrules: {1: x}", "the key 1 is not a text"),
    "yaml object": (b"name: !!python/object/apply:os.system [id]", "not valid YAML"),
    "yaml binary": (b"name: !!binary aGk=", "a bytes has no place in a plan"),
    "deep json": (b'{"a":' * 5000, "nested deeper"),
    "deep yaml": (b"a: " + b"[" * 5000, "nested deeper"),
    "endless alias": (b"name: &a [*a]", "nested deeper"),
    "twice one path": (tasks(_ONE, _ONE), "the path 'a.py' is already taken by task 'a.py'"),
    "task and test": (plan(tests=[{"path": "a.py", "code": ""}]), "already taken by task 'a.py'"),
    "file and folder": (tasks(_ONE, {"target_path": "a.py/b.py"}), "'a.py' is also a folder"),
    "absolute": (tasks({"target_path": "/a.py"}), "$.tasks[0].target_path: the path '/a.py' is not usable"),
    "outside": (tasks({"target_path": "x/../../a.py"}), "it leads outside the workspace (..)"),
    "outside test": (plan(tests=[{"path": "../t.py", "code": ""}]), "$.tests[0].path: the path '../t.py'"),
    "backslash": (tasks({"target_path": "x\\a.py"}), "backslash"),
    "language by ending": (tasks({"target_path": "a.rb"}), "the language of 'a.rb' is unknown"),
    "language by name": (tasks({"target_path": "a.py", "language": "ruby"}), "'ruby' is unknown; known are python"),
    "language unfit": (tasks({"target_path": "a.py", "language": "tsx"}), "'tsx' does not fit 'a.py'"),
    "code twice": (tasks({**_ONE, "code_file": "b"}), "code and code_file exclude each other"),
    "no test code": (plan(tests=[{"path": "t.py"}]), "$.tests[0]: give code or code_file"),
    "code_file": (tasks({"target_path": "a.py", "code_file": "b"}), "only a plan file on disk"),
    "id twice": (
        tasks({"target_path": "a.py", "id": "x"}, {"target_path": "b.py", "id": "x"}),
        "two tasks have the id",
    ),
    "unknown need": (tasks({**_ONE, "depends_on": ["ghost"]}), "$.tasks[0].depends_on[0]: 'ghost' is no task"),
    "itself": (tasks({**_ONE, "depends_on": ["a.py"]}), "the tasks form a cycle: 'a.py' needs 'a.py'"),
    "unknown test": (tasks({**_ONE, "acceptance_tests": [{"test": "t.py::x"}]}), "'t.py::x' is not a file of tests"),
    "rule without an end": (plan(rules=[{"from": "a"}]), "$.rules[0]: 'to' is a required property"),
    "rule of other words": (
        plan(rules={"dependencies": [{"from": "a", "to": "b", "deny": 1}]}),
        "'deny' was unexpected",
    ),
    "criterion": (plan(rules={"acceptance": [{"text": "x", "tests": []}]}), "$.rules.acceptance[0].tests: it is empty"),
    "package": (plan(root_package="no-name"), "$.root_package: 'no-name' is not an import name"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_located_line(case: str) -> None:
    data, says = BAD[case]
    name = "p.yaml" if "p.yaml" in says else "p.json" if "p.json" in says else "p"
    with pytest.raises(InvalidInput) as caught:
        parse_plan(data, name=name)
    assert says in caught.value.message
    assert len(caught.value.message) < 500


def test_a_cycle_is_named_whole_and_in_the_direction_of_need() -> None:
    raw = [
        {"target_path": "a.py", "depends_on": ["b.py"]},
        {"target_path": "b.py", "depends_on": ["c.py"]},
        {"target_path": "c.py", "depends_on": ["a.py"]},
        {"target_path": "d.py", "depends_on": ["a.py"]},
    ]
    with pytest.raises(InvalidInput) as caught:
        parse_plan(tasks(*raw), name="p")
    cycle = caught.value.data["cycle"]
    needs = {"a.py": "b.py", "b.py": "c.py", "c.py": "a.py"}
    assert len(cycle) == 4
    assert all(needs[one] == other for one, other in itertools.pairwise(cycle))


@given(st.dictionaries(st.integers(0, 8).map(str), st.lists(st.integers(0, 8).map(str), max_size=3), min_size=1))
def test_dependencies_are_refused_exactly_when_no_order_exists(needs: dict[str, list[str]]) -> None:
    done: set[str] = set()
    while ready := {task for task, wanted in needs.items() if task not in done and done.issuperset(wanted)}:
        done |= ready
    if done == set(needs):
        check_dependencies(needs)
    else:
        with pytest.raises(InvalidInput):
            check_dependencies(needs)


def test_an_alias_bomb_ends_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    began = time.monotonic()
    with pytest.raises(InvalidInput, match="more than 200000 values"):
        parse_plan("\n".join(lines).encode(), name="p.yaml")
    assert time.monotonic() - began < 5


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_it_crash(data: bytes) -> None:
    for name in ("p.json", "p.yaml"):
        with contextlib.suppress(MgeError):
            parse_plan(data, name=name)
