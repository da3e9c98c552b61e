"""``serve``: the console, the API and the WebSockets from one process."""

import socket
import threading
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connections

from execution.briefs import services as briefs
from execution.dispatchers import wake_stranded
from execution.webhooks.courier import Courier
from kernel.commands import MgeCommand
from kernel.errors import Unavailable
from masterplans import imports
from rollout.watcher import watch

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 10.0  # as often as the beat of the Celery dispatcher


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text!r} is not a port: give 1 to 65535")
    return int(text)


def sweep() -> None:
    """Wake what nobody drives: runs, briefs that are being read, and uploads."""
    wake_stranded()
    imports.wake_stranded()
    briefs.wake_stranded()


class Sweeper:
    """Does something from time to time: wakes runs that nobody drives, or lets the watcher of the rollout look."""

    def __init__(self, every_seconds: float = SWEEP_SECONDS, work: Callable[[], object] = sweep) -> None:
        self._every = every_seconds
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sweep", daemon=True)

    def start(self) -> None:
        """Sweep now and from time to time."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sweep that is under way."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except DatabaseError as error:  # away for a while: the next sweep finds the same runs
                log.warning("sweep_failed", error=type(error).__name__)
            except Exception:  # a fault of ours must not end what looks after the runs
                log.exception("sweep_broke")
            finally:
                connections.close_all()
            self._stop.wait(self._every)


class Command(MgeCommand):
    """``serve [--host H] [--port N] [--migrate] [--demo]``; Ctrl-C stops it."""

    help = "Serve the console and the API; with --demo make the demo users and run the bundled example first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default: 8000)")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")
        parser.add_argument("--demo", action="store_true", help="the command demo first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the port before the long part, then serve until a signal."""
        host, port = options["host"], options["port"]
        _check_free(host, port)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
        url = f"http://{host}:{port}"
        if options["migrate"]:
            call_command("migrate", verbosity=0, stdout=self.stderr)
        if options["demo"]:
            call_command("demo", url=url, stdout=self.stdout, stderr=self.stderr)
        threads = (Sweeper(), Sweeper(settings.MGE_WATCH_SECONDS, watch), Courier())
        if settings.DISPATCHER == "local":
            for thread in threads:
                thread.start()
        try:
            self._serve(host, port, url)
        finally:
            for thread in threads:
                thread.stop()

    def _serve(self, host: str, port: int, url: str) -> None:
        from daphne.endpoints import build_endpoint_description_strings  # noqa: PLC0415 - installs Twisted's reactor
        from daphne.server import Server  # noqa: PLC0415 - likewise

        from mge_project.asgi import application  # noqa: PLC0415 - only a server needs the ASGI application

        Server(
            application=application,
            endpoints=build_endpoint_description_strings(host=host, port=port),
            ready_callable=lambda: self.stdout.write(f"\nServing {url}  (Ctrl-C stops)"),
        ).run()


def _check_free(host: str, port: int) -> None:
    """One line for a port that is taken, before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another: PORT=8001."
            ) from None
