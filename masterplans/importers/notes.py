"""What an import tells the person who started it."""

from collections.abc import Iterator

from masterplans.domain.importing.spec import PlanSpec
from masterplans.domain.workspace import FileRole

_MAX_PROBLEMS = 20


def notes_of(spec: PlanSpec) -> Iterator[str]:
    """Lines: what was left out, where a draft cannot be read as text, and the sum."""
    yield from spec.notices
    located = [(task.path, task.problem) for task in spec.tasks if task.problem]
    for path, problem in located[:_MAX_PROBLEMS]:
        yield f"{path}:{problem.line}:{problem.column}: {problem.message}; imported as it is"
    if len(located) > _MAX_PROBLEMS:
        yield f"and {len(located) - _MAX_PROBLEMS} more files that cannot be read as text"
    tests = sum(file.role is FileRole.TEST for file in spec.files)
    yield f"{spec.name}: {len(spec.tasks)} tasks, {tests} test files, {len(spec.files) - tests} other files"
