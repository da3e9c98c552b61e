"""Runs in the oracle sandbox: lets the tests import the code under test, which is elsewhere, or hollow.

Shipped as a file beside ``mge_remote``. The names of the modules come from outside: nothing else is found here.
"""

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from mge_remote import Mutant, RemoteModule  # type: ignore[import-not-found]


class Finder:
    """Finder and loader of the modules under test. ``modules``: dotted name, and whether it is a package."""

    def __init__(self, modules: dict[str, bool], folders: list[str], link: Any) -> None:
        self._modules, self._folders, self._link = modules, folders, link

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of a module under test; the tests inside a package still lie in its folders."""
        del path, target
        if name not in self._modules:
            return None
        spec = ModuleSpec(name, self, is_package=self._modules[name])  # type: ignore[arg-type]  # a loader by shape
        if self._modules[name]:
            spec.submodule_search_locations = [f"{folder}/{name.replace('.', '/')}" for folder in self._folders]
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module as the tests see it."""
        module: ModuleType = Mutant(spec.name) if self._link is None else RemoteModule(spec.name, self._link)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Import a submodule over there too, where its package must know it; the rest when it is first used."""
        if self._link is not None and "." in module.__name__:
            module.__dict__["_mge_handle"] = self._link.ask("import", module.__name__)
