"""Level 2 for Python: calls of coroutines that nobody awaits, and awaits of what is none, by the real type checker."""

from pathlib import Path

import pytest

from validation.domain.model import Status
from validation.domain.module import ModuleValidator
from validation.domain.scopes import ModuleScope
from validation.engine.static import static_findings
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

LIBRARY = """
async def later(x):
    return x * 2


def plain(x: int) -> int:
    return x


class Api:
    async def get(self, key):
        return key

    def size(self):
        return 1
"""
HEAD = "import asyncio\n\nfrom shop.lib import Api, later, plain\n\n\n"
FORGOTTEN = {
    "statement": "async def use():\n    later(1)\n",
    "method": "async def use(api: Api):\n    api.get('k')\n",
    "operand": "async def use():\n    value = later(1)\n    return value + 1\n",
    "attribute": "async def use():\n    value = later('a')\n    return value.upper()\n",
    "loop": "async def use():\n    for one in later([1]):\n        print(one)\n",
    "no coroutine": "async def use():\n    return await plain(1)\n",
    "no coroutine of a method": "async def use(api: Api):\n    return await api.size()\n",
}
FINE = (
    "async def use(api: Api):\n    rows = [later(n) for n in range(3)]\n    await asyncio.gather(*rows)\n"
    "    task = asyncio.create_task(later(1))\n    await task\n    return await api.get(plain(1)), api.size()\n\n\n"
    "def given():\n    return later(1)\n\n\nasync def used():\n    return await given()\n"
)


def test_each_wrong_call_fails_the_module_and_right_ones_do_not() -> None:
    bodies = {name: HEAD + body for name, body in {**FORGOTTEN, "fine": FINE}.items()}
    files = {f"shop/m{n}.py": body for n, body in enumerate(bodies.values())}
    code = project({"shop/__init__.py": "", "shop/lib.py": LIBRARY, **files})
    before = project({"shop/__init__.py": "", "shop/lib.py": LIBRARY, **dict.fromkeys(files, HEAD)})
    static, drafts = (static_findings(one, cache=Path("unused")) for one in (code, before))
    scopes = {path: ModuleScope(scope=path, path=path, first=1, last=99) for path in files}
    validator = ModuleValidator(
        scopes=list(scopes.values()), static=static, drafts=drafts, suite=None, files=code.files
    )
    calls = [next(c for c in validator.judge(one).checks if c.name == "calls") for one in scopes.values()]
    told = {name: check.status for name, check in zip(bodies, calls, strict=True)}
    assert told == {**dict.fromkeys(FORGOTTEN, Status.FAILED), "fine": Status.PASSED}
    assert all(check.findings and check.evidence.command for check in calls[:-1])
