"""The atomizer's bench measures what is there, and says what it could not measure."""

from pathlib import Path

import pytest

from bench.atomizer import main
from kernel.errors import InvalidInput


def test_it_measures_the_files_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import os\n\n\ndef f(a):\n    return os.fspath(a)\n")
    (tmp_path / "b.js").write_text("export function f(a) {\n  return a ? 1 : 2;\n}\n")
    result = main(["--path", str(tmp_path)])
    assert result["files"] == 2
    assert result["lossless_pct"] == 100.0
    assert result["stand_alone_pct"] == 100.0
    assert result["split_speed_over_parse"] > 0
    assert set(result["by_language"]) == {"python", "javascript"}
    assert all(isinstance(rival, dict) or rival.startswith("not installed") for rival in result["rivals"].values())


def test_it_tells_what_no_cut_between_rows_makes_simpler(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = a and b and c\n")
    assert main(["--path", str(tmp_path), "--no-rivals"])["complexity_bound_pct"] == 100.0
    (tmp_path / "a.py").write_text("x = (a and b\n     and c)\n")
    result = main(["--path", str(tmp_path), "--no-rivals"])
    assert (result["complexity_lt_3_pct"], result["complexity_bound_pct"]) == (0.0, 0.0)


def test_nothing_to_measure_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no \.py"):
        main(["--path", str(tmp_path)])
