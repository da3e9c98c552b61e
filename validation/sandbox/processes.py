"""What the processes of one sandbox use, seen from outside: all of them descend from the pid 1 of its namespace."""

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Resident bytes (shared pages counted once for each process) and processor seconds, reaped children included."""

    resident_bytes: int
    cpu_seconds: float
    pids: tuple[int, ...]


def _descendants(root: int) -> list[int]:
    found, waiting = [root], [root]
    while waiting:
        pid = waiting.pop()
        try:
            threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - twenty times a second, strings are enough
        except OSError:
            continue  # it ended meanwhile
        for thread in threads:
            try:
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
            except OSError:
                continue
            found += map(int, children)
            waiting += map(int, children)
    return found


def usage(root: int) -> Usage:
    """Measure now. A process that ends meanwhile counts as nothing."""
    resident, ticks = 0, 0
    pids = _descendants(root)
    for pid in pids:
        try:
            resident += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            fields = Path(f"/proc/{pid}/stat").read_bytes().rsplit(b")", 1)[1].split()
            ticks += sum(int(value) for value in fields[11:15])
        except (OSError, IndexError):
            continue
    return Usage(resident * _PAGE, ticks / _TICKS, tuple(pids))


def proportional_bytes(pids: tuple[int, ...]) -> int | None:
    """Return the memory with shared pages counted once; nothing where the kernel does not tell. Takes milliseconds."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except FileNotFoundError:
            continue
        except ProcessLookupError:
            continue
        except OSError:
            return None
        line = next((line for line in rollup.splitlines() if line.startswith("Pss:")), None)
        total += int(line.split()[1]) * 1024 if line else 0
    return total
