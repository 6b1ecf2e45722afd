"""Real files: the words of every line are those that the daemon itself sees."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfglint.source import SourceFile
from cfglint.syntax.haproxy import parse_haproxy
from cfglint.syntax.haproxy_words import expand
from tests.support import needs_shared, shared

DAEMON_VARIABLES = {"HAPROXY_BRANCH": "3.5"}


def daemon_words(file: Path) -> Iterator[tuple[int, list[str]]]:
    for row in file.read_text("utf-8").split("\n"):
        if row:
            line, _, words = json.loads(row)
            if words:
                yield line, words


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("folder", ["real", "templated", "upstream-expanded"])
def test_every_line_has_the_words_that_the_daemon_sees(folder: str) -> None:
    corpus = shared("corpus/haproxy")
    compared = 0
    for tokens in sorted((corpus / "tokens" / folder).glob("*.jsonl")):
        source = SourceFile.read(corpus / folder / tokens.name.removesuffix(".jsonl"))
        tree = parse_haproxy(source)
        assert tree.write() == source.text
        ours = {directive.line_number: directive.words for directive in tree.directives}
        for line, expected in daemon_words(tokens):
            words = ours[line]
            if any(word.text.startswith("${HAPROXY_KEYLOG") for word in words):
                continue  # the daemon's own format strings, which differ by version
            got = [text for word in words for text in expand(word.raw, DAEMON_VARIABLES.get)]
            assert got == expected, f"{source.path}:{line}"
            compared += 1
    assert compared > 100
