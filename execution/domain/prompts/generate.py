"""Writing or repairing one atom."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.domain.feedback import Feedback
from execution.domain.prompts.fencing import RULE, Piece, fence, fences, one_line, whole
from execution.domain.prompts.prompt import SUBMIT_CODE, Prompt

VERSION = "generate-1"
MAX_TOKENS = 8_000
MAX_CONTEXT = 24_000  # characters of context

_SYSTEM = f"""\
You write one small piece of a program: an atom, a contiguous range of one file, about ten lines. Other atoms are
written at the same time from the contracts that you see, so the contract of your atom must hold exactly.

How to answer
- Call the tool submit_code once. If you cannot call tools, answer with one fenced code block and nothing else.
- The code replaces exactly the range shown: no lines from before or after it, no whole file, no diff, no line numbers.
- Keep the indentation of the range; its first line starts where the range's first line starts.
- Keep names, parameters, types and behaviour of the contract. Do not add imports inside the range unless the range is
  an import section or the language has no other way; use what the file already imports.
- About ten lines, complexity below three. Write finished code: no placeholders, no commented-out code.
- Tests are right unless the contract says otherwise. Never detect, patch, skip or end the tests from the code.

{RULE}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectBrief:
    """What all atoms of a run share. ``about`` is the plan's text, ``rules`` its dependency and style rules."""

    name: str
    about: str = ""
    rules: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomBrief:
    """One atom to write. ``lines`` are its first and last line in the file, ``indent`` that of its first line.

    ``contract`` is what others rely on (signature, types, pre- and postconditions); ``draft`` the current text of the
    range, None for a hole; ``task`` the description of its file; ``context`` the pack, most useful first; ``tests``
    the tests that reach it.
    """

    path: str
    language: str
    symbol: str
    kind: str
    lines: tuple[int, int]
    attempt: int
    contract: str
    draft: str | None
    is_hole: bool = False
    indent: str = ""
    task: str = ""
    constraints: Sequence[str] = ()
    context: Sequence[Piece] = ()
    tests: Sequence[Piece] = ()


def build(
    atom: AtomBrief,
    *,
    project: ProjectBrief,
    feedback: Feedback | None = None,
    instruction: str = "",
    max_context: int = MAX_CONTEXT,
) -> Prompt:
    """The prompt for one attempt at one atom.

    ``feedback`` is on the newest failure; ``instruction`` is what a reviewer asked for; ``max_context`` is raised when
    attempts stall. Raises InvalidInput where the range is too long to be sent whole.
    """
    parts = [
        _head(atom),
        _constraints(atom),
        _section("What its file is for", [Piece(name="task", text=atom.task)] if atom.task else [], 8_000),
        _section("The contract", [Piece(name="contract", text=atom.contract)] if atom.contract else [], 8_000),
        _section("What it can use, and who uses it", atom.context, max_context),
        _section("Tests that reach it", atom.tests, max_context // 2),
        _range(atom),
        feedback.text if feedback else "",
        _reviewer(instruction),
        "Answer with the replacement of exactly this range, through submit_code.",
    ]
    user = "\n\n".join(part for part in parts if part)
    return Prompt(version=VERSION, system=system(project), user=user, tool=SUBMIT_CODE, max_tokens=MAX_TOKENS)


def system(project: ProjectBrief) -> tuple[str, ...]:
    """The shared prefix of a run: the same bytes for each of its atoms and attempts."""
    about = [f"The project: {one_line(project.name)}"]
    if project.about:
        about.append(fence(Piece(name="project", text=project.about), limit=8_000))
    if project.rules:
        about.append(fence(Piece(name="rules", text="\n".join(project.rules)), limit=4_000))
    return (_SYSTEM, "\n".join(about))


def _head(atom: AtomBrief) -> str:
    first, last = atom.lines
    return (
        f"File: {one_line(atom.path)}\nLanguage: {atom.language}\nSymbol: {one_line(atom.symbol)}\n"
        f"Kind: {one_line(atom.kind)}\nLines: {first} to {last}\nAttempt: {atom.attempt}"
    )


def _constraints(atom: AtomBrief) -> str:
    rules = [f"The first line is indented by {_indent(atom.indent)}."]
    rules += [one_line(rule, limit=500) for rule in atom.constraints]
    return "Constraints\n" + "\n".join(f"- {rule}" for rule in rules)


def _indent(indent: str) -> str:
    if not indent:
        return "nothing"
    kind = "tab" if set(indent) == {"\t"} else "space"
    return f"{len(indent)} {kind}{'s' if len(indent) > 1 else ''}"


def _range(atom: AtomBrief) -> str:
    if atom.draft is None:
        return "The range is empty: write it."
    title = "The range is a hole to be filled; its text now" if atom.is_hole else "The range, as it is now"
    return f"{title}:\n{whole(Piece(name='range', text=atom.draft))}"


def _section(title: str, pieces: Sequence[Piece], limit: int) -> str:
    return f"{title}:\n{fences(pieces, limit=limit)}" if pieces else ""


def _reviewer(instruction: str) -> str:
    if not instruction.strip():
        return ""
    said = fence(Piece(name="reviewer", text=instruction), limit=4_000)
    return f"The project's reviewer wants this changed; do it, within the contract and the rules above:\n{said}"
