"""How long `cfglint failover` takes for many pairs: reading them, and simulating every single fault.

python benchmarks/failover_pairs.py [PAIRS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from cfglint.analysis.failover import simulate
from cfglint.engine.check import read_fleet
from cfglint.model.version import Target

NODE = """global_defs {{
  router_id {name}
}}
vrrp_script chk {{
  script "/usr/bin/pgrep haproxy"
  interval 2
  weight {weight}
}}
vrrp_instance VI_1 {{
  state BACKUP
  interface eth0
  virtual_router_id {vrid}
  priority {priority}
  track_script {{
    chk
  }}
  track_interface {{
    eth1
  }}
  virtual_ipaddress {{
    10.{high}.{low}.100/24
  }}
}}
"""


def write_pairs(folder: Path, count: int) -> None:
    """Write so many pairs of node directories, no two alike."""
    for number in range(count):
        for side in range(2):
            name = f"p{number}-{'ab'[side]}"
            place = folder / name / "keepalived.conf"
            place.parent.mkdir()
            place.write_text(
                NODE.format(
                    name=name,
                    weight=-(number % 200) - 2,
                    vrid=number % 255 + 1,
                    priority=(150, 100)[side] - number % 40,
                    high=number // 250,
                    low=number % 250,
                )
            )


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory(prefix="cfglint-pairs-") as folder:
        write_pairs(Path(folder), count)
        started = time.perf_counter()
        fleet, _ = read_fleet([folder], Target())
        read = time.perf_counter()
        result = simulate(fleet)
        done = time.perf_counter()
    print(
        f"{count} pairs, {len(result.scenarios)} scenarios: read {read - started:.2f} s, simulated {done - read:.2f} s"
    )


if __name__ == "__main__":
    main()
