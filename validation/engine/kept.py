"""What generated tests said of a file, kept by its bytes."""

import hashlib
import threading
from collections import OrderedDict

from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.generated import FileGenerated

NOTHING = FileGenerated()  # of a file in which no test can be generated


class Kept:
    """Results by the bytes of a file and its surroundings; what a file's own examples say seldom hangs on others."""

    SIZE = 5000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, FileGenerated] = OrderedDict()

    def find(self, key: str) -> FileGenerated | None:
        """The result kept under a key."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: str, found: FileGenerated) -> None:
        """Keep a result; the oldest goes."""
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self.SIZE:
                self._kept.popitem(last=False)


def key_of(workspace: Workspace, file: WorkspaceFile) -> str:
    """Equal for the same bytes at the same place of the same kind of workspace."""
    about = repr((file.place, workspace.python, workspace.node_modules, workspace.root_package)).encode()
    return hashlib.sha256(about + b"\0" + file.content).hexdigest()


def is_whole(found: FileGenerated) -> bool:
    """Whether everything ran, so that the result may be kept."""
    return not found.reason and all(test.status != "missing" for test in found.doctests.values())
