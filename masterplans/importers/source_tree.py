"""Reading a folder of code from disk: bounded, symlinks kept inside, what is left out said."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kernel.errors import InvalidInput
from masterplans.domain.importing.languages import language_of
from masterplans.domain.importing.layout import MAX_FILES, MAX_TOTAL_BYTES, MIB
from masterplans.domain.importing.paths import why_unsafe
from masterplans.domain.importing.roles import SKIPPED_FOLDERS, is_left_out
from masterplans.domain.importing.tree_plan import FoundFile

MAX_SUPPORT_BYTES: Final = 5 * MIB  # of one file that is not code
_MAX_NOTICES: Final = 50
_MAX_HOST_PATH: Final = 1000
Report = Callable[[int, int | None], None]  # files read so far, total


@dataclass(slots=True)
class Scan:
    """What was read below one folder, by path; ``notices`` say what was left out and why."""

    files: list[FoundFile] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    hidden_notices: int = 0
    total: int = 0

    def skip(self, path: str, why: str) -> None:
        """Remember a notice, up to a bound."""
        if len(self.notices) < _MAX_NOTICES:
            self.notices.append(f"skipped {path}: {why}")
        else:
            self.hidden_notices += 1

    def all_notices(self) -> tuple[str, ...]:
        """The notices, with a count of those beyond the bound."""
        more = (f"and {self.hidden_notices} more files or folders skipped",) if self.hidden_notices else ()
        return (*self.notices, *more)

    def add(self, path: str, content: bytes) -> None:
        """Take a file in, within the bounds of an import."""
        self.files.append(FoundFile(path, content))
        if len(self.files) > MAX_FILES:
            raise InvalidInput(f"There are more than {MAX_FILES} files; import a part of them.")
        self.charge(len(content))

    def charge(self, size: int) -> None:
        """Count bytes that were read, kept or not."""
        self.total += size
        if self.total > MAX_TOTAL_BYTES:
            raise InvalidInput(f"The files have more than {MAX_TOTAL_BYTES // MIB} MiB; import a part of them.")


def folder(path: str | Path, *, what: str) -> Path:
    """The real folder behind a path, or one clear error."""
    try:
        real = Path(path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        looped = isinstance(error, RuntimeError) or "symbolic links" in str(error)
        why = "its symbolic links form a loop" if looped else "it does not exist or cannot be opened"
        raise InvalidInput(f"{what} {str(path)!r}: {why}.") from error
    if not real.is_dir():
        raise InvalidInput(f"{what} {str(path)!r} is not a folder.")
    return storable_path(real, what=what)


def storable_path(path: Path, *, what: str) -> Path:
    """A path that is kept with the plan: its name must be text, and not longer than its column."""
    if not str(path).isprintable() or len(str(path)) > _MAX_HOST_PATH:
        raise InvalidInput(
            f"{what} {str(path)[:200]!r}: its name is too long or holds what cannot be shown; rename it."
        )
    return path


def scan_tree(root: Path, *, report: Report | None = None) -> Scan:
    """Read all files below ``root``, a real folder, in the order of their paths.

    Left out: version control, installed packages and caches (silently: nobody misses them); with a notice: links to
    folders, links that lead outside or nowhere, names that a workspace cannot hold, devices, files of more than 5 MiB
    that are not code. What cannot be read is an error, for half a project proves nothing.
    """
    scan = Scan()
    for number, (path, entry) in enumerate(_entries(root, scan), start=1):
        content = _content(root, path, entry, scan)
        if content is not None:
            scan.add(path, content)
        if report and number % 50 == 0:
            report(number, None)
    scan.files.sort(key=lambda file: file.path)
    return scan


def _entries(root: Path, scan: Scan) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry below ``root`` that is not a folder, depth first; links to folders are reported, never entered."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(root / below) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise InvalidInput(f"{below or root.name}: the folder cannot be read: {error.strerror}.") from error
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS and not _is_virtual_environment(entry):
                    waiting.append(path)
            elif not is_left_out(path) and entry.name not in SKIPPED_FOLDERS:
                yield path, entry


def _is_virtual_environment(entry: os.DirEntry[str]) -> bool:
    return Path(entry.path, "pyvenv.cfg").is_file()


def _content(root: Path, path: str, entry: os.DirEntry[str], scan: Scan) -> bytes | None:
    if reason := why_unsafe(path):
        scan.skip(path, reason)
        return None
    real = Path(entry.path)
    if entry.is_symlink():
        target = _inside(root, real)
        if target is None:
            scan.skip(path, "a symbolic link that leads outside, nowhere, or round in a loop")
            return None
        real = target
    if real.is_dir():
        scan.skip(path, "a symbolic link to a folder; the folder itself is imported where it lies")
        return None
    return _read(real, path, scan)


def _inside(root: Path, link: Path) -> Path | None:
    """The end of a link, if it lies below ``root``."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return target if target.is_relative_to(root) else None


def _read(real: Path, path: str, scan: Scan) -> bytes | None:
    """The bytes of a regular file. It is opened without following links and without waiting, then looked at."""
    try:
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if not stat.S_ISREG(real.lstat().st_mode):
            scan.skip(path, "not a regular file")
            return None
        raise InvalidInput(f"{path}: the file cannot be read: {error.strerror}.") from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            scan.skip(path, "not a regular file")
            return None
        if language_of(path) is None and status.st_size > MAX_SUPPORT_BYTES:
            scan.skip(path, f"{status.st_size // MIB} MiB and not code")
            return None
        if status.st_size > MAX_TOTAL_BYTES:
            raise InvalidInput(f"{path}: the file has more than {MAX_TOTAL_BYTES // MIB} MiB.")
        return file.read(MAX_TOTAL_BYTES + 1)
