"""Paths: what is accepted stays below the root, whatever it looks like."""

import posixpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.errors import InvalidInput
from masterplans.domain.importing.globs import matches
from masterplans.domain.importing.paths import UnsafePath, check_package, check_path, place_of, why_unsafe

_PART = st.sampled_from(["a", "..", ".", "", "b.py", "~", "C:", "\\", "\x00", ".git", "ü", " "])


@given(st.one_of(st.text(), st.lists(_PART, max_size=6).map("/".join)))
@example("a/../../b")
@example("a/\\..\\b")
def test_an_accepted_path_is_one_file_below_the_root(path: str) -> None:
    if why_unsafe(path) is None:
        assert posixpath.normpath(path) == path
        whole = posixpath.normpath(posixpath.join("/root/of/it", path))
        assert whole.startswith("/root/of/it/")
        assert "\\" not in path
        assert path.encode()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("C:/x.py", "absolute"),
        ("../x.py", "outside"),
        ("a/../../x.py", "outside"),
        ("a\\b.py", "backslash"),
        ("a//b.py", "empty part"),
        ("./a.py", "part '.'"),
        ("a\x00.py", "cannot be shown"),
        ("a\n.py", "cannot be shown"),
        ("a\udcff.py", "cannot be shown"),
        (".git/hooks/x.js", "reserved"),
        ("a/Node_Modules/x.js", "reserved"),
        ("a" * 256, "255 bytes"),
        ("a/" * 501 + "b", "1000 characters"),
    ],
)
def test_an_unsafe_path_says_why(path: str, says: str) -> None:
    with pytest.raises(UnsafePath, match=says) as caught:
        check_path(path, where="plan.yaml, task 3")
    assert caught.value.message.startswith("plan.yaml, task 3: ")


@pytest.mark.parametrize("path", ["a.py", "a/b c/d-e.py", "ümlaut/漢.ts", "..a/b..", "ab:c.py"])
def test_usual_paths_are_safe(path: str) -> None:
    assert check_path(path, where="") == path


def test_a_package_places_its_files_below_its_folders() -> None:
    assert place_of("clique.py", "networkx.algorithms") == "networkx/algorithms/clique.py"
    assert place_of("clique.py", None) == "clique.py"


@pytest.mark.parametrize("name", ["a-b", "a..b", ".a", "1a", "a b", "class", "a/b", ""])
def test_what_cannot_be_imported_is_no_package(name: str) -> None:
    with pytest.raises(InvalidInput, match="not an import name"):
        check_package(name, where="--root-package")


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.py", "*.py", True),
        ("deep/in/a.py", "*.py", True),
        ("a.py", "/*.py", True),
        ("b/a.py", "/*.py", False),
        ("b/a.py", "./b/*", True),
        ("src/x/y.ts", "src/**", True),
        ("src/x/y.ts", "src/", True),
        ("src/x/y.ts", "src/*", False),
        ("src/x/y.ts", "**/y.ts", True),
        ("y.ts", "**/y.ts", True),
        ("ay.ts", "**/y.ts", False),
        ("a.py", "?.py", True),
        ("a[1].py", "a[1].py", True),
    ],
)
def test_globs(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected
