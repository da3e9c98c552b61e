"""Imports and exports of JavaScript modules, ES and CommonJS."""

from functools import partial
from typing import TYPE_CHECKING

from tree_sitter import Node as Tree

from graphs.domain.ir import Node, Value
from graphs.domain.javascript_frontend.scopes import DECLARES_FUNCTION, pattern_names, text, unquote
from graphs.domain.javascript_frontend.values import JsObject
from graphs.domain.symbols import Binding, BindingKind, Use, UseKind

if TYPE_CHECKING:
    from graphs.domain.javascript_frontend.statements import Statements


def imported_names(node: Tree) -> list[str]:
    """Return the local names that an import statement binds."""
    return [local for local, _ in _bindings(node)]


def _bindings(node: Tree) -> list[tuple[str, str]]:
    """Return (local name, exported name) pairs; ``*`` is the whole module."""
    found: list[tuple[str, str]] = []
    pending = list(node.named_children)
    while pending:
        child = pending.pop(0)
        if child.type == "identifier":
            found.append((text(child), "default"))
        elif child.type == "namespace_import":
            found.extend((text(c), "*") for c in child.named_children)
        elif child.type == "import_specifier":
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None:
                found.append((text(alias or name), _export_name(name)))
        elif child.type == "import_require_clause":
            found.extend((text(c), "=") for c in child.named_children if c.type == "identifier")
        elif child.type in ("import_clause", "named_imports"):
            pending.extend(child.named_children)
    return found


def _export_name(node: Tree) -> str:
    return unquote(node) if node.type == "string" else text(node)


def _source(node: Tree) -> str | None:
    source = node.child_by_field_name("source")
    if source is None:
        clause = next((c for c in node.named_children if c.type == "import_require_clause"), None)
        source = clause.child_by_field_name("source") if clause is not None else None
    return unquote(source) if source is not None else None


def import_(visitor: "Statements", node: Tree) -> None:
    """``import d, {a as b}, * as ns from 'x'``."""
    specifier = _source(node)
    if specifier is None:
        return
    line = node.start_point.row + 1
    for local, name in _bindings(node):
        bind_import(visitor, local, name, specifier, line)


def bind_import(visitor: "Statements", local: str, name: str, specifier: str, line: int) -> None:
    """Bind one imported name."""
    context = visitor.context
    project, solver = context.project, context.solver
    path = project.resolve(context.path, specifier)
    made = Node()
    if path is not None:
        module = project.modules[path]
        if name in ("*", "="):
            solver.copy(module.public(solver), made)
        else:
            project.late.append(lambda: project.exported(path, name, made))
            project.late.append(lambda: _import_use(visitor, path, name, line))
    elif specifier.startswith("."):
        project.unknown.append((context.path, line, specifier))
    else:
        outside = project.external(specifier)
        if name in ("*", "=", "default"):
            solver.copy(outside, made)
        else:
            for value in outside.values or ():
                value.load(solver, name, made, visitor.site_at(line))
    kind = BindingKind.MODULE if name in ("*", "=") else BindingKind.FROM
    attribute = None if kind is BindingKind.MODULE else name
    binding = Binding(kind, context.path, line, target=path, attribute=attribute, imported=True)
    visitor.declare(local)
    visitor.bind(local, made, line, binding)


def _import_use(visitor: "Statements", path: str, name: str, line: int) -> None:
    table = visitor.context.project.symbols.modules.get(path)
    if table is None:
        return
    visitor.context.uses.append(Use(table, (name,), visitor.context.path, line, UseKind.IMPORT))
    project = visitor.context.project
    if project.modules[path].is_es and not project.symbols.knows(table, name) and not table.opaque:
        project.unknown.append((visitor.context.path, line, name))


def bind_require(visitor: "Statements", target: Tree, source: Tree | None) -> bool:
    """``const x = require('y')`` binds a module, as an import does."""
    if source is None or source.type != "call_expression" or target.type not in ("identifier", "object_pattern"):
        return False
    callee = source.child_by_field_name("function")
    if callee is None or text(callee) != "require" or visitor.block_scope.find("require") is not None:
        return False
    arguments = source.child_by_field_name("arguments")
    literal = next((c for c in arguments.named_children if c.type == "string"), None) if arguments is not None else None
    if literal is None:
        return False
    line = target.start_point.row + 1
    value = visitor.required(arguments)
    path = visitor.context.project.resolve(visitor.context.path, unquote(literal))
    if target.type == "identifier":
        binding = Binding(BindingKind.MODULE, visitor.context.path, line, target=path, imported=True)
        visitor.bind(text(target), value, line, binding)
        return True
    visitor.bind_pattern(target, value)
    table = visitor.block_scope.table
    if table is not None:
        for name in pattern_names(target):
            table.names[name] = [
                Binding(BindingKind.FROM, visitor.context.path, line, target=path, attribute=name, imported=True)
            ]
    return True


