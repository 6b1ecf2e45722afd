"""A pair's whole check against both daemons' own checks of the same files, in one run, as a ratio.

Usage: seed_pair.py [FOLDER-OF-NODES [ROUNDS]]
Needs haproxy and keepalived on PATH. The daemons may refuse a file (no such interface, removed keyword): only their
time counts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]


def seconds(command: list[str]) -> float:
    """Whole-process time of one command, in seconds."""
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Time both sides alternately and print the medians and their ratio."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures/deployments/haproxy-separate-network"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    haproxy = [["haproxy", "-c", "-f", str(file)] for file in sorted(folder.rglob("haproxy.cfg"))]
    keepalived = [["keepalived", "-t", "-f", str(file)] for file in sorted(folder.rglob("keepalived.conf"))]
    # As after an ordinary installation, which compiles what it installs.
    packages = [str(ROOT / name) for name in ("cfglint", "rules", "grammars")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *packages], check=True)
    own: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        own.append(seconds([sys.executable, "-m", "cfglint", "check", str(folder)]))
        theirs.append(sum(seconds(command) for command in (*haproxy, *keepalived)))
    print(f"cfglint check {folder}: {median(own):.3f} s")
    print(f"{len(haproxy)} x haproxy -c and {len(keepalived)} x keepalived -t: {median(theirs):.3f} s")
    print(f"ratio of the medians over {rounds} rounds: {median(own) / median(theirs):.2f}")


if __name__ == "__main__":
    main()
