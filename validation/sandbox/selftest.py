"""Proves from inside that the walls stand, before anything foreign runs and again every few minutes."""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kernel.errors import Unavailable
from validation.sandbox import command
from validation.sandbox.box import Box, refusal, warmth_of
from validation.sandbox.spec import Ending, Limits, SandboxOutcome, SandboxRequest

VALID_SECONDS = 300.0
RETRY_SECONDS = 15.0  # a failure may have been the machine's bad minute
_ADVICE = (
    "check that unprivileged user namespaces are allowed (sysctl user.max_user_namespaces above 0,"
    " kernel.apparmor_restrict_unprivileged_userns=0 or a profile for bwrap; in a container: seccomp and AppArmor"
    " profiles that let bubblewrap work), then run: manage.py sandbox_check"
)
_LIMITS = Limits(wall_seconds=5.0, cpu_seconds=4.0)
_EXPECTED_FOLDERS = {".mge", "bin", "dev", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr", "work"}
_EXPECTED_ENVIRONMENT = {
    "PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "MGE_RESULT_FD",
}  # fmt: skip

_PROBE = r"""
import errno, json, os, socket
def refused(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno, "?")
    return "allowed"
def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
space = os.statvfs("/work")
facts = {
    "capabilities": [status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
    "no_new_privs": status["NoNewPrivs"].strip(),
    "seccomp": status["Seccomp"].strip(),
    "pids": [int(name) for name in os.listdir("/proc") if name.isdigit()],
    "host_uid": int(open("/proc/self/uid_map").read().split()[1]),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:]],
    "inet": refused(lambda: socket.socket(socket.AF_INET)),
    "vsock": refused(lambda: socket.socket(40, socket.SOCK_STREAM)),
    "netlink": refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    "root": refused(lambda: os.open("/planted", os.O_CREAT | os.O_WRONLY)),
    "usr": refused(lambda: os.open("/usr/planted", os.O_CREAT | os.O_WRONLY)),
    "folders": sorted(os.listdir("/")),
    "environment": sorted(os.environ),
    "space": [space.f_blocks * space.f_frsize, space.f_files],
    "namespaces": {name: link("/proc/self/ns/" + name) for name in ("pid", "net", "ipc", "uts", "user", "mnt")},
}
os.write(int(os.environ["MGE_RESULT_FD"]), json.dumps(facts).encode())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestItem:
    """One wall: does it stand, and what was seen."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """All walls. ``reason`` is empty when all stand; else it begins with ``no sandbox: `` and names the fix."""

    items: tuple[SelfTestItem, ...]
    reason: str
    backend: str

    @property
    def ok(self) -> bool:
        """Whether foreign code may run here."""
        return not self.reason


def _item(name: str, ok: bool, detail: object) -> SelfTestItem:
    return SelfTestItem(name=name, ok=ok, detail=str(detail))


def judge(facts: Mapping[str, object], own_namespaces: Mapping[str, str]) -> tuple[SelfTestItem, ...]:
    """Judge what the probe saw inside against what this process sees outside."""
    inside = facts["namespaces"]
    shared = [n for n, link in own_namespaces.items() if isinstance(inside, dict) and inside.get(n) in (link, "", None)]
    pids, space = facts["pids"], facts["space"]
    sockets = {family: facts[family] for family in ("inet", "vsock", "netlink")}
    foreign = [name for name in _strings(facts["environment"]) if name not in _EXPECTED_ENVIRONMENT]
    return (
        _item(
            "capabilities zero", all(int(c, 16) == 0 for c in _strings(facts["capabilities"])), facts["capabilities"]
        ),
        _item("no_new_privs", facts["no_new_privs"] == "1", facts["no_new_privs"]),
        _item("seccomp filter on", facts["seccomp"] == "2", facts["seccomp"]),
        _item("host user is not root", facts["host_uid"] != 0, f"host uid {facts['host_uid']}"),
        _item("own namespaces", not shared, f"shared with the host: {shared}" if shared else "all of them"),
        _item("own processes only", isinstance(pids, list) and len(pids) <= 3, f"{pids}"),
        _item("no network", set(_strings(facts["interfaces"])) <= {"lo"}, f"interfaces {facts['interfaces']}"),
        _item("no sockets but unix", all(answer == "EPERM" for answer in sockets.values()), sockets),
        _item("read-only root", facts["root"] == facts["usr"] == "EROFS", f"/: {facts['root']}, /usr: {facts['usr']}"),
        _item("no host folders", not _unwanted(facts["folders"]), facts["folders"]),
        _item("clean environment", not foreign, f"foreign: {foreign}" if foreign else "only ours"),
        _item("disk and inode limits", space == [_LIMITS.disk_bytes, _LIMITS.inodes + 8], f"bytes, inodes: {space}"),
    )


def _strings(value: object) -> list[str]:
    return [str(element) for element in value] if isinstance(value, list) else []


def _unwanted(folders: object) -> set[str]:
    """The interpreter's own prefix keeps its place, so the first folder of its path is there, empty but for it."""
    prefix = command.interpreter_prefix()[0]
    return set(_strings(folders)) - _EXPECTED_FOLDERS - {prefix.parts[1]}


def _own_namespaces() -> dict[str, str]:
    return {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in ("pid", "net", "ipc", "uts", "user", "mnt")}


def perform() -> SelfTest:
    """Run the self-test now."""
    found = command.find_bubblewrap()
    backend = f"bubblewrap at {found.binary}" if found else "none"
    lacking = command.missing()
    if lacking is not None:
        return SelfTest(items=(), reason=f"no sandbox: {lacking}", backend=backend)
    python = str(command.interpreter_prefix()[1])
    probe = "/tmp/probe.py"  # noqa: S108 - inside the sandbox
    cold = SandboxRequest(argv=(python, "-I", probe), files={probe: _PROBE.encode()}, limits=_LIMITS,
                          result_channel=True)  # fmt: skip
    items: list[SelfTestItem] = []
    for request, how in ((cold, ""), (replace(cold, preload=("socket",)), ", loaded ahead")):
        outcome = _probe(request)
        if outcome.ending is not Ending.EXITED or outcome.exit_code != 0:
            said = outcome.reason or outcome.output.strip()[-300:] or f"the probe ended with {outcome.exit_code}"
            reason = f"no sandbox: {said.removeprefix('no sandbox: ')}; {_ADVICE}"
            return SelfTest(items=(), reason=reason, backend=backend)
        found_inside = judge(json.loads(outcome.result), _own_namespaces())
        items += [replace(item, name=item.name + how) for item in found_inside]
    failed = ", ".join(item.name for item in items if not item.ok)
    reason = f"no sandbox: the self-test failed ({failed}); {_ADVICE}" if failed else ""
    return SelfTest(items=tuple(items), reason=reason, backend=backend)


def _probe(request: SandboxRequest) -> SandboxOutcome:
    try:
        with Box(request.mounts, warmth_of(request)) as box:
            return box.run(request)
    except Unavailable as error:
        return refusal(error.message)


class _Cache:
    def __init__(self) -> None:
        self.last: SelfTest | None = None
        self.at = 0.0
        self.renew()

    def renew(self) -> None:
        """After a fork another thread of the parent may hold the lock for ever."""
        self.lock = threading.Lock()


_cache = _Cache()
os.register_at_fork(after_in_child=_cache.renew)


def check(*, fresh: bool = False) -> SelfTest:
    """Return the newest self-test of this process; it is done again every five minutes, or at once if ``fresh``."""
    with _cache.lock:
        valid = VALID_SECONDS if _cache.last is not None and _cache.last.ok else RETRY_SECONDS
        if fresh or _cache.last is None or time.monotonic() - _cache.at > valid:
            _cache.last = perform()
            _cache.at = time.monotonic()
        return _cache.last
