"""Honest programs pass, wrong ones never pass without a mark, and what proves nothing is called suspect."""

import pytest

from validation.sandbox.spec import Limits
from validation.sandbox.strict.python_judge import judge_python
from validation.sandbox.strict.script_judge import ScriptCase, judge_script
from validation.sandbox.strict.verdict import Judgement, Verdict
from validation.tests.sandbox.forged import FORGED, FORGED_SCRIPTS, HONEST, SCRIPT_TESTS, TESTS
from validation.tests.sandbox.scripts import FORGED_APART, ONE_TEST
from validation.tests.sandbox.scripts import NEED_COMPANY as SCRIPTS_NEED_COMPANY
from validation.tests.sandbox.scripts import RICH_CODE as RICH_SCRIPT
from validation.tests.sandbox.scripts import RICH_TESTS as RICH_SCRIPT_TESTS

pytestmark = pytest.mark.sandbox

LIMITS = Limits(wall_seconds=6.0, cpu_seconds=5.0)


def judge(code: str, tests: str = TESTS, limits: Limits = LIMITS) -> Judgement:
    return judge_python(code=code, tests=tests, limits=limits)


NEED_COMPANY = [
        ("def f(): print('hi')",
         "from atom import f\ndef test(capsys):\n f()\n assert capsys.readouterr().out == 'hi\\n'",
         "fixture capsys"),
        ("class P:\n def __init__(s, x): s.x = x\n def __eq__(s, o): return s.x == o\ndef f(): return P(3)",
         "from atom import f\ndef test(): assert f() == 3", "answers for itself"),
        ("class B: pass", "import atom\nclass C(atom.B): pass\ndef test(): assert issubclass(C, atom.B)",
         "subclass of atom"),
        ("class Bag:\n def __init__(s): s.items = []\n def total(s): return sum(s.items)",
         "import atom\ndef test():\n b = atom.Bag()\n b.items.append(3)\n assert b.total() == 3",
         "changes what an attribute"),
        ("import inspect\ndef f(g): return len(inspect.signature(g).parameters)",
         "import atom\ndef test(): assert atom.f(lambda a, b: a) == 2", "looks into a function of the tests"),
        ("def f(items): return len({id(one) for one in items})",
         "import atom\ndef test():\n x = []\n assert atom.f([x, x, []]) == 2", "handed to the code in two places"),
        ("def f():\n try: return int('x')\n except ValueError as e: return e",
         "import atom\ndef test(): assert isinstance(atom.f(), ValueError)", "cannot be asked all from here"),
        ("from weakref import ref\nheld = []\ndef add(f): held.append(ref(f))\ndef alive(): return bool(held[0]())",
         "import atom\ndef test():\n def heard(): pass\n atom.add(heard)\n del heard\n assert not atom.alive()",
         "that does not die"),
        ("from collections.abc import Mapping\nclass C: pass\nMapping.register(C)\ndef f(): return C()",
         "import atom\nfrom collections.abc import Mapping\ndef test(): assert isinstance(atom.f(), Mapping)",
         "import of collections.abc"),
    ]  # fmt: skip
PROVE_NOTHING = [
        ("X = 1", "no tests"),
        ("from atom import double\ndef test(): double(1)", "a module that does nothing"),
        ("from atom import double\ndef test():\n try:\n  assert double(1) == 3\n except AssertionError: pass",
         "passes whatever is expected"),
        ("import pytest\nfrom atom import double\n@pytest.mark.skip\ndef test(): assert double(1) == 2", "skipped"),
    ]  # fmt: skip
IMPATIENT = Limits(wall_seconds=2.0, cpu_seconds=5.0)  # for those that wait


@pytest.mark.parametrize("name", FORGED)
def test_forged_pass_is_not_accepted(name: str) -> None:
    judgement = judge(FORGED[name], limits=IMPATIENT)
    assert judgement.verdict is not Verdict.PASSED, judgement


def test_honest_program_passes_the_strict_way() -> None:
    judgement = judge(HONEST)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, False), judgement
    assert judgement.detail["mode"] == "strict"
    assert judgement.detail["signals"] == []
    assert len(judgement.detail["tests"]) == 5


