"""The score knows a sensible cut from the same cut shifted by a few lines, and no criterion is a constant."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from atoms.domain.atomicity import AtomicityValidator, Evidence
from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.grammar import grammar_of
from atoms.domain.model import Atom, AtomFacts, FileAtoms, Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.rows import rows_of
from atoms.domain.standing import Standing

FOLDER = Path(asyncio.__file__).parent


def cut_of(name: str) -> FileAtoms:
    source = (FOLDER / name).read_bytes()
    return RecursiveDecomposer().split(source, path=name, language=Language.PYTHON)


def shifted(file: FileAtoms, number: int, lines: int) -> FileAtoms:
    """The same file with the cut before atom ``number`` moved by ``lines``."""
    rows = rows_of(
        file.source, MultiLanguageParser().parse(file.source, file.language).root_node, grammar_of(file.language)
    )
    before, after = file.atoms[number - 1], file.atoms[number]
    row = after.start_line - 1 + lines
    bounds = ((before, before.start_line - 1, row), (after, row, after.end_line))
    pair = [
        replace(
            atom,
            start_byte=rows.starts[first],
            end_byte=rows.starts[end],
            start_line=first + 1,
            end_line=end,
            loc=rows.loc[end] - rows.loc[first],
            complexity=float(1 + rows.decisions[end] - rows.decisions[first]),
        )
        for atom, first, end in bounds
    ]
    return replace(file, atoms=(*file.atoms[: number - 1], *pair, *file.atoms[number + 1 :]))


def pair_score(file: FileAtoms, number: int, facts: Mapping[str, AtomFacts] | None = None) -> float:
    facts = facts or ContextInjector().describe([file])
    return sum(facts[file.atoms[k].id].atomicity_score for k in (number - 1, number))


def test_it_prefers_a_sensible_cut_to_the_same_cut_shifted() -> None:
    won = lost = 0
    for name in ("locks.py", "queues.py", "timeouts.py", "taskgroups.py", "runners.py", "streams.py"):
        file = cut_of(name)
        facts = ContextInjector().describe([file])
        for number, atom in enumerate(file.atoms):
            before = file.atoms[number - 1]
            shift = (2, -2, 3, -3)[number % 4]
            room = (atom.end_line - atom.start_line, before.end_line - before.start_line)
            if number == 0 or min(room) <= abs(shift) or won + lost >= 60:
                continue
            better = pair_score(file, number, facts) > pair_score(shifted(file, number, shift), number)
            won, lost = won + better, lost + (not better)
    assert won + lost == 60
    assert won / 60 >= 0.95


SCRIPT = b"""/*
 * A licence of
 * some lines.
 */

import a from "a";
import b from "b";

const LIMIT = a(b);
const OTHER = b(a);

export class Queue {
  x = 1;
}
"""


def test_no_shift_of_a_cut_between_two_things_scores_as_much() -> None:
    file = RecursiveDecomposer().split(SCRIPT, path="a.js", language=Language.JAVASCRIPT)
    assert [atom.start_line for atom in file.atoms] == [1, 12]
    best = pair_score(file, 1)
    assert all(pair_score(shifted(file, 1, lines), 1) < best for lines in (-9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2))
    torn = shifted(file, 1, -9)
    criteria = ContextInjector().describe([torn])[torn.atoms[0].id].criteria
    assert any(c.name == "clear_boundaries" and c.value and c.value <= 0.1 for c in criteria)  # though without code


def test_good_code_scores_above_nine_tenths_and_criteria_vary() -> None:
    files = [cut_of(name) for name in ("locks.py", "streams.py", "queues.py")]
    facts = ContextInjector().describe(files)
    described = [facts[atom.id] for file in files for atom in file.atoms]
    assert sum(f.atomicity_score > 0.9 for f in described) / len(described) >= 0.85
    seen: dict[str, set[float]] = {}
    for each in described:
        assert len(each.criteria) == 10
        values = [c.value for c in each.criteria if c.value is not None]
        assert all(0 <= value <= 1 for value in values)
        for criterion in each.criteria:
            assert criterion.measures
            assert criterion.raise_by
            if criterion.value is not None:
                seen.setdefault(criterion.name, set()).add(criterion.value)
    assert {"complexity", "clear_boundaries", "independence", "single_responsibility"} <= {
        name for name, values in seen.items() if len(values) > 1
    }


MEMBERS = b"""export class Focus {
  /**
   * Sets it.
   */
  set(focused?: boolean): void {
    this.focused = focused
    this.tell()
  }

  /**
   * Tells it.
   */
  tell(): void {
    this.listeners.forEach((listener) => listener(this))
  }
}
"""


def test_documentation_of_a_member_and_the_brackets_that_close_it_belong_to_it() -> None:
    file = RecursiveDecomposer().split(MEMBERS, path="a.ts", language=Language.TYPESCRIPT)
    number = next(atom.number for atom in file.atoms if atom.symbol == "Focus.tell")
    best = pair_score(file, number)
    assert all(pair_score(shifted(file, number, lines), number) < best for lines in (-3, -2, 1, 2, 3, 4))


def test_a_long_list_is_cut_where_its_rows_are_least_alike() -> None:
    names = [f"left_{k}" for k in range(6)] + [f"right_{k}" for k in range(8)]
    source = "".join(f"{name} = 1\n" for name in names).encode()
    file = RecursiveDecomposer().split(source, path="a.py", language=Language.PYTHON)
    assert [atom.start_line for atom in file.atoms] == [1, 7]
    assert all(pair_score(shifted(file, 1, lines), 1) < pair_score(file, 1) for lines in (-3, -2, 2))


SETTINGS = b"""module.exports = {
  name: "some words",
  kind: "some other words",
  link: "https://example.org",
  since: "1.0.0",
  until: "2.0.0",
  replacedBy: [
    {
      message: "Another one",
      url: "https://example.org/another",
      rule: { name: "another", url: "https://example.org/rule" },
    },
  ],
};
"""


def test_a_cut_before_a_head_is_better_than_behind_it_and_than_between_two_rows() -> None:
    file = RecursiveDecomposer().split(SETTINGS, path="a.js", language=Language.JAVASCRIPT)
    assert [atom.start_line for atom in file.atoms] == [1, 7]
    assert all(pair_score(shifted(file, 1, lines), 1) < pair_score(file, 1) for lines in (-3, -2, -1, 1, 2, 3))


NEIGHBOURS = b"""exports.send = function send(chunk) {
  if (this.method === "HEAD") {
    this.end();
  } else {
    this.end(chunk);
  }
  const length = measure(chunk);
  this.tell(length);

  return this;
};

