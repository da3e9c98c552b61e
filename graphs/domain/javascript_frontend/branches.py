"""JavaScript's branches and loops as constraints: where paths part, and what holds where they meet."""

from collections.abc import Callable, Sequence
from functools import partial

from tree_sitter import Node as Tree

from graphs.domain.flow import Changes, States
from graphs.domain.ir import Node
from graphs.domain.javascript_frontend.definitions import Definitions
from graphs.domain.javascript_frontend.scopes import Block, assigned_names, pattern_names


class Branches(Definitions):
    """Visits statements that hold others; a visit returns True when the path ends there."""

    def statement(self, node: Tree) -> bool:
        """Visit one statement; statements say how."""
        raise NotImplementedError

    def declare(self, name: str) -> str:
        """Declare a name in the current block; statements say how."""
        raise NotImplementedError

    def arms(self, arms: Sequence[Callable[[], bool]], *, exhaustive: bool) -> bool:
        """Visit alternatives from the same state and join where they lead."""
        scope = self.scope
        results: list[Changes] = []
        for arm in arms:
            mark = len(scope.journal)
            ended = arm()
            changes = scope.rollback(mark)
            if not ended:
                results.append(changes)
        if not results and exhaustive:
            return True
        scope.join(self.solver, results, with_base=not exhaustive)
        return False

    def branch(self, node: Tree) -> bool:
        """``if``; a long ladder is one choice."""
        arms: list[Callable[[], bool]] = []
        current: Tree | None = node
        orelse: Tree | None = None
        while current is not None:
            self.value(current.child_by_field_name("condition"))
            body = current.child_by_field_name("consequence")
            if body is not None:
                arms.append(partial(self.statement, body))
            clause = current.child_by_field_name("alternative")
            orelse = clause.named_children[0] if clause is not None and clause.named_children else None
            current = orelse if orelse is not None and orelse.type == "if_statement" else None
        if orelse is not None:
            last = orelse
            arms.append(partial(self.statement, last))
        return self.arms(arms, exhaustive=orelse is not None)

    def loop(self, node: Tree) -> bool:
        """``for``, ``for of``, ``for in``, ``while``, ``do``."""
        saved = self.block_scope
        self.block_scope = Block(self.scope, saved, None)
        element: Node | None = None
        if node.type == "for_in_statement":
            element = self._iteration(node)
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            self.block([initializer])
        heads = self._heads(node)
        mark = len(self.scope.journal)
        left = node.child_by_field_name("left")
        if element is not None and left is not None:
            self.bind_pattern(left, element)
        for part in ("condition", "increment"):
            self.value(node.child_by_field_name(part))
        body = node.child_by_field_name("body")
        if body is not None:
            self.statement(body)
        for name, end in self.scope.rollback(mark).items():
            if name in heads and end is not None:
                self.solver.copy(end, heads[name])
        self.block_scope = saved
        return False

    def _iteration(self, node: Tree) -> Node:
        source = self.value(node.child_by_field_name("right"))
        element = Node()
        operator = node.child_by_field_name("operator")
        left = node.child_by_field_name("left")
        if left is not None and node.child_by_field_name("kind") is not None:
            for name in pattern_names(left):
                self.declare(name)
        if operator is None or operator.type == "of":
            self.solver.iterate(source, element, self.site(node))
            if source is not None:
                self.holders[element] = source
        return element

    def _heads(self, node: Tree) -> dict[str, Node]:
        heads: dict[str, Node] = {}
        for name in assigned_names(node.named_children):
            found = self.block_scope.find(name)
            if found is None or found[0].scope is not self.scope or found[1] in self.scope.weak:
                continue
            key = found[1]
            if key not in heads:
                head = heads[key] = Node()
                self.solver.copy(self.scope.current.get(key), head)
                self.scope.set_current(key, head)
        return heads

    def guarded(self, node: Tree) -> bool:
        """``try``: the handler sees every state the body may have left."""
        scope = self.scope
        mark = len(scope.journal)
        body = node.child_by_field_name("body")
        ended = self.statement(body) if body is not None else False
        seen = scope.states_since(mark)
        results = [(scope.rollback(mark), ended)]
        handler = node.child_by_field_name("handler")
        if handler is not None:
            results.append(self._handler(handler, seen))
        open_ends = [changes for changes, done in results if not done]
        if open_ends:
            scope.join(self.solver, open_ends, with_base=False)
        finalizer = node.child_by_field_name("finalizer")
        if finalizer is not None:
            for child in finalizer.named_children:
                self.statement(child)
        return not open_ends

    def _handler(self, node: Tree, seen: States) -> tuple[Changes, bool]:
        mark = len(self.scope.journal)
        self.scope.take_any(self.solver, seen)
        saved = self.block_scope
        self.block_scope = Block(self.scope, saved, None)
        parameter = node.child_by_field_name("parameter")
        for name in pattern_names(parameter) if parameter is not None else ():
            self.declare(name)
        body = node.child_by_field_name("body")
        ended = self.statement(body) if body is not None else False
        self.block_scope = saved
        return self.scope.rollback(mark), ended

    def switch(self, node: Tree) -> bool:
        """``switch``: any case may be entered, and falls through."""
        self.value(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        saved = self.block_scope
        self.block_scope = Block(self.scope, saved, None)
        cases = [c for c in body.named_children if c.type.startswith("switch_")] if body is not None else []
        arms = [partial(self._case, case) for case in cases]
        self.arms(arms, exhaustive=False)
        self.block_scope = saved
        return False

    def _case(self, node: Tree) -> bool:
        """A case never ends the path: ``break`` leads behind the switch, and others fall through."""
        test = node.child_by_field_name("value")
        self.value(test)
        self.block([c for c in node.named_children if test is None or c.id != test.id])
        return False
