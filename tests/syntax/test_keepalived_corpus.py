"""Real files: every one is read, written back as it was, and has a model."""

from pathlib import Path

import pytest

from cfglint.model.build_keepalived import build_keepalived
from cfglint.syntax.keepalived_lines import read_lines
from cfglint.tree import NodeTree
from tests.support import needs_shared, shared


def files(folder: str) -> list[Path]:
    return sorted(path for path in shared(f"corpus/keepalived/{folder}").rglob("*.conf") if path.is_file())


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("folder", ["real", "pairs", "cases", "templated"])
def test_real_files_are_read_and_written_back(folder: str) -> None:
    read = 0
    for path in files(folder):
        tree = NodeTree(path.parent, "")
        source = tree.read(path.name)
        if source is None:
            continue
        assert read_lines(source).write() == source.text, path
        config = build_keepalived(source, tree, "lb1", None)
        assert config.tree.lines[0].write() == source.text, path
        read += 1
    assert read


@pytest.mark.shared
@needs_shared
def test_the_language_cases_without_a_fault_have_no_problem() -> None:
    """The reference of the cases and its spellings: braces, comments, definitions, repetitions, includes."""
    clean = (
        "ok comment-bang comment-midword comment-bang-midword brace-glued brace-kw-glued oneline-instance noeol "
        "close-same-line crlf empty only-comments extra-param var var-multiline var-include seq-ok lst dup-vip-block "
        "global-after syncgroup-before include-rel"
    )
    for name in clean.split():
        path = shared(f"corpus/keepalived/cases/L-{name}.conf")
        tree = NodeTree(path.parent, "")
        source = tree.read(path.name)
        assert source is not None
        assert build_keepalived(source, tree, "lb1", None).problems == [], name
