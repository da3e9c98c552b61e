"""What must not go to production: secrets, and what a change left behind."""

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from kernel import python_source
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.leftovers import TOOL, leftovers
from validation.domain.model import Check, Evidence, Finding, Status
from validation.domain.secrets import Secret, secrets_in
from validation.domain.static import Family, family_of

NAME = "production_readiness"
SHOWN = 50
MAX_BYTES = 2_000_000  # of one file; longer ones are data


def readiness_check(workspace: Workspace, drafts: Workspace | None = None) -> Check:
    """Secrets fail wherever they stand; leftovers fail where the change added them, others are shown.

    ``drafts`` is the workspace as it came in; without it nothing counts as added.
    """
    files = [f for f in workspace.files.values() if f.role is not FileRole.TEST]
    findings = readiness_findings(files, drafts)
    errors = [finding for finding in findings if finding.severity == "error"]
    rest = [finding for finding in findings if finding.severity != "error"]
    command = f"look for secrets and leftovers in {len(files)} files"
    told = [f"{one.path}:{one.line}: {one.message}" for one in (*errors, *rest)]
    reason = f"{errors[0].message}: {errors[0].path}:{errors[0].line}" if errors else ""
    if rest and not errors:
        reason = f"nothing that forbids it, {len(rest)} remarks"
    return Check(
        name=NAME, status=Status.FAILED if errors else Status.PASSED, reason=reason,
        findings=tuple([*errors, *rest][:SHOWN]),
        evidence=Evidence(command=command, exit_code=int(bool(errors)), output="\n".join(told[:10]) or "nothing found"),
    )  # fmt: skip


def readiness_findings(files: Iterable[WorkspaceFile], drafts: Workspace | None = None) -> tuple[Finding, ...]:
    """Findings of all rules, by file. The text of a secret is never repeated."""
    found: list[Finding] = []
    for file in sorted(files, key=lambda one: one.path):
        draft = drafts.files.get(file.path) if drafts else None
        found += _secrets(file, draft, compared=drafts is not None)
        if file.role is FileRole.SOURCE:
            found += leftovers(file, draft, compared=drafts is not None)
    return tuple(found)


def _secrets(file: WorkspaceFile, draft: WorkspaceFile | None, *, compared: bool) -> Iterator[Finding]:
    text = file.content[:MAX_BYTES].decode("utf-8", "replace")
    starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    seen: set[tuple[str, int]] = set()
    old = draft.content if draft else b""
    for secret in secrets_in(text):
        line = bisect_right(starts, secret.start)
        if (secret.code, line) not in seen:
            seen.add((secret.code, line))
            here = text[starts[line - 1] :].split("\n", 1)[0].strip().encode()
            yield _finding(file, secret, line, added=not compared or here not in old)
    codes = {code for code, _ in seen}
    for line, value in _joined_texts(file):
        for secret in secrets_in(value):
            if secret.known and secret.code not in codes:
                yield _finding(file, secret, line, added=True)


def _finding(file: WorkspaceFile, secret: Secret, line: int, *, added: bool) -> Finding:
    """A known form is an error wherever it stands; a random value only in code that was added."""
    severe = not secret.stand_in and (secret.known or added)
    said = f"{secret.what}{', by its look an example,' if secret.stand_in else ''} in the code"
    return Finding(tool=TOOL, code=secret.code, message=said, path=file.path, line=line,
                   severity="error" if severe else "warning")  # fmt: skip


def _joined_texts(file: WorkspaceFile) -> Iterator[tuple[int, str]]:
    """Texts that Python code puts together from literals, so that a token in two halves is found too."""
    if family_of(file.path) is not Family.PYTHON or (b'"' not in file.content and b"'" not in file.content):
        return
    try:
        tree = python_source.parse(file.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            value = _folded(node, depth=0)
            if value:
                yield node.lineno, value
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 20:
            yield node.lineno, node.value


def _folded(node: ast.expr, *, depth: int) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < 40:
        left, right = _folded(node.left, depth=depth + 1), _folded(node.right, depth=depth + 1)
        return None if left is None or right is None else left + right
    return None
