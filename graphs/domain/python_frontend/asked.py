"""What a value is that nobody is seen to give: code asks it for attributes, and the tree knows who has them all.

Nothing here is known, so little is said: names that built-in types have do not tell, and a value is taken for an object
of a class only where all classes that have what is asked are one family. Where several families have the methods that a
parameter is asked for, these methods may be called, and no object is taken to be there.
"""

import datetime
import io
import logging
import pathlib
import re
import threading
from collections.abc import Callable, Iterable
from types import GeneratorType
from typing import TYPE_CHECKING

from graphs.domain.ir import Call, Node, Value
from graphs.domain.python_frontend.classes import Class
from graphs.domain.python_frontend.functions import Function
from graphs.domain.python_frontend.protocols import COMPARE

if TYPE_CHECKING:
    from graphs.domain.python_frontend.context import Project

MAX_ASKED = 32  # classes that have what a parameter is asked for; where more do, the name says too little
COMMON = frozenset(
    name
    for kind in (
        list, dict, set, str, bytes, tuple, int, float, type, BaseException, io.TextIOWrapper, io.BytesIO, re.Pattern,
        re.Match, logging.Logger, datetime.datetime, datetime.timedelta, pathlib.Path, threading.Thread,
        threading.Condition, GeneratorType,
    )
    for name in dir(kind)
)  # fmt: skip
ALIKE = ("add", "sub", "truediv", "and", "or", "xor")  # the others take numbers as often
OPERATORS = frozenset(f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in ALIKE) | set(COMPARE.values())
Holders = dict[str, dict[Class, None]]


def by_what_is_asked(
    project: "Project", useful: Callable[[Node], bool], made_elsewhere: Callable[[Value], bool]
) -> None:
    """Say what parameters without a type, names that nothing arrives at, and attributes of ``self`` may be."""
    methods, members = _holders(project)
    _other_sides(project)
    for node, names in list(project.asked.items()):
        if node in project.untyped:
            _parameter(project, node, names, (methods, members), known=useful(node), made_elsewhere=made_elsewhere)
        elif not node.values:
            _fill(project, [node], _all_of(members, names))
    for (cls, attr), asked in project.asked_fields.items():
        fields = [c.instance.field(attr) for c in family(cls)]
        if not any(f.values for f in fields) and cls.find(attr) is None:
            _fill(project, fields, _all_of(members, asked))


def _other_sides(project: "Project") -> None:
    """The right side of an operator, where nobody is seen to use it, is an object like the left one."""
    for function, cls in project.methods:
        if function.name.rpartition(".")[2] in OPERATORS and len(function.params) == len(("self", "other")):
            other = function.params[1]
            untold = other in project.untyped and not other.values
            if untold and all(_has(cls, n) for n in project.asked.get(other, ())):
                project.solver.add(other, cls.instance)


def _parameter(
    project: "Project",
    param: Node,
    names: dict[str, list[Call]],
    holders: tuple[Holders, Holders],
    *,
    known: bool,
    made_elsewhere: Callable[[Value], bool],
) -> None:
    """Where something is known to arrive, only what users of a package make themselves comes along."""
    methods, members = holders
    if not known and _fill(project, [param], _all_of(members, names)):
        return
    solver = project.solver
    called = {name: calls for name, calls in names.items() if calls}
    for cls in _all_of(methods, called):
        if known and not made_elsewhere(cls.instance):
            continue
        for name, call in ((n, call) for n, calls in called.items() for call in calls):
            method = Node()
            cls.instance.load(solver, name, method, call.site)
            solver.call(method, call)


def _fill(project: "Project", nodes: Iterable[Node], found: list[Class]) -> bool:
    """Put instances of one family into nodes; of several, nothing."""
    if not found or not any(all(root in cls.linear for cls in found) for root in found):
        return False
    for node in nodes:
        for cls in found:
            project.solver.add(node, cls.instance)
    return True


def _holders(project: "Project") -> tuple[Holders, Holders]:
    """Return who has a method of a name, and who has any attribute of it."""
    methods: Holders = {}
    members: Holders = {}
    for cls in project.class_at.values():
        for name, node in cls.body.items():
            if name not in COMMON and name[:2] != "__":
                members.setdefault(name, {})[cls] = None
                if any(isinstance(v, Function) for v in node.values or ()):
                    methods.setdefault(name, {})[cls] = None
        for name in sorted(cls.stored - cls.body.keys() - COMMON):
            members.setdefault(name, {})[cls] = None
    return methods, members


def _all_of(holders: Holders, names: Iterable[str]) -> list[Class]:
    """Return the classes that have all of some attributes, when one of these names tells them from others."""
    telling = next((n for n in names if n in holders), None)
    if telling is None or len(holders[telling]) > MAX_ASKED:
        return []
    found: dict[Class, None] = {}
    for cls in holders[telling]:
        found.update(dict.fromkeys(family(cls)))
    return [c for c in found if not c.protocol and all(_has(c, n) for n in names)]


def _has(cls: Class, name: str) -> bool:
    return cls.find(name) is not None or any(name in c.stored for c in cls.linear if isinstance(c, Class))


def family(cls: Class) -> list[Class]:
    """Return a class with all that inherit from it."""
    found: dict[Class, None] = {}
    pending = [cls]
    while pending:
        current = pending.pop(0)
        if current not in found:
            found[current] = None
            pending.extend(current.subclasses)
    return list(found)
