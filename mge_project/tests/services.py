"""Run a command with PostgreSQL and Redis: ``python -m mge_project.tests.services COMMAND...``

Named services win (``MGE_TEST_DATABASE_URL``, ``MGE_TEST_REDIS_URL``), then a PostgreSQL that answers on its usual port
and lets ``postgres`` in; else private ones are started from installed binaries, on free ports, and stopped afterwards.
Redis is private where its binary exists, because queues of two runs would mix. The command finds ``DATABASE_URL`` and
``MGE_TEST_REDIS_URL`` in its environment. Where a service can be had in no way, the command does not run: one line says
so, and that is a failure only under ``CI=true``.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

START_SECONDS = 30.0
_USUAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
_USUAL_REDIS = "redis://127.0.0.1:6379/15"


class Missing(Exception):
    """A service that neither answers nor can be started here."""


def postgres_answers(url: str) -> bool:
    """Whether somebody is let in at that address."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def redis_answers(url: str) -> bool:
    """Whether a Redis answers at that address."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return False
    return True


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binary(name: str) -> str | None:
    """The program on the path, or where Debian keeps PostgreSQL's; wrappers on the path would choose the user."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(versions[0]) if versions else shutil.which(name)


@contextmanager
def _process(command: list[str], ready: Callable[[], bool], user: str | None = None) -> Iterator[None]:
    """A server from the moment it answers; interrupted, then killed, at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user)
    try:
        until = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                raise Missing(f"{Path(command[0]).name} did not start")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL: fast shutdown
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _postgres() -> Iterator[str]:
    named = os.environ.get("MGE_TEST_DATABASE_URL")
    if named or postgres_answers(_USUAL_POSTGRES):
        yield named or _USUAL_POSTGRES
        return
    initdb, server = _binary("initdb"), _binary("postgres")
    if initdb is None or server is None:
        raise Missing("no PostgreSQL answers, and none is installed")
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="mge-pg-", ignore_cleanup_errors=True) as folder:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        data, port = f"{folder}/data", free_port()
        made = subprocess.run(
            [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            user=user, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise Missing(f"initdb failed: {made.stderr.strip()[-200:]}")
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        command = [server, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"]
        with _process(command, lambda: postgres_answers(url), user):
            yield url


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: who runs it then. None: we are somebody else already."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _redis() -> Iterator[str]:
    named, server = os.environ.get("MGE_TEST_REDIS_URL"), shutil.which("redis-server")
    if named or server is None:
        if not redis_answers(named or _USUAL_REDIS):
            raise Missing("no Redis answers, and none is installed")
        yield named or _USUAL_REDIS
        return
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _process(command, lambda: redis_answers(url)):
        yield url


def main(command: list[str]) -> int:
    """Run the command with services; its exit code, or 0 with one line where there are none (1 under CI)."""
    with ExitStack() as stack:
        try:
            given = {"DATABASE_URL": stack.enter_context(_postgres())}
            given["MGE_TEST_REDIS_URL"] = stack.enter_context(_redis())
        except Missing as error:
            sys.stderr.write(f"Not run, {error}: {' '.join(command)}\n")
            return 1 if os.environ.get("CI") == "true" else 0
        sys.stderr.write(f"PostgreSQL at {given['DATABASE_URL'].rpartition('@')[2]}\n")
        process = subprocess.Popen(command, env={**os.environ, **given})
        try:
            return process.wait()
        except KeyboardInterrupt:  # the command got it too, and cleans up
            return process.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
