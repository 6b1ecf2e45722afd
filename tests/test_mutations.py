"""One planted defect gives exactly its rule; an edit that changes nothing for the daemons gives nothing.

Every case starts from a pair that is clean, is applied at more than one place where that makes a difference, and
names the rules that must report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cfglint.engine.check import check_paths
from tests.nodes import rules_found, write_nodes

KEEPALIVED = """global_defs {{
    router_id {name}
    notification_email {{
        ops@example.net
    }}
    enable_script_security
    script_user root
}}

vrrp_script chk_haproxy {{
    script "/usr/bin/pgrep -x haproxy"
    interval 2
    timeout 1
    fall 2
    rise 2
}}

vrrp_instance PUBLIC {{
    state {state}
    interface eth0
    virtual_router_id 61
    priority {priority}
    advert_int 1
    authentication {{
        auth_type PASS
        auth_pass r4vine
    }}
    virtual_ipaddress {{
        198.51.100.10/24
        198.51.100.11/24
    }}
    virtual_ipaddress_excluded {{
        203.0.113.8/32
    }}
    track_script {{
        chk_haproxy
    }}
}}

vrrp_instance PRIVATE {{
    state {state}
    interface eth1
    virtual_router_id 62
    priority {priority}
    advert_int 1
    unicast_src_ip {own}
    unicast_peer {{
        {peer}
    }}
    virtual_ipaddress {{
        10.20.0.10/24
    }}
    track_script {{
        chk_haproxy
    }}
}}

virtual_server 10.20.0.10 53 {{
    delay_loop 5
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.20.0.53 53 {{
        weight 1
        TCP_CHECK {{
            connect_timeout 2
        }}
    }}
    real_server 10.20.0.54 53 {{
        weight 1
        TCP_CHECK {{
            connect_timeout 2
        }}
    }}
}}
"""

HAPROXY = """global
    log /dev/log local0
    maxconn 3000

defaults
    log global
    mode http
    timeout connect 4s
    timeout client 20s
    timeout server 20s

frontend www
    bind 198.51.100.10:80
    default_backend pool

backend pool
    balance roundrobin
    server s1 10.20.0.61:8080 check
    server s2 10.20.0.62:8080 check weight 20
"""

SYSCTL = "net.ipv4.ip_forward = 1\nnet.ipv4.ip_nonlocal_bind = 1\n"

Files = dict[str, dict[str, str]]


def clean_pair() -> Files:
    files: Files = {}
    for name, state, priority, own, peer in (
        ("n1", "MASTER", 150, "10.20.0.1", "10.20.0.2"),
        ("n2", "BACKUP", 100, "10.20.0.2", "10.20.0.1"),
    ):
        files[name] = {
            "etc/keepalived/keepalived.conf": KEEPALIVED.format(
                name=name, state=state, priority=priority, own=own, peer=peer
            ),
            "etc/haproxy/haproxy.cfg": HAPROXY,
            "etc/sysctl.d/50-vip.conf": SYSCTL,
        }
    return files


KA, HA, SY = "etc/keepalived/keepalived.conf", "etc/haproxy/haproxy.cfg", "etc/sysctl.d/50-vip.conf"
Edit = Callable[[Files], None]


def sub(node: str, file: str, pattern: str, replacement: str, count: int = 1) -> Edit:
    """Replace text in one node's file; the pattern must be there."""

    def edit(files: Files) -> None:
        text, times = re.subn(pattern, replacement, files[node][file], count=count, flags=re.MULTILINE)
        assert times, f"{pattern!r} is not in {node}/{file}"
        files[node][file] = text

    return edit


def both(pattern: str, replacement: str, file: str = KA, count: int = 1) -> Edit:
    def edit(files: Files) -> None:
        for node in files:
            sub(node, file, pattern, replacement, count)(files)

    return edit


def drop(node: str, file: str) -> Edit:
    def edit(files: Files) -> None:
        del files[node][file]

    return edit


def rewrite(change: Callable[[str], str], file: str = KA) -> Edit:
    def edit(files: Files) -> None:
        files["n2"][file] = change(files["n2"][file])

    return edit


