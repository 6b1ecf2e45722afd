from ipaddress import IPv4Address, IPv6Address

from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.haproxy import HaproxyConfig, Proxy
from cfglint.model.value import Unknown
from cfglint.model.version import Version
from cfglint.source import SourceFile, Span


def build(*texts: str, target: str | None = None, **variables: str) -> HaproxyConfig:
    sources = [SourceFile(f"{number}.cfg", text) for number, text in enumerate(texts, 1)]
    return build_haproxy(sources, Version.parse(target) if target else None, variables)


def proxy(text: str, name: str, **options: str) -> Proxy:
    return next(proxy for proxy in build(text, **options).proxies if proxy.name == name)


def kinds(text: str, **options: str) -> list[tuple[str, int]]:
    return [(problem.kind, problem.span.line) for problem in build(text, **options).problems]


def test_a_proxy_inherits_from_the_last_defaults() -> None:
    config = build("defaults\n mode http\nfrontend a\ndefaults\n timeout client 5s\nbackend b\n")

    a, b = config.proxies
    assert (a.mode.value, a.mode.span.line, a.mode.written) == ("http", 2, True)
    assert (b.mode.value, b.mode.written) == ("tcp", False)
    timeout = b.setting("timeout client")
    assert timeout is not None
    assert timeout.value == "5s"
    assert a.setting("timeout client") is None


def test_a_named_defaults_inherits_from_the_one_it_names() -> None:
    text = (
        "defaults base\n mode http\n retries 2\ndefaults web from base\n retries 5\ndefaults\n"
        "backend b from web\nbackend c\n"
    )
    config = build(text)

    b, c = config.proxies
    retries = b.setting("retries")
    assert retries is not None
    assert (b.mode.value, retries.value) == ("http", "5")
    assert c.mode.value == "tcp"
    assert [defaults.used_by for defaults in config.defaults] == [["web"], ["b"], []]


def test_defaults_carry_over_to_the_next_file_but_sections_do_not() -> None:
    config = build("defaults\n mode http\nbackend a\n", "server s 10.0.0.1:80\nbackend b\n")

    assert [proxy.mode.value for proxy in config.proxies] == ["http", "http"]
    assert [(problem.kind, problem.span.path) for problem in config.problems] == [("outside-section", "2.cfg")]


def test_options_can_be_switched_off_again() -> None:
    text = "defaults\n option httplog\n option dontlognull\nfrontend f\n no option httplog\n"

    assert proxy(text, "f").option("httplog") is None
    assert proxy(text, "f").option("dontlognull") is not None


def test_a_bind_line_listens_on_every_address_of_its_list() -> None:
    bind = proxy("frontend f\n bind 10.0.0.1:80,ipv6@:443,:::8000-8003 v4v6 ssl crt x.pem\n", "f").binds[0]

    first, second, third = bind.addresses
    assert (first.address, first.family, first.ports) == (IPv4Address("10.0.0.1"), 4, (80, 80))
    assert first.span == Span("1.cfg", 2, 7, 2, 18)
    assert (second.address, second.family, second.ports) == (None, 6, (443, 443))
    assert (third.address, third.family, third.ports, third.both_families) == (None, 6, (8000, 8003), True)
    assert bind.options == {"v4v6": (), "ssl": (), "crt": ("x.pem",)}


def test_other_kinds_of_bind_addresses_are_told_apart() -> None:
    text = (
        "frontend f\n bind /run/a.sock\n bind unix@b mode 600\n bind abns@c\n"
        " bind fd@3\n bind quic4@:443\n bind web:80\n"
    )
    addresses = [bind.addresses[0] for bind in proxy(text, "f").binds]

    assert [address.kind for address in addresses] == ["unix", "unix", "abns", "fd", "ip", "ip"]
    assert addresses[4].datagram
    assert isinstance(addresses[5].address, Unknown)


def test_every_spelling_of_the_wildcard_means_every_address() -> None:
    text = "frontend f\n bind *:1\n bind :2\n bind 0.0.0.0:3\n bind ipv4@*:4\n bind [::]:5\n bind :::6\n"
    addresses = [bind.addresses[0] for bind in proxy(text, "f").binds]

    assert [address.address for address in addresses] == [None] * 6
    assert [address.family for address in addresses] == [4, 4, 4, 4, 6, 6]
    assert [address.ports for address in addresses] == [(port, port) for port in range(1, 7)]


