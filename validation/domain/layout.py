"""How a workspace becomes a folder of files: places checked, nothing outside, no link followed.

Where the imported folder is itself a package (``networkx.algorithms``), the rest of the installed top-level package is
put around it, so that tests and code see one package, and the workspace's files shadow every installed copy.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from kernel.errors import InvalidInput
from masterplans.domain.workspace import Workspace

MAX_FILES = 20_000
MAX_BYTES = 256 * 1024 * 1024
MAX_PATH = 1024


def check_place(place: str) -> str:
    """Return ``place`` if it is a relative, normal path below the workspace's root; else raise ``InvalidInput``."""
    pure = PurePosixPath(place)
    bad = not pure.parts or len(place) > MAX_PATH or pure.is_absolute() or "\x00" in place or "\\" in place
    if bad or str(pure) != place or any(part in ("..", ".") for part in pure.parts):
        raise InvalidInput(f"path outside the workspace or not normal: {place[:200]!r}")
    return place


def arrange(workspace: Workspace, surroundings: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return place -> bytes of all that lies in the workspace's folder; its own files win over ``surroundings``.

    Raises ``InvalidInput`` for a place outside the folder, a file where another needs a folder, or too much of it.
    """
    placed = {check_place(file.place): file.content for file in workspace.files.values()}
    for place, content in (surroundings or {}).items():
        placed.setdefault(check_place(place), content)
    if len(placed) > MAX_FILES or sum(map(len, placed.values())) > MAX_BYTES:
        raise InvalidInput(f"the workspace is larger than {MAX_FILES} files or {MAX_BYTES} bytes")
    for place in placed:
        for parent in PurePosixPath(place).parents:
            if str(parent) in placed:
                raise InvalidInput(f"{parent} is a file and a folder at once (needed by {place})")
    return placed


def materialize(workspace: Workspace, folder: Path, *, cache: Path | None = None) -> Path:
    """Write the whole workspace below ``folder`` and return it; below ``cache`` it is kept under its digest.

    With ``cache`` the folder ``cache/<digest>`` is returned at once if it is complete; ``folder`` is then not used.
    """
    if cache is None:
        write_files(arrange(workspace, surroundings(workspace)), folder)
        return folder
    target = cache / workspace.digest()
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    making = cache / f".{target.name}.{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    write_files(arrange(workspace, surroundings(workspace)), making)
    try:
        making.rename(target)
    except OSError:  # another process was faster, with the same bytes
        shutil.rmtree(making, ignore_errors=True)
    return target


def write_files(placed: Mapping[str, bytes], folder: Path) -> None:
    """Write ``placed`` below ``folder``; every component is opened without following links."""
    folder.mkdir(parents=True, exist_ok=True)
    root = os.open(folder, os.O_DIRECTORY | os.O_RDONLY)
    try:
        for place, content in placed.items():
            _write(root, PurePosixPath(place), content)
    finally:
        os.close(root)


def _write(root: int, place: PurePosixPath, content: bytes) -> None:
    opened: list[int] = []
    current = root
    try:
        for part in place.parts[:-1]:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, dir_fd=current)
            current = os.open(part, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_RDONLY, dir_fd=current)
            opened.append(current)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(place.name, flags, 0o644, dir_fd=current), "wb") as target:
            target.write(content)
    except OSError as error:
        raise InvalidInput(f"cannot write {place}: {error.strerror}") from error
    finally:
        for fd in opened:
            os.close(fd)


def surroundings(workspace: Workspace) -> dict[str, bytes]:
    """Return place -> bytes of the installed top-level package around ``root_package``; nothing where there is none.

    The package is searched in the interpreter's folders, never imported. Links are not followed.
    """
    if workspace.root_package is None:
        return {}
    top = workspace.root_package.partition(".")[0]
    for folder in package_folders(workspace.python):
        package = folder / top
        if package.is_dir() and not package.is_symlink():
            return dict(_package_files(package, top))
    return {}


def package_folders(python: str | None) -> Iterator[Path]:
    """Yield the folders in which the interpreter ``python`` (ours without it) finds installed packages."""
    if python is None:
        import sys  # noqa: PLC0415 - the only place where our own interpreter's folders matter

        yield from (Path(entry) for entry in sys.path if entry)
        return
    prefix = Path(python).absolute().parent.parent
    for site in sorted(prefix.glob("lib*/python3*/site-packages")):
        yield site
        for link in sorted(site.glob("*.pth")):
            lines = link.read_text("utf-8", "replace").splitlines()
            yield from (Path(line) for line in lines if line.startswith("/"))


def _package_files(package: Path, top: str) -> Iterator[tuple[str, bytes]]:
    count = size = 0
    for folder, folders, names in os.walk(package):
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not (Path(folder) / f).is_symlink())
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_symlink() or not path.is_file():
                continue
            count, size = count + 1, size + path.stat().st_size
            if count > MAX_FILES or size > MAX_BYTES:
                raise InvalidInput(f"the installed package {top} is too large to be put around the workspace")
            yield f"{top}/{path.relative_to(package).as_posix()}", path.read_bytes()
