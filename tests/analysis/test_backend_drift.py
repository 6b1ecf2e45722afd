from pathlib import Path

import pytest

from cfglint.analysis.backend_drift import BackendDrift, NotCompared, compare_backends
from cfglint.engine.check import check_paths

KEEPALIVED = """\
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 5
    priority %d
    virtual_ipaddress {
        10.0.0.10
    }
}
"""
HEAD = "defaults\n mode http\n"


def compare(folder: Path, *configs: str) -> list[BackendDrift | NotCompared]:
    for number, config in enumerate(configs, 1):
        node = folder / f"lb{number}"
        node.mkdir()
        (node / "keepalived.conf").write_text(KEEPALIVED % (200 - number))
        (node / "haproxy.cfg").write_text(HEAD + config)
    (cluster,) = check_paths([folder.as_posix()]).fleet.clusters
    return list(compare_backends(cluster))


def texts(found: list[BackendDrift | NotCompared]) -> list[str]:
    return [difference.text for drift in found if isinstance(drift, BackendDrift) for difference in drift.differences]


def test_of_three_nodes_the_odd_one_is_reported(tmp_path: Path) -> None:
    same, other = "backend b\n server s 10.9.0.1:80\n", "backend b\n server s 10.9.0.2:80\n"

    (drift,) = compare(tmp_path, other, same, same)

    assert isinstance(drift, BackendDrift)
    assert drift.odd is not None
    assert (drift.usual.node.name, drift.odd.node.name) == ("lb2", "lb1")
    assert texts([drift]) == ["server s is 10.9.0.1:80 on lb2 and 10.9.0.2:80 on lb1"]


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("server s 10.9.0.1:80", "server s 10.9.0.1:80 disabled", "server s is disabled on lb2 only"),
        ("server s 10.9.0.1:80", "server t 10.9.0.1:80", "10.9.0.1:80 is server s on lb1 and t on lb2"),
        (
            "server-template s 3 web.lan:80",
            "server-template s 4 web.lan:80",
            "server-template s makes other servers on lb2 than on lb1",
        ),
        ("server s 10.9.0.1", "server s 10.9.0.1:80", "server s is 10.9.0.1 on lb1 and 10.9.0.1:80 on lb2"),
    ],
)
def test_each_kind_of_difference_is_named_with_its_nodes(tmp_path: Path, first: str, second: str, text: str) -> None:
    found = compare(tmp_path, f"backend b\n {first}\n", f"backend b\n {second}\n")

    assert texts(found) == [text]


def test_a_name_that_is_not_known_may_be_the_missing_server(tmp_path: Path) -> None:
    found = compare(tmp_path, "backend b\n server s 10.9.0.1:80\n", 'backend b\n server "$S" 10.9.0.1:80\n')

    assert not any(isinstance(one, BackendDrift) for one in found)
    assert any(isinstance(one, NotCompared) for one in found)


def test_a_section_without_servers_is_no_drift(tmp_path: Path) -> None:
    assert compare(tmp_path, "listen stats\n bind :8404\n stats enable\n", "backend b\n") == []
