"""The nesting of broken files against the lines that an installed keepalived calls unknown."""

import re
import subprocess
from pathlib import Path

import pytest

from cfglint.syntax.keepalived import Block, KeepalivedTree
from tests.keepalived import read
from tests.support import needs_namespaces, needs_program, program

WHOLE = """global_defs {
  router_id lb1
}
vrrp_script chk {
  script /bin/true
}
vrrp_instance A {
  interface eth0
  virtual_router_id 1
  authentication {
    auth_type PASS
    auth_pass x
  }
  virtual_ipaddress {
    10.0.0.1
  }
  track_script {
    chk
  }
}
vrrp_instance B {
  interface eth0
  virtual_router_id 2
  virtual_ipaddress { 10.0.0.2 }
}
"""
LISTS = {"virtual_ipaddress", "track_script"}
EDITS = {
    "whole": ("", ""),
    "misspelt inner block": ("authentication", "authentification"),
    "misspelt top block": ("vrrp_script chk", "vrrp_scripts chk"),
    "misspelt instance": ("vrrp_instance A", "vrrp_instanc A"),
    "misspelt word": ("interface eth0", "interfaces eth0"),
    "inner brace not closed": ("    auth_pass x\n  }", "    auth_pass x"),
    "list not closed": ("10.0.0.1\n  }", "10.0.0.1"),
    "instance not closed": ("    chk\n  }\n}", "    chk\n  }"),
    "closed too early": ("    auth_pass x\n  }", "    auth_pass x\n  }}"),
    "brace on the next line": ("vrrp_instance A {", "vrrp_instance A\n{"),
    "two braces": ("virtual_ipaddress {", "virtual_ipaddress {{"),
    "brace after a word": ("virtual_router_id 1", "virtual_router_id 1 {"),
    "quote in a word": ("auth_pass x", 'auth_pass "x'),
    "block in a list": ("    10.0.0.1\n", "    10.0.0.1\n    track_script {\n    chk\n    }\n"),
    "two names": ("vrrp_instance A", "vrrp_instance A B"),
    "same name": ("vrrp_instance B", "vrrp_instance A"),
    "condition on a header": ("vrrp_instance B", "@lb2 vrrp_instance B"),
    "other node's line": ("  virtual_router_id 2", "  @lb2 nonsense\n  virtual_router_id 2"),
    "comment in a word": ("vrrp_instance B", "vrrp_#instance B"),
    "repeated line": ("  virtual_ipaddress { 10.0.0.2 }", "  ~SEQ(I, 1, 3) word$I x"),
}


def unknown_words(tree: KeepalivedTree) -> set[tuple[int, str]]:
    """Line and first word of every line that the reader takes for unknown."""
    found = {(line.span.line, line.keyword) for line in tree.unknown}
    pending = list(tree.children)
    while pending:
        node = pending.pop()
        if isinstance(node, Block) and not node.skipped:
            # Lines that ran into a list are values to the daemon, which it complains of in other words.
            found |= {(line.span.line, line.keyword) for line in node.unknown if node.keyword not in LISTS}
            pending += node.children
    return found


@pytest.mark.lab
@needs_program("keepalived")
@needs_namespaces
@pytest.mark.parametrize("edit", EDITS)
def test_the_same_words_are_unknown_to_reader_and_daemon(edit: str, tmp_path: Path) -> None:
    before, after = EDITS[edit]
    text = WHOLE.replace(before, after, 1) if before else WHOLE
    assert text != WHOLE or not before
    (tmp_path / "k.conf").write_text(text)
    name = program("keepalived")
    assert name is not None
    command = ["unshare", "-n", name, "-t", "-i", "lb1", "-f", "k.conf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    # Only the process that reads VRRP says where in the file; the others pass over its blocks.
    said = re.findall(r"^\(k\.conf: Line (\d+)\) Unknown keyword '(.*)'$", printed, re.MULTILINE)
    theirs = {(int(number), word) for number, word in said if word != "}"}
    tree = read(text + "@lb1 use_pid_dir\n", config_id="lb1", release=(2, 2, 7))
    assert unknown_words(tree) == theirs
