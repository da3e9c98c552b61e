"""A driver that is killed at a step: ``python -m execution.tests.dying RUN MODULE STEP before|after``.

The step's first call kills the process with SIGKILL, before or after its work. Ends with 0 where the step never came.
"""

import importlib
import os
import signal
import sys
import uuid
from typing import Any


def main(run_id: str, module: str, step: str, when: str) -> None:
    """Drive the run. The database, the model and the folder of data are those of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
    import django  # noqa: PLC0415

    django.setup()
    from execution.engine import driver  # noqa: PLC0415

    where = importlib.import_module(module)
    real = getattr(where, step)

    def last(*args: Any, **words: Any) -> None:
        if when == "after":
            real(*args, **words)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(where, step, last)
    driver.drive(uuid.UUID(run_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
