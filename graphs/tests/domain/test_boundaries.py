"""Modules and components hold every atom once; a long file is more than one module."""

from hypothesis import given
from hypothesis import strategies as st

from graphs.domain.boundaries import MODULE_ATOMS, boundaries
from graphs.tests.domain.cut import python_file


@given(st.dictionaries(st.sampled_from(["a.py", "p/b.py", "p/c.py", "p/q/d.py"]), st.integers(1, 90)))
def test_every_atom_lies_in_one_module_and_one_component(sizes: dict[str, int]) -> None:
    files = [python_file(path, "".join(f"x{i} = {i}\n" for i in range(size))) for path, size in sizes.items()]
    everything = sorted(a.id for f in files for a in f.atoms)
    modules, components = boundaries(files)
    assert sorted(a for m in modules for a in m.atoms) == everything
    assert sorted(a for c in components for a in c.atoms) == everything
    assert {c.scope for c in components} == {p.rpartition("/")[0] or "." for p in sizes}
    for module in modules:
        assert len(module.atoms) <= MODULE_ATOMS
        assert "#" not in module.scope or len(module.atoms) >= MODULE_ATOMS // 2


def test_a_cut_falls_between_definitions() -> None:
    body = "".join(f"    def m{i}(self):\n        return {i}\n" for i in range(9))
    file = python_file("long.py", "".join(f"class C{k}:\n{body}" for k in range(3)))
    modules, _ = boundaries([file])
    first = {a.id: a for a in file.atoms}
    assert [m.scope for m in modules] == ["long.py#1", "long.py#2"]
    assert first[modules[1].atoms[0]].parent is None
