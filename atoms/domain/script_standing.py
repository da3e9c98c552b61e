"""How a piece of TypeScript or JavaScript stands: whether brackets, opened before it and closed behind it, mend it.

The parser takes no bracket alone. What may stand in "{" depends on what it is - a block, an object, the body of a
function, of a class, of a type, of a switch, an import list - and only what stands before it says so. So each kind of
bracket has a way to write it; none of them adds anything to what stands inside, nor is needed by what follows. A head
whose parameters or body stand elsewhere gets them empty, ``(){}``: the grammar takes nothing but brackets there. Where
what follows needs more (``} else {`` an ``if``), the piece is HEADED: no bracket mends it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import tree_sitter

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.script_brackets import Brackets, brackets_of
from atoms.domain.words import words

_Openers = Mapping[str, tuple[tuple[str, str], ...]]
_Around = Sequence[tuple[str, str]]
# Brackets that a sign alone or a word tells: each way to open one, and to close it again right behind the closer.
_PLAIN: Final[_Openers] = {
    ")": (("(", ""), ("f(", "")),
    "]": (("[", ""),),
    "}": (("{", ""), ("({", ")"), ("class A {", ""), ("interface A {", "")),
    ">": (("let a: B<", ""),),
    "/>": (("<a ", ""),),
}
_KINDS: Final[_Openers] = {
    ")": (*_PLAIN[")"], ("function f(", "{}")),
    "]": (*_PLAIN["]"], ("a[", "")),
    "}": (
        *_PLAIN["}"], ("x = {", ""), ("a: {", ""), ("() => {", ""), ("switch (a) {", ""), ("enum A {", ""),
        ("import {", " from 'a'"), ("export {", ""), ("let a: {", ""),
    ),
    ">": (
        *_PLAIN[">"], ("type A<", " = B"), ("class A extends B<", " {}"), ("interface A extends B<", " {}"),
        ("function f<", "() {}"), ("f<", "()"), ("<", "() => a"), ("class A<", " {}"),
    ),
    "/>": _PLAIN["/>"],
}  # fmt: skip
_HEADS: Final[_Openers] = {
    **_KINDS,
    ")": (*_KINDS[")"], ("if (", "a")),
    "}": (*_KINDS["}"], ("if (a) {", ""), ("try {", "finally {}"), ("do {", "while (a)")),
}
_TAGGED: Final = re.compile(r"[<>]").search
_BARE: Final = (
    ("", ""), ("(", ")"), ("[", "]"), ("{", "}"), ("({", "})"), ("f(", ")"), ("class A {", "}"), ("interface A {", "}"),
)  # fmt: skip
_FRAMED: Final = (
    ("switch (a) {", "}"), ("enum A {", "}"), ("import {", "} from 'a'"), ("let a: B<", ">"), ("type A<", "> = B"),
)  # fmt: skip
_HEADED: Final = (("type A =", ""), ("if (a) {", "}"), ("x", ""))
# Before a parenthesis these are no names of methods, though the grammar takes them for such in an object.
_NO_NAMES: Final = words("if for while switch return catch with typeof await yield new delete void throw in of case")
_AROUND_TAGS: Final = ("<>", "</>")
_WITHIN: Final = (("", ""), ("class A {", "}"), ("({", "})"), ("f(", ")"), ("interface A {", "}"), ("let a: ", ""))
_BODIES: Final = ("{}", "(){}")  # what a head may lack behind its last row
_BODY_KINDS: Final = frozenset({"statement_block", "class_body", "interface_body"})
_HEAD_KINDS: Final = frozenset({
    "function_declaration", "generator_function_declaration", "function_expression", "generator_function",
    "arrow_function", "method_definition", "class_declaration", "abstract_class_declaration", "class",
    "interface_declaration", "for_statement", "for_in_statement", "while_statement", "if_statement", "else_clause",
})  # fmt: skip
_PLAINLY: Final = 3
_FRAMED_ONLY: Final = 2
_HEADED_ONLY: Final = 1
_GOES_ON: Final = re.compile(r"\s*(?:else|catch|finally)\b").match
_MOST: Final = 12  # ways to open the brackets of one text that are followed at a time


def bracketed_as(text: str, language: Language) -> int:
    """Return 3 where plain brackets make a text parse, 2 with their kinds named, 1 with a head, 0 for none."""
    found = list(_proposals(text, language))
    # Any text is text of an element: only what begins with a tag may stand in one.
    tags = (_AROUND_TAGS,) if text.lstrip().startswith("<") else ()
    levels = (
        (_PLAINLY, _PLAIN, (*_BARE, *tags)),
        (_FRAMED_ONLY, _KINDS, (*_BARE, *tags, *_FRAMED)),
        (_HEADED_ONLY, _HEADS, (*_BARE, *_FRAMED, *_HEADED)),
    )
    for level, openers, around in levels:
        for each in found:
            if (level > _HEADED_ONLY and _goes_on(text, each)) or (level is _PLAINLY and each.imports):
                continue
            if _opened(text, each, openers, around, language):
                return level
        if level == _FRAMED_ONLY and any(not _goes_on(text, each) and _is_head(text, each, language) for each in found):
            return level
    return 0


def _goes_on(text: str, brackets: Brackets) -> bool:
    """Whether a statement goes on behind a bracket that was opened before the text; a member may bear such a name."""
    return any(_GOES_ON(text, end) for closer, end in brackets.surplus if closer == "}")


def parses(code: str, language: Language) -> bool:
    """Whether the grammar takes a text without error."""
    return not MultiLanguageParser().parse(code.encode("utf-8", "replace"), language).root_node.has_error


def _proposals(text: str, language: Language) -> Iterator[Brackets]:
    seen: list[Brackets] = []
    typed = language is not Language.JAVASCRIPT
    for angles, tags in ((False, False), (True, False), (False, True)):
        if (angles and not typed) or (tags and (language is Language.TYPESCRIPT or not _TAGGED(text))):
            continue
        each = brackets_of(text, angles=angles, tags=tags)
        if each not in seen:
            seen.append(each)
            yield each


def _opened(text: str, brackets: Brackets, openers: _Openers, around: _Around, language: Language) -> bool:
    """Whether a text parses once its brackets are closed, and opened in one of the given ways."""
    heads = _heads(text, brackets, openers, language)
    tail = "".join(brackets.missing)
    return any(parses(f"{before}{head}\n{text}\n{tail}{after}", language) for before, after in around for head in heads)


def _is_head(text: str, brackets: Brackets, language: Language) -> bool:
    """Whether a text parses as the beginning of what an empty body ends; an empty object is no body."""
    heads, tail = _heads(text, brackets, _KINDS, language), "".join(brackets.missing)
    for before, after in _BARE:
        for head in heads:
            for body in _BODIES:
                code = f"{before}{head}\n{text}\n{tail}{body}"
                root = MultiLanguageParser().parse(f"{code}{after}".encode("utf-8", "replace"), language).root_node
                if not root.has_error and _ends_with_a_body(root, len(code.encode("utf-8", "replace"))):
                    return True
    return False


def _ends_with_a_body(root: tree_sitter.Node, end: int) -> bool:
    node = root.descendant_for_byte_range(end - 2, end)
    holder = node.parent if node is not None else None
    if node is None or holder is None or node.type not in _BODY_KINDS or holder.type not in _HEAD_KINDS:
        return False
    name = holder.child_by_field_name("name")
    return name is None or name.text is None or name.text.decode("utf-8", "replace") not in _NO_NAMES


def _heads(text: str, brackets: Brackets, openers: _Openers, language: Language) -> list[str]:
    """Ways to open the brackets that a text closes, outermost first."""
    heads, last = [""], len(brackets.surplus) - 1
    for k, (closer, end) in enumerate(brackets.surplus):
        heads = [
            opener + head
            for head in heads
            for opener, behind in _ways(closer, openers)
            if k == last or _may_be(f"{opener}{head}\n{text[:end]}", behind, language)
        ]
        if k < last:
            heads = heads[:_MOST]
    return heads


def _ways(closer: str, openers: _Openers) -> tuple[tuple[str, str], ...]:
    if closer[:2] == "</":
        return ((f"<{closer[2:]}", ""),)
    if closer[0] == ">" and len(closer) > 1:
        return ((f"<{closer[1:]} ", f"</{closer[1:]}>"),)
    return openers.get(closer, ())


def _may_be(code: str, behind: str, language: Language) -> bool:
    """Whether what a bracket holds is of its kind; members may stand in a class or an object further out."""
    return any(parses(f"{before}{code}{behind}{after}", language) for before, after in _WITHIN)
