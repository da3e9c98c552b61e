"""Where the compiled core lies, and the way its modules take the place of those in Python.

The modules that cut a file and describe its atoms are ordinary Python and also what mypyc compiles; there is one
source. ``python -m atoms.compiling`` (part of ``make setup``) builds them into a folder that is named after their text
and this Python, so that what is loaded is always what stands in the sources. Without that folder, or with
``MGE_CORE=python``, the sources run as they are, with the same results, more slowly.
"""

import hashlib
import importlib.machinery
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAIN: Final = "atoms.domain"
MODULES: Final = (
    "atomicity", "context", "cutting", "decomposer", "evidence", "facts", "grammar", "naming", "pieces", "python_facts",
    "python_rows", "resolution", "rows", "script_facts", "script_rows", "standing", "tree_rows",
)  # fmt: skip
LIBRARY: Final = "mge_core"  # mypyc's name for what the modules share


def sources() -> list[Path]:
    """The files that are compiled."""
    return [ROOT.joinpath(*DOMAIN.split("."), f"{module}.py") for module in MODULES]


def folder() -> Path:
    """Where the core of just these sources and this Python lies, if it was built."""
    digest = hashlib.sha256(f"{sys.version} {importlib.machinery.EXTENSION_SUFFIXES[0]}".encode())
    for source in sources():
        digest.update(b"\0%b\0" % source.name.encode())
        digest.update(source.read_bytes())
    return ROOT / "build" / "core" / digest.hexdigest()[:20]


def use(path: list[str]) -> None:
    """Put the compiled modules before those in ``path``, that of their package, where there are any."""
    if os.environ.get("MGE_CORE") == "python":
        return
    built = folder()
    if built.is_dir():
        with suppress(ImportError):  # whatever has become of the machine that it was built on, Python can do the work
            load(built, path)


def load(built: Path, path: list[str]) -> None:
    """Load what the modules in a folder share, and have their package find them there."""
    name = f"{LIBRARY}__mypyc"
    spec = importlib.util.spec_from_file_location(name, built / (name + importlib.machinery.EXTENSION_SUFFIXES[0]))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    library = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(library)
    sys.modules[name] = library
    path.insert(0, str(built.joinpath(*DOMAIN.split("."))))


def is_used() -> bool:
    """Whether this process runs the compiled core."""
    return f"{LIBRARY}__mypyc" in sys.modules