LISTENERS = """
from weakref import ref
held = {}
def add(f): held[id(f)] = ref(f)
def drop(f): del held[id(f)]
def tell(what):
    for one in held.values():
        one()(what)
    return len(held)
"""
LISTENING = """
import atom
def test():
    heard = []
    def hear(what): heard.append(what)
    atom.add(hear)
    assert atom.tell(3) == 1
    assert heard == [3]
    atom.drop(hear)
    assert atom.tell(4) == 0
"""


def test_a_function_of_the_tests_is_one_object_that_the_code_may_hold_weakly() -> None:
    judgement = judge(LISTENERS, LISTENING)
    assert (judgement.verdict, judgement.detail["mode"]) == (Verdict.PASSED, "strict"), judgement


RICH_CODE = """
import decimal, dataclasses, functools, json
class Refusal(ValueError):
    def __init__(self, code):
        super().__init__(f"refused with {code}")
        self.code = code
def refuse(code): raise Refusal(code)
def parse(text): return json.loads(text)
def decode(data): return data.decode("utf-8")
def leave(code): raise SystemExit(code)
def pay(a): return decimal.Decimal(a) + 1
def each(function, items): return [function(item) for item in items]
def sort(items): items.sort()
def numbers(n):
    for i in range(n): yield i
def named(function):
    "Calls it."
    @functools.wraps(function)
    def inner(*args): return function(*args)
    return inner
class Span:
    "From a to b."
    def __init__(self, a, b): self.a, self.b = a, b
    def __len__(self): return self.b - self.a
    def __iadd__(self, n): self.b += n; return self
    def __enter__(self): return self
    def __exit__(self, *error): return False
    def __getitem__(self, i): return (self.a, self.b)[i]
BIG = {"n": 1 << 80, "f": 0.1, "s": "\\ud800\\x00", "t": (1, {2}), "b": b"\\xff", "none": None}
"""
RICH_TESTS = """
import decimal, json, unittest
import pytest
import atom
def test_values():
    assert atom.BIG == {"n": 1 << 80, "f": 0.1, "s": "\\ud800\\x00", "t": (1, {2}), "b": b"\\xff", "none": None}
    assert atom.pay("1.10") == decimal.Decimal("2.10")
def test_exceptions():
    with pytest.raises(atom.Refusal, match="with 7$") as caught:
        atom.refuse(7)
    assert caught.value.code == 7
    with pytest.raises(ValueError):
        atom.refuse(1)
    with pytest.raises(json.JSONDecodeError):
        atom.parse("{")
    with pytest.raises(UnicodeDecodeError, match="'utf-8' codec can't decode byte 0xff in position 1"):
        atom.decode(b"a\\xff")
    with pytest.raises(SystemExit) as left:
        atom.leave(3)
    assert left.value.code == 3
def test_callbacks_and_arguments():
    assert atom.each(lambda n: n + 1, [1, 2]) == [2, 3]
    items = [3, 1, 2]
    atom.sort(items)
    assert items == [1, 2, 3]
def test_names_and_docs():
    def mine(n): "Mine."; return n
    assert (atom.named(mine).__name__, atom.named(mine).__doc__, atom.named(mine)(3)) == ("mine", "Mine.", 3)
    assert (atom.Span.__doc__, atom.Span(1, 2).__doc__) == ("From a to b.", "From a to b.")
def test_iteration():
    assert list(atom.numbers(3)) == [0, 1, 2]
    assert sum(atom.numbers(4)) == 6
class SpanTest(unittest.TestCase):
    def test_span(self):
        with atom.Span(2, 5) as span:
            self.assertEqual(len(span), 3)
            self.assertEqual(span.a, 2)
            self.assertEqual(span[1], 5)
            span += 2
            self.assertEqual(span.b, 7)
"""


def test_values_exceptions_callbacks_and_mutations_cross() -> None:
    judgement = judge(RICH_CODE, RICH_TESTS)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, False), judgement


