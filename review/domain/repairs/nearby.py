"""What the same function says elsewhere, as material for a repair.

Most statements that a fix adds stand already near by (Barr et al., 2014, "the plastic surgery hypothesis").
"""

from collections.abc import Callable, Iterator

import tree_sitter

from review.domain.repairs.syntax import Syntax

MAX_STATEMENTS = 12
MAX_RETURNS = 6
_SIMPLE = ("expression_statement", "return_statement")
_LOOPS = ("for_statement", "while_statement", "for_in_statement", "do_statement")
_Text = Callable[[tree_sitter.Node], str]


def missing_statements(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> Iterator[tuple[str, float]]:
    """Statements that may have stood where a bare ``pass`` stands, with how likely each is; the nearest first."""
    function = _enclosing(node, tuple(syntax.functions))
    if function is None:
        return
    loop = _enclosing(node, _LOOPS)
    if loop is not None and loop.start_byte > function.start_byte:
        yield "continue", 0.6
        yield "break", 0.6
    said = [one for one in _below(function) if one.type in _SIMPLE and one.start_point[0] == one.end_point[0]]
    near = sorted(said, key=lambda one: abs(one.start_byte - node.start_byte))
    texts = dict.fromkeys(text(one) for one in near if not _is_docstring(one))
    for place, statement in enumerate(list(texts)[:MAX_STATEMENTS]):
        yield statement, 0.8 - 0.03 * place


def other_returns(node: tree_sitter.Node, text: _Text, syntax: Syntax) -> list[str]:
    """What the function around ``node`` returns elsewhere, and the two truths; each once."""
    function = _enclosing(node, tuple(syntax.functions))
    values = [
        one.named_children[0]
        for one in (_below(function) if function is not None else ())
        if one.type == "return_statement" and one.named_children and one != node
    ]
    truths = ["True", "False"] if "not_operator" in syntax.negation else ["true", "false"]
    return list(dict.fromkeys([*(text(value) for value in values[:MAX_RETURNS]), *truths]))


def _enclosing(node: tree_sitter.Node, kinds: tuple[str, ...]) -> tree_sitter.Node | None:
    at = node.parent
    while at is not None and at.type not in kinds:
        at = at.parent
    return at


def _below(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(one.children))


def _is_docstring(node: tree_sitter.Node) -> bool:
    return node.named_child_count == 1 and node.named_children[0].type == "string"
