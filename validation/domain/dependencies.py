"""Third-party packages that the code imports, against those that the project declares; and versions left open.

A package that is imported at the top of a module, declared nowhere, and not installed either is a clear fault. Declared
under another name, installed all the same, optional, or without a version: a warning.
"""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from kernel import python_source
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.model import Check, Finding, Status
from validation.domain.static import Family, StaticCheck, StaticReport, family_of

NAME = "dependencies"
SHOWN = 50
_REQUIREMENTS = re.compile(r"^requirements[\w.-]*\.(?:txt|in)$")
_REQUIREMENT = re.compile(r"^\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?P<version>[^;#]*)")
_BARE_IMPORT = re.compile(r"""(?:\bfrom|^\s*import|\brequire\s*\()\s*["'](?P<name>[^."'/][^"'\n]*)["']""", re.MULTILINE)
_NODE = frozenset(
    {"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
     "diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module", "net",
     "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream", "string_decoder",
     "test", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib"}
)  # fmt: skip
# Import names whose distribution is called otherwise; others are compared by their letters.
_CALLED = {
    "yaml": "pyyaml", "PIL": "pillow", "bs4": "beautifulsoup4", "sklearn": "scikit-learn", "cv2": "opencv-python",
    "dateutil": "python-dateutil", "dotenv": "python-dotenv", "rest_framework": "djangorestframework", "attr": "attrs",
    "Crypto": "pycryptodome", "jwt": "pyjwt", "serial": "pyserial", "git": "gitpython", "OpenSSL": "pyopenssl",
    "MySQLdb": "mysqlclient", "skimage": "scikit-image", "magic": "python-magic", "docx": "python-docx",
    "pkg_resources": "setuptools", "google": "google", "zmq": "pyzmq", "fitz": "pymupdf", "win32api": "pywin32",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Use:
    name: str
    path: str
    line: int
    optional: bool


@dataclass(frozen=True, slots=True)
class _Declared:
    """``names`` is None where no manifest is there, or one says that it is computed."""

    names: frozenset[str] | None
    open_versions: tuple[Finding, ...] = ()


def dependencies_check(workspace: Workspace, static: StaticReport | None) -> Check:
    """Undeclared and uninstalled packages fail; everything else of this kind is shown."""
    families = ((Family.PYTHON, _python_uses, _python_declared), (Family.SCRIPT, _script_uses, _script_declared))
    errors: list[Finding] = []
    notes: list[Finding] = []
    unknown: list[str] = []
    used = 0
    for family, uses_of, declared_of in families:
        sources = [f for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path) is family]
        uses = list(uses_of(workspace, sources))
        if not uses:
            continue
        declared = declared_of(workspace)
        used += len({one.name for one in uses})
        notes += declared.open_versions
        if declared.names is None:
            unknown += sorted({one.name for one in uses})
            continue
        for use in uses:
            if not _is_declared(use.name, declared.names):
                clear = not use.optional and _not_found(static, use)
                (errors if clear else notes).append(_undeclared(use, "error" if clear else "warning"))
    return _check(errors, notes, unknown, used)


def _check(errors: list[Finding], notes: list[Finding], unknown: list[str], used: int) -> Check:
    findings = (*errors, *notes)[:SHOWN]
    if errors:
        return Check(name=NAME, status=Status.FAILED, reason=errors[0].message, findings=findings)
    if unknown:
        reason = f"nothing declares what is imported: {', '.join(unknown[:5])}"
        return Check(name=NAME, status=Status.NOT_RUN, reason=reason, findings=findings)
    reason = f"{used} third-party packages are imported, {len(notes)} remarks"
    return Check(name=NAME, status=Status.PASSED, reason=reason, findings=findings)


def _undeclared(use: _Use, severity: str) -> Finding:
    message = f"{use.name} is imported and not declared"
    return Finding(tool=NAME, code="undeclared", message=message, path=use.path, line=use.line, severity=severity)


def _not_found(static: StaticReport | None, use: _Use) -> bool:
    """Whether the type checker could not find the module on that line either."""
    found = static.at(StaticCheck.TYPES, use.path, use.line, use.line) if static else ()
    return any(one.finding.code in ("missing-import", "TS2307", "TS2792") for one in found)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_declared(name: str, declared: Iterable[str]) -> bool:
    wanted = {_letters(name), _letters(_CALLED.get(name, name))}
    known = {_letters(one) for one in declared}
    return bool(wanted & known) or any(w in k or k in w for w in wanted for k in known if min(len(w), len(k)) >= 4)


def _python_uses(workspace: Workspace, sources: Iterable[WorkspaceFile]) -> Iterator[_Use]:
    own = {part for f in workspace.files.values() for part in PurePosixPath(f.place).with_suffix("").parts}
    own |= {(workspace.root_package or "").partition(".")[0]}
    for file in sources:
        try:
            tree = python_source.parse(file.content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            for name in _imported(node):
                if name not in own and name not in sys.stdlib_module_names and name != "__future__":
                    yield _Use(name, file.path, getattr(node, "lineno", 1), id(node) not in top)


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return {node.module.partition(".")[0]}
    return set()


def _script_uses(workspace: Workspace, sources: Iterable[WorkspaceFile]) -> Iterator[_Use]:
    own = {part for f in workspace.files.values() for part in PurePosixPath(f.place).parts[:1]}
    for file in sources:
        text = file.content.decode("utf-8", "replace")
        for match in _BARE_IMPORT.finditer(text):
            parts = match["name"].split("/")
            name = "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]
            if not name.startswith(("node:", "#", "@/", "~")) and name not in _NODE | own:
                yield _Use(name, file.path, text.count("\n", 0, match.start("name")) + 1, False)


def _files(workspace: Workspace, name: str) -> list[WorkspaceFile]:
    return [f for f in workspace.files.values() if PurePosixPath(f.path).name == name]


def _python_declared(workspace: Workspace) -> _Declared:
    names: set[str] = set()
    open_: list[Finding] = []
    listed = [f for f in workspace.files.values() if _REQUIREMENTS.match(PurePosixPath(f.path).name)]
    for file in listed:
        for number, line in enumerate(file.content.decode("utf-8", "replace").splitlines(), start=1):
            match = _REQUIREMENT.match(line)
            if match:
                names.add(match["name"])
                if not match["version"].strip():
                    open_.append(_open(match["name"], file.path, number))
    projects = _files(workspace, "pyproject.toml")
    for file in projects:
        found = _of_pyproject(file)
        if found is None:
            return _Declared(None, tuple(open_))
        names |= found
    return _Declared(frozenset(names) if listed or projects else None, tuple(open_))


def _of_pyproject(file: WorkspaceFile) -> set[str] | None:
    """Names that a pyproject.toml declares; None where it declares none that can be read."""
    try:
        data = tomllib.loads(file.content.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return None
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    dynamic = project.get("dynamic")
    if (isinstance(dynamic, list) and "dependencies" in dynamic) or not (project or poetry):
        return None
    groups = [project.get("dependencies") or [], *_table(project, "optional-dependencies").values()]
    texts = [text for group in groups if isinstance(group, list) for text in group if isinstance(text, str)]
    names = {match["name"] for text in texts if (match := _REQUIREMENT.match(text))}
    return names | set(_table(poetry, "dependencies"))


def _table(data: dict[str, object], name: str) -> dict[str, object]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _script_declared(workspace: Workspace) -> _Declared:
    names: set[str] = set()
    open_: list[Finding] = []
    manifests = _files(workspace, "package.json")
    for file in manifests:
        try:
            data = json.loads(file.content)
        except (ValueError, RecursionError):
            return _Declared(None)
        kinds = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
        for kind in kinds if isinstance(data, dict) else ():
            for name, version in _table(data, kind).items():
                names.add(name)
                if version in ("*", "latest", ""):
                    open_.append(_open(name, file.path, 1))
    return _Declared(frozenset(names) if manifests else None, tuple(open_))


def _open(name: str, path: str, line: int) -> Finding:
    message = f"{name} is declared without a version"
    return Finding(tool=NAME, code="unpinned", message=message, path=path, line=line, severity="warning")
