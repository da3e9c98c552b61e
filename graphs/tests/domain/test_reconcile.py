"""A file with accepted code in place is a file like any other."""

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Language
from graphs.domain.reconcile import with_code


def test_code_that_was_put_in_is_read_anew() -> None:
    file = RecursiveDecomposer().split(b"def f(a, b):\n    return a\n", path="a.py", language=Language.PYTHON)
    assert file.facts is not None
    changed = with_code(file, {file.atoms[0].id: b"def g(c):\n    return c\n"})
    (facts,) = ContextInjector().describe([changed]).values()
    assert (facts.defines, facts.uses) == (("g",), ("c",))
