"""Whether the text of an atom stands alone: parses by itself, or only with a stub around it."""

import re
import textwrap
import threading
import warnings
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from atoms.domain.model import Language
from atoms.domain.script_standing import bracketed_as, parses
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
_SCRIPT_STEPS: Final = ("++", "--", "...")  # whole, though their signs are those of open operators
_SCRIPT_LISTS: Final = ("var ", "let ", "const ")
_SCRIPT_OPEN_ENDS: Final = ("&", "|", "?", "+", "=", ".", "<", " extends")
# Brackets around one operand, which are never empty.
_SCRIPT_OPEN_GROUP: Final = re.compile(
    r"(?:\b(?:if|while|for|switch|return|typeof|await|in|of|case|throw|yield|new)|[=,(&|?:+!-]|=>)\s*\($"
).search
_DEEP: Final = 1 << 30
_SCRIPT_GOES_ON: Final = re.compile(r"(?:else|catch|finally)\b").match
_SCRIPT_QUOTED: Final = re.compile(
    r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|//[^\n]*"""
    r"""|(?<=[=(,:!&|?])\s*/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"""
)
_BRACKETS: Final = re.compile(r"[()\[\]{}]")
_QUOTED: Final = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|#[^\n]*""")
_STUB_OPENERS: Final = {")": "f(", "]": "[", "}": "{"}
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
# Ways to open a bracket of elements: as a statement, and inside another bracket.
_FRAMES: Final = {
    ")": ("x = (", "f(", "def f(", "class A(", "from a import ("),
    "]": ("x = [", "f["),
    "}": ("x = {",),
}
_INNER_FRAMES: Final = {")": ("(", "f("), "]": ("[", "f["), "}": ("{",)}
_AROUND: Final = (
    ("", ""),
    ("x = (", ")"),
    ("x = {", "}"),
    ("f(", ")"),
    ("def f(", "): pass"),
    ("from a import (", ")"),
)
_MOST_FRAMES: Final = 16


class Standing(IntEnum):
    """How a piece of code stands; more is better."""

    BROKEN = 0
    HEADED = 1  # TypeScript and JavaScript only: with the head that it goes on with, such as ``if (a) {``
    FRAMED = 2  # with brackets of which a word tells the kind, as ``switch (a) {`` does
    STUBBED = 3  # Python: with a stub head or body; TypeScript and JavaScript: with nothing but brackets added
    ALONE = 4


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
    return _quick_script([stripped for line in text.split("\n") if (stripped := line.strip())])


def _quick_script(lines: list[str]) -> Standing:
    if lines and (_within_comment(lines[0]) or _opens_comment(lines)):
        return Standing.BROKEN
    lines = [line for line in lines if not line.startswith(("//", "/*", "*"))]
    if not lines:
        return Standing.ALONE
    if _is_open(lines[0], lines[-1]) or _cuts_a_template(lines):
        return Standing.BROKEN
    switch = _lacks_a_switch(lines)
    depth, least = _depths(lines)
    if switch > 1 or least < -_DEEP:
        return Standing.BROKEN
    if depth == 0 and lines[-1][-1] == "," and lines[0].startswith(_SCRIPT_LISTS):
        return Standing.BROKEN  # no bracket opens a list of declarations
    if switch:
        return Standing.FRAMED
    return Standing.ALONE if depth == least == 0 else Standing.STUBBED


def _depths(lines: list[str]) -> tuple[int, int]:
    """Open brackets at the end, and the least on the way: below ``-_DEEP`` where that leans on an "if" elsewhere."""
    depth = least = 0
    for line in lines:
        if depth == least < 0 and _SCRIPT_GOES_ON(line):
            return depth, -_DEEP - 1
        closing = line.count(")") + line.count("]") + line.count("}")
        if closing <= depth - least:
            depth += line.count("(") + line.count("[") + line.count("{") - closing
            continue
        bare = _SCRIPT_QUOTED.sub("", line)
        for found in _BRACKETS.finditer(bare):
            depth += 1 if found[0] in _PAIRS else -1
            if depth < least:
                least = depth
                if _SCRIPT_GOES_ON(bare[found.end() :].lstrip()):
                    return depth, -_DEEP - 1
    return depth, least


