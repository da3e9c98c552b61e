"""Definitions that use one another stand together, in Python and in scripts."""

from validation.domain.cohesion import cohesion_check, groups
from validation.domain.model import Status
from validation.tests.projects import project

PYTHON = "X = 1\n\n\ndef a():\n    return b()\n\n\ndef b():\n    return X\n\n\nclass Many:\n" + "".join(
    f"    def m{n}(self):\n        return self.x{n}\n\n" for n in range(5)
)
SCRIPT = (
    "const X = 1;\nexport function a() { return b(); }\nconst b = () => X;\nexport class Many {\n"
    + "".join(f"  m{n}() {{ return this.x{n}; }}\n" for n in range(5))
    + "}\n"
)


def test_definitions_that_share_nothing_are_groups_of_their_own() -> None:
    uses = {
        "a": frozenset({"b"}), "b": frozenset[str](), "c": frozenset({"X"}), "d": frozenset({"X"}),
        "e": frozenset[str](),
    }  # fmt: skip
    assert sorted(map(sorted, groups(uses))) == [["a", "b"], ["c", "d"], ["e"]]
    files = project({"m.py": PYTHON, "m.ts": SCRIPT, "m.js": SCRIPT}).files
    for file in files.values():
        check = cohesion_check(file)
        assert check.reason == "3 definitions in 2 groups; the largest holds 66 %", file.path
        assert [(f.code, f.path) for f in check.findings] == [("lcom4", file.path)]


def test_a_part_of_a_file_answers_for_what_begins_in_it() -> None:
    files = project({"m.py": PYTHON, "m.ts": SCRIPT}).files
    assert cohesion_check(files["m.py"], 1, 10).reason.startswith("2 definitions in 1 groups")
    assert cohesion_check(files["m.ts"], 1, 3).reason.startswith("2 definitions in 1 groups")
    assert cohesion_check(files["m.ts"], 1, 3).findings == ()


def test_what_cannot_be_read_is_not_run() -> None:
    files = project({"n.ts": "", "o.py": "def f(:\n", "p.js": "function (", "q.rb": "x"}).files
    statuses = {path: cohesion_check(file).status for path, file in files.items()}
    not_run = Status.NOT_RUN
    assert statuses == {"n.ts": Status.NOT_APPLICABLE, "o.py": not_run, "p.js": not_run, "q.rb": not_run}
    assert cohesion_check(None).status is not_run
