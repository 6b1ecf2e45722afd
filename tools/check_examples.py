"""Run the examples of the documentation and hold what they print against what the pages say.

A comment `<!-- run: DIRECTORY -->` before a block of `console` makes its commands run in a copy of that directory of
the project, one copy a page, so that a page's blocks build on each other. The lines after a command are what it prints:
`…` within a line stands for any text, a line that is `…` alone for any lines. Blocks of `toml` are read as settings.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cfglint.engine.shapes import SETTINGS

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(?:<!-- run: (?P<folder>\S+) -->\n)?^```(?P<kind>console|toml)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
TIMEOUT = 60


def blocks(page: Path) -> Iterator[tuple[str, str | None, str]]:
    """The blocks of a page: kind, directory to run in, text."""
    for match in BLOCK.finditer(page.read_text()):
        yield match["kind"], match["folder"], match["text"]


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a block, each with the lines it is to print."""
    command = ""
    expected: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], []
        else:
            expected.append(line)
    if command:
        yield command, expected


def fits(expected: list[str], actual: str) -> bool:
    """True when a text is what a page says."""
    parts = [
        r"(?:[^\n]*\n)*?" if line == "…" else r"[^\n]*?".join(re.escape(part) for part in line.split("…")) + r"\n"
        for line in expected
    ]
    return re.fullmatch("".join(parts), actual.rstrip("\n") + "\n" if actual.strip() else "") is not None


def run_page(page: Path) -> list[str]:
    """Run a page's examples; returns what is wrong."""
    problems: list[str] = []
    name = page.relative_to(ROOT)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**{key: value for key, value in os.environ.items() if key != "FORCE_COLOR"}, "PATH": path}
    with tempfile.TemporaryDirectory(prefix="cfglint-docs-") as scratch:
        (Path(scratch) / ".git").mkdir()
        for kind, folder, text in blocks(page):
            if kind == "toml":
                wrong = SETTINGS.problems(tomllib.loads(text), "")
                problems += [f"{name}: settings: {problem}" for problem in wrong]
            elif folder is not None:
                place = Path(scratch) / Path(folder).name
                if not place.exists():
                    shutil.copytree(ROOT / folder, place)
                for command, expected in commands(text):
                    done = subprocess.run(
                        ["bash", "-c", command],
                        cwd=place,
                        env=environment,
                        capture_output=True,
                        text=True,
                        timeout=TIMEOUT,
                        check=False,
                    )
                    if not fits(expected, done.stdout):
                        problems.append(f"{name}: `{command}` prints:\n{done.stdout}{done.stderr}")
    return problems


def main() -> None:
    """Run every page; end with status 1 when an example does not hold."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    problems = [problem for page in pages for problem in run_page(page)]
    print("\n".join(problems) or "The examples of the documentation hold.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