def export(visitor: "Statements", node: Tree) -> None:
    """``export`` in all its forms."""
    specifier = _source(node)
    declaration = node.child_by_field_name("declaration")
    is_default = any(c.type == "default" for c in node.children)
    if specifier is not None:
        _reexport(visitor, node, specifier)
    elif declaration is not None:
        _declared(visitor, declaration, is_default=is_default)
    elif is_default:
        _default_value(visitor, node)
    elif any(c.type == "=" for c in node.children):
        value = visitor.value(node.named_children[0]) if node.named_children else None
        visitor.solver.copy(value, visitor.context.module.public(visitor.solver))
    else:
        clause = next((c for c in node.named_children if c.type == "export_clause"), None)
        for child in clause.named_children if clause is not None else ():
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None:
                publish = partial(_publish_name, visitor, text(name), _export_name(alias or name))
                visitor.context.project.late.append(publish)


def _publish_name(visitor: "Statements", local: str, public: str) -> None:
    found = visitor.context.block.find(local)
    if found is not None:
        _publish(visitor, public, found[0].scope.union(visitor.solver, found[1]))
        alias_binding(visitor, local, public)


def alias_binding(visitor: "Statements", local: str, public: str) -> None:
    """Let others find an exported name under its public name."""
    table = visitor.context.table
    if public != local:
        for binding in table.names.get(local, ()):
            table.bind(public, binding)


def _publish(visitor: "Statements", name: str, node: Node | None) -> None:
    solver = visitor.solver
    solver.copy(node, visitor.context.module.exports.field(solver, name))


def _declared(visitor: "Statements", declaration: Tree, *, is_default: bool) -> None:
    if declaration.type not in DECLARES_FUNCTION:
        visitor.statement(declaration)
    if declaration.type in ("lexical_declaration", "variable_declaration"):
        names = [
            name
            for child in declaration.named_children
            if child.type == "variable_declarator" and (target := child.child_by_field_name("name")) is not None
            for name in pattern_names(target)
        ]
    else:
        own = declaration.child_by_field_name("name")
        names = [text(own)] if own is not None else []
    for name in names:
        public = "default" if is_default else name
        found = visitor.context.block.find(name)
        if found is not None:
            _publish(visitor, public, found[0].scope.union(visitor.solver, found[1]))
            alias_binding(visitor, name, public)


def _default_value(visitor: "Statements", node: Tree) -> None:
    value_node = node.child_by_field_name("value") or (node.named_children[-1] if node.named_children else None)
    if value_node is None:
        return
    if value_node.type in ("function_expression", "generator_function", "function"):
        value: Node | None = visitor.function(value_node, "default")
    elif value_node.type == "class":
        value = visitor.class_(value_node, "default")
    else:
        value = visitor.value(value_node)
    _publish(visitor, "default", value)
    line = node.start_point.row + 1
    visitor.context.table.bind("default", Binding(BindingKind.VARIABLE, visitor.context.path, line))


def _reexport(visitor: "Statements", node: Tree, specifier: str) -> None:
    context = visitor.context
    project = context.project
    path = project.resolve(context.path, specifier)
    line = node.start_point.row + 1
    if path is None:
        if specifier.startswith("."):
            project.unknown.append((context.path, line, specifier))
        context.table.opaque = True
        return
    namespace = next((c for c in node.named_children if c.type == "namespace_export"), None)
    clause = next((c for c in node.named_children if c.type == "export_clause"), None)
    if namespace is not None:
        _publish(visitor, text(namespace.named_children[0]), project.modules[path].public(visitor.solver))
    elif clause is not None:
        for child in clause.named_children:
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None:
                _forward(visitor, path, _export_name(name), _export_name(alias or name), line)
    else:
        context.module.stars.append(path)
        context.table.stars.append((path, line))
        exports = context.module.exports
        visitor.solver.listen(project.modules[path].public(visitor.solver), lambda v: _pour(visitor, v, exports))


def _pour(visitor: "Statements", value: Value, exports: JsObject) -> None:
    if isinstance(value, JsObject):
        visitor.solver.defer(lambda: value.pour_into(visitor.solver, exports))


def _forward(visitor: "Statements", path: str, name: str, public: str, line: int) -> None:
    project = visitor.context.project
    slot = visitor.context.module.exports.field(visitor.solver, public)
    project.late.append(lambda: project.exported(path, name, slot))
    binding = Binding(BindingKind.FROM, visitor.context.path, line, target=path, attribute=name, imported=True)
    visitor.context.table.bind(public, binding)