@pytest.mark.parametrize(
    ("code", "tests", "why"),
    NEED_COMPANY,
    ids=["capture", "own equality", "subclass", "attribute", "looks", "twice", "error", "weak", "registered"],
)
def test_tests_that_need_the_code_beside_them_are_marked_forgeable(code: str, tests: str, why: str) -> None:
    judgement = judge(code, tests)
    assert judgement.forgeable
    assert judgement.detail["mode"] == "in-process"
    assert judgement.verdict in (Verdict.PASSED, Verdict.SUSPECT)  # no ``==`` that a hollow module fails: suspect
    assert why in " ".join(judgement.detail["reasons"])


CHANGING_CODE = """
def visit(function):
    inner, numbers = [1], {1}
    box = {"inner": inner, "old": 0, "also": (numbers,)}
    try: given = function(box, 2)
    except ValueError: given = None
    inner.append(3)
    return box, given is box, numbers
"""
CHANGING_TESTS = """
import atom
def change(box, n):
    box["inner"].append(n)
    box["also"][0].add(n)
    box["new"] = [box.pop("old")]
    return box
def changes_and_raises(box, n):
    change(box, n)
    raise ValueError
EXPECTED = {"inner": [1, 2, 3], "also": ({1, 2},), "new": [0]}
def test_changed(): assert atom.visit(change) == (EXPECTED, True, {1, 2})
def test_changed_before_it_raised(): assert atom.visit(changes_and_raises) == (EXPECTED, False, {1, 2})
def test_left_alone(): assert atom.visit(lambda box, n: n) == ({"inner": [1, 3], "old": 0, "also": ({1},)}, False, {1})
"""


def test_what_a_function_of_the_tests_changes_in_its_arguments_is_changed_in_the_code() -> None:
    judgement = judge(CHANGING_CODE, CHANGING_TESTS)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, False), judgement
    wrong = judge(CHANGING_CODE.replace("append(3)", "append(4)"), CHANGING_TESTS)
    assert (wrong.verdict, wrong.forgeable) == (Verdict.FAILED, False), wrong


KEEPING_CODE = """
class Tree:
    def __init__(self): self.items = []
    def add(self, item): self.items.append(item)
    def visit(self, function):
        function(self.items)
        self.items.append(9)
        return len(self.items)
def both(function):
    one = []
    function(one, one)
    return one
"""
KEEPING_TESTS = {
    "import atom\ndef test():\n seen = []\n assert atom.Tree().visit(seen.append) == 1\n assert seen == [[9]]":
        "keeps a list",
    "import atom\ndef test():\n tree, seen = atom.Tree(), []\n def look(items):\n  tree.add(3)\n"
    "  seen.append(len(items))\n assert tree.visit(look) == 2\n assert seen == [1]": "asks the code",
    "import atom\ndef test(): assert atom.both(lambda a, b: a.append(len(b)) or b.append(len(a))) == [0, 1]":
        "in two places",
}  # fmt: skip


@pytest.mark.parametrize(("tests", "why"), KEEPING_TESTS.items(), ids=["keeps", "asks", "twice"])
def test_right_code_is_not_failed_for_a_container_that_the_tests_have_a_copy_of(tests: str, why: str) -> None:
    judgement = judge(KEEPING_CODE, tests)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, True), judgement
    assert why in " ".join(judgement.detail["reasons"])


PROCESS_WIDE_CODE = """
import contextlib, random, warnings
def save(path):
    with open(path, "w") as file: file.write("3")
def load(path):
    with open(path) as file: return file.read()
def roll(): return random.random()
def old(): warnings.warn("use new", DeprecationWarning); return 1
@contextlib.contextmanager
def logged(lines):
    yield lines
    lines.append("left")
"""
PROCESS_WIDE_TESTS = """
import random, pytest, atom
def test_written():
    atom.save("/tmp/a")
    assert open("/tmp/a").read() == "3"
def test_read():
    with open("/tmp/b", "w") as file: file.write("4")
    assert atom.load("/tmp/b") == "4"
def test_dice():
    random.seed(1); first = atom.roll()
    random.seed(1); assert atom.roll() == first
def test_warns():
    with pytest.warns(DeprecationWarning): assert atom.old() == 1
def test_kept():
    lines = []
    with atom.logged(lines): pass
    assert lines == ["left"]
"""


