"""New code answers the calls that tests made of the draft, and variations of them, as the draft does; or it fails."""

from pathlib import Path

import pytest

from masterplans.domain.workspace import Workspace
from validation.domain.atomic import AtomicValidator
from validation.domain.model import Check, Status, SuiteResult
from validation.domain.strictness import Place
from validation.engine.replay_tool import with_replays
from validation.engine.static import static_findings
from validation.engine.suite import run_suite
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = """import threading
import time


class Cart:
    def __init__(self, limit):
        self.limit = limit
        self.rows = []

    def add(self, name, count):
        if count > self.limit:
            raise ValueError("too many")
        self.rows.append((name, count))


def discount(amount, kind):
    if kind == "bulk" and amount >= 50:
        return amount / 10
    return 0


def squares(numbers):
    for number in numbers:
        yield number * number


def ticks(start):
    return start + time.monotonic()


def broken(number):
    return number + 1


def first(rows):
    return rows[0]


NONE = object()


def best(rows, key, default=NONE):
    if default is NONE and not rows:
        raise LookupError("nothing")
    return max(rows, key=key) if rows else default


def shuffled(count):
    return list({str(n) for n in range(count + 20)})


def unseen(number):
    return number


async def later(number):
    return number * 2


def _half(lock, number):
    if lock:
        return number // 2


def halves(numbers):
    lock = threading.local()  # nothing that could be recorded
    return [_half(lock, number) for number in numbers]


def due(day, wait):
    return day + wait if wait.days > 0 else day


def under(limit):
    def is_under(number):
        return number < limit

    return is_under


def each(rows, tell):
    for row in rows:
        if row > 1:
            tell(row)


class Machine:
    def __init__(self, start, sign=1):
        self.own, self.at, self.born = threading.local(), start * sign, str(object())
        self.started = time.monotonic()

    def turn(self, by):
        if self.at > 5:
            self.at -= 1
        self.at += by
        return by


class Refusal(Exception):
    def __init__(self, code):
        super().__init__("refused")
        self.code = code


def told(error):
    return error.code
"""
TESTS = """import asyncio
from datetime import date, timedelta

import pytest

from m import Cart, Machine, Refusal, best, broken, discount, due, each, first, halves, later, shuffled, squares, ticks
from m import told, under


def test_cart():
    cart = Cart(3)
    cart.add("tea", 2)
    assert len(cart.rows) == 1


def test_discount():
    assert discount(10, "plain") == 0


def test_squares():
    assert len(list(squares([1, 2]))) == 2


def test_ticks():
    assert ticks(1) > 1


def test_broken():
    assert broken(1) == 3


def test_broken_too():
    assert broken(5) > 5


def test_first():
    assert first([5, 6]) == 5


def test_best():
    assert best([1, 2], lambda n: -n) == 1


def test_halves():
    assert halves([2]) == [1]


def test_shuffled():
    assert shuffled(1)


def test_later():
    assert asyncio.run(later(0)) == 0


def test_due():
    assert due(date(2020, 1, 1), timedelta(days=2))


def test_under():
    assert under(3)(2)


def test_machine():
    machine = Machine(3)
    machine.turn(3)
    assert machine.turn(4) == 4


def test_told():
    assert told(Refusal(7))


def test_each():
    each([1, 2], lambda row: row)
"""
WHERE = {"add": (10, 13), "discount": (16, 19), "squares": (22, 24), "ticks": (27, 28), "broken": (31, 32),
         "first": (35, 36), "best": (42, 45), "shuffled": (48, 49), "unseen": (52, 53), "later": (56, 57),
         "half": (60, 62), "due": (70, 71), "under": (74, 78),
         "each": (81, 84), "made": (88, 90), "turn": (92, 96), "told": (105, 106)}  # fmt: skip


def state(code: str) -> Workspace:
    return project({"m.py": code, "tests/test_m.py": TESTS})


@pytest.fixture(scope="module")
def suite() -> SuiteResult:
    return run_suite(state(DRAFT), cache=Path("unused"), timeout_seconds=60, memory_mib=1024, record=True)


