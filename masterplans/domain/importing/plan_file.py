"""Plan files: text that satisfies ``masterplans/plan.schema.json`` into a checked ``PlanSpec``."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from masterplans.domain.importing.encoding import encoding_problem
from masterplans.domain.importing.languages import LANGUAGE_BY_SUFFIX, language_of
from masterplans.domain.importing.layout import check_plan
from masterplans.domain.importing.paths import check_package, check_path, place_of
from masterplans.domain.importing.plan_text import InvalidPlan, load_plan_text
from masterplans.domain.importing.spec import PlanSpec, TaskSpec
from masterplans.domain.plan_rules import normalized
from masterplans.domain.workspace import FileRole, WorkspaceFile

SCHEMA_PATH: Final = Path(__file__).resolve().parents[2] / "plan.schema.json"
ReadFile = Callable[[str], bytes]  # bytes of a file beside the plan, by checked relative path


@lru_cache(maxsize=1)
def plan_schema() -> Mapping[str, Any]:
    """The published JSON Schema of plan files."""
    schema: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return schema


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_without_references(plan_schema(), plan_schema()))


def _without_references(node: Any, root: Mapping[str, Any]) -> Any:
    """The schema with every ``$ref`` replaced by what it names: to look each up again took most of a long plan's time.

    References stay within the document, ``#/$defs/...``, and are not recursive.
    """
    if isinstance(node, list):
        return [_without_references(one, root) for one in node]
    if not isinstance(node, dict):
        return node
    here = {key: _without_references(one, root) for key, one in node.items() if key not in ("$ref", "$defs")}
    if "$ref" not in node:
        return here
    named: Any = root
    for part in node["$ref"].removeprefix("#/").split("/"):
        named = named[part]
    return {**_without_references(named, root), **here}


def parse_plan(data: bytes, *, name: str, read_file: ReadFile | None = None) -> PlanSpec:
    """The plan in ``data``, or one located error (``InvalidPlan``, ``UnsafePath``, ``InvalidInput``).

    ``name`` stands in messages and tells JSON from YAML by its ending. ``read_file`` gives the bytes of ``code_file``
    and ``content_file``; without it (over the API) such a reference is an error.
    """
    plan = load_plan_text(data, name=name)
    error = best_match(_validator().iter_errors(plan))
    if error is not None:
        raise InvalidPlan(f"{name}, {error.json_path}: {_reason(error)}.", path=error.json_path)
    return check_plan(_Reader(name, read_file, plan.get("root_package")).plan(plan))


def _reason(error: ValidationError) -> str:
    """The validator's sentence without the whole document in it."""
    match error.validator:
        case "minItems" | "minLength":
            return "it is empty"
        case "not":
            return "code and code_file exclude each other"
        case "oneOf":
            wanted = " or ".join(option["required"][0] for option in _values(error))
            return f"give {wanted}, one of them"
        case "enum":
            shown = ", ".join(map(str, _values(error)))
            return f"{str(error.instance)[:80]!r} is unknown; known are {shown}"
        case _:
            message = error.message
            return message if len(message) <= 200 else f"{message[:80]} ... {message[-100:]}"


def _values(error: ValidationError) -> Sequence[Any]:
    return error.validator_value if isinstance(error.validator_value, list) else ()


