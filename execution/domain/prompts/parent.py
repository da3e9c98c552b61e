"""Writing the whole function or class around an atom that stalls."""

from dataclasses import replace

from execution.domain.feedback import Feedback
from execution.domain.prompts import generate
from execution.domain.prompts.fencing import one_line
from execution.domain.prompts.generate import MAX_CONTEXT, AtomBrief, ProjectBrief
from execution.domain.prompts.prompt import Prompt

VERSION = "parent-1"


def build(atom: AtomBrief, *, parent: str, project: ProjectBrief, feedback: Feedback | None = None) -> Prompt:
    """The prompt for one attempt at all of ``parent``, whose text is the brief's draft and range.

    The system part is that of every atom of the run, so that it stays cached. Raises InvalidInput where the text is
    too long to be sent whole.
    """
    why = (
        f"This time the range is all of {one_line(parent)}, because its part {one_line(atom.symbol)} failed again and "
        "again in the same way: the fault may lie in how the parts fit together. Write all of it anew."
    )
    about = (
        why,
        "The limits of ten lines and of complexity hold for each of its parts, not for the whole.",
        "Keep the names, signatures and order of what it defines.",
    )
    brief = replace(atom, kind=f"whole {one_line(parent)}", constraints=(*about, *atom.constraints))
    prompt = generate.build(brief, project=project, feedback=feedback, max_context=2 * MAX_CONTEXT)
    return replace(prompt, version=VERSION)