def judged(suite: SuiteResult, name: str, old: str, new: str, *, accepted: str = DRAFT) -> Check:
    assert old in DRAFT
    draft, code = state(DRAFT), state(accepted.replace(old, new))
    first, last = WHERE[name]
    report, drafts = with_replays(
        static_findings(code, cache=Path("unused")), static_findings(draft, cache=Path("unused")), code=code,
        draft=draft, accepted=state(accepted), suite=suite, places=[Place(path="m.py", first=first, last=last)],
    )  # fmt: skip
    validator = AtomicValidator(static=report, drafts=drafts, draft_suite=suite)
    result = validator.judge(
        atom_id=name, path="m.py", start_line=first, end_line=last, loc=last - first, original=False
    )
    return next(check for check in result.checks if check.name == "generated_tests")


@pytest.mark.parametrize(
    ("name", "old", "new", "shown"),
    [
        ("discount", "amount >= 50", "amount > 50", "discount(amount=50, kind='bulk') gives 0, the draft 5.0"),
        ("add", "count > self.limit", "count >= self.limit", "gives raises ValueError, the draft None; self became"),
        ("add", "(name, count))", "(count, name))", "self became Cart(limit=3, rows=[(2, 'tea')])"),
        ("squares", "number * number", "number + number", "gives yields [2, 4], the draft yields [1, 4]"),
        ("best", "max(rows", "min(rows", "gives 1, the draft 2"),
        (
            "best",
            "default is NONE and",
            "default is not NONE and",
            "best(rows=[], key=<stand_in>, default=object()) gives",
        ),
        ("half", "number // 2", "number / 2", "_half through halves(numbers=[3]) gives [1.5], the draft [1]"),
        (
            "turn",
            "self.at -= 1",
            "self.at += 1",
            ".turn(by=3), by=4) as to its arguments self.at gives 11, the draft 9",
        ),
        ("made", "start * sign", "start / sign", "as to its arguments"),
        ("told", "error.code", "error.args", "gives ('refused'), the draft 7"),
        ("later", "number * 2", "number * 3", "later(number=1) gives 3, the draft 2"),
        (
            "under",
            "number < limit",
            "number <= limit",
            "; that(number=2) gives True; that(number=3) gives True",
        ),
        ("each", "row > 1", "row > 2", "gives None, the draft None; told (2)"),
        ("due", "days > 0", "days > 1", "wait=datetime.timedelta(days=1)) gives datetime.date(2020, 1, 1), the draft"),
    ],
)
def test_a_difference_that_no_test_sees_is_found(suite: SuiteResult, name: str, old: str, new: str, shown: str) -> None:
    check = judged(suite, name, old, new)
    assert (check.status, check.generated, check.forgeable) == (Status.FAILED, True, True)
    assert shown in "\n".join(finding.message for finding in check.findings)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("discount", 'kind == "bulk" and amount >= 50', 'not (amount < 50 or kind != "bulk")'),
        ("squares", "for number in numbers:\n        yield number * number", "yield from (n**2 for n in numbers)\n"),
        ("first", "return rows[0]", "return next(iter(rows))"),  # of no rows the draft makes an error nobody meant
    ],
)
def test_another_way_to_say_the_same_passes(suite: SuiteResult, name: str, old: str, new: str) -> None:
    check = judged(suite, name, old, new)
    assert check.status is Status.PASSED, check
    assert "inputs answered as the draft did" in check.reason


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("broken", "number + 1", "number + 2"),  # its test fails: it is meant to change
        ("ticks", "start + time", "start * time"),  # it differs from itself
        ("shuffled", "count + 20", "count + 30"),  # it hangs on the order of a set
        ("unseen", "return number\n", "return -number\n"),  # nobody called it
    ],
)
def test_what_is_no_measure_is_held_against_nobody(suite: SuiteResult, name: str, old: str, new: str) -> None:
    assert judged(suite, name, old, new).status is Status.NOT_APPLICABLE


def test_an_error_that_bites_whoever_reads_it_is_an_answer(suite: SuiteResult) -> None:
    biting = "raise type('Bite', (NotImplementedError,), {'__str__': lambda self: 1 / 0})()"
    check = judged(suite, "discount", "return amount / 10", biting)
    assert check.status is Status.FAILED, check
    assert "discount(amount=50, kind='bulk') gives raises Bite, the draft 5.0" in check.reason


def test_what_other_accepted_code_changed_is_not_held_against_this_one(suite: SuiteResult) -> None:
    accepted = DRAFT.replace("return amount / 10", "return amount / 5")
    check = judged(suite, "discount", "return 0\n", "return +0\n", accepted=accepted)
    assert check.status is Status.PASSED, check
