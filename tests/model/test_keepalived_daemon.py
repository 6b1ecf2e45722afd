"""The model's values against those that a running keepalived prints."""

import re
import subprocess
from pathlib import Path

import pytest

from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from tests.keepalived import build
from tests.support import needs_namespaces, needs_program

CONFIG = """global_defs {
  vrrp_mcast_group4 224.0.0.99
}
vrrp_script s {
  script /bin/true
  weight -20;
}
track_file f {
  file /etc/hosts
}
vrrp_instance PLAIN {
  interface eth0
  virtual_router_id 1
  state MASTER
  nopreempt
  advert_int 1.5
  authentication {
    auth_type PASS
    auth_pass 123456789
  }
  virtual_ipaddress {
    10.0.0.1/24
    10.0.0.2/
    10.0.0.300
    fe80::1
  }
  track_script {
    s
  }
}
vrrp_instance SIX {
  interface eth0
  virtual_router_id 2
  virtual_router_id 256
  priority 150;
  advert_int 0.333
  nopreempt
  authentication {
    auth_type PASS
    auth_pass x
  }
  virtual_ipaddress {
    fe80::2/64
  }
  track_script {
    s weight 7 reverse
    undefined
  }
  track_file {
    f weight -254
  }
}
vrrp_instance UNICAST {
  interface eth1
  virtual_router_id 3
  state BACKUP
  priority 255
  priority 90
  preempt_delay 3
  unicast_peer {
    10.0.0.9
    10.0.0.8/24
    fe80::9
  }
  virtual_ipaddress {
    10.0.0.3
  }
}
"""
RUN = """ip link set lo up
for i in 0 1; do
  ip link add eth$i type veth peer name peer$i; ip link set eth$i up; ip link set peer$i up
  ip address add 192.0.2.1$i/24 dev eth$i
done
cd "$0"
files="-p $0/p -r $0/r -c $0/c -b $0/b"
timeout 20 sed '/-< VRRP Scripts/q' < <(exec keepalived -n -d -l -P -f k.conf $files 2>&1)
"""


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the daemon prints about each instance."""
    folder: Path = tmp_path_factory.mktemp("daemon")
    (folder / "k.conf").write_text(CONFIG)
    command = ["unshare", "-nmp", "--mount-proc", "--fork", "--kill-child", "bash", "-c", RUN, str(folder)]
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = [line.split(": ", 1)[-1] for line in printed.splitlines()]
    parts = re.split(r"^ VRRP Instance = (\S+)$", "\n".join(lines).split("------< VRRP Scripts")[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def described(instance: VrrpInstance) -> list[str]:
    """The lines of the daemon's dump that the model predicts."""
    seconds = instance.advert_int.value
    assert not isinstance(seconds, Unknown)
    lines = [
        f"VRRP Version = {instance.version.value}",
        f"Wantstate = {instance.state.value}",
        f"Virtual Router ID = {instance.vrid.value}",
        f"Priority = {instance.priority.value}",
        f"Advert interval = {seconds} sec" if seconds >= 1 else f"Advert interval = {int(seconds * 1000)} milli-sec",
        f"Preempt = {'disabled' if instance.nopreempt else 'enabled'}",
        f"Virtual IP ({len(instance.vips)}):",
    ]
    if not instance.is_unicast:
        lines.append(f"Multicast address {instance.multicast_group.value}")
    if instance.version.value == 2:
        kind = "SIMPLE_PASSWORD" if instance.authentication.kind == "PASS" else "none"
        lines.append(f"Authentication type = {kind}")
    for vip in instance.vips:
        assert not isinstance(vip.address, Unknown)
        full = vip.prefix == (32 if vip.address.version == 4 else 128)
        lines.append(f"{vip.address} dev" if full else f"{vip.address}/{vip.prefix} dev")
    lines += [f"{peer.address} min_ttl" for peer in instance.unicast_peers]
    for track in instance.tracks:
        separator = "," if track.kind == "file" else ""
        lines.append(f"{track.name}{separator} weight {track.weight}{' reverse' if track.reverse else ''}")
    return lines


@pytest.mark.lab
@needs_program("keepalived")
@needs_namespaces
@pytest.mark.parametrize("name", ["PLAIN", "SIX", "UNICAST"])
def test_effective_values_are_those_of_the_daemon(dump: dict[str, str], name: str) -> None:
    (instance,) = (made for made in build(CONFIG, version="2.2.7").instances if made.name == name)
    printed = dump[name]
    assert [line for line in described(instance) if line not in printed] == []
