"""First stage for a root worker, a script of its own (``python -I -S enter.py UID JSON BWRAP-ARGUMENTS...``).

In a private mount namespace it shows each wanted host path under /tmp/N, read-only and owned by the sandbox's user
(an id-mapped mount, where the file system knows it), so that neither a folder closed to others above it nor its own
mode stands in the way. Then it becomes that user for good and turns into bubblewrap: the code never has host uid 0.
Failures go to standard error and end with status 97.
"""

import ctypes
import json
import os
import struct
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_AT_FDCWD, _AT_EMPTY_PATH = -100, 0x1000
_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_REC, _MS_PRIVATE, _MS_NOSUID = 0x4000, 0x40000, 2
_TREE_CLONE, _TREE_CLOEXEC, _MOVE_EMPTY_PATH = 1, 0o2000000, 4
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV, _ATTR_IDMAP = 1, 2, 4, 0x100000
FAILED = 97
STAGE = "/tmp"  # noqa: S108 - covered by a tmpfs of this process's own namespace, nobody else sees it


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _id_map(owner: os.stat_result, uid: int) -> int:
    """Return a descriptor of a user namespace that maps the owner's ids to ``uid``; its process is gone after."""
    ready_r, ready_w = os.pipe()
    done_r, done_w = os.pipe()
    child = os.fork()
    if child == 0:
        status = _LIBC.unshare(_CLONE_NEWUSER)
        os.write(ready_w, b"y" if status == 0 else b"n")
        os.close(done_w)
        os.read(done_r, 1)
        os._exit(0)
    try:
        if os.read(ready_r, 1) != b"y":
            raise OSError("no user namespaces")
        for name, number in (("uid_map", owner.st_uid), ("gid_map", owner.st_gid)):
            with open(f"/proc/{child}/{name}", "w") as target:  # noqa: PTH123 - pathlib costs 5 ms here
                target.write(f"{number} {uid} 1")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        for fd in (done_w, done_r, ready_r, ready_w):
            os.close(fd)
        os.waitpid(child, 0)


def _clone_tree(host: str, uid: int, maps: dict[tuple[int, int], int]) -> int:
    """Return a detached read-only copy of the mount at ``host`` whose files belong to ``uid``."""
    tree = _check(
        _LIBC.syscall(_OPEN_TREE, _AT_FDCWD, host.encode(), _TREE_CLONE | _TREE_CLOEXEC), f"cannot show {host}"
    )
    owner = os.fstat(tree)
    flags = _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV
    key = (owner.st_uid, owner.st_gid)
    if key not in maps:
        maps[key] = _id_map(owner, uid)
    mapped = struct.pack("=QQQQ", flags | _ATTR_IDMAP, 0, 0, maps[key])
    if _LIBC.syscall(_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH, mapped, len(mapped)) != 0:
        # This file system knows no id mapping: the files stay as they are, readable if they are so for everybody.
        plain = struct.pack("=QQQQ", flags, 0, 0, 0)
        _check(_LIBC.syscall(_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH, plain, len(plain)), f"cannot protect {host}")
    return tree


def _stage(hosts: list[str], uid: int) -> None:
    _check(_LIBC.unshare(_CLONE_NEWNS), "cannot make a mount namespace")
    _check(_LIBC.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "cannot make mounts private")
    maps: dict[tuple[int, int], int] = {}
    trees = [_clone_tree(host, uid, maps) for host in hosts]
    _check(_LIBC.mount(b"tmpfs", STAGE.encode(), b"tmpfs", _MS_NOSUID, b"mode=755,size=1m"), "cannot mount the stage")
    for index, (host, tree) in enumerate(zip(hosts, trees, strict=True)):
        target = f"{STAGE}/{index}"
        if os.path.isdir(f"/proc/self/fd/{tree}"):  # noqa: PTH112
            os.mkdir(target)  # noqa: PTH102
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        moved = _LIBC.syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), _MOVE_EMPTY_PATH)
        _check(moved, f"cannot place {host}")


def main() -> None:
    """Stage, become the unprivileged user, turn into bubblewrap."""
    uid, hosts, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    try:
        _stage(hosts, uid)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        os.chdir("/")
        os.execve(command[0], command, dict(os.environ))  # noqa: S606 - this is what the stage is for
    except OSError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(FAILED)


main()
