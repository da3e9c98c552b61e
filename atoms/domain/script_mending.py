"""TypeScript that its official grammar does not know, written so that it does; no byte moves.

Two constructs stand behind most good files that the grammar refuses: the variance of a type parameter
(``interface Box<out T>``), and signatures of calls that nothing but the end of a row parts from the member before.
The words are blanked out; a semicolon takes the place of the last blank before such a signature.
"""

import re
from typing import Final

_PARAMETERS: Final = re.compile(rb"\b(?:(?:interface|class|type)\s+[\w$]+|class)\s*<")
_VARIANCE: Final = re.compile(rb"(?:^|(?<=[<,]))(\s*)((?:in\s+)?out|in)(?=\s+(?!extends\b)[A-Za-z_$])")
_ANGLE: Final = re.compile(rb"=>|[<>]")
_MOST_BYTES: Final = 4_000  # of the parameters of one type
_SIGNATURE: Final = re.compile(rb"^[ \t]+[<(]", re.MULTILINE)
_WITHIN_REMARK: Final = (b"//", b"/*", b"*")
_TYPE_END: Final = re.compile(rb"(?:[\w$)\]}\"'`]|(?<!=)>)$")


def in_known_words(source: bytes) -> bytes:
    """Return a text of the same length and rows; the same bytes where there is nothing to mend."""
    return _without_variance(_with_semicolons(source) if _SIGNATURE.search(source) else source)


def _without_variance(source: bytes) -> bytes:
    text, at = bytearray(source), 0
    while found := _PARAMETERS.search(source, at):
        at, end = found.end(), _end_of_parameters(source, found.end())
        if end is None:
            at += _MOST_BYTES  # looked through already, and not to be again for each that begins in it
        else:
            text[at:end] = _VARIANCE.sub(_blanked, source[at:end])
    return bytes(text)


def _blanked(found: "re.Match[bytes]") -> bytes:
    return found[1] + re.sub(rb"\S", b" ", found[2])


def _end_of_parameters(source: bytes, start: int) -> int | None:
    depth = 1
    for found in _ANGLE.finditer(source, start, start + _MOST_BYTES):
        depth += (found[0] == b"<") - (found[0] == b">")
        if not depth:
            return found.start()
    return None


def _with_semicolons(source: bytes) -> bytes:
    """End each member before a row that begins with the signature of a call, as the end of its row does."""
    lines = source.split(b"\n")
    outer: list[tuple[int, bool]] = []  # of the rows that this one stands in: their indentation, whether they open "{"
    before = b""
    for row, line in enumerate(lines):
        text = line.lstrip()
        if not text or text.startswith(_WITHIN_REMARK):
            continue
        indent = len(line) - len(text)
        while outer and outer[-1][0] >= indent:
            outer.pop()
        within = bool(outer) and outer[-1][1]
        if within and text[0] in b"<(" and indent and _TYPE_END.search(before):
            lines[row] = line[: indent - 1] + b";" + text
        before = _without_remark(text)
        outer.append((indent, before.endswith(b"{")))
    return b"\n".join(lines)


def _without_remark(row: bytes) -> bytes:
    """A row up to the remark at its end."""
    row = row.split(b"//", 1)[0].rstrip()
    return row[: row.rindex(b"/*")].rstrip() if row.endswith(b"*/") and b"/*" in row else row
