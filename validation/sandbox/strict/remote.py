"""Runs in the oracle sandbox: the code under test as the tests see it, without ever being imported there.

Shipped as a file beside ``mge_wire``. An import of it gives a ``RemoteModule``; what is no plain value is a ``Handle``,
which never equals a value. Where the code under test itself decides a comparison (two of its objects, truth, order),
or a test needs what cannot cross, a note is taken: such a pass is not an unforgeable one.
"""

import builtins
import operator
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

from mge_wire import Channel, Codec, ProtocolError, restore  # type: ignore[import-not-found]

_SPECIAL_ATTRIBUTES = {
    "__name__", "__qualname__", "__doc__", "__module__", "__version__", "__all__", "__annotations__", "__dict__",
    "__defaults__", "__kwdefaults__", "__author__", "__members__",
}  # fmt: skip
_MOST_LENT = 20
LIBRARY_OBJECT = "an object came back that cannot be asked all from here"
_LOOKED_INTO = -1  # called back so: the code asks what a function of the tests is
_HELD_WEAKLY = -2  # and so: it wants to know when that function dies, which it does not do over there


class CannotCrossError(TypeError):
    """A test hands over what is neither value, handle nor function: it needs the code in its own process."""


class Link:
    """The connection to the subject, and what was noted about it.

    ``decided``: comparisons the code itself answered. ``needs``: what must be seen in one process. ``apart``: what may
    make a test fail for no other reason than that the code is elsewhere; it says nothing of one that passes.
    ``broken``: why the subject is no more.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._callbacks: list[Any] = []
        self._numbers: dict[int, int] = {}  # id of a function of the tests -> its place there, where it stays alive
        self._classes: dict[int, type[BaseException]] = {}
        self._lent: list[tuple[Any, Any]] = []  # containers read from attributes, and what they held
        self._asked = 0
        self.decided: set[str] = set()
        self.needs: set[str] = set()
        self.apart: set[str] = set()
        self.broken = ""
        self._earlier: dict[str, set[str]] = {"decided": set(), "needs": set(), "apart": set()}

    def since(self) -> dict[str, Any]:
        """Return what was noted since the last call: of one test, where it is called after each."""
        self._look_at_lent()
        new = {name: sorted(getattr(self, name)) for name in self._earlier}
        for name, words in new.items():
            self._earlier[name].update(words)
            getattr(self, name).clear()
        return new

    def notes(self) -> dict[str, Any]:
        """Return all that was noted, for the report."""
        self.since()
        return {**{name: sorted(words) for name, words in self._earlier.items()}, "broken": self.broken}

    def ask(self, operation: str, /, *arguments: Any, **keywords: Any) -> Any:
        """Let the subject perform one operation; return its value or raise its exception."""
        __tracebackhide__ = True
        self._look_at_lent()
        self._asked += 1
        try:
            outgoing = self._codec()
            message = [operation, outgoing.encode([list(arguments), keywords])]
            if outgoing.aliased:
                self.needs.add("one object is handed to the code in two places")
            mutables = outgoing.mutables[2:]  # the list of arguments and the dict of keywords are ours
            self._channel.send(message)
            reply = self._receive()
            error = self._settle(reply, mutables)
            if error is None:
                return self._lend(operation, self._codec().decode(reply[1]))
        except ProtocolError as trouble:
            self.broken = self.broken or str(trouble)
            raise
        raise error

    def _lend(self, operation: str, value: Any) -> Any:
        """A list read from an attribute is a copy: a test that changes it means the code's own one."""
        if operation == "getattr" and type(value) in (list, dict, set):
            self._lent.append((value, self._codec().encode(value)))
            del self._lent[:-_MOST_LENT]
        return value

    def _look_at_lent(self) -> None:
        lent, self._lent = self._lent, []
        for value, before in lent:
            try:
                same = self._codec().encode(value) == before
            except (CannotCrossError, ProtocolError):
                same = False
            if same:
                self._lent.append((value, before))
            else:
                self.needs.add("a test changes what an attribute of the code holds")

    def _receive(self) -> Any:
        while True:
            reply = self._channel.receive()
            if not isinstance(reply, list) or len(reply) != 4:
                raise ProtocolError("malformed reply")
            if reply[0] != "callback":
                return reply
            if reply[3]:
                self.apart.add("one object of the code is handed to a function of the tests in two places")
            self._serve_callback(reply[1], reply[2])

    def _serve_callback(self, number: Any, encoded: Any) -> None:
        incoming = self._codec()
        arguments, keywords = incoming.decode(encoded)
        if number in (_LOOKED_INTO, _HELD_WEAKLY):
            if number == _LOOKED_INTO:
                self.needs.add("the code looks into a function of the tests")
            else:
                self.apart.add("the code holds a function of the tests weakly, and here that does not die")
            self._channel.send(["returned", None, []])
            return
        if not isinstance(number, int) or not 0 <= number < len(self._callbacks):
            raise ProtocolError("unknown callback")
        lent = incoming.mutables[2:]  # the list of arguments and the dict of keywords are not the code's
        codec = self._codec(lent)
        before, held, asked = codec.contents(), list(map(sys.getrefcount, lent)), self._asked
        try:
            answer = ["returned", codec.encode(self._callbacks[number](*arguments, **keywords))]
        except ProtocolError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the test's function raises goes back to the code
            answer = ["raised", codec.encode([type(error), list(error.args)])]
        if any(map(operator.gt, map(sys.getrefcount, lent), held)):
            self.apart.add("a function of the tests keeps a list, dict or set of the code, which may change it later")
        if lent and self._asked != asked:
            self.apart.add("a function of the tests asks the code, which may change what it was handed")
        self._channel.send([*answer, _changed(codec, before)])

    def _settle(self, reply: list[Any], mutables: list[Any]) -> BaseException | None:
        incoming = self._codec()
        contents = incoming.decode(reply[2])
        if not isinstance(contents, list) or len(contents) != len(mutables) + 2:
            raise ProtocolError("malformed argument state")
        for target, content, encoded in zip(mutables, contents[2:], reply[2][1][2:], strict=True):
            if self._codec().encode(target) != _without_kinds(encoded):
                restore(target, content)
        if reply[3]:
            self.apart.add("the code keeps a list, dict or set of the tests, and may change it later")
        if reply[0] == "value":
            return None
        if reply[0] != "raise":
            raise ProtocolError("malformed reply")
        return self._exception(*reply[1])

    def _exception(self, encoded_class: Any, encoded_args: Any, text: str, number: int) -> BaseException:
        kind, args = self._codec().decode(encoded_class), self._codec().decode(encoded_args)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)) or not isinstance(args, list):
            raise ProtocolError("malformed exception")
        if issubclass(kind, OSError):
            self.apart.add("the code looks for a file, which the tests may have")
        error = _made(kind, args)
        error.args = tuple(args)
        if isinstance(error, _Remote):
            error.mge_text, error.mge_handle = str(text), Handle(self, int(number), "exception", kind.__name__)
        return error

    def _codec(self, lent: Sequence[Any] = ()) -> Codec:
        return Codec(self._encode_object, self._decode_object, lent)

    def _encode_object(self, thing: Any) -> list[Any]:
        if type(thing) is Handle:
            return ["handle", object.__getattribute__(thing, "_mge_number")]
        if isinstance(thing, _Remote) and thing.mge_handle is not None:
            return ["handle", object.__getattribute__(thing.mge_handle, "_mge_number")]
        if isinstance(thing, type):
            return self._encode_class(thing)
        if callable(thing):
            number = self._numbers.setdefault(id(thing), len(self._callbacks))
            if number == len(self._callbacks):
                self._callbacks.append(thing)
            return ["yours", number, _about(thing)]
        self.needs.add(f"an object of the tests ({type(thing).__name__}) is handed to the code")
        raise CannotCrossError(f"{type(thing).__name__} cannot cross to the code under test")

    def _encode_class(self, kind: type) -> list[Any]:
        if issubclass(kind, _Remote) and "mge_number" in vars(kind):
            return ["handle", vars(kind)["mge_number"]]
        if kind.__module__ == "builtins" and getattr(builtins, kind.__name__, None) is kind:
            return ["builtin", "builtins", kind.__name__]
        self.needs.add(f"a class of the tests ({kind.__name__}) is handed to the code")
        raise CannotCrossError(f"class {kind.__name__} cannot cross to the code under test")

    def _decode_object(self, tag: str, rest: list[Any]) -> Any:
        if tag == "handle":
            number, kind, name = rest
            if kind == "library":
                self.apart.add(LIBRARY_OBJECT)
            return Handle(self, int(number), str(kind), str(name))
        if tag == "builtin":
            return self._known_class(str(rest[0]), str(rest[1]))
        if tag == "exception":
            return self._exception_class(int(rest[0]), str(rest[1]), rest[2])
        if tag == "yours":
            return self._callbacks[rest[0]]
        raise ProtocolError("unknown tag")

    def _known_class(self, module: str, name: str) -> type:
        """Only what is loaded already and is a class of the standard library: nothing is imported on their word."""
        standard = module.partition(".")[0] in sys.stdlib_module_names
        found = getattr(sys.modules.get(module), name, None) if standard else None
        if isinstance(found, type):
            return found
        return type(name, (Exception,), {})

    def _exception_class(self, number: int, name: str, encoded_bases: list[Any]) -> type[BaseException]:
        if number not in self._classes:
            bases = [self._decode_object(base[0], base[1:]) for base in encoded_bases]
            kinds = [base for base in bases if isinstance(base, type) and issubclass(base, BaseException)]
            known = tuple(kinds) or (Exception,)
            first = () if any(issubclass(base, _Remote) for base in known) else (_Remote,)
            self._classes[number] = type(name, (*first, *known), {"mge_number": number})
        return self._classes[number]


