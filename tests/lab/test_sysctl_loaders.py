"""The two loaders run on the same files as the model, in namespaces of their own."""

import subprocess
from pathlib import Path

import pytest

from cfglint.model.kernel import read_kernel_settings
from cfglint.tree import NodeTree
from tests.support import needs_namespaces, needs_program, program

LOADER = Path("/lib/systemd/systemd-sysctl")
pytestmark = [pytest.mark.lab, needs_namespaces, needs_program("sysctl"), needs_program("unshare")]

INTERFACES = ("all", "enp0s8", "enp0s8.100")
KEYS = ("arp_ignore", "arp_announce", "rp_filter")
FOLDERS = ("etc/sysctl.d", "run/sysctl.d", "usr/lib/sysctl.d", "usr/local/lib/sysctl.d")
ALL = "net.ipv4.conf.all.arp_ignore"
CASES = {
    "same-name": {
        "etc/sysctl.d/50-a.conf": f"{ALL}=2\n",
        "usr/lib/sysctl.d/50-a.conf": f"{ALL}=1\nnet.ipv4.conf.all.arp_announce=2\n",
    },
    "run-hides-usr": {"run/sysctl.d/50-a.conf": f"{ALL}=2\n", "usr/lib/sysctl.d/50-a.conf": f"{ALL}=1\n"},
    "sorted-by-name": {"etc/sysctl.d/10-a.conf": f"{ALL}=2\n", "usr/lib/sysctl.d/99-z.conf": f"{ALL}=1\n"},
    "main-and-link": {
        "etc/sysctl.conf": f"{ALL}=2\n",
        "etc/sysctl.d/99-sysctl.conf": "-> ../sysctl.conf",
        "etc/sysctl.d/99-z.conf": f"{ALL}=1\n",
    },
    "no-conf-suffix": {"etc/sysctl.d/a.conf.bak": f"{ALL}=2\n", "etc/sysctl.d/a": f"{ALL}=1\n"},
    "mask": {"etc/sysctl.d/50-a.conf": "-> /dev/null", "usr/lib/sysctl.d/50-a.conf": f"{ALL}=1\n"},
    "vlan": {
        "etc/sysctl.d/a.conf": (
            "net.ipv4.conf.enp0s8/100.arp_ignore=1\nnet/ipv4/conf/enp0s8.100/arp_announce=2\n"
            "-net.ipv4.conf.enp0s8.100.rp_filter=1\n"
        )
    },
    "globs": {
        "etc/sysctl.d/a.conf": "net.ipv4.conf.enp0s8.arp_ignore=2\n",
        "etc/sysctl.d/b.conf": f"net.ipv4.conf.*.arp_ignore=1\n-{ALL}\n",
    },
    "odd-lines": {
        "etc/sysctl.d/a.conf": (
            f"; note\n{ALL} = 1 # x\r\nnet.ipv4.conf.all.arp_announce=02\nno equals\n"
            'net.ipv4.conf.enp0s8.arp_ignore="1"\nNET.ipv4.conf.enp0s8.arp_announce=1\n'
        )
    },
    "last-wins": {"etc/sysctl.d/a.conf": f"{ALL}=1\n{ALL}=0x2\nnet.ipv4.conf.enp0s8.arp_announce=-1\n"},
}


def prepare(root: Path, files: dict[str, str]) -> None:
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    for name, text in {"etc/sysctl.conf": "", **files}.items():
        if text.startswith("-> "):
            (root / name).symlink_to(text.removeprefix("-> "))
        else:
            (root / name).write_bytes(text.encode())


def observe(root: Path, loader: str) -> dict[str, int]:
    """Let a loader read the files in fresh namespaces, and read the interfaces' values."""
    binds = "mount -t tmpfs none /run && mount -t tmpfs none /usr/local/lib && " + " && ".join(
        f"mkdir -p /{folder} && mount --bind {root}/{folder} /{folder}" for folder in FOLDERS
    )
    script = (
        f"{binds} && mount --bind {root}/etc/sysctl.conf /etc/sysctl.conf && mount -t sysfs none /sys && "
        "ip link add enp0s8 type veth peer name p8 && ip link add enp0s8.100 type veth peer name p9 && "
        f"{{ {loader} >/dev/null 2>&1 || true; }} && "
        "for i in all enp0s8 enp0s8.100; do for k in arp_ignore arp_announce rp_filter; do "
        "echo $i/$k $(cat /proc/sys/net/ipv4/conf/$i/$k); done; done"
    )
    done = subprocess.run(
        [str(program("unshare")), "-mn", "sh", "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    return {name: int(value) for name, value in (line.split() for line in done.stdout.splitlines())}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("loader", ["boot", "reload"])
def test_a_loader_gives_what_the_model_says(tmp_path: Path, name: str, loader: str) -> None:
    if loader == "boot" and not LOADER.exists():
        pytest.skip("systemd-sysctl is not installed")
    if not Path("/etc/sysctl.conf").exists():
        pytest.skip("this system has no /etc/sysctl.conf to stand in for")
    prepare(tmp_path, CASES[name])
    seen = observe(tmp_path, str(LOADER) if loader == "boot" else "sysctl --system")
    settings = read_kernel_settings(NodeTree(tmp_path, "n"))
    choose = settings.value if loader == "boot" else settings.after_reload
    for interface in INTERFACES:
        for key in KEYS:
            written = interface.replace(".", "/")
            entry = choose(f"net.ipv4.conf.{written}.{key}")
            number = entry.number if entry is not None else None
            assert seen[f"{interface}/{key}"] == (number or 0), (interface, key)
