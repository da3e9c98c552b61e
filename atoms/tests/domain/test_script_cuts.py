"""Where scripts are cut: brackets stay with what they close, heads and conditions stay whole."""

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomKind, FileAtoms, Language
from atoms.domain.standing import Standing, standing


def cut_of(source: str, language: Language) -> FileAtoms:
    return RecursiveDecomposer().split(source.encode(), path="a", language=language)


RULE = """\
module.exports = {
  schema: [
    {
      type: "object",
      properties: {
        first: { type: "boolean", default: true },
        second: { type: "boolean", default: true },
        third: { type: "boolean", default: true },
        fourth: { type: "boolean", default: true },
        fifth: { type: "boolean", default: true },
      },
      additionalProperties: false,
    },
  ],

  messages: {
    missing: "There is none.",
    wrong: "This is wrong.",
  },
};
"""


def test_no_member_of_an_object_stands_behind_the_end_of_another_object() -> None:
    file = cut_of(RULE, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) > 1
    assert all(standing(text, Language.JAVASCRIPT) >= Standing.STUBBED for text in texts), texts


BASES = (
    """\
export interface Store<
  State extends Record<string, unknown>,
  Extra extends Record<string, unknown>,
>
  extends Readable<State>,
    Writable<State>,
    Extended<Extra> {
"""
    + "".join(f"  member{k}(value: number): number;\n" for k in range(12))
    + "}\n"
)


def test_the_bases_of_an_interface_stay_with_its_name() -> None:
    file = cut_of(BASES, Language.TYPESCRIPT)
    head, *members = file.atoms
    assert head.kind is AtomKind.CLASS_HEADER
    assert b"Extended<Extra> {" in file.text(head)
    assert {atom.parent for atom in members} == {"Store"}


BRANCHES = """\
function f(node) {
  if (node.a) {
    first(node);
    second(node);
    third(node);
  } else if (
    node.b &&
    node.c === "one of several long names" &&
    node.d &&
    node.e
  ) {
    fourth(node);
    fifth(node);
    sixth(node);
  } else {
    eighth(node);
  }
}
"""


def test_a_condition_on_several_rows_is_not_torn_from_its_branch() -> None:
    file = cut_of(BRANCHES, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) > 1
    assert all("node.e\n  ) {" in text for text in texts if "else if (" in text), texts


ALIAS = (
    "export type Selector<\n"
    + "".join(f"  Parameter{k},\n" for k in range(8))
    + "> = Applied<\n"
    + "".join(f"  Parameter{k},\n" for k in range(8))
    + ">;\n"
)


def test_no_bracket_of_types_is_torn_from_its_first_argument() -> None:
    file = cut_of(ALIAS, Language.TYPESCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) > 1
    assert all(standing(text, Language.TYPESCRIPT) >= Standing.FRAMED for text in texts), texts


SWITCH = (
    "function name(kind) {\n  switch (kind) {\n"
    + "".join(
        f'    case "kind{k}":\n' + "".join(f"      step{j}(kind);\n" for j in range(9)) + "      break;\n"
        for k in range(6)
    )
    + "  }\n}\n"
)


