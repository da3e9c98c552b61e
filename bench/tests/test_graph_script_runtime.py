"""The tracer of scripts sees who calls whom, and the graph is compared with that."""

import shutil
from pathlib import Path

import pytest

from bench.graph_script_runtime import UNWRITTEN, compare, instrument, record, spans

SOURCE = """\
"use strict";
const make = (x) => inner(x);
function inner(x) {
  return [x].map((y) => y + 1);
}
class Base { constructor() { this.kind = "job"; } }
class Job extends Base {
  run() { return this.step(); }
  step() { return make(1); }
  unused() { return inner(2); }
}
const build = () => new Job();
module.exports = { Job, build };
"""


def test_instrumented_text_keeps_lines_and_directives() -> None:
    made = instrument(SOURCE.encode(), "lib/job.js")
    assert made.count(b"\n") == SOURCE.count("\n")
    assert made.startswith(b'"use strict";\n')
    assert made.count(b"__mgeEnter") == 8


def test_functions_are_found_again_in_text_that_a_compiler_rewrote() -> None:
    marked = instrument(b"class A {\n  constructor(private x: B) {}\n  get = (y: B) => y;\n}\n", "a.ts").decode()
    compiled = (
        marked.replace("private x: B", "x").replace("y: B", "y").replace("class A {\n  ", "class A {\n\n  x;\n  ")
    )
    found = [place for *_, place in spans(compiled.encode(), "a.js", "a.ts") if place != UNWRITTEN]
    assert found == [("a.ts", 0), ("a.ts", 2), ("a.ts", 3)]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: no script was traced")
def test_observed_calls_are_compared_with_the_graph(tmp_path: Path) -> None:
    library = tmp_path / "lib" / "job.js"
    library.parent.mkdir()
    library.write_text(SOURCE)
    (tmp_path / "check.js").write_text(
        'const { Job, build } = require("./lib/job");\nbuild().run();\nnew Job()["st" + "ep"]();\n'
    )
    observed = record(tmp_path, [library], ["node", "check.js"])
    lines = {(caller[1], callee[1]) for caller, callee in observed}
    assert lines == {(12, 6), (8, 9), (9, 2), (2, 3), (3, 4)}, "the constructor nobody wrote is passed"
    assert all(place[0] == "lib/job.js" for pair in observed for place in pair)
    found = compare(tmp_path, [library], [], observed)
    assert (found.observed, found.recall) == (5, 1.0)
    assert found.confirmed_share == 1.0, "what did not run is not held against the graph"
    blind = compare(tmp_path, [library], [], {**observed, (("lib/job.js", 3), ("lib/job.js", 10)): 4})
    assert blind.missed[0][:2] == ("lib.job.inner", "lib.job.Job.unused")
