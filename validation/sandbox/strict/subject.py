"""Runs in the subject sandbox: has the code, and no tests. Answers what the oracle asks, one request after the other.

Shipped as a file beside ``mge_wire``. Nothing here is a wall: the code under test shares this process and may answer
what it likes, but only in values, and it does not know the questions before they come.
"""

import builtins
import contextlib
import importlib
import json
import operator
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn
from weakref import getweakrefcount

sys.path.insert(0, "/tmp/.judge")  # noqa: S108 - inside the sandbox
from mge_wire import Channel, Codec, ProtocolError, restore  # type: ignore[import-not-found]

sys.path[0] = "/work"
_modules = frozenset({"builtins", "atom"})  # whose objects are the code's own


async def _wait(awaitable: Any) -> Any:
    return await awaitable


def _await(awaitable: Any) -> Any:
    import asyncio  # noqa: PLC0415 - 30 ms that most tests do not need

    return asyncio.run(_wait(awaitable))


def _contains(container: Any, element: Any) -> bool:
    return element in container


_OPERATIONS: dict[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in (
        "add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "and_", "or_", "xor", "lshift", "rshift",
        "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "imatmul", "iand", "ior", "ixor", "ilshift", "irshift",
        "ipow", "neg", "pos", "invert", "lt", "le", "gt", "ge", "eq", "getitem", "setitem", "delitem", "truth", "index",
    )
} | {
    name: getattr(builtins, name)
    for name in (
        "len", "iter", "next", "str", "repr", "int", "float", "complex", "abs", "round", "reversed", "divmod", "pow",
        "dir", "format", "isinstance", "getattr", "setattr", "delattr", "bytes",
    )
} | {
    "contains": _contains,
    "await": _await,
    "enter": operator.methodcaller("__enter__"),
    "exit": operator.methodcaller("__exit__", None, None, None),
    "import": importlib.import_module,
}  # fmt: skip


_LOOKED_INTO = -1
_HELD_WEAKLY = -2
_WATCHED = 50  # of the latest functions of the tests
_COPIED = ("__annotations__", "__type_params__")  # ``functools.wraps`` copies them, and does without