def test_branches_of_a_switch_are_where_it_is_cut() -> None:
    file = cut_of(SWITCH, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert all(standing(text, Language.JAVASCRIPT) >= Standing.FRAMED for text in texts), texts
    assert sum("    case" in text for text in texts) == 6


APART = (
    "function f(kind) {\n  if (kind === 1) {\n"
    + "".join(f"    first{k}(kind);\n" for k in range(6))
    + "  }\n  else {\n"
    + "".join(f"    second{k}(kind);\n" for k in range(6))
    + "  }\n}\n"
)


def test_an_else_on_a_row_of_its_own_stays_with_its_if_where_only_its_head_has_room() -> None:
    file = cut_of(APART, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) > 1
    assert all(standing(text, Language.JAVASCRIPT) >= Standing.STUBBED for text in texts), texts


def test_paragraphs_that_are_long_enough_are_cut_apart_and_short_ones_are_not() -> None:
    rows = [f"const {name} = read('{name}');\n" for name in ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")]
    assert len(cut_of("".join(rows), Language.JAVASCRIPT).atoms) == 1
    parted = cut_of("".join([*rows[:5], "\n", *rows[5:]]), Language.JAVASCRIPT)
    assert [atom.start_line for atom in parted.atoms] == [1, 7]
    short = cut_of("".join([*rows[:2], "\n", *rows[2:]]), Language.JAVASCRIPT)
    assert len(short.atoms) == 1


CHOICES = """\
function choose(node) {
  if (node.a) {
    first(node);
    second(node);
  }
  if (node.b || node.c) {
    third(node);
    fourth(node);
  }
}
"""


def test_what_is_simple_shares_no_atom_with_a_statement_that_no_cut_makes_simpler() -> None:
    file = cut_of(CHOICES, Language.JAVASCRIPT)
    assert [(atom.start_line, atom.complexity) for atom in file.atoms] == [(1, 2.0), (6, 3.0)]


SPACED = (
    "function f(\n  one,\n  two,\n  three\n) {\n\n"
    + "".join(f"  {chr(97 + k)}{k}(one);\n" for k in range(10))
    + "\n}\n"
)


def test_a_blank_row_behind_a_head_does_not_part_it_from_its_body() -> None:
    file = cut_of(SPACED, Language.JAVASCRIPT)
    assert len(file.atoms) == 2
    assert file.atoms[1].start_line > 7


CURRIED = """\
const patch =
  (name, values) => (dispatch, state) => {
    const first = find(name);
    const second = find(state);
    const third = find(values);
    const fourth = join(first, second);
    const fifth = join(third, fourth);
    const sixth = join(fourth, fifth);
    const seventh = join(fifth, sixth);
    const eighth = join(sixth, seventh);
    return dispatch(eighth);
  };
"""


def test_a_function_on_the_row_behind_its_name_is_no_second_definition() -> None:
    file = cut_of(CURRIED, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) == 2
    assert all(standing(text, Language.JAVASCRIPT) >= Standing.FRAMED for text in texts), texts


def test_a_long_list_is_cut_into_even_parts() -> None:
    file = cut_of("const names = [\n" + "  'name',\n" * 12 + "];\n", Language.JAVASCRIPT)
    assert [atom.loc for atom in file.atoms] == [7, 7]


LEANING = """\
function failure(title, error) {
  if (!error) {
    error = made(
      "It " + title + " failed with: " + error,
      error,
    );
  }
  // What is thrown need not be an error.
  else if (!known(error)) {
    error = wrapped(error);
  }

  var message =
    "Left out for what failed in " +
    title +
    ": " +
    error.message;
  var found = new Failure(message);
  found.stack = error.stack;
  return found;
}
"""


def test_what_would_lean_on_a_head_elsewhere_is_rather_too_complex() -> None:
    file = cut_of(LEANING, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert len(texts) > 1
    assert all(standing(text, Language.JAVASCRIPT) >= Standing.FRAMED for text in texts), texts


HEADED = """\
Reply.prototype.code = function (code) {
  const status = +code
  if (!(status >= 100 && status <= 599)) {
    throw new Wrong(code || String(code))
  }

  this.raw.status = status
  this.kept = true
  return this
}
"""
PARAGRAPH = """\
function Collection(name, connection, options) {
  if (options === undefined) {
    options = {};
  }

  this.options = options;
  this.name = name;
  this.known = name;
  this.connection = connection;
  this.queue = [];
  this.buffer = !connection?.open;
  this.emitter = new Emitter();

  if (connection?.open) {
    this.onOpen();
  }
}
"""


def test_paragraphs_part_where_that_keeps_one_simple() -> None:
    assert [atom.start_line for atom in cut_of(HEADED, Language.JAVASCRIPT).atoms] == [1, 7]
    assert [atom.start_line for atom in cut_of(PARAGRAPH, Language.JAVASCRIPT).atoms] == [1, 6, 14]


BARE = """\
function normal(path) {
  const all = split(path);
  let begin = first(all);
  if (absolute(path))
    begin = all.shift();
  for (let i = 0; i < all.length;) {
    if (all[i] === "..") {
      if (i > 0 && all[i - 1] !== "..")
        all.splice(i, 2);
      else if (begin)
        all.splice(i, 1);
      else
        ++i;
    } else if (all[i] === ".")
      all.splice(i, 1);
    else
      ++i;
  }
  return begin + all.join("/");
}
"""


def test_no_else_leans_on_an_if_without_brackets_that_stands_elsewhere() -> None:
    file = cut_of(BARE, Language.JAVASCRIPT)
    texts = [file.text(atom).decode() for atom in file.atoms]
    assert sum(standing(text, Language.JAVASCRIPT) < Standing.FRAMED for text in texts) <= 1, texts


MESSAGES = """\
import rules from "./rules";
import tell from "./tell";

const name = "pattern";

const messages = rules(name, {
  expected: (pattern) => `Expected ${pattern}`,
});

const find = (node) => node.find(name);
"""


def test_a_constant_of_which_a_function_is_but_a_part_may_share_and_a_function_may_not() -> None:
    file = cut_of(MESSAGES, Language.JAVASCRIPT)
    assert [(atom.start_line, atom.symbol) for atom in file.atoms] == [(1, "<module>"), (10, "find")]


CALLBACK = """\
function described(object) {
  const result = {};

  Object.getOwnPropertyNames(object).forEach(function (key) {
    const wanted = [
      "first",
      "second",
      "third",
      "fourth",
      "fifth",
      "sixth",
      "seventh",
      "eighth",
      "ninth",
      "tenth",
    ].includes(key);
    if (wanted) {
      return;
    }

    result[key] = Object.getOwnPropertyDescriptor(object, key);
    result[key].enumerable = false;
  });

  return result;
}
"""


def test_no_atom_begins_with_the_end_of_a_callback_where_its_last_statements_have_room() -> None:
    file = cut_of(CALLBACK, Language.JAVASCRIPT)
    texts = [file.text(atom).decode().lstrip() for atom in file.atoms]
    assert len(texts) > 1
    assert not any(text.startswith("});") for text in texts), texts
