"""Other splitters from PyPI, each in its own terms, with sizes set so that most chunks have about ten lines."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from atoms.domain.model import Language

Splitter = Callable[[bytes, Language], list[bytes]]
_CHARACTERS = 350  # about ten lines of code


def rivals() -> dict[str, Splitter | str]:
    """Splitters by name; a text instead of one says why it cannot run here."""
    found: dict[str, Splitter | str] = {}
    for name, make in (("semantic-text-splitter", _semantic), ("chonkie", _chonkie), ("astchunk", _astchunk)):
        try:
            found[name] = make()
        except ImportError as error:
            found[name] = f"not installed: pip install -e .[bench] ({error.name or error})"
    return found


def _semantic() -> Splitter:
    splitter_class = import_module("semantic_text_splitter").CodeSplitter
    grammars: dict[Language, Any] = {
        Language.PYTHON: import_module("tree_sitter_python").language,
        Language.JAVASCRIPT: import_module("tree_sitter_javascript").language,
        Language.TYPESCRIPT: import_module("tree_sitter_typescript").language_typescript,
        Language.TSX: import_module("tree_sitter_typescript").language_tsx,
    }
    made = cache(lambda language: splitter_class(grammars[language](), _CHARACTERS, trim=False))

    def split(source: bytes, language: Language) -> list[bytes]:
        return [chunk.encode() for chunk in made(language).chunks(source.decode("utf-8"))]

    return split


def _chonkie() -> Splitter:
    chunker_class = import_module("chonkie").CodeChunker
    made = cache(lambda language: chunker_class(tokenizer="character", chunk_size=_CHARACTERS, language=str(language)))

    def split(source: bytes, language: Language) -> list[bytes]:
        return [chunk.text.encode() for chunk in made(language).chunk(source.decode("utf-8"))]

    return split


def _astchunk() -> Splitter:
    builder_class = import_module("astchunk").ASTChunkBuilder
    made = cache(lambda name: builder_class(max_chunk_size=_CHARACTERS, language=name, metadata_template="default"))

    def split(source: bytes, language: Language) -> list[bytes]:
        builder = made("python" if language is Language.PYTHON else "typescript")
        return [chunk["content"].encode() for chunk in builder.chunkify(source.decode("utf-8"))]

    return split
