"""What is read from sources before anything runs, and what may cross between the sandboxes."""

import ast
import contextlib
import datetime
import decimal
import fractions
import json
import zoneinfo
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.sandbox import seccomp
from validation.sandbox.strict.scan import scan_python, scan_script
from validation.sandbox.strict.script_needs import script_needs, without_needy
from validation.sandbox.strict.script_source import hollow_module, is_esm, names_in, read_tests
from validation.sandbox.strict.tests_source import in_process_needs, parse, twin, written_tests
from validation.sandbox.strict.wire import Codec, ProtocolError

TESTS = """
import pytest
from atom import f, Thing
@pytest.mark.parametrize("a", [1, 2])
@pytest.mark.parametrize("b", (1, 2, 3))
def test_both(a, b): assert f(a) == b
@pytest.mark.parametrize("a", range(3))
def test_some(a): assert f(a)
class TestGroup:
    def test_in(self):
        with pytest.raises(ValueError):
            assert f(0) == 1
def helper(): assert f(1) == 2
"""


def test_ids_are_read_without_running() -> None:
    found = {test.id: test.cases for test in written_tests(parse(TESTS, "tests"))}
    assert found == {"test_both": 6, "test_some": None, "TestGroup::test_in": 1}


def test_twin_replaces_what_is_asserted_and_nothing_else() -> None:
    source, ids = twin(TESTS, "tests")
    assert ids == {"test_both"}
    assert source.count("object()") == 2  # the helper's too, which is no test
    assert "assert f(0) == 1" in source


@pytest.mark.parametrize(
    ("source", "need"),
    [
        ("def test(monkeypatch): pass", "fixture monkeypatch"),
        ("from unittest.mock import patch", "import of unittest.mock"),
        ("from unittest import mock", "import of unittest.mock"),
        ("import atom\ndef test(): assert atom.a() is atom.b()", "identity (is)"),
        ("from atom import C\ndef test(): assert isinstance(1, C)", "isinstance with C"),
        ("import atom\nclass D(atom.C): pass", "subclass of atom"),
        ("import atom\ndef test(): assert hash(atom.a()) == hash(atom.b())", "call of hash()"),
    ],
)
def test_needs_for_one_process(source: str, need: str) -> None:
    assert in_process_needs(parse(source, "tests")) == [need]


def test_plain_tests_need_nothing() -> None:
    assert in_process_needs(parse(TESTS + "def test_none(): assert f(1) is None and isinstance(f(2), int)", "t")) == []


def test_scan_finds_the_usual_tricks_and_leaves_plain_code_alone() -> None:
    tricks = "import os, gc\nfrom ctypes import c_int\ndef f(): os._exit(0)\nclass A:\n def __eq__(s, o): return True"
    assert [(s.line, s.grave) for s in scan_python(ast.parse(tricks))] == [(1, True), (2, True), (3, True), (5, True)]
    assert scan_python(ast.parse("import os\ndef f(p): return os.path.join(p, 'x')\n")) == []
    assert [s.line for s in scan_script("const a = 1;\nprocess.exit(0);")] == [2]
    assert scan_script("import { readFile } from 'node:fs/promises';\nexport const a = (b) => b.exit;") == []


def test_script_tests_are_read_without_running() -> None:
    source = (
        "import {test, describe, it} from 'node:test'; import assert from 'node:assert';\n"
        "test('one', () => { assert.equal(f(1), 2); });\n"
        "describe('group', () => { it('two', () => { assert.ok(f(2)); });\n"
        "  for (const n of [1, 2]) it(`n ${n}`, () => { assert.deepEqual(f(n), [n]); });\n"
        "  it.each([1, 2])('has %i', (n) => { assert.equal(f(n), n); }); });\n"
    )
    read = read_tests(source, "javascript")
    assert [(t.id, t.literal) for t in read.tests] == [
        ("one", True),
        ("group > two", True),
        *[("group > ?", False)] * 2,
    ]
    assert read.twin_ids == {"one"}
    assert read.loose_twins == {"group > ?"}
    assert "assert.equal(f(1), Symbol())" in read.twin
    assert read_tests("test('x', () => {", "typescript").error == "tests, line 1: syntax error"
    assert "nothing as f," in hollow_module(names_in([source]), esm=True)
    assert names_in(["f({ __proto__: g })"]) == ["f", "g"]


