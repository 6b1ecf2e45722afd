import pytest

from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.value import Unknown
from cfglint.source import SourceFile


def references(text: str) -> list[tuple[str, str | None, int]]:
    config = build_haproxy([SourceFile("haproxy.cfg", text)], None)
    return [
        (found.kind, None if isinstance(found.name, Unknown) else found.name, found.span.column)
        for found in config.references
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("defaults a\nbackend b from a\n", [("defaults", "a", 16)]),
        ("frontend f\n default_backend b\n", [("backend", "b", 18)]),
        ("frontend f\n use_backend %[src] if x\n", [("backend", None, 14), ("acl", "x", 24)]),
        ("frontend f\n http-request deny if !a or { src -f l.lst } b\n", [
            ("acl", "a", 23), ("file", "l.lst", 38), ("acl", "b", 46),
        ]),
        ("frontend f\n http-request track-sc0 src table t\n", [("table", "t", 35)]),
        ("frontend f\n acl busy src_conn_cur(t) gt 5\n", [("table", "t", 11)]),
        ("frontend f\n acl busy sc_conn_cur(0,t) gt 5\n", [("table", "t", 11)]),
        ("frontend f\n acl in http_auth(u)\n", [("userlist", "u", 9)]),
        ("frontend f\n use_backend b if { http_auth(u) }\n", [("backend", "b", 14), ("userlist", "u", 21)]),
        ("frontend f\n use_backend b-%[req.hdr(host),lower,map(/m,x)]\n", [("backend", None, 14), ("map", "/m", 14)]),
        ("backend b\n server s 10.0.0.1:80 resolvers r ca-file x.pem\n", [
            ("resolvers", "r", 33), ("certificate", "x.pem", 43),
        ]),
        ("backend b\n stick-table type ip size 1 peers p\n stick on src table t\n", [
            ("peers", "p", 35), ("table", "t", 21),
        ]),
        ("frontend f\n bind :443 ssl crt a.pem crt b.pem\n", [
            ("certificate", "a.pem", 20), ("certificate", "b.pem", 30),
        ]),
        ("backend b\n http-request deny if { broken(\n", []),
        ("backend b\n server peers 10.0.0.1:80\n", []),
    ],
)  # fmt: skip
def test_what_a_line_names_is_found(text: str, expected: list[tuple[str, str | None, int]]) -> None:
    assert references(text) == expected


def test_rules_are_read_with_those_of_the_defaults_first() -> None:
    text = "defaults d\n http-request deny if a\nfrontend f from d\n http-request set-header X 1\n"
    (frontend,) = build_haproxy([SourceFile("haproxy.cfg", text)], None).proxies

    assert [rule.action for rule, _ in frontend.rules] == ["deny", "set-header"]
