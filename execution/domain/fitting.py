"""Making a reply fit the range that it replaces: indentation and line ends as they were."""


def fit(code: str, *, original: str, at_line_start: bool = True) -> str:
    """Return ``code`` with the indentation of ``original``'s first line of code and its line ends.

    Models often answer dedented; such an answer is shifted as a whole. A range that ended its line ends it again, so
    that the next atom starts where it did; CRLF files stay CRLF.
    """
    body = code.replace("\r\n", "\n").strip("\n")
    if at_line_start:
        body = _shifted(body, _indent(original))
    tail = original[len(original.rstrip()) :] if original.strip() else "\n"
    body = body.rstrip() + (tail.replace("\r\n", "\n") or "")
    return body.replace("\n", "\r\n") if "\r\n" in original else body


def _indent(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return first[: len(first) - len(first.lstrip(" \t"))]


def _shifted(body: str, wanted: str) -> str:
    lines = body.split("\n")
    had = _indent(body)
    if had == wanted:
        return body
    if not all(line.startswith(had) or not line.strip() for line in lines):
        # The first line alone is out of step: models like to drop the indentation of that line only.
        rest = [line for line in lines[1:] if line.strip()]
        if not had and rest and all(line.startswith(wanted) for line in rest):
            return "\n".join([wanted + lines[0], *lines[1:]])
        return body
    return "\n".join(wanted + line[len(had) :] if line.strip() else "" for line in lines)
