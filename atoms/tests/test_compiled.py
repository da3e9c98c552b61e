"""The compiled core cuts and describes real files as Python does, and is loaded for just the sources it was made of."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from atoms import compiled, compiling
from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.parser import MultiLanguageParser

_LARGEST = 30_000
_CUT = """
import json, sys
from atoms import compiled
from atoms.tests.test_compiled import cut
print(json.dumps([compiled.is_used(), cut(sys.argv[1:])]))
"""


def cut(paths: list[str]) -> list[Any]:
    """Ranges, atoms and facts of some files, as text."""
    decomposer = RecursiveDecomposer()
    samples = [(path, Path(path).read_bytes(), MultiLanguageParser.language_of(path)) for path in paths]
    files = [decomposer.split(source, path=path, language=language) for path, source, language in samples if language]
    facts = ContextInjector().describe(files)
    return [
        [decomposer.ranges(file.source, file.language), [f"{atom!r} {facts[atom.id]!r}" for atom in file.atoms]]
        for file in files
    ]


def test_cuts_as_python_does() -> None:
    if not compiled.folder().is_dir():
        if compiling.missing():
            return  # no machine for it: there is nothing to compare
        pytest.skip("the core is not built (make core)")
    assert not compiled.is_used()
    modules = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[::12]
    console = [
        path for path in sorted((compiled.ROOT / "frontend" / "src").rglob("*.ts*")) if "schema" not in path.name
    ]
    scripts = [*console[::10], *(compiled.ROOT / "bench").glob("*.cjs")]
    sample = [str(path) for path in (*modules, *scripts) if path.stat().st_size < _LARGEST]
    environment = {name: value for name, value in os.environ.items() if name != "MGE_CORE"}
    command = [sys.executable, "-c", _CUT, *sample]
    done = subprocess.run(command, cwd=compiled.ROOT, env=environment, capture_output=True, text=True, check=True)
    used, found = json.loads(done.stdout)
    assert used
    for path, there, here in zip(sample, found, json.loads(json.dumps(cut(sample))), strict=True):
        assert there == here, path


def test_every_change_of_a_source_asks_for_a_new_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled.folder()
    copies = []
    for source in compiled.sources():
        copies.append(tmp_path / source.name)
        copies[-1].write_bytes(source.read_bytes())
    monkeypatch.setattr(compiled, "sources", lambda: copies)
    assert compiled.folder() == before
    copies[3].write_bytes(copies[3].read_bytes() + b"\n")
    assert compiled.folder() != before


def test_without_a_compiler_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiled, "folder", lambda: tmp_path / "core" / "key")
    monkeypatch.setenv("CC", "no-such-compiler")
    assert compiling.main() == 0
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "a C compiler is not there" in said
    assert not list(tmp_path.iterdir())


def test_a_core_that_does_not_load_leaves_the_work_to_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MGE_CORE")
    monkeypatch.setattr(compiled, "folder", lambda: tmp_path)
    path = ["sources"]
    compiled.use(path)
    assert path == ["sources"]
    assert not compiled.is_used()