def test_the_old_listen_header_binds() -> None:
    listen = proxy("listen web 10.0.0.9:80\n server s 10.0.0.1\n", "web")

    assert [address.address for address in listen.binds[0].addresses] == [IPv4Address("10.0.0.9")]


def test_default_server_applies_to_the_servers_behind_it() -> None:
    text = (
        "defaults\n default-server check weight 5\nbackend b\n server s0 10.0.0.1:80 weight 7 backup\n"
        " default-server disabled inter 2s\n server s1 10.0.0.2:81\n server s2 [2001:db8::1]:82 enabled no-check\n"
    )
    first, second, third = proxy(text, "b").servers

    assert (first.address, first.port, first.weight.value, first.backup) == (IPv4Address("10.0.0.1"), 80, 7, True)
    assert (first.check, first.disabled) == (True, False)
    assert (second.weight.value, second.disabled, second.options["inter"]) == (5, True, ("2s",))
    assert (third.address, third.port) == (IPv6Address("2001:db8::1"), 82)
    assert (third.check, third.disabled) == (False, False)


def test_a_servers_weight_points_at_its_words() -> None:
    server = proxy("backend b\n server s 10.0.0.1:80 weight 30\n", "b").servers[0]

    assert server.weight.span == Span("1.cfg", 2, 23, 2, 32)


def test_a_server_without_port_uses_the_clients_port() -> None:
    servers = proxy("backend b\n server a 10.0.0.1\n server c 10.0.0.1:+10\n server d web.lan:80\n", "b").servers

    assert [server.port for server in servers] == [None, None, 80]
    assert servers[2].address == "web.lan"


def test_a_server_template_is_one_server_with_its_numbers() -> None:
    server = proxy("backend b\n server-template web 2-4 web.lan:80 check\n", "b").servers[0]

    assert (server.name, server.template, server.port, server.check) == ("web", (2, 4), 80, True)


def test_a_variable_is_unknown_unless_the_files_set_it() -> None:
    text = (
        "global\n setenv A 10.0.0.1\n presetenv P 81\nbackend b\n"
        ' server s1 "${A}:${P}"\n server s2 "${B}:80"\n server s3 10.0.0.3:80 weight "$W"\n'
    )
    first, second, third = proxy(text, "b").servers

    assert (first.address, first.port) == (IPv4Address("10.0.0.1"), 81)
    assert isinstance(second.address, Unknown)
    assert isinstance(second.port, Unknown)
    assert "B" in second.address.why
    assert isinstance(third.weight.value, Unknown)


def test_a_default_stands_only_where_the_variable_is_known_to_be_unset() -> None:
    text = 'backend b\n server s "${H-10.0.0.1}:80"\n'

    assert isinstance(proxy(text, "b").servers[0].address, Unknown)
    assert proxy("global\n unsetenv H\n" + text, "b").servers[0].address == IPv4Address("10.0.0.1")


def test_given_variables_are_known() -> None:
    assert proxy('backend b\n server s "$H:80"\n', "b", H="10.0.0.7").servers[0].address == IPv4Address("10.0.0.7")


def test_a_false_branch_does_not_count() -> None:
    text = (
        "backend b\n.if version_atleast(3.0)\n server new 10.0.0.1:80\n.elif version_atleast(2.6)\n"
        " server mid 10.0.0.2:80\n.else\n server old 10.0.0.3:80\n.endif\n"
    )

    for target, name in (("3.2", "new"), ("2.8", "mid"), ("2.4", "old")):
        backend = proxy(text, "b", target=target)
        assert [server.name for server in backend.servers] == [name]
        assert backend.incomplete is None


def test_an_undecided_branch_marks_its_lines_and_its_proxy() -> None:
    text = "backend b\n server a 10.0.0.1:80\n.if feature(QUIC)\n server c 10.0.0.2:80\n.endif\n server d 10.0.0.3:80\n"
    backend = proxy(text, "b")

    assert [server.conditional for server in backend.servers] == [False, True, False]
    assert isinstance(backend.incomplete, Unknown)


