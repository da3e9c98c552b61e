"""The system-call filter of the sandbox, as a classic BPF program for x86_64.

Everything that a test run needs passes; refused is what reaches other kernels' attack surface, memory that no limit
counts, other processes, or a second sandbox: see the names below. ``socket`` passes for AF_UNIX alone, because a
network namespace does not stop vsock. A namespace flag in ``clone`` is refused; ``clone3``, whose flags lie in memory
that a filter cannot read, answers ENOSYS, upon which libc takes ``clone``.
"""

import errno
import platform
import struct

MACHINE = "x86_64"
_AUDIT_ARCH = 0xC000003E
_X32_BIT = 0x40000000
_AF_UNIX = 1
_NAMESPACE_FLAGS = 0x7E020080  # NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME
_TIOCSTI = 0x5412

_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000

_LOAD, _EQUAL, _SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16

_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR, _IOCTL = 56, 435, 41, 53, 16

REFUSED = {
    "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "msgget": 68, "ptrace": 101, "syslog": 103,
    "uselib": 134, "personality": 135, "ustat": 136, "modify_ldt": 154, "pivot_root": 155, "_sysctl": 156,
    "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167,
    "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
    "create_module": 174, "init_module": 175, "delete_module": 176, "get_kernel_syms": 177, "query_module": 178,
    "quotactl": 179, "nfsservctl": 180, "lookup_dcookie": 212, "clock_settime": 227, "mbind": 237,
    "set_mempolicy": 238, "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "migrate_pages": 256, "unshare": 272, "move_pages": 279, "perf_event_open": 298, "fanotify_init": 300,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "memfd_create": 319, "kexec_file_load": 320,
    "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
}  # fmt: skip


def supported() -> bool:
    """Return whether the filter knows this machine; on another one the sandbox refuses."""
    return platform.machine() == MACHINE and struct.calcsize("P") == 8


def _instruction(code: int, value: int, *, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)


def _answer(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)


def _on_argument(number: int, argument: int, test: int, value: int, *, refuse_on_match: bool) -> bytes:
    """For one system call: look at the low half of one argument, then answer EPERM or allow."""
    outcome = (_answer(errno.EPERM), _instruction(_RETURN, _ALLOW))
    first, second = outcome if refuse_on_match else outcome[::-1]
    return b"".join(
        (
            _instruction(_EQUAL, number, false=4),
            _instruction(_LOAD, _ARGUMENT + 8 * argument),
            _instruction(test, value, false=1),
            first,
            second,
        )
    )


def program() -> bytes:
    """Return the instructions, eight bytes each, in the order the kernel reads them."""
    parts = [
        _instruction(_LOAD, _ARCH),
        _instruction(_EQUAL, _AUDIT_ARCH, true=1),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD, _NUMBER),
        _instruction(_SET, _X32_BIT, false=1),
        _answer(errno.EPERM),
        _instruction(_EQUAL, _CLONE3, false=1),
        _answer(errno.ENOSYS),
    ]
    for number in sorted(REFUSED.values()):
        parts += [_instruction(_EQUAL, number, false=1), _answer(errno.EPERM)]
    parts += [
        _on_argument(_SOCKET, 0, _EQUAL, _AF_UNIX, refuse_on_match=False),
        _on_argument(_SOCKETPAIR, 0, _EQUAL, _AF_UNIX, refuse_on_match=False),
        _on_argument(_CLONE, 0, _SET, _NAMESPACE_FLAGS, refuse_on_match=True),
        _on_argument(_IOCTL, 1, _EQUAL, _TIOCSTI, refuse_on_match=True),
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(parts)