class Subject:
    """The table of objects that the oracle holds handles of, and the loop that serves it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._callbacks: dict[int, _Callback] = {}  # one for each function, alive: the code may hold it weakly
        self._watched: list[_Callback] = []

    def serve(self) -> NoReturn:
        """Answer until the oracle is gone."""
        while True:
            self._answer(self._channel.receive())

    def _codec(self, lent: Sequence[Any] = ()) -> Codec:
        return Codec(self._encode_object, self._decode_object, lent)

    def _answer(self, message: Any) -> None:
        incoming = self._codec()
        operation, encoded = message
        arguments, keywords = incoming.decode(encoded)
        mutables = incoming.mutables
        held = [sys.getrefcount(one) for one in mutables]
        kept = False
        function: Callable[..., Any] = _OPERATIONS.get(operation, _call)
        try:
            result = function(*arguments, **keywords)
            self._tell_weak()
            # The result counts: what is handed back is one object here, and two of them there.
            now = [sys.getrefcount(one) for one in mutables]
            kept = any(map(operator.gt, now, held))
            reply = ["value", self._codec().encode(result), self._codec().encode(mutables), kept]
        except ProtocolError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the code raises is its answer
            reply = ["raise", self._encode_exception(error), self._codec().encode(mutables), kept]
        self._channel.send(reply)

    def _number(self, thing: Any) -> int:
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self._objects)
            self._objects.append(thing)
        return number

    def _encode_object(self, thing: Any) -> list[Any]:
        if isinstance(thing, _Callback):
            return ["yours", thing.number]
        if isinstance(thing, type) and issubclass(thing, BaseException):
            return self._encode_exception_class(thing)
        name = str(getattr(thing, "__name__", ""))
        if isinstance(thing, type) and getattr(builtins, name, None) is thing:
            return ["builtin", "builtins", name]
        return ["handle", self._number(thing), _kind(thing), name]

    def _encode_exception_class(self, kind: type[BaseException]) -> list[Any]:
        module = str(kind.__module__)
        if module.partition(".")[0] in sys.stdlib_module_names:
            return ["builtin", module, kind.__name__]
        return ["exception", self._number(kind), kind.__name__, [self._encode_object(base) for base in kind.__bases__]]

    def _encode_exception(self, error: BaseException) -> list[Any]:
        return [
            self._encode_object(type(error)),
            self._codec().encode(list(error.args)),
            str(error),
            self._number(error),
        ]

    def _decode_object(self, tag: str, rest: list[Any]) -> Any:
        if tag == "handle":
            return self._objects[rest[0]]
        if tag == "yours":
            return self._callback(rest[0], rest[1])
        if tag == "builtin":
            return getattr(sys.modules[rest[0]], rest[1])
        raise ProtocolError(f"unknown tag {tag}")

    def _callback(self, number: int, about: dict[str, str]) -> "_Callback":
        if number not in self._callbacks:
            self._callbacks[number] = _Callback(self, number, about)
            self._watched = [*self._watched[1 - _WATCHED :], self._callbacks[number]]
        return self._callbacks[number]

    def _tell_weak(self) -> None:
        if any(map(getweakrefcount, self._watched)):
            self.call_back(_HELD_WEAKLY, (), {})  # each time: notes are of one test

    def call_back(self, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Let the oracle call a function of the tests; requests that arise meanwhile are served first.

        What the function changed in the arguments is changed in them here, whether it returned or raised.
        """
        outgoing = self._codec()
        encoded = outgoing.encode([list(arguments), keywords])
        codec = self._codec(outgoing.mutables[2:])
        self._channel.send(["callback", number, encoded, outgoing.aliased])
        while True:
            message = self._channel.receive()
            if message[0] not in ("returned", "raised"):
                self._answer(message)
                continue
            for place, content in message[2]:
                restore(outgoing.mutables[2 + place], codec.decode(content))
            answer = codec.decode(message[1])
            if message[0] == "returned":
                return answer
            raise answer[0](*answer[1])


def _kind(thing: Any) -> str:
    """What the oracle should know: a class, a callable, an object of some library, or one of the code's own."""
    if isinstance(thing, type):
        return "class"
    if callable(thing):
        return "callable"
    kind = type(thing)
    library = str(kind.__module__) not in _modules or kind.__name__ == "coroutine" or isinstance(thing, BaseException)
    return "library" if library else "object"


class _Callback:
    """A function of the tests, seen from the code."""

    def __init__(self, subject: Subject, number: int, about: dict[str, str]) -> None:
        self.subject, self.number = subject, number
        self.__doc__ = None
        self.__dict__.update(about)

    def __getattr__(self, name: str) -> Any:
        if name not in _COPIED:
            self.subject.call_back(_LOOKED_INTO, (), {})  # a real function might have it
        raise AttributeError(name)

    def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
        return self.subject.call_back(self.number, arguments, keywords)


def _call(function: Any, /, *arguments: Any, **keywords: Any) -> Any:
    # By place alone: the code may have parameters of these names.
    return function(*arguments, **keywords)


def main() -> None:
    """Serve over the descriptors named in the environment; what is under test comes on stdin."""
    global _modules  # noqa: PLW0603 - told once, before anything is asked
    told = json.loads(sys.stdin.read() or "{}")
    _modules |= frozenset(told.get("modules", ()))
    sys.path[1:1] = told.get("sys_path", ())
    channel = Channel(int(os.environ.pop("MGE_LINK_IN")), int(os.environ.pop("MGE_LINK_OUT")))
    with contextlib.suppress(ProtocolError):  # the oracle is gone, or hears of it by our end
        Subject(channel).serve()
    sys.stdout.flush()
    os._exit(0)


main()
