"""Looks for what only code that wants to cheat, or very unusual code, does. A signal for review, never a wall."""

import ast
import re
from dataclasses import dataclass

_GRAVE_MODULES = {
    "pytest", "_pytest", "unittest", "gc", "ctypes", "_ctypes", "bdb", "pdb", "trace", "faulthandler", "mge_wire",
    "mge_remote", "hypothesis", "nose", "coverage", "pluggy",
}  # fmt: skip
_MODULES = _GRAVE_MODULES | {"doctest", "inspect", "importlib", "atexit", "sysconfig", "site"}
_GRAVE_ATTRIBUTES = {
    "_exit", "settrace", "setprofile", "_getframe", "_current_frames", "modules", "meta_path", "path_hooks",
    "excepthook", "displayhook", "f_back", "f_globals", "f_locals", "f_builtins", "gi_frame", "tb_frame",
    "__builtins__", "setitimer", "register_at_fork", "addaudithook",
}  # fmt: skip
_ATTRIBUTES = _GRAVE_ATTRIBUTES | {
    "__subclasses__", "__globals__", "__code__", "abort", "kill", "killpg", "fork", "execv", "execve",
}  # fmt: skip
_GRAVE_CALLS = {"exec", "eval", "compile", "__import__"}
_CALLS = _GRAVE_CALLS | {"globals", "vars", "quit", "exit"}
_TEXTS = ("/proc/", "MGE_", "PYTEST", "conftest", "sitecustomize", "/dev/fd", ".judge")
_DUNDER_TRUTHS = {"__eq__", "__ne__", "__bool__", "__instancecheck__", "__subclasscheck__"}
_SCRIPT = re.compile(
    r"process\.(exit|reallyExit|kill|abort|binding|_\w+)|node:test|require\(\s*['\"](node:)?(test|inspector|vm|module|"
    r"child_process|worker_threads)['\"]|from\s+['\"](node:)?(test|inspector|vm|module|child_process|worker_threads)"
    r"['\"]|['\"](vitest|@vitest/[\w-]+|chai|@jest/globals|jest|mocha)['\"]|\beval\s*\(|new\s+Function\b|MGE_|assert\.\w+\s*=|Object\.is\s*=|/proc/|prepareStackTrace"
)


@dataclass(frozen=True, slots=True)
class Signal:
    """A place that a reviewer should look at. ``grave``: honest code hardly ever does it."""

    line: int
    what: str
    grave: bool = True


def scan_python(tree: ast.Module) -> list[Signal]:
    """Return the signals of a Python source, in order of lines."""
    found = {signal for node in ast.walk(tree) for signal in _signals(node)}
    return sorted(found, key=lambda signal: (signal.line, signal.what))


def _signals(node: ast.AST) -> list[Signal]:
    line = getattr(node, "lineno", 0)
    return [Signal(line, what, grave) for what, grave in _whats(node)]


def _whats(node: ast.AST) -> list[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        tops = [(alias.name, alias.name.partition(".")[0]) for alias in node.names]
        return [(f"imports {name}", top in _GRAVE_MODULES) for name, top in tops if top in _MODULES]
    if isinstance(node, ast.ImportFrom):
        top = (node.module or "").partition(".")[0]
        module = [(f"imports from {node.module}", top in _GRAVE_MODULES)] if top in _MODULES else []
        names = [alias.name for alias in node.names if alias.name in _ATTRIBUTES]
        return module + [(f"imports {name}", name in _GRAVE_ATTRIBUTES) for name in names]
    if isinstance(node, ast.Attribute):
        return [(f"uses .{node.attr}", node.attr in _GRAVE_ATTRIBUTES)] if node.attr in _ATTRIBUTES else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [(f"calls {node.func.id}()", node.func.id in _GRAVE_CALLS)] if node.func.id in _CALLS else []
    if isinstance(node, ast.FunctionDef):
        return [(f"defines {node.name} that always says the same", True)] if _always_yes(node) else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [(f"mentions {text}", True) for text in _TEXTS if text in node.value]
    return []


def _always_yes(node: ast.FunctionDef) -> bool:
    if node.name not in _DUNDER_TRUTHS:
        return False
    body = node.body
    only = body[0] if len(body) == 1 else None
    return isinstance(only, ast.Return) and isinstance(only.value, ast.Constant)


def scan_script(source: str) -> list[Signal]:
    """Return the signals of a JavaScript or TypeScript source."""
    return [
        Signal(number, f"uses {match.group(0).strip()}")
        for number, line in enumerate(source.splitlines(), 1)
        for match in _SCRIPT.finditer(line)
    ]
