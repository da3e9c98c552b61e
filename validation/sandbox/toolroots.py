"""How the interpreters of the project under test, and our own tools, are shown inside the sandbox.

Nothing of the project is executed to find out: links and ``pyvenv.cfg`` are read.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import InvalidInput, Unavailable
from validation.sandbox.spec import Mount

VENV = "/opt/venv"
NODE_MODULES = "/work/node_modules"
TOOLCHAIN = "/opt/toolchain"
TOOLCHAIN_FOLDER = Path(__file__).parent.parent / "toolchain"
INSIDE = "/opt/mge"  # what of ours runs inside
INSIDE_FOLDER = Path(__file__).parent.parent / "inside"
ESBUILD = "node_modules/esbuild/lib/main.js"
PYTEST_LOADED = ("pytest", *(f"_pytest.{name}" for name in (
    "_argcomplete", "faulthandler", "helpconfig", "junitxml", "pastebin", "setuponly", "setupplan", "skipping",
    "threadexception", "tracemalloc", "unittest", "unraisableexception", "warnings",
)), "unittest", "pdb", "coverage.tracer", "runpy")  # fmt: skip
_SYSTEM = Path("/usr")


@dataclass(frozen=True, slots=True)
class ToolRoot:
    """What to mount, and the start of the command line inside."""

    mounts: tuple[Mount, ...]
    argv: tuple[str, ...]


def _links(path: Path) -> list[Path]:
    """Return ``path`` and each path that its symbolic links lead through, the real one last."""
    chain = [path]
    while path.is_symlink():
        path = Path(path.parent / path.readlink())
        chain.append(path)
        if len(chain) > 40:
            raise InvalidInput(f"symbolic links without end at {chain[0]}")
    chain.append(path.resolve())
    return chain


def _home(venv: Path) -> Path | None:
    """Return the folder of the base interpreter of a virtual environment, or nothing where there is none."""
    config = venv / "pyvenv.cfg"
    if not config.is_file():
        return None
    for line in config.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip().lower() == "home":
            return Path(value.strip())
    return None


def _normal(path: Path) -> Path:
    """Take ``..`` out without following links, which must stay as the interpreter will read them."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def python_root(exe: str | None = None) -> ToolRoot:
    """Return how to show a Python interpreter with its packages; ours without ``exe``.

    A virtual environment appears at /opt/venv, its base at the host's own path, because its links lead there.
    Raises ``InvalidInput`` when ``exe`` is no interpreter's file.
    """
    start = Path(exe if exe is not None else sys.executable).absolute()
    if not start.is_file():
        raise InvalidInput(f"--python: {start} is not a file")
    chain = [_normal(path) for path in _links(start)]
    real = chain[-1]
    venv = start.parent.parent
    home = _home(venv)
    bases = {path.parent.parent for path in (chain[1:] if home else chain)}
    if home is not None:
        bases.add(_normal(home.absolute()).parent)
        bases.discard(venv)
    base_host = real.parent.parent
    mounts = [Mount(host=base_host, inside=str(base)) for base in sorted(bases) if not base.is_relative_to(_SYSTEM)]
    if any(mount.inside in ("/", "/bin") for mount in mounts):
        mounts = [mount for mount in mounts if mount.inside not in ("/", "/bin")]  # /bin is a link to /usr/bin
    if home is None:
        return ToolRoot(tuple(mounts), (str(real),))
    mounts.append(Mount(host=venv, inside=VENV))
    return ToolRoot(tuple(mounts), (f"{VENV}/bin/{start.name}",))


def node_root(node_modules: str | None = None) -> ToolRoot:
    """Return how to show Node, our transpiler and type checker, and the project's packages at /work/node_modules.

    Raises ``Unavailable`` without ``node`` on PATH, ``InvalidInput`` when ``node_modules`` is no folder.
    """
    found = shutil.which("node")
    if found is None:
        raise Unavailable("node not found on PATH: install Node 20 or newer")
    binary = Path(found).resolve()
    mounts: list[Mount] = []
    if not binary.is_relative_to(_SYSTEM):
        prefix = binary.parent.parent
        mounts.append(Mount(host=prefix, inside=str(prefix)))
    if (TOOLCHAIN_FOLDER / "node_modules").is_dir():
        mounts.append(Mount(host=TOOLCHAIN_FOLDER, inside=TOOLCHAIN))
    if node_modules is not None:
        folder = Path(node_modules).resolve()
        if not folder.is_dir():
            raise InvalidInput(f"--node-modules: {folder} is not a folder")
        mounts.append(Mount(host=folder, inside=NODE_MODULES))
    return ToolRoot(tuple(mounts), (str(binary),))
