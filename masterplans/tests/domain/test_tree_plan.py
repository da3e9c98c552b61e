"""Source trees: what becomes a task, where it lies, and what cannot be read as text."""

import pytest

from kernel.errors import InvalidInput
from kernel.states import PlanStatus
from masterplans.domain.importing.encoding import encoding_problem
from masterplans.domain.importing.roles import is_left_out, is_test_module, role_of
from masterplans.domain.importing.spec import PlanSpec
from masterplans.domain.importing.tree_plan import FoundFile, SourceTree, plan_of_tree
from masterplans.domain.plan_states import ALLOWED, RUNNABLE, sources_of
from masterplans.domain.workspace import FileRole


def found(*paths: str) -> list[FoundFile]:
    return [FoundFile(path, path.encode()) for path in paths]


def places(spec: PlanSpec) -> dict[str, str]:
    return {task.path: task.place for task in spec.tasks} | {file.path: file.place for file in spec.files}


@pytest.mark.parametrize(
    ("path", "role", "collected"),
    [
        ("a.py", "source", False),
        ("pkg/__init__.py", "source", False),
        ("a.tsx", "source", False),
        ("a.mjs", "source", False),
        ("contest.py", "source", False),
        ("latest_a.py", "source", False),
        ("test_a.py", "test", True),
        ("x/a_test.py", "test", True),
        ("a.test.ts", "test", True),
        ("a.spec.jsx", "test", True),
        ("__tests__/a.js", "test", True),
        ("tests/data/x.json", "test", False),
        ("tests/conftest.py", "test", False),
        ("tests/helper.py", "test", False),
        ("tests", "support", False),
        ("conftest.py", "support", False),
        ("a.d.ts", "support", False),
        ("README.md", "support", False),
        ("Makefile", "support", False),
    ],
)
def test_roles(path: str, role: str, collected: bool) -> None:
    assert (role_of(path), is_test_module(path)) == (FileRole(role), collected)


def test_helpers_beside_the_tests_of_a_test_folder_are_tests_and_tools_of_that_name_are_code() -> None:
    files = found("a.py", "test/unit/test_a.py", "test/common.py", "test/data/x.py", "pkg/test/client.py")
    spec = plan_of_tree(SourceTree(folder="p", files=files))
    assert {task.path for task in spec.tasks} == {"a.py", "pkg/test/client.py"}
    assert {file.path for file in spec.files if file.role is FileRole.TEST} == {
        *("test/unit/test_a.py", "test/common.py", "test/data/x.py")
    }


def test_leavings_of_tools_are_left_out() -> None:
    assert [is_left_out(path) for path in (".git/config", "a/node_modules/b.js", "a.pyc", "venv", "a.py")] == [
        *[True, True, True, False, False]
    ]


def test_a_folder_with_init_is_a_package_of_its_own_name() -> None:
    spec = plan_of_tree(SourceTree(folder="algo", files=found("__init__.py", "a.py", "tests/test_a.py")))
    assert (spec.root_package, spec.name) == ("algo", "algo")
    assert places(spec) == {
        "__init__.py": "algo/__init__.py",
        "a.py": "algo/a.py",
        "tests/test_a.py": "algo/tests/test_a.py",
    }


def test_a_root_package_wins_and_a_plain_folder_is_none() -> None:
    files = found("__init__.py", "a.py")
    assert plan_of_tree(SourceTree(folder="no-name", files=files, root_package="x.y")).root_package == "x.y"
    assert plan_of_tree(SourceTree(folder="no-name", files=found("a.py"))).root_package is None
    with pytest.raises(InvalidInput, match="--root-package"):
        plan_of_tree(SourceTree(folder="no-name", files=files))


def test_tests_from_elsewhere_get_a_top_folder_of_their_own() -> None:
    spec = plan_of_tree(
        SourceTree(
            folder="tests",
            files=found("__init__.py", "a.py"),
            root_package="tests.core",
            outside_tests=[("tests", found("test_a.py")), ("tests", found("conftest.py")), ("more", found("x.txt"))],
        )
    )
    assert [(file.path, file.place, file.role) for file in spec.files] == [
        ("more/x.txt", "more/x.txt", FileRole.TEST),
        ("tests_2/test_a.py", "tests_2/test_a.py", FileRole.TEST),
        ("tests_3/conftest.py", "tests_3/conftest.py", FileRole.TEST),
    ]


def test_named_test_folders_and_includes_narrow_the_tasks() -> None:
    tree = SourceTree(
        folder="shop", files=found("a.py", "b/c.py", "checks/d.py"), test_folders=["checks"], include=["/*.py"]
    )
    spec = plan_of_tree(tree)
    assert [task.path for task in spec.tasks] == ["a.py"]
    assert {file.path: file.role for file in spec.files} == {"b/c.py": FileRole.SUPPORT, "checks/d.py": FileRole.TEST}


@pytest.mark.parametrize("paths", [[], ["README.md"], ["tests/test_a.py"]])
def test_no_code_is_one_clear_error(paths: list[str]) -> None:
    with pytest.raises(InvalidInput, match="shop: there is no code in this folder"):
        plan_of_tree(SourceTree(folder="shop", files=found(*paths)))


@pytest.mark.parametrize(
    ("draft", "language", "line", "column", "says"),
    [
        (b"a\nbc\xff", "typescript", 2, 3, "byte 0xff is not utf-8"),
        (b"x = 1\n\n# \xe9\n", "python", 3, 3, "byte 0xe9 is not utf-8"),
        (b"# coding: nonsense\n", "python", 1, 1, "nonsense"),
        (b"# coding: punycode\nx-\n", "python", 1, 1, "not a character set"),
    ],
)
def test_what_is_not_text_is_located(draft: bytes, language: str, line: int, column: int, says: str) -> None:
    problem = encoding_problem(draft, language=language)
    assert problem is not None
    assert (problem.line, problem.column) == (line, column)
    assert says in problem.message


@pytest.mark.parametrize("draft", [b"", b"\xef\xbb\xbfx = 1", "ä".encode(), b"# -*- coding: latin-1 -*-\n# \xe9"])
def test_declared_encodings_are_text(draft: bytes) -> None:
    assert encoding_problem(draft, language="python") is None


def test_every_state_can_be_left_and_reached() -> None:
    assert set(ALLOWED) == set(PlanStatus)
    assert all(ALLOWED.values())
    assert all(sources_of(status) for status in PlanStatus if status is not PlanStatus.DRAFT)
    assert PlanStatus.DRAFT not in RUNNABLE
    assert PlanStatus.CANCELLED not in RUNNABLE