def test_each_script_test_says_what_it_needs() -> None:
    source = (
        "import fs from 'node:fs';\nconst { execSync } = require('child_process');\nimport { A } from './a';\n"
        "test('plain', () => { assert.equal(new A().b, 1); });\n"
        "test('files', () => { fs.readFileSync('x'); });\n"
        "describe('g', () => { it('runs', () => { execSync('ls'); });\n"
        "  it('time', (t) => { t.mock.timers.enable(); }); });\n"
        "test('now', () => { Date.now = () => 1; delete process.env.A; });\n"
        "test('console', (t) => { t.mock.method(console, 'log'); });\n"
        "test('own', (t) => { t.mock.method(mine, 'log'); mine.x = 1; process.nextTick(f); });\n"
        "test('sub', () => { class B extends A {} });\n"
        "test('spy', () => { vi\n  .spyOn(console as any, 'warn').mockImplementation(() => {}); });\n"
        "test('cast', () => { (globalThis as any).word = 1; });\n"
    )
    assert script_needs(source, "typescript") == {
        "plain": [],
        "files": ["import of fs"],
        "g > runs": ["import of child_process"],
        "g > time": ["use of mock.timers"],
        "now": [
            "changes Date.now, which it shares with the code",
            "changes process.env.A, which it shares with the code",
        ],
        "console": ["replaces a method of console"],
        "own": [],
        "sub": ["subclass of A"],
        "spy": ["replaces a method of console"],
        "cast": ["changes (globalThis as any).word, which it shares with the code"],
    }
    assert without_needy(source, "typescript").count("test.skip('") == 6
    assert "it.skip('time'" in without_needy(source, "typescript")
    assert script_needs("beforeEach(() => { process.chdir('/'); });\n" + source, "typescript")["plain"] == [
        "call of process.chdir"
    ]


def test_filter_is_whole_instructions_and_short_enough_for_the_kernel() -> None:
    program = seccomp.program()
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096


@pytest.mark.parametrize("source", ["let n = 0;export {n}", "export{f}", "import a from 'b'", "f();import'./a'"])
def test_modules_are_told_by_their_words_wherever_they_stand(source: str) -> None:
    assert is_esm("atom.js", source)
    assert not is_esm("atom.js", source.replace("export", "exports.a =").replace("import", "const b ="))


def refuse(*_: object) -> Any:
    raise ProtocolError("no handles here")


ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(max_size=20),
    st.decimals(allow_nan=False), st.fractions(), st.datetimes(), st.dates(), st.timedeltas(), st.uuids(),
    st.complex_numbers(allow_nan=False),
)  # fmt: skip
KEYS = st.one_of(st.text(max_size=5), st.integers(), st.tuples(st.integers(), st.booleans()))
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.tuples(inner, inner), st.dictionaries(KEYS, inner, max_size=4), st.sets(KEYS)
    ),
    max_leaves=12,
)


@settings(max_examples=80)
@given(VALUES)
def test_values_cross_unchanged_with_their_types(value: object) -> None:
    over = json.loads(json.dumps(Codec(refuse, refuse).encode(value)))
    back = Codec(refuse, refuse).decode(over)
    assert back == value
    assert repr(type(back)) == repr(type(value))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
        st.tuples(
            st.sampled_from(
                ["list", "dict", "int", "float", "text", "moment", "zoneinfo", "timezone", "handle", "set", "slice"]
            ),
            inner,
        ).map(list),
    ),
    max_leaves=10,
)


@settings(max_examples=120)
@given(JSON)
def test_malformed_values_are_protocol_errors_and_nothing_else(data: object) -> None:
    with contextlib.suppress(ProtocolError):
        Codec(refuse, refuse).decode(data)


@pytest.mark.parametrize("value", [type("Int", (int,), {})(3), type("Text", (str,), {})("x"), object(), len])
def test_what_may_lie_about_equality_is_no_value(value: object) -> None:
    with pytest.raises(ProtocolError):
        Codec(refuse, refuse).encode([value])


ZONES = st.one_of(
    st.none(), st.just(datetime.UTC), st.sampled_from(["Europe/Madrid", "UTC"]).map(zoneinfo.ZoneInfo),
    st.builds(datetime.timezone, st.timedeltas(datetime.timedelta(hours=-20), datetime.timedelta(hours=20)), st.text()),
)  # fmt: skip


@settings(max_examples=60)
@given(st.one_of(st.datetimes(allow_imaginary=True, timezones=ZONES), st.times()), st.integers(0, 1))
def test_moments_keep_their_zone_and_fold(moment: datetime.datetime | datetime.time, fold: int) -> None:
    moment = moment.replace(fold=fold)
    back = Codec(refuse, refuse).decode(json.loads(json.dumps(Codec(refuse, refuse).encode(moment))))
    assert (repr(back), back.tzname()) == (repr(moment), moment.tzname())


def test_moment_in_a_zone_of_its_own_is_no_value() -> None:
    class Zone(datetime.tzinfo):
        def utcoffset(self, _: datetime.datetime | None) -> None: ...
        def dst(self, _: datetime.datetime | None) -> None: ...
        def tzname(self, _: datetime.datetime | None) -> None: ...

    with pytest.raises(ProtocolError):
        Codec(refuse, refuse).encode(datetime.datetime(2026, 1, 1, tzinfo=Zone()))


def test_library_values_keep_their_class() -> None:
    for value in (decimal.Decimal("1.10"), fractions.Fraction(1, 3), datetime.timedelta(days=-1, microseconds=5)):
        back = Codec(refuse, refuse).decode(Codec(refuse, refuse).encode(value))
        assert (type(back), str(back)) == (type(value), str(value))
