"""The browser of the stories: the system's Chromium. Playwright downloads none."""

import os
import shutil
import subprocess
import sys

USUAL = "/usr/bin/chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def installed() -> str | None:
    """The path of a Chromium: ``MGE_CHROMIUM`` alone where it is set, else the usual place, else one on the path."""
    named = os.environ.get("MGE_CHROMIUM")
    if named:
        return shutil.which(named)
    return shutil.which(USUAL) or next((found for found in map(shutil.which, NAMES) if found), None)


def available() -> str | None:
    """As :func:`installed`; where none is, Debian's package is installed first, if this user may do that."""
    found = installed()
    apt = shutil.which("apt-get")
    if found or "MGE_CHROMIUM" in os.environ or apt is None or os.geteuid() != 0:
        return found
    sys.stderr.write("Installing chromium for the stories in the browser\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.stderr.write(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}\n")
            break
    return installed()