def _about(function: Any) -> dict[str, str]:
    """What decorators copy from a function."""
    names = ("__name__", "__qualname__", "__module__", "__doc__")
    found = {name: getattr(function, name, None) for name in names}
    return {name: value for name, value in found.items() if type(value) is str}


def _changed(codec: Codec, before: list[Any]) -> list[list[Any]]:
    """The places and new contents of lent containers that changed; none where the code may not have what is in them."""
    try:
        return [[place, now] for place, now in enumerate(codec.contents()) if now != before[place]]
    except CannotCrossError:
        return []


def _without_kinds(data: Any) -> Any:
    """Return encoded data with handles as we encode them: by number alone."""
    if not isinstance(data, list):
        return data
    return data[:2] if data[:1] == ["handle"] else [_without_kinds(element) for element in data]


def _made(kind: type[BaseException], args: list[Any]) -> BaseException:
    """An exception of this kind; built-in ones with the attributes and texts that they make of their arguments."""
    if issubclass(kind, _Remote):
        return kind.__new__(kind)
    if kind.__module__ == "builtins":
        with suppress(TypeError, ValueError):  # arguments that somebody put in place later
            return kind(*args)
    return kind.__new__(kind, *args)


class _Remote(BaseException):
    """Mixed into exceptions that the code under test defines."""

    mge_text: str | None = None
    mge_handle: Any = None

    def __str__(self) -> str:
        return super().__str__() if self.mge_text is None else self.mge_text

    def __getattr__(self, name: str) -> Any:
        if self.mge_handle is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.mge_handle, name)