exports.json = function json(value) {
  const settings = this.settings;
  const text = stringify(value, settings);
  this.type = "json";
  return this.send(text);
};
"""


def test_the_end_of_one_definition_does_not_belong_to_the_next() -> None:
    file = RecursiveDecomposer().split(NEIGHBOURS, path="a.js", language=Language.JAVASCRIPT)
    number = next(atom.number for atom in file.atoms if atom.start_line == 13)
    best = pair_score(file, number)
    assert all(pair_score(shifted(file, number, lines), number) < best for lines in (-3, -2, 2, 3))
    torn = shifted(file, number, -3)
    criteria = ContextInjector().describe([torn])[torn.atoms[number].id].criteria
    assert any(c.name == "clear_boundaries" and c.value and c.value < 0.5 for c in criteria)


LAST = b"""class Logger {
  warn(text) {
    this.write(text);
  }

  deprecate(method, other) {
    const text = `${method} is old, please use ${other}`;

    this.tell(text, this.older);
  }
}

function enabled(value) {
  if (value !== undefined) {
    return value;
  }

  if (settings.colors && process.stdout && process.stdout.isTTY) {
    return true;
  }

  const known = find(settings);
  const depth = measure(known);
  const least = settings.least;
  return depth > least;
}
"""


def test_the_brackets_that_close_a_class_belong_to_its_last_method() -> None:
    file = RecursiveDecomposer().split(LAST, path="a.js", language=Language.JAVASCRIPT)
    number = next(atom.number for atom in file.atoms if atom.start_line == 13)
    best = pair_score(file, number)
    assert all(pair_score(shifted(file, number, lines), number) < best for lines in (-3, -2, 2, 3))
    assert boundaries(file, number - 1) >= 0.8  # needs a bracket opened, and nothing else


def boundaries(file: FileAtoms, number: int) -> float:
    """Value of the clear boundaries of one atom."""
    criteria = ContextInjector().describe([file])[file.atoms[number].id].criteria
    return next(c.value or 0.0 for c in criteria if c.name == "clear_boundaries")


SPACED = b"""class Points extends Material {

	constructor( parameters ) {

		super();

		this.map = null;
		this.alphaMap = null;
		this.size = 1;
		this.sizeAttenuation = true;

		this.fog = true;
		this.near = 1;
		this.far = 2;
		this.setValues( parameters );

	}

	copy( source ) {

		super.copy( source );

		this.map = source.map;
		this.alphaMap = source.alphaMap;
		this.size = source.size;
		this.sizeAttenuation = source.sizeAttenuation;

		this.fog = source.fog;
		this.near = source.near;
		this.far = source.far;

		return this;

	}

}
"""


def test_no_head_of_a_definition_stands_behind_the_end_of_another() -> None:
    file = RecursiveDecomposer().split(SPACED, path="a.js", language=Language.JAVASCRIPT)
    number = next(atom.number for atom in file.atoms if atom.start_line == 19)
    best = pair_score(file, number)
    assert all(pair_score(shifted(file, number, lines), number) < best for lines in (-3, 2, 3))
    assert boundaries(shifted(file, number, 2), number - 1) < 0.6 <= boundaries(file, number - 1)


SHADERS = (
    b"export const first = `\n" + b"\tleft = right;\n" * 11 + b"\n}\n`;\n\n"
    b"export const second = `\n" + b"\tright = left;\n" * 11 + b"\n}\n`;\n"
)  # fmt: skip


def test_a_cut_inside_a_template_is_worse_than_one_behind_it() -> None:
    file = RecursiveDecomposer().split(SHADERS, path="a.js", language=Language.JAVASCRIPT)
    assert len(file.atoms) == 2
    best = pair_score(file, 1)
    assert all(pair_score(shifted(file, 1, lines), 1) < best for lines in (-4, -3, -2, 2, 3))


IMPORTS = b"""import { a } from "./a";
import { b } from "./b";
import { c } from "./c";
import {
  first,
  second,
  third,
} from "./d";
import { e, f } from "./e";

