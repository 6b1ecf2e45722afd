from pathlib import Path

import pytest

from cfglint.model.kernel import read_kernel_settings
from cfglint.model.value import Unknown
from cfglint.tree import NodeTree


def tree_of(root: Path, files: dict[str, str]) -> NodeTree:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return NodeTree(root, "web1")


def effective(root: Path, files: dict[str, str], key: str, interface: str | None = None) -> int | Unknown:
    return read_kernel_settings(tree_of(root, files)).effective(key, interface).value


def test_a_file_in_etc_hides_the_whole_file_of_the_same_name_in_usr_lib(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.d/50-a.conf": "net.ipv4.conf.all.arp_ignore = 2\n",
        "usr/lib/sysctl.d/50-a.conf": "net.ipv4.conf.all.arp_ignore=1\nnet.ipv4.conf.all.arp_announce=2\n",
    }
    settings = read_kernel_settings(tree_of(tmp_path, files))
    assert settings.effective("arp_ignore", "eth0").value == 2
    assert settings.effective("arp_announce", "eth0").value == 0


def test_files_apply_in_order_of_their_names_whatever_their_folder(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.d/10-a.conf": "net.ipv4.conf.all.arp_ignore = 2\n",
        "usr/lib/sysctl.d/99-z.conf": "net.ipv4.conf.all.arp_ignore = 1\n",
    }
    assert effective(tmp_path, files, "arp_ignore", "eth0") == 1


def test_a_link_to_dev_null_switches_a_vendor_file_off(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, {"usr/lib/sysctl.d/50-a.conf": "net.ipv4.conf.all.arp_ignore = 1\n"})
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    (tmp_path / "etc/sysctl.d/50-a.conf").symlink_to("/dev/null")
    (tmp_path / "etc/sysctl.conf").write_text("vm.swappiness = 1\n")
    assert read_kernel_settings(tree).effective("arp_ignore", "eth0").value == 0


def test_a_file_that_sorts_behind_99_sysctl_beats_sysctl_conf_at_boot_with_or_without_the_link(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.conf": "net.ipv4.conf.all.arp_ignore = 2\n",
        "etc/sysctl.d/99-z.conf": "net.ipv4.conf.all.arp_ignore = 1\n",
    }
    assert effective(tmp_path, files, "arp_ignore", "eth0") == 1


def test_a_file_that_stands_in_for_the_link_keeps_sysctl_conf_from_the_boot(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.conf": "net.ipv4.ip_forward = 1\n",
        "etc/sysctl.d/99-sysctl.conf": "net.ipv4.conf.all.arp_ignore = 1\n",
    }
    settings = read_kernel_settings(tree_of(tmp_path, files))
    assert settings.effective("net.ipv4.ip_forward").value == 0
    assert settings.after_reload("net.ipv4.ip_forward") is not None


def test_with_the_link_the_boot_order_counts(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.conf": "net.ipv4.conf.all.arp_ignore = 2\n",
        "etc/sysctl.d/99-z.conf": "net.ipv4.conf.all.arp_ignore = 1\n",
    }
    tree = tree_of(tmp_path, files)
    (tmp_path / "etc/sysctl.d/99-sysctl.conf").symlink_to("../sysctl.conf")
    settings = read_kernel_settings(tree)
    assert settings.effective("arp_ignore", "eth0").value == 1
    reloaded = settings.after_reload("net.ipv4.conf.all.arp_ignore")
    assert reloaded is not None
    assert reloaded.value == "2"


def test_sysctl_conf_counts_where_no_drop_in_contradicts_it(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.conf": "net.ipv4.ip_nonlocal_bind = 1\n",
        "etc/sysctl.d/10-x.conf": "net.ipv4.ip_nonlocal_bind=0\n",
    }
    assert effective(tmp_path, files, "net.ipv4.ip_nonlocal_bind") == 1


@pytest.mark.parametrize("place", ["etc/sysctl.conf", "sysctl.conf", "sysctl.d/10-vip.conf", "99-sysctl.conf"])
def test_a_setting_is_found_in_a_root_an_etc_and_a_flat_directory(tmp_path: Path, place: str) -> None:
    assert effective(tmp_path, {place: "net.ipv4.ip_nonlocal_bind = 1\n"}, "net.ipv4.ip_nonlocal_bind") == 1


