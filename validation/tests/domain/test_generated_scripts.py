"""Which functions of a script can be given inputs, and which examples it carries."""

from masterplans.domain.workspace import FileRole, WorkspaceFile
from validation.domain.generated_scripts import ScriptPlan, script_plan

TYPED = """\
import { z } from "./z";

type Row = { name: string; count?: number };
interface Loud extends Row { on: boolean }
const LIMIT = 50;

/**
 * @example
 * off(60) // => 0.1
 * off(1); // -> 0
 */
export function off(quantity: number, name: string = "x"): number {
  return quantity >= LIMIT ? 0.1 : 0;
}

export const total = (rows: readonly Row[], kind: "a" | "b", tags?: Set<string>) => rows.length;
export function loud(row: Loud) { return row.on; }
export function now(x: number) { return Date.now() + x; }
export async function later(x: number) { return x; }
export function any(x: unknown) { return x; }
function inner(x: number) { return x; }
function listed(x: bigint) { return x; }
export { listed };
"""

PLAIN = """\
/** @param {string[]} words  @param {number=} least */
function pick(words, least) { return words; }
const plain = (a, b = 2) => a;
module.exports = { pick, plain };
exports.late = pick;
"""


def plan(path: str, text: str) -> ScriptPlan:
    return script_plan(WorkspaceFile(path=path, place=path, role=FileRole.SOURCE, content=text.encode()))


def test_typed_exported_functions_that_reach_nothing_outside_get_inputs() -> None:
    found = plan("a.ts", TYPED)
    assert set(found.inputs) == {"off", "total", "listed"}
    assert found.inputs["off"] == ({"k": "number"}, {"k": "string"})
    rows, kind, tags = found.inputs["total"]
    assert rows["of"]["fields"]["count"]["of"][1] == {"k": "undefined"}
    assert kind == {"k": "union", "of": [{"k": "literal", "v": "a"}, {"k": "literal", "v": "b"}]}
    assert tags["of"][0] == {"k": "set", "of": {"k": "string"}}
    assert found.untold["inner"] == "the module does not export it"
    assert found.untold["now"] == "it uses Date"
    assert "async" in found.untold["later"]
    assert "no simple type" in found.untold["any"]
    assert "no simple type" in found.untold["loud"]
    assert 50 in found.constants["number"]


def test_examples_belong_to_the_function_below_them() -> None:
    found = plan("a.ts", TYPED).examples
    assert [(one.name, one.call, one.value) for one in found] == [("off", "off(60)", "0.1"), ("off", "off(1)", "0")]


def test_javascript_tells_its_types_in_comments() -> None:
    found = plan("a.js", PLAIN)
    assert found.inputs == {
        "pick": ({"k": "array", "of": {"k": "string"}}, {"k": "union", "of": [{"k": "number"}, {"k": "undefined"}]})
    }
    assert "its parameter a" in found.untold["plain"]
    assert plan("a.ts", "export function (").empty
