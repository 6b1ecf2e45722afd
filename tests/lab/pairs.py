"""Random pairs: what may differ between two nodes, as files and as a fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.lab.drawing import draw_distinct

VIPS = ("10.9.0.100", "10.9.0.101")
ADDRESSES = {"a": "10.9.0.11", "b": "10.9.0.12"}
NOBODY = "10.9.0.99"

FILTERS = {
    "none": "",
    "input drops": "table inet f {\n chain i {\n  type filter hook input priority 0; policy accept;\n"
    "  meta l4proto 112 drop\n }\n}\n",
    "output drops": "table inet f {\n chain o {\n  type filter hook output priority 0; policy accept;\n"
    "  meta l4proto 112 drop\n }\n}\n",
    "multicast only": "table inet f {\n chain i {\n  type filter hook input priority 0; policy drop;\n"
    '  iif "lo" accept\n  ip daddr 224.0.0.18 accept\n }\n}\n',
    "established": "table inet f {\n chain i {\n  type filter hook input priority 0; policy drop;\n"
    '  iif "lo" accept\n  ct state established,related accept\n }\n}\n',
    "fewer hops": "table ip m {\n chain o {\n  type filter hook output priority 0; policy accept;\n"
    "  ip protocol 112 ip ttl set 254\n }\n}\n",
    "vrrp accepted": "table inet f {\n chain i {\n  type filter hook input priority 0; policy drop;\n"
    '  iif "lo" accept\n  ip protocol vrrp accept\n }\n}\n',
}


@dataclass(frozen=True)
class Side:
    """One node of a random pair."""

    priority: int
    state: str
    auth: str
    interval: int
    vrrp: int
    vips: int
    weight: int
    nopreempt: bool
    filter: str
    peer: str


@dataclass(frozen=True)
class Pair:
    """Two nodes, the keepalived versions they run, and what breaks."""

    a: Side
    b: Side
    versions: tuple[str, str]
    unicast: bool
    fault: tuple[str, str]

    def side(self, name: str) -> Side:
        """One of the two nodes."""
        return self.a if name == "a" else self.b

    def files(self, name: str, folder: Path) -> dict[str, str]:
        """The files of one node whose directory is ``folder``."""
        side, other = self.side(name), "b" if name == "a" else "a"
        peer = ADDRESSES[other] if side.peer == "right" else NOBODY
        lines = [
            "global_defs {",
            f"  router_id {name}",
            "  script_user root",
            "  enable_script_security",
            f"  vrrp_version {side.vrrp}",
            "}",
            "vrrp_script chk {",
            f'  script "/usr/bin/test -e {folder}/fine"',
            "  interval 1",
            "  fall 1",
            "  rise 1",
            "}",
            "vrrp_instance VI {",
            f"  state {side.state}",
            "  interface eth0",
            "  virtual_router_id 51",
            f"  priority {side.priority}",
            f"  advert_int {side.interval}",
            *(["  nopreempt"] if side.nopreempt else []),
            *([f"  unicast_src_ip {ADDRESSES[name]}", f"  unicast_peer {{\n    {peer}\n  }}"] if self.unicast else []),
            *_auth(side),
            "  track_script {",
            f"    chk weight {side.weight}",
            "  }",
            "  virtual_ipaddress {",
            *(f"    {vip}/24" for vip in VIPS[: side.vips]),
            "  }",
            "}",
        ]
        return {
            "etc/keepalived/keepalived.conf": "\n".join(lines) + "\n",
            "etc/sysconfig/network-scripts/ifcfg-eth0": f"DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=none\n"
            f"IPADDR={ADDRESSES[name]}\nPREFIX=24\n",
            "etc/nftables.conf": FILTERS[side.filter] or "table inet empty {\n}\n",
            "fine": "",
        }


def _auth(side: Side) -> list[str]:
    if side.auth == "none":
        return []
    kind, _, word = side.auth.partition(" ")
    return ["  authentication {", f"    auth_type {kind}", f"    auth_pass {word}", "  }"]


def sides() -> st.SearchStrategy[Side]:
    """One node; most values are the usual ones, so that several differences seldom hide each other."""
    usual = st.sampled_from
    return st.builds(
        Side,
        priority=st.one_of(st.integers(1, 255), usual([1, 99, 100, 101, 150, 254, 255])),
        state=usual(["MASTER", "BACKUP", "BACKUP"]),
        auth=usual(["none"] * 8 + ["PASS one", "PASS other", "AH one"]),
        interval=usual([1] * 9 + [2]),
        vrrp=usual([2] * 9 + [3]),
        vips=usual([1, 1, 1, 1, 2]),
        weight=usual([0, -10, -60, -120, 10, 60, 120]),
        nopreempt=usual([False, False, True]),
        filter=usual(["none"] * 8 + sorted(FILTERS)),
        peer=usual(["right"] * 6 + ["wrong"]),
    )


FAULTS = ("none", "stop", "kill", "cable", "check", "check on both")


@st.composite
def pairs(draw: st.DrawFn, versions: tuple[str, ...]) -> Pair:
    """A pair: both sides alike in what must agree, more often than not."""
    one, other = draw(sides()), draw(sides())
    if draw(st.booleans()):
        other = Side(
            **{**other.__dict__, **{name: getattr(one, name) for name in ("auth", "interval", "vrrp", "vips")}}
        )
    chosen = st.sampled_from(versions)
    fault = (draw(st.sampled_from(FAULTS)), draw(st.sampled_from(["a", "b"])))
    return Pair(one, other, (draw(chosen), draw(chosen)), draw(st.booleans()), fault)


def draw_pairs(count: int, versions: tuple[str, ...]) -> list[Pair]:
    """So many different random pairs."""
    return draw_distinct(pairs(versions), count)
