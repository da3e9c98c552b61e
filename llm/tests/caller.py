"""A worker that makes calls and is started again when it is killed: ``python -m llm.tests.caller COUNT THREADS``.

Each worker is a fork; its pid is printed. The attempts are numbered 1 to COUNT. Nobody else calls, so a call that is in
``sent`` when a worker starts belongs to a dead one.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import dj_database_url
import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def main(count: int, threads: int) -> None:
    """Fork workers until one comes to its end. The database and the model are those of the environment."""
    settings.configure(
        INSTALLED_APPS=["llm"],
        DATABASES={"default": dj_database_url.config() | {"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}}},
        USE_TZ=True,
        SECRET_KEY="none",
        ANTHROPIC_API_KEY=None,
        ANTHROPIC_BASE_URL=os.environ["ANTHROPIC_BASE_URL"],
        MGE_MODEL_PROFILES=json.loads(os.environ["MGE_MODEL_PROFILES"]),
        MGE_REQUEST_TIMEOUT_SECONDS=30.0,
    )
    django.setup()
    call_command("migrate", "llm", verbosity=0)
    connection.close()
    while True:
        pid = os.fork()
        if pid == 0:
            work(count, threads)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        if os.waitpid(pid, 0)[1] == 0:
            return


def work(count: int, threads: int) -> None:
    """Make the calls."""
    from llm import gateway  # noqa: PLC0415  # its models need the apps
    from llm.messages import ModelRequest  # noqa: PLC0415

    def one(attempt: int) -> None:
        request = ModelRequest(model="scripted", system=("Shared.",), prompt=f"Write {attempt}.", max_tokens=100)
        try:
            gateway.call(
                request,
                run_id=UUID(int=1),
                atom_id=UUID(int=2),
                attempt=attempt,
                purpose="generate",
                stale_after=timedelta(0),
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(1, count + 1)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
