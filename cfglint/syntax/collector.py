"""The garbage collector, paused while files are read and checked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Pause the cyclic garbage collector: a big file makes many small objects, none of them garbage.

    With 100,000 lines the collector would take half of a check's time, going through what is all in use.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
