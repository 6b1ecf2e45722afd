import sys
from pathlib import Path

import pytest

from cfglint.model.addresses import HostAddresses, read_host_addresses
from cfglint.tree import NodeTree


def read(root: Path, files: dict[str, str]) -> HostAddresses:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return read_host_addresses(NodeTree(root, "n1"))


def carried(host: HostAddresses) -> list[str]:
    return [f"{entry.interface} {entry.address} {entry.span.line}" for entry in host.addresses]


FIRST = """\
network:
  version: 2
  ethernets:
    lo:
      addresses: [10.0.0.1/32]
    eth0:
      addresses:
        - 10.0.0.71/24
        - 10.0.0.80/32: {lifetime: 0, label: "eth0:x"}
      routes:
        - to: default
          via: 10.0.0.254
        - {to: 10.9.0.0/16, via: 10.0.0.5}
        - {to: default, via: 10.0.0.6, table: 100}
"""


def test_addresses_and_routes_with_their_places(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    host = read(tmp_path, {"etc/netplan/01-a.yaml": FIRST})
    assert carried(host) == ["lo 10.0.0.1/32 5", "eth0 10.0.0.71/24 8", "eth0 10.0.0.80/32 9"]
    assert [(str(route.gateway), route.span.line) for route in host.default_routes] == [("10.0.0.254", 12)]
    assert [str(route.network) for route in host.routes] == ["10.9.0.0/16"]
    assert host.policy_routing is not None
    assert host.networkd == {"lo": "", "eth0": ""}
    assert host.known


def test_later_files_add_addresses_and_replace_scalars(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    files = {
        "etc/netplan/01-a.yaml": FIRST,
        "lib/netplan/01-a.yaml": FIRST.replace("10.0.0.71", "10.0.0.99"),
        "run/netplan/99-z.yaml": (
            "network:\n  renderer: NetworkManager\n  ethernets:\n    eth0:\n      dhcp4: yes\n"
            "      addresses: [10.0.0.90/24]\n"
        ),
    }
    host = read(tmp_path, files)
    assert [line.split()[1] for line in carried(host)] == [
        "10.0.0.1/32",
        "10.0.0.71/24",
        "10.0.0.80/32",
        "10.0.0.90/24",
    ]
    assert list(host.dynamic) == ["eth0"]
    assert host.networkd == {}


def test_an_entry_matched_by_address_is_for_an_interface_of_unknown_name(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    entry = "network:\n  ethernets:\n    nic:\n      match: {macaddress: '00:11:22:33:44:55'}\n"
    host = read(tmp_path / "a", {"etc/netplan/a.yaml": entry})
    assert not host.names_complete
    named = read(tmp_path / "b", {"etc/netplan/a.yaml": f"{entry}      set-name: lan0\n"})
    assert list(named.interfaces) == ["lan0"]


@pytest.mark.parametrize(
    "text", ["network: [", "a: &a [*a]\n", "- 1\n", "network:\n  ethernets: 7\n", "x: " + "[" * 3000, "\tnetwork:\n"]
)
def test_text_that_is_no_netplan_is_a_problem_and_no_fault(tmp_path: Path, text: str) -> None:
    pytest.importorskip("yaml")
    assert carried(read(tmp_path, {"etc/netplan/a.yaml": text})) == []


def test_without_pyyaml_the_addresses_are_unknown_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    host = read(tmp_path, {"etc/netplan/a.yaml": FIRST})
    assert host.unreadable is not None
    assert "cfglint[netplan]" in host.unreadable.why
    assert not host.known