class Handle:
    """Something of the subject that is no value. All it does happens over there."""

    __slots__ = ("_mge_kind", "_mge_link", "_mge_name", "_mge_number")

    def __init__(self, link: Link, number: int, kind: str, name: str) -> None:
        object.__setattr__(self, "_mge_link", link)
        object.__setattr__(self, "_mge_number", number)
        object.__setattr__(self, "_mge_kind", kind)
        object.__setattr__(self, "_mge_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _SPECIAL_ATTRIBUTES:
            raise AttributeError(name)
        return self._mge_link.ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._mge_link.ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._mge_link.ask("delattr", self, name)

    def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
        return self._mge_link.ask("call", self, *arguments, **keywords)

    def __eq__(self, other: object) -> bool:
        if type(other) is not Handle:
            self._mge_link.decided.add("equality of an object and a value")
            return False
        return _decision(self, "eq", other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        if self._mge_kind == "object":
            self._mge_link.apart.add(LIBRARY_OBJECT)  # an equal one may have another number
        return hash(("mge", self._mge_number))

    def __bool__(self) -> bool:
        return self._mge_kind in ("callable", "class") or _decision(self, "truth")

    def __await__(self) -> Any:
        yield from ()
        return self._mge_link.ask("await", self)

    def __exit__(self, *error: object) -> bool:
        if error and error[0] is not None:
            self._mge_link.needs.add("an exception passes through a context manager of the code")
        return bool(self._mge_link.ask("exit", self))

    def __instancecheck__(self, instance: object) -> bool:
        if type(instance) is not Handle:
            return False
        return _decision(instance, "isinstance", self)


def _decision(handle: Handle, operation: str, *others: object) -> bool:
    """A truth that the code under test tells about itself: it holds, and is noted."""
    link = object.__getattribute__(handle, "_mge_link")
    link.decided.add(operation)
    return link.ask(operation, handle, *others) is True


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ProtocolError(f"{kind.__name__} expected")
    return value


def _plain(operation: str) -> Any:
    def method(self: Handle, *arguments: Any) -> Any:
        return self._mge_link.ask(operation, self, *arguments)

    return method


def _reflected(operation: str) -> Any:
    def method(self: Handle, other: Any) -> Any:
        return self._mge_link.ask(operation, other, self)

    return method


def _deciding(operation: str) -> Any:
    def method(self: Handle, *arguments: Any) -> bool:
        return _decision(self, operation, *arguments)

    return method


def _told(name: str) -> Any:
    def method(self: Handle) -> Any:
        return self._mge_link.ask("getattr", self, name)

    return property(method)


def _typed(operation: str, kind: type) -> Any:
    def method(self: Handle, *arguments: Any) -> Any:
        return _exactly(kind, self._mge_link.ask(operation, self, *arguments))

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "lshift", "rshift", "pow", "divmod"):
    setattr(Handle, f"__{_name}__", _plain(_name))
    setattr(Handle, f"__r{_name}__", _reflected(_name))
for _name in ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "imatmul", "iand", "ior", "ixor", "ilshift",
              "irshift", "ipow"):  # fmt: skip
    setattr(Handle, f"__{_name}__", _plain(_name))
