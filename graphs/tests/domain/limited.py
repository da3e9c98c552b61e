"""Analyses that may never end, each in a process of its own: limits on processor time and memory end it.

An exception raised by a timer does not: what catches it, or what then prints all values, may run as long.
Reads ``{name: [path, source]}`` and prints ``{name: callees of module m}``; None is what was ended.
"""

import json
import os
import resource
import subprocess
import sys

from atoms.domain.model import Language
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import whole_file

SECONDS = 5  # of processor time; what ends takes some hundredths
BYTES = 1 << 30


def callees(programs: dict[str, tuple[str, str]]) -> dict[str, list[str] | None]:
    """Return what the modules call, from a process that imports no more than the analysis does."""
    command = [sys.executable, "-m", "graphs.tests.domain.limited"]
    done = subprocess.run(command, input=json.dumps(programs), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def _limited(path: str, source: str) -> list[str] | None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        language = Language.PYTHON if path.endswith(".py") else Language.JAVASCRIPT
        found = DependencyAnalyzer().analyze([whole_file(path, source, language)]).callgraph["m"]
        os.write(writing, json.dumps(sorted(found)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


if __name__ == "__main__":
    json.dump({name: _limited(*program) for name, program in json.load(sys.stdin).items()}, sys.stdout)