def test_right_code_is_not_failed_for_being_in_another_process_than_its_tests() -> None:
    judgement = judge(PROCESS_WIDE_CODE, PROCESS_WIDE_TESTS)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, True), judgement
    said = " ".join(judgement.detail["reasons"])
    for why in (
        "look for a file",
        "write a file",
        "looks for a file",
        "call of seed()",
        "call of warns()",
        "keeps a list",
    ):
        assert why in said


def test_parameters_of_the_code_may_have_any_name() -> None:
    code = "def join(*, function, operation, self):\n    return function + operation + self(1)\n"
    tests = "import atom\ndef test():\n    assert atom.join(function=1, operation=2, self=lambda self: self) == 4\n"
    assert judge(code, tests).verdict is Verdict.PASSED
    assert judge(code.replace("+ op", "- op"), tests).verdict is Verdict.FAILED


@pytest.mark.parametrize(("tests", "why"), PROVE_NOTHING, ids=["none", "asserts nothing", "swallows", "skips"])
def test_tests_that_prove_nothing_are_suspect(tests: str, why: str) -> None:
    judgement = judge(HONEST, tests)
    assert judgement.verdict is Verdict.SUSPECT, judgement
    assert why in " ".join(judgement.detail["reasons"])


def test_code_and_tests_that_do_not_load_are_errors() -> None:
    assert judge("def f(:", "def test(): pass").verdict is Verdict.ERROR
    assert judge(HONEST, "def test(:").detail["reasons"] == ["tests, line 1: invalid syntax"]
    assert judge(HONEST, "import atom, nowhere\ndef test(): assert atom.double(1) == 2").verdict is Verdict.ERROR
    assert judge("import nowhere", "import atom\ndef test(): assert atom.f() == 1").verdict is Verdict.FAILED


def test_endless_code_is_a_timeout() -> None:
    code = "def double(n):\n    while True: pass\nTally = double"
    assert judge(code, limits=Limits(wall_seconds=1.5)).verdict is Verdict.TIMEOUT


def script(code: str, tests: str = SCRIPT_TESTS, *, code_suffix: str = ".js") -> Judgement:
    return judge_script(ScriptCase(code=code, tests=tests, code_suffix=code_suffix, tests_suffix=".js"), limits=LIMITS)


@pytest.mark.parametrize(
    ("code", "tests"),
    [(code, SCRIPT_TESTS) for code in FORGED_SCRIPTS.values()] + [(code, ONE_TEST) for code in FORGED_APART.values()],
    ids=[*FORGED_SCRIPTS, *FORGED_APART],
)
def test_forged_script_is_not_accepted(code: str, tests: str) -> None:
    judgement = script(code, tests)
    assert judgement.verdict not in (Verdict.PASSED, Verdict.SUSPECT), judgement


def test_values_state_classes_and_promises_of_scripts_cross() -> None:
    judgement = script(RICH_SCRIPT, RICH_SCRIPT_TESTS)
    assert (judgement.verdict, judgement.forgeable) == (Verdict.PASSED, False), judgement
    assert judgement.detail["mode"] == "strict"
    assert len(judgement.detail["tests"]) == 10


@pytest.mark.parametrize(("tests", "code", "why"), SCRIPTS_NEED_COMPANY)
def test_scripts_that_need_the_code_beside_them_are_marked(tests: str, code: str, why: str) -> None:
    judgement = script(code, tests)
    assert (judgement.forgeable, judgement.detail["mode"]) == (True, "in-process"), judgement
    assert why in judgement.detail["reasons"][0]


@pytest.mark.parametrize(
    ("suffix", "code", "verdict"),
    [
        (".ts", "export const double = (n: number): number => n * 2;", Verdict.PASSED),
        (".cjs", "exports.double = (n) => n * 2;", Verdict.PASSED),
        (".mjs", "export function double(n) { return n + 2; }", Verdict.FAILED),
        (".ts", "export const double = (n: number =>", Verdict.ERROR),
    ],
)
def test_scripts(suffix: str, code: str, verdict: Verdict) -> None:
    judgement = script(code, code_suffix=suffix)
    assert judgement.verdict is verdict, judgement
    assert judgement.forgeable is (verdict is Verdict.ERROR)