DEFECTS: dict[str, tuple[Edit, list[str]]] = {
    "vrid of the first instance": (sub("n2", KA, "router_id 61", "router_id 63"), ["vrrp/vrid-mismatch"]),
    "vrid of the second instance": (sub("n1", KA, "router_id 62", "router_id 99"), ["vrrp/vrid-mismatch"]),
    "vrid missing": (sub("n2", KA, r"^ *virtual_router_id 61\n", ""), ["vrrp/vrid-invalid"]),
    "vrid out of range": (sub("n2", KA, "router_id 61", "router_id 256"), ["vrrp/vrid-invalid"]),
    "password": (sub("n1", KA, "r4vine", "raven4"), ["vrrp/auth-pass-mismatch"]),
    "authentication removed": (
        sub("n2", KA, r"    authentication \{[^}]*\}\n", ""),
        ["vrrp/auth-type-mismatch"],
    ),
    "vip replaced": (sub("n2", KA, r"198\.51\.100\.11/24", "198.51.100.12/24"), ["vrrp/vip-set-mismatch"]),
    "vip misspelt": (sub("n1", KA, r"198\.51\.100\.11/24", "198.51.100.311/24"), ["vrrp/vip-syntax"]),
    "vip removed": (sub("n1", KA, r" *198\.51\.100\.11/24\n", ""), ["vrrp/vip-set-mismatch"]),
    "only vip of an instance replaced": (
        sub("n2", KA, r"10\.20\.0\.10/24", "10.20.0.99/24"),
        ["vrrp/vip-set-mismatch"],
    ),
    "excluded vip removed": (
        sub("n2", KA, r"    virtual_ipaddress_excluded \{[^}]*\}\n", ""),
        ["vrrp/vip-excluded-mismatch"],
    ),
    "advert_int": (sub("n2", KA, "advert_int 1", "advert_int 3"), ["vrrp/advert-int-mismatch"]),
    "version": (
        sub("n1", KA, "    interface eth1", "    interface eth1\n    version 3"),
        ["vrrp/vrrp-version-mismatch"],
    ),
    "multicast on one side": (
        sub("n2", KA, r"    unicast_src_ip [^}]*\}\n", ""),
        ["vrrp/transport-mismatch"],
    ),
    "peer of the master": (
        sub("n1", KA, r"unicast_peer \{\n *10\.20\.0\.2", "unicast_peer {\n        10.20.0.7"),
        ["vrrp/unicast-peer-not-reciprocal"],
    ),
    "peer of the backup": (
        sub("n2", KA, r"unicast_peer \{\n *10\.20\.0\.1", "unicast_peer {\n        10.20.0.7"),
        ["vrrp/unicast-peer-not-reciprocal"],
    ),
    "instance removed": (
        sub("n2", KA, r"vrrp_instance PUBLIC \{(?:.|\n)*?^\}\n", ""),
        ["vrrp/instance-missing-on-peer"],
    ),
    "equal priorities": (sub("n2", KA, "priority 100", "priority 150"), ["vrrp/priority-equal"]),
    "inverted priorities": (sub("n2", KA, "priority 100", "priority 200"), ["vrrp/priority-state-inverted"]),
    "priority out of range": (sub("n1", KA, "priority 150", "priority 300"), ["vrrp/priority-invalid"]),
    "long password": (both("r4vine", "r4vine-and-more"), ["vrrp/auth-pass-too-long"] * 2),
    "nopreempt with state MASTER": (
        sub("n1", KA, "    interface eth1", "    interface eth1\n    nopreempt"),
        ["vrrp/nopreempt-with-state-master"],
    ),
    "one vrid twice on an interface": (
        both(
            r"interface eth1\n    virtual_router_id 62((?:.|\n)*?)    unicast_src_ip [^}]*\}\n",
            r"interface eth0\n    virtual_router_id 61\1",
        ),
        ["vrrp/vrid-duplicate-on-interface"] * 2,
    ),
    "misspelt script": (
        sub("n2", KA, r"track_script \{\n *chk_haproxy", "track_script {\n        chk_haprxy"),
        ["scripts/track-script-undefined"],
    ),
    "nothing tracked": (both(r"    track_script \{[^}]*\}\n", "", count=2), ["scripts/haproxy-not-tracked"] * 2),
    "no nonlocal bind": (sub("n2", SY, "nonlocal_bind = 1", "nonlocal_bind = 0"), ["kernel/nonlocal-bind-missing"]),
    "server address": (sub("n2", HA, r"10\.20\.0\.62", "10.20.0.63"), ["drift/backend-drift"]),
    "server removed": (sub("n1", HA, r" *server s1 .*\n", ""), ["drift/backend-drift"]),
    "server weight": (sub("n2", HA, "weight 20", "weight 200"), ["drift/backend-drift"]),
    "virtual server port": (
        sub("n2", KA, r"virtual_server 10\.20\.0\.10 53", "virtual_server 10.20.0.10 54"),
        ["vrrp/virtual-server-set-drift"] * 2,
    ),
    "real server": (
        sub("n1", KA, r"real_server 10\.20\.0\.54", "real_server 10.20.0.55"),
        ["vrrp/virtual-server-set-drift"],
    ),
    "virtual server's address misspelt": (
        both(r"virtual_server 10\.20\.0\.10 53", "virtual_server 10.20.0.11 53"),
        ["lvs/vs-vip-unmanaged"] * 2,
    ),
    "virtual server's address misspelt on one node": (
        sub("n2", KA, r"virtual_server 10\.20\.0\.10 53", "virtual_server 10.20.0.11 53"),
        ["lvs/vs-vip-unmanaged", "vrrp/virtual-server-set-drift"],
    ),
    "real server is the service": (
        both(r"real_server 10\.20\.0\.54", "real_server 10.20.0.10"),
        ["lvs/rs-is-vip"] * 2,
    ),
    "server is the VIP": (
        both(r"s1 10\.20\.0\.61:8080", "s1 198.51.100.10:80", HA),
        ["vip/server-is-vip"] * 2,
    ),
    "bind of another address than the VIP": (
        both(r"bind 198\.51\.100\.10:80", "bind 198.51.100.1:80", HA),
        ["vip/bind-own-address-only"] * 2,
    ),
    "VIP that accepts nothing": (
        both("    interface eth0", "    interface eth0\n    no_accept"),
        ["vrrp/strict-blocks-vip"] * 2,
    ),
    "VIP as the only peer": (
        sub("n1", KA, r"unicast_peer \{\n *10\.20\.0\.2", "unicast_peer {\n        10.20.0.10"),
        ["vrrp/unicast-peer-is-vip"],
    ),
    "broadcast VIP": (
        both(r"198\.51\.100\.11/24", "198.51.100.255/24"),
        ["vrrp/vip-broadcast-address"] * 2,
    ),
    "check as another user": (
        both('pgrep -x haproxy"', 'killall -0 haproxy"\n    user keepalived_script'),
        ["scripts/script-killall-user"] * 2,
    ),
    "service stopped on the backup": (
        both("    interface eth0", '    interface eth0\n    notify_backup "/usr/bin/systemctl stop haproxy"'),
        ["scripts/notify-toggles-tracked-service"] * 2,
    ),
    "no checker": (both(r"        TCP_CHECK \{[^}]*\}\n", ""), ["lvs/rs-no-checker"] * 2),
    "keepalived.conf missing": (drop("n2", KA), ["fleet/pair-incomplete"]),
    "haproxy.cfg missing": (drop("n1", HA), ["fleet/pair-incomplete"]),
}

