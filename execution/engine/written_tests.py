"""Tasks that came with code and without tests get tests from the model, where the run was asked for it.

Written once, before the drafts are measured, and kept with the plan as generated: later runs find them. A test that
the draft does not pass condemns nothing by itself (see ``validation.domain.disagreement``).
"""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connection

from atoms.domain.model import AtomKind
from atoms.services import cut
from execution import logs
from execution.domain.feedback import Category, Failure, Feedback, FeedbackGenerator
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.generate import ProjectBrief
from execution.domain.prompts.unit_tests import UntestedFile, build
from execution.domain.tests_path import generated_path
from execution.engine import budget, calls
from execution.engine.briefs import project_brief
from execution.engine.skeletons import holds_tests, names_tests
from execution.models import ExecutionRun
from execution.phases import phases_of, width_of
from execution.runs import is_running
from kernel.errors import MgeError
from kernel.text import decode, storable
from llm.client import configured
from llm.errors import InFlight, ModelError, UnusableReply
from llm.replies import read_code
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from masterplans.models import MasterplanTask
from masterplans.selectors import load_workspace
from masterplans.services import keep_generated_tests
from validation.domain.imports import file_imports, importing, reached_by

log = structlog.get_logger(__name__)
PURPOSE = "tests"
AT_ONCE = 16  # files; each is a long reply
_TESTABLE = frozenset({AtomKind.FUNCTION, AtomKind.METHOD, AtomKind.CLASS, AtomKind.SIGNATURE, AtomKind.CLASS_HEADER})
GoingOn = Callable[[], bool]


def write_tests(run: ExecutionRun, going_on: GoingOn) -> None:
    """Ask for the tests of each task that came without any. Does nothing without a model, or where nobody asked."""
    if not run.settings.get("write_tests") or run.settings["model"] is None or not configured():
        return
    if not phases_of(run).validation:
        return  # nothing would judge by them
    workspace = load_workspace(run.masterplan_id)
    tasks = untested(run.masterplan_id, workspace)
    if tasks:
        writer = _Writer(run, workspace, going_on)
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, width_of(run)), thread_name_prefix="tests") as pool:
            list(pool.map(writer.write, tasks))
        if writer.stopped:
            budget.stop(run, writer.stopped)


def untested(masterplan_id: uuid.UUID, workspace: Workspace) -> list[MasterplanTask]:
    """Tasks with code that can be tested, and no test: none that they name, none that imports them, none generated."""
    tests = [file for file in workspace.of_role(FileRole.TEST) if not file.generated]
    reached = reached_by(workspace, tests)
    drafted = MasterplanTask.objects.filter(masterplan_id=masterplan_id, draft__isnull=False)
    return [
        task
        for task in drafted.select_related("masterplan").order_by("task_number")
        if task.target_path not in reached
        and generated_path(task.target_path) not in workspace.files
        and not names_tests(task)
        and _testable(task)
    ]


def _testable(task: MasterplanTask) -> bool:
    file = cut(task)
    return file.parse_ok and any(atom.kind in _TESTABLE for atom in file.atoms)


class _Writer:
    """Asks for the tests of one task after the other, in several threads; ``stopped``: why no more can be asked."""

    def __init__(self, run: ExecutionRun, workspace: Workspace, going_on: GoingOn) -> None:
        self._run, self._workspace, self._going_on = run, workspace, going_on
        self._imports = file_imports(workspace)
        self._project: ProjectBrief = project_brief(run.masterplan)
        self.stopped = ""

    def write(self, task: MasterplanTask) -> None:
        """Ask until a reply holds tests, as often as an atom may be tried; what comes to nothing is left without."""
        try:
            with logs.about(self._run):
                self._write(task)
        except budget.BudgetHeld:
            return  # the run was stopped while this waited for room
        except budget.BudgetSpent as stop:
            self.stopped = stop.message
        except (ModelError, InFlight) as error:
            log.warning("no_tests_written", path=task.target_path, reason=error.message)
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    def _write(self, task: MasterplanTask) -> None:
        feedback = None
        for number in range(1, self._run.settings["max_attempts"] + 1):
            if self.stopped or not self._may_ask():
                return
            prompt = build(self._brief(task, number), project=self._project, feedback=feedback)
            asked = calls.ask_patiently(
                self._run, prompt, unit_id=task.pk, attempt=number, purpose=PURPOSE, going_on=self._may_ask
            )
            try:
                content = storable(read_code(asked.reply, language=task.language, field="tests")).encode()
                self._check(task, content)
            except UnusableReply as error:
                feedback = _feedback(error)
                continue
            keep_generated_tests(task, generated_path(task.target_path), content)
            return

    def _may_ask(self) -> bool:
        return self._going_on() and is_running(self._run.pk)

    def _brief(self, task: MasterplanTask, number: int) -> UntestedFile:
        used = sorted(self._imports.get(task.target_path, ()))
        return UntestedFile(
            path=task.place,
            language=task.language,
            description=f"{task.name}\n{task.description}",
            code=decode(task.text),
            tests_path=generated_path(task.target_path),
            attempt=number,
            cases=[str(case) for case in task.acceptance_tests],
            uses=[Piece(name=path, text=decode(self._workspace.files[path].content)) for path in used],
        )

    def _check(self, task: MasterplanTask, content: bytes) -> None:
        """Raises UnusableReply for what holds no test, or none of this file."""
        path = generated_path(task.target_path)
        if not holds_tests(path, content):
            raise UnusableReply("malformed", "no test can be found in the file: it does not parse, or defines none")
        mine = WorkspaceFile(path=task.target_path, place=task.place, role=FileRole.SOURCE, content=b"")
        tests = WorkspaceFile(path=path, place=path, role=FileRole.TEST, content=content, generated=True)
        alone = Workspace(files={mine.path: mine, path: tests}, root_package=self._workspace.root_package)
        if not importing(alone, [tests]):
            raise UnusableReply("malformed", f"the tests do not import {task.place}")


def _feedback(error: MgeError) -> Feedback:
    return FeedbackGenerator().build(Failure(category=Category.EMPTY_REPLY, message=error.message))
