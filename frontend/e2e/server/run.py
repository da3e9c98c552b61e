"""Run the stories in Chromium against a real server: own data folder, free port, the bundled example really run.

``.venv/bin/python frontend/e2e/server/run.py [arguments of playwright test]``. The stories find ``MGE_E2E_URL``,
``MGE_E2E_USER`` and ``MGE_E2E_PASSWORD`` in their environment. Where no Chromium is and none can be installed, they do
not run: one line says so, and that is a failure only under ``CI=true``.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def serving(data: Path) -> Iterator[dict[str, str]]:
    """A server with the example, and the environment for the stories. Only this server is stopped at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # Nothing of the caller's installation: no model is paid, no other database written.
    foreign = ("ANTHROPIC_", "DATABASE_URL", "MGE_", "FF_", "PYTEST_", "PORT")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment = {**clean, "MGE_DATA_DIR": str(data)}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen([*manage, "serve", "--port", str(port), "--demo"], cwd=ROOT, env=environment)
    try:
        wait_until_it_answers(server, url)
        password = json.loads((data / "demo_users.json").read_text())[USER]
        yield {**os.environ, "MGE_E2E_URL": url, "MGE_E2E_USER": USER, "MGE_E2E_PASSWORD": password}
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


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
