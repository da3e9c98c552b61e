"""Other callgraph tools on the same programs, each run by an interpreter that has it installed."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.graph_rival_tools import TOOLS

Pairs = set[tuple[str, str]]
Score = Callable[[Sequence[Pairs], Sequence[Pairs]], tuple[float, float]]
Inside = Callable[[Path, Mapping[str, Sequence[str]]], Pairs]

NOT_INSTALLED = "not installed: pip install {}, and name its interpreter with --rivals-python"
SECONDS = 600


def rival_scores(
    programs: Sequence[tuple[Path, Pairs]], *, score: Score, inside: Inside, python: str = sys.executable
) -> dict[str, Any]:
    """Return precision and recall of each rival on the Python programs, or why there are none."""
    return {name: _scored(name, programs, score, inside, python) for name in TOOLS}


def _scored(name: str, programs: Sequence[tuple[Path, Pairs]], score: Score, inside: Inside, python: str) -> Any:
    tools = Path(__file__).with_name("graph_rival_tools.py")
    command = [python, str(tools), name, *(str(folder) for folder, _ in programs)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    if ran.returncode:
        return f"fails: {(ran.stderr.strip().splitlines() or ['no message'])[-1]}"
    graphs = json.loads(ran.stdout)
    if graphs is None:
        return NOT_INSTALLED.format(name)
    found = [inside(folder, graph) for (folder, _), graph in zip(programs, graphs, strict=True)]
    precision, recall = score(found, [wanted for _, wanted in programs])
    return {"precision": round(precision, 4), "recall": round(recall, 4)}
