"""Where the output goes: width, colours, and writing that never fails on odd text or a closed pipe.

Colours: ``--color`` wins, then ``NO_COLOR`` (https://no-color.org), then ``FORCE_COLOR``, then if it is a terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Literal

from cfglint.report.options import PIPED_WIDTH, RenderOptions

ColourChoice = Literal["auto", "always", "never"]

NARROWEST = 30
"""Cells below which a terminal's width is not believed."""

WIDEST = 120
"""Cells beyond which prose is hard to read, however wide the terminal is."""

_PLAIN_FORMS = str.maketrans(
    {"•": "*", "…": "~", "\u2013": "-", "→": "->", "≥": ">=", "≤": "<=", "·": "-", "\u2212": "-"}
)
"""What stands for our own signs where the output's encoding lacks them."""


def wants_colour(choice: ColourChoice, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to write terminal colours to a stream."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "") not in {"", "0"}:
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def render_options(choice: ColourChoice, stream: IO[str] | None = None) -> RenderOptions:
    """How reports written to a stream (standard output by default) are to look."""
    stream = sys.stdout if stream is None else stream
    colour = wants_colour(choice, stream, os.environ)
    if not stream.isatty():
        return RenderOptions(PIPED_WIDTH, colour)
    columns = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns
    return RenderOptions(min(WIDEST, max(NARROWEST, columns)), colour)


def write_out(text: str, stream: IO[str] | None = None) -> None:
    """Write text to a stream (standard output by default).

    What the stream's encoding cannot express is written in other signs or as an escape. When the reader has gone
    (``cfglint check | head``), the rest is dropped in silence.
    """
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN_FORMS).encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        drop_output(stream)


def drop_output(stream: IO[str]) -> None:
    """Let a stream whose reader has gone swallow everything, also what the interpreter flushes when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def progress(after: float = 1.0) -> Iterator[None]:
    """Show on a terminal's standard error that work goes on, once it takes longer than some seconds.

    Args:
        after: seconds of silence; shorter work shows nothing.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    done = threading.Event()

    def turn() -> None:
        start = time.monotonic()
        if done.wait(after):
            return
        while not done.wait(0.2):
            filled = int((time.monotonic() - start) * 4) % 20
            bar = "".join("#" if (cell - filled) % 20 < 5 else "-" for cell in range(20))
            sys.stderr.write(f"\r[{bar}] checking, {time.monotonic() - start:.0f} s ")
            sys.stderr.flush()
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
