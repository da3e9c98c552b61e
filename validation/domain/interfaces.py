"""What tools say about the seams of a module: calls against signatures, imports against exports."""

import re
from collections.abc import Collection

from validation.domain.model import Finding

CALLS = frozenset(
    {
        "bad-argument-count", "missing-argument", "unexpected-keyword", "unexpected-positional-argument",
        "bad-keyword-argument", "no-matching-overload", "not-callable", "not-async", "unused-coroutine", "TS2554",
        "TS2555", "TS2556", "TS2345", "TS2769", "TS2349", "TS2351", "TS2739", "TS2741", "TS2801", "dropped-promise",
        "unawaited-return",
    }
)  # fmt: skip
# What counts in JavaScript too, where no types are written and other findings are mere remarks.
PLAIN = frozenset({"TS2554", "TS2555", "TS2556", "dropped-promise", "unawaited-return"})
_COROUTINE = re.compile(r"\bCoroutine\b|\bPromise<")
_EXPORTS = frozenset(
    {"missing-module-attribute", "bad-dunder-all", "F822", "TS2305", "TS2614", "TS2724", "TS2459", "TS1192"}
)
_OF_MODULE = re.compile(r"^No attribute `[^`]*` in module `(?P<python>[^`]+)`|on type 'typeof import\(")
_NO_MODULE = re.compile(r"^Cannot find module [`'\"](?P<name>[^`'\"]+)[`'\"]")
_WRONG_USE = frozenset({"unsupported-operation", "not-iterable", "missing-attribute", "TS2365", "TS2339", "TS2488"})


def is_call(finding: Finding) -> bool:
    """Whether it is about a call that does not fit: number and names of arguments, awaited or not."""
    forgotten = finding.code in _WRONG_USE and _COROUTINE.search(finding.message) is not None
    return finding.code in CALLS or forgotten


def is_export(finding: Finding, own: Collection[str]) -> bool:
    """Whether it is about something imported that is not there; ``own`` are first names of the workspace's modules.

    A package of others that is not installed is no fault of the code; a module of its own is.
    """
    if finding.code in _EXPORTS:
        return True
    if finding.code in ("missing-attribute", "TS2339"):
        return _OF_MODULE.search(finding.message) is not None
    missing = _NO_MODULE.search(finding.message)
    if missing is None or finding.code not in ("missing-import", "TS2307"):
        return False
    name = missing["name"]
    return name.startswith(".") or (finding.code == "missing-import" and name.partition(".")[0] in own)


def is_strict(finding: Finding, own: Collection[str], stubbed: Collection[str] = ()) -> bool:
    """Whether a missing export counts even where the draft lacked it too: it is the workspace's own for certain.

    ``stubbed`` are dotted names of its modules that have a ``.pyi`` beside them: the checker reads that in their place,
    and it may leave out what is meant for the package alone.
    """
    if finding.code in ("missing-import", "TS2307", "F822", "bad-dunder-all"):
        return True
    named = re.search(r"from [`'\"](?P<python>[\w.]+)|Module '\"(?P<script>\.[^\"]*)", finding.message)
    if named is None:
        return False
    name = named["python"] or ""
    return named["script"] is not None or (name.partition(".")[0] in own and name not in stubbed)
