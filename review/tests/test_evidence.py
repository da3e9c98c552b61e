"""An atom is judged by the levels that hold it: of a long file only by its own part."""

from review.selectors.evidence import holds


def test_a_scope_holds_its_file_folder_and_part() -> None:
    for scope in (".", "a", "a/b", "a/b/x.py", "a/b/x.py#2"):
        assert holds(scope, "a/b/x.py", "a/b/x.py#2"), scope
    for scope in ("a/b/x.py#1", "a/b/x", "a/b/x.pyc", "b"):
        assert not holds(scope, "a/b/x.py", "a/b/x.py#2"), scope
