"""Find a Chromium and an nginx on this machine; run as a program, let the package manager bring what is missing."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["CHROMIUM_FLAGS", "found", "nginx"]

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

_OWN_NGINX = Path(sys.prefix) / "nginx"
"""Unpacked beside the tests' Python: Debian's package, once installed, would serve the world at port 80."""
_DEBIAN_NGINX = ("nginx", "nginx-core", "nginx-light")


def found() -> str | None:
    """The program to start: what CHROMIUM names, else the first known browser on PATH or in its usual place."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    on_path = (shutil.which(name) for name in _NAMES)
    return next(filter(None, on_path), None) or next((place for place in _PLACES if Path(place).is_file()), None)


def nginx() -> str | None:
    """The nginx to start: what NGINX names, else one on PATH, where administrators have it, or beside this Python."""
    named = os.environ.get("NGINX")
    if named:
        return shutil.which(named)
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
    return shutil.which("nginx", path=f"{places}{os.pathsep}{_OWN_NGINX / 'usr/sbin'}")


def _unpacked() -> str | None:
    """Debian's nginx, unpacked and not installed; nothing of the system is touched but apt's lists."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return None
    print("No nginx here: fetching one with apt-get for the deployment tests ...", flush=True)
    prefix = _as_root()
    if prefix is not None:
        _succeeds([*prefix, "apt-get", "update", "-qq"])
    for package in _DEBIAN_NGINX:
        with tempfile.TemporaryDirectory() as folder:
            _succeeds(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package], folder)
            for archive in Path(folder).glob("*.deb"):
                _succeeds(["dpkg", "-x", str(archive), str(_OWN_NGINX)])
        if nginx():
            break
    return nginx()


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


def _succeeds(command: Sequence[str], folder: str | None = None) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    null = subprocess.DEVNULL
    return subprocess.run(command, cwd=folder, env=environment, stdin=null, stdout=null, check=False).returncode == 0


def _main() -> int:
    server = nginx() or (None if os.environ.get("NGINX") else _unpacked())
    print(f"The deployment tests use {server}." if server else "No nginx: the tests of deploy/nginx.conf are skipped.")
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
