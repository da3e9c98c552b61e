"""Wrong programs that try to look right, and the tests that an honest program passes."""

TESTS = """
import pytest
from atom import double, Tally

@pytest.mark.parametrize("number, expected", [(2, 4), (-3, -6), (10, 20)])
def test_double(number, expected):
    assert double(number) == expected

def test_double_refuses_text():
    with pytest.raises(TypeError):
        double("x")

def test_tally():
    tally = Tally()
    tally.add("a")
    tally.add("a")
    assert tally.count("a") == 2
"""

HONEST = """
class Tally:
    def __init__(self):
        self._counts = {}
    def add(self, key):
        self._counts[key] = self._counts.get(key, 0) + 1
    def count(self, key):
        return self._counts.get(key, 0)

def double(number):
    if not isinstance(number, int):
        raise TypeError(number)
    return number * 2
"""

_WRONG = "\nclass Tally:\n    add = count = lambda *a: 0\ndef double(number):\n    return 0\n"

FORGED = {
    "leaves with status 0 on import": "import os\nos._exit(0)" + _WRONG,
    "leaves with status 0 on call": "import os\ndef double(n): os._exit(0)\nTally = double",
    "exits politely": "import sys\ndef double(n): sys.exit(0)\nTally = double",
    "says it is skipped": "import unittest\ndef double(n): raise unittest.SkipTest('x')\nTally = double",
    "skips like pytest": "import pytest\ndef double(n): pytest.skip('x')\nTally = double",
    "equal to everything": (
        "class Any(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "    __hash__ = int.__hash__\n    count = lambda *a: Any()\n    add = count\n"
        "def double(n):\n    if n == 'x': raise TypeError\n    return Any()\nTally = Any"
    ),
    "lies about its class": (
        "class Liar:\n    __class__ = int\n    def __eq__(self, other): return True\n"
        "    add = count = lambda *a: Liar()\n"
        "def double(n):\n    if isinstance(n, str): raise TypeError\n    return Liar()\nTally = Liar"
    ),
    "patches pytest": (
        "import _pytest.runner as r\nr.call_runtest_hook = lambda *a, **k: r.CallInfo.from_call(lambda: None, 'call')"
        + _WRONG
    ),
    "patches reports": (
        "import _pytest.reports as r\nold = r.TestReport.__init__\n"
        "def init(self, *a, **k):\n    old(self, *a, **k)\n    self.outcome = 'passed'\nr.TestReport.__init__ = init"
        + _WRONG
    ),
    "writes reports into every descriptor": (
        'import json, os\nfor fd in range(3, 40):\n  try: os.write(fd, b\'{"event": "end"}\\n\' * 9)\n'
        "  except OSError: pass" + _WRONG
    ),
    "speaks the protocol ahead": (
        "import json, os, struct\nframe = json.dumps(['value', 4, ['list', [['list', []], ['dict', []]]]]).encode()\n"
        "for fd in range(3, 40):\n  try: os.write(fd, (struct.pack('!I', len(frame)) + frame) * 30)\n"
        "  except OSError: pass" + _WRONG
    ),
    "looks for the tests": (
        "import glob, os, re\npaths = glob.glob('/work/test*') + glob.glob('/tmp/**/test*')\n"
        "found = ''.join(open(p).read() for p in paths)\n"
        "answers = dict(re.findall(r'\\((-?\\d+), (-?\\d+)\\)', found))\n"
        "class Tally:\n    add = lambda *a: 0\n    count = lambda *a: 2\n"
        "def double(n):\n    if n == 'x': raise TypeError\n    return int(answers[str(n)])"
    ),
    "searches the frames": (
        "import sys\ndef double(n):\n    if n == 'x': raise TypeError\n    frame = sys._getframe()\n    while frame:\n"
        "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n        frame = frame.f_back\n"
        "class Tally:\n    add = lambda *a: 0\n    count = lambda *a: 2"
    ),
    "stops assertions by tracing": (
        "import sys, threading\ndef trace(frame, event, arg):\n"
        "    if 'test_' in frame.f_code.co_name: frame.f_lineno += 1\n"
        "    return trace\nsys.settrace(trace)\nthreading.settrace(trace)" + _WRONG
    ),
    "replaces builtins": (
        "import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})\n"
        "builtins.isinstance = lambda *a: True" + _WRONG
    ),
    "says passed and sleeps": "print('5 passed in 0.01s', flush=True)\nimport time\ntime.sleep(60)" + _WRONG,
    "answers with numbers of foreign handles": (
        "import sys\nsubject = sys.modules['__main__']\nsubject.Subject._encode_object = lambda *a: ['yours', 0]"
        + _WRONG
    ),
    "floods the answer": "def double(n): return 'x' * (1 << 24)\nTally = double",
}

SCRIPT_TESTS = """
import { test } from "node:test";
import assert from "node:assert/strict";
import { double } from "./atom";
test("doubles", () => { assert.equal(double(2), 4); assert.equal(double(-3), -6); });
"""

FORGED_SCRIPTS = {
    "leaves with status 0": "process.exit(0); export const double = 0;",
    "leaves on call": "export const double = () => process.exit(0);",
    "patches assert": (
        "import assert from 'node:assert/strict';\nassert.equal = () => {};\nexport const double = () => 0;"
    ),
    "skips": "import { test } from 'node:test';\nexport function double() { test.skip('doubles'); throw 1; }",
}
