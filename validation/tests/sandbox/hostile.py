"""Hostile snippets: what each tries, and how it must be held. Run inside the sandbox by ``test_hostile``."""

from dataclasses import dataclass, field
from pathlib import Path

from validation.sandbox.spec import MIB, Ending, Limits

PROJECT = Path(__file__).resolve().parents[3]

PRELUDE = """
import ctypes, errno, os, signal, socket, subprocess, sys, threading, time
LIBC = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return result
def attempt(what):
    try:
        value = what()
    except OSError as error:
        print("HELD", errno.errorcode.get(error.errno, error.errno))
    except (ValueError, MemoryError, RuntimeError) as error:
        print("HELD", type(error).__name__)
    else:
        print("LEAK", repr(value))
def write(path, text="x"):
    with open(path, "w") as target:
        target.write(text)
"""


@dataclass(frozen=True)
class Held:
    """An attempt that one of these errors must answer."""

    name: str
    attempt: str
    errors: tuple[str, ...] = ("EPERM",)


@dataclass(frozen=True)
class Bounded:
    """A snippet that a limit must end, or that must end in order and have printed ``prints``."""

    name: str
    code: str
    endings: tuple[Ending, ...]
    limits: Limits = field(default_factory=lambda: Limits(wall_seconds=5.0, cpu_seconds=4.0))
    prints: str = ""


