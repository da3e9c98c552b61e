"""Scans the lines of new code for what code that forges results does: a signal for review, never a wall."""

from masterplans.domain.workspace import Workspace
from validation.domain.model import Finding
from validation.domain.static import Family, family_of
from validation.domain.strictness import Place
from validation.sandbox.strict.scan import Signal, scan_python, scan_script
from validation.sandbox.strict.tests_source import UnreadableError, parse


def scan(workspace: Workspace, place: Place) -> list[Finding]:
    """Return the grave signals in an atom's lines; nothing for a file that does not parse or is no code."""
    file = workspace.files.get(place.path)
    if file is None:
        return []
    text = file.content.decode("utf-8-sig", "replace")
    signals: list[Signal] = []
    if family_of(place.path) is Family.PYTHON:
        try:
            signals = scan_python(parse(text, place.path))
        except UnreadableError:
            return []
    elif family_of(place.path) is Family.SCRIPT:
        signals = scan_script(text)
    return [
        Finding(tool="scan", code=FORGES, message=one.what, path=place.path, line=one.line, severity="warning")
        for one in signals
        if one.grave and place.first <= one.line <= place.last
    ]


FORGES = "forgery-signal"
