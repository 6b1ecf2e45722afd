"""Compare the HAProxy keyword table with what a daemon lists about itself, or with the manual's keyword matrix.

    python tools/compare_haproxy_keywords.py haproxy [DAEMON…]
    python tools/compare_haproxy_keywords.py --manual 3.2 configuration.txt

A daemon is asked with ``-dKall`` (2.6 and later). Each line of the output is one difference; the exit status is 1 when
there is any. Words of optional features differ between builds: such lines are worth a look, not always a change.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cfglint.syntax.haproxy_keywords import BRANCHES, keywords, lookup

PROXY_SECTIONS = ("defaults", "frontend", "listen", "backend")
_FUNCTION = re.compile(r"(?:\[[Y. ]+\] )?([^(: ]+)(\(.*\))?: ")


def listed_by(daemon: str) -> tuple[str, dict[str, set[str]]]:
    """Ask a daemon for its branch and its words by place.

    Raises:
        SystemExit: the program does not say a known version.
    """
    version = subprocess.run([daemon, "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+\.\d+)", version)
    if found is None or found[1] not in BRANCHES:
        raise SystemExit(f"{daemon}: no version of HAProxy that the table speaks of")
    listing = subprocess.run(
        [daemon, "-dKall", "-q", "-c", "-f", "/dev/null"], capture_output=True, text=True, check=False
    )
    return found[1], parse_listing(listing.stdout)


def parse_listing(text: str) -> dict[str, set[str]]:
    """The words of a ``-dKall`` listing by place."""
    words: dict[str, set[str]] = {}
    part = section = ""
    for line in text.splitlines():
        if line.startswith("# List of registered"):
            part = line
        elif line.startswith("#") or not line.strip():
            continue
        elif "ACL" in part:
            words.setdefault("acl", set()).add(line.split(" = ")[0])
        elif "configuration" in part:
            if not line.startswith("\t"):
                section = line.strip()
            else:
                place, word = _configuration_word(section, line.split())
                words.setdefault(place, set()).add(word)
        elif "converter" in part or "fetch" in part:
            function = _FUNCTION.match(line)
            if function:
                words.setdefault("converter" if "converter" in part else "fetch", set()).add(function[1])
        elif "filter" in part:
            words.setdefault("filter", set()).add(line.split()[0])
    return words


def _configuration_word(section: str, words: list[str]) -> tuple[str, str]:
    head = words[0]
    if head == "bind" and len(words) > 2:
        rest = words[2:]
        return "bind", rest[1] if rest[0] == "ssl" and len(rest) > 1 and not rest[1].startswith("+") else rest[0]
    if head == "server" and len(words) > 3:
        return "server", words[3]
    if head == "tcp-request" and len(words) > 2:
        return f"tcp-request {words[1]}", words[2]
    if head == "tcp-response" and len(words) > 1:
        return "tcp-response content", words[-1]
    if head in {"option", "http-request", "http-response", "http-after-response"} and len(words) > 1:
        return head, words[1]
    return section, head


def differences(branch: str, listed: dict[str, set[str]]) -> Iterator[str]:
    """What the table says otherwise than a listing, one line each."""
    bit = 1 << BRANCHES.index(branch)
    for place, words in sorted(listed.items()):
        for word in sorted(words):
            rows = [lookup(section, word.removesuffix("*")) for section in _sections(place)]
            if not any(row is not None and row.where("kdinr?") & bit for row in rows):
                yield f"{branch}: the daemon lists {word!r} in {place!r}, the table does not"
    for place in ("bind", "server", "acl", "converter", "fetch", "http-request", "http-response"):
        for row in keywords(place):
            name = row.word + "*" * row.prefix
            if row.where("kd") & bit and name not in listed.get(place, set()):
                yield f"{branch}: the table lists {name!r} in {place!r}, the daemon does not"


def _sections(place: str) -> tuple[str, ...]:
    return PROXY_SECTIONS if place == "listen" else (place,)


def matrix_of(manual: str) -> Iterator[tuple[str, dict[str, bool]]]:
    """The rows of the manual's matrix of proxy keywords: words, and by section whether they may stand there."""
    row = re.compile(r"^([a-z][\w. ()*-]*?)\s+(X \(!\)|X|-)\s+(X|-)\s+(X|-)\s+(X|-)\s*$")
    inside = False
    for line in manual.splitlines():
        if re.match(r"4\.[12]\. ", line):  # the table of contents opens and closes it once before the chapter does
            inside = line.startswith("4.1")
        found = inside and row.match(line.replace("(*)", "").replace("(deprecated)", ""))
        if found:
            cells = dict(zip(("defaults", "frontend", "listen", "backend"), found.groups()[1:], strict=True))
            yield found[1].strip(), {section: cell.startswith("X") for section, cell in cells.items()}


def manual_differences(branch: str, manual: str) -> Iterator[str]:
    """Where the table's sections differ from the manual's matrix, by first word."""
    bit = 1 << BRANCHES.index(branch)
    allowed: dict[tuple[str, str], bool] = {}
    for words, cells in matrix_of(manual):
        for section, yes in cells.items():
            key = (words.split()[0], section)
            allowed[key] = allowed.get(key, False) or yes
    for (word, section), yes in sorted(allowed.items()):
        entry = lookup(section, word)
        known = entry is not None and bool(entry.where("kd") & bit)
        if known != yes:
            claims = f"the manual says {'yes' if yes else 'no'}, the table {'yes' if known else 'no'}"
            yield f"{branch}: {word!r} in {section!r}: {claims}"


def main() -> int:
    """Print the differences; 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("daemons", nargs="*", help="programs to ask")
    parser.add_argument("--manual", nargs=2, metavar=("BRANCH", "FILE"), help="compare with a configuration.txt")
    options = parser.parse_args()
    found: list[str] = []
    if options.manual:
        found += manual_differences(options.manual[0], Path(options.manual[1]).read_text(encoding="utf-8"))
    for daemon in options.daemons:
        found += differences(*listed_by(daemon))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} differences", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
