"""The Chromium that end-to-end tests drive through Playwright."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def path() -> str | None:
    """Where it is: KICC_CHROMIUM, else the first of the usual names on the path, else None."""
    named = os.environ.get("KICC_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def launch_arguments() -> list[str]:
    """Arguments for Playwright's launch: Chromium's sandbox refuses root, and small /dev/shm breaks it."""
    return ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def describe() -> str:
    """Version for the header of the run."""
    found = path()
    if found is None:
        return "Chromium: none"
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return f"Chromium {next((word for word in said if word[:1].isdigit()), '?')}"