def test_files_whose_name_does_not_end_in_conf_are_not_read(tmp_path: Path) -> None:
    files = {"etc/sysctl.d/a.conf.bak": "net.ipv4.ip_forward=1\n", "etc/sysctl.conf": "vm.swappiness=1\n"}
    assert effective(tmp_path, files, "net.ipv4.ip_forward") == 0


def test_vlan_names_swap_dot_and_slash(tmp_path: Path) -> None:
    lines = (
        "net.ipv4.conf.enp0s8/100.arp_ignore = 1\n"
        "net/ipv4/conf/enp0s8.100/arp_announce = 2\n"
        "net.ipv4.conf.enp0s8.100.arp_filter = 1\n"
    )
    settings = read_kernel_settings(tree_of(tmp_path, {"sysctl.conf": lines}))
    assert settings.effective("arp_ignore", "enp0s8.100").value == 1
    assert settings.effective("arp_announce", "enp0s8.100").value == 2
    assert settings.effective("arp_filter", "enp0s8.100").value == 0


@pytest.mark.parametrize(
    "lines",
    [
        "net.ipv4.conf.*.arp_ignore = 1\nnet.ipv4.conf.enp0s8.arp_ignore = 2\n-net.ipv4.conf.all.arp_ignore\n",
        "net.ipv4.conf.enp0s8.arp_ignore = 2\nnet.ipv4.conf.*.arp_ignore = 1\n-net.ipv4.conf.all.arp_ignore\n",
    ],
)
def test_a_key_written_out_beats_a_glob_and_a_bare_key_escapes_it(tmp_path: Path, lines: str) -> None:
    settings = read_kernel_settings(tree_of(tmp_path, {"sysctl.conf": lines}))
    assert settings.effective("arp_ignore", "enp0s8").value == 2
    assert settings.effective("arp_ignore", "enp0s9").value == 1
    assert settings.value("net.ipv4.conf.all.arp_ignore") is None


def test_a_glob_in_a_later_file_does_not_beat_a_written_key(tmp_path: Path) -> None:
    files = {
        "sysctl.d/a.conf": "net.ipv4.conf.enp0s8.arp_ignore = 2\n",
        "sysctl.d/b.conf": "net.ipv4.conf.*.arp_ignore = 1\n",
    }
    assert effective(tmp_path, files, "arp_ignore", "enp0s8") == 2


@pytest.mark.parametrize(
    ("written", "value"), [("0x1", 1), ("02", 2), ("-1", 0), ("9", 9), ("1 # why", 1), ('"1"', 0), ("", 0), ("1x", 0)]
)
def test_values_are_read_as_the_kernel_reads_them(tmp_path: Path, written: str, value: int) -> None:
    lines = f"net.ipv4.conf.eth0.arp_ignore = {written}\n"
    assert effective(tmp_path, {"sysctl.conf": lines}, "arp_ignore", "eth0") == value


def test_the_last_duplicate_of_a_file_wins_and_crlf_does_not_matter(tmp_path: Path) -> None:
    lines = "net.ipv4.conf.all.arp_ignore = 1\r\nnet.ipv4.conf.all.arp_ignore = 2\r\n"
    assert effective(tmp_path, {"sysctl.conf": lines}, "arp_ignore", "eth0") == 2


def test_keys_are_case_sensitive(tmp_path: Path) -> None:
    assert effective(tmp_path, {"sysctl.conf": "NET.ipv4.conf.all.arp_ignore = 1\n"}, "arp_ignore", "eth0") == 0


@pytest.mark.parametrize(
    ("key", "everywhere", "own", "value"),
    [
        ("arp_ignore", 1, 3, 3),
        ("arp_ignore", 2, 1, 2),
        ("rp_filter", 1, 2, 2),
        ("rp_filter", 1, 0, 1),
        ("arp_filter", 1, 0, 1),
        ("proxy_arp", 0, 1, 1),
        ("accept_source_route", 1, 0, 0),
        ("accept_source_route", 1, 1, 1),
        ("accept_redirects", 1, 0, 1),
        ("proxy_arp_pvlan", 1, 0, 0),
    ],
)
def test_all_and_the_interface_combine_by_key(tmp_path: Path, key: str, everywhere: int, own: int, value: int) -> None:
    lines = f"net.ipv4.conf.all.{key} = {everywhere}\nnet.ipv4.conf.eth0.{key} = {own}\n"
    assert effective(tmp_path, {"sysctl.conf": lines}, key, "eth0") == value


