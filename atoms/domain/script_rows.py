"""What is counted on the rows of TypeScript and JavaScript that parse, read sign by sign from the text.

A look at every node of the tree takes a quarter of a parse, whatever is asked; this asks the tree only about the few
signs that the text alone cannot tell: a word that may be a name, a slash, a definition. It pays where this module is
compiled (:mod:`atoms.compiled`); Python itself reads signs too slowly. What is not certain - tags of JSX, spaces
beyond ASCII, a text that goes on otherwise than its tree - is left to the tree: nothing is told then.
"""

from time import thread_time
from typing import Final

import tree_sitter

from atoms.domain.grammar import Grammar
from atoms.domain.python_rows import Counted

COMPILED: Final = not __file__.endswith(".py")

# What a byte is to the reader: the table below names it for each of the 256.
_OTHER: Final = 0
_SPACE: Final = 1
_ROW_END: Final = 2
_QUOTE: Final = 3
_TEMPLATE: Final = 4
_SLASH: Final = 5
_BRACE_END: Final = 6
_ANGLE: Final = 7
_DASH: Final = 8
_FOREIGN: Final = 9  # beyond ASCII
_BRACE: Final = 10
_OPENS: Final = 11
_CLOSES: Final = 12
_ASKS: Final = 13
_TWICE: Final = 14  # && and ||
_ARROW: Final = 15
_WORD: Final = 16
_KEY: Final = 17  # a letter that a word of interest begins with


_TURN: Final = 64  # questions
_DEAR_SECONDS: Final = 1.5e-5  # for one; a tenth of that is usual
_SECONDS_A_BYTE: Final = 1e-7


def _kinds() -> bytes:
    table = bytearray(128) + bytes([_FOREIGN]) * 128
    for kind, signs in (
        (_SPACE, b" \t\f\v\r"),
        (_ROW_END, b"\n"),
        (_QUOTE, b"\"'"),
        (_TEMPLATE, b"`"),
        (_SLASH, b"/"),
        (_BRACE_END, b"}"),
        (_ANGLE, b"<"),
        (_DASH, b"-"),
        (_BRACE, b"{"),
        (_OPENS, b"("),
        (_CLOSES, b")"),
        (_ASKS, b"?"),
        (_TWICE, b"&|"),
        (_ARROW, b"="),
        (_WORD, b"$_#\\0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        (_KEY, b"ifwce"),
    ):
        for sign in signs:
            table[sign] = kind
    return bytes(table)


_KINDS: Final = _kinds()
_BACKSLASH: Final = 92
_DOT: Final = 46
_DECISIONS: Final = (b"if", b"for", b"while", b"case", b"catch")
_DEFINITIONS: Final = (b"function", b"class")
_TYPED: Final = (b"interface", b"enum")
_DECLARED: Final = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
    "interface_declaration", "enum_declaration",
})  # fmt: skip
_VALUES: Final = frozenset({"arrow_function", "function_expression", "class"})
_HOLDERS: Final = frozenset({"variable_declarator", "assignment_expression", "pair"})
_FIELDS: Final = frozenset({"field_definition", "public_field_definition"})
_UNASKED: Final = b"(,"  # behind these a function is an argument or an element, and no definition
_OPTIONAL: Final = b":),;]=>"


def count_script(source: bytes, blank: list[bool], root: tree_sitter.Node, grammar: Grammar) -> Counted | None:
    """Count the rows of a file (newline-normal) that parses; None where only its tree can tell."""
    if source.startswith(b"#!") or (not source.isascii() and (b"\xe2\x80\xa8" in source or b"\xe2\x80\xa9" in source)):
        return None  # what ends a comment and is no row end
    reader = _Reader(source, blank, root, grammar)
    return Counted(reader.code, reader.decisions, reader.definitions) if reader.read() else None


