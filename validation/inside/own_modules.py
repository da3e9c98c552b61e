"""Lets the tests import the project's package where pytest has loaded an installed copy of it for its own use.

A script beside ``python_suite.py``. Without it the tests of such a project (iniconfig, pluggy, packaging) pass with the
copy, and nothing of the project runs. pytest keeps what it holds; names of the standard library stay as they are.
"""

import sys
from collections.abc import Iterable, Sequence

_KEPT = frozenset({"pytest", "_pytest", "coverage"}) | sys.stdlib_module_names


def forget_copies(files: Iterable[str], roots: Sequence[str]) -> None:
    """Forget loaded modules by whose top-level names ``files`` below ``roots`` are imported, and that lie elsewhere."""
    own: set[str] = set()
    for file in files:
        for root in roots:
            if file.startswith(f"{root}/"):
                own.add(file[len(root) + 1 :].partition("/")[0].removesuffix(".py"))
    known = set(files)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in own - _KEPT and getattr(module, "__file__", None) not in known:
            del sys.modules[name]
