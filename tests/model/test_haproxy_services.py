"""The sections that proxies name, and what stands in a proxy's stream."""

import pytest

from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.haproxy_server import template_range
from cfglint.model.haproxy_values import milliseconds, size_in_bytes
from cfglint.model.value import Unknown
from cfglint.source import SourceFile


def config(text: str) -> HaproxyConfig:
    return build_haproxy([SourceFile("haproxy.cfg", text)], None)


def test_a_cache_has_sizes_in_bytes_and_an_age() -> None:
    (cache,) = config("cache small\n total-max-size 4\n max-age 30\n process-vary on\n").caches

    assert cache.total_size is not None
    assert cache.age is not None
    assert cache.variants is not None
    assert (cache.name, cache.total_size.value, cache.object_size.value) == ("small", 4 << 20, (4 << 20) // 256)
    assert (cache.age.value, cache.vary.value, cache.variants.value) == (30, True, 10)


def test_a_value_that_a_variable_hides_is_unknown() -> None:
    (cache,) = config('cache c\n total-max-size "$SIZE"\n').caches

    assert cache.total_size is not None
    assert isinstance(cache.total_size.value, Unknown)
    assert isinstance(cache.object_size.value, Unknown)


def test_a_ring_has_a_size_and_servers() -> None:
    (ring,) = config("ring r\n size 32k\n timeout connect 5s\n server s 192.0.2.1:514\n").rings

    assert ring.size is not None
    assert ring.connect_timeout is not None
    assert (ring.size.value, ring.connect_timeout.value, ring.server_timeout) == (32768, 5000, None)
    assert [(server.name, server.endpoint and server.endpoint.ports) for server in ring.servers] == [("s", (514, 514))]


def test_mailers_have_addresses_and_a_timeout() -> None:
    (mailers,) = config("mailers m\n mailer a 192.0.2.1:25\n mailer b\n timeout mail 20s\n").mailers

    assert mailers.timeout is not None
    assert [(mailer.name, mailer.address) for mailer in mailers.mailers] == [("a", "192.0.2.1:25")]
    assert mailers.timeout.value == 20_000


def test_error_pages_have_a_status_and_a_file() -> None:
    (errors,) = config("http-errors e\n errorfile 503 /e/503.http\n errorfile x /e/x.http\n").http_errors

    assert [(page.status if isinstance(page.status, int) else None, page.file) for page in errors.pages] == [
        (503, "/e/503.http"),
        (None, "/e/x.http"),
    ]


def test_an_application_a_program_and_a_profile_tell_what_they_set() -> None:
    found = config(
        "fcgi-app php\n docroot /srv\n index index.php\n set-param A b\n"
        "program p\n command /bin/x -a\n user u\n no option start-on-reload\n"
        'log-profile l\n log-tag t\n on error format "%ci"\n on any drop\n'
    )

    app, program, profile = found.fcgi_apps[0], found.programs[0], found.log_profiles[0]
    assert (app.root and app.root.value, app.index and app.index.value, list(app.parameters)) == (
        "/srv",
        "index.php",
        ["A"],
    )
    assert (program.command, program.user and program.user.value, program.restarts) == (("/bin/x", "-a"), "u", False)
    assert [(step.step, step.drop, step.formats) for step in profile.steps] == [
        ("error", False, {"format": "%ci"}),
        ("any", True, {}),
    ]


def test_certificate_stores_and_authorities_tell_their_files() -> None:
    found = config(
        "crt-store s\n crt-base /c\n load crt a.pem key a.key alias web acme le\n"
        "acme le\n directory https://ca.example/dir\n account-key le.key\n bits 4096\n"
        "traces\n trace h2 sink stderr\n"
    )

    (store,), (authority,) = found.certificate_stores, found.acme_providers
    assert store.certificates[0].files == {"crt": "a.pem", "key": "a.key"}
    assert store.certificates[0].alias == "web"
    assert authority.bits is not None
    assert (authority.directory and authority.directory.value, authority.bits.value) == (
        "https://ca.example/dir",
        4096,
    )
    assert [line.text(1) for line in found.traces] == ["h2"]
    assert [(reference.kind, reference.name) for reference in found.references] == [
        ("certificate", "a.pem"),
        ("certificate", "a.key"),
        ("acme", "le"),
        ("certificate", "le.key"),
    ]


def test_capture_slots_are_numbered_by_direction() -> None:
    text = (
        "frontend f\n capture request header Host len 20\n declare capture response len 5\n"
        " http-request capture src len 15\n http-request capture src id 0\n declare capture request len 3\n"
    )
    (frontend,) = config(text).proxies

    assert [(slot.direction, slot.number, slot.header, slot.span.line) for slot in frontend.capture_slots] == [
        ("request", 0, "Host", 2),
        ("response", 0, None, 3),
        ("request", 1, None, 4),
        ("request", 2, None, 6),
    ]


def test_filters_name_their_engine_file_or_section() -> None:
    found = config(
        "frontend f\n filter spoe engine e config /etc/spoe.cfg\n filter cache c\n filter compression\n"
        " http-request send-spoe-group e g\n"
    )

    assert [(item.kind, item.name, item.config) for item in found.proxies[0].filters] == [
        ("spoe", "e", "/etc/spoe.cfg"),
        ("cache", "c", None),
        ("compression", None, None),
    ]
    assert [(reference.kind, reference.name) for reference in found.references] == [
        ("file", "/etc/spoe.cfg"),
        ("cache", "c"),
        ("spoe-engine", "e"),
    ]


def test_users_belong_to_the_groups_that_either_side_names() -> None:
    (users,) = config("userlist l\n group g users b\n group h\n user a groups g,h\n user b\n").userlists

    assert [user.name for user in users.members("g")] == ["a", "b"]
    assert [user.name for user in users.members("h")] == ["a"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", (1, 3)),
        ("2-5", (2, 5)),
        ("2x", (1, 2)),
        ("1-3-5", (1, 3)),
        ("12-x", None),
        ("0", None),
        ("5-2", None),
        ("x", None),
    ],
)
def test_a_template_makes_a_range_of_servers(text: str, numbers: tuple[int, int] | None) -> None:
    assert template_range(text) == numbers


def test_the_names_of_a_template_are_known() -> None:
    (backend,) = config("backend b\n server-template web 2-4 192.0.2.1:80\n server db 192.0.2.9:80\n").proxies
    template, server = backend.servers

    assert list(template.names) == ["web2", "web3", "web4"]
    assert [name for name in ("web1", "web2", "web04", "web4", "web", "db") if template.makes(name)] == ["web2", "web4"]
    assert (list(server.names), server.makes("db")) == (["db"], True)


def test_a_huge_template_is_not_listed_in_full() -> None:
    (backend,) = config("backend b\n server-template web 999999999 192.0.2.1:80\n").proxies

    assert len(backend.servers[0].names) == 1000
    assert backend.servers[0].makes("web999999999")


@pytest.mark.parametrize(("text", "expected"), [("5s", 5000), ("300", 300), ("1m5", 60_000), ("5x", None), ("", None)])
def test_times_are_milliseconds(text: str, expected: int | None) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("16k", 16384), ("1M", 1 << 20), ("7", 7), ("7s", None), ("k", None)])
def test_sizes_are_bytes(text: str, expected: int | None) -> None:
    assert size_in_bytes(text) == expected
