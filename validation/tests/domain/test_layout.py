"""A workspace becomes a folder, and nothing outside of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvalidInput
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.layout import arrange, check_place, materialize, surroundings
from validation.tests.projects import project


def at(place: str) -> Workspace:
    file = WorkspaceFile(path="x.py", place=place, role=FileRole.SOURCE, content=b"x")
    return Workspace(files={"x.py": file})


@pytest.mark.parametrize("place", ["../x", "/x", "a/../../x", "a//b", "", ".", "a\x00b", "a\\..\\b", "./a", "a/" * 600])
def test_places_outside_are_refused(place: str) -> None:
    with pytest.raises(InvalidInput):
        arrange(at(place))


@given(st.text(max_size=40))
def test_a_place_that_is_taken_stays_inside(place: str) -> None:
    try:
        check_place(place)
    except InvalidInput:
        return
    assert (Path("/root") / place).resolve(strict=False).is_relative_to("/root")


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (folder / "a").symlink_to(outside)
    with pytest.raises(InvalidInput):
        materialize(at("a/x.py"), folder)
    (folder / "y.py").symlink_to(outside / "y.py")
    with pytest.raises(InvalidInput):
        materialize(at("y.py"), folder)
    assert list(outside.iterdir()) == []


def test_the_same_bytes_are_laid_out_once(tmp_path: Path) -> None:
    workspace = project({"a/b.py": "x = 1\n", "c.py": ""})
    first = materialize(workspace, tmp_path / "unused", cache=tmp_path / "cache")
    assert (first / "a/b.py").read_bytes() == b"x = 1\n"
    assert materialize(workspace, tmp_path / "unused", cache=tmp_path / "cache") == first
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [workspace.digest()]


def test_a_file_cannot_be_a_folder_too() -> None:
    with pytest.raises(InvalidInput):
        arrange(project({"a": "", "a/b.py": ""}))


def test_the_rest_of_the_installed_package_lies_around_the_workspace() -> None:
    workspace = project({"bridges.py": "mine"}, root_package="networkx.algorithms", prefix="networkx/algorithms/")
    placed = arrange(workspace, surroundings(workspace))
    assert placed["networkx/algorithms/bridges.py"] == b"mine"
    assert {"networkx/__init__.py", "networkx/algorithms/clique.py"} <= placed.keys()
    assert surroundings(project({"a.py": ""})) == {}
    assert surroundings(project({"a.py": ""}, root_package="no_such_package_here.x")) == {}