HELD = (
    Held("tcp", "lambda: socket.socket(socket.AF_INET)"),
    Held("udp6", "lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"),
    Held("raw packets", "lambda: socket.socket(17, socket.SOCK_RAW)"),
    Held("netlink", "lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
    Held("vsock", "lambda: socket.socket(40, socket.SOCK_STREAM)"),
    Held("kernel crypto socket", "lambda: socket.socket(38, socket.SOCK_SEQPACKET)"),
    Held("socket by the x32 table", "lambda: call(0x40000000 + 41, 2, 1, 0)"),
    Held("socket family with high bits", "lambda: call(41, (1 << 32) + 2, 1, 0)"),
    Held("host accounts", "lambda: open('/etc/passwd').read()", ("ENOENT",)),
    Held("home folders", "lambda: os.listdir('/home')", ("ENOENT",)),
    Held("keys of root", "lambda: os.listdir('/root/.ssh')", ("ENOENT",)),
    Held("the project's tree", f"lambda: open({str(PROJECT / 'manage.py')!r}).read()", ("ENOENT",)),
    Held("run folder", "lambda: os.listdir('/run')", ("ENOENT",)),
    Held("way out over pid 1", "lambda: os.listdir('/proc/1/root/etc')", ("ENOENT", "EACCES")),
    Held("way out over cwd of pid 1", "lambda: os.listdir('/proc/1/cwd/home')", ("ENOENT", "EACCES")),
    Held("link to the host", "lambda: (os.symlink('/etc/shadow', '/work/l'), open('/work/l').read())", ("ENOENT",)),
    Held("kernel setting", "lambda: write('/proc/sys/kernel/core_pattern', '|/work/x')", ("EROFS", "EACCES")),
    Held("magic system request", "lambda: write('/proc/sysrq-trigger', 'b')", ("EROFS", "EACCES", "ENOENT")),
    Held("kernel memory", "lambda: open('/proc/kcore', 'rb').read(1)", ("EACCES", "EPERM", "ENOENT")),
    Held("kernel log", "lambda: open('/proc/kmsg').read(1)", ("EACCES", "EPERM")),
    Held("disk device", "lambda: open('/dev/vda', 'rb')", ("ENOENT",)),
    Held("own device file", "lambda: os.mknod('/work/disk', 0o60666, os.makedev(254, 0))"),
    Held("write into the root", "lambda: write('/planted')", ("EROFS",)),
    Held("write into the system", "lambda: write('/usr/bin/planted')", ("EROFS",)),
    Held("write into the interpreter", "lambda: write(os.__file__)", ("EROFS", "EACCES")),
    Held("mount", "lambda: call(165, b'tmpfs', b'/work', b'tmpfs', 0, None)"),
    Held("new mount calls", "lambda: call(430, b'tmpfs', 0)"),
    Held("unmount", "lambda: call(166, b'/work', 2)"),
    Held("new user namespace", "lambda: call(272, 0x10000000)"),
    Held("clone into a namespace", "lambda: call(56, 0x10000000 | 17, 0, 0, 0, 0)"),
    Held("clone3", "lambda: call(435, 0, 0)", ("ENOSYS",)),
    Held("enter a namespace", "lambda: call(308, os.open('/proc/1/ns/mnt', os.O_RDONLY), 0)", ("EPERM", "EACCES")),
    Held("chroot", "lambda: os.chroot('/tmp')"),
    Held("ptrace of pid 1", "lambda: call(101, 16, 1, 0, 0)"),
    Held("memory of another process", "lambda: call(310, 1, 0, 0, 0, 0, 0)"),
    Held("steal a descriptor", "lambda: call(438, os.pidfd_open(1), 0, 0)"),
    Held("bpf", "lambda: call(321, 0, 0, 0)"),
    Held("userfaultfd", "lambda: call(323, 0)"),
    Held("io_uring", "lambda: call(425, 8, ctypes.create_string_buffer(256))"),
    Held("performance counters", "lambda: call(298, 0, 0, -1, -1, 0)"),
    Held("keyring", "lambda: call(250, 0, -3, 0, 0, 0)"),
    Held("uncounted memory file", "lambda: os.memfd_create('x')"),
    Held("uncounted shared memory", "lambda: call(29, 0, 1 << 20, 0o1600)"),
    Held("message queue", "lambda: call(68, 0, 0o1600)"),
    Held("load a kernel", "lambda: call(246, 0, 0, 0, 0)"),
    Held("open by handle", "lambda: call(304, 3, 0, 0)"),
    Held("become root", "lambda: os.setuid(0)", ("EPERM", "EINVAL")),
    Held("become root's group", "lambda: os.setgid(0)", ("EPERM", "EINVAL")),
    Held("take groups", "lambda: os.setgroups([0])"),
    Held("take back capabilities", "lambda: call(126, bytes.fromhex('2205082000000000'), b'\\xff' * 24)"),
    Held("raise a limit", "lambda: __import__('resource').setrlimit(6, (9999, 9999))", ("ValueError", "EPERM")),
    Held("type into a terminal", "lambda: __import__('fcntl').ioctl(0, 0x5412, b'x')"),
    Held("rename the machine", "lambda: socket.sethostname('owned')"),
    Held("set the clock", "lambda: time.clock_settime(time.CLOCK_REALTIME, 0)"),
    Held("lower the nice value", "lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)", ("EACCES", "EPERM")),
    Held("signal a host process", "lambda: os.kill(HOST_PID, 9)", ("ESRCH",)),
    Held("signal the judge by number", "lambda: os.kill(3999999, 9)", ("ESRCH",)),
    Held("escape the memory killer", "lambda: write('/proc/self/oom_score_adj', '-1000')", ("EACCES", "EPERM")),
    Held("too many open files", "lambda: [open('/dev/null') for _ in range(5000)]", ("EMFILE",)),
    Held("one file too large", "lambda: write('/work/big', 'x' * (17 << 20))", ("EFBIG",)),
    Held(
        "fill the disk",
        "lambda: [write(f'/{f}/{i}', 'x' * (8 << 20)) for i in range(9) for f in ('work', 'tmp', 'dev/shm')]",
        ("ENOSPC",),
    ),
    Held("use up inodes", "lambda: [write(f'/tmp/{i}', '') for i in range(9000)]", ("ENOSPC",)),
    Held("one process takes all memory", "lambda: bytearray(1 << 30)", ("MemoryError",)),
)

_SMALL = Limits(wall_seconds=4.0, cpu_seconds=1.0, memory_bytes=96 * MIB, processes=24)

BOUNDED = (
    Bounded("sleep for ever", "time.sleep(60)", (Ending.TIMEOUT,), Limits(wall_seconds=0.4)),
    Bounded(
        "deaf to signals",
        "[signal.signal(s, signal.SIG_IGN) for s in range(1, 32) if s not in (9, 19)]\nwhile True: time.sleep(1)",
        (Ending.TIMEOUT,),
        Limits(wall_seconds=0.4),
    ),
    Bounded(
        "processor over many processes",
        "[os.fork() for _ in range(3)]\nwhile True: pass",
        (Ending.TIMEOUT,),
        Limits(wall_seconds=8.0, cpu_seconds=0.5),
    ),
    Bounded(
        "memory over many processes",
        "[os.fork() for _ in range(2)]\nx = bytearray(b'1') * (48 << 20)\ntime.sleep(8)",
        (Ending.KILLED,),
        _SMALL,
    ),
    Bounded(
        "shared anonymous memory",
        "import mmap\nm = mmap.mmap(-1, 200 << 20)\nfor i in range(0, 200 << 20, 4096): m[i] = 1\ntime.sleep(8)",
        (Ending.KILLED,),
        _SMALL,
    ),
    Bounded(
        "fork storm",
        "n = 0\nwhile n < 500:\n  try:\n    if os.fork() == 0: time.sleep(20)\n  except BlockingIOError: break\n"
        "  n += 1\nprint('FORKS', 'few' if n < 30 else n, flush=True)\nos._exit(0)",
        (Ending.EXITED,),
        _SMALL,
        "FORKS few",
    ),
    Bounded(
        "fork bomb",
        "while True:\n  try: os.fork()\n  except OSError: time.sleep(0.05)",
        (Ending.TIMEOUT, Ending.KILLED),
        Limits(wall_seconds=1.0, cpu_seconds=1.0, processes=16),
    ),
    Bounded(
        "thread storm",
        "n = 0\ntry:\n  while n < 500: threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); n += 1\n"
        "except (RuntimeError, MemoryError): print('THREADS', 'few' if n < 30 else n, flush=True)\nos._exit(0)",
        (Ending.EXITED,),
        _SMALL,
        "THREADS few",
    ),
    Bounded(
        "output flood",
        "while True: os.write(1, b'x' * 65536)",
        (Ending.KILLED,),
        Limits(wall_seconds=8.0, output_bytes=4096),
    ),
    Bounded(
        "result flood",
        "while True: os.write(int(os.environ['MGE_RESULT_FD']), b'x' * 65536)",
        (Ending.KILLED,),
        Limits(),
    ),
    Bounded(
        "kill everything", "os.kill(-1, 9)\ntime.sleep(9)", (Ending.EXITED, Ending.TIMEOUT), Limits(wall_seconds=1.0)
    ),
    Bounded(
        "kill pid 1",
        "os.kill(1, 9)\nprint('ALIVE')",
        (Ending.EXITED,),
        prints="ALIVE",
    ),
    Bounded(
        "background daemon holds the output",
        "if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(300)\n"
        "print('LEFT', flush=True)\nos._exit(0)",
        (Ending.EXITED,),
        prints="LEFT",
    ),
    Bounded("crash", "ctypes.string_at(0)", (Ending.EXITED,)),
    Bounded(
        "32-bit system call",
        "import mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(bytes.fromhex('b814000000cd80c3'))\n"
        "print('LEAK', ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))(), flush=True)",
        (Ending.EXITED,),
    ),
    Bounded("broken text", "os.write(1, b'\\x00\\xff\\xed\\xa0\\x80ok')", (Ending.EXITED,), prints="ok"),
    Bounded("stopped by itself", "os.kill(os.getpid(), signal.SIGSTOP)", (Ending.TIMEOUT,), Limits(wall_seconds=0.4)),
)

# What the suite must hold, by name of a snippet here, of a forged program, or of a test.
KINDS = {
    "network": ("tcp", "udp6", "raw packets", "netlink", "vsock", "socket by the x32 table"),
    "files": ("host accounts", "home folders", "keys of root", "the project's tree", "disk device",
              "write into the root"),
    "environment": ("test_environment_of_the_host_is_not_seen",),
    "processes": ("ptrace of pid 1", "memory of another process", "signal a host process", "steal a descriptor"),
    "memory": ("one process takes all memory", "memory over many processes", "shared anonymous memory",
               "uncounted memory file"),
    "disk": ("fill the disk", "one file too large"),
    "inodes": ("use up inodes",),
    "output floods": ("output flood", "result flood", "floods the answer"),
    "fork storms": ("fork storm", "fork bomb", "thread storm", "processor over many processes"),
    "signals": ("deaf to signals", "kill everything", "kill pid 1", "stopped by itself"),
    "symlinks": ("link to the host",),
    "os._exit(0)": ("leaves with status 0 on import", "leaves with status 0 on call"),
    "patching pytest": ("patches pytest", "stops assertions by tracing", "replaces builtins"),
    "forging reports": ("patches reports", "writes reports into every descriptor", "speaks the protocol ahead"),
    "background daemons": ("background daemon holds the output", "test_nothing_of_a_run_outlives_it"),
    "escaping by /proc": ("way out over pid 1", "way out over cwd of pid 1", "enter a namespace", "kernel setting"),
}  # fmt: skip