def test_a_section_in_a_false_branch_does_not_take_the_lines_behind_it() -> None:
    text = "backend a\n.if 0\nbackend b\n server x 10.0.0.1:80\n.endif\n server y 10.0.0.2:80\n"
    config = build(text)

    assert [(proxy.name, [server.name for server in proxy.servers]) for proxy in config.proxies] == [("a", ["y"])]


def test_an_else_counts_after_a_branch_that_cannot_be_decided() -> None:
    text = (
        "backend b\n.if feature(X)\n server a 10.0.0.1:80\n.elif 1\n server c 10.0.0.2:80\n"
        ".else\n server d 10.0.0.3\n.endif\n"
    )

    assert [(server.name, server.conditional) for server in proxy(text, "b").servers] == [("a", True), ("c", True)]


def test_what_the_daemon_refuses_around_conditions_is_a_problem() -> None:
    assert kinds(".endif\n") == [("condition-structure", 1)]
    assert kinds(".if 1\n.else\n.elif 1\n.endif\n") == [("condition-structure", 3)]
    assert kinds(".if 1\nglobal\n") == [("condition-structure", 1)]
    assert kinds(".if true()\n.endif\n") == [("bad-predicate", 1)]
    assert kinds(".if 1 &&\n.endif\n") == [("bad-predicate", 1)]
    assert kinds(".frob\n") == [("unknown-dot-word", 1)]
    assert kinds('.alert "stop"\n') == [("alert", 1)]
    assert kinds('.if 0\n.alert "stop"\n.frob\n.endif\n.notice "x"\n') == []
    assert kinds("maxconn 5\nglobal\n") == [("outside-section", 1)]


def test_an_empty_word_ends_its_line() -> None:
    server = proxy('backend b\n server s 10.0.0.1:80 "" backup\n', "b").servers[0]

    assert not server.backup


def test_references_between_proxies_are_told() -> None:
    text = (
        "frontend f\n acl is_api path_beg /api\n use_backend api if is_api\n use_backend %[req.hdr(x)]\n"
        " default_backend old\n default_backend web\n"
    )
    frontend = proxy(text, "f")

    assert [(acl.name, acl.criterion, acl.patterns) for acl in frontend.acls] == [("is_api", "path_beg", ["/api"])]
    first, second = frontend.backend_choices
    assert (first.target, first.condition, first.span.column) == ("api", ["if", "is_api"], 14)
    assert isinstance(second.target, Unknown)
    assert frontend.default_backend is not None
    assert frontend.default_backend.target == "web"


def test_the_other_sections_are_read() -> None:
    text = (
        "peers p\n peer lb1 10.0.0.1:1024\n peer lb2 10.0.0.2:1024\nresolvers r\n nameserver dns 10.0.0.53:53\n"
        "userlist u\n group g\n user joe insecure-password sesame groups g,h\n"
        "backend b\n stick-table type ip size 1m expire 30m peers p store conn_cur,gpc0 nopurge\n"
    )
    config = build(text)

    assert [peer.name for peer in config.peers[0].peers] == ["lb1", "lb2"]
    assert config.resolvers[0].nameservers == {"dns": "10.0.0.53:53"}
    user = config.userlists[0].users[0]
    assert (user.name, user.insecure, user.groups) == ("joe", True, ["g", "h"])
    assert "sesame" not in repr(user)
    table = config.proxies[0].stick_tables[0]
    assert (table.type, table.peers, table.parameters["expire"]) == ("ip", "p", "30m")


def test_a_long_chain_of_defaults_is_followed() -> None:
    text = "defaults d0\n mode http\n default-server check\n"
    text += "".join(f"defaults d{number} from d{number - 1}\n" for number in range(1, 3000))
    backend = proxy(text + "backend b from d2999\n server s 10.0.0.1:80\n", "b")

    assert backend.mode.value == "http"
    assert backend.servers[0].check


def test_deep_nesting_is_refused_once() -> None:
    assert kinds(".if 1\n" * 101 + ".endif\n" * 101) == [("condition-structure", 100)]
    assert kinds(".if 1\n" * 99 + ".endif\n" * 99) == []


def test_a_disabled_section_may_be_enabled_again() -> None:
    config = build("defaults\n disabled\nfrontend a\nfrontend b\n enabled\nfrontend c\n enabled\n disabled\n")

    assert [proxy.disabled for proxy in config.proxies] == [True, False, True]
