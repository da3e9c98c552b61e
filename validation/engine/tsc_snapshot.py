"""TypeScript that has started: a snapshot of Node in which the checker is loaded and has read its own declarations.

Starting and reading the declarations is most of a small project's check. The snapshot is made in the sandbox from our
own tools alone, before any project is there, comes out through the result channel, and is shown to runs read-only.
"""

import hashlib
import json
import os
import platform
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from validation.sandbox import runner
from validation.sandbox.spec import MIB, Ending, Limits, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, TOOLCHAIN_FOLDER, ToolRoot

SCRIPT = "tsc_check.cjs"
PLACE = "/opt/mge-tsc.blob"
_PARTS = (SCRIPT, "tsc_program.cjs", "tsc_promises.cjs")
_CONFIG, _BLOB = "/tmp/tsc_check.json", "/tmp/tsc.blob"  # noqa: S108 - inside the sandbox
_EMPTY = "/work/empty.ts"
_KEPT_SECONDS = 86_400.0  # those of other tools may still be in use for a while
_MAKE = f'"$1" --snapshot-blob {_BLOB} --build-snapshot {INSIDE}/{SCRIPT} {_CONFIG} && exec "$1" -e "$2"'
_SEND = f"""const fs = require("fs");
fs.createReadStream("{_BLOB}").pipe(fs.createWriteStream("", {{ fd: Number(process.env.MGE_RESULT_FD) }}));"""
_lock = threading.Lock()
_failed: set[str] = set()
os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.Lock()))


def snapshot(cache: Path, root: ToolRoot, config: Mapping[str, object]) -> Path | None:
    """The snapshot for ``config`` (without its files), kept in ``cache``; made where it is not there yet.

    None where this Node cannot make one, or ``cache`` is no absolute path: then the checker starts as usual.
    """
    if not cache.is_absolute():
        return None
    key = _key(root, config)
    target = cache / f"tsc-{key}.blob"
    with _lock:
        if target.is_file():
            return target
        if key in _failed:
            return None
        outcome = _made(root, config)
        if outcome.ending is Ending.REFUSED:  # perhaps there is a sandbox later
            return None
        if outcome.exit_code != 0 or not outcome.result or not _kept(outcome.result, target):
            _failed.add(key)
            return None
        return target


def forget(target: Path) -> None:
    """Give up a snapshot with which the checker did not start, for the life of this process."""
    _failed.add(target.name.removeprefix("tsc-").removesuffix(".blob"))
    target.unlink(missing_ok=True)


def _key(root: ToolRoot, config: Mapping[str, object]) -> str:
    node = Path(root.argv[0]).stat()
    about = (root.argv, node.st_size, node.st_mtime_ns, platform.machine(), json.dumps(config, sort_keys=True))
    whole = hashlib.sha256(repr(about).encode())
    for part in (*(INSIDE_FOLDER / name for name in _PARTS), TOOLCHAIN_FOLDER / "package-lock.json"):
        whole.update(hashlib.sha256(part.read_bytes()).digest())
    return whole.hexdigest()[:32]


def _made(root: ToolRoot, config: Mapping[str, object]) -> SandboxOutcome:
    return runner.run(
        SandboxRequest(
            argv=("/bin/sh", "-c", _MAKE, "sh", root.argv[0], _SEND),
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
            files={_EMPTY: b"export {};\n", _CONFIG: json.dumps({**config, "files": [_EMPTY]}).encode()},
            limits=Limits(
                wall_seconds=120.0, cpu_seconds=120.0, memory_bytes=3072 * MIB, processes=128, open_files=1024,
                file_bytes=256 * MIB, disk_bytes=256 * MIB, output_bytes=MIB,
            ),
            result_channel=True,
            result_bytes=256 * MIB,
        )
    )  # fmt: skip


def _kept(blob: bytes, target: Path) -> bool:
    """Write it whole or not at all, and take away what nobody has made use of for long."""
    making = target.with_suffix(f".{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        making.write_bytes(blob)
        making.chmod(0o644)  # the sandbox reads it as another user
        making.rename(target)
        for other in target.parent.glob("tsc-*"):
            if other != target and other.stat().st_mtime < time.time() - _KEPT_SECONDS:
                other.unlink(missing_ok=True)
    except OSError:  # a full or read-only disk: the checker starts as usual
        making.unlink(missing_ok=True)
        return False
    return True
