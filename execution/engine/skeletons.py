"""Tasks without code get a skeleton first: signatures and docs whose bodies are holes for the waves to fill."""

from atoms.domain.model import FileAtoms
from atoms.services import cut
from execution.domain.feedback import Category, Failure, FeedbackGenerator
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.skeleton import SkeletonBrief, build
from execution.engine import budget, calls
from execution.engine.briefs import project_brief
from execution.models import ExecutionRun
from kernel.text import decode, storable
from llm.client import configured
from llm.errors import ModelError, UnusableReply
from llm.replies import read_code
from masterplans.models import MasterplanTask


def write_skeletons(run: ExecutionRun) -> None:
    """Ask for the skeleton of each task that has neither draft nor skeleton. Without a model they stay whole holes."""
    if run.settings["model"] is None or not configured():
        return
    for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id, draft=None, skeleton=None):
        _write(run, task)


def _write(run: ExecutionRun, task: MasterplanTask) -> None:
    feedback = None
    for number in range(1, run.settings["max_attempts"] + 1):
        brief = SkeletonBrief(
            path=task.target_path,
            language=task.language,
            description=f"{task.name}\n{task.description}",
            attempt=number,
            acceptance=[str(test) for test in task.acceptance_tests],
            interfaces=_interfaces(task),
        )
        prompt = build(brief, project=project_brief(task.masterplan), feedback=feedback)
        try:
            asked = calls.ask(run, prompt, unit_id=task.pk, attempt=number, purpose="skeleton")
            code = storable(read_code(asked.reply, language=task.language))
        except budget.BudgetSpent as stop:
            budget.stop(run, stop.message)
            return
        except UnusableReply as error:
            feedback = FeedbackGenerator().build(Failure(category=Category.EMPTY_REPLY, message=error.message))
            continue
        except ModelError:
            return  # the hole stays whole, and is asked for as an atom, which knows how to wait
        task.skeleton = code.encode()
        file = cut(task)
        if _usable(file):
            task.save(update_fields=["skeleton"])
            return
        feedback = FeedbackGenerator().build(_failure(file, code))


def _usable(file: FileAtoms) -> bool:
    return file.parse_ok and any(atom.is_hole for atom in file.atoms)


def _failure(file: FileAtoms, code: str) -> Failure:
    if file.problem is not None:
        return Failure(
            category=Category.SYNTAX, message=file.problem.message, path=file.path, line=file.problem.line, code=code
        )
    return Failure(category=Category.CONTRACT, message="The skeleton has no hole to fill.", path=file.path, code=code)


def _interfaces(task: MasterplanTask) -> list[Piece]:
    """What exists already: the text of tasks that this one depends on, else of all in its language."""
    others = MasterplanTask.objects.filter(masterplan_id=task.masterplan_id).exclude(pk=task.pk)
    chosen = others.filter(pk__in=task.depends_on) if task.depends_on else others.filter(language=task.language)
    return [Piece(name=other.target_path, text=decode(other.text)) for other in chosen if other.text]