for _name in ("and", "or"):
    setattr(Handle, f"__{_name}__", _plain(f"{_name}_"))
    setattr(Handle, f"__r{_name}__", _reflected(f"{_name}_"))
for _name in ("xor", "neg", "pos", "invert", "getitem", "setitem", "delitem", "iter", "next", "abs", "round",
              "reversed", "enter"):  # fmt: skip
    setattr(Handle, f"__{_name}__", _plain(_name))
for _name in ("lt", "le", "gt", "ge", "contains"):
    setattr(Handle, f"__{_name}__", _deciding(_name))
for _name, _kind in (("len", int), ("str", str), ("repr", str), ("int", int), ("float", float), ("format", str),
                     ("dir", list), ("bytes", bytes), ("index", int)):  # fmt: skip
    setattr(Handle, f"__{_name}__", _typed(_name, _kind))
for _name in ("doc", "module"):  # else the class's own would be found
    setattr(Handle, f"__{_name}__", _told(f"__{_name}__"))


class RemoteModule(ModuleType):
    """A module under test as the tests see it."""

    def __init__(self, name: str, link: Link) -> None:
        super().__init__(name)
        self.__dict__["_mge_link"] = link
        self.__dict__["_mge_handle"] = None

    def __getattr__(self, name: str) -> Any:
        if name in ("__path__", "__file__", "__wrapped__"):
            raise AttributeError(name)
        if self._mge_handle is None:
            self.__dict__["_mge_handle"] = self._mge_link.ask("import", self.__name__)
        if name == "__all__":
            public = [n for n in self._mge_link.ask("dir", self._mge_handle) if not n.startswith("_")]
            return self._mge_link.ask("getattr", self._mge_handle, "__all__", public)
        return self._mge_link.ask("getattr", self._mge_handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):  # the import system's own
            super().__setattr__(name, value)
            return
        if isinstance(value, ModuleType) and value.__name__ == f"{self.__name__}.{name}":
            if not isinstance(value, RemoteModule):  # else over there it is where it belongs
                super().__setattr__(name, value)
            return
        self._mge_link.ask("setattr", self._mge_handle or self._mge_link.ask("import", self.__name__), name, value)


class Mutant(ModuleType):
    """A module whose every name is a thing that equals nothing, and that returns such a thing whatever it is asked."""

    def __getattr__(self, name: str) -> Any:
        if name in ("__path__", "__file__", "__wrapped__"):
            raise AttributeError(name)
        return [] if name == "__all__" else Nothing()


class Nothing:
    """Equal to nothing, returns nothing of use, raises nothing when called."""

    def __call__(self, *_: object, **__: object) -> "Nothing":
        return Nothing()

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)
