"""Examples that documentation gives: doctests, sections of docstrings, and ``@example`` of JSDoc and TSDoc."""

import doctest
import re
import textwrap
from typing import Final, NamedTuple

_PARSER: Final = doctest.DocTestParser()
_HEADING: Final = re.compile(r"^([ \t]*)examples?\s*(?:::?)?[ \t]*$", re.IGNORECASE | re.MULTILINE)
_UNDERLINE: Final = re.compile(r"^[ \t]*[-=~]{3,}[ \t]*$")
_ANY_HEADING: Final = re.compile(r"^[A-Z][\w ]{0,30}::?$")
_FENCE: Final = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
_TAG: Final = re.compile(r"^@example\b(.*?)(?=^@\w|\Z)", re.DOTALL | re.MULTILINE)
_STARS: Final = re.compile(r"^[ \t]*\*? ?", re.MULTILINE)


class Example(NamedTuple):
    """One example: where it stands (0-based row), whose it is (None: of what follows), its kind and its text."""

    row: int
    symbol: str | None
    kind: str  # doctest | example
    source: str


def docstring_examples(text: str) -> list[tuple[str, str]]:
    """Kind and text of each example in a docstring: its doctests together, then each ``Example`` section.

    A section is headed as Google and numpy style do it; of one with fenced code only the code counts. Doctests are
    read by the standard library, with what they expect; text that it refuses is kept as it stands.
    """
    found: list[tuple[str, str]] = []
    if ">>> " in text:
        found.append(("doctest", _doctests(text)))
    if "xample" in text or "XAMPLE" in text:
        found.extend(("example", source) for source in _sections(text) if ">>> " not in source)
    return found


def comment_examples(text: str) -> list[str]:
    """Text of each ``@example`` in a JSDoc or TSDoc comment, without stars and fences; empty for other comments."""
    if not text.startswith("/**") or "@example" not in text:
        return []
    plain = _STARS.sub("", text.removeprefix("/**").removesuffix("*/"))
    return [source for tag in _TAG.finditer(plain) if (source := _code(tag[1]))]


def _doctests(text: str) -> str:
    try:
        examples = _PARSER.get_examples(text)
    except ValueError:  # inconsistent white space
        return "\n".join(line.strip() for line in text.splitlines() if line.strip().startswith((">>> ", "... ")))
    shown = []
    for example in examples:
        first, *more = example.source.rstrip("\n").split("\n")
        shown += [f">>> {first}", *(f"... {line}".rstrip() for line in more), *example.want.splitlines()]
    return "\n".join(shown)


def _sections(text: str) -> list[str]:
    found = []
    for heading in _HEADING.finditer(text):
        indent = len(heading[1].expandtabs())
        body: list[str] = []
        for k, line in enumerate(text[heading.end() + 1 :].expandtabs().split("\n")):
            if k == 0 and _UNDERLINE.match(line):
                continue
            depth = len(line) - len(line.lstrip())
            if line.strip() and (depth < indent or (depth == indent and _ends(line, body))):
                break
            body.append(line)
        if body and (source := _code("\n".join(body))):
            found.append(source)
    return found


def _ends(line: str, body: list[str]) -> bool:
    """Whether a line at the depth of the heading begins the next section: a heading, or prose behind indented code."""
    if _UNDERLINE.match(line) and body:
        body.pop()  # the line before was the next heading
        return True
    base = len(line) - len(line.lstrip())
    return bool(_ANY_HEADING.match(line.strip())) or any(len(b) - len(b.lstrip()) > base for b in body if b.strip())


def _code(text: str) -> str:
    fenced = _FENCE.findall(text)
    return textwrap.dedent("\n".join(fenced) if fenced else text).strip()
