"""Variations of recorded calls: near, bounded, the same each time; and never an error, whatever was recorded."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from validation.domain.variations import MOST, Hints, hints_of, inputs

SOURCE = b"""
class Shop:
    def price(self, amount, kind="plain", limit=None, *, rate=None):
        if kind == "bulk" and amount > 50:
            return amount * 0.5
        return amount
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["r", "f", "list", "object", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["p", "h"]), inner),
    max_leaves=20,
)
ATOM = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(["f", "1.5"])


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A well-formed call of two parameters over a heap of plain containers."""
    size = draw(st.integers(0, 4))
    value = ATOM | st.builds(lambda n: ["r", n], st.integers(0, size - 1)) if size else ATOM
    heap: list[Any] = []
    for _ in range(size):
        kind = draw(st.sampled_from(["list", "tuple", "set", "dict"]))
        row = st.lists(value, min_size=2, max_size=2) if kind == "dict" else value
        heap.append([kind, draw(st.lists(row, max_size=3))])
    return json.dumps({"p": [["a", "a", draw(value)], ["b", "k", draw(value)]], "h": heap})


def call(*rows: tuple[str, str, Any], heap: list[Any] | None = None) -> str:
    return json.dumps({"p": [list(row) for row in rows], "h": heap or []}, separators=(",", ":"))


@settings(max_examples=40)
@given(st.lists(JSON | st.builds(json.loads, calls()), max_size=4), st.lists(st.text(max_size=20), max_size=2))
def test_whatever_was_recorded_makes_no_error(values: list[Any], texts: list[str]) -> None:
    recorded = [json.dumps(value) for value in values] + texts + ["[" * 5000]
    assert len(inputs(recorded, Hints(literals=(1, "x", ["f", "0.5"])), name="f")) <= MOST


@settings(max_examples=40)
@given(st.lists(calls(), min_size=1, max_size=4))
def test_recorded_calls_come_first_then_each_variation_once_and_the_same_again(recorded: list[str]) -> None:
    found = inputs(recorded, Hints(literals=(7,)), name="f")
    own = list(dict.fromkeys(json.dumps(json.loads(text), separators=(",", ":")) for text in recorded))
    assert found[: len(own)] == own
    assert len(found) == len(set(found)) <= MOST
    assert found == inputs(recorded, Hints(literals=(7,)), name="f")
    assert [row[:2] for text in found for row in json.loads(text)["p"]] == [["a", "a"], ["b", "k"]] * len(found)


def test_the_text_of_a_function_tells_which_inputs_matter() -> None:
    hints = hints_of(SOURCE)["Shop.price"]
    assert set(map(str, hints.literals)) == {"plain", "bulk", "50", "['f', '0.5']"}
    assert hints.nullable == {"limit", "rate"}
    first = call(("amount", "a", 10), ("kind", "a", "plain"), ("limit", "a", 3))
    made = [{row[0]: row[2] for row in json.loads(text)["p"]} for text in inputs([first], hints, name="price")]
    assert {9, 11, 0, -10, 50, 51} <= {one["amount"] for one in made}
    assert {"bulk", "", "PLAIN"} <= {one["kind"] for one in made}
    assert any(one["limit"] is None for one in made)
    assert any(one["amount"] != 10 and one["kind"] != "plain" for one in made)  # two changes at once
    assert hints_of(b"def broken(:") == {}


def test_attributes_of_a_record_are_changed_one_by_one() -> None:
    line = ["object", "m", "Line", [], [["count", 5], ["kind", ["r", 1]], ["name", "tea"]]]
    first = call(("line", "a", ["r", 0]), heap=[line, ["member", "m", "Kind", "PLAIN"]])
    made = [json.loads(text)["h"][0][4] for text in inputs([first], Hints(), name="f")]
    assert {0, 4, 5, 6, -5} <= {held[0][1] for held in made}
    assert {"", "TEA", "tea"} <= {held[2][1] for held in made}
    assert all(held[1] == ["kind", ["r", 1]] for held in made)


def test_containers_get_shorter_longer_and_another_order_and_objects_stay_as_they_are() -> None:
    box = ["object", "m", "Box", [], [["size", 5], ["rows", ["r", 1]]]]
    first = call(("self", "a", ["r", 0]), ("rows", "a", ["r", 1]), heap=[box, ["list", [3, 1, 2]]])
    made = [json.loads(text) for text in inputs([first], Hints(), name="f")]
    contents = {tuple(one["h"][1][1]) for one in made}
    assert {(3, 1), (), (2, 1, 3), (3, 1, 2, 2), (1, 2), (1, 2, 3), (4, 1, 2)} <= contents
    assert all(one["h"][0] == box for one in made)


def test_arguments_of_other_calls_are_tried_in_the_same_place() -> None:
    first = call(("graph", "a", ["r", 0]), ("node", "a", 1), heap=[["object", "m", "G", [], [["n", 1]]]])
    second = call(("graph", "a", ["r", 0]), ("node", "a", 900), heap=[["object", "m", "G", [], [["n", 2]]]])
    made = [json.loads(text) for text in inputs([first, second], Hints(), name="f")]
    told = {(one["h"][one["p"][0][2][1]][4][0][1], one["p"][1][2]) for one in made}
    assert {(1, 900), (2, 1)} <= told


def test_texts_lose_a_part_between_their_separators_and_meet_other_alphabets() -> None:
    made = [json.loads(text)["p"][0][2] for text in inputs([call(("a", "a", "k=1&l=2"))], Hints(), name="f")]
    assert {"k==1&l=2", "k=1&&l=2", "k=1&l=2\u00e9\U0001f600"} <= set(made)


def test_texts_meet_the_literals_of_the_function_as_marks_numbers_lengths_and_letters() -> None:
    hints = Hints(literals=("-", 20, 300))
    made = {json.loads(text)["p"][0][2] for text in inputs([call(("a", "a", "P7.5D"))], hints, name="f")}
    assert {"-P7.5D", "P7.5D-", "P20D", "P20.0D", "P21D", "P7.5D" * 4, "P7.5D" * 4 + "P", "P7.5D\u012c"} <= made


def test_two_literals_are_tried_together() -> None:
    kinds = [f"kind {n}" for n in range(4)]
    hints = Hints(literals=(*kinds, 50))
    made = [json.loads(text) for text in inputs([call(("n", "a", 7), ("kind", "a", "x"))], hints, name="f")]
    told = {tuple(row[2] for row in one["p"]) for one in made}
    assert {(50, kind) for kind in kinds} <= told


def test_decimals_are_numbers_and_arguments_of_what_is_made_anew_are_changed() -> None:
    heap = [["Decimal", "3"], ["made", "m", "Box", [["size", "a", 5]], [["add", [["n", "a", 1]]]]]]
    first = call(("self", "a", ["r", 1]), ("month", "a", ["r", 0]), heap=heap)
    made = [json.loads(text)["h"] for text in inputs([first], Hints(literals=(12,)), name="f")]
    assert {"4", "2", "0", "12", "13"} <= {one[0][1] for one in made}
    assert {6, 4, 0, 12} <= {one[1][3][0][2] for one in made}
    assert all(one[1][4] == [["add", [["n", "a", 1]]]] for one in made)
    assert (
        inputs([call(("a", "a", ["r", 0]), heap=[["made", "m", "Box", [], [["add", "x"]]]])], Hints(), name="f") == []
    )


def test_each_of_many_calls_begins_with_other_changes() -> None:
    hints = Hints(literals=tuple(range(100, 116)))
    many = [call(("a", "a", n), ("b", "a", -n)) for n in range(24)]
    made = [json.loads(text)["p"] for text in inputs(many, hints, name="f")]
    assert set(hints.literals) <= {one[0][2] for one in made} & {one[1][2] for one in made}
