"""JavaScript expressions as constraints: each returns the node of its value, or None where nothing is known."""

from collections.abc import Callable

from tree_sitter import Node as Tree

from graphs.domain.flow import merged
from graphs.domain.ir import Key, Node, Site, Value
from graphs.domain.javascript_frontend.context import FileContext
from graphs.domain.javascript_frontend.copies import Origin
from graphs.domain.javascript_frontend.scopes import Block, Scope, target_name, text, unquote
from graphs.domain.javascript_frontend.values import INDEX, JsObject, as_text
from graphs.domain.symbols import Use, UseKind

Handler = Callable[["Expressions", Tree], Node | None]
WRAPPERS = frozenset({
    "parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression", "type_assertion",
    "instantiation_expression",
})  # fmt: skip


class Expressions:
    """Visits expressions; statements and definitions build on it."""

    def __init__(self, context: FileContext) -> None:
        self.context = context
        self.solver = context.solver
        self.scope: Scope = context.scope
        self.block_scope: Block = context.block
        self.pending: list[Callable[[], None]] = []
        self.origins: dict[Node, Origin] = {}
        self.holders: dict[Node, Node] = {}  # of elements: what they were taken from
        self._site: Site | None = None

    def site(self, node: Tree) -> Site:
        """Return the site of a node in the current scope."""
        line = node.start_point.row + 1
        site = self._site
        if site is None or site.line != line or site.caller != self.scope.flat:
            site = self._site = Site(self.scope.flat, self.context.path, line)
        return site

    def site_at(self, line: int) -> Site:
        """Return the site of a line in the current scope."""
        return Site(self.scope.flat, self.context.path, line)

    def value(self, node: Tree | None) -> Node | None:
        """Return the node of an expression."""
        while node is not None and node.type in WRAPPERS and node.named_children:
            self.types_in(node)
            node = node.named_children[-1] if node.type == "type_assertion" else node.named_children[0]
        if node is None:
            return None
        handler = HANDLERS.get(node.type)
        if handler is not None:
            return handler(self, node)
        for child in node.named_children:
            self.value(child)
        return None

    def types_in(self, node: Tree) -> None:
        """Note the types that an expression names."""
        if node.type in ("as_expression", "satisfies_expression") and len(node.named_children) > 1:
            self.declared(node.named_children[1])

    def declared(self, node: Tree | None) -> Node | None:
        """Return the values that a type promises; definitions say how."""
        raise NotImplementedError

    def function(self, node: Tree, name: str | None = None) -> Node:
        """Make a function value; definitions say how."""
        raise NotImplementedError

    def class_(self, node: Tree, name: str | None = None) -> Node:
        """Make a class value; definitions say how."""
        raise NotImplementedError

    def call(self, node: Tree) -> Node | None:
        """Call; calls say how."""
        raise NotImplementedError

    def new(self, node: Tree) -> Node | None:
        """Make an instance; calls say how."""
        raise NotImplementedError

    def assign(self, target: Tree, value: Node | None) -> None:
        """Assign to a target; statements say how."""
        raise NotImplementedError

    # names

    def identifier(self, node: Tree) -> Node | None:
        """A name that is read."""
        name = text(node)
        self.use((name,), node, UseKind.NAME)
        return self.read(name)

    def read(self, name: str) -> Node | None:
        """Return the node of a name as seen here."""
        found = self.block_scope.find(name)
        if found is None:
            return self.context.project.builtin(name) if name != "undefined" else None
        block, key = found
        if block.scope is self.scope:
            return block.scope.read(self.solver, key)
        return block.scope.union(self.solver, key)

    def use(self, parts: tuple[str, ...], node: Tree, kind: UseKind) -> None:
        """Note a use of a dotted name for the edges between atoms."""
        found = self.block_scope.find(parts[0])
        if found is None:
            return
        line = node.start_point.row + 1
        block = found[0]
        if block.table is not None and parts[0] in self.context.declared_names:
            now = self.context.definition_time and kind is not UseKind.TYPE
            before = line if now else None
            self.context.uses.append(Use(block.table, parts, self.context.path, line, kind, now, before))
        elif block.scope.spans:
            block.scope.local_uses.setdefault(parts[0], []).append(line)

    def this(self, node: Tree) -> Node | None:
        """``this``: arrows have that of the function around them."""
        del node
        return self.scope.this

    def member(self, node: Tree, kind: UseKind = UseKind.NAME) -> Node | None:
        """``a.b.c``, walked without recursion."""
        chain: list[Tree] = []
        root: Tree | None = node
        while root is not None and root.type in ("member_expression", "non_null_expression"):
            if root.type == "member_expression":
                chain.append(root)
                root = root.child_by_field_name("object")
            else:
                root = root.named_children[0]
        chain.reverse()
        names = [text(p) if (p := link.child_by_field_name("property")) else "" for link in chain]
        if root is None:
            return None
        if root.type == "identifier":
            self.use((text(root), *names), root, kind)
            current = self.read(text(root))
        elif root.type == "super":
            current = self.super_prototype()
        else:
            if root.type == "this" and self.scope.class_table is not None:
                line = root.start_point.row + 1
                table = self.scope.class_table
                self.context.uses.append(Use(table, tuple(names), self.context.path, line, UseKind.NAME))
            current = self.value(root)
        for link, name in zip(chain, names, strict=True):
            if current is None:
                return None
            dst = Node()
            self.solver.load(current, name, dst, self.site(link))
            current = dst
        return current

    def super_prototype(self) -> Node | None:
        """Return the object in which ``super.name`` is looked up."""
        home = self.scope.home
        if home is None or home.superclass is None:
            return None
        if self.scope.home_static:
            return home.superclass
        result = Node()
        self.solver.load(home.superclass, "prototype", result, Site(self.scope.flat, self.context.path, 0))
        return result

    def key(self, node: Tree | None) -> Key:
        """Return the key that a subscript means."""
        if node is None:
            return None
        if node.type == "string":
            return unquote(node)
        if node.type == "number" and text(node).isdigit():
            return text(node)
        if node.type == "member_expression" and text(node) in ("Symbol.iterator", "Symbol.asyncIterator"):
            return "@@iterator"
        return self.value(node)

    def subscript(self, node: Tree) -> Node | None:
        """``a[k]``."""
        base = self.value(node.child_by_field_name("object"))
        key = self.key(node.child_by_field_name("index"))
        dst = Node()
        self.solver.load_item(base, key, dst, self.site(node))
        if base is not None:
            self.holders[dst] = base
        if isinstance(key, Node):
            self.origins[dst] = Origin(base, key)
        return dst

    # literals

    def string(self, node: Tree) -> Node | None:
        """A string may be a key."""
        value = unquote(node)
        return self.context.project.constant_node(value) if len(value) <= 60 else None

    def number(self, node: Tree) -> Node | None:
        """An integer may be a key."""
        return self.context.project.constant_node(text(node)) if text(node).isdigit() else None

    def array(self, node: Tree) -> Node:
        """An array literal."""
        made = JsObject("<builtin>.Array", "array")
        spread = False
        for i, element in enumerate(node.named_children):
            if element.type == "spread_element":
                spread = True
                value = self.value(element.named_children[0]) if element.named_children else None
                self.solver.iterate(value, made.field(self.solver, INDEX), self.site(element))
                continue
            value = self.value(element)
            self.solver.copy(value, made.field(self.solver, INDEX if spread else str(i)))
        return self.single(made)

    def single(self, value: Value) -> Node:
        """Return a new node with one value."""
        node = Node()
        self.solver.add(node, value)
        return node

    # operators

    def binary(self, node: Tree) -> Node | None:
        """Left-deep chains are walked without recursion; ``||``, ``&&`` and ``??`` pass their operands on."""
        chain: list[Tree] = []
        first: Tree | None = node
        while first is not None and first.type == "binary_expression":
            chain.append(first)
            first = first.child_by_field_name("left")
        left = self.value(first)
        for part in reversed(chain):
            operator = part.child_by_field_name("operator")
            right = self.value(part.child_by_field_name("right"))
            passes = operator is not None and operator.type in ("||", "&&", "??")
            if operator is not None and operator.type == "+":
                for side in (left, right):
                    as_text(self.solver, side, self.site(part))
            left = self.join([left, right]) if passes else None
        return left

    def join(self, nodes: list[Node | None]) -> Node | None:
        """Return one node for alternatives."""
        return merged(self.solver, {id(n): n for n in nodes if n is not None}.values())

    def ternary(self, node: Tree) -> Node | None:
        """``a ? b : c``."""
        self.value(node.child_by_field_name("condition"))
        consequence = self.value(node.child_by_field_name("consequence"))
        return self.join([consequence, self.value(node.child_by_field_name("alternative"))])

    def sequence(self, node: Tree) -> Node | None:
        """``a, b``: the last is the value."""
        result: Node | None = None
        for child in node.named_children:
            result = self.value(child)
        return result

    def assignment(self, node: Tree) -> Node | None:
        """``a = b``."""
        target = node.child_by_field_name("left")
        value = self.named_value(node.child_by_field_name("right"), target)
        if target is not None:
            self.assign(target, value)
        return value

    def named_value(self, node: Tree | None, target: Tree | None) -> Node | None:
        """Evaluate; a function or class without a name of its own takes that of what it is assigned to."""
        if node is not None and target is not None:
            name = target_name(target)
            if node.type in ("function_expression", "generator_function", "function"):
                return self.function(node, name)
            if node.type == "class":
                return self.class_(node, name)
            if node.type == "object" and name is not None:
                return self.object_literal(node, name)
        return self.value(node)

    def object_literal(self, node: Tree, name: str | None = None) -> Node:
        """An object literal; definitions say how."""
        raise NotImplementedError

    def augmented(self, node: Tree) -> Node | None:
        """``a ??= b``, ``a ||= b`` and the arithmetic ones."""
        target = node.child_by_field_name("left")
        operator = node.child_by_field_name("operator")
        left = self.value(target)
        right = self.value(node.child_by_field_name("right"))
        if target is None or operator is None or operator.type not in ("??=", "||=", "&&="):
            return None
        joined = self.join([left, right])
        self.assign(target, joined)
        return joined

    def awaited(self, node: Tree) -> Node:
        """``await x``: what a promise holds, or the value itself."""
        result = Node()

        def on(value: Value) -> None:
            if isinstance(value, JsObject) and value.kind == "promise":
                self.solver.copy(value.everything(self.solver), result)
            else:
                self.solver.add(result, value)

        self.solver.listen(self.value(node.named_children[0]) if node.named_children else None, on)
        return result

    def yielded(self, node: Tree) -> Node:
        """``yield x`` and ``yield* x``."""
        value = self.value(node.named_children[0]) if node.named_children else None
        if self.scope.yields is None:
            made = JsObject("<builtin>.Generator", "array")
            self.scope.yields = made.field(self.solver, INDEX)
            if self.scope.function is not None:
                self.solver.add(self.scope.function.ret, made)
        if any(c.type == "*" for c in node.children):
            self.solver.iterate(value, self.scope.yields, self.site(node))
        else:
            self.solver.copy(value, self.scope.yields)
        return Node()

    def template(self, node: Tree) -> None:
        """A template literal evaluates what is inside it."""
        for child in node.named_children:
            if child.type == "template_substitution":
                for inner in child.named_children:
                    as_text(self.solver, self.value(inner), self.site(inner))

    # JSX

    def element(self, node: Tree) -> Node | None:
        """A JSX element: the renderer calls its component, so here it is only used."""
        for child in node.named_children:
            if child.type in ("jsx_opening_element", "jsx_self_closing_element"):
                self.element(child)
            elif child.type == "jsx_closing_element":
                continue
            elif child.type == "identifier" and text(child)[:1].isupper():
                self.identifier(child)
            elif child.type == "member_expression":
                self.member(child)
            elif child.type not in ("identifier", "property_identifier", "jsx_text"):
                self.element(child) if child.type.startswith("jsx_") else self.value(child)
        return None


HANDLERS: dict[str, Handler] = {
    "identifier": Expressions.identifier,
    "shorthand_property_identifier": Expressions.identifier,
    "this": Expressions.this,
    "member_expression": Expressions.member,
    "subscript_expression": Expressions.subscript,
    "string": Expressions.string,
    "number": Expressions.number,
    "array": Expressions.array,
    "object": lambda self, node: self.object_literal(node),
    "binary_expression": Expressions.binary,
    "ternary_expression": Expressions.ternary,
    "sequence_expression": Expressions.sequence,
    "assignment_expression": Expressions.assignment,
    "augmented_assignment_expression": Expressions.augmented,
    "await_expression": Expressions.awaited,
    "yield_expression": Expressions.yielded,
    "template_string": Expressions.template,
    "call_expression": lambda self, node: self.call(node),
    "new_expression": lambda self, node: self.new(node),
    "jsx_element": Expressions.element,
    "jsx_self_closing_element": Expressions.element,
    "jsx_fragment": Expressions.element,
    "arrow_function": lambda self, node: self.function(node),
    "function_expression": lambda self, node: self.function(node),
    "function": lambda self, node: self.function(node),
    "generator_function": lambda self, node: self.function(node),
    "class": lambda self, node: self.class_(node),
}
