"""``python -m bench scheduler``: makespan against the bound, the barrier against ready-first, rivals, overhead.

The bound is the largest of: the critical path, all waits / width, processor time of validation / cores. The model is
the scripted server in a process of its own; its waits are log-normal and the same for every engine. ``--short`` takes
less than a minute; the figures of the goals are those without it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.scheduler.plan import critical_path, waves, write_plan
from bench.scheduler.production import overhead
from bench.scheduler.rivals import Work, run_rivals
from bench.scripted_model.script import Latency
from kernel.errors import MgeError

ROOT = Path(__file__).resolve().parents[2]
SWITCHES_ON = (
    "ENABLE_AST_ATOMIZATION", "ENABLE_DEPENDENCY_GRAPH", "ENABLE_WAVE_EXECUTION", "ENABLE_RETRY_FEEDBACK",
)  # fmt: skip
SWITCHES_OFF = ("ENABLE_HIERARCHICAL_VALIDATION", "ENABLE_HUMAN_REVIEW", "FALLBACK_TO_MVP_ON_ERROR")


class Broken(MgeError):
    """A run of the engine did not end as it should."""

    code = "bench_broken"


def main(argv: list[str]) -> dict[str, Any]:
    """Measure; see the module."""
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="mge-bench-") as folder:
        root = Path(folder)
        source = root / "plan"
        source.mkdir()
        needs = write_plan(source, atoms=options.atoms, depth=options.depth, seed=options.seed)
        latency = Latency(median=options.median, sigma=options.sigma, seed=options.seed, by_symbol=True)
        seconds = {name: latency.draw(name) for name in needs}
        with scripted(root, latency) as url:
            figures = _engine(root, url, needs, seconds, options.width)
            if options.production:
                figures["production"] = overhead(source, _environment(url), options.width)
            if not options.no_rivals:
                work = Work(url=url, needs=needs, waves=waves(needs), width=options.width)
                figures["rivals"] = _against(run_rivals(work, root), figures["makespan_s"])
    figures["overhead_growth"] = _growth(options)
    return figures


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench scheduler")
    parser.add_argument("--atoms", type=int, default=800)
    parser.add_argument("--depth", type=int, default=8, help="functions in a chain")
    parser.add_argument("--width", type=int, default=100, help="calls in flight at once")
    parser.add_argument("--median", type=float, default=2.0, help="seconds of a reply")
    parser.add_argument("--sigma", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--short", action="store_true", help="120 atoms, 30 at once: under a minute")
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--production", action="store_true", help="also on PostgreSQL, Redis and Celery")
    parser.add_argument("--growth", type=int, nargs=2, metavar=("FROM", "TO"), help="overhead at two sizes, no model")
    options = parser.parse_args(argv)
    if options.short:
        options.atoms, options.width, options.median, options.depth = 120, 30, 0.4, 4
    return options


def _engine(root: Path, url: str, needs: dict[str, list[str]], seconds: dict[str, float], width: int) -> dict[str, Any]:
    source = root / "plan"
    ready = _drive(root / "ready", source, url, width)
    book = _book(url)
    barrier = _drive(root / "barrier", source, url, width, "--barrier")
    cores = os.cpu_count() or 1
    path = critical_path(needs, seconds)
    bound = max(path, sum(seconds.values()) / width, ready["children_cpu"] / cores)
    atoms = len(needs)
    note(f"ready-first {ready['span']:.1f} s, barrier {barrier['span']:.1f} s, bound {bound:.1f} s")
    return {
        "atoms": atoms,
        "width": width,
        "makespan_s": round(ready["span"], 3),
        "bound_s": round(bound, 3),
        "critical_path_s": round(path, 3),
        "makespan_over_bound": round(ready["span"] / bound, 4),
        "barrier_over_ready": round(barrier["span"] / ready["span"], 4),
        "in_flight_max": book["in_flight_max"],
        "overhead_ms_per_atom": round(1000 * ready["own_cpu"] / atoms, 3),
        "calls": ready["calls"],
        "paid": book["paid"],
        "rivals": {},
    }


def _growth(options: Any) -> dict[str, Any] | None:
    """Processor time an atom, drafts alone, at two sizes."""
    if not options.growth:
        return None
    found = {}
    for atoms in options.growth:
        with tempfile.TemporaryDirectory(prefix="mge-bench-") as folder:
            root = Path(folder)
            (root / "plan").mkdir()
            write_plan(root / "plan", atoms=atoms, depth=10, seed=options.seed)
            ran = _drive(root / "run", root / "plan", None, options.width, "--drafts")
            found[str(atoms)] = {
                "ms_per_atom": round(1000 * ran["own_cpu"] / ran["atoms"], 3),
                "peak_mib": round(ran["peak_mib"]),  # import, layout and execution in one process
                "execution_mib": round((ran["execute_peak_mib"] or 0) - (ran["start_mib"] or 0), 1),
            }  # fmt: skip
            note(f"{atoms} drafts: {found[str(atoms)]}")
    first, last = found.values()
    return {**found, "ratio": round(last["ms_per_atom"] / first["ms_per_atom"], 3)}


@lru_cache(maxsize=1)
def _blank() -> bytes:
    """An empty database with its tables, made once: every run begins with a copy."""
    with tempfile.TemporaryDirectory(prefix="mge-bench-") as folder:
        file = Path(folder) / "blank.sqlite3"
        environment = {**os.environ, "MGE_DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{file}"}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Broken(f"no database could be made: {done.stderr.strip()[-600:]}")
        return file.read_bytes()


def _drive(data: Path, source: Path, url: str | None, width: int, *more: str) -> dict[str, Any]:
    data.mkdir()
    (data / "bench.sqlite3").write_bytes(_blank())
    environment = _environment(url) | {"MGE_DATA_DIR": str(data), "DATABASE_URL": f"sqlite:///{data}/bench.sqlite3"}
    command = [sys.executable, "-m", "bench.scheduler.drive", str(source), "--width", str(width), *more]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"the engine did not run: {done.stderr.strip()[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    if found["status"] != "completed" or set(found["by_status"]) != {"passed"}:
        raise Broken(f"the run ended {found['status']} with {found['by_status']}: {found['error']}")
    return found


def _environment(url: str | None) -> dict[str, str]:
    model = {} if url is None else {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "bench"}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FF_", "ANTHROPIC_", "MGE_"))},
        "MGE_LOG_LEVEL": "ERROR",
        **{f"FF_{name}": "true" for name in SWITCHES_ON},
        **{f"FF_{name}": "false" for name in SWITCHES_OFF},
        **model,
    }


@contextmanager
def scripted(root: Path, latency: Latency) -> Iterator[str]:
    """The scripted server in a process of its own."""
    script = root / "script.json"
    words = {name: getattr(latency, name) for name in ("median", "sigma", "seed", "by_symbol")}
    script.write_text(json.dumps({"rules": [], "latency": words, "otherwise": {"echo": True, "text": "nothing"}}))
    command = [sys.executable, "-m", "bench.scripted_model", "--script", str(script)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _book(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/book", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _against(rivals: dict[str, Any], makespan: float) -> dict[str, Any]:
    for one in rivals.values():
        if one.get("seconds"):
            one["over_ours"] = round(one["seconds"] / makespan, 3)
    return rivals


def note(text: str) -> None:
    """Progress, for people."""
    sys.stderr.write(f"{text}\n")
