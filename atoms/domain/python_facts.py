"""Reads the facts of a Python file from CPython's own syntax tree.

Source of the scoping rules: the Python language reference, section 4.2 (naming and binding). The walk keeps its own
stack, so that deep nesting is no problem.
"""

import ast
from collections.abc import Callable, Iterable
from typing import Any, Final

from atoms.domain.examples import Example, docstring_examples
from atoms.domain.facts import Binding, FileFacts, FunctionFacts, NameScope, ScopeKind, class_of
from atoms.domain.words import words

_LITERAL_TYPES: Final[dict[type[ast.AST], str]] = {
    ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict", ast.Set: "set",
    ast.SetComp: "set", ast.Tuple: "tuple", ast.JoinedStr: "str", ast.Compare: "bool", ast.GeneratorExp: "Iterator",
    ast.Lambda: "Callable",
}  # fmt: skip
_MUTATORS: Final = words(
    "append extend insert remove pop clear sort reverse update add discard setdefault popitem appendleft popleft "
    "extendleft write writelines add_edge add_edges_from add_node add_nodes_from remove_node remove_edge"
)
_MUTATE_FIRST: Final = words("setattr delattr heappush heappop heapify heapreplace heappushpop shuffle insort")
_TYPE_BUILTINS: Final = words("int float str bytes bool list dict set tuple frozenset bytearray complex object")
_RESULT_TYPES: Final = {"len": "int", "sorted": "list", "range": "range", "enumerate": "enumerate", "zip": "zip"}
_CHILDLESS: Final = words("ctx op ops id attr arg names kind type_comment level module conversion is_async rest lineno")
_CHILDREN: Final[dict[type[ast.AST], tuple[str, ...]]] = {}
_BODIES: Final[dict[type[ast.AST], tuple[str, ...]]] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.AsyncWith), ("body",)),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("body", "orelse")),
    **dict.fromkeys((ast.Try, ast.TryStar), ("body", "orelse", "finalbody")), ast.Match: (),
}  # fmt: skip
# Looking them up takes longer than all else that is done to most nodes.
_NAME: Final = ast.Name
_ATTRIBUTE: Final = ast.Attribute
_CONSTANT: Final = ast.Constant
_LOAD: Final = ast.Load
_NOTHING: Final = frozenset({ast.Constant, type(None), str, int, bool})  # what holds no name
_CLASS: Final = ScopeKind.CLASS
_FUNCTION: Final = ScopeKind.FUNCTION
_SELF: Final = ("self", "cls")
_SCOPED: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def read_python(tree: ast.Module, source: bytes) -> FileFacts:
    """Return the facts of a parsed file. Linear in its size."""
    return _Reader(tree, source).read()


