"""What JavaScript's arrays, promises and globals do with the values they get."""

from functools import partial

from graphs.domain.ir import Call, Const, Node, Value
from graphs.domain.javascript_frontend.accessors import Accessor
from graphs.domain.javascript_frontend.copies import pour
from graphs.domain.javascript_frontend.values import (
    ARRAY_METHODS,
    GLOBAL_MODELS,
    INDEX,
    ArrayModel,
    JsFunction,
    JsObject,
    as_text,
)
from graphs.domain.solver import Solver


def _arg(call: Call, position: int) -> Node | None:
    return call.args[position] if position < len(call.args) else None


def _each(*, result: str) -> ArrayModel:
    """A callback on every element. ``result``: what the method returns: none, same, element or mapped."""

    def model(array: JsObject, solver: Solver, call: Call) -> None:
        returned = Node()
        given = (array.everything(solver), None, array.as_node(solver))
        solver.call(_arg(call, 0), call.back(*given, result=returned, this=_arg(call, 1)))
        if result == "same":
            _same(array, solver, call)
        elif result == "element":
            solver.copy(array.everything(solver), call.result)
        elif result == "mapped":
            made = JsObject("<builtin>.Array", "array")
            solver.copy(returned, made.field(solver, INDEX))
            solver.add(call.result, made)
        elif result == "flat":
            made = JsObject("<builtin>.Array", "array")
            solver.iterate(returned, made.field(solver, INDEX), call.site)
            solver.add(call.result, made)

    return model


def _same(array: JsObject, solver: Solver, call: Call) -> None:
    made = JsObject("<builtin>.Array", "array")
    solver.copy(array.everything(solver), made.field(solver, INDEX))
    solver.add(call.result, made)


def _concat(array: JsObject, solver: Solver, call: Call) -> None:
    made = JsObject("<builtin>.Array", "array")
    solver.copy(array.everything(solver), made.field(solver, INDEX))
    for arg in call.args:
        solver.iterate(arg, made.field(solver, INDEX), call.site)
    solver.add(call.result, made)


def _reduce(array: JsObject, solver: Solver, call: Call) -> None:
    total = call.result
    solver.copy(_arg(call, 1), total)
    if len(call.args) < 2:
        solver.copy(array.everything(solver), total)
    solver.call(_arg(call, 0), call.back(total, array.everything(solver), result=total))


def _sort(array: JsObject, solver: Solver, call: Call) -> None:
    element = array.everything(solver)
    solver.call(_arg(call, 0), call.back(element, element))
    solver.add(call.result, array)


def _push(array: JsObject, solver: Solver, call: Call) -> None:
    for arg in call.args:
        if arg is not None:
            array.store_item(solver, None, arg, call.site)
    if call.star is not None:
        solver.iterate(call.star, array.field(solver, INDEX), call.site)


def _element(array: JsObject, solver: Solver, call: Call) -> None:
    solver.copy(array.everything(solver), call.result)


def _set(array: JsObject, solver: Solver, call: Call) -> None:
    value = _arg(call, 1)
    if value is not None:
        array.store_item(solver, _arg(call, 0), value, call.site)
    solver.add(call.result, array)


def _get(array: JsObject, solver: Solver, call: Call) -> None:
    array.load_item(solver, _arg(call, 0), call.result, call.site)


def _entries(array: JsObject, solver: Solver, call: Call) -> None:
    row = JsObject("<builtin>.Array", "array")
    solver.copy(array.everything(solver), row.field(solver, "1"))
    made = JsObject("<builtin>.Array", "array")
    solver.add(made.field(solver, INDEX), row)
    solver.add(call.result, made)


def _callback(solver: Solver, call: Call) -> None:
    """A global that calls its first argument: timers and microtasks."""
    solver.call(_arg(call, 0), call.back(*call.args[2:]))


def _promise(solver: Solver, call: Call) -> None:
    """``new Promise(executor)``: the executor runs at once, with functions that settle the promise."""
    made = JsObject("<builtin>.Promise", "promise")
    resolve = Node()
    solver.add(resolve, _Resolver(made))
    solver.call(_arg(call, 0), call.back(resolve, resolve))
    solver.add(call.result, made)


class _Resolver(Value):
    __slots__ = ("promise",)

    def __init__(self, promise: JsObject) -> None:
        super().__init__("<builtin>.resolve")
        self.promise = promise

    def call(self, solver: Solver, call: Call) -> None:
        solver.copy(_arg(call, 0), self.promise.field(solver, INDEX))


def _resolved(solver: Solver, call: Call) -> None:
    solver.copy(_arg(call, 0), call.result)


