from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from cfglint.model.build_keepalived import build_keepalived
from cfglint.model.value import Secret, Unknown
from cfglint.source import SourceFile
from cfglint.tree import NodeTree
from tests.keepalived import EMPTY, build, instance


@pytest.mark.parametrize(
    ("body", "priority", "state", "refused"),
    [
        ("state MASTER", 255, "MASTER", False),
        ("state MASTER\npriority 150", 150, "MASTER", False),
        ("", 100, "BACKUP", False),
        ("priority 255", 255, "MASTER", False),
        ("priority 256", 100, "BACKUP", True),
        ("priority 0", 100, "BACKUP", True),
        ("priority 150\npriority abc", 100, "BACKUP", True),
        ("priority 150\npriority 90", 90, "BACKUP", False),
        ("state MASTER\nstate BACKUP", 255, "MASTER", False),
        ("state master\npriority 100", 100, "BACKUP", False),
    ],
)
def test_state_and_priority_decide_each_other(body: str, priority: int, state: str, *, refused: bool) -> None:
    made = instance(body)
    assert (made.priority.value, made.state.value, bool(made.priority_problem)) == (priority, state, refused)


@pytest.mark.parametrize(
    ("body", "vrid", "problem"),
    [
        ("virtual_router_id 51", 51, False),
        ("virtual_router_id 0", None, True),
        ("virtual_router_id 7\nvirtual_router_id 256", 7, False),
        ("", None, True),
    ],
)
def test_the_last_vrid_that_is_accepted_counts(body: str, vrid: int | None, *, problem: bool) -> None:
    made = instance(body)
    assert (made.vrid.value, bool(made.vrid_problem)) == (vrid, problem)


def test_two_vrids_of_which_one_is_refused_are_no_missing_one() -> None:
    assert instance("").vrid_problem == "missing"


@pytest.mark.parametrize(
    ("before", "body", "version"),
    [
        ("", "", 2),
        ("global_defs {\n vrrp_version 3\n}\n", "", 3),
        ("global_defs {\n vrrp_version 3\n}\n", "version 2", 2),
        ("", "virtual_ipaddress {\n fe80::1\n}", 3),
        ("", "version 2\nvirtual_ipaddress {\n fe80::1\n}", 2),
        ("", "virtual_ipaddress {\n fe80::1\n}\nversion 2", 3),
        ("", "version 4", 2),
    ],
)
def test_the_version_comes_from_instance_family_or_globals(before: str, body: str, version: int) -> None:
    assert instance(body, before).version.value == version


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ("advert_int 1.4", "1"),
        ("advert_int 1.5", "2"),
        ("advert_int 0.2", "1"),
        ("version 3\nadvert_int 0.125", "0.13"),
        ("version 3\nadvert_int 100", "40.95"),
        ("advert_int 0", "1"),
        ("advert_int 300", "1"),
    ],
)
def test_advert_int_is_rounded_by_version(body: str, seconds: str) -> None:
    assert instance(body).advert_int.value == Decimal(seconds)


AUTH = "authentication {\n auth_type PASS\n auth_pass 123456789\n}\n"


def test_a_password_has_eight_bytes() -> None:
    assert instance(AUTH).authentication.password == Secret("12345678")


@pytest.mark.parametrize(
    ("body", "kind", "ignored"),
    [
        (AUTH, "PASS", ""),
        (AUTH + "version 3", "none", "VRRPv3"),
        (AUTH + "strict_mode", "none", "vrrp_strict"),
        ("authentication {\n auth_pass x\n}", "none", "no auth_type"),
        ("authentication {\n auth_type PASS\n}", "none", "no auth_pass"),
        (AUTH + "authentication {\n auth_type AH\n}", "AH", ""),
        ("", "none", ""),
    ],
)
def test_authentication_counts_only_where_the_daemon_uses_it(body: str, kind: str, ignored: str) -> None:
    made = instance(body).authentication
    assert (made.kind, made.ignored) == (kind, ignored)


def test_nopreempt_has_no_effect_with_state_master() -> None:
    assert instance("nopreempt\nstate BACKUP").nopreempt
    master = instance("nopreempt\nstate MASTER")
    assert not master.nopreempt
    assert master.nopreempt_span is not None


def test_addresses_of_several_blocks_add_up_and_bad_ones_are_dropped() -> None:
    made = instance("""virtual_ipaddress {
  10.0.0.1/24 dev eth1 label eth1:1
  10.0.0.300
  10.0.0.2/33
  10.0.0.3 label 1234567890123456
  fe80::1
}
virtual_ipaddress {
  10.0.0.4
}
virtual_ipaddress_excluded {
  2001:db8::1/64
}""")
    assert [(str(vip.address), vip.prefix, vip.device) for vip in made.vips] == [
        ("10.0.0.1", 24, "eth1"),
        ("10.0.0.2", 32, None),
        ("10.0.0.4", 32, None),
    ]
    assert [str(vip.address) for vip in made.excluded_vips] == ["2001:db8::1"]


