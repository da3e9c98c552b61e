"""Whether the text of an atom stands alone: parses by itself, or only with a stub around it."""

import re
import textwrap
import threading
import warnings
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import tree_sitter

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.syntax import surely_parses
from kernel import python_source

_FILTERS: Final = threading.Lock()
_STUB_HEADS: Final = (
    ("if 1:\n    pass\n", ("elif", "else")),
    ("try:\n    pass\n", ("except", "finally")),
    ("try:\n    pass\nexcept A:\n    pass\n", ("else", "except", "finally")),
)
_PYTHON_MIDDLES: Final = (")", "]", "}", "and ", "or ", ".", "+", "|", "%")
_PYTHON_OPERATORS: Final = ("if ", "else ", "for ", "in ", "is ", "not in ", "==", "*", "-", "/")
_PYTHON_ELEMENT_ENDS: Final = (",", "(", "[", "{", ")", "]", "}")
_PYTHON_FOLLOWERS: Final = ("else:", "elif ", "except:", "except ", "except*", "finally:")
_PYTHON_CONTINUED: Final = ("else", "elif", "except", "finally", "case", "try")
_SCRIPT_MIDDLES: Final = ("&&", "||", "?", ":", ".", "+", "=", "else", "catch", "|")
_SCRIPT_OPEN_ENDS: Final = ("&&", "||", "?", "+", "=", "=>", ".")
_BRACKETS: Final = re.compile(r"[()\[\]{}]")
_QUOTED: Final = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|#[^\n]*""")
_STUB_OPENERS: Final = {")": "f(", "]": "[", "}": "{"}
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_SCRIPT_PAIRS: Final = {**_PAIRS, "<": ">"}
_Openers = Mapping[str, tuple[str, ...]]
_Around = tuple[tuple[str, str], ...]
# A bracket is opened as any kind that its sign has: a group or the arguments of a call; a block, an object, the body of
# a class or of a type, which tell a parser so by the word before them; the arguments of a type.
_OPENERS: Final = {
    ")": ("(", "f("),
    "]": ("[",),
    "}": ("{", "({", "class A {", "interface A {"),
    ">": ("let a: B<",),
}
_HEADED_OPENERS: Final = {**_OPENERS, "}": (*_OPENERS["}"], "switch (a) {", "x = {")}
_ANGLES: Final = ("<", ">")
_NO_BRACKETS: Final = ("binary_expression", "jsx_")  # where "<" compares, or begins a tag
_MAX_HEADS: Final = 64
_BARE: Final = (
    ("", ""), ("(", ")"), ("[", "]"), ("{", "}"), ("({", "})"), ("f(", ")"), ("class A {", "}"), ("interface A {", "}"),
)  # fmt: skip
_AROUND_TAGS: Final = ("<>", "</>")
_HEADED: Final = (*_BARE, ("switch (a) {", "}"), ("enum A {", "}"), ("import {", "} from 'a'"))


class Standing(IntEnum):
    """How a piece of code stands; more is better."""

    BROKEN = 0
    HEADED = 1  # TypeScript and JavaScript only: with a head such as ``class A {`` before it
    STUBBED = 2  # Python: with a stub head or body; TypeScript and JavaScript: with nothing but brackets added
    ALONE = 3


def standing(text: str, language: Language) -> Standing:
    """Judge the text of one atom. Empty text and mere comments stand alone."""
    if language is Language.PYTHON:
        return _python_standing(textwrap.dedent(text))
    return _script_standing(text, language)


def quick_standing(text: str, language: Language) -> Standing:
    """Judge by the first and last lines what :func:`standing` finds out by parsing with every stub; much cheaper.

    Python that parses as it is stands alone. Else a text is broken if it begins in the middle of an expression or leans
    on an ``else`` or ``catch`` whose head is elsewhere, and needs a stub otherwise.
    """
    if language is Language.PYTHON:
        lines = [line for line in text.split("\n") if (stripped := line.lstrip()) and stripped[0] != "#"]
        if not lines or _looks_whole(text, lines):
            return Standing.ALONE
        first, last = lines[0].lstrip(), lines[-1]
        surely_open = last.endswith(":") or first.startswith(_PYTHON_FOLLOWERS) or _surely_unpaired(text)
        return Standing.ALONE if not surely_open and _stands(text) else _quick_python(lines)
    lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
    if lines and (_within_comment(lines[0]) or _opens_comment(lines)):
        return Standing.BROKEN
    lines = [line for line in lines if not line.startswith(("//", "/*", "*"))]
    if not lines:
        return Standing.ALONE
    if lines[0].startswith(_SCRIPT_MIDDLES) or lines[-1].endswith(_SCRIPT_OPEN_ENDS):
        return Standing.BROKEN
    if _lacks_a_switch(lines):
        return Standing.HEADED
    depth = least = 0
    for line in lines:
        closing = line.count(")") + line.count("]") + line.count("}")
        if closing <= depth - least:
            depth += line.count("(") + line.count("[") + line.count("{") - closing
            continue
        for found in _BRACKETS.finditer(line):
            depth += 1 if found[0] in _PAIRS else -1
            if depth < least:
                least = depth
                if line[found.end() :].lstrip(" ;,)]}"):
                    return Standing.BROKEN  # goes on after closing what was opened elsewhere
    return Standing.ALONE if depth == least == 0 else Standing.STUBBED


