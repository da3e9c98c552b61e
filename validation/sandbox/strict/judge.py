"""Judges a file of code against a file of tests, whatever its language."""

from pathlib import Path

from kernel.errors import InvalidInput
from validation.sandbox.spec import Limits
from validation.sandbox.strict.python_judge import judge_python
from validation.sandbox.strict.script_judge import ScriptCase, judge_script
from validation.sandbox.strict.script_source import GRAMMARS
from validation.sandbox.strict.verdict import Judgement

MOST_BYTES = 1024 * 1024
_SUFFIXES = {"python": ".py", "javascript": ".js", "typescript": ".ts"}
_PYTHON_SUFFIXES = {".py", ".pyi"}


def judge_files(
    *,
    code: Path,
    tests: Path,
    language: str | None = None,
    python: str | None = None,
    node_modules: str | None = None,
    limits: Limits | None = None,
) -> Judgement:
    """Judge the code, which the tests import as ``atom``. ``language`` decides; else the extension of the code's file.

    Raises ``InvalidInput`` when a file cannot be read as text or the language is unknown.
    """
    if language is not None and language not in _SUFFIXES:
        raise InvalidInput(f"--language: {language!r} is not one of {', '.join(_SUFFIXES)}")
    texts = (_read(code, "--code"), _read(tests, "--tests"))
    suffix = code.suffix.lower()
    known = language or ("python" if suffix in _PYTHON_SUFFIXES else "script" if suffix in GRAMMARS else None)
    if known is None:
        raise InvalidInput(f"--code: cannot tell the language of {code} by its extension; give --language")
    if known == "python":
        return judge_python(code=texts[0], tests=texts[1], limits=limits, python=python)
    case = ScriptCase(
        code=texts[0],
        tests=texts[1],
        code_suffix=_script_suffix(suffix, language),
        tests_suffix=_script_suffix(tests.suffix.lower(), None if tests.suffix.lower() in GRAMMARS else language),
        node_modules=node_modules,
    )
    return judge_script(case, limits=limits)


def _script_suffix(suffix: str, language: str | None) -> str:
    """The file's own extension where it agrees with the language asked for."""
    grammar = GRAMMARS.get(suffix, "")
    if grammar and (language is None or (language == "javascript") == (grammar == "javascript")):
        return suffix
    return _SUFFIXES.get(language or "javascript", ".js")


def _read(path: Path, option: str) -> str:
    try:
        data = path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise InvalidInput(f"{option}: cannot read {path}: {error.strerror}") from None
    if data is None:
        raise InvalidInput(f"{option}: {path} is not a file")
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"{option}: {path} has more than {MOST_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{option}: {path} is not UTF-8 at byte {error.start}") from None
