"""What tests share: where things are, and what this machine can run."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"


@functools.cache
def shared_folder() -> Path | None:
    """The team's collection of real files, beside the checkout or named by CFGLINT_SHARED; None where it is missing."""
    for place in (os.environ.get("CFGLINT_SHARED"), ROOT.parent / "shared"):
        if place and (Path(place) / "design.md").is_file():
            return Path(place)
    return None


needs_shared = pytest.mark.skipif(shared_folder() is None, reason="the collection of real files is not here")


def shared(relative: str) -> Path:
    """A place in the collection of real files; only for tests that are marked `needs_shared`."""
    folder = shared_folder()
    assert folder is not None
    return folder / relative


@functools.cache
def program(name: str) -> str | None:
    """A program's path, or None."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def needs_program(name: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not installed."""
    return pytest.mark.skipif(program(name) is None, reason=f"{name} is not installed")


@functools.cache
def can_make_namespaces() -> bool:
    """True when this user may make network namespaces."""
    ip = program("ip")
    if ip is None or os.geteuid() != 0:
        return False
    name = f"cfglint-probe-{os.getpid()}"
    made = subprocess.run([ip, "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        subprocess.run([ip, "netns", "del", name], capture_output=True, check=False)
    return made


needs_namespaces = pytest.mark.skipif(not can_make_namespaces(), reason="needs root and network namespaces")
