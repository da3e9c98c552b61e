"""Compiles the core with mypyc: ``python -m atoms.compiling``. Never fails: without a compiler Python does the work.

What was built is tried before it is used: it must cut and describe its own sources, and a few lines of
TypeScript, as Python does.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Final

from atoms import compiled

_LONGEST_SECONDS: Final = 240
_KEPT: Final = 4  # cores of other branches and Pythons
_SCRIPT: Final = b"""export class Box<T> {
  get value(): T | null { return this.a ? this.b : /[/]"/.test(`${this.c}`) && null }
}
export const pick = async (from: string[]) => { for (const one of from) if (one) return one; return 'none' }
"""


def main() -> int:
    """Build the core unless it is there; say in one line where it cannot be."""
    target = compiled.folder()
    if target.is_dir():
        return 0
    lacking = missing()
    if lacking:
        _say(f"The atomizer runs as plain Python, slower: {lacking} is not there.")
        return 0
    _say("Compiling the core of the atomizer (half a minute)")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as name:
        built = Path(name) / "core"
        problem = _run("build", built)[0] or _difference(built)
        if problem:
            _say(f"The atomizer runs as plain Python, slower: its core could not be compiled ({problem}).")
            return 0
        _forget_others(target.parent)
        try:
            built.rename(target)
        except OSError:  # somebody else was first
            return 0
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def missing() -> str | None:
    """What a build needs and this machine has not."""
    for module in ("mypyc", "setuptools"):
        if importlib.util.find_spec(module) is None:
            return module
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(compiler.split()[0]) is None:
        return "a C compiler"
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return None if headers.is_file() else "Python.h"


def _run(step: str, built: Path) -> tuple[str, str]:
    """Run a step in a process of its own; return what went wrong, in one line, and what it wrote."""
    command = [sys.executable, "-m", "atoms.compiling", step, str(built)]
    plain = {**os.environ, "MGE_CORE": "python"}
    try:
        done = subprocess.run(
            command, cwd=compiled.ROOT, env=plain, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error), ""
    if done.returncode == 0:
        return "", done.stdout
    said = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line.lower()]
    return (said[-1].strip()[:200] if said else f"{step} ended with {done.returncode}"), ""


def _difference(built: Path) -> str:
    """Cut a sample in both ways; return what went wrong or differs."""
    problem, ranges = _run("cut", built)
    return problem or ("" if ranges == _run("cut-plain", built)[1] else "it cuts otherwise")


def _forget_others(folder: Path) -> None:
    others = sorted((path for path in folder.iterdir() if path.name[:1] != "."), key=lambda path: path.stat().st_mtime)
    for path in others[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def build(built: Path) -> None:
    """Compile into a folder; everything that is made on the way lies beside it."""
    from mypyc.build import mypycify  # noqa: PLC0415 - a tool, there where the core is built
    from setuptools import setup  # noqa: PLC0415

    aside = built.parent
    modules = mypycify(
        [
            "--config-file=",
            "--ignore-missing-imports",
            f"--cache-dir={aside / 'types'}",
            *(str(path.relative_to(compiled.ROOT)) for path in compiled.sources()),
        ],
        group_name=compiled.LIBRARY,
        target_dir=str(aside / "c"),
        opt_level="1",  # more takes twice as long to build, and cuts no faster
        debug_level="0",
    )
    setup(
        name=compiled.LIBRARY,
        packages=[],
        ext_modules=modules,
        script_args=["-q", "build_ext", f"--build-lib={built}", f"--build-temp={aside / 'objects'}"],
    )


def cut(built: Path | None) -> None:
    """Print the atoms and facts of the core's sources and of a script, found by the core in a folder or by Python."""
    from atoms import domain  # noqa: PLC0415 - loads the modules, in the way that is asked for

    if built is not None:
        compiled.load(built, domain.__path__)
    from atoms.domain.context import ContextInjector  # noqa: PLC0415
    from atoms.domain.decomposer import RecursiveDecomposer  # noqa: PLC0415
    from atoms.domain.model import Language  # noqa: PLC0415

    samples = [(path.name, path.read_bytes(), Language.PYTHON) for path in compiled.sources()]
    samples.append(("box.ts", _SCRIPT, Language.TYPESCRIPT))
    files = [RecursiveDecomposer().split(source, path=path, language=language) for path, source, language in samples]
    facts = ContextInjector().describe(files)
    for file in files:
        for atom in file.atoms:
            _say(f"{atom!r} {facts[atom.id]!r}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build", place]:
            build(Path(place))
        case ["cut", place]:
            cut(Path(place))
        case ["cut-plain", _]:
            cut(None)
        case _:
            sys.exit(main())
