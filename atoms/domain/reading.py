"""From bytes to facts: the one place that knows which reader reads which language."""

import tree_sitter

from atoms.domain.facts import FileFacts
from atoms.domain.model import Language, SyntaxProblem
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.python_facts import read_python
from atoms.domain.python_mending import read_broken_python
from atoms.domain.rows import newline_normal
from atoms.domain.script_facts import read_script
from atoms.domain.syntax import problem_of, python_tree


def read_facts(source: bytes, root: tree_sitter.Node, language: Language) -> tuple[FileFacts, SyntaxProblem | None]:
    """Return the facts of a file, and the first place where it does not parse. Never fails, whatever the bytes are.

    ``root`` is tree-sitter's tree of the newline-normal source. CPython's own parser judges and reads Python, because
    tree-sitter also takes what Python refuses (a ``def`` without a body); its tree is gone when this returns. Of Python
    that does not parse the facts are those of the rest, see :mod:`atoms.domain.python_mending`.
    """
    if language is not Language.PYTHON:
        return read_script(root, newline_normal(source), language), problem_of(source, root, language)
    tree, problem = python_tree(source)
    if tree is None:
        return read_broken_python(newline_normal(source), root), problem
    return read_python(tree, newline_normal(source)), None


def facts_of(source: bytes, language: Language) -> FileFacts:
    """Return the facts of bytes that nobody has parsed yet."""
    return read_facts(source, MultiLanguageParser().parse(newline_normal(source), language).root_node, language)[0]