class _Reader:
    def __init__(self, tree: ast.Module, source: bytes) -> None:
        self.tree = tree
        self.lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        module = NameScope(ScopeKind.MODULE, "<module>", None, 0, len(self.lines))
        self.facts = FileFacts(module)
        self.stack: list[tuple[Any, NameScope]] = [(tree, module)]
        self.types: dict[int, str | None] = {}  # by id of a target node

    def read(self) -> FileFacts:
        stack, facts = self.stack, self.facts
        pop, use, handler_of = stack.pop, facts.uses.append, self._handlers().get
        while stack:
            node, scope = pop()
            kind = type(node)
            if kind is _NAME:
                if type(node.ctx) is _LOAD:
                    use((node.lineno - 1, node.id, scope))
                else:
                    self._name(node, scope)
                continue
            handler = handler_of(kind)
            if handler is not None:
                handler(node, scope)
            else:
                self._push(node, scope)
        facts.statements = _statements(self.tree, self.lines)
        return facts

    def _handlers(self) -> dict[type[ast.AST], Callable[[Any, NameScope], None]]:
        return {
            ast.Constant: lambda node, scope: None,
            ast.FunctionDef: self._function, ast.AsyncFunctionDef: self._function, ast.Lambda: self._lambda,
            ast.ClassDef: self._class, ast.Attribute: self._attribute, ast.Subscript: self._subscript,
            ast.Assign: self._assign, ast.AnnAssign: self._annotated, ast.AugAssign: self._augmented,
            ast.Call: self._call, ast.Import: self._import, ast.ImportFrom: self._import_from,
            ast.ExceptHandler: self._handler, ast.Raise: self._raise, ast.Global: self._global,
            ast.Nonlocal: self._nonlocal, ast.For: self._for,
            ast.withitem: self._with, ast.MatchAs: self._capture, ast.MatchStar: self._capture,
            ast.MatchMapping: self._capture, ast.NamedExpr: self._walrus,
            **dict.fromkeys(_SCOPED, self._comprehension),
        }  # fmt: skip

    def _push(self, node: Any, scope: NameScope) -> None:
        """Push the children so that they pop in source order: ``global x`` must be read before ``x = 1``."""
        stack = self.stack
        kind = type(node)
        names = _CHILDREN.get(kind)
        if names is None:
            names = _CHILDREN[kind] = tuple(name for name in reversed(node._fields) if name not in _CHILDLESS)
        for name in names:
            value = getattr(node, name)
            kind = type(value)
            if kind is list:
                if value:
                    stack.extend([(item, scope) for item in reversed(value) if type(item) not in _NOTHING])
            elif kind not in _NOTHING:
                stack.append((value, scope))

    def _push_all(self, nodes: Iterable[ast.AST | None], scope: NameScope) -> None:
        self.stack.extend((node, scope) for node in reversed(tuple(nodes)) if node is not None)

    def _bind(self, scope: NameScope, binding: Binding) -> None:
        name = binding.name
        if scope.globals or scope.nonlocals:
            target = scope.bind(binding)
            self.facts.binds.append((binding, target if name in scope.nonlocals else scope))
        else:
            scope.bindings.setdefault(name, []).append(binding)
            self.facts.binds.append((binding, scope))
        if scope.kind is _CLASS:
            scope.members.setdefault(name, binding.row)

    def _name(self, node: ast.Name, scope: NameScope) -> None:
        row = node.lineno - 1
        if node.id in scope.globals:
            self.facts.effects.append((row, f"rebinds global {node.id}"))
        self._bind(scope, Binding(node.id, row, "local", self.types.get(id(node))))

    def _attribute(self, node: ast.Attribute, scope: NameScope) -> None:
        while True:
            value, loads = node.value, type(node.ctx) is _LOAD
            kind = type(value)
            if kind is _NAME:
                self._attribute_of_name(node, value, loads, scope)  # type: ignore[arg-type]  # its type was compared: isinstance is slow here
                return
            if not loads:
                self._mutated(value, node.lineno - 1, scope)
            if kind is not _ATTRIBUTE:
                if kind is not _CONSTANT:
                    self.stack.append((value, scope))
                return
            node = value  # type: ignore[assignment]  # its type was compared: isinstance is slow here

    def _attribute_of_name(self, node: ast.Attribute, value: ast.Name, loads: bool, scope: NameScope) -> None:
        row, name, facts = node.lineno - 1, value.id, self.facts
        owner = class_of(scope) if name in _SELF else None
        if not loads:
            facts.mutates.append((row, name, scope))
            if owner is not None:
                owner.members.setdefault(node.attr, row)
        elif owner is not None:
            facts.members.append((row, node.attr, owner))
        facts.uses.append((value.lineno - 1, name, scope))

    def _subscript(self, node: ast.Subscript, scope: NameScope) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._mutated(node.value, node.lineno - 1, scope)
        self._push_all((node.value, node.slice), scope)

    def _mutated(self, node: ast.AST, row: int, scope: NameScope) -> None:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            self.facts.mutates.append((row, node.id, scope))

    def _assign(self, node: ast.Assign, scope: NameScope) -> None:
        inferred = self._type_of(node.value)
        for target in node.targets:
            if inferred and isinstance(target, ast.Name):
                self.types[id(target)] = inferred
        self._push_all((*node.targets, node.value), scope)

    def _for(self, node: ast.For, scope: NameScope) -> None:
        if isinstance(node.target, ast.Name) and self._type_of(node.iter) == "range":
            self.types[id(node.target)] = "int"
        self._push(node, scope)

    def _with(self, node: ast.withitem, scope: NameScope) -> None:
        if isinstance(node.optional_vars, ast.Name):
            self.types[id(node.optional_vars)] = self._type_of(node.context_expr)
        self._push(node, scope)

    def _annotated(self, node: ast.AnnAssign, scope: NameScope) -> None:
        if isinstance(node.target, ast.Name):
            self.types[id(node.target)] = self._text(node.annotation)
        self._push_all((node.target, node.annotation, node.value), scope)

    def _augmented(self, node: ast.AugAssign, scope: NameScope) -> None:
        if isinstance(node.target, ast.Name):
            self.facts.uses.append((node.lineno - 1, node.target.id, scope))
        self._push_all((node.target, node.value), scope)

    def _call(self, node: ast.Call, scope: NameScope) -> None:
        callee, facts, stack = node.func, self.facts, self.stack
        kind, row = type(callee), node.lineno - 1
        if node.keywords:
            stack.extend([(k.value, scope) for k in reversed(node.keywords) if type(k.value) is not _CONSTANT])
        if node.args:
            stack.extend([(value, scope) for value in reversed(node.args) if type(value) is not _CONSTANT])
        if kind is _NAME:
            name: str = callee.id  # type: ignore[attr-defined]  # its type was compared: isinstance is slow here
            facts.calls.append((row, name, scope))
            if name in _MUTATE_FIRST and node.args:
                self._mutated(node.args[0], row, scope)
            facts.uses.append((callee.lineno - 1, name, scope))
            return
        dotted = dotted_name(callee)
        facts.calls.append((row, dotted or "?", scope))
        if dotted is not None:
            root, _, last = dotted.rpartition(".")
            if last in _MUTATORS:
                facts.mutates.append((row, root.split(".")[0], scope))
            elif last in _MUTATE_FIRST and node.args:
                self._mutated(node.args[0], row, scope)
        if kind is _ATTRIBUTE:
            self._attribute(callee, scope)  # type: ignore[arg-type]  # its type was compared: isinstance is slow here
        else:
            stack.append((callee, scope))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: NameScope) -> None:
        row = node.lineno - 1
        self._bind(scope, Binding(node.name, row, "function"))
        inner = self._enter(scope, _FUNCTION, node.name, node)
        self._parameters(node.args, scope, inner)
        self._push_all(node.body, inner)
        self._push_all((*node.decorator_list, node.returns, *getattr(node, "type_params", ())), scope)
        returns = f" -> {self._text(node.returns)}" if node.returns is not None else ""
        parameters = ", ".join(self._parameter_texts(node.args))
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        self.facts.functions.append(
            FunctionFacts(inner.symbol, row, f"{word} {node.name}({parameters}){returns}", returns[4:] or None)
        )
        self._examples(node, inner.symbol)

    def _examples(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, symbol: str) -> None:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            found = docstring_examples(first.value.value)
            self.facts.examples.extend(Example(first.lineno - 1, symbol, kind, source) for kind, source in found)

    def _lambda(self, node: ast.Lambda, scope: NameScope) -> None:
        inner = self._enter(scope, _FUNCTION, "<lambda>", node)
        self._parameters(node.args, scope, inner)
        self.stack.append((node.body, inner))

    def _class(self, node: ast.ClassDef, scope: NameScope) -> None:
        self._bind(scope, Binding(node.name, node.lineno - 1, "class"))
        inner = self._enter(scope, _CLASS, node.name, node)
        inner.bases = tuple(dotted_name(base) or "?" for base in node.bases)
        self.facts.classes.append(inner)
        self._examples(node, inner.symbol)
        self._push_all(node.body, inner)
        self._push_all((*node.decorator_list, *node.bases, *(k.value for k in node.keywords)), scope)

    def _enter(self, scope: NameScope, kind: ScopeKind, name: str, node: ast.expr | ast.stmt) -> NameScope:
        symbol = name if scope.kind is ScopeKind.MODULE else f"{scope.symbol}.{name}"
        return NameScope(kind, symbol, scope, node.lineno - 1, (node.end_lineno or node.lineno) - 1)

    def _parameters(self, args: ast.arguments, outer: NameScope, inner: NameScope) -> None:
        positional = [*args.posonlyargs, *args.args]
        defaults: dict[int, ast.expr] = {
            id(arg): value
            for arg, value in zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)
        }
        defaults |= {id(a): v for a, v in zip(args.kwonlyargs, args.kw_defaults, strict=True) if v is not None}
        for arg in (*positional, args.vararg, *args.kwonlyargs, args.kwarg):
            if arg is None:
                continue
            default = defaults.get(id(arg))
            known = self._text(arg.annotation) if arg.annotation is not None else None
            if known is None and default is not None:
                known = self._type_of(default)
            if known is None and arg is args.vararg:
                known = "tuple"
            if known is None and arg is args.kwarg:
                known = "dict"
            self._bind(inner, Binding(arg.arg, arg.lineno - 1, "parameter", known))
            self._push_all((arg.annotation, default), outer)

    def _parameter_texts(self, args: ast.arguments) -> list[str]:
        texts = [self._arg_text(a) for a in args.posonlyargs] + (["/"] if args.posonlyargs else [])
        texts += [self._arg_text(a) for a in args.args]
        if args.defaults:
            slashes = 1 if args.posonlyargs else 0
            for k, default in enumerate(reversed(args.defaults), start=1):
                index = len(texts) - k - (slashes if k > len(args.args) else 0)
                texts[index] += f"={self._text(default)}"
        if args.vararg is not None or args.kwonlyargs:
            texts.append("*" + (self._arg_text(args.vararg) if args.vararg is not None else ""))
        for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            texts.append(self._arg_text(arg) + (f"={self._text(value)}" if value is not None else ""))
        if args.kwarg is not None:
            texts.append("**" + self._arg_text(args.kwarg))
        return texts

    def _arg_text(self, arg: ast.arg) -> str:
        return f"{arg.arg}: {self._text(arg.annotation)}" if arg.annotation is not None else arg.arg

    def _comprehension(self, node: ast.AST, scope: NameScope) -> None:
        inner = self._enter(scope, _FUNCTION, "<comprehension>", node)  # type: ignore[arg-type]  # a comprehension
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]  # a comprehension
        for k, generator in enumerate(generators):
            self.stack.append((generator.iter, scope if k == 0 else inner))
            self._push_all((generator.target, *generator.ifs), inner)
        for name in ("elt", "key", "value"):
            self._push_all((getattr(node, name, None),), inner)

    def _walrus(self, node: ast.NamedExpr, scope: NameScope) -> None:
        target: NameScope = scope
        while target.symbol.endswith("<comprehension>") and target.outer is not None:
            target = target.outer
        self._bind(target, Binding(node.target.id, node.lineno - 1, "local", self._type_of(node.value)))
        self.stack.append((node.value, scope))

    def _import(self, node: ast.Import, scope: NameScope) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            target = alias.name if alias.asname else name
            self._bind(scope, Binding(name, node.lineno - 1, "import", None, f"{target}:"))
            self.facts.imports.append((node.lineno - 1, alias.name))

    def _import_from(self, node: ast.ImportFrom, scope: NameScope) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            row = (alias.lineno or node.lineno) - 1
            if alias.name == "*":
                self.facts.star_imports.append(module)
            else:
                origin = f"{module}:{alias.name}"
                self._bind(scope, Binding(alias.asname or alias.name, row, "import", None, origin))
            self.facts.imports.append((row, f"{module}.{alias.name}" if module.strip(".") else module + alias.name))

    def _handler(self, node: ast.ExceptHandler, scope: NameScope) -> None:
        if node.name:
            known = self._text(node.type) if node.type is not None else None
            self._bind(scope, Binding(node.name, node.lineno - 1, "local", known))
        self._push(node, scope)

    def _raise(self, node: ast.Raise, scope: NameScope) -> None:
        target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = dotted_name(target) if target is not None else None
        self.facts.raises.append((node.lineno - 1, name or "<re-raised>"))
        self._push(node, scope)

    def _global(self, node: ast.Global, scope: NameScope) -> None:
        scope.globals.update(node.names)

    def _nonlocal(self, node: ast.Nonlocal, scope: NameScope) -> None:
        scope.nonlocals.update(node.names)
        self.facts.mutates.extend((node.lineno - 1, name, scope) for name in node.names)

    def _capture(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping, scope: NameScope) -> None:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self._bind(scope, Binding(name, node.lineno - 1, "local"))
        self._push(node, scope)

    def _type_of(self, value: ast.AST | None) -> str | None:
        while isinstance(value, ast.UnaryOp):
            if isinstance(value.op, ast.Not):
                return "bool"
            value = value.operand
        if isinstance(value, ast.Constant):
            return None if value.value is None or value.value is ... else type(value.value).__name__
        if isinstance(value, ast.Call):
            name = dotted_name(value.func)
            last = name.rpartition(".")[2] if name else ""
            if name in _TYPE_BUILTINS or last[:1].isupper():
                return name
            return _RESULT_TYPES.get(name or "")
        return _LITERAL_TYPES.get(type(value)) if value is not None else None

    def _text(self, node: ast.expr | None) -> str:
        if node is None:
            return ""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        if first == last:
            return self.lines[first][node.col_offset : node.end_col_offset].decode("utf-8", "replace")
        try:
            return ast.unparse(node)
        except RecursionError:  # it goes down by calls; as written will do
            return b" ".join(self.lines[first : last + 1]).decode("utf-8", "replace")


