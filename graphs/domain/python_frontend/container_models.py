"""What the methods of built-in containers do with the values they get."""

from graphs.domain.ir import Call, Node
from graphs.domain.python_frontend import protocols
from graphs.domain.python_frontend.builtin_models import call_key, pour_mapping
from graphs.domain.python_frontend.containers import CONTAINER_METHODS, Container
from graphs.domain.solver import Solver


def _arg(call: Call, position: int) -> Node | None:
    return call.args[position] if position < len(call.args) else None


def _append(container: Container, solver: Solver, call: Call) -> None:
    if container.kind == "set":
        protocols.keyed(solver, _arg(call, 0), call.site)
    solver.copy(_arg(call, len(call.args) - 1), container.anywhere(solver))


def _extend(container: Container, solver: Solver, call: Call) -> None:
    if container.kind == "dict":
        _update(container, solver, call)
    else:
        for arg in call.args:
            if container.kind == "list":
                protocols.length_hint(solver, arg, call.site)
            solver.iterate(arg, container.anywhere(solver), call.site)
            if container.kind == "set":
                protocols.keyed(solver, container.every, call.site)


def _item(container: Container, solver: Solver, call: Call) -> None:
    """``__getitem__`` reached by name, as through ``super()``."""
    keyed(container, solver, call)
    container.load_item(solver, _arg(call, 0), call.result, call.site)


def keyed(container: Container, solver: Solver, call: Call) -> None:
    """The key given to a method of a dict is hashed, and compared with the keys there."""
    if container.kind == "dict" and (key := _arg(call, 0)) is not None:
        protocols.keyed(solver, key, call.site)


def _set_item(container: Container, solver: Solver, call: Call) -> None:
    keyed(container, solver, call)
    if (src := _arg(call, 1)) is not None:
        container.store_item(solver, _arg(call, 0), src, call.site)


def _each(container: Container, solver: Solver, call: Call) -> None:
    """``__iter__`` reached by name."""
    made = Container("generator")
    container.iterate(solver, made.anywhere(solver), call.site)
    solver.add(call.result, made)


def _find(container: Container, solver: Solver, call: Call) -> None:
    """``index``, ``count``, ``remove``: elements are compared."""
    protocols.equal(solver, container.every, _arg(call, 0), call.site)


def _update(container: Container, solver: Solver, call: Call) -> None:
    pour_mapping(container, solver, call)


def _get(container: Container, solver: Solver, call: Call) -> None:
    keyed(container, solver, call)
    if call.args and container.kind == "dict":
        container.load_item(solver, call.args[0], call.result, call.site)
    else:
        solver.copy(container.every, call.result)
    solver.copy(_arg(call, 1), call.result)


def _setdefault(container: Container, solver: Solver, call: Call) -> None:
    _get(container, solver, call)
    if (src := _arg(call, 1)) is not None:
        container.store_item(solver, _arg(call, 0), src, call.site)


def _values(container: Container, solver: Solver, call: Call) -> None:
    made = Container("list")
    solver.copy(container.every, made.anywhere(solver))
    solver.add(call.result, made)


def _items(container: Container, solver: Solver, call: Call) -> None:
    row, made = Container("tuple"), Container("list")
    container.iterate(solver, row.item(solver, 0), call.site)
    solver.copy(container.every, row.item(solver, 1))
    made.put(solver, None, row)
    solver.add(call.result, made)


def _popitem(container: Container, solver: Solver, call: Call) -> None:
    row = Container("tuple")
    container.iterate(solver, row.item(solver, 0), call.site)
    solver.copy(container.every, row.item(solver, 1))
    solver.add(call.result, row)


def _same(container: Container, solver: Solver, call: Call) -> None:
    solver.add(call.result, container)


def _sort(container: Container, solver: Solver, call: Call) -> None:
    call_key(solver, call, container.every)
    protocols.method(solver, container.every, ("__lt__",), Call(call.site, (container.every,)))


CONTAINER_METHODS.update(
    append=_append, add=_append, appendleft=_append, insert=_append, put=_append, extend=_extend, update=_extend,
    get=_get, pop=_get, popleft=_get, setdefault=_setdefault, values=_values, keys=_each, items=_items,
    popitem=_popitem, copy=_same, union=_same, difference=_same, intersection=_same, sort=_sort, __next__=_get,
    send=_get,
    __contains__=keyed, __delitem__=keyed, __getitem__=_item, __setitem__=_set_item, __iter__=_each, __init__=_extend,
    index=_find, count=_find, remove=_find,
)  # fmt: skip