def _all(solver: Solver, call: Call) -> None:
    """``Promise.all``: an array of what the promises hold, place by place."""
    made = JsObject("<builtin>.Array", "array")

    def on(value: Value) -> None:
        if isinstance(value, JsObject):
            for key, node in list(value.fields.items()):
                solver.listen(node, partial(_settled, solver, made.field(solver, key)))
            if value.kind == "array" and INDEX not in value.fields:
                solver.listen(value.field(solver, INDEX), partial(_settled, solver, made.field(solver, INDEX)))

    solver.listen(_arg(call, 0), on)
    solver.add(call.result, made)


def _settled(solver: Solver, dst: Node, value: Value) -> None:
    if isinstance(value, JsObject) and value.kind == "promise":
        solver.copy(value.field(solver, INDEX), dst)
    else:
        solver.add(dst, value)


def _race(solver: Solver, call: Call) -> None:
    solver.iterate(_arg(call, 0), call.result, call.site)


def _map(solver: Solver, call: Call) -> None:
    """``new Map(rows)``: the values of the rows; iterating gives rows again."""
    made, rows = JsObject("<builtin>.Array", "array"), Node()
    made.paired = True
    solver.iterate(_arg(call, 0), rows, call.site)
    solver.load_item(rows, "1", made.field(solver, INDEX), call.site)
    solver.add(call.result, made)


def _container(solver: Solver, call: Call) -> None:
    """``new Map``, ``new Set``, ``Array.of``."""
    made = JsObject("<builtin>.Array", "array")
    solver.iterate(_arg(call, 0), made.field(solver, INDEX), call.site)
    solver.add(call.result, made)


def _from(solver: Solver, call: Call) -> None:
    element = Node()
    solver.iterate(_arg(call, 0), element, call.site)
    made = JsObject("<builtin>.Array", "array")
    if len(call.args) > 1:
        solver.call(_arg(call, 1), call.back(element, result=made.field(solver, INDEX)))
    else:
        solver.copy(element, made.field(solver, INDEX))
    solver.add(call.result, made)


def _assign(solver: Solver, call: Call) -> None:
    target = _arg(call, 0)
    for source in call.args[1:]:
        pour(solver, source, target)
    solver.copy(target, call.result)


def _defaults(solver: Solver, call: Call) -> None:
    """``extend``, ``merge``, ``defaults`` of well-known packages: into the first argument, which comes back."""
    _assign(solver, call)


def _inherits(solver: Solver, call: Call) -> None:
    """``util.inherits(A, B)``: instances of A have the methods of B."""

    def on(value: Value) -> None:
        if isinstance(value, JsFunction):
            proto = Node()
            value.prototype_object(solver).protos.append(proto)
            solver.load(_arg(call, 1), "prototype", proto, call.site)

    solver.listen(_arg(call, 0), on)


def _define(solver: Solver, call: Call) -> None:
    """``Object.defineProperty(object, name, descriptor)``."""
    _descriptor(solver, _arg(call, 0), _arg(call, 1), _arg(call, 2), call)
    solver.copy(_arg(call, 0), call.result)


def _descriptor(solver: Solver, base: Node | None, key: Node | None, node: Node | None, call: Call) -> None:
    getters, setters, value = Node(), Node(), Node()
    solver.load(node, "get", getters, call.site)
    solver.load(node, "set", setters, call.site)
    solver.load(node, "value", value, call.site)

    def name(found: Value) -> None:
        if isinstance(found, Const) and found.value is not None:
            attr = str(found.value)
            solver.listen(base, lambda holder: put(holder, attr))

    def put(holder: Value, attr: str) -> None:
        target = holder if isinstance(holder, JsObject) else getattr(holder, "members", None)
        if not isinstance(target, JsObject):
            return
        solver.copy(value, target.field(solver, attr))
        made = Accessor()
        for given, half in ((getters, made.getter), (setters, made.setter)):
            solver.listen(given, partial(install, target, attr, made, (given, half)))

    def install(target: JsObject, attr: str, made: Accessor, halves: tuple[Node, Node], function: Value) -> None:
        given, half = halves
        if _fits(function, attr, key, given):
            solver.add(half, function)
            solver.add(target.field(solver, attr), made)
            if isinstance(function, JsFunction):
                solver.add(function.this, target)

    solver.listen(key, name)


def _fits(function: Value, attr: str, key: Node | None, given: Node) -> bool:
    """Where one helper defines many properties, a function that bears the name of one of them is that one's."""
    names = {str(v.value) for v in (key.values if key is not None else None) or () if isinstance(v, Const)}
    if len(names) < 2 or _last(function) == attr:
        return True
    return _last(function) not in names and all(_last(other) != attr for other in given.values or ())