def test_scripts_count_only_below_their_definition() -> None:
    script = "vrrp_script {name} {{\n script /bin/true\n weight {weight}\n}}\n"
    text = script.format(name="a", weight="-20") + script.format(name="a", weight="5")
    text += "vrrp_instance V {\n track_script {\n a\n b\n c\n a weight 3\n }\n}\n" + script.format(name="b", weight="0")
    config = build(text)
    (made,) = config.instances
    assert [(track.name, track.weight) for track in made.tracks] == [("a", -20)]
    assert [(track.name, track.why) for track in made.ignored_tracks] == [
        ("b", "defined later"),
        ("c", "undefined"),
        ("a", "duplicate"),
    ]
    assert [script.weight.value for script in config.dropped_scripts] == [5]


def test_a_weight_on_the_line_wins_over_the_definition() -> None:
    made = instance(
        "interface eth0\ntrack_script {\n a weight -254 reverse\n}\ntrack_interface {\n eth0\n eth1 weight -5\n}",
        "vrrp_script a {\n script /bin/true\n weight 7\n}\n",
    )
    assert [(t.kind, t.name, t.weight, t.reverse, t.weight_written) for t in made.tracks] == [
        ("script", "a", -253, True, True),
        ("interface", "eth1", -5, False, True),
    ]
    assert [track.why for track in made.ignored_tracks] == ["own interface"]


@pytest.mark.parametrize("value", ["{{ prio }}", "${PRIO}", "$PRIO", "<PRIO>", "__PRIO__", "VRRP_PRIORITY"])
def test_a_placeholder_is_unknown(value: str) -> None:
    assert isinstance(instance(f"priority {value}").priority.value, Unknown)


def test_unrendered_addresses_leave_vips_unknown() -> None:
    made = instance("virtual_ipaddress {\n {{ vip }}/24 dev eth0\n <VIP>\n ${VIP}\n}")
    assert [isinstance(vip.address, Unknown) for vip in made.vips] == [True, True, True]
    assert not made.vips_known


def test_a_misspelt_block_damages_its_instance() -> None:
    made = instance("virtual_ipadress {\n 10.0.0.1\n}\n")
    assert made.damaged is not None
    assert not made.vips_known


def test_a_second_instance_of_a_name_is_dropped() -> None:
    config = build("vrrp_instance A {\n priority 1\n}\nvrrp_instance A {\n priority 2\n}\n")
    assert [made.priority.value for made in config.instances] == [1]
    assert [made.priority.value for made in config.dropped_instances] == [2]


def test_each_node_reads_its_own_lines_of_one_file() -> None:
    text = "@lb1 $PRIO=150\n@lb2 $PRIO=100\nvrrp_instance A {\n @lb2 nopreempt\n priority $PRIO\n state BACKUP\n}\n"
    first, second = build(text, "lb1").instances[0], build(text, "lb2").instances[0]
    assert (first.priority.value, first.nopreempt) == (150, False)
    assert (second.priority.value, second.nopreempt) == (100, True)


def test_what_depends_on_an_id_that_is_not_known_is_unknown() -> None:
    text = (
        "@lb1 $PRIO=150\n@lb2 $PRIO=100\nvrrp_instance A {\n @lb2 nopreempt\n priority $PRIO\n virtual_router_id 7\n}\n"
    )
    config = build(text, "elsewhere")
    (made,) = config.instances
    assert isinstance(made.priority.value, Unknown)
    assert made.vrid.value == 7
    assert made.damaged is not None
    assert config.incomplete is not None


def test_passwords_are_marked_wherever_they_stand() -> None:
    text = """$PASS=s3cret
vrrp_instance A {
  authentication {
    auth_type PASS
    auth_pass $PASS
  }
  @lb9 auth_pass other
  authentification {
    auth_pass pa#ss  # the old one
    #auth_pass retired
    # auth_pass has eight bytes
  }
}
$LINE=auth_pass inside
"""
    config = build(text)
    lines = text.split("\n")
    marked = {lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in config.secret_spans}
    assert {"s3cret", "$PASS", "other", "pa#ss", "retired", "inside"} <= marked
    assert not any("the old one" in mark or "eight" in mark for mark in marked)


def test_virtual_servers_and_their_real_servers() -> None:
    config = build("""virtual_server 10.0.0.100 80 {
  lb_kind DR
  protocol tcp
  persistence_timeout
  quorum 2
  sorry_server 127.0.0.1 8080
  real_server 10.0.0.1 80 {
    weight 3
    TCP_CHECK {
      connect_port 81
    }
  }
  real_server 10.0.0.2 80 {
    lvs_method TUN
    MISC_CHECK {
      misc_path "/usr/bin/check 'a b'"
    }
  }
  real_server nonsense 80 {
  }
}
virtual_server fwmark 5 {
}
virtual_server group web {
}
virtual_server 10.0.0.1 70000 {
}
""")
    address, mark, group = config.virtual_servers
    assert address.label == "10.0.0.100:80/TCP"
    assert (address.method.value, address.scheduler.value, address.persistence_timeout.value) == ("DR", "wlc", 360)
    assert address.sorry_server == IPv4Address("127.0.0.1")
    assert [(str(rs.address), rs.weight.value, rs.method.value) for rs in address.real_servers] == [
        ("10.0.0.1", 3, "DR"),
        ("10.0.0.2", 1, "TUN"),
    ]
    assert address.real_servers[0].checkers[0].connect_port == 81
    assert address.real_servers[1].checkers[0].arguments == ("/usr/bin/check", "a b")
    assert (mark.fwmark, group.group) == (5, "web")


