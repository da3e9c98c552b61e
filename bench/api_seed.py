"""``python -m bench.api_seed ITEMS USERS``: fill the database of the settings with a queue, print how to reach it.

Run as a process of its own, so that the measurement holds no connection and no settings of Django.
"""

import json
import os
import sys
import uuid
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
_CODE = "def f{n}(x: int) -> int:\n    if x > {n}:\n        return x\n    return x + {n}\n\n\n"
_LINES = _CODE.count("\n")
_PER_FILE = 50


def seed(items: int, users: int) -> dict[str, Any]:
    """One plan of ``4 * items`` atoms, ``items`` of them in the queue, shared with a team of ``users`` reviewers."""
    from django.contrib.auth.models import Group, User  # noqa: PLC0415 - after django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from rest_framework.authtoken.models import Token  # noqa: PLC0415

    from execution.models import ExecutionRun  # noqa: PLC0415
    from masterplans.models import Masterplan, Team  # noqa: PLC0415
    from validation.models import SuiteRun  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    people = [User(username=f"bench-{n}", password="!") for n in range(users)]
    people = User.objects.bulk_create(people)
    reviewers = Group.objects.get_or_create(name="reviewer")[0]
    team = Team.objects.create(name="bench")
    for person in people:
        person.groups.add(reviewers)
    team.members.set(people)
    tokens = [token.key for token in Token.objects.bulk_create(Token(user=p, key=Token.generate_key()) for p in people)]
    plan = Masterplan.objects.create(name="Bench", owner=people[0], source_kind="plan_file", team=team)
    run = ExecutionRun.objects.create(
        masterplan=plan, mode="v2_atoms", status="completed", settings={"model": None, "review_share": 0.18},
        atoms_total=4 * items,
    )  # fmt: skip
    _fill(plan, run, items)
    SuiteRun.objects.create(
        masterplan=plan, run_id=run.pk, digest="0" * 64, purpose="final", ran=True, seconds=1.0, cases=_cases(items),
        coverage=_coverage(items),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does soon; without it PostgreSQL reads a whole run for a page
    return {"tokens": tokens, "run_id": str(run.pk), "masterplan_id": str(plan.pk)}


def _fill(plan: Any, run: Any, items: int) -> None:
    from atoms.models import AtomicUnit  # noqa: PLC0415
    from execution.models import RunAtom  # noqa: PLC0415
    from masterplans.models import MasterplanTask  # noqa: PLC0415
    from review.models import HumanReviewQueue  # noqa: PLC0415
    from validation.models import ValidationResult  # noqa: PLC0415

    for number in range(4 * items // _PER_FILE):
        path = f"pkg/part{number % 40}/mod{number}.py"
        parts = [_CODE.format(n=n).encode() for n in range(_PER_FILE)]
        task = MasterplanTask.objects.create(
            masterplan=plan, task_number=number + 1, name=path, target_path=path, place=path, language="python",
            draft=b"".join(parts), parse_ok=True,
        )  # fmt: skip
        units, atoms, rows, results, start = [], [], [], [], 0
        for n, part in enumerate(parts):
            place = {"path": path, "kind": "function", "symbol": f"f{n}", "start_line": n * _LINES + 1,
                     "end_line": (n + 1) * _LINES}  # fmt: skip
            unit = AtomicUnit(
                atom_id=uuid.uuid4(), task=task, masterplan=plan, atom_number=n, name=f"f{n}", description="",
                language="python", estimated_loc=4, complexity=2, start_byte=start, end_byte=start + len(part),
                content_sha="", **place,
            )  # fmt: skip
            start += len(part)
            failed, position = n % 20 == 0, number * _PER_FILE + n
            atoms.append(
                RunAtom(run=run, atom_id=unit.atom_id, task_id=task.pk, status="failed" if failed else "passed", loc=4,
                        wave_number=1, position=position, confidence=0.3 + n / 100, confidence_terms=_TERMS, **place)
            )  # fmt: skip
            results.append(_result(plan, run, unit, failed))
            if n % 4 == 0:
                rows.append(
                    HumanReviewQueue(atom_id=unit.atom_id, masterplan=plan, run=run, priority=position // 4 + 1,
                                     confidence=0.3 + n / 100, confidence_score="0.50", reasons=["failing test"],
                                     issue_detected="a test fails", ai_suggestions=[])
                )  # fmt: skip
            units.append(unit)
        AtomicUnit.objects.bulk_create(units)
        RunAtom.objects.bulk_create(atoms)
        ValidationResult.objects.bulk_create(results)
        HumanReviewQueue.objects.bulk_create(rows)


_TERMS = [
    {"name": name, "weight": weight, "value": 0.5, "evidence": ["tests: failed, counts 0.20", "names: passed"]}
    for name, weight in (("validation", 0.4), ("attempts", 0.3), ("complexity", 0.2), ("integration", 0.1))
]
_EVIDENCE = {"command": "tool", "exit_code": 0, "output": "x" * 400}


def _result(plan: Any, run: Any, unit: Any, failed: bool) -> Any:
    from validation.models import ValidationResult  # noqa: PLC0415

    checks: list[dict[str, Any]] = [
        {"name": name, "status": "failed" if failed and name == "tests" else "passed", "reason": "", "findings": [],
         "evidence": _EVIDENCE, "seconds": 0.01, "forgeable": False, "value": None}
        for name in ("syntax", "names", "types", "tests", "atomicity")
    ]  # fmt: skip
    status = "failed" if failed else "passed"
    return ValidationResult(
        atom_id=unit.atom_id, masterplan=plan, run_id=run.pk, level=1, level_name="atomic", scope=str(unit.atom_id),
        status=status, passed=not failed, checks_run=checks, checks_passed=5, checks_failed=int(failed),
    )  # fmt: skip


def _cases(items: int) -> list[dict[str, Any]]:
    return [
        {"id": f"tests/test_{n}.py::test_it", "status": "failed" if n % 20 == 0 else "passed", "seconds": 0.01,
         "message": "AssertionError: assert 3 == 4" if n % 20 == 0 else "", "frames": []}
        for n in range(items // 5)
    ]  # fmt: skip


def _coverage(items: int) -> bytes:
    import zlib  # noqa: PLC0415

    files = 4 * items // _PER_FILE
    covered = {
        f"tests/test_{n}.py::test_it": {
            f"pkg/part{m % 40}/mod{m}.py": list(range(1, _LINES * 6)) for m in (n % files, (7 * n) % files)
        }
        for n in range(items // 5)
    }
    return zlib.compress(json.dumps(covered).encode())


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(seed(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
