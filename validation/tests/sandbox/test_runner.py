"""The interface: what a run is given and gives back, who it runs as, and that nothing runs without a sandbox."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kernel.errors import InvalidInput
from validation.sandbox import command, selftest
from validation.sandbox.runner import _Slots, run
from validation.sandbox.spec import MIB, Ending, Limits, Mount, SandboxRequest
from validation.sandbox.strict.python_judge import judge_python
from validation.sandbox.strict.verdict import Verdict
from validation.sandbox.toolroots import NODE_MODULES, node_root, python_root

pytestmark = pytest.mark.sandbox


def shell(script: str, **more: object) -> SandboxRequest:
    return SandboxRequest(argv=("/bin/sh", "-c", script), **more)  # type: ignore[arg-type]


def test_request_reaches_the_command_and_results_come_back(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "closed" / "secret.txt").write_text("shown\n")
    outcome = run(
        shell(
            "cat a/b.txt shown/closed/secret.txt -; echo $COLOUR; pwd; echo result >&$MGE_RESULT_FD;"
            "echo said > /dev/stderr;"
            "echo x > shown/new || exit 7",
            cwd="/work/here",
            files={"/work/here/a/b.txt": b"file\n"},
            mounts=(Mount(host=tmp_path, inside="/work/here/shown"),),
            env={"COLOUR": "red"},
            stdin=b"stdin\n",
            result_channel=True,
        )
    )
    lines = outcome.output.splitlines()
    assert lines[:6] == ["file", "shown", "stdin", "red", "/work/here", "said"]
    assert "Read-only" in lines[6]
    assert (outcome.ending, outcome.exit_code, outcome.result) == (Ending.EXITED, 7, b"result\n")
    assert list(tmp_path.iterdir()) == [tmp_path / "closed"]


def test_death_by_a_signal_is_a_negative_exit_code() -> None:
    assert run(shell("kill -9 $$")).exit_code == -9


def test_unknown_command_is_refused_without_blaming_the_sandbox() -> None:
    outcome = run(SandboxRequest(argv=("/nowhere",)))
    assert (outcome.ending, outcome.reason) == (Ending.REFUSED, "command: /nowhere: No such file or directory")


def test_files_beyond_the_disk_limit_are_refused_without_blaming_the_sandbox() -> None:
    outcome = run(shell("true", files={"/work/big": bytes(2 * MIB)}, limits=Limits(disk_bytes=MIB)))
    assert (outcome.ending, outcome.reason) == (Ending.REFUSED, "files: they: No space left on device")


@pytest.mark.parametrize(
    "request_with_fault",
    [
        shell("true", files={"/etc/passwd": b""}),
        shell("true", files={"/work/../etc/passwd": b""}),
        shell("true", cwd="work"),
        shell("true", mounts=(Mount(host=Path("/nowhere"), inside="/opt/x"),)),
        shell("true", mounts=(Mount(host=Path("/usr"), inside="/proc"),)),
    ],
)
def test_contradicting_request_is_invalid_input(request_with_fault: SandboxRequest) -> None:
    with pytest.raises(InvalidInput):
        run(request_with_fault)


def test_many_threads_each_get_their_own() -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: run(shell(f"echo {n} > mine; ls; cat mine")), range(12)))
    assert [outcome.output for outcome in outcomes] == [f"mine\n{n}\n" for n in range(12)]


def test_python_and_node_run_with_their_packages(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "index.js").write_text("module.exports = 42")
    python, node = python_root(), node_root(str(tmp_path))
    show = "import pytest, sys; print(sys.prefix)"
    packages = run(SandboxRequest(argv=(*python.argv, "-c", show), mounts=python.mounts))
    assert packages.output == "/opt/venv\n", packages
    files = {"/work/main.cjs": b"console.log(require('there'), require.resolve('there'))"}
    required = run(SandboxRequest(argv=(*node.argv, "/work/main.cjs"), mounts=node.mounts, files=files))
    assert required.output == f"42 {NODE_MODULES}/there/index.js\n", required


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_bubblewrap", lambda: None)
    monkeypatch.setattr(selftest, "_cache", selftest._Cache())
    outcome = run(shell("true"))
    assert outcome.ending is Ending.REFUSED
    assert outcome.reason.startswith("no sandbox: bubblewrap not found: install")
    judgement = judge_python(code="x = 1", tests="import atom\ndef test(): assert atom.x == 1")
    assert judgement.verdict is Verdict.REFUSED
    out = StringIO()
    call_command("sandbox_check", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"] is False


def test_a_wall_that_does_not_stand_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_cache", selftest._Cache())
    monkeypatch.setattr(selftest, "_EXPECTED_FOLDERS", selftest._EXPECTED_FOLDERS - {"work"})
    outcome = run(shell("true"))
    assert outcome.ending is Ending.REFUSED
    assert outcome.reason.startswith("no sandbox: the self-test failed (no host folders, ")
    assert "sandbox_check" in outcome.reason


def test_the_walls_are_tried_again_after_five_minutes_and_sooner_where_one_fell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, tried = [0.0], list[float]()

    def perform() -> selftest.SelfTest:
        tried.append(clock[0])
        return selftest.SelfTest(items=(), reason="" if len(tried) < 3 else "no sandbox: gone", backend="")

    monkeypatch.setattr(selftest, "_cache", selftest._Cache())
    monkeypatch.setattr(selftest, "perform", perform)
    monkeypatch.setattr("validation.sandbox.selftest.time.monotonic", lambda: clock[0])
    for clock[0] in (1000.0, 1299.0, 1301.0, 1602.0, 1616.0, 1618.0):
        selftest.check()
    assert tried == [1000.0, 1301.0, 1602.0, 1618.0]


def test_a_snippet_is_bounded_as_promised_and_as_many_run_at_once_as_there_are_cores() -> None:
    assert asdict(Limits()) == {
        "wall_seconds": 10.0, "cpu_seconds": 8.0, "memory_bytes": 1024 * MIB, "processes": 64, "open_files": 128,
        "file_bytes": 16 * MIB, "disk_bytes": 64 * MIB, "inodes": 4096, "output_bytes": 256 * 1024,
    }  # fmt: skip
    fresh = _Slots()
    with ExitStack() as held:
        for _ in range(os.cpu_count() or 1):
            held.enter_context(fresh.one())
        assert not fresh._semaphore.acquire(blocking=False)
    assert fresh._semaphore.acquire(blocking=False)


def test_other_machines_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert "x86_64" in selftest.perform().reason


AS_USER = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.unshare(0x20000)
libc.mount(None, b"/", None, 0x44000, None)
prefix, tree = sys.argv[1:3]
trees = [os.open(path, os.O_PATH) for path in (prefix, tree)]
for top, path, tree_fd in (("/" + prefix.split("/")[1], prefix, trees[0]), ("/" + tree.split("/")[1], tree, trees[1])):
    if os.stat(top).st_mode & 0o5 == 0o5:
        continue
    libc.mount(b"tmpfs", top.encode(), b"tmpfs", 0, b"mode=755")
    os.makedirs(path)
    libc.mount(f"/proc/self/fd/{tree_fd}".encode(), path.encode(), None, 4096, None)
os.setgroups([])
os.setresgid(4321, 4321, 4321)
os.setresuid(4321, 4321, 4321)
os.execv(sys.argv[3], sys.argv[3:])
"""


