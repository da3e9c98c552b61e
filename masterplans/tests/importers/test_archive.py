"""Zips: plain ones become trees, hostile ones one line."""

import io
import stat
import zipfile
from collections.abc import Mapping

import pytest

from kernel.errors import InvalidInput
from masterplans.domain.importing.paths import UnsafePath
from masterplans.domain.importing.tree_plan import SourceTree
from masterplans.importers import archive, source_tree
from masterplans.importers.archive import UnsafeArchive, tree_of_zip


def packed(files: Mapping[str | zipfile.ZipInfo, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    buffer.seek(0)
    return buffer


def read(data: io.BytesIO) -> SourceTree:
    return tree_of_zip(data, filename="shop.zip", name=None, root_package=None)


def test_one_folder_around_everything_is_the_tree() -> None:
    tree = read(packed({"algo/__init__.py": b"", "algo/a.py": b"\xff", "__MACOSX/algo/x": b"", "algo/.DS_Store": b""}))
    assert (tree.folder, [file.path for file in tree.files]) == ("algo", ["__init__.py", "a.py"])
    assert read(packed({"a.py": b"", "b/c.py": b""})).folder == "shop"


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("link.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"../a.py": b""}, "leads outside"),
        ({"/etc/a.py": b""}, "leads outside"),
        ({"..\\a.py": b""}, "leads outside"),
        ({"x\\a.py": b""}, "backslash"),
        ({_link(): b"/etc/passwd"}, "link or a device"),
    ],
)
def test_hostile_entries_refuse_the_whole(files: dict[str | zipfile.ZipInfo, bytes], says: str) -> None:
    with pytest.raises((UnsafeArchive, UnsafePath), match=says):
        read(packed({"good.py": b"x", **files}))


def test_what_is_no_zip_is_one_line() -> None:
    whole = packed({"a.py": b"x" * 1000}).getvalue()
    for data in (b"", b"nonsense", whole[:40], whole[:45] + b"\x00\x01\x02" + whole[48:]):
        with pytest.raises(UnsafeArchive, match=r"shop\.zip: it is not a zip"):
            read(io.BytesIO(data))


def test_a_bomb_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 100_000)
    monkeypatch.setattr(source_tree, "MAX_TOTAL_BYTES", 100_000)
    monkeypatch.setattr(archive, "MAX_SUPPORT_BYTES", 40_000)
    with pytest.raises(UnsafeArchive, match="import a part"):
        read(packed({"a.py": b"\x00" * 1_000_000}))
    with pytest.raises(InvalidInput, match="import a part"):
        read(packed({f"{number}.bin": b"\x00" * 1_000_000 for number in range(4)}))