def _lacks_a_switch(lines: list[str]) -> bool:
    """Whether a "case" comes before any "switch" that it could belong to."""
    for line in lines:
        if line.startswith("case ") or line == "default:":  # with something behind it, it may be a key
            return True
        if "switch" in line:
            return False
    return False


def _within_comment(first: str) -> bool:
    return first.startswith(("* ", "*/")) or first == "*"


def _opens_comment(lines: list[str]) -> bool:
    """Whether the text ends inside a block comment."""
    for line in reversed(lines):
        if "*/" in line:
            return False
        if line.startswith("/*"):
            return True
        if not line.startswith("*"):
            return False
    return False


def _looks_whole(text: str, lines: list[str]) -> bool:
    """Whether a text surely parses, given that its file does: then nothing need be parsed again."""
    if "\\\n" in text or text.count('"""') % 2 or text.count("'''") % 2:
        return False
    for opening, closing in _PAIRS.items():
        if text.count(opening) != text.count(closing):
            return False
    first, last = lines[0].lstrip(), lines[-1]
    if first.startswith(_PYTHON_CONTINUED + _PYTHON_MIDDLES) or last[-1] == ":" or "#" in last:
        return False
    if "try:" in text and not _tries_are_closed(lines):
        return False
    indent = len(lines[0]) - len(first)
    return not indent or all(line[:indent].isspace() for line in lines)


def _tries_are_closed(lines: list[str]) -> bool:
    """Whether each ``try`` of some lines has its ``except`` or ``finally`` among them."""
    return all(
        _is_closed(lines[k + 1 :], len(line) - len(stripped))
        for k, line in enumerate(lines)
        if (stripped := line.lstrip()).startswith("try:")
    )


def _stands(text: str) -> bool:
    code = textwrap.dedent(text)
    if surely_parses(code):
        return True
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parses(code)


def _quick_python(lines: list[str]) -> Standing:
    """A text that does not parse by itself: whether a stub head, body or bracket would do."""
    first, last = lines[0].lstrip(), lines[-1].split("#")[0].rstrip()
    indent = len(lines[0]) - len(first)
    sinks = any(len(line) - len(line.lstrip()) < indent for line in lines)
    if not sinks and not first.startswith(_PYTHON_MIDDLES):
        if last.endswith(":") or first.startswith(_PYTHON_CONTINUED):
            return Standing.STUBBED
        if any(line.lstrip().startswith("try:") for line in lines):
            return Standing.STUBBED
    missing, surplus = _unpaired(text := "\n".join(lines))
    if not missing and not surplus:
        return Standing.BROKEN  # it is no piece of a literal, and no stub was found
    if last.endswith(_PYTHON_ELEMENT_ENDS) and not first.startswith(_PYTHON_MIDDLES + _PYTHON_OPERATORS):
        return Standing.STUBBED  # cut between elements
    return Standing.STUBBED if _with_brackets(text, missing, surplus) else Standing.BROKEN


def _with_brackets(text: str, missing: list[str], surplus: list[str]) -> bool:
    """Whether the brackets that a piece of a bracketed sequence lacks make it parse."""
    tail = "".join(_PAIRS[c] for c in reversed(missing))
    head = "".join(_STUB_OPENERS[c] for c in reversed(surplus))
    code = textwrap.dedent(text).strip()
    body = " pass" if code.endswith(":") else ""
    heads = (head, f"def {head}") if head.startswith("f(") else (head,)
    return any(surely_parses(f"{each}\n{code}\n{tail}{end}") for each in heads for end in {body, "", ": pass"})


def _surely_unpaired(text: str) -> bool:
    """Whether brackets are missing or too many, where the text holds no string or line that could hide them."""
    return not any(mark in text for mark in ('"""', "'''", "\\")) and any(_unpaired(text))


def _unpaired(text: str) -> tuple[list[str], list[str]]:
    """Brackets left open, and closing ones without a partner, as far as that shows without reading strings."""
    missing: list[str] = []
    surplus: list[str] = []
    for found in _BRACKETS.finditer(_QUOTED.sub("", text)):
        kind = found[0]
        if kind in _PAIRS:
            missing.append(kind)
        elif missing and _PAIRS[missing[-1]] == kind:
            missing.pop()
        else:
            surplus.append(kind)
    return missing, surplus


def _parses(code: str) -> bool:
    try:
        python_source.parse(code)
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
    """Whether stub heads before a text, and a stub body behind it, make it parse."""
    lines = [line for line in code.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return False
    bodies = [""]
    if code.rstrip().endswith(":") or lines[-1].split("#")[0].rstrip().endswith(":"):
        bodies.append(f"\n{' ' * (_indent(lines[-1]) + 4)}pass")
    decorators = [line for line in lines if line.lstrip()[0] == "@"]
    if decorators:
        bodies.append(f"\n{' ' * _indent(decorators[-1])}def f(): pass")
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
    return any(_parses(nested) for end in bodies for nested in _nested(lines, end))


def _nested(lines: list[str], body: str) -> list[str]:
    """Put the heads back that a piece of a block has lost: one for each level it falls back to, and ends of ``try``.

    A first line that goes on with a compound itself gets each head that may stand before it.
    """
    indents = [_indent(line) for line in lines]
    least = min(indents)
    levels = sorted({i for i in indents if i < indents[0]})
    heads: list[str] = []
    for level in levels:
        first = next(line.lstrip() for line, i in zip(lines, indents, strict=True) if i == level)
        if first.startswith(("except", "finally")):
            heads.append(f"{' ' * level}try:")
        elif not first.startswith("case"):
            heads.append(f"{' ' * level}if 1:")
    tail = [body.strip("\n")] if body else []
    opened = [
        indent
        for k, (line, indent) in enumerate(zip(lines, indents, strict=True))
        if line.lstrip().startswith("try:") and not _is_closed(lines[k + 1 :], indent)
    ]
    tail += [f"{' ' * indent}finally: pass" for indent in reversed(opened)]
    begin, margin = lines[0].lstrip(), " " * indents[0]
    begins = ["", *[textwrap.indent(head, margin) for head, words in _STUB_HEADS if begin.startswith(words)]]
    texts = ["\n".join([*heads, each + lines[0], *lines[1:], *tail]) for each in begins]
    return [textwrap.dedent(text) for text in texts] if least or heads else texts


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_closed(lines: list[str], indent: int) -> bool:
    return any(
        len(line) - len(line.lstrip()) == indent and line.lstrip().startswith(("except", "finally")) for line in lines
    )


def _script_standing(text: str, language: Language) -> Standing:
    if _clean(text, language):
        return Standing.ALONE
    found = [_brackets(text, language, angles=False)]
    if language is not Language.JAVASCRIPT:
        found.append(_brackets(text, language, angles=True))
    # Any text is text of an element: only what begins with a tag may stand in one.
    bare = (*_BARE, _AROUND_TAGS) if text.lstrip().startswith("<") else _BARE
    if any(_opened(text, each, _OPENERS, bare, language) for each in found):
        return Standing.STUBBED
    if any(_opened(text, each, _HEADED_OPENERS, _HEADED, language) for each in found):
        return Standing.HEADED
    return Standing.BROKEN


def _opened(
    text: str, brackets: tuple[list[str], list[str]], openers: _Openers, around: _Around, language: Language
) -> bool:
    """Whether a text parses once its brackets are closed, and opened in one of the given ways."""
    missing, surplus = brackets
    tail = "".join(_SCRIPT_PAIRS[c] for c in reversed(missing))
    heads = [""]
    for closer in surplus:
        heads = [opener + head for head in heads for opener in openers[closer]][:_MAX_HEADS]
    codes = (f"{before}{head}\n{text}\n{tail}{after}" for before, after in around for head in heads)
    return any(_clean(code, language) for code in codes)


def _clean(code: str, language: Language) -> bool:
    return not MultiLanguageParser().parse(code.encode("utf-8", "replace"), language).root_node.has_error


def _brackets(text: str, language: Language, *, angles: bool) -> tuple[list[str], list[str]]:
    """Brackets left open, and closing ones without a partner; strings and comments are left out."""
    root = MultiLanguageParser().parse(text.encode("utf-8", "replace"), language).root_node
    missing: list[str] = []
    surplus: list[str] = []
    stack: list[tree_sitter.Node] = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in ("string", "comment", "regex") or node.is_missing:
            continue
        if kind in _ANGLES and not (angles and (parent := node.parent) and not parent.type.startswith(_NO_BRACKETS)):
            continue
        if kind == "${":
            missing.append("{")
        elif kind in _SCRIPT_PAIRS:
            missing.append(kind)
        elif kind in _OPENERS:
            if missing and _SCRIPT_PAIRS[missing[-1]] == kind:
                missing.pop()
            else:
                surplus.append(kind)
        stack.extend(reversed(node.children))
    return missing, surplus
