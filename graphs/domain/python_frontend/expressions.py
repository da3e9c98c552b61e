"""Python expressions as constraints: each returns the node of its value, or None where nothing is known of it."""

import ast
import builtins
from collections.abc import Callable
from typing import Any

from graphs.domain.flow import merged
from graphs.domain.ir import Call, Const, Key, Node, Site, Value
from graphs.domain.python_frontend import protocols
from graphs.domain.python_frontend.containers import Container
from graphs.domain.python_frontend.context import FileContext
from graphs.domain.python_frontend.externals import Builtin
from graphs.domain.python_frontend.scopes import Scope
from graphs.domain.python_frontend.texts import CHANGES, Text, affixed, load_constant
from graphs.domain.symbols import Use, UseKind

BUILTIN_NAMES = frozenset(dir(builtins))
NEVER_STARRED = frozenset({"super", "isinstance", "issubclass"})  # read here, before it is known what stars bring
Handler = Callable[[Any, Any], Node | None]


class Expressions:
    """Visits expressions in one scope at a time; statements build on it."""

    def __init__(self, context: FileContext) -> None:
        self.context = context
        self.solver = context.solver
        self.scope: Scope = context.module_scope
        self._site: Site | None = None
        self.pending: list[Callable[[], None]] = []
        self.bases = False  # what is read now names base classes

    def site(self, line: int) -> Site:
        """Return the site of a line in the current scope."""
        site = self._site
        if site is None or site.line != line or site.caller != self.scope.flat:
            site = self._site = Site(self.scope.flat, self.context.path, line)
        return site

    def value(self, node: ast.expr | None) -> Node | None:
        """Return the node of an expression."""
        if node is None:
            return None
        handler = HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        self._children(node)
        return None

    def _children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)

    # names

    def read(self, name: str) -> Node | None:
        """Return the node of a name as seen here."""
        scope = self.scope
        while scope.kind == "comprehension" and name not in scope.names and scope.parent is not None:
            scope = scope.parent
        if name in scope.names and name not in scope.weak:
            return scope.current.get(name) or scope.union(self.solver, name)
        if name in scope.names:
            return scope.union(self.solver, name)
        outer = scope.module() if name in scope.globals else scope.lookup_scope(name)
        if outer is not None and (name in outer.names or name in scope.globals):
            if outer.kind == "module" and scope.kind == "class" and scope.definition_time:
                return outer.current.get(name) or outer.union(self.solver, name)
            return outer.union(self.solver, name)
        return self._from_outside(name)

    def _from_outside(self, name: str) -> Node | None:
        module = self.scope.module()
        if self.context.stars and name not in NEVER_STARRED:
            return self.context.star_name(module, name)
        if name in BUILTIN_NAMES:
            return self.context.project.builtin(name)
        return None

    def name(self, node: ast.Name) -> Node | None:
        """A name that is read."""
        self.use((node.id,), node.lineno, UseKind.NAME)
        return self.read(node.id)

    def use(self, parts: tuple[str, ...], line: int, kind: UseKind) -> None:
        """Note a use of a dotted name for the edges between atoms."""
        scope: Scope | None = self.scope
        first = parts[0]
        while scope is not None:
            inner = scope.kind == "class" and scope is not self.scope
            if first in scope.names and not inner and first not in scope.globals:
                break
            scope = scope.parent
        if scope is None:
            scope = self.scope.module()
            if first in BUILTIN_NAMES and first not in scope.names and not scope.table.stars:
                return
        if scope.kind == "comprehension":
            return
        if scope.kind == "function" and first not in scope.table.names:
            self._use_local(scope, parts, line)
            return
        now = self.scope.definition_time and kind is not UseKind.TYPE
        before = line if now and scope is self.scope else None
        self.context.uses.append(Use(scope.table, parts, self.context.path, line, kind, now, before))

    def _use_local(self, scope: Scope, parts: tuple[str, ...], line: int) -> None:
        if scope.spans:
            scope.local_uses.setdefault(parts[0], []).append(line)
        if len(parts) > 1 and parts[0] == scope.receiver and scope.parent is not None:
            table = scope.parent.table
            self.context.uses.append(Use(table, parts[1:], self.context.path, line, UseKind.NAME))

    # attributes and items

    def attribute(self, node: ast.Attribute, kind: UseKind = UseKind.NAME) -> Node | None:
        """``a.b.c``: read along the chain; the chain counts as one use."""
        chain: list[ast.Attribute] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            chain.append(root)
            root = root.value
        chain.reverse()
        if isinstance(root, ast.Name):
            self.use((root.id, *(a.attr for a in chain)), node.lineno, kind)
            current = self.read(root.id)
        else:
            current = self.value(root)
        if isinstance(root, ast.Name):
            self._asked(root.id, chain, current)
        for part in chain:
            current = self._read_attribute(part, current)
        return current

    def _asked(self, name: str, chain: list[ast.Attribute], base: Node | None) -> None:
        """Note what a local name, or what ``self`` holds, is asked for: it tells what it is where nothing arrives."""
        scope, project = self.scope, self.context.project
        if base is None or scope.kind not in ("function", "comprehension") or scope.current.get(name) is not base:
            return
        if name != scope.receiver and base not in project.typed:
            project.asked.setdefault(base, {}).setdefault(chain[0].attr, [])
        elif name == scope.receiver and len(chain) > 1 and scope.cls is not None:
            project.asked_fields.setdefault((scope.cls, chain[0].attr), {})[chain[1].attr] = None

    def _read_attribute(self, node: ast.Attribute, base: Node | None) -> Node | None:
        if base is None:
            return None
        path = self.path(node) if self.scope.paths else None
        if path in self.scope.paths:
            return self.scope.paths[path]
        dst = Node()
        if self.bases:
            self.solver.early.add(base)
        self.solver.load(base, node.attr, dst, self.site(node.end_lineno or node.lineno))
        if node.attr in CHANGES or node.attr == "format":
            self.solver.listen(base, lambda v: load_constant(self.solver, v, node.attr, dst))
        return dst

    def path(self, node: ast.expr) -> object | None:
        """Return a key for ``name.attr["key"]`` on the current version of the name, or None for other shapes."""
        steps: list[object] = []
        while not isinstance(node, ast.Name):
            if isinstance(node, ast.Attribute):
                steps.append(("attr", node.attr))
                node = node.value
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                steps.append(("item", type(node.slice.value).__name__, node.slice.value))
                node = node.value
            else:
                return None
        return (id(self.scope.current.get(node.id)), node.id, *reversed(steps))

    def key(self, node: ast.expr) -> Key:
        """Return the key that a subscript expression means."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
            return int(node.value) if isinstance(node.value, bool) else node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            inner = node.operand.value
            return -inner if isinstance(inner, int) else None
        return self.value(node)

    def subscript(self, node: ast.Subscript) -> Node | None:
        """``a[k]``, and slices, which give a new list."""
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._slice(base, node.slice, self.site(node.lineno))
        key = self.key(node.slice)
        if base is None:
            return None
        path = self.path(node) if self.scope.paths else None
        if path in self.scope.paths:
            return self.scope.paths[path]
        dst = Node()
        site = self.site(node.lineno)
        protocols.hashed(self.solver, base, key, site)
        self.solver.load_item(base, key, dst, site)
        return dst

    def _slice(self, base: Node | None, node: ast.Slice, site: Site) -> Node | None:
        bounds = [self.key(b) if b is not None else None for b in (node.lower, node.upper)]
        start = bounds[0] if isinstance(bounds[0], int) and bounds[0] >= 0 else None
        stop = bounds[1] if isinstance(bounds[1], int) and bounds[1] >= 0 else None
        open_ended = node.lower is not None and start is None
        result = Node()

        def cut(value: Value) -> None:
            if isinstance(value, Container) and not open_ended and node.step is None:
                self.solver.add(result, _cut(self, value, start or 0, stop))
            elif isinstance(value, Container | Text):
                self.solver.add(result, value)
            else:
                value.load_item(self.solver, None, result, site)

        self.solver.listen(base, cut)
        return result

    # displays

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Node:
        """A list, tuple or set display."""
        made = Container(type(node).__name__.lower())
        starred = False
        for i, element in enumerate(node.elts):
            if isinstance(element, ast.Starred):
                starred = True
                protocols.length_hint(self.solver, self.value(element.value), self.site(element.lineno))
                self.solver.iterate(self.value(element.value), made.anywhere(self.solver), self.site(element.lineno))
                continue
            value = self.value(element)
            if value is not None:
                slot = made.anywhere(self.solver) if starred or made.kind == "set" else made.item(self.solver, i)
                self.solver.copy(value, slot)
        if made.kind == "set":
            protocols.keyed(self.solver, made.every, self.site(node.lineno), compared=False)
        return self.single(made)

    def mapping(self, node: ast.Dict) -> Node:
        """A dict display."""
        made = Container("dict")
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.value(item)
            if key is None:
                self.solver.listen(
                    value, lambda v: v.pour_into(self.solver, made) if isinstance(v, Container) else None
                )
                continue
            at = self.key(key)
            if isinstance(at, Node):
                protocols.keyed(self.solver, at, self.site(key.lineno), compared=False)
                made.add_key(self.solver, at)
            if value is not None:
                made.store_item(self.solver, at, value, self.site(item.lineno))
            elif isinstance(at, str | int) and len(node.keys) <= 64:
                made.item(self.solver, at)
        return self.single(made)

    def single(self, value: Value) -> Node:
        """Return a new node with one value."""
        node = Node()
        self.solver.add(node, value)
        return node

    def constant(self, node: ast.Constant) -> Node | None:
        """Strings and integers may be keys or method names; other constants say nothing."""
        if isinstance(node.value, str):
            if len(node.value) > 60:
                return self.context.project.text
            return self.context.project.constant_node(node.value)
        if type(node.value) is int:
            return self.context.project.constant_node(node.value)
        return None

    # operators

    def binary(self, node: ast.BinOp) -> Node | None:
        """Left-deep chains are walked without recursion."""
        chain: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            chain.append(first)
            first = first.left
        left = self.value(first)
        for part in reversed(chain):
            right = self.value(part.right)
            if _plain(left) and _plain(right) and not _names(left) and not _names(right):
                left = None
                continue
            result = Node()
            protocols.binary(
                self.solver, left, right, type(part.op).__name__, result=result, site=self.site(part.lineno)
            )
            left = result
        return left

    def unary(self, node: ast.UnaryOp) -> Node | None:
        """``not x`` tests truth; the others call a method."""
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            protocols.truth(self.solver, operand, self.site(node.lineno))
            return None
        result = Node()
        name = protocols.UNARY[type(node.op).__name__]
        protocols.method(self.solver, operand, (name,), Call(self.site(node.lineno), result=result))
        return result

    def compare(self, node: ast.Compare) -> Node | None:
        """Comparisons call methods; what these return is the value."""
        left = self.value(node.left)
        result = Node()
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            protocols.compare(self.solver, left, right, type(op).__name__, result=result, site=self.site(node.lineno))
            left = right
        return result

    def boolean(self, node: ast.BoolOp) -> Node | None:
        """``and``/``or``: any operand may be the value; all but the last are tested."""
        nodes = [self.value(v) for v in node.values]
        for operand in nodes[:-1]:
            protocols.truth(self.solver, operand, self.site(node.lineno))
        return self.join(nodes)

    def join(self, nodes: list[Node | None]) -> Node | None:
        """Return one node for alternatives."""
        return merged(self.solver, {id(n): n for n in nodes if n is not None}.values())

    def conditional(self, node: ast.IfExp) -> Node | None:
        """``a if c else b``."""
        protocols.truth(self.solver, self.value(node.test), self.site(node.lineno))
        return self.join([self.value(node.body), self.value(node.orelse)])

    def walrus(self, node: ast.NamedExpr) -> Node | None:
        """``name := value``."""
        value = self.value(node.value)
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        scope.names.add(node.target.id)
        scope.assign(self.solver, node.target.id, value)
        return value

    def formatted(self, node: ast.FormattedValue) -> None:
        """A value inside an f-string is turned into text."""
        value = self.value(node.value)
        site = self.site(node.value.lineno)
        names = ("__repr__",) if node.conversion == ord("r") else ("__format__", "__str__", "__repr__")
        protocols.method(self.solver, value, names, Call(site))
        self.value(node.format_spec)

    def joined(self, node: ast.JoinedStr) -> Node:
        """An f-string."""
        for part in node.values:
            self.value(part)
        ends = (node.values[0], node.values[-1]) if node.values else ()
        known = affixed(*(str(e.value) if isinstance(e, ast.Constant) else "" for e in ends)) if ends else None
        return self.single(known) if known is not None else self.context.project.text

    def awaited(self, node: ast.Await) -> Node:
        """``await x``."""
        result = Node()
        protocols.await_value(self.solver, self.value(node.value), result, self.site(node.lineno))
        return result

    def yielded(self, node: ast.Yield) -> Node:
        """``yield x``: the function returns a generator of what it yields."""
        value = self.value(node.value)
        generator = self._generator()
        if value is not None:
            self.solver.copy(value, generator.anywhere(self.solver))
        return Node()

    def yielded_from(self, node: ast.YieldFrom) -> Node:
        """``yield from x``."""
        value = self.value(node.value)
        self.solver.iterate(value, self._generator().anywhere(self.solver), self.site(node.lineno))
        return Node()

    def _generator(self) -> Container:
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if scope.generator is None:
            scope.generator = Container("generator")
            if scope.function is not None:
                self.solver.add(scope.function.ret, scope.generator)
        return scope.generator

    def starred(self, node: ast.Starred) -> Node | None:
        """Outside displays and calls, what is starred is only read."""
        return self.value(node.value)

    def assign(self, target: ast.expr, value: Node | None) -> None:
        """Assign to a target; statements define it."""
        raise NotImplementedError


def _cut(visitor: Expressions, value: Container, start: int, stop: int | None) -> Container:
    made = Container(value.kind)
    for key, node in list(value.items.items()):
        if isinstance(key, int) and key >= start and (stop is None or key < stop):
            visitor.solver.copy(node, made.item(visitor.solver, key - start))
    visitor.solver.copy(value.anywhere(visitor.solver), made.anywhere(visitor.solver))
    return made


def _names(node: Node | None) -> bool:
    """Tell whether a node holds the beginning or end of what may be a name, as in ``"visit_" + kind``."""
    return node is not None and any(
        isinstance(v, Const) and isinstance(v.value, str) and v.value.isidentifier() for v in node.values or ()
    )


def _plain(node: Node | None) -> bool:
    return node is None or (node.values is not None and all(isinstance(v, Const | Text | Builtin) for v in node.values))


HANDLERS: dict[type, Handler] = {
    ast.Name: Expressions.name,
    ast.Attribute: Expressions.attribute,
    ast.Constant: Expressions.constant,
    ast.Subscript: Expressions.subscript,
    ast.List: Expressions.sequence,
    ast.Tuple: Expressions.sequence,
    ast.Set: Expressions.sequence,
    ast.Dict: Expressions.mapping,
    ast.BinOp: Expressions.binary,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.compare,
    ast.BoolOp: Expressions.boolean,
    ast.IfExp: Expressions.conditional,
    ast.NamedExpr: Expressions.walrus,
    ast.JoinedStr: Expressions.joined,
    ast.FormattedValue: Expressions.formatted,
    ast.Await: Expressions.awaited,
    ast.Yield: Expressions.yielded,
    ast.YieldFrom: Expressions.yielded_from,
    ast.Starred: Expressions.starred,
}
