"""What a whole parent is, and how its new text becomes that of its atoms."""

from hypothesis import given, settings
from hypothesis import strategies as st

from execution.domain.parents import Part, Piece, family, share_out

FILE = [
    ("<module>", "imports", None),
    ("big", "signature", None),
    ("big", "block", "big"),
    ("A", "class_header", None),
    ("A.one", "method", "A"),
    ("A.two", "signature", "A"),
    ("A.two", "block", "A.two"),
    ("alone", "function", None),
]
PARTS: list[Part[int]] = [
    Part(id=n, symbol=symbol, kind=kind, parent=parent, start_byte=n, end_byte=n + 1, start_line=n, end_line=n)
    for n, (symbol, kind, parent) in enumerate(FILE)
]


def test_the_parent_is_the_function_that_a_piece_belongs_to_else_the_class_of_a_whole_method() -> None:
    found = [family(PARTS, n) for n in range(len(PARTS))]
    named = [None if one is None else (one[0], [part.id for part in one[1]]) for one in found]
    function, whole_class, method = ("big", [1, 2]), ("A", [3, 4, 5, 6]), ("A.two", [5, 6])
    assert named == [None, function, function, whole_class, whole_class, method, method, None]


def test_new_text_goes_to_the_atom_of_the_same_name_and_what_is_new_to_the_one_before() -> None:
    pieces = [
        Piece(symbol="A", kind="class_header", text="h"),
        Piece(symbol="A.new", kind="method", text="n"),
        Piece(symbol="A.two", kind="signature", text="s"),
        Piece(symbol="A.two", kind="block", text="b"),
        Piece(symbol="A.two", kind="block", text="c"),
    ]
    assert share_out(pieces, PARTS[3:7]) == {3: "hn", 4: "", 5: "s", 6: "bc"}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(FILE), st.text(max_size=3)), max_size=8))
def test_nothing_of_the_new_text_is_lost_or_moved(drawn: list[tuple[tuple[str, str, str | None], str]]) -> None:
    pieces = [Piece(symbol=symbol, kind=kind, text=text) for (symbol, kind, _), text in drawn]
    shared = share_out(pieces, PARTS[1:7])
    assert "".join(shared.values()) == "".join(piece.text for piece in pieces)
    assert list(shared) == [1, 2, 3, 4, 5, 6]