def _statements(tree: ast.Module, lines: list[bytes]) -> dict[int, tuple[int, int]]:
    """See :attr:`FileFacts.statements`. A statement behind a ``;`` counts as one with what stands before it."""
    found: dict[int, tuple[int, int]] = {}
    bodies: list[list[Any]] = [tree.body] if tree.body else []
    while bodies:
        body = bodies.pop()
        head = body[0]
        outer = found.get(head.lineno - 1)
        following = beyond = -1
        last = 0
        for node in body[::-1]:
            row, end, after = node.lineno - 1, node.end_lineno - 1, following
            parts = _BODIES.get(type(node))
            if parts is not None:
                bodies.extend([inner for name in parts if (inner := getattr(node, name))])
                bodies.extend([part.body for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))])
                if decorators := getattr(node, "decorator_list", None):
                    row = decorators[0].lineno - 1
            if end >= following >= 0:  # what follows begins on the last row of this one
                del found[following]
                end, after = last, beyond
            found[row] = (end, after)
            following, last, beyond = row, end, after
        line, column = lines[head.lineno - 1], head.col_offset
        if column and (not line[:column].isspace() or line.startswith(b"elif", column)):
            found.pop(head.lineno - 1)
            if outer is not None:
                found[head.lineno - 1] = outer
    return found


def dotted_name(node: ast.AST | None) -> str | None:
    """``a.b.c`` of a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))
