"""The brackets of a piece of TypeScript or JavaScript that does not parse: which stay open, which close nothing.

A scanner of its own, because the tree of a broken text loses and invents tokens. What it finds is a proposal: only a
parser says whether the brackets make the text parse. Tags of JSX are brackets too: ``<A>`` is closed by ``</A>``.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from atoms.domain.words import words

_TOKEN: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`|"""
    r"""</?[A-Za-z][\w.:$-]*|</?>|/>|=>|[<>]=|[\w$]+|[^\s\w]""",
    re.DOTALL,
)
_REGEX: Final = re.compile(r"/(?:[^/\\\n\[*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*/\w*")
_TEMPLATE_TEXT: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
_JSX_TEXT: Final = re.compile(r"[^<{}>]*")
_OPERAND_END: Final = re.compile(r"[\w$)\]}\"'`]$")
_NO_OPERAND: Final = words("return typeof case in of new delete void throw await yield else do default")
_TAG_END: Final = re.compile(r"\s*>?")
_IMPORTED: Final = re.compile(r"(?:^|[\n;])\s*import\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?$")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "<": ">", "${": "}"}
_TEMPLATE: Final = "`"
_IMPORT_END: Final = "} from 'a'"
_NAMELESS: Final = "<?>"  # an element whose opening tag began before the text


@dataclass(slots=True)
class Brackets:
    """``missing`` would close the open ones, innermost first; ``surplus`` are closers with the offset after each."""

    missing: list[str] = field(default_factory=list)
    surplus: list[tuple[str, int]] = field(default_factory=list)

    @property
    def imports(self) -> bool:
        """Whether an import list is to be closed, with the module that it must name."""
        return _IMPORT_END in self.missing


def brackets_of(text: str, *, angles: bool = False, tags: bool = False) -> Brackets:
    """Scan a text. ``angles``: take ``<`` and ``>`` for brackets of types where written so; ``tags``: for tags."""
    return _Scanner(text, angles, tags).run()


class _Scanner:
    def __init__(self, text: str, angles: bool, tags: bool) -> None:
        self.text = text
        self.angles = angles
        self.tags = tags
        self.open: list[tuple[str, int]] = []
        self.surplus: list[tuple[str, int]] = []
        self.before = ""  # last sign that is no comment

    def run(self) -> Brackets:
        text, at = self.text, 0
        while True:
            if self.open and self.open[-1][0] == _TEMPLATE:
                at = _end(_TEMPLATE_TEXT, text, at)
                if text.startswith("${", at):
                    self.open.append(("${", at))
                    self.before, at = "{", at + 2
                    continue
            elif self._within_element():
                at = _end(_JSX_TEXT, text, at)
            found = _TOKEN.search(text, at)
            if found is None:
                break
            at = self._take(found[0], found.start())
        missing = [self._closer(kind, start) for kind, start in reversed(self.open)]
        return Brackets(missing, self.surplus)

    def _within_element(self) -> bool:
        kind = self.open[-1][0] if self.open else ""
        return kind[:1] == "<" and kind[-1:] == ">"

    def _take(self, sign: str, start: int) -> int:
        """Take one sign in; return where to go on."""
        end = start + len(sign)
        if sign.startswith(("//", "/*")):
            return end
        before, self.before = self.before, sign
        if sign == "/" and not self._is_operand(before):
            regex = _REGEX.match(self.text, start)
            return regex.end() if regex else end
        if sign == _TEMPLATE:
            if self.open and self.open[-1][0] == _TEMPLATE:
                self.open.pop()
            else:
                self.open.append((_TEMPLATE, start))
        elif sign in ("(", "[", "{"):
            self.open.append((sign, start))
        elif sign in (")", "]", "}"):
            self._close(sign, end)
        elif sign[0] in "</" and len(sign) > 1 and sign != "<=":
            return self._tag(sign, start, before)
        elif sign in ("<", ">"):
            self._angle(sign, start, before)
        return end

    @staticmethod
    def _is_operand(sign: str) -> bool:
        return bool(_OPERAND_END.search(sign)) and sign not in _NO_OPERAND

    def _close(self, closer: str, end: int) -> None:
        if self.open and _PAIRS.get(self.open[-1][0]) == closer:
            self.open.pop()
        else:
            self.surplus.append((closer, end))

    def _angle(self, sign: str, start: int, before: str) -> None:
        inner = self.open[-1][0] if self.open else ""
        if sign == ">" and self.tags and inner[:1] == "<" and len(inner) > 1 and inner[-1] != ">":
            self.open[-1] = (f"{inner}>", start)  # the end of an opening tag
            return
        beside = self.text[start - 1 : start]
        if not self.angles:
            if self.tags and sign == ">" and beside in ("\n", " ", "\t", ""):
                self.surplus.append((">", start + 1))
                self.open.append((_NAMELESS, start))
        elif sign == "<":
            if not beside.isspace() or not self._is_operand(before):
                self.open.append(("<", start))
        elif not beside.isspace() or not self.text[:start].rsplit("\n", 1)[-1].strip():
            self._close(">", start + 1)

    def _tag(self, sign: str, start: int, before: str) -> int:
        end = start + len(sign)
        if not self.tags or sign == "/>":
            inner = self.open[-1][0] if self.open else ""
            if sign == "/>":
                if self.tags and inner[:1] == "<" and len(inner) > 1 and inner[-1] != ">":
                    self.open.pop()
                elif self.tags:
                    self.surplus.append(("/>", end))
                return end
            if sign[1] != "/":
                self._angle("<", start, before)
                self.before = "<"
            return start + 1
        if sign[1] != "/":
            if self._is_operand(before) and not self._within_element():
                return end  # compares
            self.open.append((sign, start))
            return end
        name = sign[2:].rstrip(">")
        after = end if sign.endswith(">") else _end(_TAG_END, self.text, end)
        inner = self.open[-1][0] if self.open else ""
        if inner in (f"<{name}>", _NAMELESS):
            if inner == _NAMELESS:
                self.surplus = [(f">{name}" if closer == ">" else closer, at) for closer, at in self.surplus]
            self.open.pop()
        else:
            self.surplus.append((f"</{name}>", after))
        self.before = ";"  # another tag may follow
        return after

    def _closer(self, kind: str, start: int) -> str:
        if kind == _TEMPLATE:
            return _TEMPLATE
        if kind == _NAMELESS:
            return "</a>"
        if kind in _PAIRS:
            imports = kind == "{" and _IMPORTED.search(self.text[:start])
            return _IMPORT_END if imports else _PAIRS[kind]
        return f"</{kind[1:-1]}>" if kind[-1] == ">" else "/>"


def _end(pattern: "re.Pattern[str]", text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
