"""Defects and other words for the same in scripts: one change each, on its line, that still parses."""

from collections import Counter

from tree_sitter import Parser

from bench.validation_script_mutants import script_mutants
from bench.validation_script_rewrites import script_rewrites
from validation.domain.scripttests import language_for

SOURCE = b"""const LIMIT = 3;
function f(a, b) {
  const seen = [];
  seen.push(a);
  for (const one of a) {
    if (one < LIMIT && !b) continue;
    call(
      one,
      b
    );
  }
  if (b > 0) {
    b += 1;
  } else {
    b = null;
  }
  return a.length === 0 ? b : undefined;
}
"""


def test_every_operator_seeds_one_defect_inside_functions() -> None:
    found = list(script_mutants("a.js", SOURCE))
    assert Counter(one.operator for one in found) == {
        "deletion": 4, "boolean": 2, "comparison": 3, "boundary": 2, "return": 1, "arithmetic": 1, "constant": 3,
        "condition": 3, "loop": 1, "argument": 1,
    }  # fmt: skip
    for one in found:
        assert one.source.count(b"\n") == SOURCE.count(b"\n")
        changed = [n for n, (a, b) in enumerate(zip(SOURCE.split(b"\n"), one.source.split(b"\n"), strict=True), 1)
                   if a != b]  # fmt: skip
        assert changed[0] == one.line or one.operator == "argument"
        assert not Parser(language_for("a.js")).parse(one.source).root_node.has_error


def test_the_same_is_said_another_way() -> None:
    [one] = script_rewrites("a.js", SOURCE)
    text = one.source.decode()
    assert "if (!(!((LIMIT > one)) || !(!b))) continue;" in text
    assert "if (!((0 < b))) {\n    b = null;\n  } else {\n    b = b + 1;\n  }" in text
    assert "{ const outcome_1 = (!((0 === a.length)) ? (undefined) : (b)); return outcome_1; }" in text
    assert (one.name, one.before, one.after) == ("f", (2, 18), (2, 18))