// What is stored.
export type Stored = {
  used: number;
  paid: number;
  due: number;
};
"""


def test_a_cut_behind_brackets_is_worse_than_one_at_a_blank_row() -> None:
    file = RecursiveDecomposer().split(IMPORTS, path="a.ts", language=Language.TYPESCRIPT)
    assert [atom.start_line for atom in file.atoms] == [1, 11]
    assert pair_score(shifted(file, 1, -2), 1) < pair_score(file, 1)


EVEN = b"export {\n" + b"".join(b"  Name,\n" for _ in range(12)) + b"} from './names';\n"


def test_no_shift_of_a_cut_between_equals_is_as_even() -> None:
    file = RecursiveDecomposer().split(EVEN, path="a.js", language=Language.JAVASCRIPT)
    assert len(file.atoms) == 2
    best = pair_score(file, 1)
    assert all(pair_score(shifted(file, 1, lines), 1) < best for lines in (-3, -2, 2, 3))


def test_a_line_too_many_costs_more_than_tidier_ends_gain() -> None:
    atom = RecursiveDecomposer().split(b"x = 1\n" * 3, path="a.py", language=Language.PYTHON).atoms[0]
    values = [_size(replace(atom, loc=loc)) for loc in (9, 10, 11, 20)]
    assert 1.0 > values[0] > values[1] > 0.98
    assert values[2] < 0.5
    assert values[3] < values[2]


def _size(atom: Atom) -> float:
    evidence = Evidence(
        standing=Standing.ALONE, joins_neighbour=False, edges=1.0, threads=1, definitions=0, hidden=0, chance=0,
        calls=0, implicit=0, inputs=0, flowing_in=0, flowing_out=0, tested=False, complete=1.0,
    )  # fmt: skip
    value = AtomicityValidator().criteria(atom, evidence)[0].value
    assert value is not None
    return value


CURRIED = b"""export function tokenFromFile(path) {
  if (!path) {
    throw new Wrong('Without a path there is no token');
  }

  return async () => {
    const store = await found(path);
    const content = await store.read();
    const token = content.trim();
    tell(token);
    return token;
  };
}
"""


def test_a_cut_that_parts_more_bodies_from_their_heads_is_worse() -> None:
    """As many rows stand in each atom in both ways, and none of them stands alone."""
    file = RecursiveDecomposer().split(CURRIED, path="a.js", language=Language.JAVASCRIPT)
    assert [atom.start_line for atom in file.atoms] == [1, 6]
    deeper = shifted(file, 1, 2)
    assert boundaries(deeper, 0) < 0.9 * boundaries(file, 0)


THREADS = b"""import { all, begin, byte, word } from "./out";

class Encoder {
  extended(ext) {
    if (typeof ext.data === "function") {
      const data = ext.data(this.at + 6);
      const size = data.length;

      if (size >= 0x100000000) {
        throw new Error(`Too large: ${size}`);
      }

      begin(0xc9);
      word(size);
      byte(ext.type);
      all(data);
      return;
    }

    const size = ext.data.length;

    if (size === 1) {
      begin(0xd4);
    } else if (size === 2) {
      begin(0xd5);
    } else {
      throw new Error(`Too large: ${size}`);
    }
    byte(ext.type);
    all(ext.data);
  }
}
"""


def test_a_thread_more_costs_less_than_a_cut_between_two_alike_rows_instead_of_a_blank_one() -> None:
    file = RecursiveDecomposer().split(THREADS, path="a.js", language=Language.JAVASCRIPT)
    assert file.atoms[3].start_line == 9
    assert pair_score(shifted(file, 3, -2), 3) < pair_score(file, 3)
