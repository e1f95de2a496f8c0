"""Find a Chromium on this machine; run as a program, install one by the system's package manager if there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["CHROMIUM_FLAGS", "found"]

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)
"""What a Chromium needs in a container, and what keeps it from talking to anybody but the page."""

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "brave-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_INSTALLERS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("apt-get", (("update", "-qq"), ("install", "-qq", "-y", "--no-install-recommends", "chromium"))),
    ("dnf", (("install", "-q", "-y", "chromium"),)),
    ("apk", (("add", "--quiet", "chromium"),)),
    ("pacman", (("-Sy", "--noconfirm", "chromium"),)),
    ("brew", (("install", "--quiet", "--cask", "chromium"),)),
)
"""Each package manager and what it is told, in order. Homebrew runs as the user, the others as root."""


def found() -> str | None:
    """The program to start: what CHROMIUM names, else the first known browser on PATH or in its usual place."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    on_path = (shutil.which(name) for name in _NAMES)
    return next(filter(None, on_path), None) or next((place for place in _PLACES if Path(place).is_file()), None)


def _installed() -> str | None:
    for manager, steps in _INSTALLERS:
        if shutil.which(manager) is None:
            continue
        prefix = [] if manager == "brew" else _as_root()
        if prefix is None:
            continue
        print(f"No Chromium here: installing one with {manager} for the browser tests ...", flush=True)
        if all(_succeeds([*prefix, manager, *step]) for step in steps):
            return found()
    return None


def _as_root() -> list[str] | None:
    """What to write before a command that only root may run; `None` where this user may not."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _succeeds(command: Sequence[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def _main() -> int:
    browser = found() or (None if os.environ.get("CHROMIUM") else _installed())
    if browser:
        print(f"The browser tests use {browser}.")
        return 0
    print(
        "make test drives the page in a browser, but none was found and none could be installed: install Chromium, "
        "Chrome or Edge, or set CHROMIUM to the path of one (now: "
        f"{os.environ.get('CHROMIUM') or 'not set'}), and call make test again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(_main())
