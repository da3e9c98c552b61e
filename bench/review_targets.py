"""The packages on which the queue is measured officially: nobody tuned anything on them before their first look.

Source distributions at pinned versions, small and without dependencies of their own, whose tests pass where
nothing but this project is installed.
"""

import subprocess
import sys
import tarfile
from pathlib import Path

OFFICIAL = ("addict==2.4.0", "munch==4.0.0", "simpleeval==1.0.8", "cachetools==8.0.2")
SECONDS = 120


def official(folder: Path) -> list[str]:
    """Folders of the official packages below ``folder``; what is not there yet is downloaded by pip and unpacked.

    Raises :class:`subprocess.CalledProcessError` where pip does not find one, with what pip says on stderr.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [str(_unpacked(pinned, folder.resolve())) for pinned in OFFICIAL]


def _unpacked(pinned: str, folder: Path) -> Path:
    place = folder / pinned.replace("==", "-")
    if not place.is_dir():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(folder), pinned], check=True, timeout=SECONDS)
        with tarfile.open(f"{place}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    return place
