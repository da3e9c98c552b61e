"""What star imports bring: no more than ``__all__`` lists, and before a submodule of the same name."""

import pytest

from graphs.domain.analyzer import DependencyAnalyzer
from graphs.tests.domain.cut import python_file

USES = {
    "from the package": "from top import run\ndef f(): run()\n",
    "of the package": "import top\ndef f(): top.run()\n",
    "through a star": "from top import *\ndef f(): run()\n",
}


def called(files: dict[str, str], *, root_package: str | None = None) -> str:
    made = [python_file(path, source) for path, source in files.items()]
    graph = DependencyAnalyzer().analyze(made, root_package=root_package).callgraph
    return " ".join(graph.get("use.f", ()))


@pytest.mark.parametrize("use", USES)
def test_a_function_hides_the_submodule_that_it_is_imported_from(use: str) -> None:
    files = {"top/__init__.py": "from .run import *\n", "top/run.py": "def run(): ...\n", "use.py": USES[use]}
    assert called(files) == "top.run.run"
    below = {"__init__.py": "from .run import *\n", "run.py": "def run(): ...\n", "use.py": USES[use]}
    assert called(below, root_package="top") == "run.run"


@pytest.mark.parametrize("use", USES)
def test_a_name_that_is_not_public_does_not_come_with_a_star(use: str) -> None:
    files = {
        "top/__init__.py": "from .a import *\nfrom .b import *\n",
        "top/a.py": "from .c import hidden as run\n__all__ = ['other']\ndef other(): run()\n",
        "top/b.py": "__all__ = ('run',)\ndef run(): ...\n",
        "top/c.py": "def hidden(): ...\n",
        "use.py": USES[use],
    }
    assert called(files) == "top.b.run"
    assert called({**files, "use.py": "from top.a import *\nfrom top.b import *\ndef f(): run()\n"}) == "top.b.run"
    for unclear in ("__all__ = [*['run']]\n", "__all__ = ['other']\n__all__ += ['run']\n"):
        a = f"from .c import hidden as run\n{unclear}"
        assert called({**files, "top/a.py": a, "top/b.py": ""}) == "top.c.hidden", "what it lists is not known"
