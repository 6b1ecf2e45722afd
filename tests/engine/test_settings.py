from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cfglint.engine.check import Request, check, read_fleet
from cfglint.engine.registry import UnknownRuleError
from cfglint.engine.settings import Settings, SettingsError, path_fits
from cfglint.engine.settings_file import find_settings, is_override, read_settings
from cfglint.engine.settings_schema import schema_text
from cfglint.model.version import Target, Version

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def _write(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return _write


def keepalived(address: str, vrid: int = 51) -> str:
    return f"""vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id {vrid}
    priority 100
    virtual_ipaddress {{
        {address}
    }}
}}
"""


def test_without_a_file_the_defaults_hold(write: Write) -> None:
    write("lb1/keepalived.conf", "")
    assert find_settings(["lb1"]) is None
    assert read_settings(None).fail_on == "warning"


def test_the_closest_file_wins_and_nothing_is_merged(write: Write) -> None:
    write("cfglint.toml", 'fail-on = "error"\nignore = ["vrrp"]\n')
    near = write("site/cfglint.toml", 'select = ["meta"]\n')
    write("site/lb1/keepalived.conf", "")
    write("site/lb2/keepalived.conf", "")
    found = find_settings(["site/lb1", "site/lb2"])
    assert found == near
    settings = read_settings(found)
    assert (settings.fail_on, settings.ignore, settings.select) == ("warning", (), ("meta",))


@pytest.mark.parametrize(
    ("names", "winner"),
    [
        ([".cfglint.toml", "cfglint.toml", "pyproject.toml"], ".cfglint.toml"),
        (["cfglint.toml", "pyproject.toml"], "cfglint.toml"),
        (["pyproject.toml"], "pyproject.toml"),
    ],
)
def test_in_one_folder_the_hidden_file_wins(write: Write, names: list[str], winner: str) -> None:
    for name in names:
        write(name, "[tool.cfglint]\n" if name == "pyproject.toml" else "")
    found = find_settings(["."])
    assert found is not None
    assert found.name == winner


def test_a_pyproject_without_our_table_is_passed_over(write: Write) -> None:
    write("cfglint.toml", "")
    write("site/pyproject.toml", "[tool.other]\n")
    write("site/lb1/keepalived.conf", "")
    found = find_settings(["site/lb1"])
    assert found is not None
    assert found.name == "cfglint.toml"


def test_the_search_ends_at_the_repository(write: Write, tmp_path: Path) -> None:
    write("cfglint.toml", "")
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert find_settings(["inner"]) is None


def test_extend_adds_to_another_file(write: Write) -> None:
    write("base/strict.toml", 'fail-on = "info"\nignore = ["drift"]\n[severities]\n"vrrp/a" = "info"\n')
    file = write("cfglint.toml", 'extend = "base/strict.toml"\nignore = ["vip"]\n[severities]\n"vrrp/b" = "off"\n')
    settings = read_settings(file)
    assert (settings.fail_on, settings.ignore) == ("info", ("vip",))
    assert settings.severities == {"vrrp/a": "info", "vrrp/b": "off"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('selct = ["vrrp"]\n', "selct: there is no such key; did you mean 'select'?"),
        ('fail-on = "eror"\n', "fail-on: 'eror' is none of error, warning, info, never; did you mean 'error'?"),
        ('select = "vrrp"\n', "select: is a list, not a string"),
        ("[[nodes]]\nname = 'x'\n", "nodes[0]: lacks 'path'"),
        ("[[nodes]]\npath = 'x'\nrols = 'y'\n", "nodes[0].rols: there is no such key; did you mean 'role'?"),
        ("[target]\nhaproxy = 'new'\n", "target.haproxy: 'new' does not fit; write it like 2.8"),
        ("[severities]\n'vrrp/x' = 'bad'\n", "severities.\"vrrp/x\": 'bad' is none of error, warning, info, off"),
        ("a = = 1\n", "is no TOML: "),
        ("extend = 'missing.toml'\n", "extend: 'missing.toml' does not exist"),
        ("extend = '../other.toml'\n", "extend: '../other.toml' leads out of "),
        ("baseline = '/etc/passwd'\n", "baseline: '/etc/passwd' leads out of "),
        ("[[nodes]]\npath = '../..'\n", "nodes.path: '../..' leads out of "),
        ("extend = 'cfglint.toml'\n", "goes round in a circle"),
    ],
)
def test_a_wrong_file_is_refused_with_key_and_suggestion(write: Write, text: str, why: str) -> None:
    write("other.toml", "")
    file = write("in/cfglint.toml", text)
    with pytest.raises(SettingsError) as caught:
        read_settings(file)
    assert why in str(caught.value)


def test_bytes_that_are_not_utf_8_are_refused(write: Write) -> None:
    file = write("cfglint.toml", "")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        read_settings(file)


def test_single_settings_can_be_given_beside_a_file(write: Write) -> None:
    file = write("cfglint.toml", 'fail-on = "error"\n')
    settings = read_settings(file, ["fail-on=never", 'select=["meta"]', "target.haproxy=2.8"])
    assert (settings.fail_on, settings.select) == ("never", ("meta",))
    assert settings.target.haproxy == Version((2, 8))
    assert is_override("fail-on=never")
    assert not is_override("cfglint.toml")
    with pytest.raises(SettingsError, match="min-severity: 'x' is none of"):
        read_settings(file, ["min-severity=x"])


def test_a_branch_means_its_newest_known_release(write: Write) -> None:
    settings = read_settings(write("cfglint.toml", '[target]\nkeepalived = "2.2"\n'))
    assert settings.target.keepalived == Version((2, 2, 8))


