"""Scripts as trees, two gaps of the TypeScript grammar closed.

tree-sitter-typescript does not end a member of an object type at a line break when the next one is a call signature:
``(a: A): B`` before ``<T>(c: T): D`` reads as ``B<T>`` and spoils the rest of the file; nor does it know ``in out T``.
Where a file has errors, the blank before such a signature is read as a semicolon and the words of variance as blanks,
which moves no byte, and the tree with the fewest errors is kept.
"""

import re

from tree_sitter import Node as Tree

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser

MAX_BYTES = 200_000  # a file that is longer is left as it is: the patterns look ahead over comments
COMMENTS = rb"(?:[ \t]*(?:(?://[^\n]{0,400}|/\*(?>[^*]{1,1000}|\*(?!/)){0,400}+\*/)[ \t]*)?\n){0,8}"
# The end of a type, the comments below it, and the blank before the next line's signature.
GENERIC = re.compile(rb"(?<=[\w>)\]}'\"])([ \t]*\n" + COMMENTS + rb"[ \t]*)[ \t](?=<\s*[A-Z])")
ANY = re.compile(rb"(?<=[\w>)\]}'\"])([ \t]*\n" + COMMENTS + rb"[ \t]*)[ \t](?=<\s*[A-Z]|\()")
VARIANCE = re.compile(rb"(?<=[<,\s])(?:in[ \t]+out|in|out)(?=[ \t]+[A-Z]\w*(?:[ \t]+extends\b|[ \t]*[=,>]))")


def parse_script(source: bytes, language: Language) -> Tree:
    """Return the root of a file; rows and columns are those of ``source``."""
    parser = MultiLanguageParser()
    root = parser.parse(source, language).root_node
    if language is not Language.TYPESCRIPT or not root.has_error or len(source) > MAX_BYTES:
        return root
    plain = VARIANCE.sub(lambda found: b" " * len(found[0]), source)
    others = [parser.parse(form.sub(rb"\1;", plain), language).root_node for form in (GENERIC, ANY)]
    return min([root, *others], key=_errors)


def _errors(root: Tree) -> int:
    """Count the bytes that are not understood."""
    total, pending = 0, [root]
    while pending:
        node = pending.pop()
        if node.type == "ERROR" or node.is_missing:
            total += node.end_byte - node.start_byte + 1
        elif node.has_error:
            pending.extend(node.children)
    return total
