"""Making a reply fit the range that it replaces: indentation and line ends as they were."""

from collections.abc import Sequence


def fit(code: str, *, original: str, at_line_start: bool = True) -> str:
    """Return ``code`` with the indentation of ``original``'s first line of code and its line ends.

    Models often answer dedented; such an answer is shifted as a whole. A range that ended its line ends it again, so
    that the next atom starts where it did; CRLF files stay CRLF.
    """
    body = code.replace("\r\n", "\n").strip("\n")
    if at_line_start:
        body = _shifted(body, original)
    tail = original[len(original.rstrip()) :] if original.strip() else "\n"
    body = body.rstrip() + (tail.replace("\r\n", "\n") or "")
    return body.replace("\n", "\r\n") if "\r\n" in original else body


def ended(code: str, *, original: str) -> str:
    """Return a person's ``code`` as it is, but ending its line where ``original`` did: the next atom starts there."""
    if code.endswith("\n") or not code or (original and not original.endswith("\n")):
        return code
    tail = original[len(original.rstrip()) :] if original.strip() else "\n"
    return code + tail


def _indent(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first[: len(first) - len(first.lstrip(" \t"))]


def _shifted(body: str, original: str) -> str:
    lines = body.split("\n")
    had, wanted = _indent(body), _indent(original)
    if had == wanted:
        return body
    rest = _least(lines[1:])
    if not had and rest is not None and rest == _least(original.splitlines()[1:]):
        return wanted + body.lstrip(" \t")  # models like to drop the indentation of the first line only
    if not all(line.startswith(had) or not line.strip() for line in lines):
        return body
    return "\n".join(wanted + line[len(had) :] if line.strip() else "" for line in lines)


def _least(lines: Sequence[str]) -> str | None:
    """The shortest indentation of lines that hold anything; None where there are none."""
    return min((_indent(line) for line in lines if line.strip()), key=len, default=None)