def _is_open(first: str, last: str) -> bool:
    """Whether an operator begins the first row or ends the last one, or a bracket lacks the operand that it needs."""
    if first.startswith(_SCRIPT_MIDDLES) and not first.startswith(_SCRIPT_STEPS):
        return first[0] != "|" or first[:2] == "||"  # else a member of a union of types, which its first one may be
    last = last.split(" //", maxsplit=1)[0].rstrip()
    if last.endswith(_SCRIPT_OPEN_ENDS):
        return not last.endswith(_SCRIPT_STEPS)
    return last[-1:] == "(" and _SCRIPT_OPEN_GROUP(last) is not None


def _cuts_a_template(lines: list[str]) -> bool:
    """Whether the text begins or ends inside a template: one of its quotes stands alone."""
    if sum(line.count("`") - line.count("\\`") for line in lines) % 2 == 0:
        return False
    return "`" in _SCRIPT_QUOTED.sub("", "\n".join(lines))


def _lacks_a_switch(lines: list[str]) -> int:
    """Return 0 where no "case" comes before any "switch" that it could belong to, 1 where one begins, 2 otherwise."""
    for k, line in enumerate(lines):
        if line.startswith("case ") or line == "default:":  # with something behind it, it may be a key
            return 2 if k else 1
        if "switch" in line:
            return 0
    return 0


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
    if first.startswith(_PYTHON_CONTINUED + _PYTHON_MIDDLES) or last[-1] == ":":
        return False
    if "#" in last and _QUOTED.sub("", last).rstrip()[-1:] == ":":
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
    missing, surplus, _ = _unpaired_at(_QUOTED.sub("", text))
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
        if _with_stubs(code):
            return Standing.STUBBED
        return Standing.FRAMED if _with_frames(code) else Standing.BROKEN


def _with_frames(code: str) -> bool:
    """Whether a piece of a bracketed sequence parses once its brackets are opened by a stub, and closed.

    Only whole elements do: what is cut inside an operand, a comprehension or a condition does not.
    """
    bare = _QUOTED.sub(_blanked, code)
    missing, surplus, last = _unpaired_at(bare)
    if bare.count('"""') % 2 or bare.count("'''") % 2:
        return False
    row = code[:last].count("\n") if surplus else 0
    lines = code.split("\n")
    margin = " " * _indent(lines[row]) if surplus else ""
    tail = "".join(_PAIRS[c] for c in reversed(missing))
    if not missing and not surplus:
        texts: Iterator[str] = (f"{before}\n{code}\n{after}" for before, after in _AROUND[1:])
    else:
        around = _AROUND if not surplus else _AROUND[:1]
        texts = (
            f"{margin}{before}{head}\n{code}\n{tail}{after}" for before, after in around for head in _frames(surplus)
        )
    return any(_stands_framed(textwrap.dedent(text)) for text in texts)


def _frames(surplus: list[str]) -> list[str]:
    heads = [""]
    for k, closer in enumerate(surplus):
        table = _FRAMES if k == len(surplus) - 1 else _INNER_FRAMES
        heads = [opener + head for head in heads for opener in table[closer]][:_MOST_FRAMES]
    return heads


def _stands_framed(text: str) -> bool:
    return _parses(text) or (text.rstrip().endswith((":", ")")) and _parses(f"{text.rstrip().rstrip(':')}: pass"))


def _blanked(found: "re.Match[str]") -> str:
    return " " * len(found[0])


def _unpaired_at(bare: str) -> tuple[list[str], list[str], int]:
    """As :func:`_unpaired`, with the offset of the last bracket that has no partner before it."""
    missing: list[str] = []
    surplus: list[str] = []
    last = 0
    for found in _BRACKETS.finditer(bare):
        kind = found[0]
        if kind in _PAIRS:
            missing.append(kind)
        elif missing and _PAIRS[missing[-1]] == kind:
            missing.pop()
        else:
            surplus.append(kind)
            last = found.start()
    return missing, surplus, last


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
    if parses(text, language):
        return Standing.ALONE
    return Standing(bracketed_as(text, language))