def test_declared_nodes_get_their_name_role_files_and_target(write: Write) -> None:
    write("site/keepalived-a.conf", keepalived("10.0.0.1"))
    write("site/keepalived-b.conf", keepalived("10.0.0.1"))
    write("site/haproxy-a.cfg", 'listen x\n    bind "${WHERE}:80"\n')
    file = write(
        "cfglint.toml",
        """
        [variables]
        WHERE = "10.0.0.9"
        [[nodes]]
        path = "site"
        files = ["keepalived-a.conf", "haproxy-a.cfg"]
        name = "alpha"
        target = { keepalived = "2.3.3" }
        [[nodes]]
        path = "site"
        files = ["keepalived-b.conf"]
        name = "beta"
        """,
    )
    settings = read_settings(file)
    fleet, _ = read_fleet(["site"], Target(), settings.declared)
    assert [(node.name, sorted(file.relative for file in node.files)) for node in fleet.nodes] == [
        ("alpha", ["haproxy-a.cfg", "keepalived-a.conf"]),
        ("beta", ["keepalived-b.conf"]),
    ]
    assert fleet.nodes[0].target.keepalived == Version((2, 3, 3))
    haproxy = fleet.nodes[0].haproxy
    assert haproxy is not None
    assert str(haproxy.proxies[0].binds[0].addresses[0].address) == "10.0.0.9"


def test_two_nodes_may_share_one_file_that_their_ids_tell_apart(write: Write) -> None:
    text = keepalived("10.0.0.1").replace("    priority 100\n", "@one    priority 150\n@two    priority 100\n")
    write("shared/keepalived.conf", text)
    nodes = "".join(
        f'[[nodes]]\npath = "shared"\nfiles = ["keepalived.conf"]\nname = "{name}"\nconfig-id = "{name}"\n'
        for name in ("one", "two")
    )
    fleet, _ = read_fleet(["shared"], Target(), read_settings(write("cfglint.toml", nodes)).declared)
    priorities = [
        (node.name, node.keepalived.instances[0].priority.value) for node in fleet.nodes if node.keepalived is not None
    ]
    assert priorities == [("one", 150), ("two", 100)]
    assert [cluster.name for cluster in fleet.clusters] == ["one+two"]


def test_declared_clusters_bring_nodes_together_and_keep_others_out(write: Write) -> None:
    for name in ("a", "b", "c"):
        write(f"{name}/haproxy.cfg", "listen x\n    bind :80\n")
    write("web/sysctl.conf", "net.ipv4.ip_forward = 0\n")
    file = write("cfglint.toml", '[clusters.site]\nnodes = ["a", "b"]\nreal-servers = ["web"]\n')
    fleet, _ = read_fleet(["."], Target(), read_settings(file).declared)
    assert [cluster.name for cluster in fleet.clusters] == ["a+b"]
    assert [node.name for node in fleet.clusters[0].real_servers] == ["web"]


def test_severities_and_path_ignores_are_applied(write: Write) -> None:
    write("old/x/keepalived.conf", "")
    settings = Settings(
        root=Path.cwd(),
        severities={"vrrp/a": "info", "lvs": "off"},
        per_path_ignores={"old/**": ("vip",), "*.cfg": ("drift/c",)},
    )
    assert settings.severity_of("vrrp/a", "error") == "info"
    assert settings.severity_of("vrrp/b", "error") == "error"
    assert settings.severity_of("lvs/any", "error") == "off"
    assert settings.ignores_at("vip/x", "old/x/keepalived.conf")
    assert not settings.ignores_at("vip/x", "new/keepalived.conf")
    assert settings.ignores_at("drift/c", "new/haproxy.cfg")


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("old/a/b.cfg", "old/**", True),
        ("old/a/b.cfg", "old", True),
        ("old/a/b.cfg", "./old/", True),
        ("older/b.cfg", "old", False),
        ("a/b.cfg", "*.cfg", True),
        ("a/b.cfg", "b.cfg", True),
        ("a/b.cfg", "a/b.conf", False),
    ],
)
def test_patterns_of_paths(path: str, pattern: str, fits: bool) -> None:
    assert path_fits(path, pattern) is fits


def test_an_unknown_rule_in_the_settings_is_an_error(write: Write) -> None:
    write("lb1/keepalived.conf", "")
    with pytest.raises(UnknownRuleError, match="did you mean"):
        check(Request(("lb1",), settings=Settings(ignore=("meta/suppression-unusd",))))


def test_policy_reaches_the_report(write: Write) -> None:
    write("lb1/keepalived.conf", "x # cfglint: ignore[nope/nope] x\n")
    plain = check(Request(("lb1",), select=("meta",)))
    assert [finding.level for finding in plain.findings] == ["warning"]
    changed = check(Request(("lb1",), select=("meta",), settings=Settings(severities={"meta": "info"})))
    assert [finding.level for finding in changed.findings] == ["info"]
    none = check(Request(("lb1",), select=("meta",), settings=Settings(severities={"meta": "off"})))
    assert none.findings == []


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the development extras are not installed")
    schema = json.loads(schema_text())
    jsonschema.validate(tomllib.loads('fail-on = "error"\n[[nodes]]\npath = "a"\nrole = "balancer"\n'), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"selct": []}, schema)


def test_rendered_files_point_on_to_their_templates(write: Write) -> None:
    write("templates/lb/keepalived.conf.j2", "")
    write("out/lb1/keepalived.conf", "x # cfglint: ignore[nope/nope] x\n")
    write("cfglint.toml", '[path-map]\n"out/lb1/" = "templates/lb/"\n')
    settings = read_settings(Path("cfglint.toml"))
    (finding,) = check(Request(("out/lb1",), select=("meta",), settings=settings)).findings
    assert [str(entry.span) for entry in finding.related] == ["templates/lb/keepalived.conf.j2"]
    assert settings.template_of("out/lb2/keepalived.conf") is None
