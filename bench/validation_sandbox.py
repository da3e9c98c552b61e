"""What a warm sandboxed run costs above the same work bare: an interpreter that does nothing, many times."""

import statistics
import subprocess
import time
from typing import Any

from validation.sandbox.command import interpreter_prefix
from validation.sandbox.runner import run
from validation.sandbox.spec import Ending, SandboxRequest

COUNT = 15
PAUSE = 0.3  # seconds, in which the next sandbox is prepared


def start_cost() -> dict[str, Any]:
    """Medians in milliseconds, bare and in the sandbox alternating; None where there is no sandbox."""
    argv = (str(interpreter_prefix()[1]), "-I", "-S", "-c", "pass")
    request = SandboxRequest(argv=argv)
    run(request)
    bare, inside = list[float](), list[float]()
    for _ in range(COUNT):
        time.sleep(PAUSE)
        begun = time.perf_counter()
        subprocess.run(argv, check=True)
        between = time.perf_counter()
        outcome = run(request)
        if outcome.ending is not Ending.EXITED:
            return {"start_bare_ms": None, "start_sandboxed_ms": None, "start_above_ms": None}
        inside.append(time.perf_counter() - between)
        bare.append(between - begun)
    medians = [1000 * statistics.median(one) for one in (bare, inside)]
    return {
        "start_bare_ms": round(medians[0], 1),
        "start_sandboxed_ms": round(medians[1], 1),
        "start_above_ms": round(medians[1] - medians[0], 1),
    }
