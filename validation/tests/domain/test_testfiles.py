"""Test ids are found before anything runs."""

from validation.domain.records import numbers, read
from validation.domain.scripttests import expected_script_ids
from validation.domain.testfiles import expected_python_ids
from validation.tests.projects import project

PYTHON = """
import unittest, pytest

@pytest.fixture
def test_data(): ...

def test_a(): ...
async def test_b(): ...
def helper(): ...
if unittest:
    def test_perhaps(): ...

class Base(unittest.TestCase):
    def test_base(self): ...

class Derived(Base):
    test_hidden = None
    def test_hidden(self): ...
    def test_own(self): ...

class TestC:
    def test_m(self): ...
    def other(self): ...
    class TestInner:
        def test_n(self): ...

class TestMade:
    def __init__(self): ...
    def test_no(self): ...

class TestOff:
    __test__ = False
    def test_no(self): ...

class Plain:
    def test_no(self): ...

def test_gone(): ...
del test_gone
"""


def test_python_ids() -> None:
    file = project({"tests/test_x.py": PYTHON}).files["tests/test_x.py"]
    assert {one.partition("::")[2] for one in expected_python_ids(file)} == {
        "test_a", "test_b", "Base::test_base", "Derived::test_base", "Derived::test_own", "TestC::test_m",
        "TestC::TestInner::test_n",
    }  # fmt: skip
    assert expected_python_ids(project({"test_x.py": "def ("}).files["test_x.py"]) == ()


def test_script_ids() -> None:
    text = (
        "import { test, describe, it } from 'node:test';\n"
        "test('a', () => { test('inner', () => {}); });\ntest(`b`, () => {});\ntest(name, () => {});\n"
        "describe('s', () => {\n  it('c', () => {});\n  describe.skip('t', function () { it.only('d', () => {}); });\n"
        "  for (const x of y) { it(`e ${x}`, () => {}); }\n});\nawait test('f');\n"
    )
    for name in ("x.test.js", "x.test.ts", "x.test.tsx"):
        found = expected_script_ids(project({name: text}).files[name])
        assert {one.partition("::")[2] for one in found} == {"a", "b", "s::c", "s::t::d", "f"}


def test_only_lines_with_the_nonce_are_records() -> None:
    data = (
        b'{"n": "1", "k": "case", "id": "t", "status": "passed", "lines": {"a.py": "1-3", "/etc/x": "1"}}\n'
        b'{"n": "2", "k": "case", "id": "forged", "status": "passed"}\n[1]\n\xff\nnot json\n'
        b'{"n": "1", "k": "end", "code": 0}\n{"n": "1", "k": "case", "id": "cut'
    )
    found = read(data, nonce="1", paths=frozenset({"a.py"}))
    assert [(case.id, case.lines) for case in found.cases] == [("t", {"a.py": (1, 2, 3)})]
    assert found.code == 0


def test_line_numbers() -> None:
    assert numbers("1-3,7,x,5-4,0,9-") == (1, 2, 3, 7, 9)
    assert numbers("1-99999999999") == numbers(None) == ()