def _last(value: Value) -> str:
    return value.name.rpartition(".")[2]


def _define_all(solver: Solver, call: Call) -> None:
    """``Object.defineProperties(object, descriptors)``."""

    def on(value: Value) -> None:
        if isinstance(value, JsObject):
            for attr, node in list(value.fields.items()):
                key = Node()
                solver.add(key, solver.constant(attr))
                _descriptor(solver, _arg(call, 0), key, node, call)

    solver.listen(_arg(call, 1), on)
    solver.copy(_arg(call, 0), call.result)


def _create(solver: Solver, call: Call) -> None:
    made = JsObject("<object>", "object")
    if call.args and call.args[0] is not None:
        made.protos.append(call.args[0])
    solver.add(call.result, made)


def _set_prototype(solver: Solver, call: Call) -> None:
    proto = _arg(call, 1)
    if proto is not None:
        solver.listen(_arg(call, 0), lambda v: v.protos.append(proto) if isinstance(v, JsObject) else None)
    solver.copy(_arg(call, 0), call.result)


def _object_values(solver: Solver, call: Call) -> None:
    made = JsObject("<builtin>.Array", "array")
    solver.listen(
        _arg(call, 0),
        lambda v: solver.copy(v.everything(solver), made.field(solver, INDEX)) if isinstance(v, JsObject) else None,
    )
    solver.add(call.result, made)


def _object_entries(solver: Solver, call: Call) -> None:
    row, made = JsObject("<builtin>.Array", "array"), JsObject("<builtin>.Array", "array")
    solver.listen(
        _arg(call, 0),
        lambda v: solver.copy(v.everything(solver), row.field(solver, "1")) if isinstance(v, JsObject) else None,
    )
    solver.add(made.field(solver, INDEX), row)
    solver.add(call.result, made)


def _text(solver: Solver, call: Call) -> None:
    as_text(solver, _arg(call, 0), call.site)


def _nothing(solver: Solver, call: Call) -> None:
    """Neither keeps nor returns anything that can be called."""


ARRAY_METHODS.update(
    forEach=_each(result="none"), map=_each(result="mapped"), filter=_each(result="same"),
    find=_each(result="element"), findLast=_each(result="element"), findIndex=_each(result="none"),
    some=_each(result="none"), every=_each(result="none"), flatMap=_each(result="flat"), reduce=_reduce,
    reduceRight=_reduce, sort=_sort, push=_push, unshift=_push, add=_push, pop=_element, shift=_element, at=_element,
    slice=_same, splice=_same, reverse=_same, flat=_same, concat=_concat, values=_same, entries=_entries, set=_set,
    get=_get, fill=_push,
)  # fmt: skip

_TIMERS = ("setTimeout", "setInterval", "setImmediate", "queueMicrotask", "requestAnimationFrame")
GLOBAL_MODELS.update({f"<builtin>.{name}": _callback for name in _TIMERS})
GLOBAL_MODELS.update({
    "<builtin>.process.nextTick": _callback,
    "<builtin>.Promise": _promise,
    "<builtin>.Promise.resolve": _resolved,
    "<builtin>.Promise.all": _all,
    "<builtin>.Promise.race": _race,
    "<builtin>.Promise.allSettled": _all,
    "<builtin>.String": _text,
    "<builtin>.Map": _map,
    "<builtin>.Set": _container,
    "<builtin>.WeakMap": _map,
    "<builtin>.WeakSet": _container,
    "<builtin>.Array": _container,
    "<builtin>.Array.from": _from,
    "<builtin>.Object.assign": _assign,
    "<builtin>.Object.defineProperty": _define,
    "<builtin>.Object.defineProperties": _define_all,
    "<builtin>.Reflect.defineProperty": _define,
    **dict.fromkeys(
        (
            "merge-descriptors", "object-assign", "utils-merge", "extend", "xtend/mutable", "util._extend",
            "lodash.assign", "lodash.extend", "lodash.merge", "lodash.defaults", "lodash.assignIn", "lodash/assign",
            "lodash/extend", "lodash/merge", "lodash/defaults", "underscore.extend", "jquery.extend",
            "<builtin>.$.extend", "<builtin>.jQuery.extend",
        ),
        _defaults,
    ),
    "util.inherits": _inherits,
    "inherits": _inherits,
    "<builtin>.Object.create": _create,
    "<builtin>.Object.setPrototypeOf": _set_prototype,
    "<builtin>.Object.values": _object_values,
    "<builtin>.Object.entries": _object_entries,
    "<builtin>.Object.freeze": _resolved,
    "<builtin>.console.log": _nothing,
})  # fmt: skip