def test_weights_do_not_count_in_a_sync_group() -> None:
    text = "vrrp_script s {\n script /bin/true\n weight -20\n}\nvrrp_sync_group G {\n group {\n A\n B\n }\n}\n"
    text += "vrrp_instance A {\n track_script {\n s\n }\n}\nvrrp_instance B {\n}\n"
    config = build(text)
    assert config.instances[0].tracks == []
    assert config.instances[0].ignored_tracks[0].why == "weight in a sync group"
    assert [name for name, _ in config.sync_groups[0].members] == ["A", "B"]


def test_an_id_that_is_certain_needs_no_line_of_its_own() -> None:
    text = "vrrp_instance A {\n @lb1 priority 150\n @^lb1 priority 100\n}\n"
    source = SourceFile("keepalived.conf", text)
    config = build_keepalived(source, NodeTree(EMPTY, ""), "lb2", None, id_is_certain=True)
    assert config.instances[0].priority.value == 100
    assert config.incomplete is None


def test_what_follows_the_digits_is_dropped_except_in_priority_and_vrid() -> None:
    script = "vrrp_script s {\n script /bin/true\n weight -20;\n fall 3;\n}\n"
    made = instance(
        "virtual_router_id 7;\npriority 150;\ntrack_script {\n s\n}\nvirtual_ipaddress {\n10.0.0.1/24,x\n}", script
    )
    assert (made.vrid.value, made.priority.value) == (None, 100)
    assert [track.weight for track in made.tracks] == [-20]
    assert [vip.prefix for vip in made.vips] == [24]


def test_weights_of_files_and_processes_keep_their_first_value() -> None:
    text = "track_file f {\n file /x\n weight 3\n weight 4\n}\nvrrp_track_process p {\n process sshd\n}\n"
    made = instance("track_file {\n f\n}\ntrack_process {\n p\n}", text)
    assert [(track.name, track.weight) for track in made.tracks] == [("f", 3), ("p", 0)]


def test_weights_never_move_the_address_owner() -> None:
    made = instance("priority 255\ntrack_script {\n s weight 5\n}", "vrrp_script s {\n script /bin/true\n}\n")
    assert made.tracks == []
    assert [track.why for track in made.ignored_tracks] == ["weight of the address owner"]


@pytest.mark.parametrize(
    ("body", "group"),
    [
        ("virtual_ipaddress {\n10.0.0.1\n}", "224.0.0.18"),
        ("virtual_ipaddress {\nfe80::1\n}", "ff02::12"),
        ("virtual_ipaddress {\n10.0.0.1\n}\nmcast_dst_ip 224.0.0.20", "224.0.0.20"),
        ("virtual_ipaddress {\n10.0.0.1\n}\nmcast_dst_ip 10.0.0.9", "224.0.0.18"),
        ("virtual_ipaddress {\n10.0.0.1\n}\nmcast_dst_ip ff02::20", "224.0.0.18"),
    ],
)
def test_adverts_go_to_a_group_of_the_instances_family(body: str, group: str) -> None:
    assert str(instance(body).multicast_group.value) == group


def test_in_strict_mode_the_state_follows_from_the_priority() -> None:
    made = instance("strict_mode\nstate MASTER\npriority 150\nnopreempt")
    assert (made.state.value, made.nopreempt) == ("BACKUP", True)
    assert made.state_problem


def test_a_bfd_session_brings_its_own_weight() -> None:
    text = "bfd_instance b {\n neighbor_ip 10.0.0.2\n weight -30 reverse\n}\n"
    made = instance("track_bfd {\n b\n}", text)
    assert [(track.weight, track.reverse) for track in made.tracks] == [(-30, True)]


def test_a_list_that_passwords_are_taken_from_is_secret(tmp_path: Path) -> None:
    text = "vrrp_instance A {\n  authentication {\n    ~LST(P, hidden1, hidden2) auth_pass ${P}\n  }\n}\n"
    (tmp_path / "keepalived.conf").write_text(text)
    source = SourceFile.read(tmp_path / "keepalived.conf", "keepalived.conf")
    config = build_keepalived(source, NodeTree(tmp_path, ""), "lb1", None)
    held = {source.line(span.line)[span.column - 1 : span.end_column - 1] for span in config.secret_spans}
    assert "hidden1, hidden2" in held
