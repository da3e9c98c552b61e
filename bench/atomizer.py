"""Quality and speed of the atomizer on given files, beside other splitters on the same files in the same run.

Every figure is a share of what was measured; speeds are ratios to the bare tree-sitter parse in this very run.
"""

import argparse
import sysconfig
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import tree_sitter

from atoms import compiled
from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import FileAtoms, Language
from atoms.domain.parser import GRAMMARS, MultiLanguageParser
from bench.atomizer_judge import Tally, percent, tiny_that_could_join
from bench.atomizer_rivals import Splitter, rivals
from kernel.collector import collector_paused
from kernel.errors import InvalidInput

_GOOD_SCORE = 0.9
_GOOD_CONTEXT = 0.95
_TURNS = 3
_SKIPPED = frozenset({"site-packages", "test", "tests", "__pycache__", "lib2to3"})
_Sample = tuple[str, bytes, Language]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure the files below ``--path`` (default: the standard library of this interpreter) and return one object.

    ``--limit`` bounds the number of files (every n-th of the sorted list is taken); ``--no-rivals`` leaves the other
    splitters out. Raises :class:`kernel.errors.InvalidInput` where there is nothing to measure.
    """
    parser = argparse.ArgumentParser(prog="bench atomizer")
    parser.add_argument("--path", nargs="+", type=Path, default=[Path(sysconfig.get_paths()["stdlib"])])
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--no-rivals", action="store_true")
    options = parser.parse_args(argv)
    samples = _samples(options.path, options.limit)
    if not samples:
        raise InvalidInput("no .py, .ts, .tsx, .js, .jsx, .mjs or .cjs file below " + ", ".join(map(str, options.path)))
    speeds, files = _speeds(samples)
    result = {**_quality(files), **speeds, "by_language": _by_language(files)}
    result["rivals"] = {} if options.no_rivals else {n: _beside(r, samples) for n, r in rivals().items()}
    return result


def _samples(roots: Sequence[Path], limit: int) -> list[_Sample]:
    found = []
    for root in roots:
        paths = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in paths:
            language = MultiLanguageParser.language_of(path.name)
            if language is None or not path.is_file() or _SKIPPED & set(path.relative_to(root).parts):
                continue
            found.append((path, root, language))
    step = max(1, -(-len(found) // max(limit, 1)))
    # The root stands in the path, so that files of two roots never share one.
    return [
        (f"{roots.index(root)}/{path.relative_to(root).as_posix()}", path.read_bytes(), language)
        for path, root, language in found[::step]
    ]


def _speeds(samples: Sequence[_Sample]) -> tuple[dict[str, Any], list[FileAtoms]]:
    """Time parse, ranges and everything in turns, the best of each, so that a busy machine distorts least."""
    decomposer = RecursiveDecomposer()
    files: list[FileAtoms] = []

    def everything() -> None:
        with collector_paused():  # as wherever many files are cut
            files[:] = [decomposer.split(source, path=path, language=language) for path, source, language in samples]
            ContextInjector().describe(files)

    parse = ranges = full = float("inf")
    for _ in range(_TURNS):
        parse = min(parse, _seconds(lambda: [_parse(source, language) for _, source, language in samples]))
        ranges = min(ranges, _seconds(lambda: [decomposer.ranges(source, language) for _, source, language in samples]))
        full = min(full, _seconds(everything))
    size = sum(len(source) for _, source, _ in samples)
    return {
        "files": len(samples),
        "bytes": size,
        "compiled_core": compiled.is_used(),
        "split_speed_over_parse": round(parse / ranges, 3),
        "full_speed_over_parse": round(parse / full, 3),
    }, files


def _parse(source: bytes, language: Language) -> tree_sitter.Tree:
    """Parse once and no more, as the official grammar does it."""
    return tree_sitter.Parser(GRAMMARS[language]).parse(source)


def _seconds(work: Callable[[], object]) -> float:
    """Processor seconds, for those of the wall depend on what else the machine does."""
    start = process_time()
    work()
    return process_time() - start


def _quality(files: Sequence[FileAtoms]) -> dict[str, Any]:
    tally = Tally()
    for file in files:
        tally.add_file(file.source, [file.text(atom) for atom in file.atoms], file.language)
    facts = ContextInjector().describe(files)
    described = [facts[atom.id] for file in files for atom in file.atoms]
    tiny = sum(tiny_that_could_join(file) for file in files)
    return {
        **tally.summary(),
        "tiny_that_could_join_pct": percent(tiny, len(described)),
        "parse_ok_pct": percent(sum(file.parse_ok for file in files), len(files)),
        "atomicity_gt_09_pct": percent(sum(f.atomicity_score > _GOOD_SCORE for f in described), len(described)),
        "context_ge_95_pct": percent(sum(f.context_completeness >= _GOOD_CONTEXT for f in described), len(described)),
    }


def _by_language(files: Sequence[FileAtoms]) -> dict[str, Any]:
    languages = sorted({file.language for file in files})
    if len(languages) < 2:
        return {}
    return {str(name): _quality([file for file in files if file.language is name]) for name in languages}


def _beside(splitter: Splitter | str, samples: Sequence[_Sample]) -> dict[str, Any] | str:
    if isinstance(splitter, str):
        return splitter
    for language in sorted({language for _, _, language in samples}):
        with suppress(Exception):  # a rival that fails to load is counted as failing, file by file
            splitter(b"x = 1\n", language)  # so that loading grammars is not taken for splitting
    result = _rival(splitter, samples)
    languages = sorted({language for _, _, language in samples})
    if len(languages) > 1:
        result["by_language"] = {
            str(name): _rival(splitter, [sample for sample in samples if sample[2] is name]) for name in languages
        }
    return result


def _rival(splitter: Splitter, samples: Sequence[_Sample]) -> dict[str, Any]:
    tally = Tally()
    failed = 0
    parse = seconds = 0.0
    for _, source, language in samples:
        start = process_time()
        try:
            chunks = splitter(source, language)
        except Exception:  # noqa: BLE001 - a rival's crash on a file is a result of the measurement
            failed += 1
            continue
        seconds += process_time() - start
        parse += _seconds(partial(_parse, source, language))
        tally.add_file(source, chunks, language)
    return {
        **tally.summary(),
        "failed": failed,
        "split_speed_over_parse": round(parse / seconds, 3) if seconds else None,
    }