class _Reader:
    """Reads one file from its first byte to its last; every method leaves ``at`` behind what it took."""

    def __init__(self, source: bytes, blank: list[bool], root: tree_sitter.Node, grammar: Grammar) -> None:
        self.source = source
        self.size = len(source)
        self.blank = blank
        self.root = root
        self.typed = grammar.typed
        self.tagged = grammar.tagged
        self.tokens = grammar.decisive
        self.code = [False] * len(blank)
        self.decisions: list[int] = []
        self.definitions: list[int] = []
        self.at = 0
        self.row = 0
        self.before = 0  # last byte of the token before: a letter for any word, a quote for a string
        self.before_word = 0  # that of the token before the last word
        self.counted = False  # the last word was told to be a decision
        self.parens: list[int] = []  # place of each open one where a method's name may stand before it, else -1
        self.fore: list[int] = []  # what stood before each
        self.closed_fore = 0  # what stood before the one closed last
        self.asked = 0  # how often the tree was asked
        self.clock, self.clock_at = thread_time(), 0  # when and where it was measured last
        self.lost = False
        self.braces: list[bool] = []  # whether each open one belongs to a template

    def read(self) -> bool:
        """Read all; False where the text goes on otherwise than expected."""
        source, size, kinds, code = self.source, self.size, _KINDS, self.code
        marked = -1
        while self.at < size and not self.lost:
            at = self.at
            sign = source[at]
            kind = kinds[sign]
            if kind == _SPACE:
                self.at = at + 1
                continue
            if kind == _ROW_END:
                self.row += 1
                self.at = at + 1
                continue
            if kind == _SLASH and self._is_comment(at):
                continue
            if self.row != marked:
                marked = self.row
                code[marked] = True
            if kind >= _WORD:
                self._word(at)
            elif kind == _OTHER:
                self.at = at + 1
                self.before = sign
            elif not self._sign(kind, sign, at):
                return False
        return not (self.lost or self.braces or self.parens)

    def _token(self, begin: int, end: int) -> tree_sitter.Node | None:
        """Ask the tree what stands at a place. Where it is so deep that this takes long, all is left to the tree."""
        self.asked += 1
        if self.asked % _TURN == 0:
            now, at = thread_time(), self.at
            self.lost = now - self.clock > _TURN * _DEAR_SECONDS + (at - self.clock_at) * _SECONDS_A_BYTE
            self.clock, self.clock_at = now, at
        return self.root.descendant_for_byte_range(begin, end)

    def _sign(self, kind: int, sign: int, at: int) -> bool:
        """Take a sign that means something; False where the reader gives up."""
        if kind <= _BRACE_END:
            return self._leap(kind, sign, at)
        after = self.source[at + 1] if at + 1 < self.size else 0
        if kind <= _FOREIGN:
            if self._is_odd(kind, at):
                return False
        elif kind == _BRACE:
            self.braces.append(False)
        elif kind == _OPENS:
            self._open(at)
        elif kind == _CLOSES:
            if not self.parens:
                return False
            self._close(at)
        elif kind == _ASKS:
            self._ask(at, after)
        elif kind == _TWICE:
            if after == sign:
                self._twice(at, sign)
        elif after == 62:  # the arrow of a function or of its type
            self._arrow(at)
            self.at = at + 1
            sign = 62
        self.at += 1
        self.before = sign
        return True

    def _leap(self, kind: int, sign: int, at: int) -> bool:
        """Take what is more than a sign, or the end of it."""
        if kind == _QUOTE:
            return self._string(at, sign)
        if kind == _TEMPLATE:
            return self._template(at + 1)
        if kind == _SLASH:
            return self._slash(at)
        if not self.braces:
            return False
        if self.braces.pop():
            return self._template(at + 1)
        self.at, self.before = at + 1, sign
        return True

    def _is_odd(self, kind: int, at: int) -> bool:
        """Whether a comment of HTML, a tag of JSX or a sign beyond ASCII, which may be a space, begins here."""
        if kind == _DASH:
            return self.source.startswith(b"-->", at)
        if kind == _FOREIGN or self.source.startswith(b"<!--", at):
            return True
        if not self.tagged:
            return False
        token = self._token(at, at + 1)
        node = token.parent if token is not None else None
        return node is None or node.type.startswith("jsx")

    def _twice(self, at: int, sign: int) -> None:
        """Count ``&&`` and ``||``, but for the latter where the tree takes it for two unions: ``a < b || c > d``."""
        self.at = at + 1
        if self.source[at + 2 : at + 3] == b"=":
            return
        if self.typed and sign == 124:
            token = self._token(at, at + 2)
            if token is None or token.type != "||":
                return
        self.decisions.append(self.row)

    def _is_comment(self, at: int) -> bool:
        source = self.source
        after = source[at + 1] if at + 1 < self.size else 0
        if after == 47:
            end = source.find(b"\n", at)
            self.at = end if end >= 0 else self.size
            return True
        if after == 42:
            end = source.find(b"*/", at + 2)
            end = end + 2 if end >= 0 else self.size
            self.row += source.count(b"\n", at, end)
            self.at = end
            return True
        return False

    def _word(self, at: int) -> None:
        source, size, kinds = self.source, self.size, _KINDS
        end = at + 1
        while end < size and kinds[source[end]] >= _WORD:
            end += 1
        self.at = end
        before, self.before_word, self.before = self.before, self.before, 97
        self.counted = False
        length = end - at
        if length < 2 or length > 9 or before == _DOT:
            return
        if kinds[source[at]] == _KEY:
            word = source[at:end]
            if word in _DECISIONS:
                node = self._token(at, end)
                if node is not None and node.kind_id in self.tokens:
                    self.decisions.append(self.row)
                    self.counted = True
            elif (word in _DEFINITIONS and before not in _UNASKED) or (self.typed and word in _TYPED):
                self._defined(at, end, word)

    def _defined(self, begin: int, end: int, word: bytes) -> None:
        """Count the definition that a word begins, if it does."""
        token = self._token(begin, end)
        if token is None or token.is_named:
            return
        node = token.parent
        if node is None:
            return
        if node.type in _DECLARED:
            self.definitions.append(self.row)
        else:
            self._bound(node)

    def _bound(self, node: tree_sitter.Node) -> None:
        """Count a function or a class that is all of the value of a name."""
        kind = node.type
        if kind in _VALUES:
            holder = node.parent
            if holder is not None:
                held = holder.type
                if held in _HOLDERS or (held in _FIELDS and kind != "class"):
                    self.definitions.append(node.start_point[0])

    def _arrow(self, at: int) -> None:
        before = self.before
        fore = self.closed_fore if before == 41 else self.before_word if before == 97 else 0
        if fore not in _UNASKED or not fore:
            token = self._token(at, at + 2)
            node = token.parent if token is not None else None
            if node is not None:
                self._bound(node)

    def _open(self, at: int) -> None:
        before = self.before
        named = not self.counted if before == 97 else before in b"]>?\"'"
        self.parens.append(at if named else -1)
        self.fore.append(before)

    def _close(self, at: int) -> None:
        """Close a parenthesis; count the method whose parameters end here."""
        opened = self.parens.pop()
        self.closed_fore = self.fore.pop()
        if opened < 0:
            return
        source, size = self.source, self.size
        after = at + 1
        while after < size and _KINDS[source[after]] in (_SPACE, _ROW_END):
            after += 1
        if after < size and source[after] in b"{:/":
            parameters = self.root.named_descendant_for_byte_range(opened, opened + 1)
            node = parameters.parent if parameters is not None else None
            if node is not None and node.type == "method_definition":
                name = node.child_by_field_name("name")
                if name is not None:
                    self.definitions.append(name.start_point[0])

    def _ask(self, at: int, after: int) -> None:
        """Count the question of a ternary."""
        if after == 63 or (after == _DOT and self.source[at + 2 : at + 3] not in _DIGITS):
            self.at = at + 1
            return
        if self.typed:
            end, size = at + 1, self.size
            while end < size and _KINDS[self.source[end]] in (_SPACE, _ROW_END):
                end += 1
            if end < size and self.source[end] in _OPTIONAL:
                return
            token = self._token(at, at + 1)
            node = token.parent if token is not None else None
            if node is None or node.type != "ternary_expression":
                return
        self.decisions.append(self.row)

    def _string(self, at: int, quote: int) -> bool:
        source, size = self.source, self.size
        end = at + 1
        while end < size:
            sign = source[end]
            if sign == quote:
                self.at = end + 1
                self.before = quote
                return True
            if sign == _BACKSLASH:
                end += 1
                if source[end : end + 2] == b"\r\n":
                    end += 1
                if source[end : end + 1] == b"\n":
                    self._next_row()
            elif sign == 10:
                return False
            end += 1
        return False

    def _template(self, at: int) -> bool:
        """Read the text of a template up to its end or its next substitution."""
        source, size = self.source, self.size
        while at < size:
            sign = source[at]
            if sign == 96:
                self.at, self.before = at + 1, 34
                return True
            if sign == 36 and source[at + 1 : at + 2] == b"{":
                self.braces.append(True)
                self.at, self.before = at + 2, 123
                return True
            if sign == _BACKSLASH:
                at += 1
                sign = source[at] if at < size else 0
            if sign == 10:
                self._next_row()
            at += 1
        return False

    def _next_row(self) -> None:
        self.row += 1
        if self.row < len(self.blank):
            self.code[self.row] = not self.blank[self.row]

    def _slash(self, at: int) -> bool:
        """Take a division, or all of a regular expression."""
        token = self._token(at, at + 1)
        node = token.parent if token is not None else None
        if token is None or node is None or token.type not in ("/", "/="):
            return False
        if node.type == "regex":
            self.at, self.before = node.end_byte, 34
        else:
            self.at, self.before = at + 1, 47
        return True


_DIGITS: Final = tuple(b"%d" % digit for digit in range(10))
