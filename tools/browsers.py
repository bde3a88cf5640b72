"""Find a browser of the Chromium family for the browser tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
REMEDY = (
    "Install Chromium (Debian, Ubuntu: sudo apt-get install chromium), Chrome or Edge,\n"
    "or set OPENVMO_CHROMIUM to the program's path."
)


def find_browser(environment: Mapping[str, str] = os.environ) -> str | None:
    """The path of a browser: the one named by OPENVMO_CHROMIUM, else the first that is found; None without one."""
    named = environment.get("OPENVMO_CHROMIUM")
    if named:
        return shutil.which(named)
    found = (shutil.which(command, path=environment.get("PATH")) for command in COMMANDS)
    return next((path for path in found if path), None) or next(
        (place for place in PLACES if Path(place).exists()), None
    )