HARMLESS: dict[str, Edit] = {
    "nothing": sub("n1", KA, "PUBLIC", "PUBLIC"),
    "comments": both(r"^vrrp_instance PUBLIC", "# a comment\n! another\nvrrp_instance PUBLIC"),
    "comment behind a value": sub("n2", KA, "router_id 61", "router_id 61   # the VRID"),
    "blank lines and tabs": rewrite(lambda text: text.replace("    ", "\t").replace("\n", "\n\n")),
    "CRLF": rewrite(lambda text: text.replace("\n", "\r\n")),
    "brace on a line of its own": sub("n2", KA, r"vrrp_instance PUBLIC \{", "vrrp_instance PUBLIC\n{"),
    "values on the line of the brace": sub(
        "n2", KA, r"virtual_ipaddress_excluded \{\n *(\S+)\n *\}", r"virtual_ipaddress_excluded { \1 }"
    ),
    "vips in another order": sub("n2", KA, r"( *198\.51\.100\.10/24\n)( *198\.51\.100\.11/24\n)", r"\2\1"),
    "another prefix length": sub("n2", KA, r"198\.51\.100\.11/24", "198.51.100.11/32"),
    "quoted password": sub("n2", KA, "r4vine", '"r4vine"'),
    "state MASTER on both": sub("n2", KA, "state BACKUP", "state MASTER", 2),
    "state BACKUP on both": sub("n1", KA, "state MASTER", "state BACKUP", 2),
    "another interface name": sub("n2", KA, "interface eth0", "interface ens192"),
    "other priorities in the same order": sub("n2", KA, "priority 100", "priority 149"),
    "mail address": sub("n2", KA, "ops@example.net", "root@example.org"),
    "other instance names": sub("n2", KA, "vrrp_instance PUBLIC", "vrrp_instance OUTSIDE"),
    "default advert_int left out": sub("n2", KA, r" *advert_int 1\n", ""),
    "version 2 written": sub("n2", KA, "    interface eth0", "    interface eth0\n    version 2"),
    "settings in another order": sub(
        "n2", KA, r"( *state BACKUP\n)( *interface eth0\n)( *virtual_router_id 61\n)", r"\3\2\1"
    ),
    "own address among the peers": sub("n2", KA, r"unicast_peer \{\n", "unicast_peer {\n        10.20.0.2\n"),
    "real servers in another order": rewrite(
        lambda text: (
            text.replace("10.20.0.53 53", "SWAP")
            .replace("10.20.0.54 53", "10.20.0.53 53")
            .replace("SWAP", "10.20.0.54 53")
        )
    ),
    "servers in another order": rewrite(
        lambda text: "\n".join([*text.splitlines()[:-2], *reversed(text.splitlines()[-2:]), ""]), HA
    ),
    "haproxy comments": rewrite(lambda text: "# managed\n" + text.replace("mode http", "mode http # web"), HA),
    "wildcard bind": both("bind 198.51.100.10:80", "bind :80", HA),
    "sysctl in another file": lambda files: files["n2"].update({"etc/sysctl.conf": files["n2"].pop(SY)}),
    "script weight that hands over": both(r"    rise 2", "    rise 2\n    weight -60"),
}


def found(folder: Path, edit: Edit) -> list[str]:
    files = clean_pair()
    edit(files)
    result = check_paths(write_nodes(folder, files))
    assert not result.faults
    return rules_found(result)


@pytest.mark.parametrize("name", DEFECTS)
def test_planted_defect_gives_exactly_its_rule(tmp_path: Path, name: str) -> None:
    edit, expected = DEFECTS[name]
    assert found(tmp_path, edit) == expected


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_edit_gives_no_finding(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, HARMLESS[name]) == []
