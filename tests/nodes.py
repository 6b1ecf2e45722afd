"""Node directories written by tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from cfglint.engine.check import check_paths, read_fleet
from cfglint.engine.result import Result
from cfglint.model.cluster import Fleet
from cfglint.model.version import Target


def instance(
    name: str = "WEB",
    *,
    state: str = "MASTER",
    priority: int | None = 150,
    vrid: int | None = 51,
    interface: str = "eth0",
    vips: Iterable[str] = ("192.0.2.10/24",),
    password: str = "",
    more: str = "",
) -> str:
    """The text of one vrrp_instance."""
    lines = [f"vrrp_instance {name} {{", f"    state {state}", f"    interface {interface}"]
    if vrid is not None:
        lines.append(f"    virtual_router_id {vrid}")
    if priority is not None:
        lines.append(f"    priority {priority}")
    if password:
        lines += ["    authentication {", "        auth_type PASS", f"        auth_pass {password}", "    }"]
    lines += ["    virtual_ipaddress {", *(f"        {vip}" for vip in vips), "    }"]
    if more:
        lines.append(more)
    return "\n".join([*lines, "}", ""])


def write_nodes(folder: Path, nodes: Mapping[str, str | Mapping[str, str]]) -> list[str]:
    """Write node directories; a text alone is the node's keepalived.conf. Returns their paths."""
    paths: list[str] = []
    for name, content in nodes.items():
        files = {"keepalived.conf": content} if isinstance(content, str) else content
        for relative, text in files.items():
            place = folder / name / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        paths.append((folder / name).as_posix())
    return paths


def check_nodes(folder: Path, nodes: Mapping[str, str | Mapping[str, str]]) -> Result:
    """Write node directories and check them."""
    return check_paths(write_nodes(folder, nodes))


def fleet_of(folder: Path, nodes: Mapping[str, str | Mapping[str, str]]) -> Fleet:
    """Write node directories and read them."""
    return read_fleet(write_nodes(folder, nodes), Target())[0]


def rules_found(result: Result) -> list[str]:
    """The rules that reported, sorted."""
    return sorted(finding.rule for finding in result.findings)
