"""Run the stories in Chromium against a real server: own data folder, free port, the bundled example really run.

``.venv/bin/python frontend/e2e/server/run.py [arguments of playwright test]``. The stories find ``MGE_E2E_URL``,
``MGE_E2E_USER``, ``MGE_E2E_PASSWORDS`` (JSON, by user) and ``MGE_E2E_CONTROL`` in their environment. Where no Chromium
is and none can be installed, they do not run: one line says so, and that is a failure only under ``CI=true``.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parents[3]
USER = "operator"  # owns the example and may review it
START_SECONDS = 240.0  # the example runs first


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(server: subprocess.Popen[bytes], url: str) -> None:
    """Return once the server answers; raise when it ended or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit(f"The server ended with {server.returncode} before it answered.")
        try:
            urllib.request.urlopen(f"{url}/api/v1/health", timeout=10).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise SystemExit(f"The server did not answer within {START_SECONDS:.0f} s.")


class Server:
    """A server with the example on a port of its own. Only what it started is ever stopped."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Nothing of the caller's installation: no model is paid, no other database written.
        foreign = ("ANTHROPIC_", "DATABASE_URL", "MGE_", "FF_", "PYTEST_", "PORT")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.environment = {**clean, "MGE_DATA_DIR": str(data)}
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> list[str]:
        """A command line of ``manage.py``."""
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def migrate(self) -> None:
        """Make the tables."""
        subprocess.run(self.manage("migrate", "--verbosity", "0"), cwd=ROOT, env=self.environment, check=True)

    def start(self, *, demo: bool = False) -> None:
        """Serve; return once it answers. ``demo`` runs the example first."""
        command = self.manage("serve", "--port", str(self.port), *(["--demo"] if demo else []))
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        wait_until_it_answers(self.process, self.url)

    def stop(self, *, at_once: bool = False) -> None:
        """End it: politely, or as a crash would."""
        if self.process is None:
            return
        if at_once:
            self.process.kill()
        else:
            self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def remote(server: Server) -> Iterator[str]:
    """An address on the loopback for stories about a server that goes away: POST ``/crash`` and ``/start``."""

    class Remote(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path == "/crash":
                server.stop(at_once=True)
            elif self.path == "/start":
                server.start()
            self.send_response(204 if self.path in ("/crash", "/start") else 404)
            self.end_headers()

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    listener = HTTPServer(("127.0.0.1", 0), Remote)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
        listener.server_close()


@contextmanager
def serving(data: Path) -> Iterator[dict[str, str]]:
    """A server with the example, and the environment for the stories."""
    server = Server(data)
    server.migrate()
    try:
        server.start(demo=True)
        passwords = (data / "demo_users.json").read_text()
        with remote(server) as control:
            yield {
                **os.environ,
                "MGE_E2E_URL": server.url,
                "MGE_E2E_USER": USER,
                "MGE_E2E_PASSWORDS": passwords,
                "MGE_E2E_CONTROL": control,
            }
    finally:
        server.stop()


def main(arguments: list[str]) -> int:
    """Serve, run, stop; the exit code is Playwright's."""
    browser = chromium.available()
    if browser is None:
        sys.stderr.write("Not run, no Chromium: the stories in the browser. Install it or set MGE_CHROMIUM.\n")
        return 1 if os.environ.get("CI") == "true" else 0
    with (
        tempfile.TemporaryDirectory(prefix="mge-e2e-", ignore_cleanup_errors=True) as folder,
        serving(Path(folder)) as environment,
    ):
        command = ["npx", "--no-install", "playwright", "test", *arguments]
        environment["MGE_CHROMIUM"] = browser
        return subprocess.run(command, cwd=ROOT / "frontend", env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
