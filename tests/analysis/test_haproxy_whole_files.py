"""Small files whose verdict depends on several lines, as 2.4.30, 2.6.12, 2.8.25, 3.0.11, 3.2.26 and 3.4.7 gave them."""

import pytest

from cfglint.analysis.haproxy_verdict.walk import defects_of
from cfglint.model.build_haproxy import build_haproxy
from cfglint.source import SourceFile

PROXY = "backend b\n    mode http\n"

FILES = {
    "program without master-worker": ("program p\n    command x\n", "FFFFFF"),
    "program with master-worker": ("global\n    master-worker\nprogram p\n    command x\n", "....FF"),
    "program without a command": ("global\n    master-worker\nprogram p\n", "FFFFFF"),
    "frontend with a slash in its name": ("frontend a/b\n    bind :1\n", "FFFFF."),
    "server with a slash in its name": (f"{PROXY}    server a/b 1.1.1.1:80\n", "FFFFFF"),
    "base directory twice": ("global\n    crt-base /a\n    crt-base /b\n", "FFFFFF"),
    "name of the process twice": ("global\n    node a\n    node b\n", "......"),
    "h2 on a TCP frontend": ("frontend f\n    mode tcp\n    bind :1 proto h2\n", "FFFFFF"),
    "h2 on an HTTP frontend": ("frontend f\n    bind :1 proto h2\n    mode http\n", "......"),
    "FastCGI on a frontend": ("frontend f\n    mode http\n    bind :1 proto fcgi\n", "FFFFFF"),
    "no protocol on an HTTP server": (f"{PROXY}    server s 1.1.1.1:80 proto none\n", "FFFFFF"),
    "two bind lines of peers": ("peers p\n    bind :1\n    bind :2\n", "FFFFFF"),
    "mailer over UDP": ("mailers m\n    mailer a udp@1.1.1.1:25\n", "FFFFFF"),
    "object above half of the cache": ("cache c\n    total-max-size 1\n    max-object-size 800000\n", "FFFFFF"),
    "object of half the cache": ("cache c\n    total-max-size 1\n    max-object-size 524288\n", "......"),
    "defaults from nothing": ("defaults d from\n    mode http\n", "FFFFFF"),
    "two FastCGI applications of one name": ("fcgi-app a\n    docroot /x\nfcgi-app a\n    docroot /y\n", "FFFFFF"),
    "FastCGI option": ("fcgi-app a\n    docroot /x\n    option max-reqs 0\n", "FFFFFF"),
    "FastCGI parameter under an unknown condition": ("fcgi-app a\n    docroot /x\n    pass-header C if x\n", "FFFFFF"),
    "proxy word in a userlist": ("userlist u\n    server s 1.1.1.1:80\n", "FFFFFF"),
    "redirection of 2.6": (f"{PROXY}    redirect location / ignore-empty\n", "F....."),
    "redirection of 3.2": (f"{PROXY}    redirect location / keep-query\n", "FFFF.."),
    "truth as a key of addresses": (f"{PROXY}    stick-table type ip size 1k\n    stick on ssl_fc\n", "FFFFFF"),
    "text as a key of addresses": (f"{PROXY}    stick-table type ip size 1k\n    stick on path\n", "......"),
    "address as a numeric key": (f"{PROXY}    stick-table type integer size 1k\n    stick on src\n", "...FFF"),
    "alerts by mail through unknown mailers": (
        f"{PROXY}    email-alert mailers m\n    email-alert from a@b\n    email-alert to a@b\n",
        "FFFFFF",
    ),
    "alerts by mail to nobody": (f"{PROXY}    email-alert mailers m\n    email-alert from a@b\n", "......"),
    "converter that came with 2.6": (f"{PROXY}    http-request set-header X %[src,be2hex(:,1)]\n", "F....."),
    "fetch that came with 2.6": ("frontend f\n    mode http\n    http-request deny if { fc_src 1.1.1.1 }\n", "F....."),
    "bytes tracked by number": (
        f"{PROXY}    stick-table type integer size 1k\n    http-request track-sc0 payload(0,4)\n",
        "FFFFFF",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_judged_as_six_daemons_judged_it(name: str) -> None:
    text, verdicts = FILES[name]
    config = build_haproxy([SourceFile("haproxy.cfg", text)], None)
    fails = 0
    for found in defects_of(config).values():
        for defect in found:
            fails |= defect.fails
    assert "".join("F" if fails >> branch & 1 else "." for branch in range(6)) == verdicts
