"""Others on the same graph: each makes the same calls to the same server, at the same width, in the way it is made for.

One that is not installed, or whose service is not there, says so.
"""

import json
import operator
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, TypedDict

import httpx2

from mge_project.tests.services import free_port, redis_answers

START_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The graph: what each function needs, its waves, and where the model is."""

    url: str
    needs: dict[str, list[str]]
    waves: list[list[str]]
    width: int


@lru_cache(maxsize=1)
def _client() -> httpx2.Client:
    """One for all threads of a process: a rival shall not pay for the set-up of a connection with each call."""
    return httpx2.Client(timeout=120, limits=httpx2.Limits(max_connections=None, max_keepalive_connections=200))


def call(url: str, name: str) -> None:
    """One reply for one function; its wait is that of its name."""
    body = {"model": "rival", "max_tokens": 10, "messages": [{"role": "user", "content": f"\nSymbol: {name}\n"}]}
    _client().post(f"{url}/v1/messages", json=body).raise_for_status()


def run_rivals(work: Work, root: Path) -> dict[str, Any]:
    """Seconds of each rival by its name, or why it did not run."""
    found: dict[str, Any] = {}
    ways: dict[str, Callable[[Work, Path], float]] = {
        "barrier of threads": _threads, "celery chord": _celery, "langgraph": _langgraph, "dask": _dask,
        "prefect": _prefect,
    }  # fmt: skip
    for name, way in ways.items():
        try:
            found[name] = {"seconds": round(way(work, root), 3)}
        except (ImportError, FileNotFoundError) as error:
            found[name] = {"not_run": str(error)}
        except Exception as error:  # noqa: BLE001 - a rival that breaks is a result
            found[name] = {"broke": f"{type(error).__name__}: {error}"[:300]}
        sys.stderr.write(f"{name}: {found[name]}\n")
    return found


def _threads(work: Work, root: Path) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(work.width) as pool:
        for wave in work.waves:
            list(pool.map(lambda name: call(work.url, name), wave))
    return time.monotonic() - began


def _celery(work: Work, root: Path) -> float:
    """A chord a wave, its body the next wave, on a private Redis with a worker of as many threads."""
    server = shutil.which("redis-server")
    if server is None:
        raise FileNotFoundError("no redis-server is installed")
    port = free_port()
    redis_url = f"redis://127.0.0.1:{port}/0"
    environment = {**os.environ, "RIVAL_REDIS": redis_url, "RIVAL_MODEL": work.url}
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    worker = [sys.executable, "-m", "celery", "-A", "bench.scheduler.rival_celery", "worker", "--pool=threads"]
    worker += ["-c", str(work.width), "--without-mingle", "--without-gossip", "-l", "ERROR"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as redis:  # type: ignore[call-overload]
        try:
            _until(lambda: redis_answers(redis_url))
            with subprocess.Popen(worker, env=environment, **quiet) as process:  # type: ignore[call-overload]
                try:
                    client = [sys.executable, "-m", "bench.scheduler.rival_celery"]
                    done = subprocess.run(
                        client,
                        env=environment,
                        input=json.dumps(work.waves),
                        capture_output=True,
                        text=True,
                        check=True,
                    )
                    return float(done.stdout.split()[-1])
                finally:
                    process.terminate()
        finally:
            redis.terminate()


def _until(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > until:
            raise FileNotFoundError("the service did not start")
        time.sleep(0.1)


class _State(TypedDict):
    done: Annotated[list[str], operator.add]


def _step(url: str, name: str, _state: Any) -> dict[str, list[str]]:
    call(url, name)
    return {"done": [name]}


def _library(name: str) -> Any:
    """An optional package, without types."""
    package = name.split(".", maxsplit=1)[0]
    if find_spec(package) is None:
        raise ImportError(f"{package} is not installed (extra bench)")
    return import_module(name)


def _langgraph(work: Work, root: Path) -> float:
    """A node a function, an edge a need, joined where there are several."""
    library = _library("langgraph.graph")
    graph = library.StateGraph(_State)
    needed = {need for needs in work.needs.values() for need in needs}
    for name in work.needs:
        graph.add_node(name, partial(_step, work.url, name))
    for name, needs in work.needs.items():
        if needs:
            graph.add_edge(needs if len(needs) > 1 else needs[0], name)
        else:
            graph.add_edge(library.START, name)
        if name not in needed:
            graph.add_edge(name, library.END)
    compiled = graph.compile()
    began = time.monotonic()
    result = compiled.invoke({"done": []}, {"max_concurrency": work.width, "recursion_limit": 1000})
    if len(result["done"]) != len(work.needs):
        raise RuntimeError(f"{len(result['done'])} of {len(work.needs)} ran")
    return time.monotonic() - began


def _dask(work: Work, root: Path) -> float:
    """The graph as Dask takes it: a task a function, on one worker with as many threads."""
    library, delayed = _library("distributed"), _library("dask.delayed").delayed

    def task(url: str, name: str, *needs: Any) -> str:
        call(url, name)
        return name

    with (
        library.LocalCluster(
            n_workers=1, threads_per_worker=work.width, processes=False, dashboard_address=None,
            local_directory=str(root),
        ) as cluster,
        library.Client(cluster) as client,
    ):  # fmt: skip
        nodes: dict[str, Any] = {}
        for name, needs in work.needs.items():
            nodes[name] = delayed(task, pure=False)(work.url, name, *(nodes[n] for n in needs))
        began = time.monotonic()
        client.gather(client.compute(list(nodes.values())))
        return time.monotonic() - began


def _prefect(work: Work, root: Path) -> float:
    if find_spec("prefect") is None:
        raise ImportError("prefect is not installed: it pins versions that the product does not have")
    library, runners = _library("prefect"), _library("prefect.task_runners")
    one = library.task(call)

    def everything() -> None:
        futures: dict[str, Any] = {}
        for name, needs in work.needs.items():
            futures[name] = one.submit(work.url, name, wait_for=[futures[n] for n in needs])
        for future in futures.values():
            future.result()

    began = time.monotonic()
    library.flow(task_runner=runners.ThreadPoolTaskRunner(max_workers=work.width))(everything)()
    return time.monotonic() - began
