"""Looks for what only code that wants to cheat, or very unusual code, does. A signal for review, never a wall."""

import ast
import re
from dataclasses import dataclass

_MODULES = {
    "pytest", "_pytest", "unittest", "doctest", "gc", "ctypes", "inspect", "importlib", "atexit", "faulthandler",
    "trace", "bdb", "pdb", "sysconfig", "site", "mge_wire", "mge_remote", "hypothesis", "nose", "coverage", "pluggy",
    "_ctypes",
}  # fmt: skip
_ATTRIBUTES = {
    "_exit", "settrace", "setprofile", "_getframe", "_current_frames", "modules", "meta_path", "path_hooks",
    "excepthook", "displayhook", "f_back", "f_globals", "f_locals", "f_builtins", "gi_frame", "tb_frame",
    "__subclasses__", "__globals__", "__code__", "__builtins__", "setitimer", "abort", "kill", "killpg", "fork",
    "execv", "execve", "register_at_fork", "addaudithook", "MGE_RESULT_FD",
}  # fmt: skip
_CALLS = {"exec", "eval", "compile", "__import__", "globals", "vars", "quit", "exit"}
_TEXTS = ("/proc/", "MGE_", "PYTEST", "conftest", "sitecustomize", "/dev/fd", ".judge")
_DUNDER_TRUTHS = {"__eq__", "__ne__", "__bool__", "__instancecheck__", "__subclasscheck__"}
_SCRIPT = re.compile(
    r"process\.(exit|reallyExit|kill|abort|binding|_\w+)|node:test|require\(\s*['\"](node:)?(test|inspector|vm|module|"
    r"child_process|worker_threads|fs)['\"]|from\s+['\"](node:)?(test|inspector|vm|module|child_process|worker_threads|fs)"
    r"['\"]|\beval\s*\(|new\s+Function\b|MGE_|assert\.\w+\s*=|Object\.is\s*=|/proc/|prepareStackTrace"
)


@dataclass(frozen=True, slots=True)
class Signal:
    """A place that a reviewer should look at."""

    line: int
    what: str


def scan_python(tree: ast.Module) -> list[Signal]:
    """Return the signals of a Python source, in order of lines."""
    found = {signal for node in ast.walk(tree) for signal in _signals(node)}
    return sorted(found, key=lambda signal: (signal.line, signal.what))


def _signals(node: ast.AST) -> list[Signal]:
    line = getattr(node, "lineno", 0)
    return [Signal(line, what) for what in _whats(node)]


def _whats(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [f"imports {alias.name}" for alias in node.names if alias.name.split(".")[0] in _MODULES]
    if isinstance(node, ast.ImportFrom):
        bad = (node.module or "").split(".")[0] in _MODULES
        named = [f"imports {alias.name}" for alias in node.names if alias.name in _ATTRIBUTES]
        return [f"imports from {node.module}", *named] if bad else named
    if isinstance(node, ast.Attribute):
        return [f"uses .{node.attr}"] if node.attr in _ATTRIBUTES else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [f"calls {node.func.id}()"] if node.func.id in _CALLS else []
    if isinstance(node, ast.FunctionDef):
        return [f"defines {node.name} that always says yes"] if _always_yes(node) else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [f"mentions {text}" for text in _TEXTS if text in node.value]
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
