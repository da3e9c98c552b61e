"""The file of ``export_v2``: JSON lines with a head, rows, and an end that carries their number and checksum.

``{"format": "mge-v2-export", "version": 1, ...}``, then ``{"table": T, "row": {...}}`` for each row, then
``{"end": true, "rows": N, "sha256": ...}`` over all bytes before. Gzip where the name ends in ``.gz``; a reader tells
by the first bytes. What is cut, changed or appended to is refused before anything is made of it.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

FORMAT = "mge-v2-export"
VERSION = 1
MAX_LINE = 256 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class BadArchive(ValueError):
    """Why a file is no export that can be read; one sentence."""


class Writer:
    """Writes an archive to an open binary file."""

    def __init__(self, out: IO[bytes], *, compressed: bool) -> None:
        # no time in the gzip head: the same rows give the same bytes
        self._out: Any = gzip.GzipFile(fileobj=out, mode="wb", compresslevel=5, mtime=0) if compressed else out
        self._compressed = compressed
        self._digest = hashlib.sha256()
        self.rows = 0

    def head(self, **facts: Any) -> None:
        """The first line."""
        self._line({"format": FORMAT, "version": VERSION, **facts})

    def row(self, table: str, values: dict[str, Any]) -> None:
        """One row of a table."""
        self._line({"table": table, "row": values})
        self.rows += 1

    def end(self) -> str:
        """The last line; returns the checksum."""
        checksum = self._digest.hexdigest()
        self._line({"end": True, "rows": self.rows, "sha256": checksum})
        if self._compressed:
            self._out.close()
        return checksum

    def _line(self, value: dict[str, Any]) -> None:
        data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        self._digest.update(data)
        self._out.write(data)


def check(path: Path) -> dict[str, Any]:
    """Read the whole file once and return its head. BadArchive says what is wrong with it."""
    head, end, rows = None, None, 0
    digest = hashlib.sha256()
    for number, data, value in _lines(path):
        if end is not None:
            raise BadArchive(f"line {number}: something follows the end")
        if head is None:
            head = _checked_head(value)
        elif value.get("end") is True:
            end = value
        elif isinstance(value.get("table"), str) and isinstance(value.get("row"), dict):
            rows += 1
        else:
            raise BadArchive(f"line {number}: neither a row nor the end")
        if end is None:
            digest.update(data)
    if head is None or end is None:
        raise BadArchive("it is cut off: the end is missing")
    if end.get("rows") != rows or end.get("sha256") != digest.hexdigest():
        raise BadArchive("its checksum does not hold: it was changed or damaged")
    return head


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file that ``check`` has passed."""
    for _, _, value in _lines(path):
        if "table" in value:
            yield value["table"], value["row"]


def _checked_head(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("format") != FORMAT:
        raise BadArchive("it is no export of V2 data")
    if value.get("version") != VERSION:
        raise BadArchive(f"its version is {value.get('version')!r}, and this program reads {VERSION}")
    return value


def _lines(path: Path) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    with path.open("rb") as raw:
        compressed = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        source: Any = gzip.GzipFile(fileobj=raw) if compressed else raw
        number = 0
        try:
            while data := source.readline(MAX_LINE):
                number += 1
                value = json.loads(data)
                if not isinstance(value, dict):
                    raise BadArchive(f"line {number}: not an object")
                yield number, data, value
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadArchive("it is cut off or damaged") from error
        except (ValueError, RecursionError) as error:
            if isinstance(error, BadArchive):
                raise
            raise BadArchive(f"line {number}: not JSON") from error
