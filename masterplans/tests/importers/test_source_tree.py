"""Folders on disk: hostile shapes are left out or refused with one line, and bytes arrive as they are."""

import os
import time
from pathlib import Path

import pytest

from kernel.errors import InvalidInput
from masterplans.importers import source_tree
from masterplans.importers.folder_plan import SourceOptions, plan_of_folder
from masterplans.importers.source_tree import folder, scan_tree
from masterplans.tests.conftest import WriteTree


def paths_of(root: Path) -> list[str]:
    return [file.path for file in scan_tree(root).files]


def test_bytes_are_kept_and_leavings_are_not(tree: WriteTree) -> None:
    every_byte = bytes(range(256))
    root = tree(
        {
            "a.py": b"\xff\x00\r\n",
            "b/data.bin": every_byte,
            ".git/config": "x",
            "node_modules/x/index.js": "x",
            "b/__pycache__/a.pyc": "x",
            "env/pyvenv.cfg": "",
            "env/lib/x.py": "x",
        }
    )
    scan = scan_tree(root)
    assert {file.path: file.content for file in scan.files} == {
        "a.py": b"\xff\x00\r\n",
        "b/data.bin": bytes(range(256)),
    }
    assert scan.all_notices() == ()


def test_links_never_lead_out_and_loops_end(tree: WriteTree, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x")
    (tmp_path / "elsewhere").mkdir()
    root = tree({"a.py": "x", "b/c.py": "x"})
    (root / "out.py").symlink_to(tmp_path / "secret.py")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "loop.py").symlink_to("loop.py")
    (root / "b/up").symlink_to("..")
    (root / "b/twice").symlink_to("../b")
    (root / "nowhere.py").symlink_to("gone.py")
    (root / "alias.py").symlink_to("b/c.py")
    scan = scan_tree(root)
    assert [file.path for file in scan.files] == ["a.py", "alias.py", "b/c.py"]
    skipped = sorted(notice.split()[1].rstrip(":") for notice in scan.all_notices())
    assert skipped == ["b/twice", "b/up", "loop.py", "nowhere.py", "out", "out.py"]


def test_a_folder_that_is_a_loop_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InvalidInput, match="symbolic links form a loop"):
        folder(tmp_path / "loop", what="The source folder")
    with pytest.raises(InvalidInput, match="does not exist"):
        folder(tmp_path / "gone", what="The source folder")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    odd.mkdir()
    with pytest.raises(InvalidInput, match="cannot be shown; rename it"):
        folder(odd, what="The source folder")


def test_what_is_no_file_or_has_no_usable_name_is_skipped(tree: WriteTree) -> None:
    root = tree({"a.py": "x"})
    os.mkfifo(root / "pipe.py")
    (root / "back\\slash.py").write_text("x")
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.py")).write_text("x")
    scan = scan_tree(root)
    assert [file.path for file in scan.files] == ["a.py"]
    assert len(scan.all_notices()) == 3


def test_large_files_come_in_where_they_are_code(tree: WriteTree) -> None:
    minified = b"var a=" + b"[1,2,3]," * 700_000 + b"0;"
    root = tree({"big.min.js": minified, "big.bin": minified})
    began = time.monotonic()
    spec = plan_of_folder(SourceOptions(directory=str(root)))
    assert time.monotonic() - began < 5
    assert [(task.path, task.draft == minified) for task in spec.tasks] == [("big.min.js", True)]
    assert spec.notices == ("skipped big.bin: 5 MiB and not code",)


def test_bounds_of_an_import(tree: WriteTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree({f"{number}.py": "x" * 10 for number in range(4)})
    monkeypatch.setattr(source_tree, "MAX_FILES", 3)
    with pytest.raises(InvalidInput, match="more than 3 files"):
        scan_tree(root)
    monkeypatch.setattr(source_tree, "MAX_FILES", 10)
    monkeypatch.setattr(source_tree, "MAX_TOTAL_BYTES", 35)
    with pytest.raises(InvalidInput, match="import a part"):
        scan_tree(root)


def test_test_folders_inside_and_outside(tree: WriteTree, tmp_path: Path) -> None:
    root = tree({"a.py": "x", "checks/c.py": "x", "tests/test_a.py": "x"})
    outside = tmp_path / "suite" / "tests"
    outside.mkdir(parents=True)
    (outside / "test_more.py").write_text("x")
    asked = SourceOptions(directory=str(root), tests=[str(root / "checks"), str(outside), str(outside)])
    assert [file.path for file in plan_of_folder(asked).files] == [
        *["checks/c.py", "tests/test_a.py", "tests_2/test_more.py"]
    ]
    with pytest.raises(InvalidInput, match="holds the source folder itself"):
        plan_of_folder(SourceOptions(directory=str(root), tests=[str(tmp_path)]))


def test_what_the_project_needs_to_run(tree: WriteTree, tmp_path: Path) -> None:
    root = tree({"a.py": "x", "node_modules/x/index.js": "x"})
    python = tmp_path / "python"
    python.symlink_to("/bin/sh")
    spec = plan_of_folder(SourceOptions(directory=str(root), python=str(python)))
    assert (spec.python, spec.node_modules) == (str(python), str(root / "node_modules"))
    with pytest.raises(InvalidInput, match="not an executable file"):
        plan_of_folder(SourceOptions(directory=str(root), python=str(root / "a.py")))
    with pytest.raises(InvalidInput, match="npm packages"):
        plan_of_folder(SourceOptions(directory=str(root), node_modules=str(root / "gone")))


def test_a_linked_node_modules_is_not_mounted(tree: WriteTree) -> None:
    root = tree({"a.py": "x"})
    (root / "node_modules").symlink_to("/")
    assert plan_of_folder(SourceOptions(directory=str(root))).node_modules is None
