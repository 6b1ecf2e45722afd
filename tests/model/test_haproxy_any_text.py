"""Whatever stands in the files, the model is built and every part of it can be asked for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cfglint.model.build_haproxy import build_haproxy
from cfglint.source import SourceFile

WORDS = st.sampled_from(
    [
        *("global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "from", "a", "b"),
        *(
            "bind",
            ":80",
            "10.0.0.1:80,",
            "*:1-2",
            "unix@",
            "ssl",
            "crt",
            "server",
            "server-template",
            "1-3",
            "10.0.0.1",
        ),
        *("default-server", "check", "weight", "no-check", "source", "usesrc", "interface", "mode", "option", "no"),
        *("acl", "use_backend", "default_backend", "http-request", "tcp-request", "deny", "set-var(x)", "if", "unless"),
        *("{", "}", "!", "or", "src", "-f", "%[src", "%[src,map(f)]", "stick-table", "type", "store", "x(1)", "table"),
        *("ring", "mailers", "http-errors", "fcgi-app", "program", "log-profile", "crt-store", "acme", "load", "size"),
        *(
            "total-max-size",
            "max-age",
            "4",
            "mailer",
            "on",
            "format",
            "command",
            "capture",
            "declare",
            "request",
            "header",
        ),
        *("len", "id", "spoe", "engine", "config", "send-spoe-group", "group", "bits", "timeout", "mail", "5s"),
        *("setenv", "unsetenv", "resetenv", '"$A"', '"${A[*]}"', '"${B-x y}"', '"${.LINE}"', '""', "user", "groups"),
        *(
            "peer",
            "nameserver",
            "password",
            "filter",
            "cache",
            "log",
            "ring@r",
            "errorfile",
            "503",
            "track",
            "resolvers",
        ),
    ]
)
LINES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
DOTS = st.sampled_from([".if 1", ".if 0", ".if defined(A)", ".if x(", ".elif 1", ".else", ".endif", ".alert x", ".x"])
TEXT = st.lists(LINES | DOTS | st.text(st.characters(exclude_characters="\0"), max_size=10), max_size=25).map("\n".join)


@settings(max_examples=150)
@given(st.lists(TEXT, min_size=1, max_size=2))
def test_any_files_give_a_model(texts: list[str]) -> None:
    sources = [SourceFile(f"{number}.cfg", text) for number, text in enumerate(texts)]

    config = build_haproxy(sources, None, {"B": "1 2"})

    assert all(reference.span.line >= 1 for reference in config.references)
    for proxy in config.proxies:
        assert proxy.mode.span.line >= 1
        assert all(bind.addresses and bind.span.line >= 1 for bind in proxy.binds)
        assert all(server.weight.span.line >= 1 for server in proxy.servers)
        assert all(str(server.address) and (server.port, server.options) for server in proxy.servers)
        assert all(line.section in proxy.chain for _, line in proxy.rules)
        assert (proxy.acls, proxy.backend_choices, proxy.stick_tables, proxy.default_backend) is not None


SERVICES = ("caches", "rings", "mailers", "http_errors", "fcgi_apps", "programs", "log_profiles", "certificate_stores",
            "acme_providers", "userlists", "resolvers", "peers")  # fmt: skip


@settings(max_examples=100)
@given(TEXT)
def test_everything_that_serves_proxies_can_be_asked_for(text: str) -> None:
    config = build_haproxy([SourceFile("haproxy.cfg", text)], None)

    assert all(slot.number >= 0 for proxy in config.proxies for slot in proxy.capture_slots)
    assert all(item.line.keyword == "filter" for proxy in config.proxies for item in proxy.filters)
    for kind in SERVICES:
        for section in getattr(config, kind):
            asked = {name: getattr(section, name) for name in dir(section) if not name.startswith("_")}
            assert asked["section"].config is config
