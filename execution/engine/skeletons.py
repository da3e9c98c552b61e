"""Tasks without code get a skeleton first: signatures and docs whose bodies are holes for the waves to fill."""

from collections.abc import Callable

from atoms.domain.model import FileAtoms
from atoms.services import cut
from execution.domain.feedback import Category, Failure, FeedbackGenerator
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.skeleton import SkeletonBrief, build
from execution.domain.tests_path import generated_path
from execution.engine import budget, calls
from execution.engine.briefs import project_brief
from execution.models import ExecutionRun
from execution.runs import is_running
from kernel.text import decode, storable
from llm.client import configured
from llm.errors import InFlight, ModelError, UnusableReply
from llm.replies import read_code, read_field
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from masterplans.models import MasterplanTask
from masterplans.selectors import load_workspace
from masterplans.services import keep_generated_tests
from validation.domain.imports import importing
from validation.domain.scripttests import expected_script_ids
from validation.domain.testfiles import expected_python_ids


def write_skeletons(run: ExecutionRun, going_on: Callable[[], bool] = lambda: True) -> None:
    """Ask for the skeleton of each task that has neither draft nor skeleton. Without a model they stay whole holes.

    A run that is paused, cancelled or out of budget meanwhile asks for no further one; what was in flight is kept.
    """
    if run.settings["model"] is None or not configured():
        return

    def may_ask() -> bool:
        return going_on() and is_running(run.pk)

    for task in MasterplanTask.objects.filter(masterplan_id=run.masterplan_id, draft=None, skeleton=None):
        _write(run, task, may_ask)


def _write(run: ExecutionRun, task: MasterplanTask, going_on: Callable[[], bool]) -> None:
    feedback = None
    for number in range(1, run.settings["max_attempts"] + 1):
        if not going_on():
            return
        brief = SkeletonBrief(
            path=task.target_path,
            language=task.language,
            description=f"{task.name}\n{task.description}",
            attempt=number,
            acceptance=[str(test) for test in task.acceptance_tests],
            interfaces=_interfaces(task),
            tests_path=tests_path(task) or "",
        )
        prompt = build(brief, project=project_brief(task.masterplan), feedback=feedback)
        try:
            asked = calls.ask_patiently(
                run, prompt, unit_id=task.pk, attempt=number, purpose="skeleton", going_on=going_on
            )
            code = storable(read_code(asked.reply, language=task.language))
        except budget.BudgetHeld:
            return  # it was stopped while it waited for room
        except budget.BudgetSpent as stop:
            budget.stop(run, stop.message)
            return
        except UnusableReply as error:
            feedback = FeedbackGenerator().build(Failure(category=Category.EMPTY_REPLY, message=error.message))
            continue
        except (ModelError, InFlight):
            return  # the hole stays whole, and is asked for as an atom, which knows how to wait
        task.skeleton = code.encode()
        file = cut(task)
        if _usable(file):
            task.save(update_fields=["skeleton"])
            _keep_tests(task, storable(read_field(asked.reply, "tests")).encode())
            return
        feedback = FeedbackGenerator().build(_failure(file, code))


def tests_path(task: MasterplanTask) -> str | None:
    """Where generated tests of a task lie; None where somebody wrote tests that it names, or that import its file."""
    return None if names_tests(task) or _is_imported(task) else generated_path(task.target_path)


def names_tests(task: MasterplanTask) -> bool:
    """Whether a task names a test of its own."""
    return any(test.get("test") for test in task.acceptance_tests if isinstance(test, dict))


def _is_imported(task: MasterplanTask) -> bool:
    """Whether a test of the project imports the task's file."""
    written = {f.path: f for f in load_workspace(task.masterplan_id).of_role(FileRole.TEST) if not f.generated}
    file = WorkspaceFile(path=task.target_path, place=task.place, role=FileRole.SOURCE, content=b"")
    return bool(importing(Workspace(files={**written, file.path: file}), written.values()))


def _keep_tests(task: MasterplanTask, content: bytes) -> None:
    """Keep the tests of a skeleton where the task has none, and what came is a test file."""
    path = tests_path(task)
    if path is None or not content.strip():
        return
    if holds_tests(path, content):
        keep_generated_tests(task, path, content)


def holds_tests(path: str, content: bytes) -> bool:
    """Whether a file, under this path, is one in which tests can be found."""
    file = WorkspaceFile(path=path, place=path, role=FileRole.TEST, content=content, generated=True)
    return bool(expected_python_ids(file) if path.endswith(".py") else expected_script_ids(file))


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
