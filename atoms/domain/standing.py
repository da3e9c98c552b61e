"""Whether the text of an atom stands alone: parses by itself, or only with a stub around it."""

import ast
import textwrap
import threading
import warnings
from enum import IntEnum
from typing import Final

import tree_sitter

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser

_FILTERS: Final = threading.Lock()
_STUB_HEADS: Final = (
    ("if 1:\n    pass\n", ("elif", "else")),
    ("try:\n    pass\n", ("except", "finally")),
    ("try:\n    pass\nexcept A:\n    pass\n", ("else", "except", "finally")),
)
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_OPENERS: Final = {")": ("(",), "]": ("[",), "}": ("{", "({", "class A {", "switch (a) {", "interface A {")}
_BARE: Final = ("", "({", "[", "class A {", "switch (a) {", "interface A {")


class Standing(IntEnum):
    """How a piece of code stands; more is better."""

    BROKEN = 0
    STUBBED = 1  # with a stub head or body, or with brackets added
    ALONE = 2


def standing(text: str, language: Language) -> Standing:
    """Judge the text of one atom. Empty text and mere comments stand alone."""
    if language is Language.PYTHON:
        return _python_standing(textwrap.dedent(text))
    return _script_standing(text, language)


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _python_standing(code: str) -> Standing:
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _parses(code):
            return Standing.ALONE
        return Standing.STUBBED if _with_stubs(code) else Standing.BROKEN


def _with_stubs(code: str) -> bool:
    lines = [line for line in code.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return False
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    body = f"\n{' ' * (indent + 4)}pass"
    bodies = ("", body) if code.rstrip().endswith(":") or lines[-1].split("#")[0].rstrip().endswith(":") else ("",)
    first = lines[0].lstrip()
    heads = [""]
    heads += [head for head, words in _STUB_HEADS if first.startswith(words)]
    if first.startswith("case"):
        heads.append("match a:\n")
    for head in heads:
        for tail in bodies:
            whole = head + (textwrap.indent(code, "    ") if head.startswith("match") else code) + tail
            if _parses(whole) or _parses(f"{whole.rstrip()}\nfinally:\n    pass"):
                return True
    inner = textwrap.indent(code, "    ")
    return any(
        _parses(f"{head}{inner}{tail}{end}")
        for head, end in (("if 1:\n", ""), ("try:\n", "\nfinally:\n    pass"), ("if 1:\n  if 1:\n", ""))
        for tail in bodies
    )


def _script_standing(text: str, language: Language) -> Standing:
    if _clean(text, language):
        return Standing.ALONE
    missing, surplus = _brackets(text, language)
    tail = "".join(_PAIRS[c] for c in reversed(missing))
    if not surplus:
        return (
            Standing.STUBBED if any(_clean(*_around(head, text, tail, language)) for head in _BARE) else Standing.BROKEN
        )
    heads = [""]
    for closer in surplus:
        heads = [opener + head for head in heads for opener in _OPENERS[closer]][:25]
    return Standing.STUBBED if any(_clean(f"{head}\n{text}\n{tail}", language) for head in heads) else Standing.BROKEN


def _around(head: str, text: str, tail: str, language: Language) -> tuple[str, Language]:
    closing = "".join(_PAIRS[c] for c in reversed(head) if c in _PAIRS)
    return f"{head}\n{text}\n{tail}{closing}", language


def _clean(code: str, language: Language) -> bool:
    return not MultiLanguageParser().parse(code.encode("utf-8", "replace"), language).root_node.has_error


def _brackets(text: str, language: Language) -> tuple[list[str], list[str]]:
    """Brackets left open, and closing ones without a partner; strings and comments are left out."""
    root = MultiLanguageParser().parse(text.encode("utf-8", "replace"), language).root_node
    missing: list[str] = []
    surplus: list[str] = []
    stack: list[tree_sitter.Node] = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in ("string", "comment", "regex"):
            continue
        if kind in _PAIRS and not node.is_missing:
            missing.append(kind)
        elif kind == "${":
            missing.append("{")
        elif kind in _OPENERS and not node.is_missing:
            if missing and _PAIRS[missing[-1]] == kind:
                missing.pop()
            else:
                surplus.append(kind)
        stack.extend(reversed(node.children))
    return missing, surplus
