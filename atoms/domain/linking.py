"""Where a name that a file imports is defined: inside the project, or outside."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from atoms.domain.model import Language

_SCRIPT_SUFFIXES: Final = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".d.ts")


@dataclass(frozen=True, slots=True)
class Modules:
    """Files of a project by the names under which they are imported."""

    by_name: Mapping[str, str]  # dotted Python name -> path
    paths: frozenset[str]
    names: Mapping[str, str]  # path -> dotted Python name
    _found: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def find(self, module: str, *, importer: str, language: Language) -> str | None:
        """Return the path of an imported module, or None where it lies outside the project."""
        key = (module, importer)
        if key not in self._found:
            self._found[key] = self._find(module, importer, language)
        return self._found[key]

    def _find(self, module: str, importer: str, language: Language) -> str | None:
        if language is Language.PYTHON:
            return self.by_name.get(self._absolute(module, importer))
        if not module.startswith("."):
            return None
        base = posixpath.normpath(posixpath.join(posixpath.dirname(importer), module))
        stem = posixpath.splitext(base)[0]
        candidates = [base, *(base + s for s in _SCRIPT_SUFFIXES), *(f"{base}/index{s}" for s in _SCRIPT_SUFFIXES)]
        candidates += [stem + s for s in _SCRIPT_SUFFIXES]  # TypeScript imports "./x.js" and means x.ts
        return next((path for path in candidates if path in self.paths), None)

    def _absolute(self, module: str, importer: str) -> str:
        level = len(module) - len(module.lstrip("."))
        if not level:
            return module
        parts = self.names.get(importer, "").split(".")
        is_package = posixpath.basename(importer) == "__init__.py"
        drop = level - 1 if is_package else level
        parts = parts[: len(parts) - drop] if drop else parts
        return ".".join(part for part in (*parts, module[level:]) if part)


def modules_of(paths: Iterable[str], *, root_package: str | None) -> Modules:
    """Index the files of a project. ``root_package`` is the import name of the folder that paths are relative to."""
    known = frozenset(paths)
    names: dict[str, str] = {}
    for path in known:
        if path.endswith(".py"):
            dotted = path.removesuffix(".py").replace("/", ".")
            dotted = "" if dotted == "__init__" else dotted.removesuffix(".__init__")
            names[path] = ".".join(part for part in (root_package, dotted) if part)
    return Modules({name: path for path, name in names.items()}, known, names)