def test_the_default_of_a_key_that_distributions_set_is_unknown_without_their_files(tmp_path: Path) -> None:
    assert isinstance(effective(tmp_path, {"sysctl.conf": "vm.swappiness = 1\n"}, "rp_filter", "eth0"), Unknown)


def test_a_vendor_file_tells_rp_filter(tmp_path: Path) -> None:
    files = {
        "usr/lib/sysctl.d/50-default.conf": "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n",
        "etc/sysctl.d/90-x.conf": "net.ipv4.conf.all.rp_filter = 1\n",
    }
    assert effective(tmp_path, files, "rp_filter", "eth0") == 2


def test_conf_default_alone_leaves_an_interface_open(tmp_path: Path) -> None:
    files = {"sysctl.conf": "net.ipv4.conf.default.arp_ignore = 1\n"}
    value = effective(tmp_path, files, "arp_ignore", "eth0")
    assert isinstance(value, Unknown)
    assert "conf.default" in value.why


def test_a_change_of_ip_forward_sets_the_interface_and_an_equal_value_does_not(tmp_path: Path) -> None:
    before = "net.ipv4.conf.eth0.forwarding = 0\nnet.ipv4.ip_forward = 1\n"
    after = "net.ipv4.ip_forward = 1\nnet.ipv4.conf.eth0.forwarding = 0\nnet.ipv4.conf.all.forwarding = 1\n"
    assert effective(tmp_path / "a", {"sysctl.conf": before}, "forwarding", "eth0") == 1
    assert effective(tmp_path / "b", {"sysctl.conf": after}, "forwarding", "eth0") == 0


def test_ip_forward_and_conf_all_forwarding_are_one_setting(tmp_path: Path) -> None:
    assert effective(tmp_path, {"sysctl.conf": "net.ipv4.conf.all.forwarding = 1\n"}, "net.ipv4.ip_forward") == 1


def test_without_any_file_nothing_is_known(tmp_path: Path) -> None:
    assert isinstance(effective(tmp_path, {"keepalived.conf": ""}, "net.ipv4.ip_nonlocal_bind"), Unknown)


def test_a_capture_beats_the_files(tmp_path: Path) -> None:
    files = {
        "sysctl.conf": "net.ipv4.ip_nonlocal_bind = 1\n",
        "sysctl-a.txt": "net.ipv4.ip_nonlocal_bind = 0\nnet.ipv4.conf.eth0/7.arp_ignore = 1\n",
    }
    settings = read_kernel_settings(tree_of(tmp_path, files))
    assert settings.effective("net.ipv4.ip_nonlocal_bind").value == 0


def test_a_partial_capture_alone_does_not_tell_the_other_keys(tmp_path: Path) -> None:
    files = {"sysctl-a.txt": "net.ipv4.ip_forward = 1\n"}
    assert isinstance(effective(tmp_path, files, "net.ipv4.ip_nonlocal_bind"), Unknown)


def test_a_value_knows_the_file_and_columns_it_came_from(tmp_path: Path) -> None:
    files = {"etc/sysctl.conf": "# note\n  net.ipv4.conf.all.arp_ignore =  1\n"}
    span = read_kernel_settings(tree_of(tmp_path, files)).effective("arp_ignore", "eth0").span
    assert span is not None
    assert str(span) == "web1/etc/sysctl.conf:2:35"


def test_lines_that_are_no_assignments_are_problems_and_the_rest_counts(tmp_path: Path) -> None:
    files = {"sysctl.conf": "net.ipv4.ip_forward 1\nnet.ipv4.ip_forward = 1\n; note\nx.y =\n"}
    settings = read_kernel_settings(tree_of(tmp_path, files))
    assert [problem.kind for problem in settings.problems] == ["sysctl-not-assignment", "sysctl-empty-value"]
    assert settings.effective("net.ipv4.ip_forward").value == 1


def test_ufw_writes_its_own_settings_on_top_when_it_is_enabled(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.conf": "net.ipv4.ip_forward = 1\n",
        "etc/ufw/sysctl.conf": "net/ipv4/ip_forward=0\n",
    }
    assert effective(tmp_path / "off", {**files, "etc/ufw/ufw.conf": "ENABLED=no\n"}, "net.ipv4.ip_forward") == 1
    assert effective(tmp_path / "on", {**files, "etc/ufw/ufw.conf": "ENABLED=yes\n"}, "net.ipv4.ip_forward") == 0
