"""Paths and module names.

``name`` is the dotted name relative to the imported folder (the callgraph speaks it); imports are resolved by any of
the names a module can be known by: that one, the same under ``root_package``, and the one relative to its own source
root (the nearest folder above that is not a package).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class ModuleName:
    """One Python module: its path, its dotted name, and whether it is a package."""

    path: str
    name: str
    package: bool


@dataclass(slots=True)
class ModuleIndex:
    """Finds the path of the module that an import means. Where two files claim a name, a package wins, as in Python."""

    root_package: str | None
    by_path: dict[str, ModuleName] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)
    by_alias: dict[str, list[str]] = field(default_factory=dict)
    packages: set[str] = field(default_factory=set)  # prefixes that hold modules, packages without __init__ included

    def resolve(self, dotted: str, *, importer: str) -> str | None:
        """Return the path of the module ``dotted`` as seen from the file ``importer``, or None."""
        root = self.root_package
        if root:
            if dotted == root:
                return self.by_name.get("__init__")
            if dotted.startswith(f"{root}."):
                found = self.by_name.get(dotted[len(root) + 1 :])
                if found:
                    return found
        aliases = self.by_alias.get(dotted)
        if aliases:
            folder = str(PurePosixPath(importer).parent)
            near = [a for a in aliases if str(PurePosixPath(a).parent) == folder]
            return (near or aliases)[0]
        return self.by_name.get(dotted)

    def relative(self, path: str, level: int, module: str | None) -> str | None:
        """Return the path of the module that ``from ..module`` means in ``path``, or None."""
        parts = list(PurePosixPath(path).parent.parts)
        if level - 1 > len(parts):
            return None
        base = parts[: len(parts) - (level - 1)]
        dotted = [*base, *(module.split(".") if module else [])]
        return self.by_name.get(".".join(dotted) or "__init__")

    def relative_name(self, path: str, level: int, module: str | None) -> str:
        """Return the dotted name meant by a relative import, whether it exists or not."""
        parts = list(PurePosixPath(path).parent.parts)
        base = parts[: max(0, len(parts) - (level - 1))]
        return ".".join([*base, *(module.split(".") if module else [])])


def module_name(path: str) -> ModuleName:
    """Return the dotted name of a Python file relative to the folder; the root's ``__init__.py`` is ``__init__``."""
    pure = PurePosixPath(path)
    parts = [*pure.parent.parts, pure.stem]
    if pure.stem == "__init__":
        return ModuleName(path, ".".join(parts[:-1]) or "__init__", package=True)
    return ModuleName(path, ".".join(parts), package=False)


def build_index(paths: Iterable[str], *, root_package: str | None) -> ModuleIndex:
    """Index all Python files of a folder."""
    index = ModuleIndex(root_package)
    modules = [module_name(p) for p in sorted(paths)]
    with_init = {str(PurePosixPath(m.path).parent) for m in modules if m.package}
    for module in modules:
        index.by_path[module.path] = module
        if module.package or module.name not in index.by_name:
            index.by_name[module.name] = module.path
        prefix = module.name
        while "." in prefix:
            prefix = prefix.rpartition(".")[0]
            index.packages.add(prefix)
        alias = _source_root_name(module, with_init)
        if alias != module.name:
            index.by_alias.setdefault(alias, []).append(module.path)
    return index


def _source_root_name(module: ModuleName, with_init: set[str]) -> str:
    folder = PurePosixPath(module.path).parent
    parts: list[str] = [] if module.package else [PurePosixPath(module.path).stem]
    while str(folder) in with_init and folder.parts:
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or module.name


def javascript_name(path: str) -> str:
    """Return the dotted name of a JavaScript or TypeScript file: its path without the extension."""
    pure = PurePosixPath(path)
    return ".".join([*pure.parent.parts, pure.stem])


def common_stems(candidates: Sequence[str]) -> tuple[str, ...]:
    """Return the paths a JavaScript module specifier may mean, in the order that resolvers try them."""
    found: list[str] = []
    for base in candidates:
        found.append(base)
        found.extend(f"{base}{ext}" for ext in JS_EXTENSIONS)
        stem, _, ext = base.rpartition(".")
        if stem and ext in ("js", "jsx", "mjs", "cjs"):  # TypeScript sources name the compiled file
            found.extend(f"{stem}{other}" for other in (".ts", ".tsx", ".mts", ".cts"))
        found.extend(f"{base}/index{ext}" for ext in JS_EXTENSIONS)
    return tuple(found)


JS_EXTENSIONS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs")
