"""The official tree-sitter grammars behind one door."""

import threading
from pathlib import PurePosixPath
from typing import Final

import tree_sitter
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_typescript

from atoms.domain.model import Language
from atoms.domain.script_mending import in_known_words

_BY_SUFFIX: Final = {
    ".py": Language.PYTHON,
    ".ts": Language.TYPESCRIPT,
    ".tsx": Language.TSX,
    ".js": Language.JAVASCRIPT,
    ".jsx": Language.JAVASCRIPT,
    ".mjs": Language.JAVASCRIPT,
    ".cjs": Language.JAVASCRIPT,
}

GRAMMARS: Final = {
    Language.PYTHON: tree_sitter.Language(tree_sitter_python.language()),
    Language.JAVASCRIPT: tree_sitter.Language(tree_sitter_javascript.language()),
    Language.TYPESCRIPT: tree_sitter.Language(tree_sitter_typescript.language_typescript()),
    Language.TSX: tree_sitter.Language(tree_sitter_typescript.language_tsx()),
}


_TYPED: Final = (Language.TYPESCRIPT, Language.TSX)

# More comments that nothing closes than code has, strings included.
_MAX_OPEN: Final = 64


class MultiLanguageParser:
    """Parses bytes of any of our languages; never fails, whatever the bytes are.

    One parser is kept per language and thread, because a tree-sitter parser must not be shared between threads.
    """

    _local = threading.local()

    @staticmethod
    def language_of(path: str) -> Language | None:
        """Return the language that a file's suffix names, or None for files that are not cut."""
        return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower())

    def parse(self, source: bytes, language: Language) -> tree_sitter.Tree:
        """Parse ``source``; errors stand in the tree as ERROR and MISSING nodes.

        Where the grammar lags behind its language, the tree is that of a text with the same bytes on the same rows but
        for what the grammar does not know.
        """
        parsers: dict[Language, tree_sitter.Parser] | None = getattr(self._local, "parsers", None)
        if parsers is None:
            parsers = self._local.parsers = {}
        parser = parsers.get(language)
        if parser is None:
            parser = parsers[language] = tree_sitter.Parser(GRAMMARS[language])
        source = _without_open_comments(source, language)
        tree = parser.parse(source)
        if language in _TYPED and tree.root_node.has_error:
            known = in_known_words(source)
            if known != source and _lost(other := parser.parse(known)) < _lost(tree):
                return other
        return tree


def _lost(tree: tree_sitter.Tree) -> int:
    """Bytes that the parser could make nothing of, and tokens that it had to add."""
    lost, left = 0, [tree.root_node]
    while left:
        node = left.pop()
        if node.is_error or node.is_missing:
            lost += 1 + node.end_byte - node.start_byte
        elif node.has_error:
            left += node.children
    return lost


def _without_open_comments(source: bytes, language: Language) -> bytes:
    """Blank out what opens comments without end; no byte moves.

    A script's parser reads on to the end of the file from each of them, and Python's grammar, which has none, loses
    itself in them: 12 kB took seconds, and four times as many sixteen times as long.
    """
    start = 0 if language is Language.PYTHON else source.rfind(b"*/") + 1
    if source.count(b"/*", start) <= _MAX_OPEN:
        return source
    first = source.find(b"/*", start) + 2  # stays, so that the problem is found where it is
    return source[:first] + source[first:].replace(b"/*", b"  ")
