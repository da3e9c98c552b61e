"""Strings as values: those not followed, and those of which the beginning or the end is known.

Code makes the names of methods at run time (``getattr(self, f"visit_{kind}".lower())``); what is known of such a name
says which methods it may mean.
"""

from collections.abc import Callable

from graphs.domain.ir import Call, Const, Node, Site, Value
from graphs.domain.solver import Solver

TEXT = "<**PyStr**>"
CHANGES: dict[str, Callable[[str], str]] = {
    "lower": str.lower, "casefold": str.casefold, "upper": str.upper, "swapcase": str.swapcase, "strip": str.strip,
    "lstrip": str.lstrip, "rstrip": str.rstrip,
}  # fmt: skip
MIN_SUFFIX = 3  # letters: fewer say too little


class BuiltinMethod(Value):
    """A method of a builtin type that passes nothing on."""

    __slots__ = ()
    crowds = True

    def call(self, solver: Solver, call: Call) -> None:
        solver.record_external(call.site, self.name)


class Text(Value):
    """Any string whose content is not followed."""

    __slots__ = ()

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        solver.add(dst, BuiltinMethod(f"{TEXT}.{attr}"))


class Affixed(Text):
    """A string of which only the beginning or the end is known: ``"visit_" + kind``, ``f"{kind}_handler"``."""

    __slots__ = ("prefix", "suffix")
    crowds = True

    def __init__(self, prefix: str, suffix: str = "") -> None:
        super().__init__(TEXT)
        self.prefix = prefix
        self.suffix = suffix

    def load(self, solver: Solver, attr: str, dst: Node, site: Site) -> None:
        change = CHANGES.get(attr)
        if change is not None or attr == "replace":
            known = (change(self.prefix), change(self.suffix)) if change is not None else (self.prefix, self.suffix)
            solver.add(dst, TextMethod(attr, Affixed(*known)))
        else:
            super().load(solver, attr, dst, site)

    def fits(self, name: str) -> bool:
        """Tell whether a name may be this string."""
        return len(name) > len(self.prefix) + len(self.suffix) and (
            name.startswith(self.prefix) and name.endswith(self.suffix)
        )


class TextMethod(BuiltinMethod):
    """A method of a string, and what it returns."""

    __slots__ = ("made",)

    def __init__(self, attr: str, made: Value) -> None:
        super().__init__(f"{TEXT}.{attr}")
        self.made = made

    def call(self, solver: Solver, call: Call) -> None:
        super().call(solver, call)
        solver.add(call.result, self.made)


def load_constant(solver: Solver, value: Value, attr: str, dst: Node) -> None:
    """Let ``"literal".attr`` flow into ``dst`` where its result may be a name."""
    if not isinstance(value, Const) or not isinstance(value.value, str):
        return
    if attr == "format":
        made = affixed(value.value.partition("{")[0], value.value.rpartition("}")[2])
        if made is not None:
            solver.add(dst, TextMethod(attr, made))
    elif attr in CHANGES:
        solver.add(dst, TextMethod(attr, solver.constant(CHANGES[attr](value.value))))


def affixed(prefix: str, suffix: str) -> Affixed | None:
    """Return the string with this beginning and end, or None where they cannot be those of a name."""
    prefix = prefix if prefix.isidentifier() else ""
    suffix = suffix if len(suffix) >= MIN_SUFFIX and f"_{suffix}".isidentifier() else ""
    return Affixed(prefix, suffix) if prefix or suffix else None


def percent(template: str) -> Affixed | None:
    """Return what ``template % values`` is known to be."""
    return affixed(template.partition("%")[0], _after_last(template))


def _after_last(template: str) -> str:
    """Return what follows the last conversion, ``%s`` or ``%(name)s``."""
    rest = template.rpartition("%")[2]
    return rest.rpartition(")")[2][1:]
