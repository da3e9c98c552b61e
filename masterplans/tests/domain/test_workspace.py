"""The project in memory: what its digest stands for."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile

PLACES = st.text("ab/", min_size=1, max_size=3)
FILES = st.dictionaries(PLACES, st.binary(max_size=2), max_size=3)


def workspace(files: dict[str, bytes]) -> Workspace:
    return Workspace(
        files={p: WorkspaceFile(path=p, place=p, role=FileRole.SOURCE, content=c) for p, c in files.items()}
    )


@given(FILES, FILES)
@example({"a": b"b", "ab": b""}, {"a": b"", "ab": b"b"})
@example({"a": b"b"}, {"ab": b""})
def test_digests_are_equal_exactly_where_the_files_are(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    backwards = dict(reversed(one.items()))
    assert workspace(one).digest() == workspace(backwards).digest()
    assert (workspace(one).digest() == workspace(other).digest()) == (one == other)


def test_the_interpreter_and_the_packages_count_too() -> None:
    plain = workspace({"a": b"x"})
    others = [replace(plain, **{key: "v"}) for key in ("root_package", "python", "node_modules")]  # type: ignore[arg-type]
    assert len({each.digest() for each in (plain, *others)}) == 4


def test_a_changed_file_keeps_its_place_and_the_others() -> None:
    before = workspace({"a": b"x", "b": b"y"})
    after = before.with_content("a", b"z")
    assert {path: file.content for path, file in after.files.items()} == {"a": b"z", "b": b"y"}
    assert before.files["a"].content == b"x"
    assert [file.path for file in after.of_role(FileRole.SOURCE)] == ["a", "b"]
    assert after.of_role(FileRole.TEST) == ()
