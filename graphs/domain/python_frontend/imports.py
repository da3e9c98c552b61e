"""Python's import statements: what each name stands for, in the tree and outside."""

import ast
from functools import partial
from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Node, Site
from graphs.domain.python_frontend.context import FileContext, exported
from graphs.domain.python_frontend.externals import Module
from graphs.domain.python_frontend.outside import Ancestor, above_root, handed_on
from graphs.domain.symbols import Binding, BindingKind, Use, UseKind

if TYPE_CHECKING:
    from graphs.domain.python_frontend.statements import Statements


def plain_import(visitor: "Statements", node: ast.Import) -> None:
    """``import a.b as c``."""
    context = visitor.context
    project, index = context.project, context.project.index
    for alias in node.names:
        dotted = alias.name
        whole = index.resolve(dotted, importer=context.path)
        name = alias.asname or dotted.partition(".")[0]
        meant = dotted if alias.asname else name
        path = index.resolve(meant, importer=context.path)
        made = Node()
        if path is not None:
            context.solver.add(made, project.module(path))
        elif whole is not None or meant in index.packages:
            _namespace(visitor, made, meant)
        elif above_root(project, meant):
            path = index.by_name["__init__"]
            project.late.append(partial(context.solver.add, made, Ancestor(meant, project)))
        else:
            context.solver.add(made, project.external(meant))
        binding = Binding(BindingKind.MODULE, context.path, node.lineno, target=path, imported=True)
        if path is None and whole is not None:
            binding.target = whole
        visitor.bind_import(name, made, binding)
        _import_use(visitor, whole, (), node.lineno)


def _namespace(visitor: "Statements", made: Node, dotted: str) -> None:
    """A folder without ``__init__``: its modules are its attributes."""
    context = visitor.context
    project = context.project

    def submodule(attr: str) -> Module | None:
        path = project.index.by_name.get(f"{dotted}.{attr}")
        return project.module(path) if path is not None else None

    context.solver.add(made, Module(dotted, "", submodule))


def from_import(visitor: "Statements", node: ast.ImportFrom) -> None:
    """``from a.b import c as d`` and ``from a import *``."""
    context = visitor.context
    index = context.project.index
    if node.level:
        path = index.relative(context.path, node.level, node.module)
        dotted = index.relative_name(context.path, node.level, node.module)
        if path is None and dotted not in index.packages and dotted:
            context.project.unknown.append((context.path, node.lineno, "." * node.level + (node.module or "")))
    else:
        dotted = node.module or ""
        path = index.resolve(dotted, importer=context.path)
    if path is not None and not index.by_path[path].package:
        context.project.late.append(partial(_ask, context, path, visitor.site(node.lineno)))
    for alias in node.names:
        if alias.name == "*":
            _star(visitor, node, path, dotted)
        else:
            _one(visitor, node, path, dotted, alias)


def _ask(context: FileContext, path: str, site: Site) -> None:
    """``from module import name`` first asks a plain module for ``__path__``: one with a ``__getattr__`` is called."""
    table = context.project.symbols.modules.get(path)
    if path != context.path and table is not None and "__getattr__" in table.names:
        hook = context.project.module(path).field("__getattr__")
        context.solver.call(hook, Call(site, (context.project.constant_node("__path__"),)))


def _star(visitor: "Statements", node: ast.ImportFrom, path: str | None, dotted: str) -> None:
    context = visitor.context
    context.stars.append((path, dotted))
    table = visitor.scope.table
    if path is None:
        table.opaque = True
    else:
        table.stars.append((path, node.lineno))
        _import_use(visitor, path, (), node.lineno)


def _one(visitor: "Statements", node: ast.ImportFrom, path: str | None, dotted: str, alias: ast.alias) -> None:
    context = visitor.context
    index = context.project.index
    made = Node()
    name = alias.asname or alias.name
    submodule = index.resolve(f"{dotted}.{alias.name}", importer=context.path) if dotted else None
    if submodule is None and node.level:
        submodule = index.by_name.get(f"{dotted}.{alias.name}" if dotted else alias.name)
    binding = Binding(BindingKind.FROM, context.path, node.lineno, target=path, attribute=alias.name, imported=True)
    if path is not None:
        context.project.late.append(
            lambda: _link(visitor.context, path, alias.name, made, line=node.lineno, submodule=submodule)
        )
        if submodule is not None:
            module_binding = Binding(BindingKind.MODULE, context.path, node.lineno, target=submodule, imported=True)
            context.project.late.append(
                lambda: (
                    binding_to_module(binding, module_binding)
                    if path == context.path or not exports(context, path, alias.name)
                    else None
                )
            )
    elif submodule is not None:
        binding = Binding(BindingKind.MODULE, context.path, node.lineno, target=submodule, imported=True)
        context.solver.add(made, context.project.module(submodule))
    elif above_root(context.project, dotted) and not node.level:
        binding.target = index.by_name["__init__"]
        context.project.late.append(partial(_link_above, context, dotted, alias.name, made))
    else:
        context.solver.add(made, context.project.external(f"{dotted}.{alias.name}" if dotted else alias.name))
    visitor.bind_import(name, made, binding)
    _import_use(visitor, path or submodule, (alias.name,) if path else (), node.lineno)


def _link_above(context: FileContext, package: str, name: str, made: Node) -> None:
    node = handed_on(context.project, package, name)
    if node is not None:
        context.solver.copy(node, made)
    else:
        context.solver.add(made, context.project.external(f"{package}.{name}"))


def exports(context: FileContext, path: str, name: str) -> bool:
    """Tell whether the module itself binds the name (a submodule of the same name gives way)."""
    table = context.project.symbols.modules.get(path)
    return table is not None and context.project.symbols.knows(table, name)


def binding_to_module(binding: Binding, module: Binding) -> None:
    """Turn ``from package import submodule`` into a binding of the module."""
    binding.kind = module.kind
    binding.target = module.target
    binding.attribute = None


def _link(context: FileContext, path: str, name: str, made: Node, *, line: int, submodule: str | None) -> None:
    if submodule is not None and (path == context.path or not exports(context, path, name)):
        context.solver.add(made, context.project.module(submodule))
        return
    node = exported(context.project, path, name)
    if node is None:
        table = context.project.symbols.modules.get(path)
        if table is not None and "__getattr__" not in table.names:
            context.project.unknown.append((context.path, line, name))
        return
    context.solver.copy(node, made)


def _import_use(visitor: "Statements", path: str | None, parts: tuple[str, ...], line: int) -> None:
    context = visitor.context
    if path is not None and parts:
        context.project.late.append(lambda: _late_use(context, path, parts, line))


def _late_use(context: FileContext, path: str, parts: tuple[str, ...], line: int) -> None:
    table = context.project.symbols.modules.get(path)
    if table is not None:
        context.uses.append(Use(table, parts, context.path, line, UseKind.IMPORT))