def test_it_holds_for_an_ordinary_user_too() -> None:
    """Root becomes one for it; whoever is one already needs not, and in CI nothing may be skipped."""
    tree = Path(__file__).parents[3]
    code = (
        "import os\nfrom validation.sandbox.selftest import perform\n"
        "test = perform()\nprint(os.getuid(), test.ok, test.reason, [i for i in test.items if 'user' in i.name])"
    )
    arguments = [str(command.interpreter_prefix()[0]), str(tree), sys.executable, "-c", code]
    user = os.getuid() or 4321
    done = subprocess.run(
        [sys.executable, "-c", code] if os.getuid() else [sys.executable, "-I", "-S", "-c", AS_USER, *arguments],
        capture_output=True,
        text=True,
        cwd=tree,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.stdout.startswith(f"{user} True"), done
    assert f"host uid {user}" in done.stdout


def test_check_code_judges_files(tmp_path: Path) -> None:
    code, tests, out = tmp_path / "code.py", tmp_path / "tests.py", StringIO()
    code.write_text("def double(n): return n * 2\n")
    tests.write_text("from atom import double\ndef test(): assert double(2) == 4\n")
    call_command("check_code", code=code, tests=tests, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert {"verdict", "forgeable", "output", "detail"} == set(answer)
    assert (answer["verdict"], answer["forgeable"]) == ("passed", False)


@pytest.mark.parametrize(
    ("name", "content", "language", "said"),
    [
        ("code.py", b"\xff\xfe", None, "--code: {path} is not UTF-8 at byte 0"),
        ("code.rs", b"fn main() {}", None, "cannot tell the language of {path}"),
        ("code.py", b"", "cobol", "--language: 'cobol' is not one of python, javascript, typescript"),
        ("missing", None, None, "--code: {path} is not a file"),
    ],
)
def test_check_code_says_what_is_wrong_with_the_input(
    tmp_path: Path, name: str, content: bytes | None, language: str | None, said: str
) -> None:
    code, tests = tmp_path / name, tmp_path / "tests.py"
    tests.write_text("def test(): pass\n")
    if content is not None:
        code.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("check_code", code=code, tests=tests, language=language, json=True)
    assert caught.value.returncode == 2
    assert said.format(path=code) in str(caught.value)
    assert "\n" not in str(caught.value)
