"""Drafting one subtask of about 25 lines, the MVP way: no contract, no feedback, the file so far as context."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.domain.prompts.fencing import RULE, Piece, fence, fences, one_line, whole
from execution.domain.prompts.generate import ProjectBrief
from execution.domain.prompts.prompt import SUBMIT_CODE, Prompt
from execution.domain.prompts.skeleton import about

VERSION = "mvp-1"
MAX_TOKENS = 8_000
MAX_CONTEXT = 24_000

_SYSTEM = f"""\
You write one part, about 25 lines, of a file of a program. Parts are written one after the other and joined as they
are.

How to answer
- Call the tool submit_code once. If you cannot call tools, answer with one fenced code block and nothing else.
- code: this part alone, complete and finished, with the indentation it has in the file.
- Where a draft of the part is shown, mend and finish it. Keep what the parts before it define, and do not repeat them.

{RULE}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtaskBrief:
    """Part ``number`` of ``count`` of a file. ``before`` is the file so far, ``draft`` this part's draft, if any."""

    path: str
    language: str
    number: int
    count: int
    description: str
    draft: str | None = None
    before: str = ""
    context: Sequence[Piece] = ()


def build(subtask: SubtaskBrief, *, project: ProjectBrief) -> Prompt:
    """The prompt for one subtask; the one blind retry of the MVP sends it again as it is."""
    before = Piece(name="file so far", text=subtask.before)
    parts = [
        f"File: {one_line(subtask.path)}\nLanguage: {subtask.language}\nPart: {subtask.number} of {subtask.count}",
        "What to write:\n" + fence(Piece(name="subtask", text=subtask.description), limit=16_000),
        f"Files it can use:\n{fences(subtask.context, limit=MAX_CONTEXT)}" if subtask.context else "",
        f"The file before this part:\n{fence(before, limit=MAX_CONTEXT)}" if subtask.before else "",
        f"The draft of this part:\n{whole(Piece(name='draft', text=subtask.draft))}" if subtask.draft else "",
        "Answer with this part alone, through submit_code.",
    ]
    user = "\n\n".join(part for part in parts if part)
    system = (_SYSTEM, about(project))
    return Prompt(version=VERSION, system=system, user=user, tool=SUBMIT_CODE, max_tokens=MAX_TOKENS)
