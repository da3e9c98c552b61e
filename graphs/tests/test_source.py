"""Analysis of a folder without a database."""

import gc
from pathlib import Path

from graphs.source import analyze


def test_the_cycle_collector_rests_while_many_files_are_cut(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text(f"def {name}(x):\n    return x\n")
    seen: list[bool] = []
    assert gc.isenabled()
    found = analyze(tmp_path, callgraph=False, report=lambda _done, _total: seen.append(gc.isenabled()))
    assert len(found["atoms"]) == 3
    assert seen
    assert not any(seen)
    assert gc.isenabled()
