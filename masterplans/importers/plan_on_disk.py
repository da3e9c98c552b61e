"""A plan file on disk, with the code files that lie beside it."""

from pathlib import Path

from kernel.errors import InvalidInput
from masterplans.domain.importing.layout import MAX_TOTAL_BYTES
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.domain.importing.plan_text import MAX_BYTES
from masterplans.domain.importing.spec import PlanSpec


def plan_of_file(path: str) -> PlanSpec:
    """Read and check a plan file; what it refers to must lie below its own folder, links followed."""
    file = Path(path)
    try:
        real = file.resolve(strict=True)
        data = _bytes(real, MAX_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path cannot be followed"
        raise InvalidInput(f"{path}: the plan file cannot be read: {reason}.") from error
    beside = _Beside(real.parent, file.name)
    return parse_plan(data, name=file.name, read_file=beside.read)


def _bytes(path: Path, limit: int) -> bytes:
    if not path.is_file():
        raise OSError(0, "it is not a regular file")
    with path.open("rb") as file:
        return file.read(limit)


class _Beside:
    """Files below the plan's folder, within the bounds of one import."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.left = MAX_TOTAL_BYTES

    def read(self, relative: str) -> bytes:
        """The bytes of one file; ``relative`` is a checked path."""
        try:
            real = (self.folder / relative).resolve(strict=True)
            if not real.is_relative_to(self.folder):
                raise InvalidInput(f"{self.name}: {relative!r} leads outside the folder of the plan file.")
            content = _bytes(real, self.left + 1)
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "its links form a loop"
            raise InvalidInput(f"{self.name}: {relative!r} cannot be read: {reason}.") from error
        self.left -= len(content)
        if self.left < 0:
            raise InvalidInput(f"{self.name}: the files it refers to are too large together.")
        return content
