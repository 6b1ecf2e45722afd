"""Reading haproxy.cfg against ``haproxy -c`` on files of 1,000 to 100,000 lines.

Usage: haproxy_scale.py [LARGEST]
Needs haproxy on PATH. Times are seconds, the best of several runs taken in turn; ``tree`` and ``model`` (tree
included) are also given as multiples of the daemon's time. The last column is the model's growth from the row above:
1.0 is linear, 2.0 quadratic.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cfglint.model.build_haproxy import build_haproxy
from cfglint.source import SourceFile
from cfglint.syntax.haproxy import parse_haproxy

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
HEAD = """global
    daemon
    maxconn 20000
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:8080
"""


def lines() -> Iterator[str]:
    """An endless configuration: backends of ten servers, with checks, rules, comments and quotes."""
    yield from HEAD.splitlines()
    number = 0
    while True:
        yield f"backend pool{number}"
        yield "    balance roundrobin"
        yield "    option httpchk GET /health"
        yield f"    # the pool of customer {number}"
        yield ""
        for server in range(1, 11):
            address = f"10.{number // 250 % 250}.{number % 250}.{server}:8080"
            yield f"    server app{number}-{server} {address} check inter 2s rise 2 fall 3 weight {server} maxconn 100"
        yield f'    http-request set-header X-Pool "pool {number}" if {{ path_beg /p{number} }}'
        yield f"    http-request deny if {{ src 10.0.0.{number % 250} }}"
        number += 1


def configuration(count: int) -> str:
    """The first so many lines, complete enough for the daemon."""
    source = lines()
    return "".join(f"{next(source)}\n" for _ in range(count))


def seconds(action: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure(file: Path, runs: int) -> tuple[float, float, float]:
    """The best times of the daemon, of the tree, and of tree and model; in turn, so that all meet the same load."""
    best = [math.inf, math.inf, math.inf]
    for _ in range(runs):
        actions: tuple[Callable[[], object], ...] = (
            lambda: subprocess.run(["haproxy", "-c", "-f", file], capture_output=True, check=True),
            lambda: parse_haproxy(SourceFile.read(file)),
            lambda: build_haproxy([SourceFile.read(file)], None),
        )
        best = [min(old, seconds(action)) for old, action in zip(best, actions, strict=True)]
    return best[0], best[1], best[2]


def main() -> None:
    """Print a row a size."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    print(f"{'lines':>7} {'haproxy':>8} {'tree':>7} {'times':>5} {'model':>7} {'times':>5} {'growth':>6}")
    last: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "haproxy.cfg"
        for size in (size for size in SIZES if size <= largest):
            file.write_text(configuration(size))
            daemon, tree, model = measure(file, 3 if size > 10_000 else 7)
            growth = math.log(model / last[1]) / math.log(size / last[0]) if last else math.nan
            print(
                f"{size:>7} {daemon:>8.3f} {tree:>7.3f} {tree / daemon:>5.2f} {model:>7.3f} {model / daemon:>5.2f} "
                f"{growth:>6.2f}"
            )
            last = (size, model)


if __name__ == "__main__":
    main()
