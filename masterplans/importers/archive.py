"""Reading a zip of a source tree, in memory: nothing of it ever touches the disk, so nothing can slip out of it."""

import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from kernel.errors import InvalidInput
from masterplans.domain.importing.languages import language_of
from masterplans.domain.importing.layout import MAX_FILES, MAX_TOTAL_BYTES, MIB
from masterplans.domain.importing.paths import check_path
from masterplans.domain.importing.roles import is_left_out
from masterplans.domain.importing.tree_plan import FoundFile, SourceTree
from masterplans.importers.source_tree import MAX_SUPPORT_BYTES, Scan


class UnsafeArchive(InvalidInput):
    """A zip that is broken, or made to do harm."""

    code = "unsafe_archive"


def tree_of_zip(data: IO[bytes], *, filename: str, name: str | None, root_package: str | None) -> SourceTree:
    """The source tree in a zip. Where all of it lies in one folder, that folder is the tree and gives it its name.

    Refused as a whole: links, paths that lead outside, encrypted or doubled entries, more than the bounds of an import
    (measured while unpacking, whatever the directory of the zip claims).
    """
    scan = Scan()
    try:
        with zipfile.ZipFile(data) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > 2 * MAX_FILES:
                raise UnsafeArchive(f"{filename}: there are more than {MAX_FILES} files in it; import a part of them.")
            for entry in entries:
                _take(archive, entry, scan, filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise UnsafeArchive(f"{filename}: it is not a zip that can be unpacked: {error}.") from error
    stem = PurePosixPath(filename).stem or "archive"
    folder, files = _unwrapped(sorted(scan.files, key=lambda file: file.path), stem)
    return SourceTree(folder=folder, files=files, name=name, root_package=root_package, notices=scan.all_notices())


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, scan: Scan, filename: str) -> None:
    path = check_entry(entry, filename)
    if is_left_out(path):
        return
    check_path(path, where=filename)
    limit = MAX_TOTAL_BYTES - scan.total if language_of(path) else MAX_SUPPORT_BYTES
    with archive.open(entry) as file:
        content = file.read(limit + 1)
    if len(content) <= limit:
        scan.add(path, content)
    elif language_of(path):
        raise UnsafeArchive(f"{filename}: it holds more than {MAX_TOTAL_BYTES // MIB} MiB; import a part of it.")
    else:
        scan.charge(len(content))  # a bomb of many such entries must end too
        scan.skip(path, f"more than {MAX_SUPPORT_BYTES // MIB} MiB and not code")


def check_entry(entry: zipfile.ZipInfo, filename: str) -> str:
    """The path of an entry as its writer meant it, or ``UnsafeArchive``."""
    path = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise UnsafeArchive(f"{filename}: {path[:200]!r} is a link or a device; pack plain files only.")
    if entry.flag_bits & 0x1:
        raise UnsafeArchive(f"{filename}: {path[:200]!r} is encrypted.")
    if path.startswith("/") or ".." in path.replace("\\", "/").split("/"):
        raise UnsafeArchive(f"{filename}: {path[:200]!r} leads outside the archive.")
    return path


def _unwrapped(files: list[FoundFile], stem: str) -> tuple[str, list[FoundFile]]:
    tops = {file.path.split("/", 1)[0] for file in files}
    if len(tops) != 1 or not all("/" in file.path for file in files):
        return stem, files
    top = tops.pop()
    return top, [FoundFile(file.path[len(top) + 1 :], file.content) for file in files]
