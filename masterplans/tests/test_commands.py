"""The commands: the id last on stdout, notes on stderr, one line and exit 2 for bad input."""

import io
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from masterplans.models import Masterplan, Team
from masterplans.tests.conftest import PLAN, WriteTree

pytestmark = pytest.mark.django_db


def run(*command: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*command: str) -> str:
    """The one line of a refusal; nothing is left in the database."""
    with pytest.raises(CommandError) as caught:
        run(*command)
    assert caught.value.returncode == 2
    assert not Masterplan.objects.exists()
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_import_plan_prints_the_id_last(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(PLAN)
    out, err = run("import_plan", str(file), "--name", "other")
    plan = Masterplan.objects.get()
    assert out == f"{plan.pk}\n"
    assert err == "other: 2 tasks, 1 test files, 1 other files\n"
    assert (plan.name, plan.owner.username) == ("other", "operator")


def test_import_source_says_what_it_left_out(tree: WriteTree, alice: User) -> None:
    root = tree({"__init__.py": "", "a.py": b"# caf\xe9\n", "tests/test_a.py": "", "big.bin": b"0" * (6 * 2**20)})
    out, err = run("import_source", str(root), "--root-package", "cafe.shop", "--owner", "alice")
    plan = Masterplan.objects.get()
    assert out.splitlines()[-1] == str(plan.pk)
    assert err.splitlines() == [
        "skipped big.bin: 6 MiB and not code",
        "a.py:1:6: byte 0xe9 is not utf-8; imported as it is",
        "cafe.shop: 2 tasks, 1 test files, 0 other files",
    ]
    assert (plan.owner, plan.root_package, plan.tasks.get(target_path="a.py").place) == (
        *(alice, "cafe.shop", "cafe/shop/a.py"),
    )


def test_approve_and_reject(tree: WriteTree) -> None:
    plan_id = run("import_source", str(tree({"a.js": ""})))[0].strip()
    assert run("reject_plan", plan_id) == (f"{plan_id}\n", "shop: cancelled\n")
    assert run("approve_plan", plan_id) == (f"{plan_id}\n", "shop: approved\n")
    with pytest.raises(CommandError, match="The plan is approved"):
        run("approve_plan", plan_id)
    with pytest.raises(CommandError, match="no masterplan 'nonsense'"):
        run("approve_plan", "nonsense")


def test_a_plan_is_shared_with_the_team_that_it_names(tree: WriteTree) -> None:
    root = str(tree({"a.py": "x = 1\n"}))
    assert "no team 'blue'" in refused("import_source", root, "--team", "blue")
    assert not Masterplan.objects.exists()
    team = Team.objects.create(name="blue")
    plan_id = run("import_source", root, "--team", "blue")[0].strip()
    assert Masterplan.objects.get(pk=plan_id).team == team
    team.delete()
    assert Masterplan.objects.get(pk=plan_id).team is None, "a team that goes takes no plan along"


def test_bad_folders_are_one_line(tree: WriteTree, tmp_path: Path) -> None:
    root = tree({"README.md": "x"})
    (tmp_path / "loop").symlink_to("loop")
    assert "no code in this folder" in refused("import_source", str(root))
    assert "does not exist" in refused("import_source", str(tmp_path / "gone"))
    assert "form a loop" in refused("import_source", str(tmp_path / "loop"))
    assert "not a folder" in refused("import_source", str(root / "README.md"))
    assert "not an import name" in refused("import_source", str(root), "--root-package", "no-name")
    assert "no user 'ghost'" in refused("import_source", str(tree({"a.py": "x"})), "--owner", "ghost")
    assert not User.objects.exists()


def test_bad_plans_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    for text, says in (
        ("name: x\ntasks: [", "plan.yaml, line 2"),
        ("name: x\ntasks: [{target_path: a.py, depends_on: [a.py]}]", "form a cycle: 'a.py' needs 'a.py'"),
        ("name: x\ntasks: [{target_path: ../a.py}]", "leads outside"),
        ("name: x\ntasks: [{target_path: a.py, code_file: gone.py}]", "'gone.py' cannot be read: No such file"),
        ("name: x\ntasks: [{target_path: a.py, code_file: ../a.py}]", "leads outside"),
        ("name: x\ntasks: [{target_path: a.py, code_file: link.py}]", "leads outside the folder of the plan file"),
        ("name: x\ntasks: [{target_path: a.py, code_file: pipe.py}]", "not a regular file"),
    ):
        if not (tmp_path / "link.py").is_symlink():
            (tmp_path / "link.py").symlink_to("/etc/hostname")
            os.mkfifo(tmp_path / "pipe.py")
        file.write_text(text)
        assert says in refused("import_plan", str(file))
    assert "cannot be read" in refused("import_plan", str(tmp_path / "gone.yaml"))


def test_code_beside_the_plan_keeps_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_bytes(b"\xff\r\n")
    (tmp_path / "plan.yaml").write_text("name: x\ntasks: [{target_path: a.py, code_file: src/a.py}]")
    run("import_plan", str(tmp_path / "plan.yaml"))
    assert bytes(Masterplan.objects.get().tasks.get().draft or b"") == b"\xff\r\n"
