"""Reading and checking haproxy.cfg against ``haproxy -c`` on files of 1,000 to 100,000 lines, in several shapes.

Usage: haproxy_scale.py [LARGEST [SHAPE...]]
Needs haproxy on PATH. Times are seconds of CPU, the best of several runs taken in turn, and behind each the multiple
of the daemon's: ``tree``; ``model`` (tree included); ``check``: both and every rule, in this process; ``process``:
``cfglint check FILE`` as a whole, start and report included. Growth is that of the check from the row above: 1.0 is
linear, 2.0 quadratic. The daemon stops after 50 mistakes, so that there is no multiple for files full of them. The
last column is the most memory that the process held, in MB.
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from haproxy_shapes import SHAPES, configuration

from cfglint.engine.check import check_paths
from cfglint.model.build_haproxy import build_haproxy
from cfglint.source import SourceFile
from cfglint.syntax.haproxy import parse_haproxy

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
# Linux's own mark of a process's memory (kB): what wait4 tells counts the parent's, too.
WITH_MEMORY = """
import sys
from cfglint.cli.main import run
try:
    run()
finally:
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], file=sys.stderr)
"""
COLUMNS = ("tree", "model", "check", "process")


def own_seconds(action: Callable[[], object]) -> float:
    """The CPU time that an action takes in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def process_seconds(*command: str) -> tuple[float, float]:
    """The CPU time of another process, and the last number that it wrote to standard error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    last = done.stderr.split()[-1:] or [""]
    number = float(last[0]) if last[0].isdigit() else math.nan
    return used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, number


def measure(file: Path, runs: int) -> tuple[list[float], float]:
    """The best times of the daemon and of each column, in turn, so that all meet the same load; and memory in MB."""
    best = [math.inf] * (len(COLUMNS) + 1)
    memory = 0.0
    for _ in range(runs):
        daemon, _ = process_seconds("haproxy", "-c", "-f", str(file))
        tree = own_seconds(lambda: parse_haproxy(SourceFile.read(file)))
        model = own_seconds(lambda: build_haproxy([SourceFile.read(file)], None))
        check = own_seconds(lambda: check_paths([str(file)]))
        process, memory = process_seconds(sys.executable, "-c", WITH_MEMORY, "check", str(file))
        best = [min(pair) for pair in zip(best, (daemon, tree, model, check, process), strict=True)]
    return best, memory


def main() -> None:
    """Print a table a shape, with a row a size."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    shapes = sys.argv[2:] or list(SHAPES)
    with tempfile.TemporaryDirectory() as folder:
        check_paths([folder])  # loads rules and tables, which is part of the process's time only
        file = Path(folder) / "haproxy.cfg"
        for shape in shapes:
            heads = "".join(f" {name:>8} {'times':>5}" for name in COLUMNS)
            print(f"{shape:<9} {'haproxy':>8}{heads} {'growth':>6} {'MB':>5}")
            last: tuple[int, float] | None = None
            for size in (size for size in SIZES if size <= largest):
                file.write_text(configuration(shape, size), "utf-8")
                (daemon, *own), memory = measure(file, 3 if size > 10_000 else 5)
                growth = math.log(own[2] / last[1]) / math.log(size / last[0]) if last else math.nan
                cells = "".join(f" {seconds:>8.3f} {_times(shape, seconds, daemon):>5}" for seconds in own)
                print(f"{size:>9} {daemon:>8.3f}{cells} {growth:>6.2f} {memory / 1024:>5.0f}")
                last = (size, own[2])


def _times(shape: str, seconds: float, daemon: float) -> str:
    return "-" if shape == "mistakes" else f"{seconds / daemon:.2f}"


if __name__ == "__main__":
    main()
