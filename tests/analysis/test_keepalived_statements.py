from pathlib import Path

from cfglint.analysis.keepalived_statements import VALUE, fails_check, holds, place_of, statements, subject_of
from cfglint.engine.check import read_fleet
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.version import Target, Version

TEXT = """\
vrrp_instance WEB {
    state BACKUP
    virtual_ipaddress {
        192.0.2.10/24
        192.0.2.11/24
    }
    authentication {
        auth_type PASS
    }
}
"""


def config_of(folder: Path, release: str = "") -> KeepalivedConfig:
    node = folder / "lb1"
    node.mkdir()
    (node / "keepalived.conf").write_text(TEXT)
    target = Target(keepalived=Version.parse(release)) if release else Target()
    fleet = read_fleet([node.as_posix()], target)[0]
    config = fleet.nodes[0].keepalived
    assert config is not None
    return config


def test_statements_are_found_by_their_blocks(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    assert [line.words[1].text for line in statements(config, "vrrp_instance", "authentication", "auth_type")] == [
        "PASS"
    ]
    assert [line.keyword for line in statements(config, "vrrp_instance", "virtual_ipaddress", VALUE)] == [
        "192.0.2.10/24",
        "192.0.2.11/24",
    ]
    assert statements(config, "virtual_server") == ()


def test_a_statement_is_named_by_the_blocks_around_it(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    (line,) = statements(config, "vrrp_instance", "authentication", "auth_type")
    assert place_of(line) == "vrrp_instance WEB, authentication"
    assert subject_of(config.node, line) == ("lb1", "WEB", "authentication", "auth_type")


def test_a_span_of_releases_holds_for_a_target_inside_it(tmp_path: Path) -> None:
    node = config_of(tmp_path, "2.2.7").node
    assert holds(node, since="2.2.0") is True
    assert holds(node, before="2.2.7") is False
    assert fails_check(node, since="2.3.0") is None
    assert fails_check(node) == "keepalived"


def test_without_a_target_only_what_every_release_does_is_certain(tmp_path: Path) -> None:
    node = config_of(tmp_path).node
    assert holds(node) is True
    assert holds(node, since="2.3.0") is None
    assert fails_check(node, since="2.3.0") is None