class _Reader:
    """Turns the validated values of one plan file into specs."""

    def __init__(self, name: str, read_file: ReadFile | None, root_package: str | None) -> None:
        self.name = name
        self.read_file = read_file
        self.package = check_package(root_package, where=f"{name}, $.root_package") if root_package else None

    def plan(self, plan: Mapping[str, Any]) -> PlanSpec:
        files = [self._file(raw, f"$.tests[{i}]", FileRole.TEST) for i, raw in enumerate(plan.get("tests", ()))]
        tests = {file.path for file in files}
        files += [self._file(raw, f"$.files[{i}]", FileRole.SUPPORT) for i, raw in enumerate(plan.get("files", ()))]
        targets = self._targets(plan["tasks"])
        budget = plan.get("budget_usd")
        return PlanSpec(
            name=plan["name"],
            description=plan.get("description", ""),
            budget_usd=None if budget is None else round(Decimal(str(budget)), 6),
            rules=normalized(plan.get("rules")),
            root_package=self.package,
            tasks=tuple(self._task(raw, i, targets, tests) for i, raw in enumerate(plan["tasks"])),
            files=tuple(files),
        )

    def _targets(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Target paths by every word that ``depends_on`` may use: ids before paths before names that stand once."""
        ids, names = (Counter(task[key] for task in tasks if key in task) for key in ("id", "name"))
        if twice := next((word for word, count in ids.items() if count > 1), None):
            raise InvalidPlan(f"{self.name}: two tasks have the id {twice[:200]!r}.")
        targets = {task["name"]: task["target_path"] for task in tasks if names[task.get("name")] == 1}
        targets |= {task["target_path"]: task["target_path"] for task in tasks}
        return targets | {task["id"]: task["target_path"] for task in tasks if "id" in task}

    def _task(self, raw: Mapping[str, Any], index: int, targets: Mapping[str, str], tests: set[str]) -> TaskSpec:
        where = f"$.tasks[{index}]"
        path = check_path(raw["target_path"], where=f"{self.name}, {where}.target_path")
        language = self._language(raw, where)
        draft = self._bytes(raw, "code", "code_file", where)
        return TaskSpec(
            name=raw.get("name") or raw.get("id") or path,
            description=raw.get("description", ""),
            path=path,
            place=place_of(path, self.package),
            language=language,
            draft=draft,
            acceptance_tests=tuple(
                self._acceptance(test, f"{where}.acceptance_tests[{i}]", tests)
                for i, test in enumerate(raw.get("acceptance_tests", ()))
            ),
            depends_on=self._needs(raw, where, targets),
            problem=None if draft is None else encoding_problem(draft, language=language),
        )

    def _needs(self, raw: Mapping[str, Any], where: str, targets: Mapping[str, str]) -> tuple[str, ...]:
        needs: dict[str, None] = {}  # two names of one task are one dependency
        for i, name in enumerate(raw.get("depends_on", ())):
            if name not in targets:
                raise InvalidPlan(
                    f"{self.name}, {where}.depends_on[{i}]: {name[:200]!r} is no task of this plan; "
                    "use a task's id, name or target_path."
                )
            needs[targets[name]] = None
        return tuple(needs)

    def _language(self, raw: Mapping[str, Any], where: str) -> str:
        path = raw["target_path"]
        language = language_of(path)
        if language is None:
            raise InvalidPlan(
                f"{self.name}, {where}.target_path: the language of {path[:200]!r} is unknown; "
                f"it must end in {', '.join(LANGUAGE_BY_SUFFIX)}. Other files belong in files."
            )
        if raw.get("language", language) != language:
            raise InvalidPlan(
                f"{self.name}, {where}.language: {raw['language']!r} does not fit {path[:200]!r}, which is {language}."
            )
        return language

    def _acceptance(self, raw: str | Mapping[str, Any], where: str, tests: set[str]) -> Mapping[str, Any]:
        if isinstance(raw, str):
            return {"description": raw, "test": None}
        if raw["test"].split("::", 1)[0] not in tests:
            raise InvalidPlan(f"{self.name}, {where}.test: {raw['test'][:200]!r} is not a file of tests.")
        return {"description": raw.get("description", ""), "test": raw["test"]}

    def _file(self, raw: Mapping[str, Any], where: str, role: FileRole) -> WorkspaceFile:
        path = check_path(raw["path"], where=f"{self.name}, {where}.path")
        keys = ("code", "code_file") if role is FileRole.TEST else ("content", "content_file")
        content = self._bytes(raw, *keys, where)
        return WorkspaceFile(path=path, place=place_of(path, self.package), role=role, content=content or b"")

    def _bytes(self, raw: Mapping[str, Any], inline: str, by_file: str, where: str) -> bytes | None:
        if inline in raw:
            return str(raw[inline]).encode()
        if by_file not in raw:
            return None
        here = f"{self.name}, {where}.{by_file}"
        if self.read_file is None:
            raise InvalidPlan(f"{here}: only a plan file on disk may refer to files beside it; give {inline}.")
        return self.read_file(check_path(raw[by_file], where=here))
