"""Reading keepalived.conf against ``keepalived -t`` on files of 100 to 10,000 blocks.

Usage: keepalived_scale.py [LARGEST]
Needs keepalived on PATH, and root: the daemon runs in a network namespace that has the interfaces named. The last
column is the growth from the row above: 1.0 is linear, 2.0 quadratic.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cfglint.model.build_keepalived import build_keepalived
from cfglint.source import SourceFile
from cfglint.tree import NodeTree

SIZES = (100, 300, 1000, 3000, 10_000)
INTERFACES = 40
INSTANCE = """vrrp_instance VI_{number} {{
    state BACKUP
    interface eth{interface}
    virtual_router_id {vrid}
    priority 100
    advert_int 1
    authentication {{
        auth_type PASS
        auth_pass s3cret
    }}
    virtual_ipaddress {{
        10.{high}.{low}/24
    }}
}}
"""
SERVER = """virtual_server 10.{high}.{low} 80 {{
    delay_loop 6
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 192.168.0.1 80 {{
        weight 1
        TCP_CHECK {{
            connect_timeout 3
        }}
    }}
    real_server 192.168.0.2 80 {{
        weight 1
        TCP_CHECK {{
            connect_timeout 3
        }}
    }}
}}
"""
IN_NAMESPACE = f"""
for i in $(seq 0 {INTERFACES - 1}); do ip link add eth$i type veth peer name peer$i; done
TIMEFORMAT=%R; time keepalived -t -f "$0" >/dev/null 2>&1
"""


def blocks(template: str, count: int) -> str:
    """A file of so many blocks, each with an address of its own."""
    return "".join(
        template.format(
            number=number,
            interface=number // 255,
            vrid=number % 255 + 1,
            high=number // 65536,
            low=f"{number // 256 % 256}.{number % 256}",
        )
        for number in range(count)
    )


def own_seconds(file: Path) -> float:
    """The best of three readings into the model, in seconds."""
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        config = build_keepalived(SourceFile.read(file), NodeTree(file.parent, ""), "lb1", None)
        best = min(best, time.perf_counter() - start)
        if config.problems:
            raise SystemExit(f"the generated file has problems: {config.problems[0]}")
    return best


def daemon_seconds(file: Path) -> float:
    """One run of the daemon's own check, in seconds."""
    command = ["unshare", "-n", "bash", "-c", IN_NAMESPACE, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stderr.split()[-1])


def main() -> None:
    """Print a table a kind of block."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    with tempfile.TemporaryDirectory() as folder:
        for name, template in (("vrrp_instance", INSTANCE), ("virtual_server", SERVER)):
            before: tuple[int, float, float] | None = None
            print(f"{name:16} {'cfglint':>9} {'keepalived -t':>14}  growth of each")
            for size in (size for size in SIZES if size <= largest):
                file = Path(folder) / f"{name}-{size}.conf"
                file.write_text(blocks(template, size))
                own, theirs = own_seconds(file), daemon_seconds(file)
                growth = ""
                if before is not None:
                    steps = math.log(size / before[0])
                    growth = f"{math.log(own / before[1]) / steps:.2f}"
                    growth += f" {math.log(max(theirs, 0.001) / max(before[2], 0.001)) / steps:.2f}"
                print(f"{size:16} {own:8.3f}s {theirs:13.3f}s  {growth}")
                before = (size, own, theirs)


if __name__ == "__main__":
    main()
